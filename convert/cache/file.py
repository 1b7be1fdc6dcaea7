"""The file of a cache: a head, an entry for each document, an index by key, a checksum.  Entries hold bytes."""

import mmap
import struct
import zlib
from bisect import bisect_left
from struct import Struct as Layout
from typing import BinaryIO

_MAGIC = b"convert cache 2\n"
_HEAD = Layout("<16s16sQ")
"""Of the file: magic, what it is of, and when the run began that wrote it, in nanoseconds."""
_ENTRY = Layout("<II16s16sQQQQQ")
"""Of an entry: its length, that of its file's name, key, hash of the bytes, size, time of the last change of the bytes
and of the inode in nanoseconds, inode, device."""
_COUNT, _CRC = Layout("<Q"), Layout("<I")
"""At the end: how many entries there are, and the CRC-32 of all before it."""
_TAIL = _COUNT.size + _CRC.size
KEY, DIGEST, _PLACE = 16, 16, Layout("<Q")
"""Before that, the index: the keys in order, and where the entry of each begins."""
_KEY_AT = 8

Status = tuple[int, int, int, int, int]
"""What the system tells of a file, as in an entry."""


class Old:
    """The file as the last run left it."""

    def __init__(self, data: mmap.mmap | bytes, file: BinaryIO | None = None) -> None:
        self._data = data
        self._file = file
        self.first = _HEAD.size
        self.began: int = 0
        self._end = self.first
        self._count = 0
        self._met = bytearray(len(data) // _ENTRY.size + 1)
        if data:
            self.began = _HEAD.unpack_from(data)[2]
            self._count = _COUNT.unpack_from(data, len(data) - _TAIL)[0]
            self._end = len(data) - _TAIL - self._count * (KEY + _PLACE.size)
        self._keys = range(self._end, self._end + self._count * KEY, KEY)

    @classmethod
    def of(cls, path: str, identity: bytes) -> "Old":
        """The file at `path`; one that is not there, is of another program or settings, or is damaged, is empty."""
        file = None
        try:
            file = open(path, "rb")  # noqa: SIM115 -- closed by close()
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            head = _HEAD.unpack_from(data)
            (crc,) = _CRC.unpack_from(data, len(data) - _CRC.size)
            if head[:2] == (_MAGIC, identity) and zlib.crc32(memoryview(data)[: -_CRC.size]) == crc:
                return cls(data, file)
        except (OSError, ValueError, struct.error):
            pass
        if file:
            file.close()
        return cls(b"")

    def find(self, key: bytes, expected: int) -> int | None:
        """Where the entry with a key begins, mostly where it is expected: documents come in the same order again."""
        data = self._data
        if expected < self._end and data[expected + _KEY_AT : expected + _KEY_AT + KEY] == key:
            return expected
        at = bisect_left(self._keys, key, key=lambda place: data[place : place + KEY])
        if at == self._count or data[self._keys[at] : self._keys[at] + KEY] != key:
            return None
        return int(_PLACE.unpack_from(data, self._keys.stop + at * _PLACE.size)[0])

    def entry(self, at: int) -> tuple[int, bytes, Status]:
        """Where the next entry begins, and the hash and the status of this one."""
        length, _, _, digest, *status = _ENTRY.unpack_from(self._data, at)
        return at + length, digest, tuple(status)

    def raw(self, at: int) -> bytes:
        """An entry as it is."""
        return self._data[at : at + _ENTRY.unpack_from(self._data, at)[0]]

    def file(self, at: int) -> str:
        """The file that the document of an entry is in."""
        start = at + _ENTRY.size
        return self._data[start : start + _ENTRY.unpack_from(self._data, at)[1]].decode("utf-8", "surrogatepass")

    def said(self, at: int) -> bytes:
        """What an entry says of its document."""
        length, name = _ENTRY.unpack_from(self._data, at)[:2]
        return self._data[at + _ENTRY.size + name : at + length]

    def met(self, at: int) -> None:
        """Notes that a document of this run has this entry."""
        self._met[at // _ENTRY.size] = 1  # no entry is shorter

    def unmet(self) -> list[int]:
        """The entries that no document of this run has."""
        found, at = [], self.first
        while at < self._end:
            if not self._met[at // _ENTRY.size]:
                found.append(at)
            at += _ENTRY.unpack_from(self._data, at)[0]
        return found

    def close(self) -> None:
        """Gives the file back."""
        if self._file:
            self._data.close()  # type: ignore[union-attr]  # it is a map where there is a file
            self._file.close()
            self._file = None


class Writing:
    """The file that takes the old one's place."""

    def __init__(self, file: BinaryIO, identity: bytes, began: int) -> None:
        self._file = file
        self._crc = 0
        self._at = 0
        self._index: dict[bytes, int] = {}
        self._write(_HEAD.pack(_MAGIC, identity, began))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._crc = zlib.crc32(data, self._crc)
        self._at += len(data)

    def copy(self, old: Old, at: int) -> None:
        """An entry as it was."""
        self._put(old.raw(at))

    def add(self, key: bytes, file: str, status: Status, digest: bytes, said: bytes) -> None:
        """A new entry."""
        name = file.encode("utf-8", "surrogatepass")
        length = _ENTRY.size + len(name) + len(said)
        self._put(_ENTRY.pack(length, len(name), key, digest, *status) + name + said)

    def _put(self, entry: bytes) -> None:
        key = entry[_KEY_AT : _KEY_AT + KEY]
        if key not in self._index:  # a document may be named twice
            self._index[key] = self._at
            self._write(entry)

    def end(self) -> None:
        """The index, and what tells that all is there."""
        keys = sorted(self._index)
        self._write(b"".join(keys))
        self._write(b"".join(_PLACE.pack(self._index[key]) for key in keys))
        self._write(_COUNT.pack(len(self._index)))
        self._file.write(_CRC.pack(self._crc))
