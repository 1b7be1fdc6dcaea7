"""A sealed process that answers requests.  Whatever becomes of it, the process that asked goes on.

The parent takes nothing but bytes from it, and never unpickles them: what it reads or draws is hostile.
"""

import gc
import os
import secrets
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from convert.sandbox import abilities
from convert.sandbox.abilities import Abilities
from convert.sandbox.places import NOWHERE
from convert.sandbox.seal import allow_cpu_time, peak_memory, seal
from convert.sandbox.starting import context, exit_with_parent, ignore_interrupts, start
from convert.sandbox.temporary import folder

Handler = Callable[[bytes], bytes]
"""Function that answers a request in the sealed process.  It is pickled, so it is a function of a module."""

WALL_CLOCK_FACTOR = 20
"""Timeout of an answer, as a multiple of its processor time: processes may get little of a busy processor."""
TIME_OVER, KILLED = getattr(signal, "SIGXCPU", 0), getattr(signal, "SIGKILL", 0)
"""Signals by which the system ends a process at a limit; C libraries that get no memory abort it (SIGABRT)."""
_WORD = 8
"""Bytes of a number between the two processes."""


class SandboxError(Exception):
    """Error for a sealed process that gave no answer."""

    def __init__(self, exit_code: int = 0) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


class ExceededError(SandboxError):
    """Error for a process that exceeded its processor time, its memory or the timeout; which may vary by run."""


class KilledError(ExceededError):
    """Error for a process that something else killed, as a system short of memory does."""


class ForbiddenError(SandboxError):
    """Error for a process that tried what no sealed process may; `tried` says what."""

    def __init__(self, tried: str) -> None:
        super().__init__()
        self.tried = tried


class ClosedError(SandboxError):
    """Error for a process that was closed, or is being closed by another thread."""


class SealedProcess:
    """Sealed process that is started at the first request, and again at the next one after it was ended."""

    _starting = threading.Lock()

    def __init__(self, handler: Handler, memory: int) -> None:
        self.memory = 0
        """The most memory that the process has used, in bytes."""
        self._handler, self._limit = handler, memory
        self._process: Any = None
        self._connection: Any = None
        self._folder = ""
        """Folder of the process's temporary files, removed with the process, also if that was killed."""
        self._closed = False

    def ask(self, request: bytes, seconds: int) -> bytes:
        """Return the answer to a request, which may take so many seconds of processor time.

        Raises:
            ForbiddenError: it tried what no sealed process may.
            SandboxError: no answer came.  The process is gone; the next request starts another.
        """
        if self._process is None:
            self._start()
        connection = self._connection
        if connection is None:
            raise ClosedError
        try:
            connection.send_bytes(seconds.to_bytes(_WORD, "big"))
            connection.send_bytes(request)
            if not connection.poll(seconds * WALL_CLOCK_FACTOR):
                raise EOFError
            self.memory = int.from_bytes(connection.recv_bytes(_WORD), "big")
            tried: bytes = connection.recv_bytes()
            answer: bytes = connection.recv_bytes()
        except (EOFError, OSError):
            raise self._exit_reason() from None
        if tried:
            raise ForbiddenError(tried.decode("utf-8", "replace"))
        return answer

    def stop(self, *, kill: bool = False) -> None:
        """End the process, if there is one: at once, or when it has nothing more to do."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is None:
            return
        if not kill:
            with suppress(OSError):
                connection.send_bytes(b"")
            process.join(10)
        if process.is_alive():
            process.kill()
            process.join()
        connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def close(self, *, kill: bool = False) -> None:
        """End the process for good: no other is started."""
        with self._starting:
            self._closed = True
        self.stop(kill=kill)

    def _start(self) -> None:
        with self._starting:
            if self._closed:
                raise ClosedError
            processes = context()
            self._folder = os.path.join(folder(), secrets.token_hex(8))
            self._connection, theirs = processes.Pipe()
            arguments = theirs, self._handler, self._limit, self._folder
            self._process = processes.Process(target=_serve, args=arguments, daemon=True)
            start(self._process)
            theirs.close()

    def _exit_reason(self) -> SandboxError:
        """End what is left of the process, and return why it gave no answer."""
        process = self._process
        if process is None:
            return ClosedError()
        process.join(5)
        code = process.exitcode
        self.stop(kill=True)
        if code == -KILLED:
            return KilledError(code)
        if code in (None, -TIME_OVER, -signal.SIGABRT):
            return ExceededError(code or 0)
        return SandboxError(code)


def _serve(connection: Connection, handler: Handler, memory: int, folder: str) -> None:
    """Answer the requests of a connection until it ends, with `folder` for temporary files."""
    ignore_interrupts()
    exit_with_parent(partial(shutil.rmtree, folder, ignore_errors=True))
    os.mkdir(folder, 0o700)
    tempfile.tempdir = folder
    seal(memory)
    abilities.hold(Abilities(writes=NOWHERE, kept=NOWHERE, reads=NOWHERE), sealed=True)
    settled = False
    while seconds := _received(connection):
        request = connection.recv_bytes()
        gc.disable()  # engines make so many objects that looking for garbage takes a tenth of the time and more
        allow_cpu_time(int.from_bytes(seconds, "big"))
        with abilities.document() as tried:
            answer = handler(request)
        connection.send_bytes(peak_memory().to_bytes(_WORD, "big"))
        connection.send_bytes(tried[0].encode("utf-8", "replace") if tried else b"")
        connection.send_bytes(answer)
        del request, answer
        gc.enable()
        gc.collect()
        if not settled:  # what the first answer has imported stays: looking through it takes 25 ms each time
            gc.freeze()
            settled = True
    abilities.release()  # nothing hostile is left


def _received(connection: Connection) -> bytes:
    try:
        return connection.recv_bytes()
    except EOFError:
        return b""
