"""Formulas in Markdown: TeX between the marks of kramdown, MathJax and Obsidian becomes the form that GitHub has.

They are rules of the parser, which knows what is code, HTML or an address: there a dollar sign is only that.
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from convert.formulas import is_tex
from convert.late import late_pattern

MOST_LINES = 60
"""Most lines of a formula."""
_ENDS = {"$$": "$$", "\\\\[": "\\\\]"}
_INLINE = late_pattern(
    r"(?<!\\)\$\$(?P<double>[^$`\n]{1,500})\$\$"
    r"|\\\\\((?P<round>[^`\n]{1,500}?)\\\\\)|\\\\\[(?P<square>[^`\n]{1,500}?)\\\\\]"
    r"|(?<![\\$\w])\$(?P<single>(?=[^\s$`])[^$`\n]{0,200}[^\s$`\\])\$(?![\w$])"
)
_STRONG = re.compile(r"[\\^_{}]|\A[A-Za-z]\Z")
"""Signs by which TeX between single marks differs from prices."""


def inline(state: StateInline, silent: bool) -> bool:
    """Read a formula in a line as code between dollar signs."""
    if state.src[state.pos] not in "$\\":
        return False
    match = _INLINE.match(state.src, state.pos)
    tex = next(filter(None, match.groups())).strip() if match else ""
    if match is None or not is_tex(tex) or (match["single"] and not _STRONG.search(tex)):
        return False
    if not silent:
        for kind, content in (("text", "$"), ("code_inline", tex), ("text", "$")):
            state.push(kind, "code" if kind == "code_inline" else "", 0).content = content
    state.pos = match.end()
    return True


def block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803 -- the parser's names
    """Read lines between two marks on lines of their own as code of the kind `math`."""
    end = _ENDS.get(_line(state, startLine))
    if end is None or state.is_code_block(startLine):
        return False
    last = next((at for at in range(startLine + 1, min(endLine, startLine + MOST_LINES)) if _stops(state, at, end)), 0)
    if last < startLine + 2 or _line(state, last) != end:
        return False
    if not silent:
        token = state.push("fence", "code", 0)
        token.info, token.map = "math", [startLine, last + 1]
        token.content = state.getLines(startLine + 1, last, state.sCount[startLine], True)
        state.line = last + 1
    return True


def _stops(state: StateBlock, line: int, end: str) -> bool:
    text = _line(state, line)
    return text in ("", end) or text.startswith(("```", "~~~")) or state.sCount[line] < state.blkIndent


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
