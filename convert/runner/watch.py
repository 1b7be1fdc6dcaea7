"""The last wall around the work on one item: neither what hangs nor a fault of this program takes the others with it.

Reading is bounded by counted work (`convert/bounds.py`), so that the clock decides nothing about an ordinary document:
it ends only what would never end.
"""

import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

from convert.errors import ConvertError, fault_message
from convert.messages import Message, message
from convert.sandbox import abilities
from convert.text import printable, squeeze

T = TypeVar("T")
R = TypeVar("R")

SECONDS: float = 60
"""Processor time after which the work on an item is given up; the slowest document within the bounds takes a sixth."""
WALL_CLOCK_FACTOR = 10
"""Time on the clock after which it is given up, as a multiple of the processor time: other programs may be busy."""
WORDS = 200
"""Most characters that are said of what a document made this program try."""
_AGAIN = 1.0
"""Seconds between two looks at the processor time."""


class HungError(BaseException):
    """Error for work that is given up; no `Exception`, because many functions catch those and go on."""


class Watch:
    """Wall around the work on items, one after the other, in the main thread of a process; a context manager.

    Elsewhere, and where the system has no timers, what hangs is not noticed.  A timer interrupts Python and regular
    expressions; other code of C is interrupted when it returns, or in a worker process by the end of that process.

    With `around` false, it only makes faults of this program into results: the items are worked on by a worker that
    puts a wall around each of their documents.
    """

    def __init__(self, around: bool = True) -> None:
        self._around = around
        self._timed = False
        self._busy = False
        self._before: Any = None
        self._began = self._used = 0.0

    def __enter__(self) -> Self:
        self._timed = self._around and _has_timer()
        if self._timed:
            self._before = signal.signal(signal.SIGALRM, self._look)
        return self

    def __exit__(self, *error: object) -> None:
        if self._timed:
            for timer in (signal.ITIMER_REAL, signal.ITIMER_PROF):
                signal.setitimer(timer, 0)
            signal.signal(signal.SIGALRM, self._before)

    def attempt(self, work: Callable[[T], R], item: T, lost: Callable[[T, Message], R]) -> R:
        """Return the result of some work on an item, or what `lost` makes of the reason why there is none.

        The work may do no more than what the command is for (`convert/sandbox/abilities.py`).

        Raises:
            ConvertError: the work ends the whole run.
            MemoryError: a worker process has not enough memory; another one will try with less at once.
        """
        if not self._around:
            return self._attempt(work, item, lost)
        with abilities.document() as tried:
            result = self._attempt(work, item, lost)
        return lost(item, went_beyond(tried[0])) if tried else result

    def _attempt(self, work: Callable[[T], R], item: T, lost: Callable[[T, Message], R]) -> R:
        if self._timed:
            self._began, self._used = time.monotonic(), time.process_time()
            signal.setitimer(signal.ITIMER_REAL, SECONDS, min(_AGAIN, SECONDS))
            if _is_worker():
                signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)  # SIGPROF ends the process, whatever its code does
        try:
            self._busy = True
            try:
                return work(item)
            finally:
                self._busy = False
        except HungError:
            return lost(item, timed_out())
        except ConvertError:
            raise
        except MemoryError:
            if _is_worker():
                raise
            return lost(item, message("no-memory"))
        except Exception as error:  # a fault of ours
            return lost(item, fault_message(error))

    def _look(self, number: int, frame: object) -> None:
        used, passed = time.process_time() - self._used, time.monotonic() - self._began
        if self._busy and (used >= SECONDS or passed >= SECONDS * WALL_CLOCK_FACTOR):
            raise HungError


def _has_timer() -> bool:
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGALRM) is signal.SIG_DFL  # else it is the caller's


def _is_worker() -> bool:
    """Return whether this is a worker process; one that has not loaded `multiprocessing`, which takes long, is none."""
    module = sys.modules.get("multiprocessing")
    return module is not None and module.parent_process() is not None


def is_over_limit(exit_code: int | None) -> bool:
    """Return whether a process ended because the work on an item took too long."""
    return exit_code is not None and exit_code == -getattr(signal, "SIGPROF", 0) != 0


def timed_out() -> Message:
    """Return the message about an item that is given up."""
    return message("timed-out", seconds=SECONDS)


def went_beyond(tried: str) -> Message:
    """Return the message about an item that made this program try something that it is not for."""
    return message("forbidden-access", tried=printable(squeeze(tried, WORDS)))


BEYOND = "forbidden-access"
"""Id of that message."""
