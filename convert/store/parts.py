"""Temporary files, and the removal of those, and of the locks, of killed runs.

The writer holds flock(2) on its temporary file, or on a file of its run in the folder; the kernel releases it however
the process ends.  A temporary file without either lock belongs to a run that has ended.  On systems and disks without
such locks, temporary files of killed runs are never removed.
"""

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from convert.errors import StoreError
from convert.late import late_pattern
from convert.store.errors import failing

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BUFFER = 1 << 20
_COMMON = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | _COMMON
_LEFT = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _COMMON
_NAME = late_pattern(r"\.convert-(?P<token>[0-9a-f]{8})(?P<part>-[0-9]+\.part|\.lock)")
_MAX_HELD = 16
"""Most folders in which a run holds a lock at the same time."""


class TempNames:
    """Generator of names for one run's temporary files, and of files that are written at once.

    The names are hidden, so that no run reads one as a document, and differ between runs.  From the second file in a
    folder on, the run holds one lock there: a lock on each file would take more calls than the file.
    """

    def __init__(self) -> None:
        self._token = os.urandom(4).hex()
        self._count = 0
        self._seen: set[str] = set()
        self._held: dict[str, int] = {}

    def beside(self, path: str) -> str:
        """Return an unused name in the folder of `path`."""
        self._count += 1
        return os.path.join(os.path.dirname(path), f".convert-{self._token}-{self._count}.part")

    def create(self, temporary: str) -> tuple[int, int | None]:
        """Create a file with a name of `beside`; return what `create` returns, None if the run holds the lock."""
        folder = os.path.dirname(temporary)
        if folder not in self._held:
            if folder not in self._seen or sys.platform == "win32":
                self._seen.add(folder)
                return create(temporary)
            if len(self._held) >= _MAX_HELD:
                self._release(next(iter(self._held)))
            self._held[folder], hold = create(_lock_of(folder, self._token))
            release(hold)  # the other descriptor holds the lock too
        return os.open(temporary, _NEW, 0o666), None

    def release(self) -> None:
        """Remove the run's own locks."""
        while self._held:
            self._release(next(iter(self._held)))

    def _release(self, folder: str) -> None:
        remove(_lock_of(folder, self._token))
        os.close(self._held.pop(folder))


def _lock_of(folder: str, token: str) -> str:
    return os.path.join(folder, f".convert-{token}.lock")


def create(temporary: str) -> tuple[int, int | None]:
    """Create a file; return its descriptor, and a second one that holds the lock, or None without locks."""
    while True:
        descriptor = os.open(temporary, _NEW, 0o666)
        if sys.platform == "win32":
            return descriptor, None
        with suppress(OSError):  # a disk without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor, os.dup(descriptor)
        os.close(descriptor)  # another run removed it before it was locked


def release(hold: int | None) -> None:
    """Release the lock, after the file was renamed or removed."""
    if hold is not None:
        os.close(hold)


@contextmanager
def replacing(path: str, temporary: str, mode: int | None = None, *, flushed: bool = True) -> Iterator[BinaryIO]:
    """Yield a file to write and seek in, which replaces `path` when the block ends normally.

    The data is `flushed` to the disk first, unless the file is temporary itself.
    """
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
            if flushed:
                os.fsync(file.fileno())
        file.close()
        with failing(path):
            os.replace(temporary, path)
    except BaseException:
        if file is not None:
            with suppress(StoreError, ValueError):
                file.close()  # closing tries to write the buffer again
        remove(temporary)
        raise
    finally:
        release(hold)


class _Part(io.FileIO):
    """Temporary file whose write errors are `StoreError`, unlike other errors in the block."""

    def __init__(self, descriptor: int, path: str) -> None:
        self._path = path
        super().__init__(descriptor, "r+")

    def write(self, data: "ReadableBuffer", /) -> int:
        with failing(self._path):
            return super().write(data)


def sweep(folder: str) -> None:
    """Remove the temporary files and locks in `folder` that no process holds."""
    names: list[str] = []
    with suppress(OSError):
        names = os.listdir(folder)
    for name in names:
        if name.startswith(".convert-") and (match := _NAME.fullmatch(name)):
            with suppress(OSError):  # it is being written, is gone, or may not be removed
                if not _is_held(_lock_of(folder, match["token"])):
                    _remove_unheld(os.path.join(folder, name))


def _is_held(lock: str) -> bool:
    """Return True if a run holds this lock, or if the disk has none."""
    if sys.platform == "win32":
        return False
    try:
        descriptor = os.open(lock, _LEFT)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


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
    """Remove a temporary file, if it exists."""
    with suppress(OSError):
        os.unlink(temporary)
