"""A mirror's page whose first line was broken by hand: told from other documents, and read all the same."""

import re

from convert.messages import message
from convert.model import Note, Place
from convert.readers.mirror.cut import BODIES, LABELS, TITLE
from convert.text import one_line, squeeze

HEAD = 8192
"""Bytes within which the mirror's first lines stand."""

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?(?:(?!---|#### \[)[^\n]*\n){0,12}(?:-{24}\r?\n|(?:---\s+)?#### \[)")
"""What begins a page: at most a title, then the rule or the links that every mirror has below it."""
_MARKS = tuple(each.encode() for each in (*LABELS, BODIES[0]))
_ABOVE = re.compile(r"(?:(?!---|#### \[)[^\n]*\n)*")
_CONFLICT = re.compile(r"<{7}|\|{7}|={7}$|>{7}")
_SIGNS = re.compile(r"\s*[#＃]*\s*")


def broken(data: bytes) -> bool:
    """Whether a document is a mirror's page in all but its first line."""
    return (
        not data.startswith(b"### ") and _BEGINS.match(data[:HEAD]) is not None and any(mark in data for mark in _MARKS)
    )


def mended(text: str) -> tuple[str, list[Note]]:
    """The text of a page with its title in the first line, every other line where it was, and what there was to say."""
    if text.startswith(TITLE):
        return text, []
    match = _ABOVE.match(text)
    lines = match[0].split("\n")[:-1] if match else []
    titles = [_SIGNS.sub("", line, count=1).strip() for line in lines if not _CONFLICT.match(line)]
    told = [title for title in titles if title]
    title, first = next(iter(told), ""), text.partition("\n")[0].strip()
    if not title:
        rest = text if lines else text[text.find("\n") :]  # the lines below must stay where they are
        return TITLE + rest, [Note("SRC013", message("missing-first-line"), Place(1, 1))]
    if first:
        said = message("broken-first-line", line=squeeze(first, 40), title=one_line(title))
    else:
        said = message("empty-first-line", title=one_line(title))
    rest = "\n" * len(lines) + text[match.end() :] if match else text
    return TITLE + title + rest, [Note("SRC013", said, Place(1, 1), one_line(" ".join(told[1:])))]
