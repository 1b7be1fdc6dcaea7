"""The HANDLERS table: what becomes of an element, by its name."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from turbohtml import Element

from convert.readers.flow import Flow
from convert.readers.html import blocks, boxes, inlines, ruby

if TYPE_CHECKING:
    from convert.readers.html.builder import Builder

Handler = Callable[["Builder", Element, Flow, int], None]
"""From an element inside `level` others to blocks and inlines of a flow."""

HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys(boxes.UNSEEN, boxes.nothing),
    **dict.fromkeys(boxes.CONTAINERS, boxes.box),
    **dict.fromkeys(inlines.MARKS, inlines.mark),
    **dict.fromkeys(("code", "samp", "kbd", "tt"), inlines.inline_code),
    **dict.fromkeys(blocks.HEADINGS, blocks.heading),
    **dict.fromkeys(("audio", "video", "iframe", "embed", "object"), boxes.media),
    "a": inlines.link,
    "blockquote": blocks.quote,
    "br": inlines.line_break,
    "figcaption": boxes.caption,
    "figure": blocks.figure,
    "hr": blocks.thematic_break,
    "img": inlines.image,
    **dict.fromkeys(boxes.WRAPPED, boxes.wrapped),
    "ol": blocks.items,
    "p": boxes.paragraph,
    "pre": blocks.preformatted,
    "rp": ruby.parenthesis,
    "rt": ruby.annotation,
    "ruby": ruby.annotated,
    "span": boxes.span,
    "table": blocks.table,
    "ul": blocks.items,
}  # fmt: skip
