"""The place of a document in its mirror, by whatever name its folder was given.

A mirror has its articles in `pages/CHANNEL/` and lists of them in `indexes/`.  Its root is the top of a git checkout
with a folder `pages`, or else the folder that holds the innermost of these two.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from convert.errors import DocumentError
from convert.sources import files
from convert.sources.ref import STDIN, Ref, Refusal
from convert.sources.remote import checkout_around, files_url
from convert.text import printable

PAGES, INDEXES, README = "pages", "indexes", "README.md"
UNNAMED = "stdin"
"""Name of a document on standard input that was given none."""


class Location(NamedTuple):
    """Place of a folder or a document in its mirror."""

    path: str
    """Path from the mirror's root; that of a folder ends in a slash, that of the root is "".

    For a document that is in no mirror it is the path in its source.
    """
    mirror: str = ""
    """URL of the mirror's root, ending in a slash; "" if it is not known."""


class _Folder(NamedTuple):
    """Folder in a mirror."""

    root: str
    """Path of the mirror's root."""
    location: Location


def location_of(ref: Ref) -> Location:
    """Return the place of a document in its mirror."""
    if (folder := _folder_of(ref)) is None:
        return Location(ref.path)
    return Location(folder.location.path + ref.path.rpartition("/")[2], folder.location.mirror)


def root_of(ref: Ref) -> str:
    """Return the path of the root of a document's mirror; "" if it is in none, or in an archive."""
    folder = _folder_of(ref)
    return folder.root if folder else ""


def lists(root: str, channels: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the lists of a mirror that may be about these channels, in the order of a walk.

    Those are its README, tables of names, what is named for a channel, and pages whose names are not ASCII, because
    only their content names the channel.
    """
    for path in _paths_of_lists(root, channels):
        file = os.path.realpath(os.path.join(root, path))
        if file.startswith(os.path.join(os.path.realpath(root), "")):
            with suppress(DocumentError):
                yield path, files.read(file)


def _paths_of_lists(root: str, channels: Collection[str]) -> Iterator[str]:
    if os.path.isfile(os.path.join(root, README)):
        yield README
    for name in _names(os.path.join(root, INDEXES)):
        stem, ending = os.path.splitext(name)
        if ending == ".csv":
            if stem in channels or stem.rpartition(".")[2] == "names":
                yield f"{INDEXES}/{name}"
        elif ending == ".md":
            if stem in channels or not stem.isascii():
                yield f"{INDEXES}/{name}"
        elif name in channels:
            pages = _names(os.path.join(root, INDEXES, name))
            yield from (f"{INDEXES}/{name}/{page}" for page in pages if page.endswith(".md"))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def is_list(file: str) -> bool:
    """Return whether a file is in the place of a list of a mirror: its README, or below its folder `indexes`."""
    folder, name = os.path.split(file)
    if name == README and os.path.isdir(os.path.join(folder, PAGES)):
        return True
    found = _folder(folder, _here(folder))
    if found is None or not os.path.isdir(os.path.join(found.root, PAGES)):
        return False
    return found.location.path.startswith(f"{INDEXES}/")


def is_in_mirror(folder: str) -> bool:
    """Return whether a folder is a mirror's root, or in a mirror."""
    return os.path.isdir(os.path.join(folder, PAGES)) or _folder(folder, _here(folder)) is not None


def identity_of(ref: Ref | Refusal) -> tuple[object, ...]:
    """Return a value that is the same for a document under all names of its folder or archive."""
    member = ref.member if isinstance(ref, Ref) else os.path.join(ref.root, ref.path)
    if isinstance(member, bytes) or ref.root == STDIN:
        return ref.root, ref.path
    root = os.path.realpath(ref.root) if isinstance(member, tuple) and os.path.isdir(ref.root) else ref.root
    folder, name = os.path.split(member if isinstance(member, str) else root)
    return _real_folder(folder, _here(folder)), name, member if isinstance(member, tuple) else ""


@cache
def _real_folder(folder: str, here: str) -> str:
    return os.path.realpath(os.path.join(here, folder))


def _folder_of(ref: Ref) -> _Folder | None:
    """Return the place of a document's folder; None if it is in no mirror, or in an archive."""
    if isinstance(ref.member, tuple):
        return None
    if isinstance(ref.member, bytes):
        return None if ref.path == UNNAMED else _folder(os.path.dirname(ref.path), _here(ref.path))
    above = ref.member.rpartition(os.sep)[0] or os.path.dirname(ref.member)
    found = _folder(above, "" if above.startswith(os.sep) else _here(above))  # three times a document: isabs takes long
    if found is None and ref.member == ref.root and os.path.islink(ref.root):
        return _folder(os.path.dirname(os.path.realpath(ref.root)), "")
    return found


def _here(path: str) -> str:
    """Return the folder that a path is relative to, which a program may change."""
    return "" if os.path.isabs(path) else os.getcwd()


@cache
def _folder(folder: str, here: str) -> _Folder | None:
    """Return the place of a folder, whose name is relative to the folder `here`.

    Its real path counts before the typed one, which leads into a mirror where a link in it leads out.
    """
    typed = os.path.join(here, folder)
    for path in dict.fromkeys((os.path.realpath(typed), os.path.normpath(typed))):
        if found := _in_checkout(path) or _in_part(path):
            return found
    return None


def _in_checkout(path: str) -> _Folder | None:
    top = checkout_around(path)
    if not top or not os.path.isdir(os.path.join(top, PAGES)):
        return None
    return _Folder(top, Location(_below(path, top), _files_url(top)))


def _in_part(path: str) -> _Folder | None:
    root = path
    while os.path.basename(root) not in (PAGES, INDEXES):
        above = os.path.dirname(root)
        if above == root:
            return None
        root = above
    top = os.path.dirname(root)
    return _Folder(top, Location(_below(path, top)))


def _below(path: str, top: str) -> str:
    inside = os.path.relpath(path, top).replace(os.sep, "/")
    return "" if inside == "." else f"{printable(inside)}/"


_files_url = cache(files_url)
