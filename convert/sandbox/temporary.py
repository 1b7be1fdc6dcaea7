"""The folder of a run's temporary files, which the next run removes if this one is killed.

The run holds flock(2) on it; the kernel releases it however the run ends.
"""

import multiprocessing
import multiprocessing.util
import os
import secrets
import shutil
import stat
import sys
import tempfile
from contextlib import suppress

if sys.platform != "win32":
    import fcntl

_LAST = -200
"""Priority of the removal: after `multiprocessing` has removed its own folder, with -100."""
_PREFIX = "cvrun-"  # short, for paths of sockets have at most 107 bytes
_folders: dict[int, str] = {}
"""The folder by process, because a fork must not take that of its parent."""
_heads: set[int] = set()
"""Processes of other programs that have processes of ours: each has a folder, although it has a parent."""


def be_head() -> None:
    """Let this process have a folder of its own, as if it were the first of a run: its parent is not ours."""
    _heads.add(os.getpid())


def folder() -> str:
    """Return the folder, which is made where there is none; remove those of runs that were killed."""
    if (
        multiprocessing.parent_process() and os.getpid() not in _heads
    ):  # the folder of the run holds that of `multiprocessing`
        return multiprocessing.util.get_temp_dir()
    process, above = os.getpid(), tempfile.gettempdir()
    known = _folders.get(process, "")
    if os.path.dirname(known) != above or not os.path.isdir(known):  # systems clear folders of programs that run long
        _sweep(above)
        path = os.path.join(above, _PREFIX + secrets.token_hex(4))
        os.mkdir(path, 0o700)
        if sys.platform != "win32":
            with suppress(OSError):  # a disk without locks; another run that sweeps holds it for a moment
                fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_SH)  # until the process ends
        _folders[process] = path
        multiprocessing.util.Finalize(
            None, shutil.rmtree, (path,), {"ignore_errors": True}, exitpriority=_LAST
        )  # not in a fork
    return _folders[process]


def _sweep(above: str) -> None:
    """Remove the folders of this user that no run holds."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        for name in os.listdir(above):
            if name.startswith(_PREFIX):
                _remove_unheld(os.path.join(above, name))


def _remove_unheld(path: str) -> None:
    if sys.platform == "win32":
        return
    with suppress(OSError):  # it is held, is gone, or is not ours
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            status = os.fstat(descriptor)
            used = os.listdir(path)  # a run that has just made its folder may not hold it yet
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and used:
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(descriptor)
