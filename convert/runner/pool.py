"""Processes of this machine and what each of them works on.  One that dies breaks nothing but its own batch.

Each process has a pipe of its own.  The batch of one that died is tried again in halves until one document is left; if
it took too long, document by document.  The last try of one that died has the machine to itself, so that a process
that was killed for what another one used (memory) does not lose its document.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic

from convert.errors import ConvertError, reason
from convert.messages import Message, message
from convert.runner.base import R, T, Worker, module_of, watches_itself
from convert.runner.child import END, Reply, serve
from convert.runner.watch import is_over_limit, timed_out
from convert.sandbox import abilities
from convert.sandbox.abilities import Abilities
from convert.sandbox.signals import signals_blocked
from convert.sandbox.starting import context, preload, start

QUEUED = 2
"""Batches that a process has at once, the second so that it need not wait for this process."""
STARTS = 3
"""Most processes in succession that may die before they are ready."""


_NEEDED = ("convert.readers.mirror.page", "convert.readers.mirror.html_body")
"""Modules that many documents need, which each process would import for itself because they are imported late."""


def abilities_of(make: Callable[[], object]) -> Abilities:
    """Return what the worker of a process may do; a program that calls the API names no places."""
    held = abilities.held()
    if watches_itself(make):
        return held.for_shards if held else Abilities(network=True)
    return (held or Abilities()).for_documents


class Batch(Generic[R]):
    """The results of a batch, as they come."""

    def __init__(self, size: int) -> None:
        self.results: list[Any] = [None] * size
        self.missing = size


class Piece(Generic[T, R]):
    """Items of a batch that are worked on together: all of them, until a process dies of them."""

    def __init__(self, items: list[T], batch: Batch[R], start: int = 0) -> None:
        self.items, self._batch, self._start = items, batch, start

    def finish(self, results: list[R]) -> None:
        """Put the results in their places in the batch."""
        self._batch.results[self._start : self._start + len(results)] = results
        self._batch.missing -= len(results)

    def halves(self) -> "tuple[Piece[T, R], Piece[T, R]]":
        """Return the two halves of the piece, as pieces."""
        half = len(self.items) // 2
        first, second = self.items[:half], self.items[half:]
        return Piece(first, self._batch, self._start), Piece(second, self._batch, self._start + half)

    def singles(self) -> "Iterator[Piece[T, R]]":
        """Yield each item as a piece."""
        for number, item in enumerate(self.items):
            yield Piece([item], self._batch, self._start + number)


class StoppedError(Exception):
    """Error for a pool that another thread has stopped."""


class _DiedError(Exception):
    """Error for a process that died before it sent its results."""


class Process(Generic[T, R]):
    """A worker process, and the pieces that it has and has not finished; it works on the first."""

    def __init__(self, make: Callable[[], Worker[T, R]], able: Abilities) -> None:
        self.pieces: deque[Piece[T, R]] = deque()
        self.ready = False
        """True once the process has made its worker."""
        processes = context()
        self.connection, theirs = processes.Pipe()
        self._process = processes.Process(target=serve, args=(theirs, make, able), daemon=True)
        start(self._process)
        theirs.close()  # from here on the connection breaks when the process ends

    def give(self, piece: Piece[T, R]) -> None:
        """Send a piece; if the process is dead, `receive` finds out."""
        self.pieces.append(piece)
        with suppress(OSError):
            self.connection.send_bytes(ForkingPickler.dumps(piece.items))

    def receive(self) -> None:
        """Wait for the next message, and take it.

        Raises:
            _DiedError: the process is dead.
        """
        try:
            reply: Reply = self.connection.recv()
        except (EOFError, OSError):
            raise _DiedError from None
        if reply.error:
            raise reply.error
        if self.ready:
            self.pieces.popleft().finish(reply.results)
        self.ready = True

    @property
    def hung(self) -> bool:
        """Return whether the system ended the process because it took too long."""
        return is_over_limit(self._process.exitcode)

    @property
    def number(self) -> int:
        """Return the number that the system has given the process."""
        return self._process.pid or 0

    def kill(self) -> None:
        """Kill the process; any thread may call it."""
        self._process.kill()

    def finish(self) -> None:
        """Let the process end when it is done with its pieces."""
        with suppress(OSError):
            self.connection.send_bytes(END)

    def end(self, seconds: float = 0) -> None:
        """End the process: kill it if it has not ended by itself in so many seconds."""
        if seconds:
            self._process.join(seconds)
        self._process.kill()
        self._process.join()
        self.connection.close()


class Pool(Generic[T, R]):
    """Worker processes, started as they are needed, and the pieces that none of them has yet."""

    def __init__(
        self, make: Callable[[], Worker[T, R]], workers: int, able: Abilities, lose: Callable[[T, Message], R]
    ) -> None:
        self._make, self._workers, self._able, self._lose = make, workers, able, lose
        self._processes: list[Process[T, R]] = []
        self._pieces: deque[Piece[T, R]] = deque()
        self._suspects: deque[Piece[T, R]] = deque()
        """Single items of which a process died; each is tried once more while nothing else is worked on."""
        self._failed_starts = 0
        self.stopped = False
        """True once `stop` was called: the pool is of no more use."""
        self._killed_for: Message | None = None

    def add(self, items: list[T]) -> Batch[R]:
        """Take a batch, and return where its results will be."""
        batch: Batch[R] = Batch(len(items))
        self._pieces.append(Piece(items, batch))
        self._feed()
        return batch

    def result(self, batch: Batch[R]) -> list[R]:
        """Wait for the results of a batch.

        Raises:
            StoppedError: another thread has stopped the pool.
        """
        self._receive(0)  # what others have finished meanwhile, so that none of them waits
        while batch.missing:
            self._receive()
        return batch.results

    def shut_down(self) -> None:
        """Let all processes end by themselves; nothing is left to do for them."""
        for process in self._processes:
            process.finish()
        for process in self._processes:
            process.end(10)
        self._processes.clear()

    def numbers(self) -> list[int]:
        """Return the numbers that the system has given the processes."""
        return [process.number for process in self._processes]

    def stop(self) -> None:
        """Kill all processes, and start no other; any thread may call it."""
        self.stopped = True
        self.interrupt()

    def interrupt(self, why: Message | None = None) -> None:
        """Kill all processes, as if the system had done it, for a reason that may be given; any thread may call it."""
        self._killed_for = why
        for process in list(self._processes):
            process.kill()

    def kill(self) -> None:
        """Kill all processes."""
        with signals_blocked():
            while self._processes:
                self._processes.pop().end()

    def _receive(self, seconds: float | None = None) -> None:
        """Wait for messages, for so many seconds at most, and give work to the processes that sent them."""
        waiting = {process.connection: process for process in self._processes}
        for connection in wait(list(waiting), seconds):
            process = waiting[connection]
            try:
                process.receive()
            except _DiedError:
                self._remove(process)
        self._feed()

    def _feed(self) -> None:
        """Give pieces to processes: one to each, then a second one to each while there are enough."""
        while self._suspects:
            if any(process.pieces for process in self._processes):
                return
            self._try_alone(self._suspects.popleft())
        while self._pieces:
            process = min(self._processes, key=lambda each: len(each.pieces), default=None)
            if len(self._processes) < self._workers and (process is None or process.pieces):
                process = self._start()
            assert process
            if process.pieces and (len(process.pieces) >= QUEUED or len(self._pieces) < self._workers):
                return
            process.give(self._pieces.popleft())

    def _start(self) -> Process[T, R]:
        if self.stopped:
            raise StoppedError
        self._killed_for = None
        try:
            preload([module_of(self._make), *_NEEDED])
            with signals_blocked():  # interrupted here, the process would be left, or print a traceback of its start
                self._processes.append(Process(self._make, self._able))
        except OSError as error:
            raise ConvertError(
                "worker processes cannot start: {reason}; run with --workers 1", reason=reason(error)
            ) from error
        return self._processes[-1]

    def _remove(self, process: Process[T, R]) -> None:
        """Take back the pieces of a dead process, and divide the one that it worked on.

        Of a process that took too long each item is tried alone, for a halving would wait as long again.
        """
        process.end()
        self._processes.remove(process)
        pieces = process.pieces
        if pieces and self._began(process):
            first = pieces.popleft()
            if process.hung and len(first.items) == 1:
                first.finish([self._lose(first.items[0], timed_out())])
            elif process.hung:
                pieces.extendleft(reversed([*first.singles()]))
            elif len(first.items) == 1:
                self._suspects.append(first)
            else:
                pieces.extendleft(reversed(first.halves()))
        self._pieces.extendleft(reversed(pieces))

    def _began(self, process: Process[T, R]) -> bool:
        """Return whether a dead process had a worker, so that its first piece may have killed it.

        Raises:
            ConvertError: processes keep dying before that.
        """
        self._failed_starts = 0 if process.ready else self._failed_starts + 1
        if self._failed_starts >= STARTS:
            raise ConvertError("worker processes end before they are ready (out of memory?); run with --workers 1")
        return process.ready

    def _try_alone(self, piece: Piece[T, R]) -> None:
        """Work on one item in a new process, while no other process works; if it dies, the item is lost."""
        process = self._start()
        process.give(piece)
        try:
            while process.pieces:
                process.receive()
        except _DiedError:
            if self._began(process):
                piece.finish([self._lose(piece.items[0], self._reason(process))])
            else:
                self._suspects.append(piece)
        process.end()
        self._processes.remove(process)

    def _reason(self, process: Process[T, R]) -> Message:
        """Return why a process died of its only item."""
        return timed_out() if process.hung else self._killed_for or message("dead-process")
