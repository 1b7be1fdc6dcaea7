"""Writing of files: every output appears whole under its name, or not at all.

A file is written under a temporary name in the same folder and then renamed (POSIX rename(2) is atomic; so is
MoveFileEx within a volume).  Any exception, Ctrl-C too, removes the temporary file; the temporary files of a killed run
are removed by the next run that writes to the same folder.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from types import TracebackType
from typing import BinaryIO, Self

from convert.errors import StoreError, UsageError
from convert.messages import Argument, message
from convert.sandbox.abilities import permit_writing
from convert.store.digest import Digest, digest_file
from convert.store.errors import failing, failure
from convert.store.lock import locked
from convert.store.names import MAX_NAME, key_of, parts_of, safe_name
from convert.store.parts import TempNames, release, remove, replacing, sweep

__all__ = ["MAX_NAME", "Store", "locked", "new_file", "overwrite", "safe_name"]

_MAX_LINKS = 40
"""Largest number of links in a chain that is followed, as in Linux (path_resolution(7))."""


class Store:
    """Output folder of a run; its methods raise `StoreError`, with advice, if the disk refuses something.

    A run has only one, in one process, because it records which names are taken.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = os.fspath(folder) or "."
        self._folders: dict[tuple[str, ...], str] = {}
        """Paths of folders by the parts of their names, because joining them takes long."""
        self._existing: set[str] = set()
        self._new: list[str] = []
        """Folders that did not exist, innermost first."""
        self._swept: set[str] = set()
        self._empty: set[str] = set()
        """Folders in which there was nothing, so that no name in them needs a look before it is replaced."""
        self._taken: dict[str, tuple[str, str]] = {}
        self._names = TempNames()

    def __enter__(self) -> Self:
        """Create the folder now, so that a failure comes before the work."""
        folder = os.path.abspath(self.folder)
        while not os.path.lexists(folder):
            self._new.append(folder)
            folder = os.path.dirname(folder)
        self._make(self.folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Release the run's locks; remove empty folders that it created, if the block raised an exception."""
        self._names.release()
        if kind is not None:
            with suppress(OSError):  # stop at the first that is not empty
                for folder in self._new:
                    os.rmdir(folder)

    def write(self, name: str, data: bytes, source: str = "") -> None:
        """Write `data` to the file `name` (a relative POSIX path; see `safe_name`).

        An existing file is replaced; if it is a link, its target is.  `source` names the document in the error for two
        documents with the same name.
        """
        path, temporary = self._place(name, source)
        hold: int | None = None
        try:
            descriptor, hold = self._names.create(temporary)
            try:
                written = os.write(descriptor, data)
                while written < len(data):  # a nearly full disk accepts a part before it fails
                    written += os.write(descriptor, memoryview(data)[written:])
            finally:
                os.close(descriptor)
            os.replace(temporary, path)
        except BaseException as error:
            remove(temporary)
            if isinstance(error, OSError):
                raise failure(path, error) from error
            raise
        finally:
            release(hold)

    def open(self, name: str, source: str = "") -> AbstractContextManager[BinaryIO]:
        """Return a context with a file to write and seek in, which becomes `name` when the block ends normally.

        The data is flushed to the disk first.
        """
        return replacing(*self._place(name, source))

    def remove(self, name: str, was: Digest) -> bool:
        """Remove the file `name` of an earlier run and folders that become empty; return True if it no longer exists.

        The store's own folder is not removed, and of a link only the link is.  The file is not removed if its content
        differs from `was`, because another program has changed it, or if this run wrote it, perhaps under a name that
        some disks treat as the same.
        """
        parts = parts_of(name)
        path = os.path.join(self.folder, *parts)
        try:
            for key in (key_of("/".join(parts)), self._key_inside(os.path.realpath(path))):
                if key in self._taken and os.path.samefile(path, os.path.join(self.folder, self._taken[key][0])):
                    return False
            if digest_file(path) != was:
                return False
            with failing(path):
                os.unlink(path)
        except OSError:
            return not os.path.lexists(path)
        with suppress(OSError):  # stop at the first that is not empty
            for depth in range(len(parts) - 1, 0, -1):
                os.rmdir(os.path.join(self.folder, *parts[:depth]))
        return True

    def _place(self, name: str, source: str) -> tuple[str, str]:
        """Return the path of `name` and that of a temporary file beside it; create the folder."""
        parts = parts_of(name)
        self._take(key_of("/".join(parts)), name, source)
        above, last = parts[:-1], parts[-1]
        if (folder := self._folders.get(above)) is None:
            folder = self._folders[above] = os.path.join(self.folder, *above)
        if folder not in self._existing:
            self._make(folder)
        path = os.path.join(folder, last)
        if folder in self._empty:
            return path, self._names.beside(path)
        with failing(path):
            file = _replaceable(path)
        if file != path:
            path = os.path.realpath(file)
            permit_writing(path)
            self._take(self._key_inside(path), name, source)
            self._sweep(os.path.dirname(path))
        return path, self._names.beside(path)

    def _key_inside(self, path: str) -> str:
        """Return the key of a file, by its real path."""
        inside = path.removeprefix(os.path.join(os.path.realpath(self.folder), ""))
        return key_of(inside.replace(os.sep, "/"))

    def _take(self, key: str, name: str, source: str) -> None:
        """Record that a document has taken a name; raise `StoreError` if another one has."""
        if key in self._taken:
            raise _clash(name, source, *self._taken[key])
        self._taken[key] = (name, source)

    def _make(self, folder: str) -> None:
        with failing(folder):
            try:
                os.makedirs(folder, exist_ok=True)
            except FileExistsError:
                _replaceable(folder)
                raise
        self._existing.add(folder)
        self._empty.discard(os.path.dirname(folder))
        with suppress(OSError), os.scandir(folder) as entries:
            if next(entries, None) is None:
                self._empty.add(folder)
        self._sweep(folder)

    def _sweep(self, folder: str) -> None:
        """Remove temporary files of killed runs, once per folder."""
        if folder not in self._swept:
            self._swept.add(folder)
            sweep(folder)


@contextmanager
def new_file(path: str) -> Iterator[BinaryIO]:
    """Yield a file to write, which becomes `path` when the block ends normally; create its folder if needed.

    Raises:
        UsageError: the path has no name of a file.
        StoreError: it cannot be written, or another run is writing it.
    """
    folder, name = os.path.split(path)
    if name in ("", ".", ".."):
        raise UsageError("{path} is not the name of a file; give one", path=repr(path))
    with Store(folder) as store, locked(*os.path.split(os.path.realpath(path))), store.open(name) as file:
        yield file


def overwrite(path: str, data: bytes, before: bytes) -> None:
    """Replace the content `before` of the file `path` atomically, without changing its mode; follow links.

    Raises:
        StoreError: it cannot be written, or its content is no longer `before`.
    """
    path = os.path.realpath(path)
    permit_writing(path)
    with failing(path), open(path, "rb") as file:
        if file.read(len(before) + 1) != before:
            raise StoreError("{path} was changed by another program meanwhile; run again", path=repr(path))
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    with replacing(path, TempNames().beside(path), mode) as part:
        part.write(data)


def _replaceable(path: str) -> str:
    """Return the file to write for `path`: itself, or the target of a link, so that the link is not replaced.

    Raises:
        StoreError: it is a folder or a device (a rename would destroy /dev/null), or a link to one.
    """
    at = path
    for _ in range(_MAX_LINKS):
        try:
            mode = os.lstat(at).st_mode
        except FileNotFoundError:
            return at
        if stat.S_ISREG(mode):
            return at
        if stat.S_ISDIR(mode):
            raise StoreError("cannot write {path}: a folder has this name; move it or write elsewhere", path=repr(path))
        folder = os.path.realpath(os.path.dirname(at))
        if not stat.S_ISLNK(mode) or folder.startswith("/proc/"):  # links there are open files or pipes
            raise StoreError(
                "cannot write {path}: a device, a pipe or a socket has this name; name a file, or '-' for standard "
                "output: -o -, --report json=-",
                path=repr(path),
            )
        at = os.path.join(folder, os.readlink(at))
    raise StoreError("cannot write {path}: the link leads in a circle; remove it or write elsewhere", path=repr(path))


def _clash(name: str, source: str, other: str, other_source: str) -> StoreError:
    what: Argument = repr(name)
    if name != other:
        what = message("{name} and {other}, one file on some disks,", name=repr(name), other=repr(other))
    if not source and not other_source:
        return StoreError(
            "two documents would be written to {file}; rename one of them, or convert them separately", file=what
        )
    return StoreError(
        "two documents would be written to {file} for {one} and for {other}; rename one of them, or convert them "
        "separately",
        file=what,
        one=repr(other_source),
        other=repr(source),
    )
