"""The storage that is a folder of this machine."""

import os
import stat
from collections.abc import Iterator
from shutil import copyfileobj

from convert.errors import SourceError, reason
from convert.sandbox.places import HIDDEN
from convert.storage import Stored
from convert.storage.address import checked
from convert.store import Store
from convert.store.errors import failing
from convert.store.parts import TempNames, replacing
from convert.text import printable


class FolderStorage:
    """Folder of this machine, which the first file makes if there is none; links to folders are not followed."""

    def __init__(self, where: str) -> None:
        self.address = where

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """Yield the files below a prefix, sorted by the code points of their names; our own temporary files are none.

        Raises:
            SourceError: a folder cannot be read.
        """
        above = self._path(prefix) if prefix else self.address
        waiting = [(prefix, above, True)] if os.path.isdir(above) else []
        while waiting:
            name, path, is_folder = waiting.pop()
            try:
                if not is_folder:
                    yield Stored(name, os.stat(path).st_size, "")
                    continue
                with os.scandir(path) as entries:
                    inside = [(each.name, each.path, _is_folder(each)) for each in entries if _is_own(each)]
            except OSError as error:
                raise _unreadable(path, error) from error
            # a slash after the name of a folder gives the order of whole names, as services have it
            inside.sort(key=lambda each: each[0] + "/" * each[2], reverse=True)
            waiting += [(f"{name}/{each}" if name else each, file, folder) for each, file, folder in inside]

    def stat(self, name: str) -> Stored | None:
        """Return what is known of a file; None if there is none."""
        try:
            status = os.stat(self._path(name))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(self._path(name), error) from error
        return Stored(name, status.st_size, "") if stat.S_ISREG(status.st_mode) else None

    def read(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Return `size` bytes of a file, or all of them, from `start`."""
        path = self._path(name)
        try:
            with open(path, "rb") as file:
                file.seek(start)
                return file.read(-1 if size is None else size)
        except OSError as error:
            raise _unreadable(path, error) from error

    def fetch(self, name: str, path: str, tag: str = "") -> None:
        """Copy a file to another path; a folder has no tags."""
        source = self._path(name)
        try:
            file = open(source, "rb")  # noqa: SIM115 - its errors are others than those of the copy
        except OSError as error:
            raise _unreadable(source, error) from error
        with file:
            with failing(path):
                os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with replacing(path, TempNames().beside(path), flushed=False) as copy:
                copyfileobj(file, copy, 1 << 20)

    def put(self, name: str, data: bytes) -> None:
        """Write a file atomically."""
        path = self._path(name)
        with Store(os.path.dirname(path)) as store:
            store.write(os.path.basename(path), data)

    def put_file(self, name: str, path: str) -> None:
        """Copy a local file atomically."""
        self._copy(path, self._path(name))

    def delete(self, name: str) -> None:
        """Remove a file, if there is one."""
        path = self._path(name)
        with failing(path):
            try:
                os.unlink(path)
            except (FileNotFoundError, NotADirectoryError):
                return

    def unfinished(self) -> Iterator[str]:
        """Yield nothing: the next run that writes to a folder removes what killed ones left."""
        yield from ()

    def abort(self, upload: str) -> None:
        """Do nothing, as a folder has no uploads."""

    def _path(self, name: str) -> str:
        return os.path.join(self.address, *checked(name).split("/"))

    def _copy(self, source: str, path: str) -> None:
        folder, name = os.path.split(path)
        try:
            file = open(source, "rb")  # noqa: SIM115 - its errors are others than those of the copy
        except OSError as error:
            raise _unreadable(source, error) from error
        with file, Store(folder) as store, store.open(name) as copy:
            copyfileobj(file, copy, 1 << 20)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is_own(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a file or folder of the user, and no link to a folder, pipe or temporary file."""
    return not entry.name.startswith(HIDDEN) and (_is_folder(entry) or entry.is_file())


def _unreadable(path: str, error: OSError) -> SourceError:
    return SourceError(
        "cannot read {path}: {reason}; check that it is there and may be read",
        path=repr(printable(path)),
        reason=reason(error),
    )
