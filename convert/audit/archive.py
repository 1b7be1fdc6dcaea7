"""ZIP archives: what programs may read differently, and what is hidden beside the files; then each file in turn."""

import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from convert.audit.found import Found
from convert.sources.zipnames import opened

LARGEST = 1 << 26
"""Most bytes of a file in an archive."""
TOTAL = 1 << 31
"""Most bytes of all files."""
RATIO = 500
"""A file of over 10 MB that is so many times as large as in the archive is built to fill memory."""
_LOCAL = struct.Struct("<4s5H3L2H")
_OWNER = {b"ux": "uid", b"Ux": "uid", b"UX": "uid"}
_TIMES = {0x5455, 0x000A}


class Entries:
    """Files of an archive, and the faults of the archive itself."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the list of an archive.

        Raises:
            BadZipFile: there is none.
        """
        self._file = file
        self._zip = opened(file)
        self._size = file.seek(0, os.SEEK_END)
        self.infos = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        self.names = frozenset(info.filename for info in self.infos)

    def faults(self) -> Iterator[Found]:
        """Yield everything about the archive that programs may read differently, or that says who made it."""
        counts = Counter(info.filename for info in self._zip.infolist())
        yield from (Found("zip-name-twice", name, entry=name) for name, count in counts.items() if count > 1)
        traces: dict[str, str] = {}
        places: list[tuple[int, int]] = []
        total = 0
        for info in self._zip.infolist():
            name = info.filename
            total += info.file_size
            if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or name[1:2] == ":":
                yield Found("zip-path", name, entry=name)
            if stat.S_ISLNK(info.external_attr >> 16):
                yield Found("zip-link", name, entry=name)
            if info.flag_bits & 1:
                yield Found("zip-encrypted", name, entry=name)
            if info.file_size > LARGEST // 6 and info.file_size > RATIO * info.compress_size:
                yield Found("zip-bomb", f"{info.file_size} bytes", entry=name)
            for vector, quote in _traces(info.extra):
                traces.setdefault(vector, f"{name}: {quote}")
            if info.comment:
                traces.setdefault("zip-comment", info.comment.decode("utf-8", "replace"))
            yield from self._local(info, places)
        if self._zip.comment:
            traces["zip-comment"] = self._zip.comment.decode("utf-8", "replace")
        if total > TOTAL:
            yield Found("zip-bomb", f"{total} bytes")
        yield from (Found(vector, quote) for vector, quote in traces.items())
        yield from self._gaps(places)

    def _local(self, info: zipfile.ZipInfo, places: list[tuple[int, int]]) -> Iterator[Found]:
        """Compare what lies before a file with the list at the end, and note from where to where the file is."""
        self._file.seek(max(info.header_offset, 0))
        head = self._file.read(_LOCAL.size) if info.header_offset >= 0 else b""
        if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
            yield Found("zip-broken", info.filename, entry=info.filename)
            return
        *_, name_length, extra_length = _LOCAL.unpack(head)
        flags, method = struct.unpack("<2H", head[6:10])
        name = self._file.read(name_length)
        encoding = "utf-8" if flags & 0x800 else "cp437"
        listed = getattr(info, "orig_filename", info.filename)
        if name.decode(encoding, "replace") != listed or method != info.compress_type:
            yield Found("zip-names-differ", name.decode(encoding, "replace"), entry=info.filename)
        end = info.header_offset + _LOCAL.size + name_length + extra_length + info.compress_size
        places.append((info.header_offset, end + (24 if flags & 8 else 0)))

    def _gaps(self, places: list[tuple[int, int]]) -> Iterator[Found]:
        """Yield bytes that belong to no file."""
        at = 0
        for start, end in sorted(places):
            if start > at:
                yield Found("zip-hidden-bytes", f"{start - at} bytes at {at}")
                self._file.seek(at)
                if b"PK\x05\x06" in self._file.read(min(start - at, LARGEST)):  # which some programs read instead
                    yield Found("zip-nested", f"at {at}")
            at = max(at, end)
        begin: int = getattr(self._zip, "start_dir", at)
        if begin > at:
            yield Found("zip-hidden-bytes", f"{begin - at} bytes at {at}")
        self._file.seek(max(self._size - 65_600, 0))
        tail = self._file.read()
        after = len(tail) - (tail.rfind(b"PK\x05\x06") + 22 + len(self._zip.comment))
        if after > 0:
            yield Found("zip-hidden-bytes", f"{after} bytes at the end")

    def head(self, info: zipfile.ZipInfo) -> bytes:
        """Return the first bytes of a file, b"" if it cannot be read."""
        try:
            with self._zip.open(info) as member:
                return member.read(4096)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
            return b""

    def read(self, info: zipfile.ZipInfo) -> bytes | None:
        """Return a file; None if it is too large or cannot be read."""
        if info.file_size > LARGEST or (info.file_size > LARGEST // 6 and info.file_size > RATIO * info.compress_size):
            return None
        try:
            return self._zip.read(info)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
            return None

    def by_name(self, name: str) -> bytes | None:
        """Return the file with a name, or None."""
        return self.read(self._zip.getinfo(name)) if name in self.names else None


def _traces(extra: bytes) -> Iterator[tuple[str, str]]:
    """Yield who made a file and when, if its extra fields say so."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack("<2H", extra[at : at + 4])
        if extra[at : at + 2] in _OWNER:
            yield "zip-owner", extra[at + 4 : at + 4 + length].hex()
        elif kind in _TIMES:
            yield "zip-times", extra[at + 4 : at + 4 + length].hex()
        at += 4 + length
