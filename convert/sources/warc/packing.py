"""The compression of WARC files, a record at a time as a rule: gzip (ISO 28500, annex D), and zstd.

Zstandard Compression for WARC Files 1.0 allows a dictionary at the beginning of a file, in a frame that other readers
skip, for all records of that file.
"""

import sys
import zlib
from typing import BinaryIO, Protocol

from convert.late import late_pattern
from convert.sources.containers import begins_nearly
from convert.sources.ref import MAX_BYTES

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
DICTIONARY = b"\x5d\x2a\x4d\x18"
_DICTIONARIES = (ZSTD, b"\x37\xa4\x30\xec")
"""Bytes that a dictionary begins with, compressed or not."""
_SKIPPED = late_pattern(rb"[\x50-\x5f]\x2a\x4d\x18")
SKIPPED_HEAD = 8
ERRORS = (zlib.error, zstd.ZstdError)
_FIRST = 16
_RECORD = b"WARC/"


class State(Protocol):
    """Decompressor, as those of zlib."""

    @property
    def eof(self) -> bool: ...  # noqa: D102
    @property
    def unused_data(self) -> bytes: ...  # noqa: D102
    @property
    def unconsumed_tail(self) -> bytes: ...  # noqa: D102
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...  # noqa: D102


class _Zstd:
    """Decompressor of a frame, which keeps what it has not consumed."""

    unconsumed_tail = b""

    def __init__(self, dictionary: "zstd.ZstdDict | None") -> None:
        self._state = zstd.ZstdDecompressor(zstd_dict=dictionary)

    @property
    def eof(self) -> bool:
        return self._state.eof

    @property
    def unused_data(self) -> bytes:
        return self._state.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        return self._state.decompress(data, max_length)


class Packing:
    """The decompressors of a WARC file."""

    def __init__(self, dictionary: "zstd.ZstdDict | None" = None) -> None:
        self._dictionary = dictionary

    def state(self, beginning: bytes) -> State | None:
        """Return a new decompressor for what begins so, None if it is not compressed."""
        if beginning.startswith(GZIP):
            return zlib.decompressobj(zlib.MAX_WBITS | 16)
        return _Zstd(self._dictionary) if beginning.startswith(ZSTD) else None

    def is_record(self, data: bytes) -> bool:
        """Return True if a compressed record begins with these bytes."""
        try:
            state = self.state(data)
            return state is not None and state.decompress(data, _FIRST).startswith(_RECORD)
        except ERRORS:
            return False


def packing_of(file: BinaryIO, start: int, end: int) -> Packing | None:
    """Return the decompressors of the WARC file between two offsets; None if its dictionary is damaged."""
    file.seek(start)
    head = file.read(min(SKIPPED_HEAD, end - start))
    if not head.startswith(DICTIONARY):
        return Packing()
    size = int.from_bytes(head[4:], "little")
    data = file.read(max(0, min(size, end - start - SKIPPED_HEAD, MAX_BYTES)))
    try:
        if data.startswith(ZSTD):
            data = zstd.ZstdDecompressor().decompress(data, MAX_BYTES)
        packing = Packing(zstd.ZstdDict(data))
        packing.state(ZSTD)
    except (*ERRORS, ValueError):
        return None
    return packing


def skipped(head: bytes) -> int:
    """Return the length of the frame that begins with these bytes if it is one to skip, else 0."""
    if len(head) < SKIPPED_HEAD or not _SKIPPED.match(head):
        return 0
    return SKIPPED_HEAD + int.from_bytes(head[4:SKIPPED_HEAD], "little")


def begins_packed(start: bytes) -> bool:
    """Return True if a file begins with a compressed record, or with a damaged one and a whole one soon after."""
    if start.startswith(DICTIONARY):
        return start[SKIPPED_HEAD:].startswith(_DICTIONARIES)
    mark = next((mark for mark in (GZIP, ZSTD) if begins_nearly(start, mark)), b"")
    at = start.find(mark) if mark else -1
    while at >= 0:
        if Packing().is_record(start[at:]):
            return True
        at = start.find(mark, at + 1)
    return False
