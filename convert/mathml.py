"""Formulas: MathML that any book may hold, and the TeX of MathML."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from convert.late import late_pattern

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
LONGEST = 50_000
"""Most characters of a formula's MathML; a longer one is kept as TeX alone."""
DEEPEST = 60
"""Deepest nesting of a formula's elements."""

_TOKENS = frozenset({"mi", "mn", "mo", "ms", "mtext"})
_CHILDREN: Mapping[str, int] = MappingProxyType({
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3,
})  # fmt: skip
"""Elements with a fixed number of children (MathML Core, section 3)."""
_ROWS = frozenset({"math", "mrow", "mstyle", "mpadded", "mphantom", "merror", "msqrt", "mtd"})
_INSIDE: Mapping[str, str] = MappingProxyType({"mtable": "mtr", "mtr": "mtd"})
"""The only children of an element."""
_DROPPED = frozenset({"annotation", "annotation-xml", "malignmark", "maligngroup", "mprescripts", "none", "script"})

_LENGTH = late_pattern(r"-?\d{0,4}\.?\d{1,4}(?:em|ex|px|pt|%)\Z|0\Z")
_BOOLEAN = late_pattern(r"(?:true|false)\Z")
_ATTRIBUTES: Mapping[str, re.Pattern[str]] = MappingProxyType({
    "mathvariant": late_pattern(
        r"(?:normal|bold|italic|bold-italic|double-struck|script|fraktur|sans-serif|monospace)\Z"
    ),
    "columnalign": late_pattern(r"(?:left|center|right)(?: (?:left|center|right)){0,40}\Z"),
    "form": late_pattern(r"(?:prefix|infix|postfix)\Z"),
    **dict.fromkeys(("accent", "accentunder", "displaystyle", "fence", "separator", "stretchy"), _BOOLEAN),
    **dict.fromkeys(("depth", "height", "linethickness", "lspace", "rspace", "width"), _LENGTH),
    **dict.fromkeys(("columnspan", "rowspan"), late_pattern(r"[1-9]\d{0,2}\Z")),
})  # fmt: skip
_HOLDERS: Mapping[str, frozenset[str]] = MappingProxyType({
    "mathvariant": _TOKENS,
    "columnalign": frozenset({"mtable", "mtr", "mtd"}),
    **dict.fromkeys(("form", "fence", "separator", "stretchy"), frozenset({"mo"})),
    "lspace": frozenset({"mo"}), "rspace": frozenset({"mo"}),
    "accent": frozenset({"mover", "munderover", "mo"}), "accentunder": frozenset({"munder", "munderover"}),
    "displaystyle": frozenset({"mstyle", "mtable"}),
    "linethickness": frozenset({"mfrac"}),
    **dict.fromkeys(("depth", "height", "width"), frozenset({"mspace", "mpadded"})),
    **dict.fromkeys(("columnspan", "rowspan"), frozenset({"mtd"})),
})  # fmt: skip
"""The elements on which MathML allows each attribute."""


class _RefusedError(Exception):
    """MathML that no book may hold."""


def parse(source: str) -> Element | None:
    """Return the presentation of a formula as a tree of elements that MathML Core allows; None if it is none."""
    if not source or len(source) > LONGEST or "<!" in source or "<?" in source:
        return None
    try:
        root = ElementTree.fromstring(source)  # noqa: S314 -- without a DTD no entity can grow
        made = _clean(root, 0)
    except (ElementTree.ParseError, _RefusedError, ValueError):
        return None
    return made if made is not None and made.tag == "math" and len(made) else None


def clean(source: str) -> str:
    """Return the content of `<math>` in MathML that is valid in any book; "" if there is none.

    >>> clean("<math><mi onclick='x'>a</mi><script/></math>")
    '<mi>a</mi>'
    """
    root = parse(source)
    return "" if root is None else "".join(ElementTree.tostring(each, encoding="unicode") for each in root)


def _clean(element: Element, depth: int) -> Element | None:
    name = str(element.tag).rpartition("}")[2]
    if depth > DEEPEST:
        raise _RefusedError
    if name in _DROPPED:
        return None
    if name in ("semantics", "maction"):  # the first child is the formula
        return _clean(element[0], depth + 1) if len(element) else None
    made = Element("mrow" if name == "mfenced" else name)
    for key, value in element.attrib.items():
        if (known := _ATTRIBUTES.get(key)) and name in _HOLDERS[key] and known.match(value):
            made.set(key, value)
    if name in _TOKENS or name == "mspace":
        made.text = "" if name == "mspace" else " ".join("".join(element.itertext()).split())
        return made
    if name == "mfenced":
        _fence(element, made, depth)
        return made
    if name not in _ROWS and name not in _CHILDREN and name not in _INSIDE:
        raise _RefusedError
    made.extend([each for child in element if (each := _clean(child, depth + 1)) is not None])
    only = _INSIDE.get(name)
    if len(made) != _CHILDREN.get(name, len(made)):
        raise _RefusedError
    if any((each.tag == only) != (only is not None) if only else each.tag in ("mtr", "mtd", "math") for each in made):
        raise _RefusedError
    return made


def _fence(element: Element, made: Element, depth: int) -> None:
    """Write the brackets of `<mfenced>`, which MathML Core does not have, as operators."""
    marks = [element.get("open", "("), *([element.get("separators", ",").strip()[:1]] * (len(element) - 1))]
    for mark, child in zip(marks, element, strict=False):
        _operator(made, mark)
        if (each := _clean(child, depth + 1)) is not None:
            made.append(each)
    _operator(made, element.get("close", ")"))


def _operator(parent: Element, mark: str) -> None:
    if mark:
        ElementTree.SubElement(parent, "mo").text = mark


# --- TeX -------------------------------------------------------------------------------------------------------------

_NAMES = frozenset({
    "arccos", "arcsin", "arctan", "cos", "cosh", "cot", "csc", "deg", "det", "dim", "exp", "gcd", "inf", "ker", "lim",
    "ln", "log", "max", "min", "sec", "sin", "sinh", "sup", "tan", "tanh",
})  # fmt: skip
_ACCENTS: Mapping[str, str] = MappingProxyType({
    "¯": "overline", "‾": "overline", "―": "overline", "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "→": "vec",
    "⃗": "vec", "˙": "dot", "¨": "ddot", "⏞": "overbrace",
})  # fmt: skip
_LARGE = frozenset("∑∏∐∫∬∭∮⋃⋂⋁⋀⨁⨂") | {r"\lim ", r"\max ", r"\min ", r"\sup ", r"\inf "}
_UNSEEN = str.maketrans({"\u2061": "", "\u2062": "", "\u2063": "", "\u2064": "", "\u2212": "-", "\u00a0": " "})
_NO_LINE = late_pattern(r"0\.?0*(?:em|ex|px|pt|%)?\Z")
"""The thickness of a line that is not there, as in a binomial coefficient."""
_SPECIAL = late_pattern(r"[#$%&_{}]")
_SHORT = late_pattern(r"(?:[^\\]|\\[A-Za-z]+ ?)\Z")


def tex(root: Element) -> str:
    r"""Return the TeX of a tree that `parse` made.

    >>> tex(parse("<math><mfrac><mi>a</mi><msup><mi>b</mi><mn>2</mn></msup></mfrac></math>"))
    '\\frac{a}{b^2}'
    """
    return _row(root).strip()


def _row(element: Element) -> str:
    return "".join(map(_tex, element))


def _tex(element: Element) -> str:
    name = element.tag
    if name in _TOKENS:
        return _token(element)
    if name == "mspace":
        return " "
    if name == "mfrac" and _NO_LINE.match(element.get("linethickness", "")):
        return rf"{{{_tex(element[0])} \atop {_tex(element[1])}}}"
    if name == "mfrac":
        return rf"\frac{{{_tex(element[0])}}}{{{_tex(element[1])}}}"
    if name == "msqrt":
        return rf"\sqrt{{{_row(element)}}}"
    if name == "mroot":
        return rf"\sqrt[{_tex(element[1])}]{{{_tex(element[0])}}}"
    if name in ("msub", "msup", "msubsup"):
        marks = {"msub": "_", "msup": "^", "msubsup": "_^"}[name]
        scripts = "".join(mark + _group(_tex(each)) for mark, each in zip(marks, element[1:], strict=True))
        return _group(_tex(element[0]), empty=True) + scripts
    if name in ("munder", "mover", "munderover"):
        return _around(element)
    if name == "mtable":
        rows = r" \\ ".join(" & ".join(map(_row, row)) for row in element)
        return rf"\begin{{matrix}}{rows}\end{{matrix}}"
    return _row(element)


def _token(element: Element) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", (element.text or "").translate(_UNSEEN).replace("\\", r"\backslash "))
    if element.tag in ("mtext", "ms"):
        return rf"\text{{{text}}}" if text.strip() else " "
    if text in _NAMES:
        return rf"\{text} "
    return rf"\mathrm{{{text}}}" if element.tag == "mi" and len(text) > 1 and text.isalpha() else text


def _around(element: Element) -> str:
    base, *others = (_tex(each) for each in element)
    if base in _LARGE:
        marks = {"munder": "_", "mover": "^", "munderover": "_^"}[element.tag]
        return base.strip() + "".join(mark + _group(each) for mark, each in zip(marks, others, strict=True))
    for name, each in zip({"mover": "o", "munder": "u", "munderover": "uo"}[element.tag], others, strict=True):
        if name == "o" and (accent := _ACCENTS.get(each)):
            base = rf"\{accent}{{{base}}}"
        else:
            base = rf"\{'overset' if name == 'o' else 'underset'}{{{each}}}{{{base}}}"
    return base


def _group(text: str, *, empty: bool = False) -> str:
    """Return TeX in braces, unless it is one character or command."""
    if _SHORT.match(text):
        return text.strip()
    return f"{{{text}}}" if text or empty else "{}"
