"""Copies of objects on this machine: sources before they are read, outputs before they are sent.

A copy has the path of its object below a folder of the run, `at-…/SCHEME/BUCKET/NAME`; `convert.text.named` gives
every message and finding the address instead.  So all that works on files works on objects, and makes the same bytes.
"""

import os
import posixpath
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from hashlib import sha256
from queue import Empty, SimpleQueue
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from convert.errors import SourceError, StoreError, UsageError
from convert.messages import Message, message
from convert.sandbox.abilities import permit_reading
from convert.sandbox.temporary import folder as temporary_folder
from convert.sources.mirror import INDEXES, PAGES, README
from convert.storage import Storage, Stored, is_address, split, storage_at
from convert.storage.address import parsed
from convert.storage.faults import changed
from convert.storage.folder import FolderStorage
from convert.store.errors import in_temporary_folder, temporary_failure

_T = TypeVar("_T")

Progress = Callable[[Message, int | None], AbstractContextManager[Callable[[int], None]]]
"""Function that shows the progress of a pass, from its name and its number of objects."""


def silent(name: Message, length: int | None) -> AbstractContextManager[Callable[[int], None]]:
    """Show no progress."""
    return nullcontext(lambda count: None)


_AT_ONCE = 8
"""Number of objects that are under way at the same time."""


class Part(NamedTuple):
    """Bytes of an object, and their hash when it was listed."""

    start: int
    size: int
    sha256: str


class Listed(NamedTuple):
    """Object of a list; it is a source of its own if it is `alone`, or else a file of the one folder of the others."""

    object: Stored
    alone: bool
    parts: Sequence[Part] = ()


class Objects(NamedTuple):
    """Objects of a list, with names relative to its root, which is a folder or an address."""

    root: str
    listed: Sequence[Listed]


class _Copy(NamedTuple):
    """Object to be copied."""

    storage: Storage
    object: Stored
    path: str
    parts: Sequence[Part] = ()


@contextmanager
def brought(
    sources: Sequence[str], progress: Progress, lists: Mapping[str, Objects] = MappingProxyType({})
) -> Iterator[tuple[str, ...]]:
    """Yield sources with local copies in the place of addresses and of `lists`, which are removed when the block ends.

    An address that ends in a slash, or is that of no object, is a folder: all objects below it.

    Raises:
        UsageError: an address is wrong, or nothing is there.
        SourceError: an object cannot be read, or is no longer as it was listed.
        StoreError: the folder for temporary files is full.
    """
    if not lists and not any(map(is_address, sources)):
        yield tuple(sources)
        return
    with _folder("at-") as top, _folder("at-") as apart:
        permit_reading(top)
        permit_reading(apart)
        copies: dict[str, _Copy] = {}
        local: list[str] = []
        with progress(message("listing objects"), None) as step:
            for source in sources:
                if source in lists:
                    found, named = _of_list(lists[source], top, apart)
                elif is_address(source):
                    found, named = [*_objects(source, top), *_lists_beside(source, top)], [_local(top, source)]
                else:
                    found, named = [], [source]
                local += named
                for each in found:
                    copies.setdefault(each.path, each)
                    step(1)
        for each in copies.values():
            _reserve(each)
        with progress(message("fetching objects"), len(copies)) as step:
            _at_once(_fetch, list(copies.values()), step)
        yield tuple(local)


def _of_list(objects: Objects, top: str, apart: str) -> tuple[list[_Copy], list[str]]:
    """Return the copies for a list, and the sources that they are: a folder of its files, and each archive."""
    storage = storage_at(objects.root)
    folder, archives = _root(top, objects.root), _root(apart, objects.root)
    found, named = [], []
    for each in objects.listed:
        path = os.path.join(archives if each.alone else folder, *each.object.name.split("/"))
        found.append(_Copy(storage, each.object, path, each.parts))
        if each.alone:
            named.append(path)
    return found, [*[folder] * any(not each.alone for each in objects.listed), *named]


def _root(top: str, root: str) -> str:
    """Return the path of the copy of a list's root, which `convert.text.named` knows."""
    if is_address(root):
        return _local(top, root)
    path = os.path.normpath(root)
    if not os.path.isabs(path) and path.split(os.sep)[0] not in (".", ".."):
        return os.path.join(top, "here", path)
    return os.path.join(top, "root", os.path.splitdrive(os.path.abspath(path))[1].lstrip(os.sep))


class Staged(NamedTuple):
    """Output that is made on this machine, to be sent to its address when it is whole."""

    path: str
    """Path of the file or the folder that is made; that of a folder ends in a slash."""
    files: FolderStorage
    """Folder with all files of the output, in the place of the bucket."""
    storage: Storage
    """The whole bucket."""

    def judge_replaced(self, judge: Callable[[str, Callable[[int], bytes]], object]) -> None:
        """Call `judge` with the path of each file that replaces an object, and a function that reads its first bytes.

        Raises:
            SourceError: the objects cannot be listed or read; and what `judge` raises.
        """
        names = [each.name for each in self.files.list()]
        if len(names) > 1:
            folder = os.path.commonpath([posixpath.dirname(each) for each in names])
            there = {each.name for each in self.storage.list(folder)}
        else:
            there = {each for each in names if self.storage.stat(each)}
        _at_once(
            lambda name: judge(self._file(name), partial(self.storage.read, name, 0)),
            [each for each in names if each in there],
            lambda number: None,
        )

    def send(self, last: str, progress: Progress) -> None:
        """Write all files to their addresses, and the one with the path `last` after all others.

        Raises:
            StoreError: one cannot be written.
        """
        names = [each.name for each in self.files.list()]
        ends = [each for each in names if self._file(each) == os.path.normpath(last)] if last else []
        with progress(message("sending objects"), len(names)) as step:
            for part in ([each for each in names if each not in ends], ends):
                _at_once(self._put, part, step)

    def local(self, address: str) -> str:
        """Return the path on this machine of a file or folder of the output.

        Raises:
            UsageError: it is in another bucket.
        """
        scheme, bucket, name = parsed(address)
        if f"{scheme}://{bucket}/" != self.storage.address:
            raise UsageError("{path} is not in the bucket of the output; name a place there", path=repr(address))
        return self._file(name)

    def _put(self, name: str) -> None:
        self.storage.put_file(name, self._file(name))

    def _file(self, name: str) -> str:
        return os.path.join(self.files.address, *name.split("/"))


@contextmanager
def staged(output: str, sources: Iterable[str]) -> Iterator[Staged]:
    """Yield the place on this machine of an output whose address is `output`; it is removed when the block ends.

    Raises:
        UsageError: the address is wrong, or is that of a source, holds one, or is inside of one.
    """
    scheme, bucket, name = parsed(output)
    whole = f"{scheme}://{bucket}/{name}".rstrip("/") + "/"
    for source in filter(is_address, sources):
        if f"{source.rstrip('/')}/".startswith(whole) or whole.startswith(f"{source.rstrip('/')}/"):
            raise UsageError(
                "-o: {path} is a source, holds one, or is inside of one; name another place", path=repr(output)
            )
    storage = storage_at(f"{scheme}://{bucket}/")
    is_folder = output.endswith("/") or not name or next(storage.list(name), None) is not None
    with _folder("to-") as top:
        path = _local(top, f"{scheme}://{bucket}/{name}")
        with in_temporary_folder():
            os.makedirs(path if is_folder else os.path.dirname(path), exist_ok=True)
        yield Staged(
            os.path.join(path, "") if is_folder else path, FolderStorage(os.path.join(top, scheme, bucket)), storage
        )


@contextmanager
def _folder(prefix: str) -> Iterator[str]:
    """Yield a new folder of this run, and remove it when the block ends."""
    with in_temporary_folder():
        path = tempfile.mkdtemp(prefix=prefix, dir=temporary_folder())
        # what looks for settings of a site, or the checkout of a mirror, above a document, does not leave the folder
        os.mkdir(os.path.join(path, ".git"))
        with open(os.path.join(path, ".git", "HEAD"), "xb"):
            pass
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _local(top: str, address: str) -> str:
    """Return the path of the copy of an object or of a folder of objects.

    Raises:
        SourceError: a part of its name leads elsewhere on this system.
    """
    scheme, bucket, name = _parts(address)
    parts = [bucket, *name.split("/")] if name else [bucket]
    if os.sep != "/" and any(os.sep in part or ":" in part for part in parts):
        raise SourceError("cannot read {path}: this system has no file of such a name; rename it", path=repr(address))
    return os.path.join(top, scheme, *parts)


def _parts(address: str) -> tuple[str, str, str]:
    """Return scheme, bucket and name of an object's address, whose name may have any sign."""
    scheme, _, rest = address.partition("://")
    bucket, _, name = rest.partition("/")
    return scheme.lower(), bucket, name.rstrip("/")


def _objects(source: str, top: str) -> Iterator[_Copy]:
    """Yield the objects of an address, without hidden ones, which no walk reads.

    Raises:
        UsageError: there are none.
    """
    above, name = split(source)
    storage = storage_at(above)
    lone = storage.stat(name) if name and not source.endswith("/") else None
    found = False
    for each in (lone,) if lone else storage.list(name):
        found = True
        inside = each.name[len(name) :] if name else each.name
        if lone or not any(part.startswith(".") for part in inside.split("/")):
            yield _Copy(storage, each, _local(top, above + each.name))
    if not found:
        raise UsageError(
            "no such object or folder: {path}; check its name, where capital letters count", path=repr(source)
        )


def _lists_beside(source: str, top: str) -> Iterator[_Copy]:
    """Yield the lists of a mirror of which an address is a part, which name its channels."""
    scheme, bucket, name = parsed(source)
    parts = name.split("/")
    at = max((number for number, part in enumerate(parts) if part in (PAGES, INDEXES)), default=-1)
    if at < 0:
        return
    mirror = "/".join((bucket, *parts[:at]))
    storage = storage_at(f"{scheme}://{mirror}/")
    with suppress(SourceError):  # who may read a part of a mirror need not see the rest
        readme = storage.stat(README)
        for each in (*filter(None, (readme,)), *storage.list(INDEXES)):
            yield _Copy(storage, each, _local(top, f"{scheme}://{mirror}/{each.name}"))


def _reserve(copy: _Copy) -> None:
    """Make an empty file for an object, which no other object may have.

    Raises:
        SourceError: the disk has no place of its own for it.
        StoreError: the folder for temporary files takes no more.
    """
    try:
        os.makedirs(os.path.dirname(copy.path), exist_ok=True)
        with open(copy.path, "xb"):
            pass
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise SourceError(
            "cannot read {path}: on this disk, another object of the source has its name or that of its folder; name "
            "one of them alone",
            path=repr(copy.path),
        ) from None
    except OSError as error:
        raise temporary_failure(error) from error


def _fetch(copy: _Copy) -> None:
    try:
        copy.storage.fetch(copy.object.name, copy.path, copy.object.tag)
        if not all(_is_as_listed(copy.path, part) for part in copy.parts):
            raise changed(copy.path)
    except StoreError as error:
        if isinstance(error.__cause__, OSError):
            raise temporary_failure(error.__cause__) from error
        raise


def _is_as_listed(path: str, part: Part) -> bool:
    digest = sha256()
    with open(path, "rb") as file:
        file.seek(part.start)
        left = part.size
        while left and (block := file.read(min(left, 1 << 20))):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest() == part.sha256


def _at_once(function: Callable[[_T], object], items: Collection[_T], step: Callable[[int], object]) -> None:
    """Call a function for each item, several at a time; the first error ends it.

    The threads end with the process, so that an interrupted run waits for no request.
    """
    waiting: SimpleQueue[_T] = SimpleQueue()
    ended: SimpleQueue[BaseException | None] = SimpleQueue()
    for item in items:
        waiting.put(item)

    def work() -> None:
        with suppress(Empty):
            while True:
                item = waiting.get_nowait()
                try:
                    function(item)
                except BaseException as error:
                    ended.put(error)
                    return
                ended.put(None)

    for _ in range(min(_AT_ONCE, len(items))):
        threading.Thread(target=work, daemon=True).start()
    try:
        for _ in items:
            if error := ended.get():
                raise error
            step(1)
    finally:
        _drain(waiting)


def _drain(waiting: "SimpleQueue[_T]") -> None:
    with suppress(Empty):
        while True:
            waiting.get_nowait()
