"""Chunks → PDFs, each drawn in a sealed process, several at a time; results come in the order of the chunks.

An article that cannot be drawn within the limits is told and something stands in for it; the others are drawn all the
same.
"""

import atexit
import os
import secrets
import shutil
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from convert import runner
from convert.errors import ConvertError, MissingError
from convert.messages import Message, message
from convert.printing.model import Chunk, Drawn, Leaf
from convert.printing.process.child import Answer, Order, serve


class Limits(NamedTuple):
    """What drawing a chunk may use."""

    memory: int = 1 << 30
    """Bytes of a process's data."""
    worn: int = 400_000_000
    """A process that has used so many bytes is replaced by a new one: engines keep what they have laid out."""
    seconds: int = 30
    """Of processor time, and"""
    bytes_a_second: int = 20_000
    """so many bytes of an article a second more, of which an ordinary one takes a tenth, but for none more than"""
    longest: int = 120
    """seconds in all."""

    def time(self, chunk: Chunk) -> int:
        """The seconds of processor time that a chunk may take."""
        most = max(self.longest - self.seconds, 0)
        return self.seconds + sum(min(len(leaf.html) // self.bytes_a_second, most) for leaf in chunk.leaves)


PATIENCE = 20
"""A process that gets so little of a processor that it takes this many times as long by the clock is given up."""
SMALL = 1 << 28
"""Bytes up to which a process may wait for the next book, after one of no more than"""
FEW = 8
"""chunks: joining many takes memory enough."""
TIME_OVER, KILLED = getattr(signal, "SIGXCPU", 0), getattr(signal, "SIGKILL", 0)
"""How the system ends who has used up a limit; libraries of C abort where they get no memory."""
AHEAD = 2
"""Chunks a process is given ahead of the one whose result is waited for."""

StandIn = Callable[[Leaf, Message], Leaf]
"""What takes the place of a leaf that cannot be drawn, for a reason."""


class FailedError(Exception):
    """A chunk could not be drawn."""

    def __init__(self, said: Message) -> None:
        super().__init__(str(said))
        self.message = said


class KilledError(FailedError):
    """The process that drew it was killed, by whom is not known: a system short of memory does so."""


class ClosedError(Exception):
    """Nobody waits any more for what was to be drawn."""


class Proof(NamedTuple):
    """A chunk that was drawn, mostly in one piece, and what of it could not be: leaves and reasons."""

    drawn: list[Drawn]
    failures: list[tuple[Leaf, Message]]


class Press:
    """Processes that draw.  A context manager: when its block ends well, those that are small wait for the next book,
    because a process takes a second to get ready and there may be many volumes.  When it ends badly none is left."""

    def __init__(self, workers: int, limits: Limits = Limits()) -> None:  # noqa: B008 # which never changes
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="press")
        self._idle: SimpleQueue[_Child] = SimpleQueue()
        rested = [child for child in _resting if child.limits == limits][:workers]
        for child in rested:
            _resting.remove(child)
        self._children = rested + [_Child(limits) for _ in range(workers - len(rested))]
        for child in self._children:
            self._idle.put(child)
        self._waiting: deque[Future[Proof]] = deque()
        self._ahead = workers * AHEAD
        self._given = 0

    def __enter__(self) -> "Press":
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        done = kind is None and not self._waiting
        for future in self._waiting:
            future.cancel()
        for child in self._children:
            if done and child.memory <= SMALL and self._given <= FEW:
                _resting.append(child)
            else:
                child.close(kindly=done)
        self._threads.shutdown(wait=True, cancel_futures=True)

    def draw(self, chunks: Iterable[Chunk], stand_in: StandIn) -> Iterator[Proof]:
        """Each chunk as PDF.

        Raises:
            ConvertError: what all chunks need is missing, or what stands in for an article cannot be drawn either.
        """
        for chunk in chunks:
            self._given += 1
            self._waiting.append(self._threads.submit(self._proof, chunk, stand_in))
            while len(self._waiting) >= self._ahead:
                yield self._waiting.popleft().result()
        while self._waiting:
            yield self._waiting.popleft().result()

    def _proof(self, chunk: Chunk, stand_in: StandIn) -> Proof:
        child = self._idle.get()
        try:
            return _proof(child, chunk, stand_in)
        finally:
            self._idle.put(child)


def _proof(child: "_Child", chunk: Chunk, stand_in: StandIn) -> Proof:
    try:
        return Proof([child.draw(chunk)], [])
    except FailedError as failed:
        whole = failed.message
    failures: list[tuple[Leaf, Message]] = []
    leaves = list(chunk.leaves)
    for number, leaf in enumerate(chunk.leaves):
        reason = whole if len(leaves) == 1 else _why(child, replace(chunk, leaves=(leaf,)))
        if reason:
            failures.append((leaf, reason))
            leaves[number] = stand_in(leaf, reason)
            _pieces(child, replace(chunk, leaves=(leaves[number],)))  # if not even that can be drawn, nothing can
    return Proof(_pieces(child, replace(chunk, leaves=tuple(leaves)), whole=None if failures else whole), failures)


def _why(child: "_Child", chunk: Chunk) -> Message | None:
    """Why a chunk cannot be drawn; None if it can."""
    try:
        child.draw(chunk)
    except FailedError as failed:
        return failed.message
    return None


def _pieces(child: "_Child", chunk: Chunk, whole: Message | None = None) -> list[Drawn]:
    """A chunk of which every leaf can be drawn: in one piece, or in halves where all together take too much; `whole` is
    why they do, where that is known."""
    reason = whole
    if not whole:
        try:
            return [child.draw(chunk)]
        except FailedError as failed:
            reason = failed.message
    middle = len(chunk.leaves) // 2
    if not middle:
        assert reason
        label = chunk.leaves[0].label
        raise ConvertError(
            "the page that says that {path} cannot be drawn cannot be drawn: {reason}", path=label, reason=reason
        )
    halves = (chunk.leaves[:middle], chunk.leaves[middle:])
    return [drawn for half in halves for drawn in _pieces(child, replace(chunk, leaves=half))]


class _Child:
    """One process, started when it is needed and replaced when it is gone or worn."""

    starting = threading.Lock()

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.memory = 0
        """The most that it has used, in bytes."""
        self._context: Any = runner.processes()
        self._process: Any = None
        self._connection: Any = None
        self._folder = ""
        """For its temporary files: what it leaves there when it is killed goes with it."""
        self._closed = False

    def draw(self, chunk: Chunk) -> Drawn:
        """The chunk as PDF.  Raises FailedError, and ConvertError for what fails with every chunk."""
        order = Order(chunk, self.limits.time(chunk), self.limits.memory)
        try:
            answer = self._ask(order)
        except KilledError:  # it may not have been the fault of what is drawn
            answer = self._ask(order)
        self.memory = answer.memory
        if self.memory > self.limits.worn:
            self.retire()
        if answer.drawn is None:
            assert answer.reason
            if answer.lacking:
                raise MissingError(answer.reason)
            raise FailedError(answer.reason)
        return answer.drawn

    def _ask(self, order: Order) -> Answer:
        if self._process is None:
            with self.starting:
                if self._closed:
                    raise ClosedError
                self._folder = os.path.join(tempfile.gettempdir(), f"convert-{secrets.token_hex(8)}")
                self._connection, theirs = self._context.Pipe()
                arguments = (theirs, self.limits.memory, self._folder)
                self._process = self._context.Process(target=serve, args=arguments, daemon=True)
                self._process.start()
                theirs.close()
        try:
            self._connection.send_bytes(msgspec.msgpack.encode(order))
            if not self._connection.poll(order.seconds * PATIENCE):
                raise EOFError
            return msgspec.msgpack.decode(self._connection.recv_bytes(), type=Answer)
        except (EOFError, OSError):
            raise self._obituary(order) from None

    def _obituary(self, order: Order) -> FailedError:
        """Ends what is left of the process, and says why it is gone."""
        process = self._process
        if process is None:
            raise ClosedError
        process.join(5)
        code = process.exitcode
        self.retire(kindly=False)
        if code == -KILLED:
            return KilledError(order.exceeded)
        if code in (None, -TIME_OVER, -signal.SIGABRT):
            return FailedError(order.exceeded)
        return FailedError(message("drawing-ended", code=code))

    def close(self, *, kindly: bool) -> None:
        """Ends the process for good: none is started any more."""
        with self.starting:
            self._closed = True
        self.retire(kindly=kindly)

    def retire(self, *, kindly: bool = True) -> None:
        """Ends the process, if there is one, at once or when it has nothing more to do."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is None:
            return
        if kindly:
            with suppress(OSError):
                connection.send_bytes(b"")
            process.join(10)
        if process.is_alive():
            process.kill()
            process.join()
        connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)


_resting: list[_Child] = []


@atexit.register
def dismiss() -> None:
    """Ends the processes that wait for another book."""
    while _resting:
        _resting.pop().close(kindly=True)
