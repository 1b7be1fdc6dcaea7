"""Texts: signs that nobody sees, that turn their order around, or that a terminal acts on."""

import re
from bisect import bisect
from collections.abc import Iterator

from convert.audit.found import Found, Scope
from convert.text import marked_encoding

_LETTER = "[A-Za-z\u4e00-\u9fff]"
_HIDDEN = "\u200b\u200c\u2060-\u2064\u3164\ufeff"
_TAGS = "\U000e0000-\U000e007f"
_SIGNS = (
    ("text-direction", re.compile("[\u202a-\u202e\u2066-\u2069]")),
    ("text-terminal", re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f]")),
    ("text-zero-width", re.compile(f"{_LETTER}[{_HIDDEN}{_TAGS}]+(?={_LETTER})")),
    # tags that are no flag (black flag before), and more than one variant of a sign
    ("text-zero-width", re.compile(f"(?<![\U0001f3f4{_TAGS}])[{_TAGS}]{{2,}}|[\U000e0100-\U000e01ef]{{2,}}")),
)
FEW = 2
"""So many signs without a width may be those of a publisher, which breaks lines with them."""


class Lines:
    """Lines of a text, to say where a part of it is."""

    def __init__(self, text: str) -> None:
        self._starts = [match.end() for match in re.finditer("\n", text)]

    def place(self, at: int) -> tuple[int, int]:
        """Return line and column of a position."""
        line = bisect(self._starts, at)
        return line + 1, at - (self._starts[line - 1] if line else 0) + 1


def decoded(data: bytes) -> str:
    """Return text as UTF-8 or what a byte order mark declares; other bytes as replacement characters."""
    mark, encoding = marked_encoding(data)
    return data[len(mark) :].decode(encoding, "replace")


def judge(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield what is found in a plain text."""
    text = decoded(data)
    yield from signs(text, Lines(text), scope)


def signs(text: str, lines: Lines, scope: Scope) -> Iterator[Found]:
    """Yield the first of each kind of sign, with their number."""
    for vector, pattern in _SIGNS:
        matches = list(pattern.finditer(text))
        if matches and (vector != "text-zero-width" or len(matches) > FEW or matches[0][0][-1] >= "\U000e0000"):
            line, column = lines.place(matches[0].start())
            yield Found(vector, f"{ascii(matches[0][0])[1:-1]} ({len(matches)})", line, column, scope.entry)
