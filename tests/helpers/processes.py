"""Processes that a program under test may leave behind."""

import time
from collections.abc import Callable
from pathlib import Path


def processes_of(session: int) -> list[int]:
    """Return the living processes of a session."""
    alive = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        state, _, _, its = rest.split()[:4]
        if int(its) == session and state != "Z":
            alive.append(int(path.parent.name))
    return alive


def wait_until(condition: Callable[[], object], seconds: float = 60) -> bool:
    """Wait until a condition holds, and return whether it does."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(condition())
