"""Temporary files: how they are made, and how those of a run that was killed are known and removed.

Who writes one holds a lock on it (flock(2)), which the system lets go when the process ends, in whatever way.  A file
that nobody holds is of a run that is gone.  Where a system or a disk knows no such lock, temporary files of killed runs
stay until somebody removes them.
"""

import io
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from convert.errors import StoreError
from convert.store.errors import failing

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BUFFER = 1 << 20
_COMMON = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | _COMMON
_LEFT = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _COMMON
_NAME = re.compile(r"\.convert-[0-9a-f]{8}-[0-9]+\.part")


class TempNames:
    """The names of one run's temporary files.  They are hidden, so that no run takes one for a document, and differ
    between runs."""

    def __init__(self) -> None:
        self._token = secrets.token_hex(4)
        self._count = 0

    def beside(self, path: str) -> str:
        """A name in the folder of `path` that nothing has."""
        self._count += 1
        return os.path.join(os.path.dirname(path), f".convert-{self._token}-{self._count}.part")


def create(temporary: str) -> tuple[int, int | None]:
    """A new file: its descriptor, and one that holds its lock, if there are locks, until it is closed."""
    while True:
        descriptor = os.open(temporary, _NEW, 0o666)
        if sys.platform == "win32":
            return descriptor, None
        with suppress(OSError):  # a disk without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor, os.dup(descriptor)
        os.close(descriptor)  # somebody swept it before it was locked


def release(hold: int | None) -> None:
    """Lets the lock go: the file has its name by now, or is gone."""
    if hold is not None:
        os.close(hold)


@contextmanager
def replacing(path: str, temporary: str, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write and seek in, that takes the place of `path` when the block ends well, on the disk for good."""
    file: BinaryIO | None = None
    hold: int | None = None
    try:
        with failing(path):
            descriptor, hold = create(temporary)
        file = cast("BinaryIO", io.BufferedRandom(_Part(descriptor, path), _BUFFER))
        yield file
        file.flush()
        with failing(path):
            if mode is not None:
                os.chmod(temporary, mode)
            os.fsync(file.fileno())
        file.close()
        with failing(path):
            os.replace(temporary, path)
    except BaseException:
        if file is not None:
            with suppress(StoreError, ValueError):
                file.close()  # it tries to write once more what it could not
        remove(temporary)
        raise
    finally:
        release(hold)


class _Part(io.FileIO):
    """A temporary file whose writing fails with `StoreError`, told apart from what else fails in the block."""

    def __init__(self, descriptor: int, path: str) -> None:
        self._path = path
        super().__init__(descriptor, "r+")

    def write(self, data: "ReadableBuffer", /) -> int:
        with failing(self._path):
            return super().write(data)


def sweep(folder: str) -> None:
    """Removes the temporary files in `folder` that nobody writes any more."""
    names: list[str] = []
    with suppress(OSError):
        names = os.listdir(folder)
    for name in names:
        if name.startswith(".convert-") and _NAME.fullmatch(name):
            with suppress(OSError):  # somebody writes it, or it is gone, or not ours to remove
                _remove_unheld(os.path.join(folder, name))


def _remove_unheld(path: str) -> None:
    if sys.platform == "win32":
        return
    descriptor = os.open(path, _LEFT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and os.path.samestat(status, os.lstat(path)):
            os.unlink(path)
    finally:
        os.close(descriptor)


def remove(temporary: str) -> None:
    """Removes a temporary file, if it is there."""
    with suppress(OSError):
        os.unlink(temporary)
