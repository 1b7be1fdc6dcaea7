"""Blocks in posts that are no CommonMark: quotes of Hexo, boxes of Docusaurus and VitePress, callouts, code of MDX."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from convert.urls import scheme

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r"\s*\{%-?\s*(?P<name>blockquote|quote|pullquote|centerquote)\b\s*(?P<by>[^%]{0,500}?)\s*-?%\}\s*$")
_QUOTE_END = r"\s*\{{%-?\s*end{}\s*-?%\}}\s*$"
_BOX = re.compile(r" {0,3}(?P<mark>:{3,})\s*(?P<kind>[A-Za-z][\w-]*)[ \t]*(?P<title>[^{}\n]{0,200})$")
_CALLOUT = re.compile(
    r"(?P<mark> {0,3}(?:>[ \t]?)+)\[!(?P<kind>[A-Za-z][\w-]*)(?:\|[^\]]*)?\][-+]?[ \t]*(?P<title>.*)$"
)
_CONTENTS = re.compile(r"\s*\{:\s*[^{}]*\btoc\b[^{}]*\}\s*$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\S")
_MODULE = re.compile(
    r"(?:import\s+(?:[\w*{][^;]*?\s+from\s+)?[\"'][^\"']+[\"'];?|export\s+(?:const|let|default|function)\b.*)\s*$"
)
_COMMENT = re.compile(r"\s*\{%-?\s*comment\b[^%]*%\}(?!.*\{%-?\s*endcomment\b)")
_COMMENT_END = re.compile(r".*\{%-?\s*endcomment\s*-?%\}\s*$")
_BREAK = "  "


class _Open(NamedTuple):
    """Quote, box or comment whose end was not reached."""

    end: re.Pattern[str]
    last: str = ""
    """Line that takes the place of its end."""
    is_comment: bool = False


def as_commonmark(lines: Sequence[str]) -> list[str]:
    """Return lines in which such blocks are quotes; their number stays the same.

    >>> as_commonmark(["{% blockquote Ann Writer %}", "Paper.", "{% endblockquote %}"])
    ['', '> Paper.  ', '> — Ann Writer']
    >>> as_commonmark(["::: tip", "Paper.", ":::"]), as_commonmark(["> [!NOTE] Felt", "> Wool."])
    (['> **Tip**  ', '> Paper.', ''], ['> **Felt**  ', '> Wool.'])
    """
    out: list[str] = []
    opened: _Open | None = None
    fence, tried = "", 0
    for at, line in enumerate(lines):
        if match := FENCE.match(line):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
        if opened:
            if not fence and opened.end.match(line):
                if opened.last and out[-1].strip("> "):
                    out[-1] += _BREAK
                line, opened = opened.last, None
            elif opened.is_comment:
                line = ""
            else:
                line = f"> {line}" if line.strip() else ">"
        elif not fence and line.lstrip()[:1] in ("{", ":", ">"):
            if _CONTENTS.match(line) and out and _ITEM.match(out[-1]):
                out[-1] = ""
            begun = _begun(line, lines, at) if tried < _MOST_TRIED else None
            tried += begun is None and line.lstrip()[0] != ">"
            line, opened = begun or (_callout(line, lines, at), None)
        out.append(line)
    return out


def _begun(line: str, lines: Sequence[str], at: int) -> tuple[str, _Open] | None:
    """Return the line for the beginning of a quote or box, and how that ends; None if it begins none that ends."""
    if match := _QUOTE.match(line):
        by = " ".join(f"<{word}>" if scheme(word) else word for word in match["by"].replace('"', "").split())
        opened = _Open(re.compile(_QUOTE_END.format(match["name"])), f"> — {by}" if by else "")
        first = ""
    elif _COMMENT.match(line):
        first, opened = "", _Open(_COMMENT_END, is_comment=True)
    elif match := _BOX.match(line):
        opened = _Open(re.compile(rf" {{0,3}}{match['mark']}:*\s*$"))
        title = match["title"].strip().removeprefix("[").removesuffix("]")
        first = f"> **{title or match['kind'].capitalize()}**{_BREAK if _has_text(lines, at + 1) else ''}"
    else:
        return None
    if not any(opened.end.match(each) for each in lines[at + 1 : at + _LONGEST]):
        return None
    return first, opened


_LONGEST, _MOST_TRIED = 500, 200
"""Most lines of a quote or a box, and most lines that look like the beginning of one that has no end."""


def _callout(line: str, lines: Sequence[str], at: int) -> str:
    if (match := _CALLOUT.match(line)) is None:
        return line
    more = _has_text(lines, at + 1) and lines[at + 1].lstrip().startswith(">")
    title = match["title"].strip() or match["kind"].replace("-", " ").capitalize()
    return f"{match['mark']}**{title}**{_BREAK if more else ''}"


def _has_text(lines: Sequence[str], at: int) -> bool:
    return at < len(lines) and bool(lines[at].strip("> \t"))


def modules(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines of MDX, and their numbers, that load or declare what its components need."""
    fence = ""
    for at, line in enumerate(lines):
        if match := FENCE.match(line):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
        elif not fence and line[:2] in ("im", "ex") and _MODULE.match(line):
            yield at, line
