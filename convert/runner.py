"""Runs a function over tasks, here or in processes; results come in the order of the tasks.  Knows no documents."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Any, Generic, TypeVar

from convert.errors import ConvertError

T = TypeVar("T")
R = TypeVar("R")

CHUNK = 100
"""Documents in a task: fewer cost more messages between processes, more leave too much of the work to one worker."""

SERIAL = 400
"""Up to this many documents, one process is done before others have started."""

AHEAD = 3
"""Tasks a worker is given ahead of the one whose result is waited for: enough to keep it busy, few enough to keep
memory flat."""


class Done(Generic[R]):
    """Among tasks, one whose result is there already: it comes in its turn."""

    def __init__(self, value: R) -> None:
        self.value = value

    def result(self) -> R:
        """The result, as of a task that was run."""
        return self.value


def processes() -> Any:
    """The context of `multiprocessing` in which processes are started.

    Never by forking this one: what is forked inherits locks and threads in whatever state they are.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing.resource_tracker import ensure_running  # which is not on every system

    ensure_running()  # left to the first process that is started, it would let signals through that are held back
    return multiprocessing.get_context("forkserver")


def prepare(modules: Iterable[str]) -> None:
    """Starts the server of which processes are forked, if there is one, and has it import `modules` while this process
    goes on: they are then imported once, and nobody waits for it."""
    context = processes()
    if context.get_start_method() == "forkserver":
        from multiprocessing.forkserver import ensure_running

        context.set_forkserver_preload(["__main__", *modules])
        with undisturbed():  # which the server inherits: interrupted, it would complain of half an import
            ensure_running()


def available() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items each, the last one shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def run(
    function: Callable[[T], R],
    tasks: Iterable[T | Done[R]],
    *,
    workers: int,
    start: Callable[..., None],
    arguments: tuple[object, ...],
) -> Iterator[R]:
    """`function` of each task, in their order.

    `start(*arguments)` is called once in each process first.  With one worker everything happens in this process.
    When the caller stops, in whatever way, no process is left.

    Raises:
        ConvertError: a worker process died.
    """
    if workers <= 1:
        start(*arguments)
        for task in tasks:
            yield task.value if isinstance(task, Done) else function(task)
        return
    pool = ProcessPoolExecutor(workers, processes(), initializer=_begin, initargs=(start, arguments))
    waiting: deque[Future[R] | Done[R]] = deque()
    try:
        for task in tasks:
            if isinstance(task, Done):
                waiting.append(task)
            else:
                with undisturbed():  # submitting may start a process, which would complain of half a start
                    waiting.append(pool.submit(function, task))
            if len(waiting) >= workers * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            result = waiting.popleft().result()
            if not waiting:  # what becomes of the last result may take long, and the processes much memory
                pool.shutdown()
            yield result
    except BrokenProcessPool:
        raise ConvertError(
            "a worker process ended unexpectedly (out of memory?); run again with --workers 1 to see at which document"
        ) from None
    finally:
        if waiting:  # in the middle of tasks that nobody waits for any more
            for process in list((pool._processes or {}).values()):
                process.kill()
            # One that was killed in the middle of a result leaves half of it in the pipe.  The pool's thread would wait
            # for the rest for ever, because this process holds the writing end too.
            pool._result_queue._writer.close()  # type: ignore[attr-defined]
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Holds signals back, where the system can, until the block ends."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def follow(last: Callable[[], object] = lambda: None) -> None:
    """Lets this process end when its parent has ended without a word (SIGKILL), whatever it is doing; `last` is called
    before.  A worker that waits for tasks would not notice: it holds the other end of that pipe too."""
    parent = multiprocessing.parent_process()

    def end() -> None:
        if parent:
            parent.join()
            last()
            os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def _begin(start: Callable[..., None], arguments: tuple[object, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal interrupts all processes; the parent ends them
    follow()
    start(*arguments)
