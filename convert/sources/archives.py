"""Archives: zip (APPNOTE.TXT 6.3.10), tar (POSIX pax, GNU) and tar in gzip.

The standard library reads the tables of contents.  A document is then read directly from its position, so that only
the first process needs the table.  No archive is trusted: ref.py has the limits.
"""

import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from itertools import pairwise
from typing import BinaryIO, cast

from convert.errors import DocumentError, reason
from convert.late import late_pattern
from convert.messages import Message, message
from convert.sources import sites, zipnames
from convert.sources.archive_kinds import GZIP, TAR_BLOCK, Kind, damaged, reason_of
from convert.sources.gzipped import BLOCK, Gzipped
from convert.sources.limits import limit_of, too_many, too_much
from convert.sources.ref import MAX_BYTES, MAX_MEMBERS, Ref, Refusal, safe_parts, too_large
from convert.text import printable, utf8

_TAR_TYPE = 156
"""Position of the type in a header."""
_PAX = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
_WITH_CONTENT = (*_PAX, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_PAX_RECORD = late_pattern(rb"([0-9]{1,8}) [^=\n]{1,1024}=")
_DIGITS = late_pattern(rb"[0-9]{257}")
_LARGEST_HEADER, _LARGEST_GLOBAL = 1 << 20, 1 << 14
_ZIP_PLACE = 4
_ENCRYPTED = 0x1  # general purpose bit 0 (APPNOTE 4.4.4)
_NOT_REGULAR = message("unsafe-member-type")
# Exceptions of the standard library for damaged archives, found by testing with such archives.
_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, OSError, EOFError, NotImplementedError,
    ValueError, OverflowError, RecursionError,
)  # fmt: skip


def members(root: str, kind: Kind) -> list[Ref | Refusal]:
    """Return the documents of the archive `root`, in order; the last of a name counts, as in unzip and tar.

    Only a tar archive that was updated has a name twice; in a zip archive it is a fault, and reported if they differ.

    Raises:
        SourceError: the archive is damaged or exceeds the limits.
    """
    documents: dict[str, Ref] = {}
    refused: list[Refusal] = []
    try:
        for each in (_zip if kind == "zip" else _tar)(root):
            if isinstance(each, Refusal):
                refused.append(each)
                continue
            if kind == "zip" and _content(each) != _content(documents.get(each.path, each)):
                refused.append(Refusal(root, each.path, "SRC003", message("repeated-member")))
            documents[each.path] = each
    except _DAMAGE as error:
        raise damaged(root, error) from error
    every: list[Ref | Refusal] = [*documents.values(), *refused]
    in_order = sorted(every, key=lambda each: each.path.split("/"))
    return sites.assigned(in_order, _text_of) if any(map(sites.settings_in, documents)) else in_order


def _text_of(ref: Ref) -> str:
    """Return the text of a member, "" if it cannot be read."""
    place = cast("tuple[int, ...]", ref.member)
    with suppress(DocumentError), closing(reopen(ref.root, place)) as archive:
        return utf8(archive.read(place, ref.size)).decode("utf-8", "replace")
    return ""


def _content(ref: Ref) -> tuple[object, ...]:
    """Return size and checksum of a document in a zip archive."""
    return ref.size, *ref.member[-1:]


class Zip:
    """Open zip archive from which documents are read."""

    def __init__(self, root: str) -> None:
        self._file = open(root, "rb")  # noqa: SIM115 -- closed by close()
        self.close = self._file.close

    def read(self, place: tuple[int, ...], size: int) -> bytes:
        """Return the document at `place`.

        Raises:
            DocumentError: SRC001 if its content is not what the archive's table of contents says.
        """
        offset, packed, method, crc = place
        try:
            self._file.seek(offset)
            # Local file header (APPNOTE 4.3.7): signature, 22 bytes that the table of contents has too, two lengths.
            signature, name, extra = struct.unpack("<4s22xHH", self._file.read(30))
            self._file.seek(name + extra, os.SEEK_CUR)
            data = self._file.read(packed)
            if method == zipfile.ZIP_DEFLATED:
                data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, size + 1)
        except _DAMAGE as error:
            raise DocumentError("SRC001", message("damaged-in-archive", reason=reason_of(error))) from error
        if signature != b"PK\x03\x04" or len(data) != size or zlib.crc32(data) != crc:
            raise DocumentError("SRC001", message("damaged-in-archive", reason=message("archive-checksum")))
        return data


class Tar:
    """Open tar archive from which documents are read."""

    def __init__(self, root: str) -> None:
        self._bytes = _TarBytes(root)
        self.close = self._bytes.close

    def read(self, place: tuple[int, ...], size: int) -> bytes:
        """Return the document at `place`.

        Raises:
            DocumentError: SRC001 if its content is not what the archive's table of contents says.
        """
        try:
            self._bytes.seek(*place)
            data = self._bytes.read(size)
        except _DAMAGE as error:
            raise DocumentError("SRC001", message("damaged-in-archive", reason=reason_of(error))) from error
        if len(data) != size:
            raise DocumentError("SRC001", message("damaged-in-archive", reason=message("archive-cut-short")))
        return data


class _TarBytes:
    """File object with the bytes of a tar archive, unpacked if it is compressed with gzip.

    `tarfile` reads headers from it, so it enforces the limits: a forged header cannot make it return more.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._file = open(root, "rb")  # noqa: SIM115 -- closed by close()
        self.close = self._file.close
        self._at = 0
        self._limit = limit_of(os.fstat(self._file.fileno()).st_size)
        self._gzipped = Gzipped(self._file) if self._file.read(2) == GZIP else None

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if offset < 0 or whence != os.SEEK_SET:
            raise tarfile.ReadError(message("a header points before the beginning"))
        self._at = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        # tarfile reads an extended header at once, however long the header says that it is.
        if not 0 <= size <= MAX_BYTES:
            raise tarfile.ReadError(message("a header has {size:,} bytes", size=size))
        if self._at + size > self._limit:
            raise too_much(self._root)
        if self._gzipped is None:
            self._file.seek(self._at)
            data = self._file.read(size)
        else:
            first, last = self._at // BLOCK, (self._at + size - 1) // BLOCK
            data = b"".join(map(self._gzipped.block, range(first, last + 1)))
            start = self._at - first * BLOCK
            data = data[start : start + size]
        self._at += len(data)
        return data


class _TarHeaders(_TarBytes):
    """The bytes that `tarfile` reads, which are headers only, each checked before it takes them apart.

    The regular expressions of `tarfile` take time with the square of a header's digits (CVE-2024-6232) and of keys
    without an end, and it copies what global headers declare for each member.
    """

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self._type = b""
        """The type of the header whose content comes next, b"" if a header comes next."""
        self._global = 0

    def read(self, size: int = -1) -> bytes:
        if self._type and size > _LARGEST_HEADER:
            raise tarfile.ReadError(message("a header has {size:,} bytes", size=size))
        data = super().read(size)
        if not self._type:
            self._type = data[_TAR_TYPE : _TAR_TYPE + 1] if size == TAR_BLOCK else b""
            self._type = self._type if self._type in _WITH_CONTENT else b""
            return data
        if self._type in _PAX:
            self._check(data)
        self._type = b""
        return data

    def _check(self, data: bytes) -> None:
        """Refuse an extended header that is not a series of whole records (POSIX.1-2017, pax, extended header)."""
        if self._type == tarfile.XGLTYPE:
            self._global += len(data)
        content = data.rstrip(b"\0")
        at = 0
        while at < len(content) and (record := _PAX_RECORD.match(content, at)):
            end = at + int(record[1])
            if not record.end() < end <= len(content) or content[end - 1 : end] != b"\n":
                break
            at = end
        if at < len(content) or _DIGITS.search(content) or self._global > _LARGEST_GLOBAL:
            raise tarfile.ReadError(message("a header is damaged"))


def reopen(root: str, place: tuple[int, ...]) -> Zip | Tar:
    """Open the archive `root`; the form of `place` distinguishes zip from tar.

    Raises:
        DocumentError: SRC001 if it cannot be opened.
    """
    try:
        return Zip(root) if len(place) == _ZIP_PLACE else Tar(root)
    except OSError as error:
        raise DocumentError("SRC001", reason(error)) from error


def _zip(root: str) -> Iterator[Ref | Refusal]:
    with zipnames.opened(root) as archive:
        table = archive.infolist()
        end = archive.start_dir
    if not table and end:
        raise zipfile.BadZipFile("File is not a zip file")
    if len(table) > MAX_MEMBERS:
        raise too_many(root, MAX_MEMBERS)
    if sum(info.file_size for info in table) > limit_of(os.path.getsize(root)):
        raise too_much(root)
    # The densest zip bombs have members that share bytes (Fifield, "A better zip bomb", 2019).
    # A local file header has at least 30 bytes.
    spans = [(info.header_offset, info.header_offset + 30 + info.compress_size) for info in table]
    spans = sorted([*spans, (end, end)])
    if spans[0][0] < 0 or any(end > start for (_, end), (start, _) in pairwise(spans)):
        raise damaged(root, message("members overlap"))
    for info, name in zip(table, zipnames.names(table), strict=True):
        if name.endswith("/"):
            continue
        problem: Message | None = None
        if info.flag_bits & _ENCRYPTED:
            problem = message("encrypted-member")
        elif stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            problem = _NOT_REGULAR
        elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            problem = message("unsafe-member-method", method=info.compress_type)
        place = (info.header_offset, info.compress_size, info.compress_type, info.CRC)
        size = info.file_size if info.compress_size <= MAX_BYTES else info.compress_size
        yield from _document(root, name, problem, place, size)


def _tar(root: str) -> Iterator[Ref | Refusal]:
    decoded: Mapping[bytes, str] | None = None
    for info in _headers(root):
        name = info.name
        if (raw := _not_utf8(name)) is not None:
            if decoded is None:  # all names of an archive have one encoding
                others = (_not_utf8(each.name) for each in _headers(root))
                decoded = zipnames.of_tar([each for each in others if each is not None])
            name = decoded.get(raw, name)
        problem = None if info.isreg() and not info.issparse() else _NOT_REGULAR
        yield from _document(root, name.replace("\\", "/"), problem, (info.offset_data,), info.size)


def _not_utf8(name: str) -> bytes | None:
    """Return the bytes of a name that is not UTF-8, None if it is."""
    raw = name.encode("utf-8", "surrogateescape")
    return raw if raw.decode("utf-8", "replace") != name else None


def _headers(root: str) -> Iterator[tarfile.TarInfo]:
    """Yield the members of a tar archive that are no folders.

    Raises:
        SourceError: it is damaged, or too much.
    """
    with closing(_TarHeaders(root)) as file:
        archive = tarfile.open(  # noqa: SIM115 -- it holds nothing that needs closing
            fileobj=cast("BinaryIO", file), mode="r:", encoding="utf-8", errors="surrogateescape"
        )
        count = end = 0
        while info := archive.next():
            archive.members.clear()  # type: ignore[attr-defined]  # tarfile would hold all members in memory
            count += 1
            if count > MAX_MEMBERS:
                raise too_many(root, MAX_MEMBERS)
            if archive.offset <= end:  # CVE-2025-8194
                raise damaged(root, message("a header points backwards"))
            end = archive.offset
            if not info.isdir():
                yield info
    with closing(_TarBytes(root)) as file:
        # tarfile stops at a damaged header and at a truncated archive as if it were the end.
        file.seek(archive.offset)
        if file.read(TAR_BLOCK) != bytes(TAR_BLOCK):
            raise damaged(root, message("cut short, or damaged in the middle"))
        while file.read(BLOCK):  # gzip has its checksum at the end
            pass


def _document(
    root: str, name: str, problem: Message | None, place: tuple[int, ...], size: int
) -> Iterator[Ref | Refusal]:
    parts = safe_parts(name)
    path = printable("/".join(parts))
    if not parts:
        yield Refusal(root, printable(name), "SRC003", message("unsafe-name"))
    elif any(part.startswith(".") for part in parts):
        pass  # hidden
    elif problem:
        yield Refusal(root, path, "SRC003", problem)
    elif size > MAX_BYTES:
        yield Refusal(root, path, "SRC002", too_large(size))
    else:
        yield Ref(root, path, place, size)
