"""A store of pictures: a folder of files named by their content, and the index of the addresses that they have.

The folder can be copied and merged, and used by several processes at once.  A file appears whole or not at all.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from convert.errors import UsageError
from convert.late import late_pattern
from convert.pictures import lock
from convert.pictures.index import NAME, Index, Record
from convert.pictures.model import KINDS, Facts, Missing, Stored
from convert.store.errors import failing
from convert.store.parts import TempNames, create, release, remove
from convert.text import printable

FILES = "files"
"""Folder of the pictures inside the store."""
OF_CONTENT = "sha256:"
"""Scheme of the address of a picture that has none: the hash of its bytes follows."""
_OF_CONTENT = late_pattern(f"{OF_CONTENT}([0-9a-f]{{64}})\\Z")
MAX_BYTES = 64 << 20
"""Bytes of the largest picture that is stored."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class PictureStore:
    """Store in a folder; it is made if there is none, unless `write` is False.

    One that is opened `alone` waits until no other run writes to it, and lets none in, so that it may remove pictures.

    Raises:
        UsageError: it is only to be read, and is no store.
        StoreError: the folder or the index cannot be used, or another run is using it.
    """

    def __init__(self, folder: str, *, write: bool = True, alone: bool = False) -> None:
        self.folder = folder
        self._names = TempNames()
        self._lock: int | None = None
        if write:
            with failing(folder):
                os.makedirs(os.path.join(folder, FILES), exist_ok=True)
            self._lock = lock.hold(folder, alone=alone)
        elif not os.path.isfile(os.path.join(folder, NAME)):
            raise UsageError(
                "--store: {path} is no store of pictures; make one: convert fetch SOURCE… --store {path}",
                path=repr(printable(folder)),
            )
        try:
            self.index = Index(folder, write=write)
        except BaseException:
            lock.release(self._lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is waiting, and close the index."""
        try:
            self.index.close()
        finally:
            lock.release(self._lock)
            self._lock = None

    def path(self, picture: Stored) -> str:
        """Return the path of a picture's file."""
        return self.path_of(picture.sha256, KINDS[picture.facts.kind].suffix)

    def path_of(self, sha256: str, suffix: str) -> str:
        """Return the path of the file with a hash."""
        return os.path.join(self.folder, FILES, sha256[:2], sha256 + suffix)

    def of(self, address: str) -> Stored | Missing:
        """Return the picture at an address, or why it is missing."""
        if (named := _OF_CONTENT.match(address)) and (picture := self.index.picture(named[1])):
            return picture
        record = self.index.find(address)
        return record.found if record else Missing("not-stored")

    def answer(self, address: str) -> str:
        """Return the SHA-256 of the picture at an address, or the reason why it is missing."""
        found = self.of(address)
        return found.sha256 if isinstance(found, Stored) else found.reason

    def read(self, picture: Stored) -> bytes | None:
        """Return the bytes of a picture; None if its file is gone or damaged."""
        try:
            with open(self.path(picture), "rb") as file:
                data = file.read(picture.size + 1)
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == picture.sha256 else None

    def put(
        self, address: str, data: bytes, facts: Facts, *, asked: int = 0, etag: str = "", modified: str = ""
    ) -> Stored:
        """Store the bytes of a picture under its address, and return it.

        The address of their own content needs no row, for it names the bytes; that of another content is that of the
        picture from which these were made.

        Raises:
            StoreError: they cannot be written.
        """
        picture = Stored(hashlib.sha256(data).hexdigest(), len(data), facts)
        path = self.path(picture)
        if not _has(path, len(data)):
            with failing(path):
                self._write(path, data)
        if address == OF_CONTENT + picture.sha256:
            self.index.add(picture)
        else:
            self.index.put(Record(address, picture, asked, etag, modified))
        return picture

    def _write(self, path: str, data: bytes) -> None:
        """Write a file under a temporary name, then rename it; an error leaves nothing.

        It is not flushed to the disk: a power cut may damage it, and then the hash in its name does not agree.  It
        needs no lock of its own: while this run holds the store's, no other one removes anything.
        """
        temporary = self._names.beside(path)
        try:
            descriptor = os.open(temporary, _NEW, 0o666)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            descriptor = os.open(temporary, _NEW, 0o666)
        try:
            try:
                write_all(descriptor, data)
            finally:
                os.close(descriptor)
            os.replace(temporary, path)
        except BaseException:
            remove(temporary)
            raise

    def miss(self, address: str, missing: Missing, *, asked: int = 0) -> None:
        """Record why the picture at an address is missing, unless the store has it from before."""
        known = self.index.find(address)
        if known is None or isinstance(known.found, Missing):
            self.index.put(Record(address, missing, asked))


def write_whole(path: str, temporary: str, fill: Callable[[int], None]) -> None:
    """Write a file by its descriptor under a temporary name, then rename it; an error leaves nothing.

    It is not flushed to the disk: a power cut may damage it, and then the hash in its name does not agree.
    """
    hold: int | None = None
    try:
        descriptor, hold = create(temporary)
        try:
            fill(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except BaseException:
        remove(temporary)
        raise
    finally:
        release(hold)


def write_all(descriptor: int, data: bytes) -> None:
    """Write bytes to a file, however few of them each call takes."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _has(path: str, size: int) -> bool:
    with suppress(OSError):
        return os.stat(path).st_size == size
    return False
