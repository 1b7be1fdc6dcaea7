"""Runner on the workers of a scheduler of Dask (dask.org), on this machine or on many.

A task is a batch.  On the worker, which is a process of Dask with threads of its own, a process of ours works on it
(`task.py`), because limits of time, abilities and the end of a document that kills its process need one.  This process
(`session.py`) keeps the tasks that are under way bounded, and yields their results in order.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from convert.runner.base import Cluster, Done, R, T, Worker
from convert.runner.cluster.address import address_of
from convert.runner.cluster.session import Session
from convert.runner.pool import Batch

WINDOW = 256
"""Batches between the one whose results are waited for and the newest: enough for the slowest of a large cluster."""


def run(
    make: Callable[[], Worker[T, R]],
    batches: Iterable[list[T] | Done[list[R]]],
    workers: int,
    cluster: Cluster | None = None,
) -> Iterator[list[R]]:
    """Yield the results of each batch; there are as many workers as the cluster has, whatever `workers` says.

    Raises:
        UsageError: the address of the scheduler is none, or one that anybody could use.
        ConvertError: the scheduler or all of its workers are gone, or a worker is of another version.
    """
    chosen = cluster or Cluster()
    address = address_of(chosen.scheduler)
    session: Session[T, R] | None = None
    waiting: deque[Batch[R] | Done[list[R]]] = deque()

    def results() -> list[R]:
        first = waiting.popleft()
        if isinstance(first, Done):
            return first.value
        assert session
        return session.result(first)

    try:
        for batch in batches:
            if isinstance(batch, Done):
                waiting.append(batch)
            else:
                session = session or Session(chosen, address, make)
                waiting.append(session.add(batch))
            if len(waiting) >= WINDOW:
                yield results()
        while waiting:
            found = results()
            if not waiting and session:  # as the other runners: nothing is left while the last results are used
                session.close()
            yield found
    finally:
        if session:
            session.close()
