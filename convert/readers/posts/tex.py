"""Formulas in posts: TeX between the marks of kramdown, MathJax and Obsidian becomes the form that GitHub has."""

import re
from collections.abc import Sequence

from convert.formulas import is_tex
from convert.readers.posts.blocks import FENCE

MOST_LINES = 60
"""Most lines of a formula."""
_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")
_OPENS = re.compile(r"( {0,3})(\$\$|\\\\\[)[ \t]*\Z")
_INLINE = re.compile(
    r"(?<!\\)\$\$(?P<double>[^$`]{1,500})\$\$|\\\\\((?P<round>[^`]{1,500}?)\\\\\)|\\\\\[(?P<square>[^`]{1,500}?)\\\\\]"
    r"|(?<![\\$\w])\$(?P<single>(?=[^\s$`])[^$`]{0,200}[^\s$`\\])\$(?![\w$])"
)
_STRONG = re.compile(r"[\\^_{}]|\A[A-Za-z]\Z")
"""Signs by which TeX between single marks differs from prices."""


def as_code(lines: Sequence[str]) -> list[str]:
    """Return lines in which formulas are code of the kind `math`, one line for each.

    >>> as_code(["$$", "a_1", "$$", "let $x_1*y$ be $$a*b=c$$, for $5 or $6 `$$a=b$$`"])
    ['```math', 'a_1', '```', 'let $`x_1*y`$ be $`a*b=c`$, for $5 or $6 `$$a=b$$`']
    """
    if not any("$" in line or "\\\\" in line for line in lines):
        return list(lines)
    out: list[str] = []
    fence, until = "", -1
    for at, line in enumerate(lines):
        if at < until:
            out.append(line)
        elif at == until:
            out.append(f"{line[: len(line) - len(line.lstrip())]}```")
        elif match := FENCE.match(line):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
            out.append(line)
        elif not fence and (opens := _OPENS.match(line)) and (end := _end(lines, at, opens[2])) > at:
            out.append(f"{opens[1]}```math")
            until = end
        else:
            out.append(line if fence or ("$" not in line and "\\\\" not in line) else _line(line))
    return out


def _end(lines: Sequence[str], start: int, mark: str) -> int:
    """Return the number of the line that ends a formula, -1 if none does before a blank line or a fence."""
    closing = "$$" if mark == "$$" else "\\\\]"
    for at in range(start + 1, min(len(lines), start + MOST_LINES)):
        text = lines[at].strip()
        if text == closing:
            return at if at > start + 1 else -1
        if not text or FENCE.match(lines[at]):
            return -1
    return -1


def _line(line: str) -> str:
    parts: list[str] = []
    at = 0
    for code in [*(_CODE.finditer(line) if "`" in line else ()), None]:
        parts.append(_INLINE.sub(_formula, line[at : code.start() if code else len(line)]))
        parts.append(code[0] if code else "")
        at = code.end() if code else at
    return "".join(parts)


def _formula(match: re.Match[str]) -> str:
    tex = next(filter(None, match.groups())).strip()
    if not is_tex(tex) or (match["single"] and not _STRONG.search(tex)):
        return match[0]
    return f"$`{tex}`$"
