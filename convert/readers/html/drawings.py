"""Drawings in the markup of a page, `<svg>`: each that is a picture of the article becomes one."""

from base64 import b64encode
from collections.abc import Callable

from turbohtml import Element, parse_fragment

from convert.late import late_pattern
from convert.messages import Message, message
from convert.text import one_line

Report = Callable[[str, Message, Element, str], None]
"""Function that adds a note: code, message, element, and what is removed with it."""

SMALLEST = 100
"""Width and height in pixels from which on a drawing is a picture; smaller ones are icons."""
LARGEST = 1 << 20
"""Characters of the longest drawing that is kept."""

_CONTROLS = frozenset({"a", "button", "label", "nav"})
_SHAPES = ("circle", "ellipse", "foreignObject", "line", "path", "polygon", "polyline", "rect", "text", "use")
_DEFINITIONS = frozenset({"clippath", "defs", "filter", "marker", "mask", "pattern", "symbol"})
_NUMBER = late_pattern(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_SPACES = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}
_PREFIXES = ("xlink", "xml", "xmlns")
_NO_XML = {"&nbsp;": "&#160;"}


def join(root: Element, note: Report) -> None:
    """Put a picture with the drawing as its `data:` address in the place of each that is no icon.

    Pictures that a drawing shows by their addresses come after it, and without it where nothing else is drawn, as on
    the plates of books: no program loads them from a `data:` address.
    """
    for svg in list(root.iter_elements("svg")):
        if svg.parent is None or _is_control(svg):
            continue
        words = one_line(_words(svg))
        inside = [(found, each) for each in svg.iter_elements("image") if (found := _reference(each))]
        for found, each in reversed(inside):
            svg.insert_after(_picture(found, one_line(_words(each)) or words))
        if inside and not any(map(_is_drawn, svg.iter_elements(_SHAPES))):
            svg.decompose()
            continue
        if not _is_picture(svg):
            continue
        if (address := _address(svg)) is None:
            note("IMG004", message("broken-data-image", address="<svg>"), svg, words)
            continue
        svg.replace_with(_picture(address, words))


def _picture(address: str, words: str) -> Element:
    picture = parse_fragment("<img>").find("img")
    assert picture is not None
    picture.attrs["src"], picture.attrs["alt"] = address, words
    return picture


def _reference(image: Element) -> str:
    """Return the address of a picture in a drawing, "" if it is small or in the drawing itself."""
    address = (image.attr("xlink:href") or image.attr("href") or "").strip()
    small = any((size := _size(image.attr(name))) is not None and size < SMALLEST for name in ("width", "height"))
    return "" if small or address.startswith(("#", "data:")) else address


def _is_drawn(shape: Element) -> bool:
    """Return True if a shape is no definition, such as the border along which a picture is cut."""
    return all(each.tag.lower() not in _DEFINITIONS for each in shape.ancestors if isinstance(each, Element))


def _is_control(svg: Element) -> bool:
    return any(each.tag in _CONTROLS or each.tag == "svg" for each in svg.ancestors if isinstance(each, Element))


def _is_picture(svg: Element) -> bool:
    if svg.attr("aria-hidden") == "true" or svg.attr("role") in ("presentation", "none"):
        return False
    if any(each.tag == "figure" for each in svg.ancestors if isinstance(each, Element)):
        return True
    box = _NUMBER.findall(svg.attr("viewBox") or svg.attr("viewbox") or "")[2:4]
    sizes = [_size(svg.attr(name)) for name in ("width", "height")]
    if None in sizes:
        sizes = [float(each) for each in box]
    return len(sizes) == 2 and all(size is not None and size >= SMALLEST for size in sizes)


def _size(value: str | None) -> float | None:
    found = _NUMBER.fullmatch((value or "").strip().removesuffix("px"))
    return float(found[0]) if found else None


def _words(svg: Element) -> str:
    """Return what the drawing is called, or the words in it."""
    title = svg.find("title")
    shown = (each.text for each in svg.iter_elements("text"))
    return svg.attr("aria-label") or (title.text if title is not None else "") or " ".join(shown)


def _address(svg: Element) -> str | None:
    """Return a drawing as an address; None if it is too long, or no XML as the markup has it."""
    for script in list(svg.iter_elements("script")):
        script.decompose()
    for each in (svg, *svg.iter_elements()):
        for name in [name for name in each.attrs if name.startswith("on") or _is_foreign(name)]:
            del each.attrs[name]
    for name, value in _SPACES.items():
        if svg.attr(name) is None:
            svg.attrs[name] = value
    xml = svg.html
    for reference, character in _NO_XML.items():
        xml = xml.replace(reference, character)
    if len(xml) > LARGEST:
        return None
    from xml.etree import ElementTree  # few pages have a drawing

    try:
        ElementTree.fromstring(xml)  # noqa: S314 -- without a DTD no entity can grow
    except ElementTree.ParseError:
        return None
    return "data:image/svg+xml;base64," + b64encode(xml.encode("utf-8", "replace")).decode()


def _is_foreign(name: str) -> bool:
    """Return True for an attribute of the program that drew it, whose prefix the page does not declare."""
    return ":" in name and name.partition(":")[0] not in _PREFIXES
