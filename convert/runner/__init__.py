"""The RUNNERS table: where documents are worked on.  A new runner is one file or room here and one row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from convert.late import late
from convert.runner.base import Cluster, Done, R, Runner, T, Worker

RUNNERS: Mapping[str, Runner] = MappingProxyType(
    {
        "dask": late("convert.runner.cluster:run"),
        "processes": late("convert.runner.processes:run"),
        "serial": late("convert.runner.serial:run"),
    }
)


def run(
    make: Callable[[], Worker[T, R]],
    batches: Iterable[list[T] | Done[list[R]]],
    *,
    workers: int,
    name: str = "",
    cluster: Cluster | None = None,
) -> Iterator[list[R]]:
    """Yield the results of each batch, in order, by the runner of that name; without one, by the number of workers.

    `make` makes the worker of a process; it must be picklable.  `cluster` is for the runner `dask`, which has as many
    workers as its scheduler.

    Raises:
        ConvertError: worker processes cannot start, or die of too many documents; a cluster is not there, or goes away.
    """
    return RUNNERS[name or ("processes" if workers > 1 else "serial")](make, batches, workers, cluster)
