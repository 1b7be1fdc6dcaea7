"""The same bytes each time: what libzim takes from the clock and from chance is replaced, in the order of its format.

That is the UUID of the file and those of its Xapian databases; the checksum at the end follows
(https://wiki.openzim.org/wiki/ZIM_file_format, https://xapian.org, backends/glass/glass_version.cc).  The list of all
entries by title, which libzim stopped writing with version 9.3, is put in: readers up to version 8 call a file without
it damaged.
"""

import hashlib
import mmap
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_HEADER = struct.Struct("<IHH16sIIQQQQIIQ")
"""Magic number, versions, UUID, entries, clusters, and the positions of the tables."""
_UUID, _TITLES, _CHECKSUM_AT = 8, 40, 72
"""Positions in the header."""
_NONE = 0xFFFFFFFFFFFFFFFF
_ENTRY = struct.Struct("<HBcI")
_REDIRECT = 0xFFFF
_PLACE = struct.Struct("<II")
_UNCOMPRESSED, _KIND, _EXTENDED = 1, 0x0F, 0x10
_DATABASES = (b"fulltext/xapian", b"title/xapian")
_GLASS = b"\x0f\x0dXapian Glass"
_GLASS_UUID = len(_GLASS) + 2
_LENGTH = 16
_PIECE = 1 << 20


class _Entry(NamedTuple):
    space: bytes
    path: bytes
    title: bytes
    cluster: int
    blob: int


class UnknownFormError(ValueError):
    """Error for a file that does not have the form that libzim writes today."""


def copy(path: str, out: BinaryIO) -> None:
    """Copy a ZIM that libzim has just written with one worker, without what differs from one run to the next.

    Raises:
        UnknownFormError: the file has another form.
    """
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        magic, _, _, _, count, _, paths, titles, clusters, _, _, _, end = _HEADER.unpack_from(data)
        if magic != 0x44D495A or end + _LENGTH != len(data):
            raise UnknownFormError("no ZIM with a checksum at its end")
        entries = [_entry(data, *struct.unpack_from("<Q", data, paths + 8 * number)) for number in range(count)]
        changes = dict.fromkeys(_databases(data, entries, clusters), b"")
        changes[_UUID] = b""
        table = b""
        if titles == _NONE:
            order = sorted(range(count), key=lambda number: (entries[number].space, entries[number].title, number))
            table = struct.pack(f"<{count}I", *order)
            changes[_TITLES] = struct.pack("<Q", end)
            changes[_CHECKSUM_AT] = struct.pack("<Q", end + len(table))
        identity = hashlib.sha256(table)
        for piece in _pieces(data, end, {place: new or bytes(_LENGTH) for place, new in changes.items()}):
            identity.update(piece)
        uuid = identity.digest()[:_LENGTH]
        checksum = hashlib.md5(usedforsecurity=False)
        for piece in (*_pieces(data, end, {place: new or uuid for place, new in changes.items()}), table):
            checksum.update(piece)
            out.write(piece)
        out.write(checksum.digest())


def _entry(data: mmap.mmap, at: int) -> _Entry:
    kind, extra, space, _ = _ENTRY.unpack_from(data, at)
    at += _ENTRY.size
    cluster, blob = (_NONE, _NONE) if kind == _REDIRECT else _PLACE.unpack_from(data, at)
    at += 4 if kind == _REDIRECT else _PLACE.size
    middle = data.find(b"\0", at)
    end = data.find(b"\0", middle + 1)
    if extra or min(middle, end) < 0:
        raise UnknownFormError("an entry of another form")
    path, title = data[at:middle], data[middle + 1 : end]
    return _Entry(space, path, title or path, cluster, blob)


def _databases(data: mmap.mmap, entries: list[_Entry], clusters: int) -> Iterator[int]:
    """Yield the position of the UUID of each Xapian database, which lies in a cluster that is not compressed."""
    for entry in entries:
        if entry.space != b"X" or entry.path not in _DATABASES:
            continue
        (at,) = struct.unpack_from("<Q", data, clusters + 8 * entry.cluster)
        about, at = data[at], at + 1
        form = "<Q" if about & _EXTENDED else "<I"
        if about & _KIND != _UNCOMPRESSED:
            raise UnknownFormError("a compressed database")
        begin = at + struct.unpack_from(form, data, at + struct.calcsize(form) * entry.blob)[0]
        if data[begin : begin + len(_GLASS)] != _GLASS:
            raise UnknownFormError("a database of another form")
        yield begin + _GLASS_UUID


def _pieces(data: mmap.mmap, end: int, changes: dict[int, bytes]) -> Iterator[bytes]:
    """Yield the bytes of a file up to its checksum, with changes at their positions."""
    at = 0
    for place in (*sorted(changes), end):
        for start in range(at, place, _PIECE):
            yield data[start : min(place, start + _PIECE)]
        if place != end:
            yield changes[place]
        at = place + len(changes.get(place, b""))
