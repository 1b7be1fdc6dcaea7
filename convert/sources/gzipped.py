"""Random access to what a gzip file (RFC 1952) holds, in flat memory and without unpacking it to disk.

Python's own `gzip` starts again from the beginning for each step back.  Here the state of the decompressor is kept
every `BLOCK` bytes (about 45 KB each, 4 % of what comes out), so that any place costs one block at most.
"""

import zlib
from functools import lru_cache
from typing import BinaryIO

BLOCK = 1 << 20
_CHUNK = 8 << 10
_CACHED = 32


class Gzipped:
    """The unpacked bytes of `file`, in blocks.  The checksums are verified when the end is reached."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        # One decompressor for each block's beginning, and how far the file had been read for it.
        self._starts = [(0, zlib.decompressobj(zlib.MAX_WBITS | 16))]
        self.block = lru_cache(_CACHED)(self._block)

    def _block(self, number: int) -> bytes:
        """Block `number`; shorter than BLOCK only at the end.  Raises EOFError or zlib.error if it is damaged."""
        while len(self._starts) <= number:
            if len(self._unpack(len(self._starts) - 1)) < BLOCK:
                return b""
        return self._unpack(number)

    def _unpack(self, number: int) -> bytes:
        at, start = self._starts[number]
        state = start.copy()
        self._file.seek(at)
        packed = state.unconsumed_tail
        parts, missing = [], BLOCK
        while missing:
            if state.eof:  # a gzip file may have several parts, and zeros after the last (RFC 1952, 2.2; gzip(1))
                packed = state.unused_data
                packed += self._file.read(_CHUNK) if len(packed) < 2 else b""
                if not packed.startswith(b"\x1f\x8b"):
                    break
                state = zlib.decompressobj(zlib.MAX_WBITS | 16)
            packed = packed or self._file.read(_CHUNK)
            if not packed:
                raise EOFError("it is cut short")
            parts.append(state.decompress(packed, missing))
            missing -= len(parts[-1])
            packed = state.unconsumed_tail
        if not missing and number + 1 == len(self._starts):
            self._starts.append((self._file.tell(), state))
        return b"".join(parts)
