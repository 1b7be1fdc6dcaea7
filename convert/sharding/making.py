"""Storage → list: archives are shards, small files are gathered, long JSON Lines are divided."""

import os
from collections.abc import Iterator
from hashlib import sha256
from posixpath import basename

from msgspec.structs import replace

from convert.errors import UsageError
from convert.sharding.listing import LINES, VERSION, Head, Object, is_archive, lines
from convert.sources.ref import safe_parts
from convert.storage import Storage, Stored, storage_at
from convert.text import marked_encoding, printable

SHARD = 64 << 20
"""Bytes of a shard of small files, or of lines, where the user gives none."""
_BLOCK = 8 << 20
"""Bytes that are read at once."""


def make(where: str, size: int = SHARD) -> Iterator[bytes]:
    """Yield the lines of the list of a folder or an address, with shards of some `size` bytes.

    Files whose names begin with a full stop, or lie in such a folder, are left out, as everywhere.

    Raises:
        UsageError: there is no such folder.
        SourceError: something cannot be listed, or has a name that is unsafe as a path.
    """
    storage = storage_at(where)
    if storage.address == where and "://" not in where and not os.path.isdir(where):
        raise UsageError("no such folder: {path}", path=repr(printable(where)))
    return lines(Head(version=VERSION, root=storage.address), _objects(storage, size))


def _objects(storage: Storage, size: int) -> Iterator[Object]:
    taken = _Names()
    shard = gathered = 0
    for stored in storage.list():
        if any(part.startswith(".") for part in stored.name.split("/")):
            continue
        if "/".join(safe_parts(stored.name)) != stored.name:
            raise UsageError("the name {name} is unsafe as a path; rename it", name=repr(printable(stored.name)))
        if not is_archive(stored.name):
            if gathered and gathered + stored.size > size:
                shard, gathered = shard + 1, 0
            yield _whole(storage, stored, shard)
            gathered += max(stored.size, 1)
            continue
        if gathered:
            shard, gathered = shard + 1, 0
        at = taken.name(stored.name)
        for each in _divided(storage, stored, size):
            yield replace(each, shard=shard, at=at)
            shard += 1


class _Names:
    """Beginnings of the paths of documents: the last part of their object's name, or more of it where that is taken."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, name: str) -> str:
        """Return a beginning that no other object has, "" for the last part of its name."""
        parts = name.split("/")
        at = next(
            (each for each in ("/".join(parts[-n:]) for n in range(1, len(parts))) if each not in self._taken), name
        )
        self._taken.add(at)
        return "" if at == basename(name) else at


def _whole(storage: Storage, stored: Stored, shard: int = 0) -> Object:
    """Return a whole object, with its tag, or the hash of its bytes where it has none."""
    found = f"etag:{stored.tag}" if stored.tag else f"sha256:{_hash(storage, stored)}"
    return Object(shard=shard, name=stored.name, length=stored.size, hash=found)


def _hash(storage: Storage, stored: Stored) -> str:
    digest = sha256()
    for block in _blocks(storage, stored):
        digest.update(block)
    return digest.hexdigest()


def _blocks(storage: Storage, stored: Stored) -> Iterator[bytes]:
    for start in range(0, stored.size, _BLOCK):
        yield storage.read(stored.name, start, min(_BLOCK, stored.size - start))


def _divided(storage: Storage, stored: Stored, size: int) -> Iterator[Object]:
    """Yield an object whole, or its ranges, each of which ends at the end of a line, if it is long JSON Lines."""
    one_byte = stored.size > size and stored.name.lower().endswith(LINES)
    if not one_byte or marked_encoding(storage.read(stored.name, 0, 4))[1] != "utf-8":
        yield _whole(storage, stored)
        return
    start, length, line, ends, digest = 0, 0, 1, 0, sha256()
    for block in _blocks(storage, stored):
        while block:
            cut = block.find(b"\n", max(size - length - 1, 0)) + 1 if length + len(block) >= size else 0
            part, block = (block[:cut], block[cut:]) if cut else (block, b"")
            digest.update(part)
            length, ends = length + len(part), ends + part.count(b"\n")
            if cut:
                yield _range(stored, start, length, digest.hexdigest(), line)
                start, length, line, digest = start + length, 0, ends + 1, sha256()
    if length:
        yield _range(stored, start, length, digest.hexdigest(), line)


def _range(stored: Stored, start: int, length: int, digest: str, line: int) -> Object:
    return Object(shard=0, name=stored.name, offset=start, length=length, hash=f"sha256:{digest}", line=line)
