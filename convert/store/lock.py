"""Locks on the places of outputs: of two runs that write to one place, the second waits a moment, then is refused.

The lock is flock(2) on a hidden file beside the output, or a range lock on Windows.  The kernel releases it however the
process ends, so a run that was killed leaves a file that the next run takes over and removes, and no lock.  A disk
without locks has none.
"""

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from convert.errors import StoreError
from convert.store.names import key_of
from convert.text import printable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

WAIT = 2.0
"""Seconds to wait for another run: processes of one that was killed may end a little later than it."""

_PAUSE = 0.05
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def locked(folder: str, name: str = "") -> Iterator[None]:
    """Hold the lock on a file in a folder that exists, or on the outputs in the folder, during the block.

    Raises:
        StoreError: another run holds it.
    """
    digest = hashlib.sha256(key_of(name).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    path = os.path.join(folder, f".convert-{digest}.lock")
    descriptor = _taken(path, time.monotonic() + WAIT, os.path.join(folder, name))
    try:
        yield
    finally:
        if descriptor is not None:
            with suppress(OSError):
                os.unlink(path)  # while it is locked, so that it is no other run's
            os.close(descriptor)


def _taken(path: str, deadline: float, place: str) -> int | None:
    """Return the descriptor of the file with the lock; None where the folder takes no file or the disk has no locks."""
    while True:
        try:
            descriptor = os.open(path, _FLAGS, 0o600)
        except OSError:
            return None  # the output cannot be written either, and that error says why
        try:
            _lock(descriptor)
        except BlockingIOError:
            os.close(descriptor)
        except OSError:
            return descriptor
        else:
            with suppress(OSError):
                if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                    return descriptor
            os.close(descriptor)  # the other run removed it before it was locked
            continue
        if time.monotonic() > deadline:
            raise StoreError(
                "another run is writing to {path}; run again when it has ended", path=repr(printable(place))
            )
        time.sleep(_PAUSE)


def _lock(descriptor: int) -> None:
    """Lock a file, or raise `BlockingIOError` if another process has."""
    if sys.platform == "win32":
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
