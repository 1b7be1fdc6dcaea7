"""The HANDLERS table, the function that adds an element to the blocks by the element's name, and the walk with it."""

from collections.abc import Mapping

from convert.late import late
from convert.readers.html import blocks, boxes, builder, elements, inlines, lists, media, ruby, tables
from convert.readers.html.builder import Handler
from convert.readers.markup import COMMON, Markup

HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys(elements.UNSEEN, boxes.skip),
    **dict.fromkeys(elements.CONTAINERS, boxes.box),
    **dict.fromkeys(elements.MARKS, boxes.lined(inlines.mark)),
    **dict.fromkeys(elements.CODE, blocks.code),
    **dict.fromkeys(elements.HEADINGS, blocks.heading),
    **dict.fromkeys(elements.MEDIA, media.media),
    **dict.fromkeys(elements.PICTURES, inlines.image),
    **dict.fromkeys(media.PLAYERS, media.player),
    "a": boxes.lined(inlines.link),
    "blockquote": blocks.quote,
    "br": inlines.line_break,
    "button": boxes.button,
    "details": blocks.details,
    "dl": lists.definitions,
    "figcaption": boxes.caption,
    "figure": blocks.figure,
    "image": inlines.drawn,
    "math": late("convert.readers.html.mathml:formula"),
    "hr": blocks.thematic_break,
    **dict.fromkeys(elements.WRAPPED, boxes.wrapped),
    **dict.fromkeys(lists.LISTS, lists.items),
    "p": boxes.paragraph,
    "q": inlines.quoted,
    **dict.fromkeys(elements.PREFORMATTED, blocks.preformatted),
    "rp": ruby.parenthesis,
    "rt": ruby.annotation,
    "ruby": ruby.annotated,
    "span": boxes.lined(boxes.span),
    "table": tables.table,
}  # fmt: skip

OTHER: Handler = boxes.lined(boxes.inline)
"""Handler for elements that the table does not name."""


class Builder(builder.Builder):
    """Walk over a parsed page, with the handlers of all elements."""

    def __init__(self, markup: Markup = COMMON, line: int = 0) -> None:
        super().__init__(HANDLERS, OTHER, markup, line)
