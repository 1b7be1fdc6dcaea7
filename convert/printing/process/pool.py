"""Chunks → PDFs, each drawn in a sealed process, several at a time; results come in the order of the chunks.

An article that cannot be drawn within the limits is reported and replaced by a placeholder; the others are drawn.
"""

import atexit
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from convert.errors import ConvertError, MissingError, reason
from convert.messages import Message, message
from convert.printing.model import Chunk, Drawn, PrintSection
from convert.printing.process.request import DrawRequest, DrawResult, answer
from convert.sandbox.process import (
    ClosedError,
    ExceededError,
    ForbiddenError,
    KilledError,
    SandboxError,
    SealedProcess,
)
from convert.text import printable, squeeze


class Limits(NamedTuple):
    """Limits on the resources for drawing a chunk."""

    memory: int = 1 << 30
    """Most bytes of a process's data."""
    recycle_bytes: int = 400_000_000
    """Bytes of memory use above which a process is replaced by a new one, because engines do not free layouts."""
    seconds: int = 30
    """Seconds of processor time for a chunk, without its articles."""
    bytes_a_second: int = 20_000
    """Bytes of an article for which a second is added, ten times as long as an ordinary article needs."""
    longest: int = 120
    """Most seconds for an article, `seconds` included."""

    def time(self, chunk: Chunk) -> int:
        """Return the seconds of processor time that a chunk may take."""
        most = max(self.longest - self.seconds, 0)
        return self.seconds + sum(min(len(section.html) // self.bytes_a_second, most) for section in chunk.sections)


REUSE_BYTES, REUSE_CHUNKS = 1 << 28, 8
"""Most bytes of a process's memory, and most chunks of its book, for which it waits for the next book; joining a large
book needs the memory itself."""
AHEAD = 2
"""Chunks queued for each process."""

StandIn = Callable[[PrintSection, Message], PrintSection]
"""Function that makes the section to draw in place of one that cannot be drawn, from that section and the reason."""


class FailedError(Exception):
    """Failure to draw a chunk, with the reason."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


class ChunkResult(NamedTuple):
    """Chunk as PDF, mostly in one piece, and the sections that could not be drawn, each with the reason."""

    drawn: list[Drawn]
    failures: list[tuple[PrintSection, Message]]


class DrawingPool:
    """Sealed processes that draw chunks; a context manager.

    When its block ends without an exception, small processes wait for the next book, because starting one takes a
    second and there may be many volumes.  Else all processes are killed.
    """

    def __init__(self, workers: int, limits: Limits = Limits()) -> None:  # noqa: B008 # immutable
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="draw")
        reused = [process for process in _idle if process.limits == limits][:workers]
        for process in reused:
            _idle.remove(process)
        self._processes = reused + [DrawingProcess(limits) for _ in range(workers - len(reused))]
        self._free: SimpleQueue[DrawingProcess] = SimpleQueue()
        for process in self._processes:
            self._free.put(process)
        self._waiting: deque[Future[ChunkResult]] = deque()
        self._ahead = workers * AHEAD
        self._chunks = 0

    def __enter__(self) -> "DrawingPool":
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        succeeded = kind is None and not self._waiting
        for future in self._waiting:
            future.cancel()
        for process in self._processes:
            if succeeded and process.memory <= REUSE_BYTES and self._chunks <= REUSE_CHUNKS:
                _idle.append(process)
            else:
                process.close(kill=not succeeded)
        self._threads.shutdown(wait=True, cancel_futures=True)

    def draw(self, chunks: Iterable[Chunk], stand_in: StandIn) -> Iterator[ChunkResult]:
        """Yield each chunk as PDF.

        Raises:
            ConvertError: the system lacks what every chunk needs, or a placeholder cannot be drawn either.
        """
        for chunk in chunks:
            self._chunks += 1
            self._waiting.append(self._threads.submit(self._draw, chunk, stand_in))
            while len(self._waiting) >= self._ahead:
                yield self._waiting.popleft().result()
        while self._waiting:
            yield self._waiting.popleft().result()

    def _draw(self, chunk: Chunk, stand_in: StandIn) -> ChunkResult:
        process = self._free.get()
        try:
            return draw_or_replace(process, chunk, stand_in)
        finally:
            self._free.put(process)


class DrawingProcess:
    """Sealed process that draws under limits, replaced by a new one after it has used much memory."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._process = SealedProcess(answer, limits.memory)

    @property
    def memory(self) -> int:
        """Return the most memory that the process has used, in bytes."""
        return self._process.memory

    def draw(self, chunk: Chunk) -> Drawn:
        """Return a chunk as PDF.

        Raises:
            FailedError: it cannot be drawn, or not within the limits.
            MissingError: the system lacks what every chunk needs.
            ConvertError: no process can start.
        """
        request = DrawRequest(chunk, self.limits.time(chunk), self.limits.memory)
        try:
            try:
                result = self._ask(request)
            except KilledError:  # perhaps because another program used the memory: retry once
                result = self._ask(request)
        except ClosedError:
            raise
        except ExceededError:
            raise FailedError(request.exceeded) from None
        except ForbiddenError as error:
            raise FailedError(message("drawing-forbidden", tried=printable(squeeze(error.tried, 200)))) from None
        except SandboxError as error:
            raise FailedError(message("drawing-ended", code=error.exit_code)) from None
        except OSError as error:
            raise ConvertError("processes that draw cannot start: {reason}", reason=reason(error)) from error
        if self.memory > self.limits.recycle_bytes:
            self._process.stop()
        if result.drawn is None:
            assert result.reason
            raise MissingError(result.reason) if result.missing else FailedError(result.reason)
        return result.drawn

    def close(self, *, kill: bool = False) -> None:
        """End the process for good."""
        self._process.close(kill=kill)

    def _ask(self, request: DrawRequest) -> DrawResult:
        data = self._process.ask(msgspec.msgpack.encode(request), request.seconds)
        return msgspec.msgpack.decode(data, type=DrawResult)


# --- chunks that cannot be drawn in one piece -------------------------------------------------------------------------


def draw_or_replace(process: DrawingProcess, chunk: Chunk, stand_in: StandIn) -> ChunkResult:
    """Draw a chunk; if that fails, draw each section alone to find those that cannot be drawn, and replace them."""
    try:
        return ChunkResult([process.draw(chunk)], [])
    except FailedError as failed:
        whole = failed.reason
    failures: list[tuple[PrintSection, Message]] = []
    sections = list(chunk.sections)
    for number, section in enumerate(chunk.sections):
        reason = whole if len(sections) == 1 else _failure(process, replace(chunk, sections=(section,)))
        if reason:
            failures.append((section, reason))
            sections[number] = stand_in(section, reason)
            _draw_pieces(process, replace(chunk, sections=(sections[number],)))  # raises if not even that can be drawn
    drawn = _draw_pieces(process, replace(chunk, sections=tuple(sections)), failed=None if failures else whole)
    return ChunkResult(drawn, failures)


def _failure(process: DrawingProcess, chunk: Chunk) -> Message | None:
    """Return why a chunk cannot be drawn, or None if it can."""
    try:
        process.draw(chunk)
    except FailedError as failed:
        return failed.reason
    return None


def _draw_pieces(process: DrawingProcess, chunk: Chunk, failed: Message | None = None) -> list[Drawn]:
    """Draw a chunk whose sections can all be drawn: in one piece, or in halves if the whole exceeds the limits.

    `failed` is the reason why the whole cannot be drawn, if that was tried before.
    """
    reason = failed
    if not failed:
        try:
            return [process.draw(chunk)]
        except FailedError as error:
            reason = error.reason
    middle = len(chunk.sections) // 2
    if not middle:
        assert reason
        raise ConvertError(
            "the page that says that {path} cannot be drawn cannot be drawn: {reason}",
            path=chunk.sections[0].label,
            reason=reason,
        )
    halves = (chunk.sections[:middle], chunk.sections[middle:])
    return [drawn for half in halves for drawn in _draw_pieces(process, replace(chunk, sections=half))]


# --- processes that wait for the next book ----------------------------------------------------------------------------

_idle: list[DrawingProcess] = []


@atexit.register
def shutdown_idle() -> None:
    """End the processes that wait for the next book."""
    while _idle:
        _idle.pop().close()
