"""Cuts a mirror's page by its wrapper's text lines, never by the container of the body: that one lies.

The rules matched all 123,259 articles of the real archive (docs/decisions/reading.md).
"""

import re
from typing import NamedTuple

from convert.model import NavLink
from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.dialects import DIALECTS

TITLE = "### "
LABELS = tuple(dict.fromkeys(dialect.label for dialect in DIALECTS.values()))
TAIL = 2000
"""The source line is mostly among the last characters of a page; where not, the whole page is searched."""

BODIES = ('id="artbody"', "\n#### [首页](../../../..")
UNKNOWN = Dialect(name="unknown", nav="\n#### [", label="", end="\n---\n")
"""A page of no dialect: all between its title, or a line of links under it, and its source line is the article."""

LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]*)\)")


class Page(NamedTuple):
    """The parts of a mirror's page; lines count from 1."""

    dialect: Dialect
    title: str
    above: str
    """What stands between the title and the content."""
    nav: tuple[tuple[NavLink, tuple[int, int]], ...]
    """With line and column, counted as those of the content."""
    content: str
    content_start: int
    """Where the content begins in the text."""
    content_line: int
    """How many lines stand above the content."""
    address: str
    address_line: int
    share: str
    """What stands between the article and the source line: the mirror's own, for passing the page on."""
    tail: str
    """What stands after the source line."""
    tail_line: int
    """The line in which the tail begins."""


def look(text: str) -> tuple[str, str] | None:
    """Title and original address of a mirror's article, without parsing it; None when the text is no such article."""
    if not text.startswith(TITLE):
        return None
    title = text.partition("\n")[0].removeprefix(TITLE)
    label, at = last_label(text)
    if label:
        return title, text[at + len(label) :].partition("\n")[0].strip()
    # Without its last line it is still an article, one whose source is missing, if it has a body.
    return (title, "") if any(mark in text for mark in BODIES) else None


def last_label(text: str) -> tuple[str, int]:
    """The label of the source line, the last of the lines that begin like one, and where it begins; nothing and -1
    when there is none."""
    for start in (max(0, len(text) - TAIL), 0):
        best, at = "", -1
        for label in LABELS:
            if (found := text.rfind(label, start)) > at:
                best, at = label, found
        if best:
            break
    return best, at


def recognise(text: str) -> Dialect | None:
    """The dialect that `text` is written in, by the lines that identify it; None when it is no known one."""
    label, at = last_label(text)
    address = text[at + len(label) :].partition("\n")[0] if label else ""
    for dialect in DIALECTS.values():
        if (
            (dialect.label == label or not label)
            and dialect.host in address
            and all(mark in text for mark in dialect.recognise)
        ):
            return dialect
    return None


def cut(text: str, dialect: Dialect) -> Page:
    """The parts of a page.  What is not there is empty; nothing is raised."""
    title = text.partition("\n")[0].removeprefix(TITLE)
    label = dialect.label or last_label(text)[0]
    tail = text.rfind(label) if label else -1
    after, address = len(text), ""
    if tail < 0:
        tail = len(text)
    else:
        after = text.find("\n", tail + len(label))
        after = len(text) if after < 0 else after
        address = text[tail + len(label) : after].strip()
    start, head, end = _content(text, dialect, tail)
    above = text.count("\n", 0, head)
    below = above + text.count("\n", head, tail) + 1
    nav = _links(text, dialect.nav, 0, head, above) if start >= 0 else []
    if after < len(text):
        told = {link for link, _ in nav}
        nav += [each for each in _links(text, dialect.nav, after, len(text), above) if each[0] not in told]
    return Page(
        dialect=dialect,
        title=title,
        above=text[len(text.partition("\n")[0]) : head],
        nav=tuple(nav),
        content=text[head:end],
        content_start=head,
        content_line=above,
        address=address,
        address_line=below + 1 if address else 0,
        share=text[end:tail],
        tail=text[after:],
        tail_line=below + text.count("\n", tail, after),
    )


def _content(text: str, dialect: Dialect, tail: int) -> tuple[int, int, int]:
    """Where the mark above the content is, negative if there is none, and where the content begins and ends."""
    start = text.find(dialect.nav, 0, tail)
    head = text.find("\n", start + 1) if start >= 0 else text.find("\n") + 1
    if dialect.start and (start := text.find(dialect.start, 0, tail)) >= 0:
        head = start + len(dialect.start) - 1
    end = text.rfind(dialect.end, head, tail + 1)
    return start, head, tail if end < 0 else min(tail, end + 1)


def content(text: str, dialect: Dialect) -> str:
    """The content of a page alone, without the mirror's promotion."""
    tail = text.rfind(dialect.label or last_label(text)[0])
    _, head, end = _content(text, dialect, len(text) if tail < 0 else tail)
    found = text[head:end]
    return _PROMOTION.sub("", found) if "\n#" in found or "\n #" in found else found


_PROMOTION = re.compile(r"^ ?#{1,6} .*$", re.MULTILINE)


def _links(text: str, nav: str, start: int, end: int, above: int) -> list[tuple[NavLink, tuple[int, int]]]:
    """The links of the first line of the mirror's own links between two places."""
    start = text.find(nav, start, end)
    if start < 0:
        return []
    stop = text.find("\n", start + 1)
    line = text.count("\n", 0, start) + 2 - above
    return [
        (NavLink(match[1].strip(), match[2]), (line, match.start() - start - 1))
        for match in LINK.finditer(text, start, len(text) if stop < 0 else stop)
        if match[1].strip()
    ]
