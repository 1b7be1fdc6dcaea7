"""Handlers for elements within a line: marks, links, pictures, code."""

import re
from collections.abc import Mapping

from msgspec.structs import replace
from turbohtml import Element, Text as TextNode

from convert.languages import language
from convert.late import late_pattern
from convert.messages import message
from convert.model import Deleted, Formula, Image, Inline, InlineCode, Link, Strong
from convert.readers.flow import Flow
from convert.readers.html import lazy, styles
from convert.readers.html.builder import Builder
from convert.readers.html.elements import MARKS
from convert.readers.html.placeholders import is_placeholder
from convert.text import HTML_SPACE, collapse
from convert.urls import written

_PICTURE = late_pattern(r"\.(?:jpe?g|png|gif|webp)(?:[?#].*)?\Z", re.I)
_LIGHT = late_pattern(r"(?:^|[;\s])font-weight\s*:\s*(?:normal|400)\b", re.I)
"""Style of a `<b>` that is not bold: Google Docs puts one around all that is copied from it."""
_TEXT_IN_NAME = late_pattern(r"[\u3400-\u9fff]")
_RATIOS = frozenset({"fill", "flex-item", "responsive"})
"""Layouts of AMP in which a width and a height are no more than a ratio."""
_DIMENSION = late_pattern(r"\s*([0-9]{1,9})(?:\.[0-9]+)?\s*(?:px)?\s*\Z", re.I)


def mark(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add emphasis and the like; inside the same kind, or if its style takes it back, it has no effect."""
    maker = MARKS.get(element.tag, Deleted)  # a `<span>` that its style strikes through
    if flow.within(maker) or (maker is Strong and _LIGHT.search(element.attr("style") or "")):
        builder.walk(element, flow, level + 1)
        return
    flow.open(maker)
    builder.walk(element, flow, level + 1)
    flow.close()


def link(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add an `<a>`: an anchor, a link, or both."""
    target = written(element.attr("href"))
    name = element.attr("name") or element.attr("id")
    if name:
        flow.put_anchor(name)
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
        flow.put_picture(made)
    if swallowed := [name for name in element.attrs if not name.isascii() and _TEXT_IN_NAME.search(name)]:
        builder.note("HTM008", message("text-in-attribute", text=swallowed[0]), element)
        flow.flush()
        for text in swallowed:
            flow.text(text.strip("\"'"))
            flow.flush()


def picture(builder: Builder, element: Element, full_size: str = "") -> Image | None:
    """Return the image of an `<img>`; None if it has neither address nor alternative text."""
    width, height = dimensions(element)
    address = written(element.attr("src"))
    if later := lazy.address_of(element):
        builder.note("IMG005", lazy.note(address, later), element)
        address = later
    alt, title = element.attr("alt"), element.attr("title")
    alt = collapse(alt).strip() if alt else ""
    if not address:
        parent = element.parent
        around = written(parent.attr("href")) if isinstance(parent, Element) else ""
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


def drawn(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add the picture of an `<image>` inside a drawing."""
    address = written(element.attr("href") or element.attr("xlink:href"))
    if address and not is_placeholder(address):
        flow.put(made := Image(address))
        builder.places.put((made, element.position))


def dimensions(element: Element) -> tuple[int | None, int | None]:
    """Return the declared width and height in CSS pixels; a style overrides attributes, as in browsers."""
    style, width, height = element.attr("style"), element.attr("width"), element.attr("height")
    sizes = {"width": _pixels(width) if width else None, "height": _pixels(height) if height else None}
    if (element.attr("layout") or "").strip().lower() in _RATIOS:
        sizes = {"width": None, "height": None}
    if style:
        sizes.update(styles.sizes(style))
    return sizes["width"], sizes["height"]


def _pixels(value: str) -> int | None:
    match = _DIMENSION.match(value)
    return int(match[1]) if match else None


def line_break(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a line break for `<br>`."""
    flow.line_break()


def inline_code(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add code within a line; a line break divides it.  Our own HTML marks a formula in TeX so."""
    if element.has_class("math"):
        put_formula(Formula(element.text.strip() or "?", display=element.has_class("display")), element, flow)
        return
    if element.select_one("a[href]") is not None:
        _linked_code(builder, element, flow, level)
        return
    runs = [""]
    for node in element.descendants:
        if type(node) is TextNode:
            runs[-1] += node.data
        elif type(node) is Element and node.tag == "br":
            runs.append("")
    for number, run in enumerate(runs):
        if number:
            flow.line_break()
        if text := collapse(run).strip(HTML_SPACE):
            flow.put_word(InlineCode(text))


def _linked_code(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add code with links inside as code and links of code, because code holds nothing but text."""
    for node in list(element.children):
        if type(node) is Element and node.select_one("a[href]") is not None:
            _linked_code(builder, node, flow, level)
            continue
        data = node.text if type(node) is Element else node.data if type(node) is TextNode else ""
        piece = Element("code")
        if type(node) is Element and node.tag == "a":
            piece.extend(list(node.children))
            node.append(piece)
            link(builder, node, flow, level)
        elif data:
            node.insert_before(piece)
            piece.append(node)
            if data[0] in HTML_SPACE:
                flow.text(" ")
            inline_code(builder, piece, flow, level)
            if data[-1] in HTML_SPACE:
                flow.text(" ")
        elif type(node) is Element and node.tag == "br":
            flow.line_break()


_QUOTATION_MARKS: Mapping[str, str] = {
    "bg": "„“’’", "ca": "«»“”", "cs": "„“‚‘", "da": "»«›‹", "de": "„“‚‘", "el": "«»“”", "es": "«»“”", "fa": "«»‹›",
    "fi": "””’’", "fr": "«»“”", "hu": "„”»«", "it": "«»“”", "ja": "「」『』", "nb": "«»‘’", "no": "«»‘’", "pl": "„”«»",
    "ro": "„”«»", "ru": "«»„“", "sk": "„“‚‘", "sl": "„“‚‘", "sv": "””’’", "uk": "«»„“", "zh-Hant": "「」『』",
}  # fmt: skip
"""Outer and inner quotation marks by language, as CLDR 46 has them; others use “ ” and ‘ ’."""
_TRADITIONAL = late_pattern(r"zh-(?:Hant|TW|HK|MO)\b", re.I)


def quoted(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a quotation with the marks of its language, which browsers show though the page does not contain them."""
    text = element.text.strip()
    if not text or (text[0] in '“‘「『«„"‚»”' and text[-1] in '”’」』»“"‘«'):
        builder.walk(element, flow, level + 1)
        return
    marks = _quotation_marks(builder, element)
    inner = 2 * (sum(isinstance(each, Element) and each.tag == "q" for each in element.ancestors) % 2)
    flow.mark(marks[inner], text[0])
    builder.walk(element, flow, level + 1)
    flow.mark(marks[inner + 1])


def _quotation_marks(builder: Builder, element: Element) -> str:
    around = element.parent
    holder = around.closest("[lang]") if isinstance(around, Element) else None
    tag = (holder.attr("lang") or "") if holder is not None else ""
    if not tag:
        tag = language([(builder.root or element).text[:2000]])
    key = "zh-Hant" if _TRADITIONAL.match(tag) else tag.partition("-")[0].lower()
    return _QUOTATION_MARKS.get(key, "“”‘’")


def put_formula(made: Formula, element: Element, flow: Flow) -> None:
    """Add a formula; one on lines of its own is a paragraph, unless a mark or a link is around it."""
    alone = made.display and not flow.frames
    made = made if alone else replace(made, text=" ".join(made.text.split()), display=False)
    if alone:
        flow.flush()
    flow.put_word(made)
    if alone:
        flow.flush()
