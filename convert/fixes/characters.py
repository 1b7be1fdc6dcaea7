"""Edits of characters: TXT001 to TXT005 and TXT009."""

import re
from collections.abc import Callable, Iterator

from turbohtml import unescape

from convert.fixes.draft import Draft, Edit
from convert.messages import Message
from convert.readers.mirror.repair import misread
from convert.rules.checks.txt002_zero_width_character import visible
from convert.rules.checks.txt003_line_separator import SEPARATOR
from convert.text import CONTROL, STANDS_FOR, WINDOWS_1252, of_windows_1252, recompose, space_between

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,24});")


def control(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Remove control characters from the text, and U+0000 from the whole source."""
    yield from _runs(draft, lambda text: CONTROL.sub("", text))
    at = draft.text.find("\0")
    while at >= 0:
        yield Edit(at, at + 1)
        at = draft.text.find("\0", at + 1)


def windows_1252(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Write the characters of Windows-1252 instead of control characters."""
    for start, end in draft.runs():
        for match in WINDOWS_1252.finditer(draft.text, start, end):
            yield Edit(*match.span(), of_windows_1252(match[0]))


def zero_width(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Remove characters without width from the text; marks of direction stay in a text in Arabic or Hebrew."""
    yield from _runs(draft, visible)


def separators(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Replace line separators in the text by a space, or remove them beside Han characters."""
    yield from _runs(draft, lambda text: SEPARATOR.sub(_space, text))


def _space(match: re.Match[str]) -> str:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return " " if before and after and space_between(before[-1], after[0]) else ""


def misread_text(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Restore UTF-8 that was read as Latin-1."""
    start, end = draft.content
    yield from (Edit(start + first, start + last, text) for first, last, text in misread(draft.text[start:end]))


def compatibility(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Replace Han radicals and compatibility ideographs by the usual characters."""
    for start, end in draft.runs():
        for match in STANDS_FOR.finditer(draft.text, start, end):
            if (usual := recompose(match[0])[0]) != match[0]:
                yield Edit(*match.span(), usual)


def _runs(draft: Draft, fix: Callable[[str], str]) -> Iterator[Edit]:
    """Yield the edits that `fix` makes in the runs of text, also where a character is written as a reference."""

    def decode_if_fixed(match: re.Match[str]) -> str:
        char = unescape(match[0])
        return char if len(char) == 1 and char not in "<>&" and not fix(f"纸{char}纸").count(char) else match[0]

    for start, end in draft.runs():
        text = draft.text[start:end]
        fixed = fix(_REFERENCE.sub(decode_if_fixed, text) if "&" in text else text)
        for before, after in zip(text.split("\n"), fixed.split("\n"), strict=True):  # line ends stay
            if before != after:
                yield Edit(start, start + len(before), after)
            start += len(before) + 1
