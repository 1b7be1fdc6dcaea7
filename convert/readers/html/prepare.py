"""The look at a region before its walk: shadow roots are opened, formulas made one, hidden elements taken out."""

import re
from collections.abc import Callable, Collection

from turbohtml import Element, Node, Text as TextNode, parse_fragment

from convert.messages import Message, message
from convert.readers.html.lazy import LATER
from convert.readers.html.styles import MAY_BE_HIDDEN, is_hidden, sizes
from convert.text import EDGE_SPACE

HIDDEN_TEXT = message("hidden-text")
LOOK = message("look-of-formula")
_FORMULAS = frozenset({
    "katex", "katex-display", "mwe-math-element", "mathjax", "mathjax_display", "mathjax_svg", "mathjax_svg_display",
    "mathjax_chtml", "mjx-chtml",
})  # fmt: skip
"""Classes of elements that hold a formula as MathML and how it looks, as KaTeX, MathJax and MediaWiki write them."""
_MAY_BE_FORMULA = "mjx-container, [class*=katex i], [class*=mwe-math i], [class*=mathjax i], [class*=mjx- i]"
"""A selector of all elements that may have one of these classes, and of MathJax's own."""
_PLAYERS = ("audio", "video")
"""Elements that are often hidden until a script shows them; the walk says what becomes of them."""
_MEDIA = ("audio", "embed", "iframe", "img", "object", "source", "video")

_CLOSED = re.compile(r"(<template\b[^<>]{0,200}\bshadowroot(?:mode)?\s*=\s*[\"']?)closed", re.I)

Report = Callable[[str, Message, Element, str], None]
"""Function that adds a note: code, message, element, and what is removed with it."""


def prepare(root: Element, note: Report, shown: Collection[str] = ()) -> None:
    """Prepare a region; `shown` are the selectors of hidden elements that belong to the article."""
    if any(map(_is_shadow, root.iter_elements("template"))):
        open_shadows(root, note)
    join_formulas(root, note)
    take_out_hidden(root, note, shown)


# --- shadow roots ----------------------------------------------------------------------------------------------------


def open_shadows(root: Element, note: Report) -> None:
    """Put the content of declarative shadow roots in the place of what their hosts hold, and that into its slots.

    The parser attaches a root to its host in a whole page, and leaves it a template in a fragment.
    """
    found = True
    while found:
        found = False
        for host in list(root.iter_elements()):
            if (shadow := host.shadow_root) is not None and shadow.children:
                found = True
                _open(host, list(shadow.children), list(host.children), note)
        for template in [each for each in root.iter_elements("template") if _is_shadow(each)]:
            if isinstance(around := template.parent, Element):
                found = True
                content = list(template.children[0].children) if template.children else []
                template.extract()
                _open(around, content, list(around.children), note)


def opened(html: str) -> str:
    """Return a page whose closed shadow roots are open: the parser gives nobody what is in a closed one."""
    return _CLOSED.sub(r"\1open", html) if "shadowroot" in html else html


def _is_shadow(template: Element) -> bool:
    mode = (template.attr("shadowrootmode") or template.attr("shadowroot") or "").lower()
    return mode in ("open", "closed")


def _open(host: Element, shadow: list[Node], light: list[Node], note: Report) -> None:
    """Show a shadow root instead of the nodes of its host; those for which it has no slot are not shown."""
    slots = [slot for each in shadow if isinstance(each, Element) for slot in _slots(each)]
    taken: set[str] = set()
    host.clear()
    host.extend(shadow)
    for slot in slots:
        name = slot.attr("name") or ""
        given = [each for each in light if _slot_of(each) == name] if name not in taken else []
        taken.add(name)
        if any(isinstance(each, Element) or each.text.strip(EDGE_SPACE) for each in given):
            slot.clear()
            slot.extend(given)
    unseen = (described(each) for each in light if isinstance(each, Element) and _slot_of(each) not in taken)
    if left := " ".join(filter(None, unseen)):
        note("HTM002", HIDDEN_TEXT, host, left)


def _slot_of(node: Node) -> str:
    return (node.attr("slot") or "") if isinstance(node, Element) else ""


def _slots(element: Element) -> list[Element]:
    return [*([element] if element.tag == "slot" else []), *element.iter_elements("slot")]


# --- formulas --------------------------------------------------------------------------------------------------------


def join_formulas(root: Element, note: Report) -> None:
    """Put one element, `<math>` or TeX, in the place of each formula that a page has several times."""
    for each in root.select(_MAY_BE_FORMULA):
        if each.tag not in ("div", "mjx-container", "p", "span") or each.parent is None:
            continue
        if each.tag == "mjx-container" or not _FORMULAS.isdisjoint((each.attr("class") or "").lower().split()):
            _join(each, note)
    for script in list(root.iter_elements("script")):
        kind = (script.attr("type") or "").lower()
        if kind.startswith("math/tex") and (tex := script.text.strip()):
            _drop_preview(script)
            script.replace_with(_tex(tex, "mode=display" in kind))


def _join(element: Element, note: Report) -> None:
    """Replace the element of a formula by its MathML; without any, by the TeX that follows it in a script."""
    names = f"{element.attr('class') or ''} {element.attr('display') or ''}".lower()
    display = "display" in names or "true" in names or "block" in names
    script = _next(element)
    kind = (script.attr("type") or "").lower() if script is not None and script.tag == "script" else ""
    tex = script.text.strip() if script is not None and kind.startswith("math/tex") else ""
    math = element.find("math")
    if math is None:
        holder = element if element.attr("data-mathml") else element.select_one("[data-mathml]")
        math = parse_fragment(holder.attr("data-mathml") or "").find("math") if holder is not None else None
    if math is None and not tex:
        return
    for picture in element.iter_elements("img"):
        note("HTM002", LOOK, element, described(picture))
    _drop_preview(element)
    if script is not None and tex:
        script.decompose()
    if math is None:
        element.replace_with(_tex(tex, display))
        return
    if display or "mode=display" in kind:
        math.attrs["display"] = "block"
    if tex:
        math.attrs["alttext"] = tex
    math.extract()
    element.replace_with(math)


def _next(element: Element) -> Element | None:
    after = element.next_sibling
    while isinstance(after, TextNode) and not after.data.strip():
        after = after.next_sibling
    return after if isinstance(after, Element) else None


def _drop_preview(element: Element) -> None:
    before = element.previous_sibling
    if isinstance(before, Element) and before.has_class("MathJax_Preview"):
        before.decompose()


def _tex(tex: str, display: bool) -> Element:
    made = Element("code", {"class": "math display" if display else "math"})
    made.set_text(tex)
    return made


# --- hidden elements -------------------------------------------------------------------------------------------------


def take_out_hidden(root: Element, note: Report, shown: Collection[str] = ()) -> None:
    """Take every hidden element out of a region, each with a note of the texts, pictures and links that it held.

    What a button opens stays, as a reader can open it; a picture of a pixel is left to the rule about trackers.
    """
    controlled: set[str] | None = None
    gone: set[Element] = set()
    for each in root.select(MAY_BE_HIDDEN):
        if each.tag in _PLAYERS or not is_hidden(each) or (gone and not gone.isdisjoint(each.ancestors)):
            continue
        if controlled is None:
            controlled = _controlled(root)
        name = each.attr("id")
        if (name and (name in controlled or f"#{name}" in shown)) or each.attr("role") == "tabpanel":
            continue
        if each.tag != "img" or not is_pixel(each):
            if text := described(each):
                note("HTM002", HIDDEN_TEXT, each, text)
            each.decompose()
            gone.add(each)


def _controlled(root: Element) -> set[str]:
    """Return the identifiers of what buttons of a region open."""
    named = (each.attr("aria-controls") for each in root.iter_elements() if each.attr("aria-expanded") is not None)
    return {name for names in named if names for name in names.split()}


def is_pixel(picture: Element) -> bool:
    """Return True if a picture is declared no larger than a pixel."""
    found = sizes(picture.attr("style") or "")
    for name in ("width", "height"):
        value = (picture.attr(name) or "").strip().removesuffix("px")
        if found.get(name, int(value) if value.isascii() and value.isdigit() else 2) > 1:
            return False
    return True


def described(element: Element) -> str:
    """Return the text of an element, and the addresses of the pictures, media and links in it."""
    parts = [element.text.strip(EDGE_SPACE)]
    for each in (element, *element.iter_elements(_MEDIA)):
        if each.tag in _MEDIA and (source := next(filter(None, map(each.attr, ("src", *LATER, "data"))), "")):
            parts.append(f"<{source}>")
    for each in (element, *element.iter_elements(("a", "span"))):
        address = each.attr("href") if each.tag in ("a", "span") else ""
        if address and (each.text.strip(EDGE_SPACE) or each.find("img") is not None):
            parts.append(f"<{address}>")
    return " ".join(parts) if any(part.strip("<>") for part in parts) else ""
