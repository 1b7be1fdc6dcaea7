"""Splitting of a mirror's page by the text lines of its wrapper.

The HTML container of the body is not used, because its end tag is often in the wrong place.  The wrapper's lines were
right for all 123,259 articles of the real archive (docs/decisions/reading.md).
"""

import re
from typing import NamedTuple

from convert.model import NavLink
from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.dialects import DIALECTS

TITLE = "### "
LABELS = tuple(dict.fromkeys(dialect.label for dialect in DIALECTS.values()))
TAIL = 2000
"""Number of characters at the end of a page that are searched for the source line before the whole page is."""

BODIES = ('id="artbody"', "\n#### [首页](../../../..")
UNKNOWN = Dialect(name="unknown", nav="\n#### [", label="", end="\n---\n")
"""Dialect of pages that match no other: the article is between the title or the links below it and the source line."""

LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]*)\)")


class Page(NamedTuple):
    """Parts of a mirror's page; lines count from 1."""

    dialect: Dialect
    title: str
    above: str
    """Text between the title and the content."""
    nav: tuple[tuple[NavLink, tuple[int, int]], ...]
    """Mirror's own links with their lines and columns, counted from the beginning of the content."""
    content: str
    content_start: int
    """Position of the content in the text."""
    content_line: int
    """Number of lines above the content."""
    address: str
    address_line: int
    share: str
    """Text between the article and the source line: the mirror's own lines for sharing the page."""
    tail: str
    """Text after the source line."""
    tail_line: int
    """Line in which the tail begins."""


def sniff(text: str) -> tuple[str, str] | None:
    """Return title and original address of a mirror's article without parsing it; None if the text is not one."""
    if not text.startswith(TITLE):
        return None
    title = text.partition("\n")[0].removeprefix(TITLE)
    label, at = last_label(text)
    if label:
        return title, text[at + len(label) :].partition("\n")[0].strip()
    # A page that has a body but lost its source line is still an article.
    return (title, "") if any(mark in text for mark in BODIES) else None


def last_label(text: str) -> tuple[str, int]:
    """Return the label of the source line, which is the last line that begins with one, and its position.

    Without such a line, return "" and -1.
    """
    for start in (max(0, len(text) - TAIL), 0):
        best, at = "", -1
        for label in LABELS:
            if (position := text.rfind(label, start)) > at:
                best, at = label, position
        if best:
            break
    return best, at


def recognise(text: str) -> Dialect | None:
    """Return the dialect of `text`, by the lines that identify it; None if it is unknown."""
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


def split_page(text: str, dialect: Dialect) -> Page:
    """Return the parts of a page; a part that is missing is empty."""
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
        above_content = {link for link, _ in nav}
        nav += [each for each in _links(text, dialect.nav, after, len(text), above) if each[0] not in above_content]
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
    """Return the position of the line before the content, or -1, and the start and end of the content."""
    start = text.find(dialect.nav, 0, tail)
    head = text.find("\n", start + 1) if start >= 0 else text.find("\n") + 1
    if dialect.start and (start := text.find(dialect.start, 0, tail)) >= 0:
        head = start + len(dialect.start) - 1
    end = text.rfind(dialect.end, head, tail + 1)
    return start, head, tail if end < 0 else min(tail, end + 1)


def content(text: str, dialect: Dialect) -> str:
    """Return only the content of a page, without the mirror's promotion."""
    tail = text.rfind(dialect.label or last_label(text)[0])
    _, head, end = _content(text, dialect, len(text) if tail < 0 else tail)
    article = text[head:end]
    return _PROMOTION.sub("", article) if "\n#" in article or "\n #" in article else article


_PROMOTION = re.compile(r"^ ?#{1,6} .*$", re.MULTILINE)


def _links(text: str, nav: str, start: int, end: int, above: int) -> list[tuple[NavLink, tuple[int, int]]]:
    """Return the links, with their positions, in the first line of the mirror's own links between `start` and `end`."""
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
