"""Trees of files in which pictures lie beside documents: a folder, or a zip or tar archive.

Nothing outside the source is read: neither `..` nor a link leads out of it.
"""

import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import Protocol, cast

from convert.errors import DocumentError, SourceError
from convert.late import late
from convert.sources import archive_kinds
from convert.sources.files import STORE
from convert.sources.ref import MAX_MEMBERS, STDIN, Ref

_members, _reopened = late("convert.sources.archives:members"), late("convert.sources.archives:reopen")
MAX_BYTES = 64 << 20
"""Bytes of the largest file that is read."""
ENDINGS = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".avif")
"""Ends of the names by which pictures are looked for anywhere in a tree."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Tree(Protocol):
    """Tree of files; paths are POSIX paths from its top."""

    def has(self, path: str) -> bool:
        """Return True if there is such a file inside the tree."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, None if it cannot be read or is too large."""
        ...

    def pictures(self) -> Iterator[str]:
        """Yield the paths of the files that are named as pictures, in order."""
        ...

    def close(self) -> None:
        """Close its files."""
        ...


class Folder:
    """Tree in a folder."""

    def __init__(self, top: str) -> None:
        self._top = top
        self._inside = os.path.join(os.path.realpath(top), "")

    def close(self) -> None:
        """Close nothing: no file stays open."""

    def _file(self, path: str) -> str:
        return os.path.join(self._top, *path.split("/"))

    def has(self, path: str) -> bool:
        """Return True if there is such a file, and no link on the way leads out."""
        with suppress(OSError, ValueError):
            file = self._file(path)
            return os.path.isfile(file) and os.path.realpath(file).startswith(self._inside)
        return False

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, None if it cannot be read or is too large."""
        if not self.has(path):
            return None
        with suppress(OSError):
            descriptor = os.open(self._file(path), _FLAGS)
            with open(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if stat.S_ISREG(status.st_mode) and status.st_size <= MAX_BYTES:
                    data = file.read(MAX_BYTES + 1)
                    return data if len(data) <= MAX_BYTES else None
        return None

    def pictures(self) -> Iterator[str]:
        """Yield the paths of the files that are named as pictures, without hidden ones."""
        number = 0
        for folder, folders, names in os.walk(self._top):
            if STORE in names and folder != self._top:
                folders.clear()
                continue
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if name.lower().endswith(ENDINGS) and not name.startswith("."):
                    number += 1
                    if number > MAX_MEMBERS:
                        return
                    yield os.path.relpath(os.path.join(folder, name), self._top).replace(os.sep, "/")


class Packed:
    """Tree in a zip or tar archive."""

    def __init__(self, root: str, kind: archive_kinds.Kind) -> None:
        self._root, self._kind = root, kind
        self._open: archive_kinds.Opened | None = None

    def close(self) -> None:
        """Close the archive."""
        if self._open:
            self._open.close()
            self._open = None

    @cached_property
    def _members(self) -> dict[str, Ref]:
        with suppress(SourceError):
            return {each.path: each for each in _members(self._root, self._kind) if isinstance(each, Ref)}
        return {}

    def has(self, path: str) -> bool:
        """Return True if there is such a member."""
        return path in self._members

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a member, None if it is damaged."""
        ref = self._members.get(path)
        if ref is None:
            return None
        place = cast("tuple[int, ...]", ref.member)
        with suppress(DocumentError):
            if self._open is None:
                self._open = _reopened(self._root, place)
            return self._open.read(place, ref.size)
        return None

    def pictures(self) -> Iterator[str]:
        """Yield the paths of the members that are named as pictures."""
        return (path for path in self._members if path.lower().endswith(ENDINGS))


def tree_of(ref: Ref) -> tuple[str, str]:
    """Return the top of the tree that a document lies in, and the document's path from there; "" if it is in none.

    The tree of a document that is named alone is its folder.
    """
    if isinstance(ref.member, bytes) or ref.root == STDIN:
        return "", ""
    if isinstance(ref.member, str):
        top = ref.root if os.path.isdir(ref.root) else os.path.dirname(ref.root) or "."
        return top, os.path.relpath(ref.member, top).replace(os.sep, "/")
    is_archive = len(ref.member) in (1, 4)
    return (ref.root, ref.path) if is_archive else ("", "")


def opened(top: str) -> Tree:
    """Return the tree with a top: that of a folder, or of an archive.

    Raises:
        SourceError: it is a damaged archive.
    """
    if os.path.isdir(top):
        return Folder(top)
    return Packed(top, archive_kinds.kind_of(top) or "zip")


def forms_of(path: str) -> tuple[str, ...]:
    """Return a path with its letters composed and decomposed, as systems store names."""
    if path.isascii():
        return (path,)
    return tuple(dict.fromkeys((path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path))))
