"""TeX in the text of a page, which a script would draw as formulas."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from convert.late import late_pattern

_RAW = late_pattern(r"\\\((.{1,2000}?)\\\)|\\\[(.{1,2000}?)\\\]|\$\$(.{1,2000}?)\$\$", re.S)
"""TeX between the marks by which MathJax and KaTeX find it in the text of a page."""
_LIKE_TEX = late_pattern(r"[\\^_=+<>{}]|\A\s*[A-Za-z]\s*\Z")
_WORDS = late_pattern(r"\\(?:text|mbox|mathrm)\s*\{[^{}]*\}")
_HAN = late_pattern(r"[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]")


class InText(NamedTuple):
    """Formula in a text: where it begins and ends there with its marks, its TeX, and whether it is on its own line."""

    start: int
    end: int
    tex: str
    display: bool


def is_tex(text: str) -> bool:
    """Return True if a text between the marks of a formula looks like one."""
    like = bool(text.strip() and _LIKE_TEX.search(text)) and "\n\n" not in text
    return like and not _HAN.search(_WORDS.sub("", text))


def in_text(text: str) -> Iterator[InText]:
    r"""Yield the formulas whose TeX is in a text, for a script that would draw them.

    >>> [each.tex for each in in_text(r"\( x_1 \), $$a=b$$, \[\alpha\] and $5, $$, \(x86\) or \[注\]")]
    ['x_1', 'a=b', '\\alpha']
    """
    if "\\" not in text and "$" not in text:  # one character is found much faster than two
        return
    for match in _RAW.finditer(text):
        tex = next(filter(None, match.groups()))
        if is_tex(tex):
            yield InText(match.start(), match.end(), " ".join(tex.split()), match[1] is None)
