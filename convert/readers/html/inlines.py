"""Handlers for elements within a line: marks, links, pictures, code."""

import re

from turbohtml import Element

from convert.messages import Message, message
from convert.model import Anchor, Image, Inline, InlineCode, Link
from convert.readers.flow import Flow
from convert.readers.html.builder import Builder
from convert.readers.html.elements import MARKS
from convert.text import HTML_SPACE, collapse

LATER = ("data-src", "data-original", "data-lazy-src", "data-actualsrc")
LONGEST = 300
"""Longest address of a placeholder, in characters; a longer `data:` address is a picture."""

_PLACEHOLDER = re.compile(
    r"/(?:white|blank|spacer|placeholder|lazy[a-z]*|loading|grey|gray|transparent)\.\w+$|^data:", re.I
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp)(?:[?#].*)?\Z", re.I)
_TEXT_IN_NAME = re.compile(r"[\u3400-\u9fff]")
_DIMENSION = re.compile(r"\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*\Z", re.I)
_STYLE_DIMENSION = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*(?:;|!|$)", re.I)


def mark(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add emphasis and the like; inside the same kind it has no effect."""
    maker = MARKS[element.tag]
    if flow.within(maker):
        builder.walk(element, flow, level + 1)
        return
    flow.open(maker)
    builder.walk(element, flow, level + 1)
    flow.close()


def link(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add an `<a>`: an anchor, a link, or both."""
    target = (element.attr("href") or "").strip(HTML_SPACE)
    name = element.attr("name") or element.attr("id")
    if name:
        flow.put(Anchor(name))
    if element.attr("href") is None:
        builder.walk(element, flow, level + 1)
        return
    if not target:
        builder.note("LNK002", message("missing-link-address"), element)
    elif hidden := element.attr("data-cfemail"):
        target = _mail(hidden, target)
        builder.note("LNK001", message("hidden-mail-address", link=element.attr("href") or "", target=target), element)
    if target.startswith("#"):
        builder.targets.add(target[1:])
    position = element.position

    def maker(children: tuple[Inline, ...]) -> Link:
        made = Link(target, children)
        builder.places.put((made, position))
        return made

    flow.open(maker)
    builder.walk(element, flow, level + 1)
    flow.close()
    if not name and _is_empty(builder, element):
        builder.note("HTM004", message("empty-link", target=target), element, f"<{target}>")


def _mail(hidden: str, target: str) -> str:
    """Return the e-mail link that a content delivery network obfuscated: hexadecimal bytes, XORed with the first."""
    try:
        key, *code = bytes.fromhex(hidden)
        address = bytes(byte ^ key for byte in code).decode("ascii")
    except ValueError:
        return target
    return f"mailto:{address}" if "@" in address else target


def _is_empty(builder: Builder, element: Element) -> bool:
    """Return True if a link has nothing visible in it, and the parser did not continue it in the next block."""
    if element.text.strip(HTML_SPACE) or element.find("img") is not None:
        return False
    return builder.links_at(element) == 1


def image(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add an `<img>`, and Han text among its attribute names, where an unclosed quotation mark put it."""
    if made := picture(builder, element):
        flow.put(made)
    if swallowed := [name for name in element.attrs if not name.isascii() and _TEXT_IN_NAME.search(name)]:
        builder.note("HTM008", message("text-in-attribute", text=swallowed[0]), element)
        flow.flush()
        for text in swallowed:
            flow.text(text.strip("\"'"))
            flow.flush()


def lazy(placeholder: str, address: str) -> Message:
    """Return the message for a picture that a script would load in place of `placeholder`, or without one."""
    if not placeholder:
        return message("lazy-image", address=address)
    return message("lazy-placeholder", placeholder=placeholder, address=address)


def picture(builder: Builder, element: Element, full_size: str = "") -> Image | None:
    """Return the image of an `<img>`; None if it has neither address nor alternative text."""
    width, height = dimensions(element)
    address = (element.attr("src") or "").strip(HTML_SPACE)
    if later := loaded_later(element, address):
        builder.note("IMG005", lazy(address, later), element)
        address = later
    alt, title = element.attr("alt"), element.attr("title")
    alt = collapse(alt).strip() if alt else ""
    if not address:
        parent = element.parent
        around = (parent.attr("href") or "").strip(HTML_SPACE) if isinstance(parent, Element) else ""
        if _PICTURE.search(around):
            builder.note("IMG003", message("missing-image-address-linked", target=around), element)
            address, full_size = around, ""
        else:
            builder.note("IMG003", message("missing-image-address"), element, alt)
            if not alt:
                return None
    made = Image(address, alt, collapse(title).strip() if title else "", width, height, full_size)
    builder.places.put((made, element.position))
    return made


def loaded_later(element: Element, address: str) -> str:
    """Return the address that a script would load in place of a placeholder or of none; else ""."""
    if len(address) > LONGEST or (address and not _PLACEHOLDER.search(address)):
        return ""
    return next((value.strip(HTML_SPACE) for name in LATER if (value := element.attr(name))), "")


def dimensions(element: Element) -> tuple[int | None, int | None]:
    """Return the declared width and height in CSS pixels; a style overrides attributes, as in browsers."""
    style, width, height = element.attr("style"), element.attr("width"), element.attr("height")
    sizes = {"width": _pixels(width) if width else None, "height": _pixels(height) if height else None}
    if style:
        for name, value in _STYLE_DIMENSION.findall(style):
            sizes[name.lower()] = int(value)
    return sizes["width"], sizes["height"]


def _pixels(value: str) -> int | None:
    match = _DIMENSION.match(value)
    return int(match[1]) if match else None


def line_break(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a line break for `<br>`."""
    flow.line_break()


def inline_code(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add code within a line."""
    if text := collapse(element.text).strip(HTML_SPACE):
        flow.put(InlineCode(text))
