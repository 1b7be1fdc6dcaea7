"""Destinations of a conversion's result: a folder, a file, or standard output."""

import io
import os
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from hashlib import sha256
from types import TracebackType
from typing import BinaryIO, Self

from msgspec.structs import replace

from convert.errors import UsageError
from convert.guard import Guard
from convert.messages import message
from convert.settings import Settings
from convert.sources.made import BESIDE, MANIFEST
from convert.store import Store, locked, safe_name
from convert.store.digest import Digest, mismatch
from convert.writers import WRITERS
from convert.writers.assets import folder_of


class _OnDisk:
    """Output on a disk; while it is open, no other run writes to its place."""

    def __init__(self, folder: str, name: str, guard: Guard | None, to: str) -> None:
        self.store = Store(folder)
        self.guard, self.to = guard or Guard(()), to
        self.count = 0
        self._name = name
        self._held = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as held:
            held.enter_context(self.store)
            place = os.path.realpath(os.path.join(self.store.folder, self._name))
            held.enter_context(locked(*os.path.split(place)) if self._name else locked(place))
            self._held = held.pop_all()
        return self

    def put(self, name: str, data: bytes, kind: str, *, option: str = "--assets", listed: bool = False) -> None:
        """Write a file beside the outputs, unless it is there with these bytes; `kind` is a key of the guard's KINDS.

        It is one of an option, and a manifest will name it if it is `listed`.

        Raises:
            UsageError: it would replace a source.
        """
        path = os.path.join(self.store.folder, name)
        self.guard.check(option, path, kind, listed=listed, named=self.store.folder)
        if mismatch(path, Digest(len(data), sha256(data).hexdigest())):
            self.store.write(name, data)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._held.__exit__(kind, error, trace)


class Folder(_OnDisk):
    """Folder in which each article, or each volume, is a file; `guard` knows what is read, `to` is the format."""

    def __init__(self, path: str, guard: Guard | None = None, to: str = "", suffix: str = "") -> None:
        super().__init__(path, "", guard, to)
        self.suffix = suffix
        self.display_name = path.rstrip("/") + "/"

    def reserve(self, names: Iterable[str], *, listed: bool, kept: Container[str] = ()) -> None:
        """Check that files may be written under these names; a manifest will name those that are `listed`.

        Those that are `kept` are as the last build wrote them.

        Raises:
            UsageError: one is a source, or would be one in the next run.
        """
        for name in names:
            path = os.path.join(self.store.folder, name)
            if name in kept:
                self.guard.check_kept("-o", path, self.to, named=self.store.folder)
            else:
                self.guard.check("-o", path, self.to, listed=listed, named=self.store.folder)

    def write(self, name: str, data: bytes, source: str) -> None:
        """Write one file."""
        self.store.write(name, data, source)
        self.count += 1

    def article(self, name: str) -> str:
        """Return the path of an article's file in the folder."""
        return name

    def file(self, name: str) -> str:
        """Return the path of a volume's file in the folder."""
        return name + self.suffix

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open the file of a volume, which is created if the block ends without an exception."""
        self.count += 1
        return self.store.open(self.file(name))


class File(_OnDisk):
    """Single file."""

    def __init__(self, path: str, guard: Guard | None = None, to: str = "") -> None:
        super().__init__(os.path.dirname(path) or ".", os.path.basename(path), guard, to)
        self.path = self.display_name = path

    def __enter__(self) -> Self:
        if os.path.isdir(self.path):
            raise UsageError("{path} is a folder; give the name of a file", path=self.path)
        return super().__enter__()

    def reserve(self, names: Iterable[str], *, listed: bool, kept: Container[str] = ()) -> None:
        """Check that the file may be written; a manifest will name it if it is `listed`.

        Raises:
            UsageError: it is a source, or would be one in the next run.
        """
        self.guard.check("-o", self.path, self.to, listed=listed)

    def write(self, name: str, data: bytes, source: str) -> None:
        """Write the file."""
        self.store.write(os.path.basename(self.path), data, source)
        self.count += 1

    def article(self, name: str) -> str:
        """Return the name of the file in its folder."""
        return os.path.basename(self.path)

    file = article

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open the file, which is created if the block ends without an exception."""
        self.count += 1
        return self.store.open(os.path.basename(self.path))


class Stdout:
    """Standard output."""

    display_name = "standard output"
    count = 0
    guard = Guard(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        sys.stdout.buffer.flush()

    def reserve(self, names: Iterable[str], *, listed: bool, kept: Container[str] = ()) -> None:
        """Do nothing: standard output is no file."""

    def write(self, name: str, data: bytes, source: str) -> None:
        """Write one article."""
        sys.stdout.buffer.write(data)

    def article(self, name: str) -> str:
        """Refuse: standard output is no file.

        Raises:
            UsageError: always.
        """
        raise UsageError(NOWHERE)

    file = article

    def put(self, name: str, data: bytes, kind: str, *, option: str = "--assets", listed: bool = False) -> None:
        """Refuse: standard output has no place beside it.

        Raises:
            UsageError: always.
        """
        raise UsageError(NOWHERE_BESIDE)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Yield a file in memory, and write it if the block ends without an exception, so that no book is partial."""
        memory = io.BytesIO()
        yield memory
        sys.stdout.buffer.write(memory.getvalue())


NOWHERE = message("standard output has no place beside it for a manifest; name a file or a folder with -o")
NOWHERE_BESIDE = message("standard output has no place beside it for pictures; name a file or a folder with -o")
Target = Folder | File | Stdout
PICTURES = "pictures"
"""Folder of the pictures of a site."""
_SUFFIXES = frozenset(writer.suffix for writer in WRITERS.values()) | {".txt"}


def target(
    to: str,
    where: str,
    roots: tuple[str, ...],
    articles: int,
    volumes: bool = False,
    guard: Guard | None = None,
    addition: str = "",
) -> Target:
    """Return the target that `-o` names, a folder if a book is split into `volumes`; `guard` knows what is read.

    In a folder, one book is named after its source, and after the `addition` that it is.

    Raises:
        UsageError: several articles or volumes to one file, or binary data to a terminal.
    """
    writer = WRITERS[to]
    if writer.lay and (where == "-" or (where.lower().endswith(writer.suffix) and not os.path.isdir(where))):
        raise UsageError("a {format} is a folder of files; name a folder with -o", format=to)
    if writer.lay and volumes:
        raise UsageError("a {format} is one folder, whose lists have parts; leave --split out", format=to)
    if volumes:
        if where == "-" or (where.lower().endswith(writer.suffix) and not os.path.isdir(where)):
            raise UsageError("--split makes several files; name a folder for them with -o")
        return Folder(where, guard, to, writer.suffix)
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
    as_folder = _is_folder(where)
    if writer.lay:
        return Folder(where, guard, to)
    if writer.bind is not None:
        name = "-".join(filter(None, (book_name(roots), addition))) + writer.suffix
        return File(os.path.join(where, name) if as_folder else where, guard, to)
    if not as_folder and where.lower().endswith(writer.suffix):
        if articles > 1:
            raise UsageError(
                "{count} articles do not fit into the file {path}; name a folder with -o", count=articles, path=where
            )
        return File(where, guard, to)
    return Folder(where, guard, to)


def check_ending(to: str, where: str) -> None:
    """Check that `-o` does not end like another format.

    Raises:
        UsageError: it does, and is no folder.
    """
    suffix, ending = WRITERS[to].suffix, os.path.splitext(where)[1].lower()
    if ending != suffix and ending in _SUFFIXES and not os.path.isdir(where):
        raise UsageError(
            "{path} is the name of another format than {format}; a file of it ends in {suffix}",
            path=where,
            format=to,
            suffix=suffix,
        )


def _is_folder(where: str) -> bool:
    """Return whether `-o` names a folder, by its end or because there is one."""
    return where.endswith(("/", os.sep)) or os.path.isdir(where)


def with_assets(settings: Settings, out: Target, to: str) -> Settings:
    """Return the settings with the place of the pictures beside an output, if there are any.

    Raises:
        UsageError: the format takes none, there is no store, or the place is not inside the output's folder.
    """
    if WRITERS[to].lay and settings.store and isinstance(out, Folder):
        settings = replace(settings, assets=settings.assets or os.path.join(out.store.folder, PICTURES))
    if not settings.assets:
        return settings
    if not WRITERS[to].assets:
        formats = ", ".join(name for name, writer in WRITERS.items() if writer.assets)
        raise UsageError("--assets is for {formats}; leave it out for {format}", formats=formats, format=to)
    if not settings.store:
        raise UsageError("--assets writes the pictures of a store; name one with --store")
    if isinstance(out, Stdout):
        raise UsageError(NOWHERE_BESIDE)
    folder = folder_of(settings.assets, out.store.folder)
    return replace(settings, options=replace(settings.options, assets=folder, lone=isinstance(out, File)))


def manifest_of(out: Target) -> str:
    """Return the path of the manifest of a result.

    Raises:
        UsageError: the result goes to standard output.
    """
    if isinstance(out, Stdout):
        raise UsageError(NOWHERE)
    return f"{out.path}{BESIDE}" if isinstance(out, File) else os.path.join(out.store.folder, MANIFEST)


def cache_beside(to: str, where: str, volumes: bool) -> str:
    """Return the path of a hidden folder for the cache, in the folder of the result.

    Raises:
        UsageError: the result goes to standard output.
    """
    if where == "-":
        raise UsageError(NOWHERE)
    writer, as_folder = WRITERS[to], _is_folder(where) or volumes
    lone = not as_folder and (writer.bind is not None or where.lower().endswith(writer.suffix))
    return os.path.join(os.path.dirname(where) if lone else where, ".convert-cache")


def book_name(roots: tuple[str, ...]) -> str:
    """Return the name of a book in a folder: that of its source."""
    root = os.path.abspath(roots[0]) if roots[0] != "-" else "stdin"
    name = os.path.basename(root)
    for suffix in (".tar.gz", ".tgz", ".tar", ".zip", ".md", ".txt", ".json"):
        name = name.removesuffix(suffix)
    return safe_name(name or "book")
