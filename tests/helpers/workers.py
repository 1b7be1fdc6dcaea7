"""Workers for tests of runners; a module of its own because each worker process imports it, and the less the faster."""

import ctypes
import multiprocessing
import os
import re
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from convert.errors import ConvertError, UsageError
from convert.messages import Message
from convert.runner import run, watch
from convert.runner.base import chunks

Result = tuple[int, int, bytes]
"""Result: the double of a number, the process that made it, and bytes to fill the pipe."""


def segfault() -> None:
    ctypes.string_at(0)


def leave() -> None:
    sys.exit(1)


def no_memory() -> None:
    raise MemoryError


DEATHS: dict[str, Callable[[], object]] = {
    "SIGKILL": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "SIGTERM": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "SIGSEGV": segfault,
    "SIGABRT": os.abort,
    "exit": lambda: os._exit(0),
    "sys.exit": leave,
    "MemoryError": no_memory,
}


class Double:
    """Worker that doubles numbers, dies of some, and records its work in a file."""

    def __init__(
        self, deadly: Iterable[int] = (), death: str = "exit", log: str = "", starts: int = 99, size: int = 0
    ) -> None:
        self.deadly, self.death, self.log, self.result_size = frozenset(deadly), death, log, size
        if multiprocessing.parent_process() and self._note("made") > starts:
            os._exit(9)

    def __call__(self, number: int) -> Result:
        self._note(str(number))
        if number in self.deadly:
            assert multiprocessing.parent_process()
            time.sleep(0.02)  # others are at work meanwhile
            DEATHS[self.death]()
        return 2 * number, os.getpid(), bytes(self.result_size)

    def lost(self, number: int, why: Message) -> Result:
        assert not multiprocessing.parent_process()
        return -number, os.getpid(), b""

    def close(self) -> None:
        self._note("closed")

    def _note(self, word: str) -> int:
        if not self.log:
            return 0
        with open(self.log, "a+", encoding="ascii") as file:
            file.write(f"{word}\n")
            file.flush()
            file.seek(0)
            return file.read().split().count(word)


class Fails(Double):
    """Worker that raises an exception on a document, that ends the run."""

    def __call__(self, number: int) -> Result:
        if number == 5:
            raise UsageError("five")
        return super().__call__(number)


class Faulty(Double):
    """Worker that has a fault, and returns the reason for a lost item in its result."""

    def __call__(self, number: int) -> Result:
        if number == 5:
            raise ZeroDivisionError("a fault")
        return super().__call__(number)

    def lost(self, number: int, why: Message) -> Result:
        return -number, os.getpid(), why.id.encode()


def loop() -> None:
    while True:
        with suppress(Exception):
            int("x")


HANGS: dict[str, Callable[[], object]] = {
    "Python": loop,
    "regular expression": lambda: re.match("(a+)+$", "a" * 60 + "b"),
    "waiting": lambda: time.sleep(600),
    "C": lambda: max(range(10**13)),
}
"""Work without an end; that in C cannot be interrupted."""


class Hangs(Faulty):
    """Worker that hangs on a number, and gives work up after a fraction of a second."""

    def __init__(self, hang: str) -> None:
        super().__init__()
        self.hang, watch.SECONDS = hang, 0.3

    def __call__(self, number: int) -> Result:
        if number == 5:
            HANGS[self.hang]()
        return 2 * number, os.getpid(), b""


class FailsToPickle(Double):
    """Worker that raises an exception which cannot be sent to another process."""

    def __call__(self, number: int) -> Result:
        class LocalError(ConvertError):
            pass

        raise LocalError("here only")


class FailsToStart(Double):
    """Worker that cannot be made."""

    def __init__(self) -> None:
        raise UsageError("no worker")


class DiesBesideOthers(Double):
    """Worker that dies of a document only while other processes work, like one that is killed for their memory."""

    def __call__(self, number: int) -> Result:
        mine = f"{self.log}.{os.getpid()}"
        Path(mine).touch()
        try:
            time.sleep(0.05)
            for _ in range(40 if number == 9 else 0):  # others are between two documents for a moment
                if len(list(Path(self.log).parent.glob("log.*"))) > 1:
                    Path(mine).unlink()
                    os._exit(9)
                time.sleep(0.01)
            return super().__call__(number)
        finally:
            Path(mine).unlink(missing_ok=True)


class Shards(Faulty):
    """Worker that has many documents in an item, watches them itself, and works on them in a process of its own."""

    watches_itself = True

    def __call__(self, number: int) -> Result:
        if number in self.deadly:
            DEATHS[self.death]()
        if number == 5:
            raise ZeroDivisionError("a fault")
        inside = run(partial(Faulty, {7}), chunks(range(number, number + 3), 3), workers=1, name="processes")
        return sum(value for batch in inside for value, _, _ in batch), os.getpid(), b""


class Reaches(Faulty):
    """Worker that does with a number what another machine must not let it do."""

    def __call__(self, number: int) -> Result:
        if number == 5:
            socket.create_connection(("127.0.0.1", 9))
        if number == 6:
            Path(tempfile.gettempdir(), "reached").write_text("x", "ascii")
        return super().__call__(number) if number != 5 else (0, 0, b"")


class Hungry(Faulty):
    """Worker that needs half a gigabyte of memory for a number."""

    def __call__(self, number: int) -> Result:
        if number == 5:
            held = b"x" * (512 << 20)
            time.sleep(60)
            return len(held), 0, b""
        return 2 * number, os.getpid(), b""


class KillsItsMachine(Faulty):
    """Worker that kills the process of Dask which its own process serves, as a system without memory may."""

    def __call__(self, number: int) -> Result:
        if number == 5:
            server = os.getppid()
            os.kill(int(Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[1]), signal.SIGKILL)
            time.sleep(60)
        return 2 * number, os.getpid(), b""


class Slow(Double):
    """Worker that takes a moment for each number."""

    def __call__(self, number: int) -> Result:
        time.sleep(0.05)
        return super().__call__(number)


def versions() -> dict[str, str]:
    """Return the versions of this process, which tests change by its environment."""
    return {"archive-convert": os.environ.get("TEST_VERSION", "1")}
