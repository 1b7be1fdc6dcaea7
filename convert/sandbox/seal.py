"""Restrictions of a sealed process by the system: limits of setrlimit(2).  What it may do is in `abilities`."""

import os
import sys

if sys.platform != "win32":
    import resource

OPEN_FILES = 256
"""Files open at once: fonts, packages and a few more."""
LARGEST_FILE = 1 << 27
"""Bytes of the largest file it may write: a copy of a font, for fontconfig."""


def seal(memory: int) -> None:
    """Limit this process for good: no output, and at most `memory` bytes of data."""
    _silence()
    _limit(memory)


def allow_cpu_time(seconds: int) -> None:
    """Allow so much processor time from now on, after which the system ends the process (SIGXCPU)."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _set_limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)


def peak_memory() -> int:
    """Return the most memory that this process has used so far, in bytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _silence() -> None:
    """Send output to nowhere: C libraries write complaints to standard error, and results carry what matters."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _limit(memory: int) -> None:
    if sys.platform == "win32":
        return
    _set_limit(resource.RLIMIT_DATA, memory)
    _set_limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _set_limit(resource.RLIMIT_FSIZE, LARGEST_FILE)
    _set_limit(resource.RLIMIT_CORE, 0)


def _set_limit(kind: int, amount: int) -> None:
    """Set a soft limit, within the hard one."""
    if sys.platform == "win32":
        return
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (amount if hard == resource.RLIM_INFINITY else min(amount, hard), hard))
