"""Findings of judges, as the sealed process passes them to its parent: data alone."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

QUOTED = 160
"""Most characters of a file that a finding quotes."""


class Found(Struct, frozen=True, array_like=True, gc=False):
    """Place of a vector of the table in a file."""

    vector: str
    """The name of the row."""
    quote: str = ""
    """The address, or the beginning of what is there, as it is in the file: hostile."""
    line: int = 0
    column: int = 0
    entry: str = ""
    """Path in the container, "" for the file itself."""
    object: int = 0
    """Number of an object of a PDF."""


class Judged(Struct, frozen=True, array_like=True):
    """Answer of the sealed process about a file."""

    kind: str
    """The kind of file that it is."""
    found: list[Found]
    loads: list[str] = []
    """Paths of the files of the same folder or archive that it loads."""


class Scope(Struct, frozen=True):
    """Surroundings of a document: where it lies, what lies beside it, and how deep it is nested."""

    entry: str = ""
    """Path of the document in its container or folder."""
    files: frozenset[str] | None = None
    """Paths of all files of the container; None for a file by itself."""
    depth: int = 0
    """Number of addresses and documents around it."""
    judge: Callable[[bytes, str, "Scope"], Iterable[Found]] | None = None
    """Function that judges a document inside another, given its bytes, its media type and its scope."""

    held: frozenset[str] = frozenset()
    """Addresses whose documents are in the same file, in MHTML."""
    own: frozenset[str] = frozenset()
    """Paths of files of the container that are scripts of our own search."""
    loads: set[str] | None = None
    """Paths of files of the container that documents load, to which a judge adds; None if nobody asks."""

    def note(self, path: str) -> None:
        """Add a file of the container to those that documents load, if there is one at this path."""
        if self.loads is not None and self.files and path in self.files:
            self.loads.add(path)

    def nested(self, data: bytes, media_type: str) -> Iterator[Found]:
        """Yield what is found in a document inside this one."""
        if self.depth >= DEEPEST:
            yield Found("nested-too-deep", media_type, entry=self.entry)
        elif self.judge:
            inner = Scope(self.entry, self.files, self.depth + 1, self.judge, self.held, loads=self.loads)
            yield from self.judge(data, media_type, inner)


DEEPEST = 8
"""Most documents inside each other."""
