"""The process that draws: what it may use is limited, it opens no socket and starts no program, and whatever becomes of
it, the one that asked goes on."""

import gc
import os
import shutil
import signal
import sys
import tempfile
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import msgspec
from msgspec import Struct

from convert import runner
from convert.errors import ConvertError, MissingError
from convert.messages import Message, message
from convert.printing.drawing import draw
from convert.printing.model import Chunk, Drawn

if sys.platform != "win32":
    import resource

FILES = 256
"""Files open at once: fonts, packages and a little more."""
LARGEST = 1 << 27
"""Bytes of the largest file that it may write: a copy of a font, for fontconfig."""


class Order(Struct, frozen=True):
    """What a process is asked for."""

    chunk: Chunk
    seconds: int
    """Of processor time."""
    memory: int
    """Bytes of its data, from when the process began."""

    @property
    def exceeded(self) -> Message:
        """What is said where that was not enough.  Which of the two was used up first may differ from run to run."""
        return message("drawing-limit", seconds=self.seconds, memory=self.memory >> 20)


class Answer(Struct, frozen=True):
    """What comes of it."""

    drawn: Drawn | None = None
    reason: Message | None = None
    """Why nothing was drawn."""
    memory: int = 0
    """The most that the process has used so far, in bytes."""
    lacking: bool = False
    """Whether the reason is one that holds for all chunks: the system lacks something."""


def serve(connection: Connection, memory: int, folder: str) -> None:
    """Draws what comes by the connection until nothing more comes, in no more than `memory` bytes; temporary files are
    in `folder`, which is made here and goes when the one that asked is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal interrupts all processes; the parent ends them
    runner.follow(partial(shutil.rmtree, folder, ignore_errors=True))
    os.mkdir(folder, 0o700)
    tempfile.tempdir = folder
    _silence()
    _limit(memory)
    sys.addaudithook(_refuse)
    while True:
        try:
            data = connection.recv_bytes()
        except EOFError:
            return
        if not data:
            return
        gc.disable()  # engines make so many objects that looking for garbage takes a tenth of the time and more
        connection.send_bytes(msgspec.msgpack.encode(_draw(msgspec.msgpack.decode(data, type=Order))))
        gc.enable()
        gc.collect()


def _draw(order: Order) -> Answer:
    _allow(order.seconds)
    try:
        drawn = draw(order.chunk)
    except ConvertError as error:
        return Answer(None, error.message, _memory(), isinstance(error, MissingError))
    except MemoryError:
        return Answer(None, order.exceeded, _memory())
    except RecursionError:
        return Answer(None, message("drawing-depth"), _memory())
    except Exception as error:  # a fault of an engine must not take the other articles with it
        said = message("drawing-failure", error=type(error).__name__, words=str(error)[:300])
        return Answer(None, said, _memory())
    return Answer(drawn, None, _memory())


# --- the seal ---------------------------------------------------------------------------------------------------------


def _silence() -> None:
    """Libraries in C write their complaints to where standard error is; what matters of them comes as a result."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _limit(memory: int) -> None:
    """Limits of setrlimit(2), where the system has them."""
    if sys.platform == "win32":
        return
    for what, amount in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (most, hard))


def _allow(seconds: int) -> None:
    """So much processor time from now on; then the system ends the process (SIGXCPU)."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _memory() -> int:
    if sys.platform == "win32":
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


REFUSED = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "ftplib.",
    "http.",
)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578), which stays for good."""
    if event.startswith(REFUSED):
        raise PermissionError(f"drawing asked for {event}, which it may not")
