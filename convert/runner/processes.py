"""Runner in processes of this machine.  A document that kills its process is reported; the others go on.

Each process has a pipe of its own, so that one that dies breaks nothing but its own batch.  That batch is tried again
in halves until one document is left; if it took too long, document by document.  The last try of one that died has the
machine to itself, so that a process that was killed for what another one used (memory) does not lose its document.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic

from convert.errors import ConvertError, reason
from convert.messages import Message, message
from convert.runner.base import Done, R, T, Worker, made_by, watches_itself
from convert.runner.child import END, Reply, serve
from convert.runner.watch import is_over_limit, timed_out
from convert.sandbox import abilities
from convert.sandbox.abilities import Abilities
from convert.sandbox.signals import signals_blocked
from convert.sandbox.starting import context, preload

AHEAD = 3
"""Batches of each worker between the one whose results are waited for and the newest: enough to keep all workers busy,
few enough to keep memory flat."""
QUEUED = 2
"""Batches that a process has at once, the second so that it need not wait for this process."""
LOST = 20
"""Most documents of a run that may be lost: more are no fault of documents, but of a system without memory."""
STARTS = 3
"""Most processes in succession that may die before they are ready."""


def run(
    make: Callable[[], Worker[T, R]], batches: Iterable[list[T] | Done[list[R]]], workers: int
) -> Iterator[list[R]]:
    """Yield the results of each batch, made by so many processes.

    Raises:
        ConvertError: processes cannot start, die before they are ready, or die of more than `LOST` documents.
    """
    pool = _Pool(make, workers)
    waiting: deque[_Batch[R] | Done[list[R]]] = deque()
    try:
        for batch in batches:
            waiting.append(batch if isinstance(batch, Done) else pool.add(batch))
            if len(waiting) >= workers * AHEAD:
                yield pool.result(waiting.popleft())
        while waiting:
            results = pool.result(waiting.popleft())
            if not waiting:  # the caller may take long, and much memory, for the last results
                pool.shut_down()
            yield results
    finally:
        pool.kill()


_NEEDED = "convert.readers.mirror.page"
"""Module that most documents need, which each process would import for itself because it is imported late."""


def _module(make: Callable[[], object]) -> str:
    """Return the module that every process needs to unpickle `make`."""
    return str(made_by(make).__module__)


def _abilities(make: Callable[[], object]) -> Abilities:
    """Return what the worker of a process may do; a program that calls the API names no places."""
    if watches_itself(make):
        return abilities.held() or Abilities(network=True)
    return (abilities.held() or Abilities()).for_documents


class _Batch(Generic[R]):
    """The results of a batch, as they come."""

    def __init__(self, size: int) -> None:
        self.results: list[Any] = [None] * size
        self.missing = size


class _Piece(Generic[T, R]):
    """Items of a batch that are worked on together: all of them, until a process dies of them."""

    def __init__(self, items: list[T], batch: _Batch[R], start: int = 0) -> None:
        self.items, self._batch, self._start = items, batch, start

    def finish(self, results: list[R]) -> None:
        """Put the results in their places in the batch."""
        self._batch.results[self._start : self._start + len(results)] = results
        self._batch.missing -= len(results)

    def halves(self) -> "tuple[_Piece[T, R], _Piece[T, R]]":
        """Return the two halves of the piece, as pieces."""
        half = len(self.items) // 2
        first, second = self.items[:half], self.items[half:]
        return _Piece(first, self._batch, self._start), _Piece(second, self._batch, self._start + half)

    def singles(self) -> "Iterator[_Piece[T, R]]":
        """Yield each item as a piece."""
        for number, item in enumerate(self.items):
            yield _Piece([item], self._batch, self._start + number)


class _DiedError(Exception):
    """Error for a process that died before it sent its results."""


class _Process(Generic[T, R]):
    """A worker process, and the pieces that it has and has not finished; it works on the first."""

    def __init__(self, make: Callable[[], Worker[T, R]]) -> None:
        self.pieces: deque[_Piece[T, R]] = deque()
        self.ready = False
        """True once the process has made its worker."""
        processes = context()
        self.connection, theirs = processes.Pipe()
        alone = not watches_itself(make)  # a daemonic process may have no processes of its own
        self._process = processes.Process(target=serve, args=(theirs, make, _abilities(make)), daemon=alone)
        self._process.start()
        theirs.close()  # from here on the connection breaks when the process ends

    def give(self, piece: _Piece[T, R]) -> None:
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


class _Pool(Generic[T, R]):
    """Worker processes, started as they are needed, and the pieces that none of them has yet."""

    def __init__(self, make: Callable[[], Worker[T, R]], workers: int) -> None:
        self._make, self._workers = make, workers
        self._processes: list[_Process[T, R]] = []
        self._pieces: deque[_Piece[T, R]] = deque()
        self._suspects: deque[_Piece[T, R]] = deque()
        """Single items of which a process died; each is tried once more while nothing else is worked on."""
        self._lost = self._failed_starts = 0

    def add(self, items: list[T]) -> _Batch[R]:
        """Take a batch, and return where its results will be."""
        batch: _Batch[R] = _Batch(len(items))
        self._pieces.append(_Piece(items, batch))
        self._feed()
        return batch

    def result(self, batch: "_Batch[R] | Done[list[R]]") -> list[R]:
        """Wait for the results of a batch."""
        if isinstance(batch, Done):
            return batch.value
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

    def _start(self) -> _Process[T, R]:
        try:
            preload([_module(self._make), _NEEDED])
            with signals_blocked():  # interrupted here, the process would be left, or print a traceback of its start
                self._processes.append(_Process(self._make))
        except OSError as error:
            raise ConvertError(
                "worker processes cannot start: {reason}; run with --workers 1", reason=reason(error)
            ) from error
        return self._processes[-1]

    def _remove(self, process: _Process[T, R]) -> None:
        """Take back the pieces of a dead process, and divide the one that it worked on.

        Of a process that took too long each item is tried alone, for a halving would wait as long again.
        """
        process.end()
        self._processes.remove(process)
        pieces = process.pieces
        if pieces and self._began(process):
            first = pieces.popleft()
            if process.hung and len(first.items) == 1:
                self._lose(first, timed_out())
            elif process.hung:
                pieces.extendleft(reversed([*first.singles()]))
            elif len(first.items) == 1:
                self._suspects.append(first)
            else:
                pieces.extendleft(reversed(first.halves()))
        self._pieces.extendleft(reversed(pieces))

    def _began(self, process: _Process[T, R]) -> bool:
        """Return whether a dead process had a worker, so that its first piece may have killed it.

        Raises:
            ConvertError: processes keep dying before that.
        """
        self._failed_starts = 0 if process.ready else self._failed_starts + 1
        if self._failed_starts >= STARTS:
            raise ConvertError("worker processes end before they are ready (out of memory?); run with --workers 1")
        return process.ready

    def _try_alone(self, piece: _Piece[T, R]) -> None:
        """Work on one item in a new process, while no other process works; if it dies, the item is lost."""
        process = self._start()
        process.give(piece)
        try:
            while process.pieces:
                process.receive()
        except _DiedError:
            if self._began(process):
                self._lose(piece, timed_out() if process.hung else message("dead-process"))
            else:
                self._suspects.append(piece)
        process.end()
        self._processes.remove(process)

    def _lose(self, piece: _Piece[T, R], why: Message) -> None:
        self._lost += 1
        if self._lost > LOST and not watches_itself(self._make):  # such a worker finds out which document it was
            raise ConvertError("worker processes died of too many documents (out of memory?); run with --workers 1")
        worker = self._make()
        try:
            piece.finish([worker.lost(piece.items[0], why)])
        finally:
            worker.close()
