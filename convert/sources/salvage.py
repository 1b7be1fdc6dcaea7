"""Members of a zip archive whose table of contents is missing, by the header before each of them (APPNOTE 4.3.7)."""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from convert.sources.ref import FREE_BYTES, MAX_BYTES, MAX_MEMBERS, MAX_RATIO, Ref, safe_parts
from convert.text import printable

_HEADER = struct.Struct("<4s2xHH4xLLLHH")
_BLOCK = 1 << 16
_LATER, _ENCRYPTED = 0x8, 0x1
_STORED, _DEFLATED = 0, 8


def members(root: str) -> Iterator[Ref]:
    """Yield the members that are whole, in the order of the file, up to the first that is not."""
    with open(root, "rb") as file:
        file.seek(0, 2)
        end = file.tell()
        room = max(FREE_BYTES, MAX_RATIO * end)
        at = 0
        for _ in range(MAX_MEMBERS):
            file.seek(at)
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size or header[:4] != b"PK\x03\x04":
                return
            _, flags, method, crc, packed, size, name_size, extra = _HEADER.unpack(header)
            name = file.read(name_size).decode("utf-8", "replace")
            start = at + _HEADER.size + name_size + extra
            file.seek(start)
            if flags & _LATER and method == _DEFLATED:
                packed, size, crc = _measured(file, min(room, MAX_BYTES))
            if flags & _ENCRYPTED or method not in (_STORED, _DEFLATED) or packed < 0 or start + packed > end:
                return
            room -= size
            parts = safe_parts(name)
            if parts and not name.endswith("/") and size <= MAX_BYTES and room > 0:
                yield Ref(root, printable("/".join(parts)), (at, packed, method, crc), size)
            at = start + packed
            if flags & _LATER:
                file.seek(at)
                at += 16 if file.read(4) == b"PK\x07\x08" else 12


def _measured(file: BinaryIO, most: int) -> tuple[int, int, int]:
    """Return packed size, size and checksum of a deflated member at the file's position; -1 as first if it is cut."""
    state = zlib.decompressobj(-zlib.MAX_WBITS)
    packed = size = crc = 0
    while not state.eof:
        block = file.read(_BLOCK)
        if not block:
            return -1, 0, 0
        try:
            data = state.decompress(block)
        except zlib.error:
            return -1, 0, 0
        packed += len(block) - len(state.unused_data)
        size += len(data)
        crc = zlib.crc32(data, crc)
        if size > most:
            return -1, 0, 0
    return packed, size, crc
