"""Handlers for containers, whose meaning depends on identifiers and classes, and for embedded content."""

import html
import re

from msgspec.structs import replace
from turbohtml import Element, Text as TextNode

from convert.late import late_pattern
from convert.messages import message
from convert.model import MAX_DEPTH, Aside, Embed, EmbedKind, Figure, Image, Paragraph, Text
from convert.readers.flow import Flow
from convert.readers.html import styles
from convert.readers.html.builder import Builder, Handler
from convert.readers.html.elements import WRAPPED
from convert.readers.html.inlines import link, mark
from convert.text import EDGE_SPACE, HTML_SPACE, collapse

GALLERY = "data-lbox-gallery-item-src"
_BREAK = late_pattern(r"<br\s*/?>", re.I)
_STRUCK = late_pattern(r"text-decoration(?:-line)?\s*:[^;]*\bline-through\b", re.I)
_TAG = late_pattern(r"</?[A-Za-z][^<>]{0,400}>")


def skip(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Skip an element that is never rendered."""


def inline(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Walk the children of an element that has no meaning of its own, or is unknown."""
    builder.walk(element, flow, level + 1)


def lined(handler: Handler) -> Handler:
    """Return a handler of elements within a line that ends the line around one whose style makes it its own."""

    def handle(builder: Builder, element: Element, flow: Flow, level: int) -> None:
        if not styles.is_line(element):
            handler(builder, element, flow, level)
            return
        flow.flush()
        handler(builder, element, flow, level)
        flow.flush()

    return handle


def paragraph(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add the paragraph of a `<p>`, or the caption; most hold one line of text and links, which needs no Flow."""
    for name in (element.attr("class") or "").split():
        if (kind := builder.markup.lines.get(f".{name}")) and flow.depth < MAX_DEPTH:
            if inside := builder.inside(element, flow, level):
                builder.emit(Aside(kind, tuple(inside)), element, flow)
            return
        if f".{name}" in builder.markup.captions:
            caption(builder, element, flow, level)
            return
    if flow.frames or (children := builder.line(element.children)) is None:
        builder.container(element, flow, level)
        return
    if flow.items:
        flow.flush()
    if children:
        block = Paragraph(children)
        builder.places.put((block, element.position))
        flow.blocks.append(block)


def span(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a `<span>`: a link if it has an address, as in some mirrors, a caption by its class, else its children."""
    if element.attr("href"):
        link(builder, element, flow, level)
    elif _STRUCK.search(element.attr("style") or ""):
        mark(builder, element, flow, level)
    elif any(f".{name}" in builder.markup.captions for name in (element.attr("class") or "").split()):
        caption(builder, element, flow, level)
    else:
        inline(builder, element, flow, level)


def button(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Walk a button; one that opens a part of the page is a line of its own, unless it is in one."""
    opens = element.attr("aria-expanded") is not None or element.attr("role") == "tab"
    if opens and not flow.frames:
        builder.container(element, flow, level)
    else:
        inline(builder, element, flow, level)


def box(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a container, or what its identifier or classes say that it is: caption, embed, aside or gallery."""
    classes, identifier = element.attr("class"), element.attr("id")
    if (name := _item(builder, element)) is not None:
        _gallery(builder, element, name, flow)
        return
    markup = builder.markup
    names = [f".{name}" for name in classes.split()] if classes else []
    if identifier:
        names.append(f"#{identifier}")
    for name in names:
        if name in markup.captions:
            caption(builder, element, flow, level)
            return
        if name in markup.embeds and flow.depth < MAX_DEPTH:
            embed(builder, element, markup.embeds[name], flow, level)
            return
        if name in markup.asides and flow.depth < MAX_DEPTH:
            if inside := builder.inside(element, flow, level):
                builder.emit(Aside(markup.asides[name], tuple(inside)), element, flow)
            return
    nodes = element.children
    if nodes and not (len(nodes) == 1 and type(only := nodes[0]) is TextNode and only.data.isspace()):
        builder.container(element, flow, level)
    else:  # mostly a slot for an advertisement
        flow.flush()


def caption(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a caption to the figure directly before it; without one, add a paragraph."""
    flow.flush()
    inlines, others = builder.lines(element, flow, level)
    before = flow.blocks[-1] if flow.blocks else None
    if isinstance(before, Figure) and not before.caption and inlines:
        flow.blocks[-1] = replace(before, caption=inlines)
        builder.places.inherit(flow.blocks[-1], before)
    elif inlines:
        builder.emit(Paragraph(inlines), element, flow)
    flow.blocks += others


def _item(builder: Builder, element: Element) -> str | None:
    """Return the attribute with the address of a gallery's picture, or None if the element is no item of a gallery."""
    if element.attr(GALLERY) is not None:
        return GALLERY
    if not builder.gallery:
        return None
    return next((name for name in element.attrs if name.startswith("data-") and name.endswith("item-src")), None)


def _gallery(builder: Builder, element: Element, name: str, flow: Flow) -> None:
    """Add a picture of a gallery that only a script would show, with its caption; each picture once."""
    address = (element.attr(name) or "").strip(HTML_SPACE)
    if address in builder.in_gallery:
        return
    builder.in_gallery.add(address)
    image = Image(address)
    builder.places.put((image, element.position))
    title = html.unescape(element.attr(name.removesuffix("src") + "title") or "")
    text = collapse(_TAG.sub("", _BREAK.sub("\n", title))).strip(EDGE_SPACE)
    builder.emit(Figure((image,), (Text(text),) if text else ()), element, flow)


def flatten(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add the paragraphs of a block that is nested too deeply to the block around it."""
    if not builder.too_deep:
        builder.too_deep = True
        builder.note("HTM003", message("blocks-too-deep", limit=MAX_DEPTH), element)
    builder.container(element, flow, level)


def embed(builder: Builder, element: Element, kind: EmbedKind, flow: Flow, level: int) -> None:
    """Add embedded content of another site: its address, and the text that the page has of it."""
    if flow.depth >= MAX_DEPTH - 1:
        flatten(builder, element, flow, level)
        return
    inside = tuple(builder.inside(element, flow, level))
    if len(inside) == 1 and isinstance(inside[0], Embed):
        builder.emit(inside[0], element, flow)
        return
    address = element.attr("data-instgrm-permalink") or element.attr("data-href") or element.attr("cite") or ""
    if not address:
        links = [link.attr("href") or "" for link in element.iter_elements("a")]
        posts = [link for link in links if "/status/" in link or "instagram.com/" in link or "facebook.com/" in link]
        address = (posts or [""])[-1]
    builder.emit(Embed(kind, address, inside), element, flow)


def wrapped(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add content of the mirror or publisher, marked by mirror.repair, as an aside."""
    if inside := builder.inside(element, flow, level):
        builder.emit(Aside(WRAPPED[element.tag], tuple(inside)), element, flow)
