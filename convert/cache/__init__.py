"""What was found out about documents, kept in a file, so that the next run looks only at those that changed.

An entry is believed if the file that its document is in has the same size, times and inode as then, and was last
changed before that run began: of a file that was changed while it was looked at, or within the same tick of the clock,
the times tell nothing (git's index has the same guard, there called racily clean).  Otherwise the bytes are compared by
hash.  What holds for all entries is in the head of the file: this program, what it is built on, and the settings that
matter; a file that is of others, or damaged, counts as empty.
"""

import hashlib
import os
import tempfile
from abc import ABC, abstractmethod
from array import array
from contextlib import ExitStack, suppress
from functools import cache
from types import TracebackType
from typing import Generic, NamedTuple, Self, TypeVar

from convert.cache.file import KEY, Old, Status, Writing
from convert.errors import DocumentError, StoreError, reason
from convert.sources import Reader, Ref, Refusal
from convert.store import Store

T = TypeVar("T")

_LARGEST = (1 << 64) - 1


class Looked(NamedTuple, Generic[T]):
    """What a cache knows of a document."""

    value: T | None = None
    key: bytes = b""
    """Empty where nothing is kept of it."""
    file: str = ""
    status: Status = (0, 0, 0, 0, 0)
    at: int = 0
    """Where its entry begins, if that can stay as it is; else 0."""


class Cache(ABC, Generic[T]):
    """One run's use of a cache in a folder.  The file is written again when the block ends well, if it has to be.

    `name` is that of the file: hidden, so that no walk over an archive takes it for a document.  Entries of another
    `identity` are none.
    """

    def __init__(self, folder: str, name: str, identity: bytes) -> None:
        self._folder, self._name, self._identity = folder, name, identity
        self._reader = Reader()
        self._archives: dict[str, Status | None] = {}
        self._stack = ExitStack()
        self._stayed = array("Q")
        self._writing: Writing | None = None

    # --- what is kept -------------------------------------------------------------------------------------------------

    def known_by(self, ref: Ref) -> str:
        """What else an entry depends on, besides the file, the place in it, root and path."""
        return ""

    @abstractmethod
    def digest_of(self, data: bytes) -> bytes:
        """What tells the bytes of a document from others: `file.DIGEST` bytes."""

    @abstractmethod
    def encoded(self, value: T) -> tuple[bytes, bytes]:
        """The digest of the document, empty if nothing is to be kept, and what is kept of it.

        Raises:
            UnicodeEncodeError: it holds half a surrogate pair; such a document is read each time.
        """

    @abstractmethod
    def decoded(self, said: bytes, digest: bytes, ref: Ref) -> T | None:
        """What was kept of a document; None where it cannot be read."""

    # --- the run ------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        unused = _unused(self._folder)
        self._store = Store(self._folder).__enter__()
        if unused:  # elsewhere it would hide from git what others put there
            self._store.write(".gitignore", b"*\n")
        self._began = _now(self._folder)
        self._old = Old.of(os.path.join(self._folder, self._name), self._identity)
        self._next = self._old.first
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        try:
            if kind is None:
                with self._stack:
                    self._finish()
            else:
                self._stack.__exit__(kind, error, trace)
        finally:
            self._old.close()
            self._reader.close()

    # --- looking ------------------------------------------------------------------------------------------------------

    def look(self, ref: Ref | Refusal) -> Looked[T]:
        """What is known of a document.  Those of a run are asked for in order."""
        if isinstance(ref, Refusal) or isinstance(ref.member, bytes):
            return Looked()
        alone = isinstance(ref.member, str)
        file = _absolute(ref.member if isinstance(ref.member, str) else ref.root)
        status = _status(file) if alone else self._archive(file)
        if status is None:
            return Looked()
        place = "" if alone else repr(ref.member)
        said = "\0".join((file, ref.root, ref.path, place, self.known_by(ref)))
        key = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=KEY)
        looked: Looked[T] = Looked(None, key.digest(), file, status)
        if (at := self._old.find(looked.key, self._next)) is None:
            return looked
        self._next, digest, before = self._old.entry(at)
        trusted = before == status and self._settled(status)
        if not trusted and not self._same(ref, digest):
            return looked
        value = self.decoded(self._old.said(at), digest, ref)
        return Looked(value, looked.key, file, status, at if trusted and value is not None else 0)

    def _settled(self, status: Status) -> bool:
        """Whether a file was last changed before the last run began."""
        return max(status[1], status[2]) < self._old.began

    def _archive(self, file: str) -> Status | None:
        """The status of an archive, asked for once a run."""
        if file not in self._archives:
            self._archives[file] = _status(file)
        return self._archives[file]

    def _same(self, ref: Ref, digest: bytes) -> bool:
        """Whether a document has the bytes that it had."""
        try:
            return self.digest_of(self._reader.read(ref).data) == digest
        except DocumentError:
            return False

    # --- keeping ------------------------------------------------------------------------------------------------------

    def keep(self, looked: Looked[T], value: T) -> None:
        """Notes what is to be kept of a document.  They come in the order in which they were looked for."""
        if looked.at:
            self._old.met(looked.at)
            if self._writing:
                self._writing.copy(self._old, looked.at)
            else:
                self._stayed.append(looked.at)
        elif looked.key:
            with suppress(UnicodeEncodeError):
                digest, said = self.encoded(value)
                if digest:
                    self._begun().add(looked.key, looked.file, looked.status, digest, said)

    def _begun(self) -> Writing:
        """The file that takes the old one's place, with all that has stayed as it was up to here."""
        if self._writing is None:
            self._writing = Writing(
                self._stack.enter_context(self._store.open(self._name)), self._identity, self._began
            )
            for at in self._stayed:
                self._writing.copy(self._old, at)
        return self._writing

    def _finish(self) -> None:
        """Keeps what this run had nothing to do with, drops what is gone, and ends the file."""
        unmet = self._old.unmet()
        kept = [at for at in unmet if self._stays(self._old.file(at))]
        if self._writing or len(kept) < len(unmet):
            writing = self._begun()
            for at in kept:
                if self._settled(self._old.entry(at)[2]):  # from now on it would be believed
                    writing.copy(self._old, at)
            writing.end()
        self._old.close()  # some systems replace no file that is open

    def _stays(self, file: str) -> bool:
        """Whether the entry of a document that was not looked at is kept: it may be another run's, if its file is there
        and is no archive that was looked at."""
        return file not in self._archives and os.path.exists(file)


def _absolute(path: str) -> str:
    """`path` from the root of the file system, as it is written: a link is another file than what it leads to."""
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
    """Whether a folder is not there, or nothing is in it."""
    try:
        return not os.listdir(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _now(folder: str) -> int:
    """The time by the clock of the disk, in nanoseconds: that of a file that is made now."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.fstat(file.fileno()).st_mtime_ns
    except OSError as error:
        raise StoreError(
            "cannot write into the cache {folder}: {reason}; name another folder with --cache",
            folder=repr(folder),
            reason=reason(error),
        ) from error
