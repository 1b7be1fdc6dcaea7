"""Runner in this process, one document after the other.  A document that kills the process ends the run."""

from collections.abc import Callable, Iterable, Iterator

from convert.runner.base import Cluster, Done, R, T, Worker, watches_itself
from convert.runner.watch import Watch


def run(
    make: Callable[[], Worker[T, R]],
    batches: Iterable[list[T] | Done[list[R]]],
    workers: int = 1,
    cluster: Cluster | None = None,
) -> Iterator[list[R]]:
    """Yield the results of each batch; there is one worker, whatever `workers` and `cluster` say."""
    worker = make()
    try:
        with Watch(not watches_itself(make)) as watch:
            for batch in batches:
                yield (
                    batch.value
                    if isinstance(batch, Done)
                    else [watch.attempt(worker, item, worker.lost) for item in batch]
                )
    finally:
        worker.close()
