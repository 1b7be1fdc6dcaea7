"""Facts about documents, saved for the next run, which then reads only those that changed.

An entry is trusted if its file has the same size, times and inode as when the document was read, and its last change is
older than the start of the run that read it.  The times of a file that changes while it is read, or within the same
tick of the clock, prove nothing (git's index has the same guard, and calls such files racily clean).  Otherwise the
bytes are compared by hash.  Program, libraries and the settings that affect an entry are part of its key.
"""

import hashlib
import os
import struct
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from types import TracebackType
from typing import Generic, NamedTuple, Self, TypeVar

from convert.cache.database import Database, Row
from convert.errors import DocumentError, StoreError, reason
from convert.sources import Reader, Ref, Refusal
from convert.sources.mirror import location_of
from convert.sources.sites import site_of
from convert.store import Store
from convert.text import named

T = TypeVar("T")

DIGEST = 16
"""Length of a document's hash, in bytes."""

_STATUS = struct.Struct("<QQQQQ")
_LARGEST = (1 << 64) - 1

Status = tuple[int, int, int, int, int]
"""Size in bytes, times of the last change of content and of inode in nanoseconds, inode, device."""


class Lookup(NamedTuple, Generic[T]):
    """Result of looking up a document in the cache."""

    value: T | None = None
    key: bytes = b""
    """Cache key; empty if the document cannot be cached."""
    file: str = ""
    status: Status = (0, 0, 0, 0, 0)
    trusted: bool = False
    """True if the entry need not be saved again."""


class Cache(ABC, Generic[T]):
    """Cache in a folder, used by one run.

    `kind` separates its entries from others in the same folder.  Entries with another `identity` are ignored.
    """

    def __init__(self, folder: str, kind: str, identity: bytes) -> None:
        self._folder, self._kind, self._identity = folder, kind, identity
        self._reader = Reader()
        self._archives: dict[str, Status | None] = {}
        self._trusted: set[int] = set()
        """Numbers of the entries that were found and trusted."""

    # --- entries ------------------------------------------------------------------------------------------------------

    def known_by(self, ref: Ref) -> str:
        """Return a string for the cache key of what else an entry depends on, besides file, member, root and path.

        These are the document's place in its mirror, which names its channel, the address that the user gave, the site
        that it is a part of, and what an archive of the web says of it.
        """
        return "\0".join((location_of(ref).path, ref.address, *site_of(ref), *((ref.facts,) if ref.facts else ())))

    @abstractmethod
    def digest_of(self, data: bytes) -> bytes:
        """Return the hash of a document's bytes, `DIGEST` bytes long."""

    @abstractmethod
    def encoded(self, value: T) -> tuple[bytes, bytes]:
        """Return the digest of the document, empty if nothing is to be saved, and the encoded value.

        Raises:
            UnicodeEncodeError: it holds a lone surrogate; such a document is read each time.
        """

    @abstractmethod
    def decoded(self, data: bytes, digest: bytes, ref: Ref) -> T | None:
        """Return the value of an entry, None if it cannot be decoded."""

    # --- the run ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        unused = _unused(self._folder)
        with Store(self._folder) as store:
            if unused:  # in a used folder it would hide other files from git
                store.write(".gitignore", b"*\n")
        self._began = now_in(self._folder)
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

    # --- lookup -------------------------------------------------------------------------------------------------------

    def lookup(self, ref: Ref | Refusal) -> Lookup[T]:
        """Return the value of a document if its entry can be trusted or its bytes are the same."""
        if isinstance(ref, Refusal) or isinstance(ref.member, bytes):
            return Lookup()
        alone = isinstance(ref.member, str)
        file = self._absolute(ref.member if isinstance(ref.member, str) else ref.root)
        status = status_of(file) if alone else self._archive(file)
        if status is None:
            return Lookup()
        place, file = "" if alone else repr(ref.member), named(file)  # a copy of an object is elsewhere in each run
        parts = "\0".join((self._kind, file, named(ref.root), ref.path, place, self.known_by(ref)))
        key = hashlib.blake2b(parts.encode("utf-8", "surrogatepass") + self._identity, digest_size=16).digest()
        missing: Lookup[T] = Lookup(None, key, file, status)
        if (entry := self._database.find(key)) is None:
            return missing
        trusted = entry.status == packed(status) and max(status[1], status[2]) < entry.began
        if not trusted and not self._same(ref, entry.digest):
            return missing
        value = self.decoded(entry.value, entry.digest, ref)
        if value is None:
            return missing
        if trusted:
            self._trusted.add(entry.number)
        return Lookup(value, key, file, status, trusted)

    def _absolute(self, path: str) -> str:
        """Return the absolute path, without resolving links: a link is another file than its target."""
        return path if os.path.isabs(path) else f"{self._here}/{path}"

    @cached_property
    def _here(self) -> str:
        return os.getcwd()

    def _archive(self, file: str) -> Status | None:
        """Return the status of an archive, or of all files of an export that was unpacked, read once a run."""
        if file not in self._archives:
            self._archives[file] = _of_folder(file) if os.path.isdir(file) else status_of(file)
        return self._archives[file]

    def _same(self, ref: Ref, digest: bytes) -> bool:
        """Return True if a document's bytes have the hash `digest`."""
        try:
            return self.digest_of(self._reader.read(ref).data) == digest
        except DocumentError:
            return False

    # --- saving -------------------------------------------------------------------------------------------------------

    def save(self, lookup: Lookup[T], value: T) -> None:
        """Save the value of a document.

        Raises:
            StoreError: the cache cannot be written.
        """
        if lookup.trusted or not lookup.key:
            return
        try:
            digest, encoded = self.encoded(value)
            file = lookup.file.encode("utf-8", "surrogatepass")
        except UnicodeEncodeError:
            return
        if digest:
            status = packed(lookup.status)
            self._database.put(Row(self._kind, lookup.key, self._identity, self._began, status, digest, file, encoded))

    def forget(self, refs: Iterable[Ref | Refusal], names: Iterable[str]) -> None:
        """Remove everything about documents that the user excludes: of files, and of these names, every kind of entry.

        Raises:
            StoreError: the cache cannot be written.
        """
        refs = list(refs)
        keys = [lookup.key for ref in refs if (lookup := self.lookup(ref)).key]
        alone = [ref for ref in refs if isinstance(ref, Ref) and isinstance(ref.member, str)]
        files = [*names, *(named(self._absolute(ref.member)) for ref in alone if isinstance(ref.member, str))]
        self._database.forget(keys, [file.encode("utf-8", "surrogatepass") for file in files])

    def _drop(self) -> None:
        """Remove entries of documents that are gone, and those of other programs and settings."""
        others = self._database.others(self._kind, self._identity, self._began)
        self._database.remove(
            number for number, file in others if file is None or (number not in self._trusted and not self._stays(file))
        )

    def _stays(self, file: str) -> bool:
        """Return True if an entry that this run did not look up is not removed, by its file.

        It may be another run's if its file exists and is not an archive of this run.
        """
        return file not in self._archives and os.path.exists(file)


def packed(status: Status) -> bytes:
    """Return a status as bytes that can be compared."""
    return _STATUS.pack(*status)


def status_of(file: str) -> Status | None:
    """Return the status of a file, None if there is none or its numbers are beyond 64 bits."""
    try:
        status = os.stat(file)
    except OSError:
        return None
    fields = status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev
    return fields if min(fields) >= 0 and max(fields) <= _LARGEST else None  # before 1970, or a number of 128 bits


def _of_folder(folder: str) -> Status | None:
    """Return the status of all files in a folder: their size together, the last times, and a hash of each status."""
    names = hashlib.blake2b(digest_size=8)
    size = changed = renewed = 0
    for where, below, files in os.walk(folder):
        below.sort()
        for name in sorted(files):
            if (status := status_of(file := os.path.join(where, name))) is None:
                return None
            size, changed, renewed = size + status[0], max(changed, status[1]), max(renewed, status[2])
            names.update(os.fsencode(file) + b"\0" + packed(status))
    return size, changed, renewed, int.from_bytes(names.digest(), "big"), 0


def _unused(folder: str) -> bool:
    """Return True if a folder does not exist or is empty."""
    try:
        return not os.listdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def now_in(folder: str) -> int:
    """Return the time by the clock of the file system, in nanoseconds, from a new temporary file."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.fstat(file.fileno()).st_mtime_ns
    except OSError as error:
        raise StoreError(
            "cannot write into the cache {folder}: {reason}; name another folder with --cache",
            folder=repr(folder),
            reason=reason(error),
        ) from error
