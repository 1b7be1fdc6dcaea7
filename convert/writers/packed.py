"""A ZIP archive whose bytes depend on its members alone, and members that were deflated elsewhere.

Deflated by libdeflate, which comes with its package: half the time of zlib at the same size, and the same bytes on any
machine, where systems have zlib in several makes.
"""

import zipfile
from typing import Any

import deflate

from convert.writers.part import Part

LEVEL = 6


def pack(data: bytes) -> tuple[bytes, int, int]:
    """`data` deflated (RFC 1951), its size and its CRC-32."""
    return bytes(deflate.deflate_compress(data, LEVEL)), len(data), deflate.crc32(data)


class Archive(zipfile.ZipFile):
    """An archive that is written in order, with fixed date, system and mode (APPNOTE, section 4.4)."""

    def writestr(
        self, name: Any, data: Any, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        """Write a member: deflated, if it is not to be stored."""
        data = data.encode() if isinstance(data, str) else bytes(data)
        if compress_type == zipfile.ZIP_STORED:
            super().writestr(_member(name), data, zipfile.ZIP_STORED)
        else:
            self.add(name, Part(*pack(data)))

    def add(self, name: str, part: Part) -> None:
        """Write a member that is deflated already."""
        member = _member(name)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.CRC, member.file_size, member.compress_size = part.crc, part.size, len(part.data)
        # What ZipFile.writestr does, without deflating: the class has no method for it.
        assert self.fp is not None
        self.fp.seek(self.start_dir)
        member.header_offset = self.fp.tell()
        self._writecheck(member)  # type: ignore[attr-defined]
        self._didModify = True
        self.fp.write(member.FileHeader(zip64=False))
        self.fp.write(part.data)
        self.filelist.append(member)
        self.NameToInfo[member.filename] = member
        self.start_dir = self.fp.tell()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    member.create_system = 3  # Unix, also when written on Windows: it tells how to read the next field
    member.external_attr = 0o100644 << 16
    return member
