"""WACZ 1.1.1: a zip archive of WARC files, with an index of their records, a list of pages, and hashes.

The WARC files are stored in it as they are, so that records are read in their places.  Index and hashes show what is
missing; the pages are read without them too.
"""

import gzip
import hashlib
import io
import os
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any, BinaryIO, cast

import msgspec
from msgspec import Struct

from convert.errors import SourceError, reason
from convert.messages import Message, message
from convert.sources.containers import begins_nearly
from convert.sources.limits import too_many
from convert.sources.ref import MAX_BYTES, MAX_MEMBERS, Ref, Refusal
from convert.sources.warc import archive
from convert.sources.warc.archive import Table, Titles
from convert.sources.zipnames import opened
from convert.text import printable

_WARC = re.compile(r"archive/(?:[^/]+/)*[^/]+\.warc(?:\.gz)?", re.I)
_WARC_AT_START = re.compile(rb"PK\x03\x04.{26}archive/[^\0]{1,200}?\.warc", re.S)
_INDEX = re.compile(r"indexes/[^/]+\.cdxj?(?:\.gz)?", re.I)
_PAGES = re.compile(r"pages/[^/]+\.jsonl", re.I)
_NESTED = re.compile(r"[^/]+\.wacz", re.I)
"""Name of a WACZ in a WACZ, as Browsertrix packs the files of a crawl for one download."""
_PACKAGE = "datapackage.json"
_ENCRYPTED = 0x1  # general purpose bit 0 (APPNOTE 4.4.4)
_LONGEST_LINE = MAX_BYTES
_PIECE = 1 << 20
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    NotImplementedError,
    ValueError,
    RuntimeError,
)
"""Exceptions of the standard library for damaged members."""


class _Page(Struct):
    url: str = ""
    ts: str = ""
    title: str | None = ""


class _Row(Struct):
    """Row of an index, as far as it says where a record is."""

    filename: str = ""
    offset: int | str = ""


class _Resource(Struct):
    path: str = ""
    hash: str = ""


class _Package(Struct):
    resources: tuple[_Resource, ...] = ()


_page, _row = msgspec.json.Decoder(_Page), msgspec.json.Decoder(_Row)
_package = msgspec.json.Decoder(_Package)


def detect(start: bytes, names: frozenset[str]) -> bool:
    """Return True if a file is a WACZ, by the names in it, or by its beginning if their list is lost."""
    if any(map(_WARC.fullmatch, names)):
        return any(name == _PACKAGE or _INDEX.fullmatch(name) or _PAGES.fullmatch(name) for name in names)
    if _PACKAGE in names and any(map(_NESTED.fullmatch, names)):
        return True
    return _WARC_AT_START.search(start) is not None and (not names or _PACKAGE in names)


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the documents of the WACZ `root`, WARC file by WARC file, then what is wrong with the archive.

    Raises:
        SourceError: it cannot be opened, or exceeds the limits.
    """
    try:
        with open(root, "rb", buffering=0) as file:
            binary, size = cast("BinaryIO", file), os.fstat(file.fileno()).st_size
            try:
                package = opened(root)
            except _DAMAGE:
                yield from _salvaged(root, binary, size)
                return
            with package:
                table = Table(root, size, _titles(package, binary), places=set())
                yield from _Members(root, binary, (0, size), package, table).documents()
                yield from table.rest()
    except OSError as error:
        raise SourceError("{path}: {reason}", path=printable(root), reason=reason(error)) from error


def _salvaged(root: str, file: BinaryIO, size: int) -> Iterator[Ref | Refusal]:
    """Yield the documents of a WACZ whose list of members, at its end, is lost."""
    table = Table(root, size)
    yield Refusal(root, root, "SRC001", message("wacz-cut-short"))
    yield from table.documents(file, 0, size, between="warc-no-record-begins")
    yield from table.rest()


class Archive(archive.Archive):
    """Open WACZ from which documents are read."""

    def __init__(self, root: str) -> None:
        titles = Titles()
        with suppress(*_DAMAGE), opened(root) as package, open(root, "rb") as file:
            titles = _titles(package, file)
        super().__init__(root, titles)


class _Span(io.RawIOBase):
    """File that is stored inside another one."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        super().__init__()
        self._file, self._start, self._end = file, start, end
        self._at = start

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at - self._start

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(offset + {os.SEEK_SET: self._start, os.SEEK_CUR: self._at}.get(whence, self._end), self._start)
        return self.tell()

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._at)
        data = self._file.read(max(0, min(len(buffer), self._end - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Members:
    """WACZ with its list of members, between two offsets of a file."""

    def __init__(
        self, root: str, file: BinaryIO, span: tuple[int, int], package: zipfile.ZipFile, table: Table, within: str = ""
    ) -> None:
        self._root, self._file, self._package, self._table, self._within = root, file, package, table, within
        self._start, self._end = span
        members = package.infolist()
        if len(members) > MAX_MEMBERS:
            raise too_many(root, MAX_MEMBERS)
        self._members = {each.filename: each for each in sorted(members, key=lambda each: each.filename)}
        names = Counter(each.filename for each in members)
        self._twice = [name for name, count in names.items() if count > 1]
        self._starts: dict[str, int] = {}
        """Offsets of the WARC files by their names without folders."""

    def documents(self) -> Iterator[Ref | Refusal]:
        """Yield the documents, then what is wrong with the archive."""
        for name in self._twice:
            yield self._refusal(name, message("repeated-member"), "SRC003")
        usable: list[tuple[int, int]] = []
        is_lost = not any(_WARC.fullmatch(name) or _NESTED.fullmatch(name) for name in self._members)
        for name, info in self._members.items():
            if not _WARC.fullmatch(name):
                continue
            if info.flag_bits & _ENCRYPTED:
                yield self._refusal(name, message("encrypted-member"))
            elif info.compress_type != zipfile.ZIP_STORED:
                yield self._refusal(name, message("wacz-compressed-member"))
            elif (start := _start_of(self._file, info, self._start)) is None:
                is_lost = True
            else:
                self._starts[name.rpartition("/")[2]] = start
                usable.append((start, start + info.compress_size))
        if is_lost:
            yield Refusal(self._root, self._root, "SRC001", message("wacz-wrong-list"))
            yield from self._table.documents(self._file, self._start, self._end, between="warc-no-record-begins")
        else:
            for start, end in usable:
                yield from self._table.documents(self._file, start, end)
        for name, info in self._members.items():
            if _NESTED.fullmatch(name) and not self._within:
                yield from self._nested(name, info)
        if self._starts or not any(map(_NESTED.fullmatch, self._members)):
            yield from self._compared()
        yield from self._altered()

    def _nested(self, name: str, info: zipfile.ZipInfo) -> Iterator[Ref | Refusal]:
        """Yield the documents of a WACZ that is a member."""
        start = _start_of(self._file, info, self._start)
        if info.flag_bits & _ENCRYPTED or info.compress_type != zipfile.ZIP_STORED or start is None:
            yield self._refusal(name, message("wacz-compressed-member"))
            return
        span = start, start + info.compress_size
        try:
            with opened(_Span(self._file, *span)) as package:
                yield from _Members(self._root, self._file, span, package, self._table, f"{name}/").documents()
        except _DAMAGE:
            yield self._refusal(name, message("wacz-cut-short"))
            yield from self._table.documents(self._file, *span, between="warc-no-record-begins")

    def _refusal(self, name: str, why: Message, code: str = "SRC001") -> Refusal:
        return Refusal(self._root, printable(self._within + name), code, why)

    def _compared(self) -> Iterator[Refusal]:
        """Yield what the index has and the WARC files lack."""
        names = [name for name in self._members if _INDEX.fullmatch(name)]
        missing: dict[str, int] = {}
        rows = 0
        try:
            for name in names:
                for file, offset in self._rows(name):
                    rows += 1
                    start = self._starts.get(file.rpartition("/")[2])
                    if start is None or start + offset not in self._table.places:
                        missing[file] = missing.get(file, 0) + 1
        except _DAMAGE as error:
            yield self._refusal(name, message("wacz-damaged-index", reason=_reason(error)))
        if not rows:
            yield Refusal(self._root, self._root, "SRC004", message("wacz-without-index"))
        for file, count in sorted(missing.items()):
            yield self._refusal(file, message("wacz-missing-records", count=count))

    def _rows(self, name: str) -> Iterator[tuple[str, int]]:
        """Yield the WARC file and the offset in each row of an index."""
        with self._package.open(name) as member:
            unpacked = cast("IO[bytes]", gzip.GzipFile(fileobj=member)) if name.lower().endswith(".gz") else member
            while line := unpacked.readline(_LONGEST_LINE):
                at = line.find(b"{")
                if at < 0:
                    continue  # a head line
                try:
                    row = _row.decode(line[at:])
                    yield row.filename, int(row.offset)
                except ValueError:
                    raise ValueError(message("wacz-broken-row")) from None

    def _altered(self) -> Iterator[Refusal]:
        """Yield the members that do not have the hashes that the package gives."""
        try:
            package = _package.decode(self._package.read(_PACKAGE))
        except (*_DAMAGE, KeyError) as error:
            yield self._refusal(_PACKAGE, message("wacz-damaged-package", reason=_reason(error)))
            return
        for each in package.resources:
            algorithm, _, value = each.hash.partition(":")
            if algorithm.lower() != "sha256" or not value:
                continue
            if each.path not in self._members:
                yield self._refusal(each.path, message("wacz-missing-member"))
            elif self._sha256(each.path) != value.lower():
                yield self._refusal(each.path, message("wacz-altered-member"))

    def _sha256(self, name: str) -> str:
        digest = hashlib.sha256()
        with suppress(*_DAMAGE), self._package.open(name) as member:
            while piece := member.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest()


def _start_of(file: BinaryIO, info: zipfile.ZipInfo, start: int = 0) -> int | None:
    """Return the offset at which the data of a member begins, None if it is not in the file.

    `start` is the offset of its archive in the file.
    """
    file.seek(start + max(info.header_offset, 0))
    header = file.read(30)  # local file header (APPNOTE 4.3.7)
    if len(header) < 30 or info.header_offset < 0 or not begins_nearly(header, b"PK\x03\x04"):
        return None
    name, extra = struct.unpack("<26xHH", header)
    return start + info.header_offset + len(header) + int(name) + int(extra)


def _titles(package: zipfile.ZipFile, file: BinaryIO) -> Titles:
    """Return the titles in the lists of pages, of a WACZ or of those in it."""
    titles = Titles()
    _add_titles(package, titles)
    for info in filter(lambda info: _NESTED.fullmatch(info.filename), package.infolist()):
        with suppress(*_DAMAGE):
            start = _start_of(file, info) or 0
            with opened(_Span(file, start, start + info.compress_size)) as each:
                _add_titles(each, titles)
    return titles


def _add_titles(package: zipfile.ZipFile, titles: Titles) -> None:
    for name in sorted(filter(_PAGES.fullmatch, package.namelist())):
        with suppress(*_DAMAGE), package.open(name) as member:
            while line := member.readline(_LONGEST_LINE):
                with suppress(ValueError):
                    page = _page.decode(line)
                    if page.title and page.url:
                        titles.add(page.url, page.ts, page.title)


def _reason(error: BaseException) -> Message | str:
    if error.args and isinstance(error.args[0], Message):
        return error.args[0]
    return str(error) or message("archive-cut-short")


def spans(root: str, file: BinaryIO) -> list[tuple[int, int]]:
    """Return the offsets between which the WARC files of a WACZ lie; those of the whole file if its list is lost."""
    end = os.fstat(file.fileno()).st_size
    found: list[tuple[int, int]] = []
    with suppress(*_DAMAGE), opened(root) as package:
        found = [*_spans(package, file, 0)]
    return found or [(0, end)]


def _spans(package: zipfile.ZipFile, file: BinaryIO, base: int) -> Iterator[tuple[int, int]]:
    for info in sorted(package.infolist(), key=lambda info: info.filename):
        if info.flag_bits & _ENCRYPTED or info.compress_type != zipfile.ZIP_STORED:
            continue
        is_nested = not base and _NESTED.fullmatch(info.filename)
        if not (is_nested or _WARC.fullmatch(info.filename)) or (start := _start_of(file, info, base)) is None:
            continue
        end = start + info.compress_size
        if is_nested:
            with suppress(*_DAMAGE), opened(_Span(file, start, end)) as inner:
                yield from _spans(inner, file, start)
        else:
            yield start, end
