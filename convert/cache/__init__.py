"""Facts about documents, saved for the next run, which then reads only those that changed.

An entry is trusted if its file has the same size, times and inode as when the document was read, and was last changed
before the run began that read it: of a file that was changed while it was read, or within the same tick of the clock,
the times prove nothing (git's index has the same guard, there called racily clean).  Otherwise the bytes are compared
by hash.  Program, libraries and the settings that matter are part of an entry's key.
"""

import hashlib
import os
import struct
import tempfile
from abc import ABC, abstractmethod
from functools import cache
from types import TracebackType
from typing import Generic, NamedTuple, Self, TypeVar

from convert.cache.database import Database, Row
from convert.errors import DocumentError, StoreError, reason
from convert.sources import Reader, Ref, Refusal
from convert.store import Store

T = TypeVar("T")

DIGEST = 16
"""Bytes of a document's hash."""

_STATUS = struct.Struct("<QQQQQ")
_LARGEST = (1 << 64) - 1

Status = tuple[int, int, int, int, int]
"""Size, time of the last change of the bytes and of the inode in nanoseconds, inode, device."""


class Looked(NamedTuple, Generic[T]):
    """The answer of a cache about a document."""

    value: T | None = None
    key: bytes = b""
    """The cache key; empty where nothing is saved of the document."""
    file: str = ""
    status: Status = (0, 0, 0, 0, 0)
    trusted: bool = False
    """Whether its entry can stay as it is."""


class Cache(ABC, Generic[T]):
    """One run's use of the cache in a folder.

    `kind` names the entries among those of others in the same folder.  Those of another `identity` are none.
    """

    def __init__(self, folder: str, kind: str, identity: bytes) -> None:
        self._folder, self._kind, self._identity = folder, kind, identity
        self._reader = Reader()
        self._archives: dict[str, Status | None] = {}
        self._met: set[int] = set()
        """The numbers of the entries that stay as they are."""

    # --- what is kept -------------------------------------------------------------------------------------------------

    def known_by(self, ref: Ref) -> str:
        """Return what else an entry depends on, besides the file, the place in it, root and path."""
        return ""

    @abstractmethod
    def digest_of(self, data: bytes) -> bytes:
        """Return the hash of a document's bytes, `DIGEST` bytes long."""

    @abstractmethod
    def encoded(self, value: T) -> tuple[bytes, bytes]:
        """Return the digest of the document, empty if nothing is to be saved, and the encoded value.

        Raises:
            UnicodeEncodeError: it holds half a surrogate pair; such a document is read each time.
        """

    @abstractmethod
    def decoded(self, said: bytes, digest: bytes, ref: Ref) -> T | None:
        """Return the value of an entry; None where it cannot be decoded."""

    # --- the run ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        unused = _unused(self._folder)
        with Store(self._folder) as store:
            if unused:  # elsewhere it would hide from git what others put there
                store.write(".gitignore", b"*\n")
        self._began = _now(self._folder)
        self._database = Database(self._folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        try:
            if kind is None:
                self._drop()
        finally:
            self._reader.close()
            self._database.close()

    # --- looking ------------------------------------------------------------------------------------------------------

    def look(self, ref: Ref | Refusal) -> Looked[T]:
        """Return what the cache has of a document, if it can be trusted or the bytes are the same."""
        if isinstance(ref, Refusal) or isinstance(ref.member, bytes):
            return Looked()
        alone = isinstance(ref.member, str)
        file = _absolute(ref.member if isinstance(ref.member, str) else ref.root)
        status = _status(file) if alone else self._archive(file)
        if status is None:
            return Looked()
        place = "" if alone else repr(ref.member)
        parts = "\0".join((self._kind, file, ref.root, ref.path, place, self.known_by(ref)))
        key = hashlib.blake2b(parts.encode("utf-8", "surrogatepass") + self._identity, digest_size=16).digest()
        new: Looked[T] = Looked(None, key, file, status)
        if (found := self._database.find(key)) is None:
            return new
        trusted = found.status == _STATUS.pack(*status) and max(status[1], status[2]) < found.began
        if not trusted and not self._same(ref, found.digest):
            return new
        value = self.decoded(found.value, found.digest, ref)
        if value is None:
            return new
        if trusted:
            self._met.add(found.number)
        return Looked(value, key, file, status, trusted)

    def _archive(self, file: str) -> Status | None:
        """Return the status of an archive, which is asked for once a run."""
        if file not in self._archives:
            self._archives[file] = _status(file)
        return self._archives[file]

    def _same(self, ref: Ref, digest: bytes) -> bool:
        """Return whether a document has the bytes that it had."""
        try:
            return self.digest_of(self._reader.read(ref).data) == digest
        except DocumentError:
            return False

    # --- keeping ------------------------------------------------------------------------------------------------------

    def keep(self, looked: Looked[T], value: T) -> None:
        """Save the value of a document.

        Raises:
            StoreError: the cache cannot be written.
        """
        if looked.trusted or not looked.key:
            return
        try:
            digest, encoded = self.encoded(value)
            file = looked.file.encode("utf-8", "surrogatepass")
        except UnicodeEncodeError:
            return
        if digest:
            status = _STATUS.pack(*looked.status)
            self._database.put(Row(self._kind, looked.key, self._identity, self._began, status, digest, file, encoded))

    def _drop(self) -> None:
        """Remove the entries of what is gone, and those of other programs and settings."""
        others = self._database.others(self._kind, self._identity, self._began)
        self._database.remove(
            number for number, file in others if file is None or (number not in self._met and not self._stays(file))
        )

    def _stays(self, file: str) -> bool:
        """Return whether the entry of a document stays that this run did not look for: it may be another run's, if its
        file is there and is no archive of this run."""
        return file not in self._archives and os.path.exists(file)


def _absolute(path: str) -> str:
    """Return `path` from the root of the file system.  Links stay: a link is another file than its target."""
    return path if os.path.isabs(path) else f"{_here()}/{path}"


@cache
def _here() -> str:
    return os.getcwd()


def _status(file: str) -> Status | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    told = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev
    return told if min(told) >= 0 and max(told) <= _LARGEST else None  # before 1970, or a number of 128 bits


def _unused(folder: str) -> bool:
    """Return whether a folder is not there or empty."""
    try:
        return not os.listdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _now(folder: str) -> int:
    """Return the time by the clock of the disk, in nanoseconds: that of a file that is made now."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.fstat(file.fileno()).st_mtime_ns
    except OSError as error:
        raise StoreError(
            "cannot write into the cache {folder}: {reason}; name another folder with --cache",
            folder=repr(folder),
            reason=reason(error),
        ) from error
