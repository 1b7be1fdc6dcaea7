"""Writer of a ZIP archive (APPNOTE.TXT 6.3.10), in order, whose bytes depend on its members alone.

The standard library's writer takes no member that is deflated already, and needs half a kilobyte of memory for each
until the end; this one needs 46 bytes and the name, for the directory.  Members are deflated by libdeflate, which its
package bundles: it takes half the time of zlib at the same size, and makes the same bytes on any machine, while systems
have different builds of zlib.
"""

import struct
import zipfile
from types import TracebackType
from typing import BinaryIO, Self

import deflate

from convert.writers.part import RenderedArticle

LEVEL = 2
"""Level of compression: level 6 makes chapters 1.3 % smaller in a quarter more time (docs/decisions/speed.md)."""

_LOCAL = struct.Struct("<4s5H3L2H")
"""Local file header (section 4.3.7)."""
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
"""Header in the central directory (section 4.3.12)."""
_END = struct.Struct("<4s4H2LH")
"""End of the central directory (section 4.3.16)."""
_END64, _LOCATOR, _OFFSET64 = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL"), struct.Struct("<2HQ")
"""ZIP64: end of the directory, its locator, extra field (sections 4.3.14, 4.3.15 and 4.5.3)."""

_UNIX, _MODE = 3, 0o100644 << 16
_DATE = 1 << 5 | 1
"""1 January 1980, the first day that the format can name (section 4.4.6)."""
_PLAIN, _ZIP64 = 20, 45
"""Versions needed to extract (section 4.4.3)."""
_MANY, _LARGE = 0xFFFF, 0xFFFFFFFF


def pack(data: bytes | bytearray) -> tuple[bytes, int, int]:
    """Return `data` deflated (RFC 1951), its size and its CRC-32."""
    return bytes(deflate.deflate_compress(data, LEVEL)), len(data), deflate.crc32(data)


class Archive:
    """Archive that is written to `out`, complete when its `with` block ends.  Names are ASCII."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._position = 0
        self._count = 0
        self._directory = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        if kind is None:
            self._end()

    def writestr(self, name: str, data: bytes | bytearray | str, compress_type: int = zipfile.ZIP_DEFLATED) -> None:
        """Write a member, deflated unless `compress_type` is ZIP_STORED."""
        if isinstance(data, str):
            data = data.encode()
        if compress_type == zipfile.ZIP_STORED:
            self._add(name, zipfile.ZIP_STORED, data, len(data), deflate.crc32(data))
        else:
            self.add(name, RenderedArticle(*pack(data)))

    def add(self, name: str, part: RenderedArticle) -> None:
        """Write a member from a part that is deflated already."""
        self._add(name, zipfile.ZIP_DEFLATED, part.data, part.size, part.crc)

    def _add(self, name: str, method: int, data: bytes | bytearray, size: int, crc: int) -> None:
        encoded = name.encode("ascii")
        fields = 0, method, 0, _DATE, crc, len(data), size, len(encoded)
        far = self._position >= _LARGE
        extra = _OFFSET64.pack(1, 8, self._position) if far else b""
        needed = _ZIP64 if far else _PLAIN
        self._directory += _CENTRAL.pack(
            b"PK\1\2", needed, _UNIX, needed, 0, *fields, len(extra), 0, 0, 0, _MODE, min(self._position, _LARGE)
        )
        self._directory += encoded + extra
        self._write(_LOCAL.pack(b"PK\3\4", _PLAIN, *fields, 0) + encoded)
        self._write(data)
        self._count += 1

    def _write(self, data: bytes | bytearray) -> None:
        self._out.write(data)
        self._position += len(data)

    def _end(self) -> None:
        start, size, count = self._position, len(self._directory), self._count
        self._write(self._directory)
        if count >= _MANY or start >= _LARGE:
            end = self._position
            self._write(_END64.pack(b"PK\6\6", _END64.size - 12, _ZIP64, _ZIP64, 0, 0, count, count, size, start))
            self._write(_LOCATOR.pack(b"PK\6\7", 0, end, 1))
        few = min(count, _MANY)
        self._write(_END.pack(b"PK\5\6", 0, 0, few, few, size, min(start, _LARGE), 0))
