"""Detection and repair of mirror pages whose first line was damaged by hand."""

from convert.late import late_pattern
from convert.messages import message
from convert.model import Note, Place
from convert.readers.mirror.cut import BODIES, LABELS, TITLE
from convert.text import one_line, squeeze

HEAD = 8192
"""Number of bytes at the beginning that contain the mirror's first lines."""

_BEGINS = late_pattern(rb"(?:\xef\xbb\xbf)?(?:(?!---|#### \[)[^\n]*\n){0,12}(?:-{24}\r?\n|(?:---\s+)?#### \[)")
"""Beginning of a page: up to 12 other lines, then the rule or the links that every mirror has below the title."""
_MARKS = tuple(each.encode() for each in (*LABELS, BODIES[0]))
_ABOVE = late_pattern(r"(?:(?!---|#### \[)[^\n]*\n)*")
_CONFLICT = late_pattern(r"<{7}|\|{7}|={7}$|>{7}")
_SIGNS = late_pattern(r"\s*[#＃]*\s*")


def is_broken(data: bytes) -> bool:
    """Return True if a document is a mirror's page in everything but its first line."""
    return (
        not data.startswith(b"### ") and _BEGINS.match(data[:HEAD]) is not None and any(mark in data for mark in _MARKS)
    )


def repair(text: str) -> tuple[str, list[Note]]:
    """Return the text of a page with its title in the first line, and notes; the other lines keep their numbers."""
    if text.startswith(TITLE):
        return text, []
    match = _ABOVE.match(text)
    lines = match[0].split("\n")[:-1] if match else []
    titles = [_SIGNS.sub("", line, count=1).strip() for line in lines if not _CONFLICT.match(line)]
    titles = [title for title in titles if title]
    title, first = next(iter(titles), ""), text.partition("\n")[0].strip()
    if not title:
        rest = text if lines else text[text.find("\n") :]  # the lines below must keep their numbers
        return TITLE + rest, [Note("SRC013", message("missing-first-line"), Place(1, 1))]
    if first:
        problem = message("broken-first-line", line=squeeze(first, 40), title=squeeze(title, 200))
    else:
        problem = message("empty-first-line", title=squeeze(title, 200))
    rest = "\n" * len(lines) + text[match.end() :] if match else text
    return TITLE + title + rest, [Note("SRC013", problem, Place(1, 1), one_line(" ".join(titles[1:])))]
