"""A shard's objects on this machine, and their documents."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import NamedTuple

from msgspec.structs import replace

from convert.errors import SourceError, reason
from convert.messages import Message, message
from convert.sandbox.abilities import permit_reading
from convert.sandbox.temporary import folder as temporary_folder
from convert.sharding.listing import Object, is_archive
from convert.sources import Ref, Refusal, named, walk
from convert.storage import Storage, is_address
from convert.store.digest import Digest, digest_file
from convert.text import printable

HERE = "."


class Workplace(NamedTuple):
    """Working directory in which a shard's objects lie under their names, and a folder for what is made of them."""

    folder: str
    refused: list[Refusal]
    """Objects that are no longer as they were listed."""


@contextmanager
def workplace(storage: Storage, objects: Sequence[Object]) -> Iterator[Workplace]:
    """Bring a shard's objects to this machine, and be where they are until the block ends.

    So the names of documents, relative to the working directory, are the same on every machine.  Whole files of a
    folder are read where they are.

    Raises:
        SourceError: the storage cannot be read.
    """
    before = os.getcwd()
    folder = tempfile.mkdtemp(prefix="shard-", dir=temporary_folder())
    try:
        if is_address(storage.address) or any(each.line for each in objects):
            here = os.path.join(folder, "objects")
            os.mkdir(here)
        else:
            here = os.path.abspath(storage.address)
        refused = [
            Refusal(HERE, each.name, "SRC001", problem)
            for each in objects
            if (problem := _bring(storage, each, folder))
        ]
        permit_reading(here)
        os.chdir(here)
        yield Workplace(folder, refused)
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)


def _bring(storage: Storage, each: Object, folder: str) -> Message | None:
    """Bring an object into a folder, if it is not in one already; return why it is not the one of the list."""
    path = os.path.join(folder, "objects", *each.name.split("/"))
    try:
        if each.line:
            return _write(path, storage.read(each.name, each.offset, each.length), each)
        if not is_address(storage.address):
            return _compared(os.path.join(storage.address, *each.name.split("/")), each)
        storage.fetch(each.name, path, each.tag)
    except SourceError:
        stored = storage.stat(each.name)  # raises the same error if nothing can be read at all
        if stored is None:
            return message("error-ENOENT")
        if stored.tag != each.tag or stored.size != each.length:
            return message("changed-since-listed")
        raise
    return _compared(path, each)


def _compared(path: str, each: Object) -> Message | None:
    """Return what is wrong with a file that should have the bytes of the list."""
    try:
        right = not each.sha256 or digest_file(path) == Digest(each.length, each.sha256)
    except FileNotFoundError:
        return message("error-ENOENT")
    except OSError as error:
        raise SourceError("cannot read {path}: {reason}", path=repr(printable(path)), reason=reason(error)) from error
    return None if right else message("changed-since-listed")


def _write(path: str, data: bytes, each: Object) -> Message | None:
    if len(data) != each.length or sha256(data).hexdigest() != each.sha256:
        return message("changed-since-listed")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    return None


def documents(objects: Sequence[Object], refused: Sequence[Refusal]) -> Iterator[Ref | Refusal]:
    """Yield the documents of objects in the working directory; what cannot be opened is a refusal too."""
    refused = [*refused, *(_refused(each) for each in objects if _leads_out(each.name))]
    yield from refused
    missing = {each.path for each in refused}
    there = [each for each in objects if each.name not in missing]
    yield from named(HERE, [each.name for each in there if not is_archive(each.name)])
    for each in there:
        if is_archive(each.name):
            yield from _inside(each)


def _leads_out(name: str) -> bool:
    """Return whether a file of the working directory is a link to one outside of it."""
    path = os.path.join(*name.split("/"))
    return os.path.islink(path) and not os.path.realpath(path).startswith(os.path.join(os.path.realpath(HERE), ""))


def _refused(each: Object) -> Refusal:
    return Refusal(HERE, each.name, "SRC003", message("link-out-of-folder"))


def _inside(each: Object) -> Iterator[Ref | Refusal]:
    try:
        for found in walk([each.name]):
            yield _moved(found, each.line - 1) if each.line > 1 else found
    except SourceError as error:
        yield Refusal(HERE, each.name, "SRC001", error.message)


def _moved(found: Ref | Refusal, lines: int) -> Ref | Refusal:
    """Return a document of a range of JSON Lines with the number that its line has in the whole file."""
    stem, _, name = found.path.rpartition("/")
    number = found.line + lines
    path = f"{stem}/{number:06}.json" if name == f"{found.line:06}.json" else found.path
    if isinstance(found, Refusal):
        return replace(found, path=path, line=number)
    assert isinstance(found.member, tuple)
    return replace(found, path=path, member=(found.member[0], number))
