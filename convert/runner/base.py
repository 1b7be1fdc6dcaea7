"""Workers, batches of items, and the protocol of what runs the ones over the others.  Knows no formats."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")
T_contra = TypeVar("T_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)

CHUNK = 100
"""Documents in a batch: fewer cost more messages between processes, more leave too much of the work to one worker."""

SERIAL = 400
"""Up to this many documents, one process is done before others have started."""


class Worker(Protocol[T_contra, R_co]):
    """The work on documents, and what it keeps between them; each process has one."""

    def __call__(self, item: T_contra, /) -> R_co:
        """Return the result of a document."""
        ...

    def lost(self, item: T_contra, /) -> R_co:
        """Return the result of a document that killed its process.

        It is called in the process of the run, and must not read the document.
        """
        ...

    def close(self) -> None:
        """Close files; no other call follows."""
        ...


class Done(Generic[R]):
    """A batch whose results are known already; they come in its turn."""

    def __init__(self, value: R) -> None:
        self.value = value


class Runner(Protocol):
    """Runs workers over batches of items, and yields the results of each batch in the order of the batches."""

    def __call__(
        self, make: Callable[[], Worker[T, R]], batches: Iterable[list[T] | Done[list[R]]], workers: int, /
    ) -> Iterator[list[R]]:
        """Yield lists of results.  When the caller stops, however it does, no process is left."""
        ...


def available() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of `size` items each, the last one shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
