"""The lock of a store: any number of runs add to it at once, but one that removes pictures is alone.

The lock is flock(2) on a file beside the index, which the kernel releases however the process ends.  A disk without
locks has none.
"""

import os
import sys
import time
from contextlib import suppress

from convert.errors import StoreError
from convert.text import printable

if sys.platform != "win32":
    import fcntl

NAME = "pictures.lock"
WAIT = 5.0
"""Seconds to wait for another run."""

_PAUSE = 0.05
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def hold(folder: str, *, alone: bool = False, wait: float = WAIT) -> int | None:
    """Return a descriptor that holds the lock until it is closed; None where there are no locks.

    Raises:
        StoreError: another run holds it in a way that excludes this one.
    """
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(os.path.join(folder, NAME), _FLAGS, 0o666)
    except OSError:
        return None  # the store cannot be written either, and that error says why
    kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise StoreError(
                    "another run is using the store {path}; run again when it has ended", path=repr(printable(folder))
                ) from None
            time.sleep(_PAUSE)
        except OSError:
            return descriptor
        else:
            return descriptor


def release(descriptor: int | None) -> None:
    """Release the lock."""
    if descriptor is not None:
        with suppress(OSError):
            os.close(descriptor)
