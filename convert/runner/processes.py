"""Runner in processes of this machine.  A document that kills its process is reported; the others go on."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic

from convert.errors import ConvertError
from convert.messages import Message
from convert.runner.base import Cluster, Done, R, T, Worker, watches_itself
from convert.runner.pool import Batch, Pool, abilities_of

AHEAD = 3
"""Batches of each worker between the one whose results are waited for and the newest: enough to keep all workers busy,
few enough to keep memory flat."""
LOST = 20
"""Most documents of a run that may be lost: more are no fault of documents, but of a system without memory."""


def run(
    make: Callable[[], Worker[T, R]],
    batches: Iterable[list[T] | Done[list[R]]],
    workers: int,
    cluster: Cluster | None = None,
) -> Iterator[list[R]]:
    """Yield the results of each batch, made by so many processes; there is no cluster, whatever `cluster` says.

    Raises:
        ConvertError: processes cannot start, die before they are ready, or die of more than `LOST` documents.
    """
    pool = Pool(make, workers, abilities_of(make), Losses(make))
    waiting: deque[Batch[R] | Done[list[R]]] = deque()

    def results() -> list[R]:
        first = waiting.popleft()
        return first.value if isinstance(first, Done) else pool.result(first)

    try:
        for batch in batches:
            waiting.append(batch if isinstance(batch, Done) else pool.add(batch))
            if len(waiting) >= workers * AHEAD:
                yield results()
        while waiting:
            found = results()
            if not waiting:  # the caller may take long, and much memory, for the last results
                pool.shut_down()
            yield found
    finally:
        pool.kill()


class Losses(Generic[T, R]):
    """Results of the items that are lost, made by a worker in this process."""

    def __init__(self, make: Callable[[], Worker[T, R]]) -> None:
        self._make, self._count = make, 0

    def __call__(self, item: T, why: Message) -> R:
        """Return the result of a lost item.

        Raises:
            ConvertError: too many are lost, of workers that cannot find out which document of the item it was.
        """
        self._count += 1
        if self._count > LOST and not watches_itself(self._make):
            raise ConvertError("worker processes died of too many documents (out of memory?); run with --workers 1")
        worker = self._make()
        try:
            return worker.lost(item, why)
        finally:
            worker.close()
