"""Inline comments, `<!-- convert: ignore CODE, CODE -->`, with which a document ignores rules for itself."""

import re
from collections.abc import Iterator

from convert.control.codes import UnknownCode, codes, split
from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Note, Place
from convert.text import utf8

COMMENT = late_pattern(r"<!--\s*convert:\s*ignore\b([^<>]*?)-->")


def may_hold(data: bytes) -> bool:
    """Return True if a document may hold such a comment: a cheap test, which most documents fail."""
    return b"convert:" in utf8(data)


def ignores(text: str) -> tuple[frozenset[str], list[Note]]:
    """Return the codes that the comments of a text ignore, and notes on faulty comments.

    >>> ignored, notes = ignores("<p>纸</p><!-- convert: ignore LNK001, LKN002 -->")
    >>> sorted(ignored), str(notes[0].message), notes[0].place
    (['LNK001'], "there is no rule 'LKN002'; did you mean LNK002?", Place(line=1, column=38))
    """
    ignored: set[str] = set()
    notes: list[Note] = []
    for match in COMMENT.finditer(text):
        if not split(match[1]):
            notes.append(_note(text, match.start(), message("ignore-without-code")))
        if match[1].lstrip().startswith(":"):
            notes.append(_note(text, match.start(), message("ignore-colon")))
            continue
        for word, position in _words(match):
            try:
                ignored |= codes([word])
            except UnknownCode as wrong:
                notes.append(_note(text, position, wrong.message))
    return frozenset(ignored), notes


def _words(match: re.Match[str]) -> Iterator[tuple[str, int]]:
    for word in re.finditer(r"[^\s,]+", match[1]):
        yield word[0], match.start(1) + word.start()


def _note(text: str, position: int, fault: Message) -> Note:
    return Note("SRC010", fault, Place(text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)))
