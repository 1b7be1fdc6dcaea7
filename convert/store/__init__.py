"""The only door to the disk: every file appears whole under its name, or not at all.

A file is written under a temporary name beside its place and then renamed (POSIX rename(2) is atomic; so is
MoveFileEx within a volume).  Whatever ends the run by an exception, Ctrl-C too, takes the temporary file along; that of
a run that was killed goes when the next one writes to the same folder.
"""

import os
import stat
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import BinaryIO, Self

from convert.errors import StoreError
from convert.messages import Argument, message
from convert.store.digest import Digest, digest_file
from convert.store.errors import failing, failure
from convert.store.names import MAX_NAME, key_of, parts_of, safe_name
from convert.store.parts import TempNames, create, release, remove, replacing, sweep

__all__ = ["MAX_NAME", "Store", "overwrite", "safe_name"]

_MAX_LINKS = 40
"""Links that are followed one after the other, as Linux does (path_resolution(7))."""


class Store:
    """An output folder.  Raises `StoreError`, which says what to do next, wherever the disk does not play along.

    One for a run and in one process: it knows the names already given.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = os.fspath(folder) or "."
        self._made: set[str] = set()
        self._new: list[str] = []
        """Folders that were not there, the innermost first."""
        self._swept: set[str] = set()
        self._given: dict[str, tuple[str, str]] = {}
        self._parts = TempNames()

    def __enter__(self) -> Self:
        """Make the folder now: better to fail before the work than after."""
        folder = os.path.abspath(self.folder)
        while not os.path.lexists(folder):
            self._new.append(folder)
            folder = os.path.dirname(folder)
        self._make(self.folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Each file was finished or removed on its own; folders that were made for nothing go."""
        if kind is not None:
            with suppress(OSError):  # the first that is not empty
                for folder in self._new:
                    os.rmdir(folder)

    def write(self, name: str, data: bytes, source: str = "") -> None:
        """Make the file `name` (relative, POSIX; see `safe_name`) with `data`; an existing file is replaced, of a link
        the file that it leads to.

        `source` names the document in the error for two that want one name.
        """
        path, temporary = self._place(name, source)
        hold: int | None = None
        try:
            descriptor, hold = create(temporary)
            try:
                written = os.write(descriptor, data)
                while written < len(data):  # a nearly full disk takes a part, then says why
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
        """A file to write and seek in, that becomes `name` when the block ends well, on the disk for good."""
        return replacing(*self._place(name, source))

    def remove(self, name: str, was: Digest) -> bool:
        """Removes the file `name` that an earlier run made, and the folders that are empty without it, but for the
        store's own; of a link only the link.  Returns whether it is gone.

        It stays if its content is not what it `was`, because then somebody else has changed it since, or if this run
        wrote it, also under a name that some disks take for the same.
        """
        parts = parts_of(name)
        path = os.path.join(self.folder, *parts)
        try:
            for key in (key_of("/".join(parts)), self._key_inside(os.path.realpath(path))):
                if key in self._given and os.path.samefile(path, os.path.join(self.folder, self._given[key][0])):
                    return False
            if digest_file(path) != was:
                return False
            with failing(path):
                os.unlink(path)
        except OSError:
            return not os.path.lexists(path)
        with suppress(OSError):  # the first that is not empty
            for depth in range(len(parts) - 1, 0, -1):
                os.rmdir(os.path.join(self.folder, *parts[:depth]))
        return True

    def _place(self, name: str, source: str) -> tuple[str, str]:
        """The path of `name` and that of a temporary file beside it, in a folder that is there."""
        parts = parts_of(name)
        self._give(key_of("/".join(parts)), name, source)
        folder = os.path.join(self.folder, *parts[:-1])
        if folder not in self._made:
            self._make(folder)
        path = os.path.join(folder, parts[-1])
        with failing(path):
            file = _replaceable(path)
        if file != path:
            path = os.path.realpath(file)
            self._give(self._key_inside(path), name, source)
            self._sweep(os.path.dirname(path))
        return path, self._parts.beside(path)

    def _key_inside(self, path: str) -> str:
        """The key of a file by its real path."""
        inside = path.removeprefix(os.path.join(os.path.realpath(self.folder), ""))
        return key_of(inside.replace(os.sep, "/"))

    def _give(self, key: str, name: str, source: str) -> None:
        if key in self._given:
            raise _clash(name, source, *self._given[key])
        self._given[key] = (name, source)

    def _make(self, folder: str) -> None:
        with failing(folder):
            try:
                os.makedirs(folder, exist_ok=True)
            except FileExistsError:
                _replaceable(folder)
                raise
        self._made.add(folder)
        self._sweep(folder)

    def _sweep(self, folder: str) -> None:
        if folder not in self._swept:
            self._swept.add(folder)
            sweep(folder)


def overwrite(path: str, data: bytes, before: bytes) -> None:
    """Gives the file `path`, which must hold `before` still, other content at once; its mode stays.  Of a link, the
    file that it leads to.

    Raises:
        StoreError: it cannot be written, or somebody changed it meanwhile.
    """
    path = os.path.realpath(path)
    with failing(path), open(path, "rb") as file:
        if file.read(len(before) + 1) != before:
            raise StoreError("{path} was changed by another program meanwhile; run again", path=repr(path))
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    with replacing(path, TempNames().beside(path), mode) as part:
        part.write(data)


def _replaceable(path: str) -> str:
    """The file to write for `path`: itself, or where a link leads, so that the link stays.

    Raises:
        StoreError: a folder or a device has the name (a rename would destroy /dev/null), or the link leads to one.
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
        if not stat.S_ISLNK(mode) or folder.startswith("/proc/"):  # links there stand for open files, pipes too
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
