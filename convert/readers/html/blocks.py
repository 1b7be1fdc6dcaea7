"""Handlers for elements that become blocks: headings, figures, quotes, code, details."""

from collections.abc import Iterator

from msgspec.structs import replace
from turbohtml import Element, Text as TextNode

from convert.model import (
    MAX_DEPTH,
    Aside,
    Block,
    Break,
    Code,
    Details,
    Figure,
    Heading,
    Image,
    Inline,
    Link,
    Paragraph,
    Quote,
    ThematicBreak,
)
from convert.readers.flow import Flow, merge
from convert.readers.html import styles
from convert.readers.html.boxes import embed, flatten
from convert.readers.html.builder import Builder
from convert.readers.html.elements import HEADINGS
from convert.readers.html.inlines import inline_code, picture
from convert.text import HTML_SPACE
from convert.urls import written


def heading(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a heading, at its level within the article."""
    inlines, others = builder.lines(element, flow, level)
    builder.emit(Heading(builder.levels.get(element.tag, 2), inlines), element, flow)
    flow.blocks += others


def figure(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a figure of pictures and caption; other blocks inside it are before and after it, as they are."""
    if element.attr("data-lbox-gallery") is not None:  # many pictures, each with its own caption
        builder.container(element, flow, level)
        return
    if not flow.frames and (made := plain_figure(builder, element)) is not None:
        _emit_figure(builder, made, element, flow)
        return
    images: list[Image] = []
    caption: tuple[Inline, ...] = ()
    before: list[Block] = []
    others: list[Block] = []
    first = next((each for each in element.children if type(each) is Element), None)
    headed = first is not None and first.tag == "figcaption"  # it is above the pictures
    for block in builder.inside(element, flow, level):
        if isinstance(block, Figure):
            if headed and not images and all(isinstance(each, Paragraph) for each in before):
                (caption, _), before = merge(before), []
            images += block.images
            caption += (Break(), *block.caption) if caption and block.caption else block.caption
        elif isinstance(block, Paragraph) and images:
            caption += (Break(), *block.children) if caption else block.children
        else:
            (others if images else before).append(block)
    full = {image.full_size for image in images}
    if len(caption) == 1 and isinstance(caption[0], Link) and caption[0].target in full:
        caption = caption[0].children  # the link around the picture was never closed
    flow.flush()
    flow.blocks += before
    if images or not (before or others):
        _emit_figure(builder, Figure(tuple(images), caption), element, flow)
    flow.blocks += others


def _emit_figure(builder: Builder, made: Figure, element: Element, flow: Flow) -> None:
    """Add a figure; it is an aside if all its pictures are also in the attributes of a gallery, with their captions."""
    if builder.gallery and made.images and all(image.address in builder.gallery for image in made.images):
        made = replace(made, images=tuple(replace(image, alt="") for image in made.images))
        builder.places.put((made, element.position))
        builder.emit(Aside("furniture", (made,)), element, flow)
    else:
        builder.emit(made, element, flow)


def plain_figure(builder: Builder, element: Element) -> Figure | None:
    """Return the figure if it is one picture, linked to its full size or not, with its caption; else None."""
    image_element: Element | None = None
    target = ""
    caption: tuple[Inline, ...] | None = None
    for node in element.children:
        if type(node) is not Element:
            if type(node) is TextNode and node.data.strip(HTML_SPACE):
                return None
            continue
        tag = node.tag
        if tag == "figcaption" and image_element is not None and caption is None:
            caption = builder.line(node.children)
            if caption is None:
                return None
        elif tag == "a" and image_element is None and not node.attr("name") and not node.attr("id"):
            inner = [each for each in node.children if type(each) is Element or each.text.strip(HTML_SPACE)]
            if len(inner) != 1 or type(only := inner[0]) is not Element or only.tag != "img":
                return None
            image_element, target = only, written(node.attr("href"))
        elif tag == "img" and image_element is None:
            image_element = node
        elif tag != "br":
            return None
    if image_element is None or (image := picture(builder, image_element, target)) is None:
        return None
    return Figure((image,), caption or ())


def quote(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a quotation, or the embedded post of another site that its class names."""
    for name in (element.attr("class") or "").split():
        if kind := builder.markup.embeds.get(f".{name}"):
            embed(builder, element, kind, flow, level)
            return
    if flow.depth >= MAX_DEPTH - 1:
        flatten(builder, element, flow, level)
        return
    builder.emit(Quote(tuple(builder.inside(element, flow, level))), element, flow)


def preformatted(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add preformatted text, line by line as it is, and the pictures in it below; none if there is no text."""
    plain = element.select_one(_IN_CODE) is None
    text = (element.text if plain else "".join(_code(element))).strip("\n")
    if text.strip():
        builder.emit(Code(text), element, flow)
    for each in () if plain else element.iter_elements("img"):
        if image := picture(builder, each):
            builder.emit(Figure((image,)), each, flow)


def code(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add code: within a line, or as preformatted text if it holds what is none."""
    if element.select_one(_LINES) is not None:
        preformatted(builder, element, flow, level)
    else:
        inline_code(builder, element, flow, level)


_LINES = "pre, div, p, li, tr"
_CELLS = ("td", "th")
_LINES_OF_CODE = frozenset({
    "blockquote", "caption", "dd", "div", "dl", "dt", "li", "ol", "p", "pre", "section", "table", "tr", "ul", *HEADINGS
})  # fmt: skip
_IN_CODE = ", ".join(("br", "img", "[style*=display i]", *_CELLS, *sorted(_LINES_OF_CODE)))


def _code(element: Element) -> Iterator[str]:
    """Yield the text of preformatted content; elements that are lines of it, as highlighters write them, end in one.

    A tab is between cells with text.
    """
    ended, filled = True, False
    for node in element.children:
        if type(node) is TextNode:
            yield node.data
            ended = node.data.endswith("\n")
        elif type(node) is Element and node.tag == "br":
            yield "\n"
            ended = True
        elif type(node) is Element:
            inside, line = "".join(_code(node)), node.tag in _LINES_OF_CODE or styles.is_line(node)
            if node.tag in _CELLS:
                yield ("\t" if filled else "") + (inside := inside.removesuffix("\n"))
                filled = filled or bool(inside)
            elif not line:
                yield inside
            else:
                yield ("" if ended else "\n") + inside.removesuffix("\n") + "\n"
            ended = line or (inside.endswith("\n") if inside else ended)


def details(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add details with their summary."""
    if flow.depth >= MAX_DEPTH - 1:
        flatten(builder, element, flow, level)
        return
    summary: tuple[Inline, ...] = ()
    others: list[Block] = []
    for child in element.children:
        if type(child) is Element and child.tag == "summary":
            summary, others = builder.lines(child, flow, level, headings=True)
            child.extract()
            break
    builder.emit(Details(summary, (*others, *builder.inside(element, flow, level))), element, flow)


def thematic_break(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a thematic break for `<hr>`."""
    builder.emit(ThematicBreak(), element, flow)
