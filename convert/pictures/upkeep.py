"""Care of a store: its files compared with its index, another store merged into it, what nobody needs removed."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from convert.messages import Message, message
from convert.pictures.making import forget
from convert.pictures.model import KINDS, Facts, Missing, Stored
from convert.pictures.store import FILES, OF_CONTENT, PictureStore
from convert.store.digest import Digest, Mismatch, mismatch
from convert.store.parts import sweep

Judge = Callable[[bytes], Facts | Missing]
"""Function that says what picture some bytes are, or why they are none."""
Step = Callable[[int], None]

_NAMED = re.compile(rf"([0-9a-f]{{64}})(?:{'|'.join(re.escape(kind.suffix) for kind in KINDS.values())})")


class Fault(NamedTuple):
    """Difference between a store's files and its index."""

    kind: str
    """`damaged`, `no-file`, `no-row` or `foreign`."""
    path: str
    """The file, from the store's folder."""
    message: Message
    sha256: str = ""
    size: int = 0

    @property
    def is_loss(self) -> bool:
        """Return True if a picture cannot be shown; other files only take room."""
        return self.kind in ("damaged", "no-file")


def faults(store: PictureStore, step: Step = lambda _: None) -> Iterator[Fault]:
    """Yield the damaged and missing files, in the order of their hashes, then the files that the index does not know.

    The files are listed before the rows, so that those of a run that is adding pictures are not taken for unknown.
    """
    files = dict(_files(store))
    for picture in store.index.pictures():
        path = store.path(picture)
        inside = os.path.relpath(path, store.folder)
        files.pop(inside, None)
        if difference := mismatch(path, Digest(picture.size, picture.sha256)):
            kind = "no-file" if difference.fault == "missing" else "damaged"
            yield Fault(kind, inside, _words(difference), picture.sha256, picture.size)
        step(1)
    yield from map(_stray, files.items())


def strays(store: PictureStore) -> Iterator[Fault]:
    """Yield the files that the index does not know."""
    files = dict(_files(store))
    for picture in store.index.pictures():
        files.pop(os.path.relpath(store.path(picture), store.folder), None)
    yield from map(_stray, files.items())


def _stray(file: tuple[str, int]) -> Fault:
    inside, size = file
    if named := _NAMED.fullmatch(os.path.basename(inside)):
        return Fault(
            "no-row", inside, message("no address leads to this file; remove it: convert images prune"), named[1], size
        )
    return Fault("foreign", inside, message("this is no file of the store; move it away"), "", size)


def _words(difference: Mismatch) -> Message:
    match difference.fault:
        case "missing":
            return message("the file is missing; fetch or import the picture again")
        case "unreadable":
            return message("the file cannot be read: {reason}", reason=difference.actual)
        case _:
            return message("the file is damaged: its content has another hash than its name")


def _files(store: PictureStore) -> Iterator[tuple[str, int]]:
    """Yield each file of pictures with its size, in the order of their names."""
    top = os.path.join(store.folder, FILES)
    for folder, folders, names in os.walk(top):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not name.startswith(".convert-"):  # another run is writing it, or `sweep` will remove it
                with suppress(OSError):
                    yield os.path.relpath(path, store.folder), os.lstat(path).st_size


def repair(store: PictureStore, found: Collection[Fault]) -> None:
    """Remove damaged pictures and their addresses, and those without a file, so that they are fetched again.

    The store must be open `alone`.
    """
    for fault in found:
        if fault.kind == "damaged":
            forget(store.folder, fault.sha256)
            _remove(store, fault.path)
    store.index.forget((), [fault.sha256 for fault in found if fault.is_loss])


def _remove(store: PictureStore, inside: str) -> None:
    path = os.path.join(store.folder, inside)
    with suppress(OSError):
        os.unlink(path)
    with suppress(OSError):
        os.rmdir(os.path.dirname(path))


class Host(NamedTuple):
    """Pictures of one host in a store."""

    name: str
    """The host, `content` for pictures without an address."""
    stored: int
    bytes: int
    missing: Mapping[str, int]
    """Numbers of the missing ones by the reason."""


def hosts(store: PictureStore) -> list[Host]:
    """Return the pictures of a store by host: the host with most first."""
    stored: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    missing: defaultdict[str, Counter[str]] = defaultdict(Counter)
    addressed: set[str] = set()
    for record in store.index.records():
        host = host_of(record.address)
        if isinstance(record.found, Stored):
            stored[host] += 1
            sizes[host] += record.found.size
            addressed.add(record.found.sha256)
        else:
            missing[host][record.found.reason] += 1
    for picture in store.index.pictures():
        if picture.sha256 not in addressed:
            stored[CONTENT] += 1
            sizes[CONTENT] += picture.size
    names = {*stored, *missing}
    found = [Host(name, stored[name], sizes[name], dict(sorted(missing[name].items()))) for name in names]
    return sorted(found, key=lambda each: (-each.stored - sum(each.missing.values()), each.name))


def host_of(address: str) -> str:
    """Return the host of an address.

    >>> host_of("https://img.example/a.jpg"), host_of("sha256:00")
    ('img.example', 'content')
    """
    found = _HOST.match(address)
    return found[1].lower() if found else CONTENT


CONTENT = "content"
_HOST = re.compile(r"[a-z]+://(?:[^/?#]*@)?([^/?#]+)", re.I)


class Unneeded(NamedTuple):
    """Contents of a store that nobody needs."""

    addresses: list[str]
    pictures: list[Stored]
    files: list[Fault]
    """Files that the index does not know."""

    @property
    def size(self) -> int:
        """Return the number of bytes that their files take."""
        return sum(each.size for each in self.pictures) + sum(each.size for each in self.files)


def unneeded(store: PictureStore, needed: Collection[str]) -> Unneeded:
    """Return the contents of a store that the articles with these addresses of pictures do not need."""
    kept = {address.removeprefix(OF_CONTENT) for address in needed if address.startswith(OF_CONTENT)}
    addresses = []
    for record in store.index.records():
        if record.address not in needed:
            addresses.append(record.address)
        elif isinstance(record.found, Stored):
            kept.add(record.found.sha256)
    pictures = [each for each in store.index.pictures() if each.sha256 not in kept]
    files = [each for each in strays(store) if each.kind == "no-row"]
    return Unneeded(addresses, pictures, files)


def prune(store: PictureStore, rest: Unneeded) -> None:
    """Remove what nobody needs, and what killed runs left.  The store must be open `alone`."""
    store.index.forget(rest.addresses, [each.sha256 for each in rest.pictures])
    for picture in rest.pictures:
        forget(store.folder, picture.sha256)
        _remove(store, os.path.relpath(store.path(picture), store.folder))
    for fault in rest.files:
        _remove(store, fault.path)
    top = os.path.join(store.folder, FILES)
    for folder in (top, *(each.path for each in os.scandir(top) if each.is_dir(follow_symlinks=False))):
        sweep(folder)
        with suppress(OSError):
            if folder != top:
                os.rmdir(folder)


def merge(store: PictureStore, other: PictureStore, judge: Judge, step: Step = lambda _: None) -> Counter[str]:
    """Add the pictures and addresses of another store, and return the numbers of those added, kept and refused.

    Of two answers about an address the newer one counts, but a failure never hides a picture.
    """
    done: Counter[str] = Counter()
    bad: set[str] = set()
    for picture in other.index.pictures():
        step(1)
        if store.index.picture(picture.sha256):
            continue
        data = other.read(picture) if picture.facts.kind in KINDS else None
        facts = judge(data) if data is not None else Missing("broken")
        if data is None or isinstance(facts, Missing):
            bad.add(picture.sha256)
            done["refused"] += 1
        else:
            store.put(OF_CONTENT + picture.sha256, data, facts)
            done["pictures"] += 1
    for record in other.index.records():
        mine = store.index.find(record.address)
        found = record.found
        if isinstance(found, Stored):
            if found.sha256 in bad:
                continue
            is_newer = mine is None or isinstance(mine.found, Missing) or mine.asked < record.asked
            record = record._replace(found=store.index.picture(found.sha256) or found)
        else:
            is_newer = mine is None or (isinstance(mine.found, Missing) and mine.asked < record.asked)
        if is_newer and (mine is None or mine.found != record.found):
            store.index.put(record)
            done["addresses"] += 1
    return done
