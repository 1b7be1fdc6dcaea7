"""The forms of exports: a list in JSON, a table in CSV, a zip archive."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from convert.errors import DocumentError, SourceError, reason
from convert.messages import Message, message
from convert.sources.containers import START, Record
from convert.sources.exports import objects, packed, tables
from convert.sources.exports.entries import Fields, Names, decoded, found, is_entry, normal, record
from convert.sources.ref import MAX_BYTES, MAX_MEMBERS, MAX_TOTAL, Ref, Refusal, too_large
from convert.text import marked_encoding, printable, utf8

_MARK = b"\xef\xbb\xbf"
_WALLABAG = frozenset(("isarchived", "isstarred", "domainname", "previewpicture", "readingtime", "hashedurl"))


def detect(start: bytes, names: frozenset[str]) -> bool:
    """Return True if a file that begins with `start`, or a zip archive with these names, is an export."""
    if names:
        return packed.is_export(names)
    if start[:1] in (b"P", b"\x1f", b"<"):
        return False
    return _opening(start) >= 0 or tables.header(start) is not None


def _opening(start: bytes) -> int:
    """Return the offset of the first entry in a list in JSON, -1 if it is no export."""
    if b'"schema_version"' in start[:1000]:  # what this program writes
        return -1
    start = utf8(start) if marked_encoding(start[:4])[1] != "utf-8" else start
    mark = len(_MARK) if start.startswith(_MARK) else 0
    if start[mark:].lstrip()[:1] not in (b"[", b"{") or (offset := objects.opening(start[mark:])) < 0:
        return -1
    keys = frozenset(normal(key.decode("utf-8", "replace")) for key in objects.keys_of(start[mark:], offset))
    cut = len(start) >= START and keys & (_WALLABAG | {"content"}) and keys & {"title", "url"}
    return mark + offset if is_entry(keys) or cut or len(keys & _WALLABAG) > 1 else -1


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the documents of an export, in its order.

    Raises:
        SourceError: it exceeds the limits, or is in an encoding that is not read.
    """
    with open(root, "rb") as file:
        start = file.read(START)
        if start.startswith(b"PK"):
            archive = packed.Packed(root)
            try:
                yield from archive.members()
            finally:
                archive.close()
            return
        if os.fstat(file.fileno()).st_size > MAX_TOTAL:
            raise SourceError("{path}: more than {limit} GiB; split it", path=printable(root), limit=MAX_TOTAL >> 30)
        if (encoding := marked_encoding(start[:4])[1]) != "utf-8":
            raise SourceError(
                "{path}: an export in {encoding}; save it as UTF-8", path=printable(root), encoding=encoding.upper()
            )
        file.seek(0)
        offset = _opening(start)
        yield from _limited(root, _listed(root, file, offset) if offset >= 0 else _rows(root, file, start))


def _limited(root: str, documents: Iterator[Ref | Refusal]) -> Iterator[Ref | Refusal]:
    for number, each in enumerate(documents):
        if number >= MAX_MEMBERS:
            raise SourceError("{path}: more than {limit:,} entries; split it", path=printable(root), limit=MAX_MEMBERS)
        yield each


def _listed(root: str, file: BinaryIO, offset: int) -> Iterator[Ref | Refusal]:
    names = Names()
    for number, piece in enumerate(objects.pieces(file, offset), 1):
        if piece.problem:
            yield _refusal(root, number, "SRC007", piece.problem, piece.line)
        elif piece.size > MAX_BYTES:
            yield _refusal(root, number, "SRC002", too_large(piece.size), piece.line)
        else:
            try:
                fields = decoded(piece.raw)
            except DocumentError as error:
                yield _refusal(root, number, error.code, error.message, piece.line)
                continue
            if not piece.sought or is_entry(frozenset(map(normal, fields))):
                place = (piece.offset, piece.size, piece.line)
                yield from found(root, place, piece.size, fields, names.name(fields, number))


def _rows(root: str, file: BinaryIO, start: bytes) -> Iterator[Ref | Refusal]:
    names, head = Names(), tables.header(start)
    for number, row in enumerate(tables.rows(file) if head else (), 1):
        try:
            if not (head and row.whole):
                raise DocumentError("SRC001", message("export-open-quote", line=row.line))
            fields = tables.fields(row.raw, head)
        except DocumentError as error:
            yield _refusal(root, number, error.code, error.message, row.line)
            continue
        place = (row.offset, len(row.raw), row.line)
        yield from found(root, place, len(row.raw), fields, names.name(fields, number))


def _refusal(root: str, number: int, code: str, why: Message, line: int) -> Refusal:
    return Refusal(root, f"{number:06}", code, message("export-entry", number=number, why=why), line, 1)


class Archive:
    """Open export from which entries are read."""

    def __init__(self, root: str) -> None:
        self._file = open(root, "rb")  # noqa: SIM115 -- closed by close()
        start = self._file.read(START)
        self._packed = packed.Packed(root) if start.startswith(b"PK") else None
        self._head = None if self._packed or _opening(start) >= 0 else tables.header(start)

    def close(self) -> None:
        """Close its files."""
        self._file.close()
        if self._packed:
            self._packed.close()

    def read(self, place: tuple[int, ...], size: int) -> Record:
        """Return the entry at `place`: its offset, its size, and its line.

        Raises:
            DocumentError: SRC001 if it is no longer there.
        """
        if self._packed:
            return self._packed.read(place, size)
        try:
            self._file.seek(place[0])
            raw = self._file.read(place[1])
        except OSError as error:
            raise DocumentError("SRC001", reason(error)) from error
        if len(raw) != place[1]:
            raise DocumentError("SRC001", message("cut-short-while-read"))
        return record(self._fields(raw))

    def _fields(self, raw: bytes) -> Fields:
        return tables.fields(raw, self._head) if self._head else decoded(raw)
