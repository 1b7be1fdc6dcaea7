"""The place of a document in its mirror, by whatever name its folder was given.

A mirror has its articles in `pages/CHANNEL/` and lists of them in `indexes/`.  Its root is the top of a git checkout
with a folder `pages`, or else the folder that holds the innermost of these two.
"""

import os
from functools import cache
from typing import NamedTuple

from convert.sources.ref import STDIN, Ref, Refusal
from convert.sources.remote import files_url, is_checkout
from convert.text import printable

PAGES, INDEXES = "pages", "indexes"
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


def location_of(ref: Ref) -> Location:
    """Return the place of a document in its mirror."""
    folder = _folder_of(ref)
    return Location(folder.path + ref.path.rpartition("/")[2], folder.mirror) if folder else Location(ref.path)


def is_in_mirror(folder: str) -> bool:
    """Return whether a folder is a mirror's root, or in a mirror."""
    return os.path.isdir(os.path.join(folder, PAGES)) or _folder(folder, _here(folder)) is not None


def identity_of(ref: Ref | Refusal) -> tuple[object, ...]:
    """Return a value that is the same for a document under all names of its folder or archive."""
    member = ref.member if isinstance(ref, Ref) else os.path.join(ref.root, ref.path)
    if isinstance(member, bytes) or ref.root == STDIN:
        return ref.root, ref.path
    folder, name = os.path.split(member if isinstance(member, str) else ref.root)
    return _real_folder(folder, _here(folder)), name, member if isinstance(member, tuple) else ""


@cache
def _real_folder(folder: str, here: str) -> str:
    return os.path.realpath(os.path.join(here, folder))


def _folder_of(ref: Ref) -> Location | None:
    """Return the place of a document's folder; None if it is in no mirror, or in an archive."""
    if isinstance(ref.member, tuple):
        return None
    if isinstance(ref.member, bytes):
        return None if ref.path == UNNAMED else _folder(os.path.dirname(ref.path), _here(ref.path))
    found = _folder(os.path.dirname(ref.member), _here(ref.member))
    if found is None and ref.member == ref.root and os.path.islink(ref.root):
        return _folder(os.path.dirname(os.path.realpath(ref.root)), "")
    return found


def _here(path: str) -> str:
    """Return the folder that a path is relative to, which a program may change."""
    return "" if os.path.isabs(path) else os.getcwd()


@cache
def _folder(folder: str, here: str) -> Location | None:
    """Return the place of a folder, whose name is relative to the folder `here`.

    Its real path counts before the typed one, which leads into a mirror where a link in it leads out.
    """
    typed = os.path.join(here, folder)
    for path in dict.fromkeys((os.path.realpath(typed), os.path.normpath(typed))):
        if found := _in_checkout(path) or _in_part(path):
            return found
    return None


def _in_checkout(path: str) -> Location | None:
    top = _checkout(path)
    if not top or not os.path.isdir(os.path.join(top, PAGES)):
        return None
    return Location(_below(path, top), _files_url(top))


def _in_part(path: str) -> Location | None:
    root = path
    while os.path.basename(root) not in (PAGES, INDEXES):
        above = os.path.dirname(root)
        if above == root:
            return None
        root = above
    return Location(_below(path, os.path.dirname(root)), "")


def _below(path: str, top: str) -> str:
    inside = os.path.relpath(path, top).replace(os.sep, "/")
    return "" if inside == "." else f"{printable(inside)}/"


@cache
def _checkout(folder: str) -> str:
    """Return the top of the innermost git checkout around a folder; "" if there is none."""
    if is_checkout(folder):
        return folder
    above = os.path.dirname(folder)
    return "" if above == folder else _checkout(above)


_files_url = cache(files_url)
