"""Cuts a mirror's page by its wrapper's text lines, never by the container of the body: that one lies.

The rules matched all 123,259 articles of the real archive (docs/decisions.md).
"""

import re
from typing import NamedTuple

from convert.model import NavLink
from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.dialects import DIALECTS

TITLE = "### "
LABELS = (
    *dict.fromkeys(dialect.label for dialect in DIALECTS.values()),
    *("\n原文地址（需翻墙访问）：", "\n<br/>原文链接："),  # of mirrors whose dialects nobody has described yet
)
TAIL = 500
"""The source line is mostly among the last characters of a page; where not, the whole page is searched."""

BODIES = ('id="artbody"', "\n#### [首页](../../../..?")
_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]*)\)")


class Page(NamedTuple):
    """The parts of a mirror's page; lines count from 1."""

    dialect: Dialect
    title: str
    nav: tuple[tuple[NavLink, tuple[int, int]], ...]
    """With line and column from the content."""
    content: str
    content_line: int
    """How many lines stand above the content."""
    address: str
    address_line: int


def look(text: str) -> tuple[str, str] | None:
    """Title and original address of a mirror's article, without parsing it; None when the text is no such article."""
    if not text.startswith(TITLE):
        return None
    title = text.partition("\n")[0].removeprefix(TITLE)
    if label := last_label(text):
        return title, text[text.rfind(label) + len(label) :].partition("\n")[0].strip()
    # Without its last line it is still an article, one whose source is missing, if it has a body.
    return (title, "") if any(mark in text for mark in BODIES) else None


def last_label(text: str) -> str:
    """The label of the source line, the last of the lines that begin like one; nothing when there is none."""
    for start in (max(0, len(text) - TAIL), 0):
        at, label = max((text.rfind(label, start), label) for label in LABELS)
        if at >= 0:
            return label
    return ""


def recognise(text: str) -> Dialect | None:
    """The dialect that `text` is written in, by the lines that identify it; None when it is no known one."""
    label = last_label(text)
    for dialect in DIALECTS.values():
        if label in (dialect.label, "") and all(mark in text for mark in dialect.recognise):
            return dialect
    return None


def cut(text: str, dialect: Dialect) -> Page:
    """The parts of a page.  What is not there is empty; nothing is raised."""
    title = text.partition("\n")[0].removeprefix(TITLE)
    tail = text.rfind(dialect.label)
    if tail < 0:
        tail, address = len(text), ""
    else:
        address = text[tail + len(dialect.label) :].partition("\n")[0].strip()
    start = text.find(dialect.nav)
    if start < 0:
        head, links = text.find("\n") + 1, []
    else:
        head = text.find("\n", start + 1)
        links = [  # the content begins at the end of the navigation's line
            (NavLink(match[1], match[2]), (1, match.start() - start - 1))
            for match in _LINK.finditer(text, start, head)
            if match[1]
        ]
    end = text.rfind(dialect.end, head, tail + 1)
    end = tail if end < 0 else end + 1
    return Page(
        dialect=dialect,
        title=title,
        nav=tuple(links),
        content=text[head:end],
        content_line=text.count("\n", 0, head),
        address=address,
        address_line=text.count("\n", 0, tail) + 2 if address else 0,
    )
