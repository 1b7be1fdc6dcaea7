"""The side of a cluster's worker: what a task does there.

A worker of Dask is a process with several threads, not held to anything.  So a process of ours works on each batch. It
stays for the next task of the run, and ends when no task has come for some seconds, when nobody waits for its task any
more, when it has more memory than its share, and when the worker itself is gone, even by SIGKILL.
"""

import pickle
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.reduction import ForkingPickler
from typing import Any, NamedTuple

from convert.messages import Message, message
from convert.runner.base import module_of, watches_itself
from convert.runner.pool import Pool, StoppedError
from convert.sandbox import temporary
from convert.sandbox.abilities import Abilities

IDLE = 3
"""Seconds without a task after which a process is ended."""
_LOOK = 1.0
"""Seconds between two looks at the processes."""

Identify = Callable[[], Mapping[str, str]]


class Lost(NamedTuple):
    """Reason why an item has no result; the process that asked makes the result."""

    why: Message


class Answer(NamedTuple):
    """Results of a batch, each of which may be `Lost`.

    Or else `error`, the exception that ends the run, or `identity`, the versions of a worker that has others.
    """

    results: list[Any]
    error: Exception | None = None
    identity: Mapping[str, str] | None = None
    worker: str = ""


class Packed:
    """Pickled function that makes a worker; nothing of it is imported before it is called."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.module, self.watches_itself = module_of(make), watches_itself(make)
        self._data = bytes(ForkingPickler.dumps(make))

    def __call__(self) -> Any:
        """Return a new worker."""
        return pickle.loads(self._data)()  # noqa: S301 # of the process that asked


@dataclass(frozen=True)
class Order:
    """The work of a run, as each of its tasks brings it along."""

    run: str
    identify: Identify
    identity: Mapping[str, str]
    make: Packed
    able: Abilities


def identity(identify: Identify) -> Mapping[str, str]:
    """Return the versions of this process."""
    return {"Python": ".".join(platform.python_version_tuple()[:2]), **identify()}


def work(order: Order, items: bytes, key: str) -> Answer:
    """Return the results of the pickled items of a task.

    Raises:
        StoppedError: nobody waits for them any more.
    """
    from distributed import get_worker

    worker = get_worker()
    if (mine := identity(order.identify)) != order.identity:
        return Answer([], identity=mine, worker=worker.address)
    with _desk(order, worker, key) as desk:
        try:
            return Answer(desk.pool.result(desk.pool.add(pickle.loads(items))))  # noqa: S301 # as above
        except StoppedError:
            raise
        except Exception as error:
            desk.pool.stop()
            return Answer([], error)


# --- the processes of this worker -------------------------------------------------------------------------------------


@dataclass
class _Desk:
    """A pool of one process, and the task that it works on."""

    run: str
    pool: Pool[Any, Any]
    worker: Any
    key: str
    since: float = field(default_factory=time.monotonic)

    @property
    def wanted(self) -> bool:
        """Return whether somebody waits for the task: the scheduler withdraws it when the driver ends or is killed."""
        task = self.worker.state.tasks.get(self.key)
        return task is not None and task.state != "cancelled"

    @property
    def share(self) -> float:
        """Return how much memory the process may have: that of the worker, by its threads; 0 is no limit."""
        return float(self.worker.memory_manager.memory_limit or 0) / float(self.worker.state.nthreads)


_desks: list[_Desk] = []
_lock = threading.Lock()
_watcher: threading.Thread | None = None


@contextmanager
def _desk(order: Order, worker: Any, key: str) -> Iterator[_Desk]:
    """Yield a desk of this run that is free, or a new one, and free it."""
    global _watcher
    with _lock:
        desk = next((each for each in _desks if each.run == order.run and not each.key), None)
        if desk is None:
            temporary.be_head()
            pool: Pool[Any, Any] = Pool(order.make, 1, order.able, lambda item, why: Lost(why))
            _desks.append(desk := _Desk(order.run, pool, worker, key))
        desk.key = key
        if _watcher is None:
            _watcher = threading.Thread(target=_watch, daemon=True)
            _watcher.start()
    try:
        yield desk
    finally:
        with _lock:
            desk.key, desk.since = "", time.monotonic()
            if desk.pool.stopped:
                _desks.remove(desk)
        if desk.pool.stopped:
            desk.pool.kill()


def _watch() -> None:
    """End processes that are not needed, until there are none."""
    global _watcher
    while True:
        time.sleep(_LOOK)
        with _lock:
            idle = [each for each in _desks if not each.key and time.monotonic() - each.since > IDLE]
            _desks[:] = [each for each in _desks if each not in idle]
            for desk in _desks:
                if desk.key and not desk.wanted:
                    desk.pool.stop()
                elif desk.key and desk.share and _memory(desk.pool.numbers()) > desk.share:
                    desk.pool.interrupt(message("no-memory"))
            if done := not _desks:
                _watcher = None
        for desk in idle:
            desk.pool.shut_down()
        if done:
            return


def _memory(numbers: list[int]) -> int:
    """Return the memory of processes and of all that they have started, in bytes."""
    from psutil import Error, Process  # Dask needs it too

    total = 0
    for number in numbers:
        try:
            process = Process(number)
            for each in (process, *process.children(recursive=True)):
                total += each.memory_info().rss
        except Error:  # it has ended
            continue
    return total
