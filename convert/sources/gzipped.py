"""Random access to the content of a gzip file (RFC 1952), in little memory and without unpacking it to disk.

Python's own `gzip` restarts from the beginning for each step back.  This module saves the state of the decompressor
every `BLOCK` bytes (about 45 KB each, 4 % of the content), so that reading any position unpacks at most one block.
"""

import zlib
from functools import lru_cache
from typing import BinaryIO

from convert.messages import message

BLOCK = 1 << 20
_CHUNK = 8 << 10
_CACHED = 32


class Gzipped:
    """Unpacked content of `file` from `start` on, in blocks; the checksums are verified at the end of each member.

    If it need not be `whole`, it ends where it is cut short or damaged.
    """

    def __init__(self, file: BinaryIO, start: int = 0, *, whole: bool = True) -> None:
        self._file, self._whole = file, whole
        # For each block: how far the file was read at its beginning, and the decompressor at that point.
        self._starts = [(start, zlib.decompressobj(zlib.MAX_WBITS | 16))]
        self.block = lru_cache(_CACHED)(self._block)

    def _block(self, number: int) -> bytes:
        """Return a block by its number; only the last is shorter than BLOCK.

        Raises:
            EOFError, zlib.error: the file is truncated or damaged.
        """
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
            if state.eof:  # there may be several members, and zeros after the last (RFC 1952, 2.2; gzip(1))
                packed = state.unused_data
                packed += self._file.read(_CHUNK) if len(packed) < 2 else b""
                if not packed.startswith(b"\x1f\x8b"):
                    break
                state = zlib.decompressobj(zlib.MAX_WBITS | 16)
            packed = packed or self._file.read(_CHUNK)
            if not packed:
                if not self._whole:
                    break
                raise EOFError(message("it is cut short"))
            try:
                parts.append(state.decompress(packed, missing))
            except zlib.error:
                if self._whole:
                    raise
                break
            missing -= len(parts[-1])
            packed = state.unconsumed_tail
        if not missing and number + 1 == len(self._starts):
            self._starts.append((self._file.tell(), state))
        return b"".join(parts)
