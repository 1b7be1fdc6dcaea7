"""Sources of documents: files, folders, archives, archives of the web, exports, tables, JSON Lines, standard input.

`walk` yields a `Ref` for every document, in a fixed order; a `Reader` reads documents by their `Ref`, in any order and
in any process.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Protocol, Self, cast

from msgspec.structs import replace

from convert.errors import DocumentError, MissingExtraError, SourceError, UsageError, reason
from convert.late import late
from convert.messages import Message, message
from convert.sources import archive_kinds, containers, files, lines
from convert.sources.addresses import Addresses
from convert.sources.choice import Choice
from convert.sources.containers import Record
from convert.sources.envelope import NO_ENVELOPE
from convert.sources.mirror import identity_of, location_of
from convert.sources.ref import (
    CONTAINER_PLACE,
    INSIDE_PLACES,
    LINE_PLACE,
    MAX_BYTES,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_TOTAL,
    STDIN,
    Ref,
    Refusal,
    Source,
)
from convert.text import printable

__all__ = [
    "MAX_BYTES",
    "MAX_MEMBERS",
    "MAX_RATIO",
    "MAX_TOTAL",
    "STDIN",
    "Reader",
    "Ref",
    "Refusal",
    "Source",
    "count",
    "holds_many",
    "named",
    "printable",
    "walk",
    "walk_once",
]

_members, _reopened = late("convert.sources.archives:members"), late("convert.sources.archives:reopen")
_kind_of_zip, _kind_of_bytes = late("convert.sources.kinds:of_zip"), late("convert.sources.kinds:binary")
_in_archive, _inside = late("convert.sources.exports.inside:in_archive"), late("convert.sources.exports.inside:Inside")
_export_on_input = late("convert.sources.exports.inside:on_standard_input")
MAX_OPEN = 16
"""Number of archives that one reader has open at the same time."""


def walk(
    roots: Sequence[str], stdin: str = "stdin", addresses: Addresses | None = None, choice: Choice | None = None
) -> Iterator[Ref | Refusal]:
    """Yield every document of the roots, root by root in the given order.

    Within a root, documents are sorted by the components of their paths, compared by code points; those of JSON Lines
    are in the order of the lines, records in that of their archive.  Hidden files and folders, and outputs that a
    manifest lists, are skipped.  Only tables of contents of archives, JSON Lines, archives of the web and standard
    input are read.  `stdin` is the name of the document on standard input, `addresses` those of documents, as the user
    gave them, and `choice` the records of archives of the web to take.

    Raises:
        UsageError: a root does not exist, or standard input is given twice.
        SourceError: an archive is damaged or exceeds the limits.
    """
    for ref in _walk(roots, stdin):
        if choice and not choice.takes(ref):
            continue
        if addresses and isinstance(ref, Ref) and (address := addresses.of(ref)):
            yield replace(ref, address=address)
        else:
            yield ref


def named(root: str, names: Iterable[str]) -> Iterator[Ref | Refusal]:
    """Yield the documents of files of the folder `root`, which have these names in it, in the order of `walk`."""
    return _opened(files.named(root, names))


def _walk(roots: Sequence[str], stdin: str) -> Iterator[Ref | Refusal]:
    if roots.count(STDIN) > 1:
        raise UsageError("standard input can be read only once; name '-' once")
    for root in roots:
        if root != STDIN and not os.path.exists(root):
            raise UsageError("no such file or folder: {path}", path=repr(printable(root)))
    for root in roots:
        if root == STDIN:
            given = files.standard_input(stdin)
            data = given.member if isinstance(given, Ref) else given.data
            if isinstance(data, bytes) and data[: 1 << 16].strip(b"\0") and _is_archive(data, stdin):
                raise SourceError("standard input holds an archive; save it as a file, and name that")
            yield from _on_standard_input(given) if isinstance(given, Ref) else (given,)
        elif os.path.isdir(root):
            yield from _opened(files.folder(root))
        elif os.path.isfile(root) and (container := containers.kind_of(root)):
            yield from containers.CONTAINERS[container].members(root)
        elif os.path.isfile(root) and (kind := archive_kinds.kind_of(root)):
            said = _kind_of_zip(root) if kind == "zip" else None
            yield from _in_archive(_members(root, kind)) if said is None else (_refused(root, said),)
        elif os.path.isfile(root) and lines.is_lines(root):
            yield from lines.members(root)
        else:
            yield files.lone(root)


def _on_standard_input(given: Ref) -> Iterator[Ref | Refusal]:
    found = list(lines.divided(given))
    yield from _export_on_input(given) if found == [given] else found


def _is_archive(data: bytes, name: str) -> bool:
    """Return True if standard input holds an archive, and not a document in the form of one, which is named later."""
    kind = archive_kinds.kind_of_data(data[: 1 << 16], name)
    return kind == "tar" or (kind == "zip" and bool(_kind_of_bytes(data) == message("kind-zip")))


def _refused(root: str, said: Message) -> Refusal:
    lone = files.lone(root)
    return Refusal(lone.root, lone.path, "SRC004", said)


def _opened(refs: Iterator[Ref | Refusal]) -> Iterator[Ref | Refusal]:
    """Yield the documents of a folder, with those of archives of the web and of exports in it in their places."""
    for ref in refs:
        file = os.path.join(ref.root, *ref.path.split("/")) if isinstance(ref, Refusal) else ref.member
        is_one = isinstance(file, str) and (ref.path.endswith("/") or containers.is_named_as_one(file))
        kind = containers.kind_of(file) if isinstance(file, str) and is_one else None
        is_other = kind != "export" and ref.path.lower().endswith(containers.EXPORTS_IN_FOLDERS)
        if kind is None or is_other or not isinstance(file, str):
            yield ref
            continue
        try:
            yield from containers.CONTAINERS[kind].members(file)
        except (SourceError, MissingExtraError) as error:  # the others can be read all the same
            yield Refusal(ref.root, ref.path, "SRC001", error.message)


def walk_once(
    roots: Sequence[str], stdin: str = "stdin", addresses: Addresses | None = None, choice: Choice | None = None
) -> Iterator[Ref | Refusal]:
    """Yield the documents of `walk`, under its first name each that lies in several roots."""
    if len(roots) == 1:
        yield from walk(roots, stdin, addresses, choice)
        return
    earlier: set[tuple[object, ...]] = set()
    for ref in walk(roots, stdin, addresses, choice):
        if (identity := identity_of(ref)) not in earlier:
            earlier.add(identity)
            yield ref


def count(roots: Sequence[str], ended: Callable[[], bool]) -> int | None:
    """Return the number of documents that `walk_once` yields.

    It is None if counting would read as much as the run itself: in a tar archive or one of the web, or on standard
    input; or if it has `ended` before the last one.

    Raises:
        UsageError, SourceError: as `walk`.
    """
    if STDIN in roots or any(os.path.isfile(root) and archive_kinds.kind_of(root) == "tar" for root in roots):
        return None
    number = 0
    for ref in walk_once(roots):
        number += 1
        if ended() or (isinstance(ref, Ref) and ref.record):
            return None
    return number


def holds_many(root: str) -> bool:
    """Return True if a root is one file of many documents: an archive or JSON Lines."""
    if not os.path.isfile(root):
        return False
    return bool(containers.kind_of(root) or archive_kinds.kind_of(root) or lines.is_lines(root))


class _Archive(Protocol):
    """Open archive of any kind."""

    def read(self, place: Any, size: int, /) -> bytes | Record:
        """Return the document at a place."""
        ...

    def close(self) -> None:
        """Close its files."""
        ...


class Reader:
    """Reader of documents by their `Ref`, one for each process; it leaves archives open until it is closed."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], _Archive] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the archives."""
        while self._open:
            self._open.popitem()[1].close()

    def read(self, ref: Ref) -> Source:
        """Return the document of `ref`.

        Raises:
            DocumentError: SRC001 if it can no longer be read, SRC002 if it has become too large.
        """
        address, envelope = ref.address, NO_ENVELOPE
        if isinstance(ref.member, bytes):
            data, envelope = ref.member, ref.envelope
        elif isinstance(ref.member, str):
            data = files.read(ref.member)
        else:
            found = self._archive(ref.root, ref.member).read(ref.member, ref.size)
            if isinstance(found, bytes):
                data = found
            else:
                data, address, envelope = found.data, ref.address or found.address, found.envelope
        location = location_of(ref)
        return Source(ref.root, ref.path, data, *location, address, ref.site, envelope, ref.doubt)

    def _archive(self, root: str, place: tuple[int, ...]) -> _Archive:
        key = root, len(place)  # an archive may have exports beside documents
        archive = self._open.get(key)
        if archive is None:
            if len(self._open) >= MAX_OPEN:
                self._open.pop(next(iter(self._open))).close()
            archive = self._open[key] = _reopen(root, place)
        return archive


def _reopen(root: str, place: tuple[int, ...]) -> _Archive:
    try:
        if len(place) == CONTAINER_PLACE:
            kind = containers.kind_of(root) or ("export" if archive_kinds.kind_of(root) == "tar" else None)
            if kind is None:
                raise DocumentError("SRC001", message("cut-short-while-read"))
            return containers.CONTAINERS[kind].open(root)
        if len(place) in INSIDE_PLACES:
            return cast("_Archive", _inside(root, place))
        return lines.Lines(root) if len(place) == LINE_PLACE else cast("_Archive", _reopened(root, place))
    except OSError as error:
        raise DocumentError("SRC001", reason(error)) from error
