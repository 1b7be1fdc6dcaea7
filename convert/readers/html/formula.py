"""Formulas of a page before its walk: each becomes one element, `<math>` or TeX."""

import unicodedata
from collections.abc import Callable

from turbohtml import Element, Text as TextNode, parse_fragment

from convert import formulas
from convert.late import late_pattern
from convert.messages import Message, message
from convert.readers.html.described import described

LOOK = message("look-of-formula")
_FORMULAS = frozenset({
    "katex", "katex-display", "mwe-math-element", "mathjax", "mathjax_display", "mathjax_svg", "mathjax_svg_display",
    "mathjax_chtml", "mjx-chtml",
})  # fmt: skip
"""Classes of elements that hold a formula as MathML and how it looks, as KaTeX, MathJax and MediaWiki write them."""
_MAY_BE_FORMULA = "mjx-container, [class*=katex i], [class*=mwe-math i], [class*=mathjax i], [class*=mjx- i]"
"""A selector of all elements that may have one of these classes, and of MathJax's own."""

_VERBATIM_TAGS = "code, kbd, math, pre, samp, script, style, svg, template, textarea, tt"
_CODE_POINT = late_pattern(r"(?:mjx-c)?([0-9A-F]{2,6})\Z")

Report = Callable[[str, Message, Element, str], None]
"""Function that adds a note: code, message, element, and what is removed with it."""


def join(root: Element, note: Report, *, tex: bool = True) -> None:
    """Put one element, `<math>` or TeX, in the place of each formula that a page has several times."""
    for each in root.select(_MAY_BE_FORMULA):
        if each.tag not in ("div", "mjx-container", "p", "span") or each.parent is None:
            continue
        if each.tag == "mjx-container" or not _FORMULAS.isdisjoint((each.attr("class") or "").lower().split()):
            _join(each, note)
    if tex and any(formulas.in_text(root.text)):
        _join_raw(root)
    for script in list(root.iter_elements("script")):
        kind = (script.attr("type") or "").lower()
        if kind.startswith("math/tex") and (source := script.text.strip()):
            _drop_preview(script)
            script.replace_with(_tex(source, "mode=display" in kind))


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
        _spell_out(element)
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


def _join_raw(root: Element) -> None:
    """Put an element in the place of each formula whose TeX is in the text, for a script that would draw it."""
    for node in [each for each in root.descendants if type(each) is TextNode]:
        data, at = node.data, 0
        if not (found := list(formulas.in_text(data))) or node.closest(_VERBATIM_TAGS):
            continue
        for start, end, tex, display in found:
            if before := data[at:start]:
                node.insert_before(TextNode(before))
            node.insert_before(_tex(tex, display))
            at = end
        if after := data[at:]:
            node.insert_before(TextNode(after))
        node.decompose()


def _spell_out(element: Element) -> None:
    """Write the characters of a formula that only styles or drawings show; MathJax names them by their numbers."""
    for each in list(element.select("mjx-c[class], [data-c]")):
        name = each.attr("data-c") or next(iter((each.attr("class") or "").split()), "")
        if (code := _CODE_POINT.match(name)) and (number := int(code[1], 16)) < 0x110000:
            each.replace_with(TextNode(unicodedata.normalize("NFKC", chr(number))))


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
