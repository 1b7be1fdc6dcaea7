"""Metadata by the lines that a user describes in the file of a dialect."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from convert.late import late_pattern
from convert.model import Block, Break, Code, Paragraph, Quote, walk
from convert.numerals import month_of, number
from convert.readers.mirror.dialect import Lines
from convert.text import EDGE_SPACE

FIRST = 6
LAST = 8
"""Number of paragraphs at the beginning and at the end whose lines are looked at."""
HEAD = 200
"""Number of lines of a page among which its dateline is."""
MOST = 20
"""Number of authors that a byline gives at most."""

_TAG = late_pattern(r"<[^<>]{0,500}>")
_BETWEEN = late_pattern(
    r"\s*(?:[、&＆,，;；／/]|\band\b|\bund\b|\bet\b|\by\b)\s*|(?<=[\u3400-\u9fff])[和与與及](?=[\u3400-\u9fff])"
)


class Described(NamedTuple):
    """Metadata from lines that a user describes; a field that they do not give is empty."""

    dateline: str = ""
    authors: tuple[str, ...] = ()
    agency: str = ""
    editor: str = ""


def extract(body: tuple[Block, ...], lines: Lines, above: str = "") -> Described:
    """Return what the lines above the article, and its first and last paragraphs, give."""
    if not (lines.datelines or lines.bylines):
        return Described()
    given: dict[str, str] = {}
    for line in _written(above):
        _take(line, lines, given)
    for line in _lines([block for block in body if isinstance(block, Paragraph | Quote | Code)]):
        _take(line, lines, given)
    authors = [name.strip(EDGE_SPACE) for name in _BETWEEN.split(given.get("authors", ""))]
    return Described(
        given.get("dateline", ""),
        tuple(dict.fromkeys(filter(None, authors)))[:MOST],
        given.get("agency", ""),
        given.get("editor", ""),
    )


def published(text: str, lines: Lines) -> str:
    """Return the day (ISO 8601) of the dateline in the text of a page, or "" if there is none."""
    for line in _written(text):
        for pattern in lines.datelines:
            if (match := pattern.match(line)) and "year" in pattern.groupindex:
                groups = match.groupdict()
                if when := day_of(groups["year"], groups.get("month", ""), groups.get("day", "")):
                    return when
    return ""


def day_of(year: str, month: str, day: str) -> str:
    """Return a day (ISO 8601), or "" if there is none of these numbers.

    >>> day_of("二零二一", "十二", "廿三"), day_of("23", "9", "12"), day_of("2021", "Mar", "5"), day_of("1", "2", "30")
    ('2021-12-23', '2023-09-12', '2021-03-05', '')
    """
    when = number(year)
    try:
        return date(
            when + 2000 if when < 100 else when,
            month_of(month),
            number(day),
        ).isoformat()
    except ValueError:
        return ""


def _written(text: str) -> Iterator[str]:
    """Yield the first lines of a source as they read: without tags and marks of Markdown around them."""
    for line in _TAG.sub("", text).split("\n")[:HEAD]:
        yield line.strip(EDGE_SPACE + "*_>#")


def _lines(blocks: list[Block]) -> Iterator[str]:
    """Yield the lines of the first and the last paragraphs."""
    chosen: Iterable[Block] = blocks if len(blocks) <= FIRST + LAST else (*blocks[:FIRST], *blocks[-LAST:])
    for block in chosen:
        text = "".join("\n" if type(node) is Break else getattr(node, "text", "") for node in walk((block,)))
        yield from text.split("\n")


def _take(line: str, lines: Lines, given: dict[str, str]) -> None:
    """Take what a line begins with: a dateline and bylines after it; the first of each field counts."""
    rest = line.strip(EDGE_SPACE)
    for pattern in lines.datelines:
        if "dateline" not in given and (match := pattern.match(rest)):
            given["dateline"] = match[0].strip(EDGE_SPACE + "【】[]（）()")
            rest = _after(rest, match, given)
            break
    for _ in lines.bylines:
        match = next(filter(None, (pattern.match(rest) for pattern in lines.bylines)), None)
        if match is None:
            break
        rest = _after(rest, match, given)


def _after(rest: str, match: re.Match[str], given: dict[str, str]) -> str:
    """Take the fields of a match, and return what is after it."""
    for name, value in match.groupdict().items():
        given.setdefault(name, (value or "").strip(EDGE_SPACE))
    return rest[match.end() :].lstrip(EDGE_SPACE)
