"""Workers, batches of items, and the protocol of what runs the ones over the others.  Knows no formats."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from convert.errors import UsageError
from convert.messages import Message

T = TypeVar("T")
R = TypeVar("R")
T_contra = TypeVar("T_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)

CHUNK = 100
"""Documents in a batch: fewer cost more messages between processes, more leave too much of the work to one worker."""

MOST_WORKERS = 256

SERIAL = 400
"""Most documents for which one process is used: it is done before others have started."""


class Worker(Protocol[T_contra, R_co]):
    """Worker on documents, with the state that it keeps between them; each process has one.

    A worker whose class says `watches_itself = True` gets many documents as one item, and puts a `Watch` around each of
    them.  So the item itself has none, its process may do what the command may, and may have processes of its own.
    """

    def __call__(self, item: T_contra, /) -> R_co:
        """Return the result of a document."""
        ...

    def lost(self, item: T_contra, why: Message, /) -> R_co:
        """Return the result of a document that killed its process, took too long, or met a fault of this program.

        It must not read the document.
        """
        ...

    def close(self) -> None:
        """Close files; no other call follows."""
        ...


class Cluster(NamedTuple):
    """A scheduler of Dask, and what this process expects of it and of its workers."""

    scheduler: str = "tcp://127.0.0.1:8786"
    identify: Callable[[], Mapping[str, str]] = dict
    """Function of a module that returns the versions, by name, which each worker must have as this process has them."""
    announce: Callable[[str], object] = str
    """Function that gets the address of the scheduler's dashboard, once."""
    patience: float = 30
    """Seconds for which a cluster may be without workers."""


def made_by(make: Callable[[], object]) -> Any:
    """Return the function or the class that makes the worker of a process, without the arguments for it."""
    return make.func if isinstance(make, partial) else make


def module_of(make: Callable[[], object]) -> str:
    """Return the name of the module that a process needs to make its worker."""
    return str(getattr(make, "module", "") or made_by(make).__module__)


def watches_itself(make: Callable[[], object]) -> bool:
    """Return whether the workers that `make` makes put a `Watch` around each of their documents."""
    return bool(getattr(made_by(make), "watches_itself", False))


class Done(Generic[R]):
    """Batch whose results are known already; the runner yields them in its turn."""

    def __init__(self, value: R) -> None:
        self.value = value


class Runner(Protocol):
    """Function that runs workers over batches of items, and yields the results of each batch in order."""

    def __call__(
        self,
        make: Callable[[], Worker[T, R]],
        batches: Iterable[list[T] | Done[list[R]]],
        workers: int,
        cluster: Cluster | None = None,
        /,
    ) -> Iterator[list[R]]:
        """Yield the results of each batch.  No process is left when the caller stops, also if it stops early."""
        ...


def check_workers(count: int) -> int:
    """Return a number of workers that the user asks for; 0: as many as pay off.

    Raises:
        UsageError: it is negative or absurd.
    """
    if not 0 <= count <= MOST_WORKERS:
        raise UsageError("--workers: give a number from 0 to {most}", most=MOST_WORKERS)
    return count


def available() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of `size` items each, the last one shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
