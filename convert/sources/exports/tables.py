"""The rows of a table of CSV, one after the other: quoted values may have several lines (RFC 4180)."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from convert.errors import DocumentError
from convert.messages import message
from convert.sources.exports.entries import Fields, is_entry, normal
from convert.sources.ref import MAX_BYTES

MARKS = frozenset(
    (
        *("excerpt", "highlights", "folder", "timeadded", "status", "selection", "content", "labels", "isarchived"),
        *("documenttags", "saveddate", "tags"),
    )
)
"""Columns that exports of read-later programs have beside title and address."""
DELIMITERS = (",", ";", "\t")
_LONGEST_HEADER = 2000
_MARK = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """Row of a table."""

    offset: int
    line: int
    raw: bytes
    whole: bool = True
    """False if a quotation mark in it is not closed, or it is far too long."""


class Header(NamedTuple):
    """First row of a table."""

    columns: tuple[str, ...]
    delimiter: str


def header(start: bytes) -> Header | None:
    """Return the first row of an export, None if the file is no such table.

    >>> header(b"title,url,time_added,tags,status\\n")
    Header(columns=('title', 'url', 'time_added', 'tags', 'status'), delimiter=',')
    """
    first = start.removeprefix(_MARK).partition(b"\n")[0].rstrip(b"\r")
    if not 0 < len(first) < _LONGEST_HEADER or any(mark in first for mark in b"{<\r\0"):
        return None
    line = first.decode("utf-8", "replace")
    for delimiter in DELIMITERS:
        columns = tuple(next(csv.reader([line], delimiter=delimiter), []))
        keys = frozenset(map(normal, columns))
        if is_entry(keys) and keys & MARKS:
            return Header(columns, delimiter)
    return None


def rows(file: BinaryIO) -> Iterator[Row]:
    """Yield the rows below the first one."""
    offset, line = 0, 1
    parts: list[bytes] = []
    number, begin, length, quotes = 1, 0, 0, 0
    while read := file.readline(MAX_BYTES):
        parts.append(read)
        offset += len(read)
        length += len(read)
        quotes += read.count(b'"')
        line += read.endswith(b"\n")
        if quotes % 2 and length <= MAX_BYTES:
            continue
        if begin and b"".join(parts).strip():
            yield Row(begin, number, b"".join(parts), not quotes % 2)
        parts, number, begin, length, quotes = [], line, offset, 0, 0
    if parts:
        yield Row(begin, number, b"".join(parts), whole=False)


def fields(raw: bytes, head: Header) -> Fields:
    """Return the values of a row by the names of their columns; a list in brackets, or with bars, is a list.

    Raises:
        DocumentError: SRC001 if the row is no CSV.
    """
    csv.field_size_limit(MAX_BYTES)
    text = raw.decode("utf-8", "surrogateescape").replace("\0", "")
    try:
        values = next(csv.reader([text], delimiter=head.delimiter), [])
    except csv.Error as error:
        raise DocumentError("SRC001", message("invalid-csv", reason=str(error))) from error
    names = [*head.columns, *(f"column {at + 1}" for at in range(len(head.columns), len(values)))]
    return {name: _value(name, value) for name, value in zip(names, values, strict=False) if value}


def _value(name: str, value: str) -> str | Sequence[str]:
    if normal(name) not in ("tags", "labels", "documenttags"):
        return value
    if value.startswith("[") and value.endswith("]"):
        try:
            made = json.loads(value)
        except (ValueError, RecursionError):
            made = [one or other for one, other in re.findall(r"'([^']*)'|\"([^\"]*)\"", value)]
        return [str(each) for each in made] if isinstance(made, list) else value
    return value.split("|") if "|" in value else value
