"""The handler for MathML."""

import html
import re

from turbohtml import Element, Text as TextNode

from convert import mathml
from convert.late import late_pattern
from convert.model import Formula
from convert.readers.flow import Flow
from convert.readers.html.builder import Builder
from convert.readers.html.inlines import put_formula

_DISPLAY_STYLE = late_pattern(r"\{\\(?:displaystyle|textstyle)\s+(.*)\}\Z", re.S)
_TEX = ("application/x-tex", "application/x-latex", "tex", "latex")
"""Media types and names of TeX in annotations."""


def formula(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a formula in MathML; its TeX is the annotation or the alternative text that the page has, else is made."""
    source = _xml_of(element)
    root = mathml.parse(source)
    given = _annotation(element) or _plain_tex(element.attr("alttext") or "")
    tex = given or ("" if root is None else mathml.tex(root))
    if not tex:
        builder.walk(element, flow, level + 1)
        return
    display = (element.attr("display") or "").strip().lower() == "block"
    inside = mathml.clean(source)
    put_formula(Formula(tex, f"<math>{inside}</math>" if inside else "", display), element, flow)


def _xml_of(element: Element) -> str:
    """Return an element of MathML as XML, "" if it is too large; annotations are left out."""
    out: list[str] = []
    _write_xml(element, out, 0)
    return "".join(out) if len(out) <= mathml.LONGEST else ""


def _write_xml(element: Element, out: list[str], depth: int) -> None:
    if element.tag in ("annotation", "annotation-xml") or depth > mathml.DEEPEST:
        return
    attributes = "".join(
        f' {name}="{html.escape(str(value))}"' for name, value in element.attrs.items() if name.isalpha()
    )
    out.append(f"<{element.tag}{attributes}>")
    for node in element.children:
        if type(node) is TextNode:
            out.append(html.escape(node.data))
        elif type(node) is Element:
            _write_xml(node, out, depth + 1)
    out.append(f"</{element.tag}>")


def _annotation(element: Element) -> str:
    for each in element.iter_elements("annotation"):
        if (each.attr("encoding") or "").strip().lower() in _TEX:
            return _plain_tex(each.text)
    return ""


def _plain_tex(text: str) -> str:
    r"""Return TeX without the wrapper that encyclopedias put around it.

    >>> _plain_tex(r" {\displaystyle E=mc^{2}} ")
    'E=mc^{2}'
    """
    text = text.strip()
    return _DISPLAY_STYLE.sub(r"\1", text).strip()
