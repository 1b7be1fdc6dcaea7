"""Rows of a mirror's index pages and tables with their positions, and faults of tables."""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from convert.late import late_pattern
from convert.messages import message
from convert.model import Note, Place
from convert.text import CONTROL, INVISIBLE, of_windows_1252, recompose, squeeze

PAGE = late_pattern(r"(?:(?P<mirror>.*)/)?pages/(?P<channel>[^/]+)/(?P<name>[^/]+)\.md\Z", re.DOTALL)
"""Pattern of the path of a page in its mirror."""

_INDEX = late_pattern(
    r"(?:(?P<mirror>.*)/)?indexes/(?P<name>[^/]+)(?P<kind>/(?:\d+|README)\.md|\.md|\.csv)\Z", re.DOTALL
)
_NAMES = late_pattern(r"(?:[a-z]+\.)?names\Z")
_LINK = late_pattern(r"\]\((?:\.\./)+pages/([^/)\s]+)/([^/)?\s]+)\.md")
_QUOTED = late_pattern(r'"(?:[^"]|"")*"')

COLUMNS = 2
"""Number of columns of a table: identifier and title of an article, or identifier and name of a channel."""


class Row(NamedTuple):
    """Article that an index page or a table lists."""

    channel: str
    """Folder of its page, relative to the root of the mirror's paths."""
    name: str
    """Name of its page, without suffix."""
    title: str
    place: Place
    """Position of the title in an index page, of the row in a table."""
    titled: Place
    """Position of the title."""

    @property
    def page(self) -> str:
        """Return the path of its page."""
        return f"{self.channel}/{self.name}.md"


def plain(title: str) -> str:
    """Return a title without what mirrors and cleaning change: white space, references, invisible characters.

    >>> plain("纸 &amp;　墨\\u200b") == plain("纸&墨")
    True
    """
    text = of_windows_1252(recompose(html.unescape(title))[0])
    return "".join(CONTROL.sub("", INVISIBLE.sub("", text)).split())


def lists(path: str) -> bool:
    """Return True if the path is that of an index page or a table."""
    return "indexes/" in path and _INDEX.match(path) is not None


def rows(path: str, text: str) -> Iterator[Row]:
    """Yield the articles that the index page or the table at `path` lists, in its order."""
    match = _INDEX.match(path)
    if match is None:
        return
    pages = f"{match['mirror']}/pages" if match["mirror"] else "pages"
    if match["kind"] != ".csv":
        for channel, name, title, place in _links(text):
            yield Row(f"{pages}/{channel}", name, title, place, place)
    elif not _NAMES.match(match["name"]):
        for number, line in enumerate(_lines(text), start=1):
            name, comma, title = line.partition(",")
            if comma and name.strip():
                places = Place(number, 1), Place(number, len(name) + 2)
                yield Row(f"{pages}/{match['name']}", name.strip(), _unquoted(title), *places)


def _links(text: str) -> Iterator[tuple[str, str, str, Place]]:
    """Yield channel, name and title of each link to a page, and the position of the title."""
    line, start, before, after = 1, 0, 0, 0
    for match in _LINK.finditer(text):
        at = match.start()
        line += text.count("\n", before, at)
        start = text.rfind("\n", before, at) + 1 or start
        other = text.rfind("](", max(start, after), at)  # of a link to something else
        title = text.find("[", max(start, after) if other < 0 else other + 2, at) + 1
        before, after = at, match.end()
        if title:
            yield match[1], match[2], text[title:at], Place(line, title - start + 1)


def _lines(text: str) -> list[str]:
    """Return the lines, divided at line feeds only, because titles contain U+2028."""
    return [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]


def _unquoted(field: str) -> str:
    """Return a field without the quotes of RFC 4180, section 2; other fields are unchanged."""
    return field[1:-1].replace('""', '"') if _QUOTED.fullmatch(field) else field


def faults(path: str, data: bytes) -> list[Note]:
    """Return the faults of the table at `path`, row by row (RFC 4180, but with line feeds)."""
    match = _INDEX.match(path)
    if match is None or match["kind"] != ".csv":
        return []
    notes: list[Note] = []
    seen: dict[str, int] = {}
    for number, (line, raw) in enumerate(_decoded(data), start=1):
        if raw is not None:
            byte, column = raw
            notes.append(Note("SET008", message("row-not-utf8", byte=f"0x{byte:02x}"), Place(number, column)))
        if not line.strip():
            continue
        name, comma, title = line.partition(",")
        name = name.strip()
        if not comma:
            notes.append(
                Note("SET008", message("row-columns", count=1, columns=COLUMNS, row=squeeze(line)), Place(number, 1))
            )
        elif not name or not title.strip():
            empty = 1 if not name else len(line) - len(title) + 1
            notes.append(Note("SET008", message("row-empty-field", row=squeeze(line)), Place(number, empty)))
        else:
            notes += _title(title, number, len(line) - len(title))
        if name and (first := seen.setdefault(name, number)) != number:
            notes.append(Note("SET006", message("repeated-row", id=squeeze(name), line=first), Place(number, 1)))
    return notes


def _title(title: str, number: int, before: int) -> Iterator[Note]:
    """Yield the faults of the last field of a row; `before` characters precede it."""
    if title.startswith('"'):
        if not _QUOTED.fullmatch(title):
            yield Note("SET008", message("row-quotation-marks", title=squeeze(title)), Place(number, before + 1))
    elif "," in title:
        column = before + title.index(",") + 1
        count = COLUMNS + title.count(",")
        text = message("unquoted-comma", count=count, columns=COLUMNS, title=squeeze(title))
        yield Note("SET007", text, Place(number, column))


def _decoded(data: bytes) -> Iterator[tuple[str, tuple[int, int] | None]]:
    """Yield the lines of a table, each with its first byte that is not UTF-8 and that byte's column, or None."""
    try:
        for line in _lines(data.decode("utf-8")):
            yield line, None
    except UnicodeDecodeError:
        for raw in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
            raw = raw.removesuffix(b"\r")
            try:
                yield raw.decode("utf-8"), None
            except UnicodeDecodeError as error:
                column = len(raw[: error.start].decode("utf-8")) + 1
                yield raw.decode("utf-8", "replace"), (raw[error.start], column)
