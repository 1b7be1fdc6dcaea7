"""Web archives (WARC, WACZ, ZIM): each page, style sheet and picture in them; what the archive holds stays inside."""

import os
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from convert.audit.archive import Entries
from convert.audit.found import Found, Scope
from convert.audit.target import in_utf8
from convert.errors import DocumentError, SourceError
from convert.search.programs import is_own
from convert.sources.warc import http, records
from convert.sources.warc.archive import address_of, given_in, wanted
from convert.sources.warc.records import Damage
from convert.sources.warc.wacz import spans
from convert.sources.zim import STDERR, silent

LARGEST = 1 << 26
"""Most bytes of a record that is judged."""


def warc(path: str, scope: Scope) -> Iterator[Found]:
    """Yield what is found in the answers of a WARC file."""
    with open(path, "rb", buffering=0) as file:
        yield from _records(cast("BinaryIO", file), [(0, os.fstat(file.fileno()).st_size)], scope)


def wacz(path: str, scope: Scope) -> Iterator[Found]:
    """Yield what is found in the WARC files of a WACZ, and in the archive itself."""
    with open(path, "rb") as file:
        yield from Entries(file).faults()
        try:
            places = list(spans(path, file))
        except SourceError as error:
            yield Found("web-damaged", str(error))
            return
        yield from _records(file, places, scope)


def _nothing(size: int) -> None:
    """Take any number of bytes: time and memory of the process are limited."""


def _records(file: BinaryIO, places: list[tuple[int, int]], scope: Scope) -> Iterator[Found]:
    held = set()
    for start, end in places:
        for record in records.records(file, start, end, lambda fields: 0, _nothing):
            if not isinstance(record, Damage):
                held.add(address_of(record.fields))
    known = frozenset(held - {""})
    for start, end in places:
        for record in records.records(file, start, end, wanted, _nothing):
            if isinstance(record, Damage):
                yield Found("web-damaged", f"from {record.offset}")
                continue
            given = given_in(record.fields, record.block)
            if given is None:
                continue
            address = address_of(record.fields)
            inside = Scope(address, frozenset(), scope.depth, scope.judge, known)
            try:
                data = http.content(given)
            except DocumentError as error:
                yield Found("web-damaged", str(error), entry=address)
                continue
            yield from inside.nested(in_utf8(data, given.charset), given.mime)


def zim(path: str, scope: Scope) -> Iterator[Found]:
    """Yield what is found in the entries of a ZIM file."""
    try:
        from libzim.reader import Archive
    except ImportError:
        yield Found("web-reader-missing", "libzim")
        return
    try:
        with silent(STDERR):
            archive = Archive(path)
        entries = [archive._get_entry_by_id(number) for number in range(archive.entry_count)]
        names = frozenset(entry.path for entry in entries)
    except (RuntimeError, KeyError, IndexError, ValueError) as error:
        yield Found("web-damaged", type(error).__name__)
        return
    own = frozenset(entry.path for entry in entries if entry.path.endswith(".js") and _is_own(entry))
    for entry in entries:
        try:
            if entry.is_redirect:
                continue
            item = entry.get_item()
            data = bytes(item.content) if item.size <= LARGEST else b""
            kind = item.mimetype.partition(";")[0].strip().lower()
        except (RuntimeError, KeyError, IndexError, ValueError) as error:
            yield Found("web-damaged", type(error).__name__, entry=entry.path)
            continue
        if item.size > LARGEST:
            yield Found("over-limits", f"{item.size} bytes", entry=entry.path)
        elif entry.path.partition("/")[0] not in ("X", "xapian") and kind != "application/octet-stream+xapian":
            inside = Scope(entry.path, names, scope.depth, scope.judge, own=own, loads=scope.loads)
            yield from scope.judge(data, kind, inside) if scope.judge else ()
    if scope.loads and not own.isdisjoint(scope.loads):  # then the search loads the others
        scope.loads.update(own)


def _is_own(entry: Any) -> bool:
    """Return True if an entry of a ZIM is a script of our own search."""
    try:
        item = None if entry.is_redirect else entry.get_item()
        return item is not None and item.size <= LARGEST and is_own(bytes(item.content))
    except (RuntimeError, KeyError, IndexError, ValueError):  # reported by those who read all entries
        return False
