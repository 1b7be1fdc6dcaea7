"""The protocol of the destinations of a result."""

from collections.abc import Container, Iterable
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from convert.guard import Guard


class Output(Protocol):
    """Destination of the result."""

    guard: Guard
    """Knowledge of what is read, which no output replaces."""

    def reserve(self, names: Iterable[str], *, listed: bool, kept: Container[str] = ()) -> None:
        """Check that these files may be written, before any is; a manifest will name those that are `listed`.

        Those that are `kept` are as the last build wrote them.
        """
        ...

    def write(self, name: str, data: bytes, source: str) -> None:
        """Write one whole file; `source` is the document that it is made from."""
        ...

    def put(self, name: str, data: bytes, kind: str, *, option: str = "--assets", listed: bool = False) -> None:
        """Write a file beside the outputs, unless it is there; `kind` is one of the guard's."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open the file of a book, created if the block ends without an exception; `name` is that of its volume."""
        ...

    def article(self, name: str) -> str:
        """Return the path in the manifest of the file that `write` creates for this name."""
        ...

    def file(self, name: str) -> str:
        """Return the path in the manifest of the file that `open` creates for this name."""
        ...
