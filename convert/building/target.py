"""Destinations of a conversion's result: a folder, a file, or standard output."""

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import BinaryIO, Self

from convert.errors import UsageError
from convert.messages import message
from convert.store import Store, safe_name
from convert.text import printable
from convert.writers import WRITERS


class Folder:
    """Folder in which each article, or each volume, is a file."""

    def __init__(self, path: str, roots: Sequence[str] = (), suffix: str = "") -> None:
        self.store = Store(path)
        self.suffix = suffix
        self.lone = [root for root in roots if os.path.isfile(root)]
        folders = [root for root in roots if os.path.isdir(root)] if os.path.isdir(path) else []
        self.is_source = any(os.path.samefile(root, path) for root in folders)
        self.count = 0
        self.display_name = path.rstrip("/") + "/"

    def __enter__(self) -> Self:
        self.store.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.store.__exit__(kind, error, trace)

    def write(self, name: str, data: bytes, source: str) -> None:
        """Write one file.

        Raises:
            UsageError: it is a source, or a file in a folder that is one.
        """
        if self.lone:
            refuse_overwriting_source(self.lone, "-o", os.path.join(self.store.folder, name))
        if self.is_source and os.path.isfile(os.path.join(self.store.folder, name)):
            raise UsageError(
                "-o would overwrite {path}, in a folder that is a source; name another folder",
                path=repr(printable(self.display_name + name)),
            )
        self.store.write(name, data, source)
        self.count += 1

    def file(self, name: str) -> str:
        """Return the path of a volume's file in the folder."""
        return name + self.suffix

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open the file of a volume.

        Raises:
            UsageError: it is a source.
        """
        file = self.file(name)
        if self.lone:
            refuse_overwriting_source(self.lone, "-o", os.path.join(self.store.folder, file))
        self.count += 1
        return self.store.open(file)


class File:
    """Single file."""

    def __init__(self, path: str, roots: Sequence[str] = ()) -> None:
        self.path, self.roots = path, roots
        self.store = Store(os.path.dirname(path) or ".")
        self.count = 0
        self.display_name = path

    def __enter__(self) -> Self:
        refuse_overwriting_source(self.roots, "-o", self.path)
        if os.path.isdir(self.path):
            raise UsageError("{path} is a folder; give the name of a file", path=self.path)
        self.store.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.store.__exit__(kind, error, trace)

    def write(self, name: str, data: bytes, source: str) -> None:
        """Write the file."""
        self.store.write(os.path.basename(self.path), data, source)
        self.count += 1

    def file(self, name: str) -> str:
        """Return the name of the file in its folder."""
        return os.path.basename(self.path)

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open the file, which is created if the block ends without an exception."""
        self.count += 1
        return self.store.open(os.path.basename(self.path))


class Stdout:
    """Standard output."""

    display_name = "standard output"
    count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        sys.stdout.buffer.flush()

    def write(self, name: str, data: bytes, source: str) -> None:
        """Write one article."""
        sys.stdout.buffer.write(data)

    def file(self, name: str) -> str:
        """Refuse: standard output is no file.

        Raises:
            UsageError: always.
        """
        raise UsageError(NOWHERE)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Yield a file in memory, and write it if the block ends without an exception, so that no book is partial."""
        memory = io.BytesIO()
        yield memory
        sys.stdout.buffer.write(memory.getvalue())


NOWHERE = message("standard output has no place beside it for a manifest; name a file or a folder with -o")
MANIFEST = "convert-manifest.json"
Target = Folder | File | Stdout
_SUFFIXES = frozenset(writer.suffix for writer in WRITERS.values()) | {".txt"}


def target(to: str, where: str, roots: tuple[str, ...], articles: int, volumes: bool = False) -> Target:
    """Return the target that `-o` names, a folder if a book is split into `volumes`.

    Raises:
        UsageError: several articles or volumes to one file, or binary data to a terminal.
    """
    writer = WRITERS[to]
    if volumes:
        if where == "-" or (where.lower().endswith(writer.suffix) and not os.path.isdir(where)):
            raise UsageError("--split makes several files; name a folder for them with -o")
        return Folder(where, roots, writer.suffix)
    if where == "-":
        if writer.binary and sys.stdout.isatty():
            raise UsageError(
                "{format} is binary and would garble the terminal; name a file with -o, or redirect", format=to
            )
        if writer.bind is None and articles > 1:
            raise UsageError(
                "{count} articles do not fit into one {format} output; name a folder with -o", count=articles, format=to
            )
        return Stdout()
    ending = os.path.splitext(where)[1].lower()
    if ending != writer.suffix and ending in _SUFFIXES and not os.path.isdir(where):
        raise UsageError(
            "{path} is the name of another format than {format}; a file of it ends in {suffix}",
            path=where,
            format=to,
            suffix=writer.suffix,
        )
    as_folder = where.endswith(("/", os.sep)) or os.path.isdir(where)
    if writer.bind is not None:
        return File(os.path.join(where, book_name(roots) + writer.suffix) if as_folder else where, roots)
    if not as_folder and where.lower().endswith(writer.suffix):
        if articles > 1:
            raise UsageError(
                "{count} articles do not fit into the file {path}; name a folder with -o", count=articles, path=where
            )
        return File(where, roots)
    return Folder(where, roots)


def refuse_overwriting_source(sources: Sequence[str], option: str, path: str | None) -> None:
    """Check that an output is none of the sources, whatever its name.

    Raises:
        UsageError: the file `path` of `option` is a source.
    """
    if path and os.path.isfile(path):
        status = os.stat(path)
        for source in sources:
            if os.path.isfile(source) and os.path.samestat(status, os.stat(source)):
                raise UsageError(
                    "{option} would overwrite the source {path}; name another file",
                    option=option,
                    path=repr(printable(source)),
                )


def manifest_of(out: Target) -> str:
    """Return the path of the manifest of a result.

    Raises:
        UsageError: the result goes to standard output.
    """
    if isinstance(out, Stdout):
        raise UsageError(NOWHERE)
    return f"{out.path}.manifest.json" if isinstance(out, File) else os.path.join(out.store.folder, MANIFEST)


def cache_beside(to: str, where: str, volumes: bool) -> str:
    """Return the path of a hidden folder for the cache, in the folder of the result.

    Raises:
        UsageError: the result goes to standard output.
    """
    if where == "-":
        raise UsageError(NOWHERE)
    lone = where.lower().endswith(WRITERS[to].suffix) and not os.path.isdir(where) and not volumes
    return os.path.join(os.path.dirname(where) if lone else where, ".convert-cache")


def book_name(roots: tuple[str, ...]) -> str:
    """Return the name of a book in a folder: that of its source."""
    root = os.path.abspath(roots[0]) if roots[0] != "-" else "stdin"
    name = os.path.basename(root)
    for suffix in (".tar.gz", ".tgz", ".tar", ".zip", ".md", ".txt", ".json"):
        name = name.removesuffix(suffix)
    return safe_name(name or "book")
