"""Edits of characters: TXT001 to TXT005."""

import re
from collections.abc import Callable, Iterator

from turbohtml import unescape

from convert.fixes.draft import Draft, Edit
from convert.messages import Message
from convert.readers.mirror.repair import misread
from convert.rules.checks.txt002_zero_width_character import visible
from convert.rules.checks.txt003_line_separator import SEPARATOR
from convert.text import CONTROL, STANDS_FOR, recompose, space_between

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,24});")


def control(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Takes control characters out of the text, and U+0000 wherever it stands."""
    yield from _runs(draft, lambda text: CONTROL.sub("", text))
    at = draft.text.find("\0")
    while at >= 0:
        yield Edit(at, at + 1)
        at = draft.text.find("\0", at + 1)


def zero_width(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Takes characters without width out of the text; marks of direction stay beside Arabic and Hebrew."""
    yield from _runs(draft, visible)


def separators(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Writes line separators in the text as a space, or as nothing beside Han characters."""
    yield from _runs(draft, lambda text: SEPARATOR.sub(_space, text))


def _space(match: re.Match[str]) -> str:
    before, after = match.string[: match.start()], match.string[match.end() :]
    return " " if before and after and space_between(before[-1], after[0]) else ""


def misread_text(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Writes as UTF-8 what was read as Latin-1."""
    start, end = draft.content
    yield from (Edit(start + first, start + last, text) for first, last, text in misread(draft.text[start:end]))


def compatibility(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Writes Han radicals and compatibility ideographs as the characters that they stand for."""
    for start, end in draft.runs():
        for match in STANDS_FOR.finditer(draft.text, start, end):
            if (usual := recompose(match[0])[0]) != match[0]:
                yield Edit(*match.span(), usual)


def _runs(draft: Draft, mend: Callable[[str], str]) -> Iterator[Edit]:
    """What `mend` makes of the runs of text, also of characters in them that are written as references."""

    def written(match: re.Match[str]) -> str:
        char = unescape(match[0])
        return char if len(char) == 1 and char not in "<>&" and not mend(f"纸{char}纸").count(char) else match[0]

    for start, end in draft.runs():
        text = draft.text[start:end]
        mended = mend(_REFERENCE.sub(written, text) if "&" in text else text)
        for before, after in zip(text.split("\n"), mended.split("\n"), strict=True):  # the ends of lines stay theirs
            if before != after:
                yield Edit(start, start + len(before), after)
            start += len(before) + 1
