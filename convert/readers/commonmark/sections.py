"""HTML in Markdown that goes on after empty lines, because whoever pasted it meant all of it."""

import re
from collections.abc import Sequence

from convert.bounds import MAX_NODES
from convert.readers.html.elements import HEADINGS

_BLOCK = re.compile(
    r" {0,3}<(address|article|aside|blockquote|center|details|div|dl|figure|footer|form|header|main|nav|ol|section|"
    r"table|td|tr|ul|p|span)\b",
    re.I,
)
_INNER = frozenset(
    (
        *("p", "li", "td", "th", "dt", "dd", "span", "a", "b", "strong", "em", "i", "u", *HEADINGS),
        *("figcaption", "caption", "summary", "font", "pre", "code"),
    )
)
"""Elements in which an empty line begins no Markdown."""
_VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track"),
        "wbr",
    )
)
_STEP = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*?(/?)>|<!--|\n[ \t]*(?=\n)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_MOST_OPEN = 2000


def sections(lines: Sequence[str]) -> dict[int, int]:
    """Return beginnings and ends, as numbers of lines, of the HTML that goes on after empty lines.

    CommonMark ends HTML at an empty line, and what is indented after it is code; who pastes a page means all of it.
    HTML with Markdown after an empty line in it is left to CommonMark.
    """
    found: dict[int, int] = {}
    text = "\n".join(lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    at, fence, steps = 0, "", 0
    while at < len(lines) and steps < MAX_NODES:
        if match := _FENCE.match(lines[at]):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
        elif (
            not fence and _BLOCK.match(lines[at]) and (at == 0 or not lines[at - 1].strip() or at - 1 in found.values())
        ):
            end, taken = _end(text, starts[at])
            steps += taken
            if end:
                last = text.count("\n", starts[at], end) + at + 1
                if any(not line.strip() for line in lines[at:last]):
                    found[at] = last
                    at = last
                    continue
        at += 1
    return found


def _end(text: str, start: int) -> tuple[int, int]:
    """Return where the element that begins at `start` ends, 0 if Markdown is in it, and the number of steps taken."""
    opened: list[str] = []
    at, steps = start, 0
    while match := _STEP.search(text, at):
        steps += 1
        at = match.end()
        if match[0] == "<!--":
            at = text.find("-->", at) + 3
            if at < 3:
                return 0, steps
        elif not match[2]:
            if not opened:
                return 0, steps
            following = text[at + 1 : at + 40].lstrip("\n")
            indented = following.startswith(("    ", "\t"))
            if following[:1] and not (indented or following.lstrip()[:1] in ("<", "")) and opened[-1] not in _INNER:
                return 0, steps
        elif match[1]:
            name = match[2].lower()
            if name in opened:
                while opened.pop() != name:
                    pass
            if not opened:
                return at, steps
        elif not match[3] and (name := match[2].lower()) not in _VOID and len(opened) < _MOST_OPEN:
            if name in ("p", "li", "td", "tr", "dt", "dd") and opened and opened[-1] == name:
                opened.pop()
            opened.append(name)
    return (len(text) if steps else 0), steps
