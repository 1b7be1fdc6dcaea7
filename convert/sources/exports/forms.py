"""The forms of exports: lists in JSON, a table in CSV, entries in XML, a zip archive."""

import io
import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from typing import BinaryIO, NamedTuple

from convert.errors import DocumentError, SourceError, reason
from convert.messages import Message, message
from convert.sources import archive_kinds
from convert.sources.containers import START, Record
from convert.sources.envelope import Envelope
from convert.sources.exports import markup, objects, packed, tables
from convert.sources.exports.entries import (
    EXPORTED,
    TEXTS,
    Fields,
    Names,
    decoded,
    found,
    normal,
    outside_of,
    record,
    shows_entry,
)
from convert.sources.ref import MAX_BYTES, MAX_MEMBERS, MAX_TOTAL, Ref, Refusal, too_large
from convert.text import marked_encoding, printable, utf8

_MARK = b"\xef\xbb\xbf"
_MOST_DECODED = 4 * MAX_BYTES
"""Largest export in another encoding than UTF-8: it is decoded in memory."""
_OF_FEED = ("title", "language", "version")
"""Keys of a feed in JSON that count for all its items."""
_WALLABAG = frozenset(("isarchived", "isstarred", "domainname", "previewpicture", "readingtime", "hashedurl"))


class _Form(NamedTuple):
    """Form of an export that is no zip archive: one of the first three is there."""

    offset: int = -1
    """Offset of the first entry in a list in JSON."""
    rows: bool = False
    """True if it is objects of JSON without a list: a single one, or one a line."""
    markup: bool = False
    """True if it is XML."""
    head: tables.Header | None = None
    """First row of a table."""


def detect(start: bytes, names: frozenset[str]) -> bool:
    """Return True if a file that begins with `start`, or a zip archive with these names, is an export."""
    if names:
        return packed.is_export(names)
    return not start.startswith((b"PK", b"\x1f")) and _form(start) is not None


def _form(start: bytes) -> _Form | None:
    """Return the form of a file by its beginning, None if it is no export."""
    if marked_encoding(start[:4])[1] != "utf-8":
        start = _decoded(start)
    mark = len(_MARK) if start.startswith(_MARK) else 0
    begin = start[mark:].lstrip()[:1]
    if begin == b"<":
        return _Form(markup=True) if _is_ours(markup.keys_of(start), whole=False) else None
    if begin not in (b"[", b"{"):
        head = tables.header(start)
        return _Form(head=head) if head else None
    if b'"schema_version"' in start[:1000]:  # what this program writes
        return None
    text = start[mark:]
    if begin == b"{" and _is_lone(text):
        return _Form(rows=True)
    offset = objects.opening(text, _is_ours)
    return _Form(mark + offset) if offset >= 0 and _is_ours(objects.keys_of(text, offset), len(start) < START) else None


def _is_lone(text: bytes) -> bool:
    """Return True if the object that a file begins with is an entry with its text."""
    keys = objects.keys_of(text, 0)
    names = {normal(key.decode("utf-8", "replace")) for key in keys}
    return bool(names & set(TEXTS)) and _is_ours(keys) and not names & {"characters", "schemaversion"}


def _is_ours(keys: Sequence[bytes], whole: bool = True) -> bool:
    """Return True if the keys of an object are those of an entry, or if they are but `whole` some of them."""
    names = {normal(key.decode("utf-8", "replace")) for key in keys}
    cut = not whole and names & (_WALLABAG | {"content"}) and names & {"title", "url"}
    return shows_entry(keys) or bool(cut) or len(names & _WALLABAG) > 1


def _decoded(data: bytes) -> bytes:
    """Return text in UTF-16 or UTF-32 as UTF-8; what it ends with may be half a character."""
    mark, encoding = marked_encoding(data)
    return data[len(mark) :].decode(encoding, "replace").encode()


def _stream(root: str, file: BinaryIO) -> BinaryIO:
    """Return a file, decoded in memory if it is not in UTF-8.

    Raises:
        SourceError: it exceeds the limits, or is in no encoding.
    """
    encoding = marked_encoding(file.read(4))[1]
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > MAX_TOTAL:
        file.close()
        raise SourceError("{path}: more than {limit} GiB; split it", path=printable(root), limit=MAX_TOTAL >> 30)
    if encoding == "utf-8":
        return file
    with file:
        data = utf8(file.read()) if size <= _MOST_DECODED else b""
    if not data or marked_encoding(data[:4])[1] != "utf-8":
        raise SourceError(
            "{path}: an export in {encoding}; save it as UTF-8", path=printable(root), encoding=encoding.upper()
        )
    return io.BytesIO(data)


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the documents of an export, in its order.

    Raises:
        SourceError: it exceeds the limits, or is in an encoding that is not read.
    """
    if _is_packed(root):
        with closing(packed.Packed(root)) as archive:
            yield from archive.members()
    else:
        yield from members_in(root, open(root, "rb"))  # noqa: SIM115 -- it is closed there


def members_in(root: str, data: BinaryIO) -> Iterator[Ref | Refusal]:
    """Yield the documents of an export that is one file, as `members`, and close it."""
    with _stream(root, data) as file:
        start = file.read(START)
        file.seek(0)
        form = _form(start) or _Form()
        if form.head:
            yield from _limited(root, _rows(root, file, form.head))
        elif form.markup:
            yield from _limited(root, _elements(root, file))
        else:
            yield from _limited(root, _listed(root, file, form, start[: form.offset]))


def _is_packed(root: str) -> bool:
    """Return True if an export has many files: it is a folder or an archive."""
    if os.path.isdir(root):
        return True
    with open(root, "rb") as file:
        return archive_kinds.kind_of_data(file.read(START), root) is not None


def _limited(root: str, documents: Iterator[Ref | Refusal]) -> Iterator[Ref | Refusal]:
    for number, each in enumerate(documents):
        if number >= MAX_MEMBERS:
            raise SourceError("{path}: more than {limit:,} entries; split it", path=printable(root), limit=MAX_MEMBERS)
        yield each


def _listed(root: str, file: BinaryIO, form: _Form, start: bytes) -> Iterator[Ref | Refusal]:
    names, outside = Names(), objects.Outside()
    found_pieces = objects.rows(file) if form.rows else objects.pieces(file, form.offset, shows_entry, outside)
    for number, piece in enumerate(found_pieces, 1):
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
            if not piece.sought or shows_entry(objects.keys_of(piece.raw, 0)):
                place = (piece.offset, piece.size, piece.line)
                yield from found(root, place, piece.size, fields, names.name(fields, number))
    keys = dict(outside.keys)
    if form.offset > 0 and _of_feed(start) is not EXPORTED:
        keys = {key: count for key, count in keys.items() if key not in _OF_FEED}
    if keys:
        yield outside_of(root, [key if count == 1 else f"{key} ({count})" for key, count in keys.items()])


def _elements(root: str, file: BinaryIO) -> Iterator[Ref | Refusal]:
    names = Names()
    data = file.getvalue() if isinstance(file, io.BytesIO) else _mapped(file)
    for number, piece in enumerate(markup.pieces(data), 1):
        if piece.problem:
            yield _refusal(root, number, "SRC007", piece.problem, piece.line)
        elif piece.size > MAX_BYTES:
            yield _refusal(root, number, "SRC002", too_large(piece.size), piece.line)
        else:
            try:
                fields = markup.fields(data[piece.offset : piece.offset + piece.size])
            except DocumentError as error:
                yield _refusal(root, number, error.code, error.message, piece.line)
                continue
            place = (piece.offset, piece.size, piece.line)
            yield from found(root, place, piece.size, fields, names.name(fields, number))


def _mapped(file: BinaryIO) -> mmap.mmap:
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _rows(root: str, file: BinaryIO, head: tables.Header) -> Iterator[Ref | Refusal]:
    names = Names()
    for number, row in enumerate(tables.rows(file), 1):
        try:
            if not row.whole:
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

    def __init__(self, root: str, data: BinaryIO | None = None) -> None:
        self._packed = packed.Packed(root) if data is None and _is_packed(root) else None
        if self._packed:
            data = io.BytesIO()
        self._file = _stream(root, data or open(root, "rb"))  # noqa: SIM115 -- closed by close()
        start = self._file.read(START)
        self._form = (None if self._packed else _form(start)) or _Form()
        self._envelope = _of_feed(start[: max(self._form.offset, 0)])

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
        return record(self._fields(raw), self._envelope)

    def _fields(self, raw: bytes) -> Fields:
        if self._form.markup:
            return markup.fields(raw)
        return tables.fields(raw, self._form.head) if self._form.head else decoded(raw, every=True)


def _of_feed(start: bytes) -> Envelope:
    """Return what a feed in JSON says of all its items; `start` ends where the first one begins."""
    if b"jsonfeed.org/version" not in start:
        return EXPORTED
    feed: Fields = {}
    with suppress(DocumentError):
        feed = decoded(utf8(start) + b"]}")
    said = feed.get("authors") or [feed.get("author")]
    people = [each.get("name") for each in said if isinstance(each, dict)] if isinstance(said, list) else []
    title, language = (value if isinstance(value := feed.get(key), str) else "" for key in ("title", "language"))
    authors = tuple(each for each in people if isinstance(each, str))
    return Envelope(whole=True, publisher=title, authors=authors, language=language)
