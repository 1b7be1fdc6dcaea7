"""The RUNNERS table: where documents are worked on.  A new runner is one file here and one row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from convert.late import late
from convert.runner.base import Done, R, Runner, T, Worker

RUNNERS: Mapping[str, Runner] = MappingProxyType(
    {"processes": late("convert.runner.processes:run"), "serial": late("convert.runner.serial:run")}
)


def run(
    make: Callable[[], Worker[T, R]], batches: Iterable[list[T] | Done[list[R]]], *, workers: int, name: str = ""
) -> Iterator[list[R]]:
    """Yield the results of each batch, in order, by the runner of that name; without one, by the number of workers.

    `make` makes the worker of a process; it must be picklable.

    Raises:
        ConvertError: worker processes cannot start, or die of too many documents.
    """
    return RUNNERS[name or ("processes" if workers > 1 else "serial")](make, batches, workers)
