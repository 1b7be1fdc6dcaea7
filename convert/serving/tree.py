"""The files that a server shows: those below one folder, or one file, wherever links and paths lead."""

import os
import stat
from contextlib import suppress
from typing import BinaryIO, NamedTuple
from urllib.parse import quote, unquote_to_bytes


class Shown(NamedTuple):
    """File or folder below the root."""

    path: str
    """Real path on the disk."""
    is_folder: bool
    size: int
    modified: int
    """Nanoseconds since 1970."""


class Entry(NamedTuple):
    """Row of the list of a folder."""

    name: str
    is_folder: bool
    size: int


class Tree:
    """Files below a folder, or one file; files whose names begin with a dot are none of it."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.is_file = not os.path.isdir(self.root)
        self.folder, self.name = os.path.split(self.root) if self.is_file else (self.root, "")

    def find(self, target: str) -> Shown | None:
        """Return the file or folder that the path of a request names; None if the tree has none.

        Nothing is opened before its real path is known, so that no link leads out, and no name of a device is tried.
        """
        names = _names(target)
        if names is None or (self.is_file and names and names != [self.name]):
            return None
        with suppress(OSError, ValueError):
            shown = self._shown(os.path.join(self.folder, *names))
            return shown if shown is None or shown.is_folder or not _path(target).endswith("/") else None
        return None

    def _shown(self, path: str) -> Shown | None:
        real = os.path.realpath(path, strict=True)
        if real != self.folder and not real.startswith(os.path.join(self.folder, "")):
            return None
        if any(each.startswith(".") for each in os.path.relpath(real, self.folder).split(os.sep) if each != os.curdir):
            return None
        about = os.stat(real)
        if not (stat.S_ISDIR(about.st_mode) or stat.S_ISREG(about.st_mode)):
            return None
        return Shown(real, stat.S_ISDIR(about.st_mode), about.st_size, about.st_mtime_ns)

    def entries(self, folder: Shown) -> list[Entry]:
        """Return the list of a folder: folders first, then files, by name."""
        if self.is_file:
            return [Entry(self.name, is_folder=False, size=os.path.getsize(self.root))]
        found = []
        for name in os.listdir(folder.path):
            with suppress(OSError):
                if not name.startswith(".") and (shown := self._shown(os.path.join(folder.path, name))):
                    found.append(Entry(name, shown.is_folder, shown.size))
        return sorted(found, key=lambda each: (not each.is_folder, each.name))


def open_file(shown: Shown) -> BinaryIO:
    """Open a file of a tree; a link that has taken its place is not followed.

    Raises:
        OSError: it cannot be read.
    """
    extra = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    return open(shown.path, "rb", opener=lambda path, flags: os.open(path, flags | extra))


def address_of(name: str) -> str:
    """Return the name of a file as a part of an address; names need not be UTF-8.

    >>> address_of("a b#?"), address_of("纸")
    ('a%20b%23%3F', '%E7%BA%B8')
    """
    return quote(os.fsencode(name), safe="")


def _path(target: str) -> str:
    return target.partition("#")[0].partition("?")[0]


def _names(target: str) -> list[str] | None:
    """Return the names in the path of a request, which begins with one slash; None if it is no path of a tree.

    >>> _names("/a/b%20c?x"), _names("/a/"), _names("/")
    (['a', 'b c'], ['a'], [])
    >>> _names("/../x"), _names("//host/x"), _names("/a%2f..%2fb"), _names("/.git/config"), _names("http://h/x")
    (None, None, None, None, None)
    """
    path = _path(target)
    if not path.startswith("/"):
        return None
    names = [os.fsdecode(unquote_to_bytes(each)) for each in path[1:].removesuffix("/").split("/")]
    if names == [""]:
        return [] if path == "/" else None
    bad = {"/", "\0", os.sep, os.altsep or "/", *((":",) if os.name == "nt" else ())}
    if any(not each or each.startswith(".") or any(mark in each for mark in bad) for each in names):
        return None
    return names
