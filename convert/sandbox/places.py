"""Places on the disk that a process may read or write, for `abilities`."""

import os
import sys
from collections.abc import Container, Iterable
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple, Self

if sys.platform == "darwin":
    import fcntl

HIDDEN = ".convert-"
"""Beginning of the names of our own files beside an output: parts, locks, journals, caches."""
RUNS = ("cvrun-", "pymp-")
"""Beginnings of the names of folders for the temporary files of a run, ours and those of `multiprocessing`."""
STREAMS = ("/dev/null", "/dev/tty", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd", "nul", "con")
SYSTEM = (
    *STREAMS,
    "/dev/urandom",
    "/dev/random",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/timezone",
    "/usr/lib/locale",
    "/usr/share/fonts",
    "/usr/share/locale",
    "/usr/share/zoneinfo",
    "/usr/local/share/fonts",
)
"""Files and folders of the system that libraries read whatever the document: clock, language, fonts, chance."""
NAMES = frozenset({"mime.types"})
"""Names of such files that are in another folder on each system."""
ENDINGS = (".py", ".pyc", ".so", ".pyd", ".dll", ".dylib", ".ttf", ".otf", ".ttc", ".otc")
"""Ends of the names of code and of fonts, which are read wherever they are installed."""


class Places(NamedTuple):
    """Files and folders with all that is below them, and our own files beside them."""

    paths: frozenset[str]
    beside: dict[str, tuple[str, ...]]
    """Beginnings of names, by folder."""

    @classmethod
    def of(cls, paths: Iterable[str], temporary: str = "") -> Self:
        """Return places, under the names that are given and under their real ones.

        Of the folder `temporary`, the folders of runs and of `multiprocessing` are places.
        """
        found: set[str] = set()
        beside: dict[str, set[str]] = {absolute(temporary): {*RUNS}} if temporary else {}
        for path in paths:
            with suppress(OSError, ValueError):  # the folder we are in is gone, or it is no path: nothing can be there
                for each in {absolute(path), absolute(os.path.realpath(path))}:
                    found.add(each)
                    folder, name = os.path.split(each)
                    beside.setdefault(folder, {HIDDEN}).add(name or HIDDEN)
        return cls(frozenset(found), {folder: tuple(sorted(names)) for folder, names in beside.items()})

    def plus(self, path: str) -> Self:
        """Return these places and another one."""
        other = type(self).of([path])
        return type(self)(self.paths | other.paths, {**self.beside, **other.beside})

    def has(self, path: str) -> bool:
        """Return whether a path is that of a place, below one, or that of a file of ours beside one."""
        while True:
            if path in self.paths:
                return True
            folder, name = os.path.split(path)
            if folder == path:
                return False
            if (names := self.beside.get(folder)) and name.startswith(names):
                return True
            path = folder

    def is_above(self, path: str) -> bool:
        """Return whether a folder is on the way to a place."""
        inside = os.path.join(path, "")
        return any(each.startswith(inside) for each in self.paths)


NOWHERE = Places(frozenset(), {})


def absolute(path: Any) -> str:
    """Return the absolute path of a file, as other paths to it are written."""
    return os.path.normcase(os.path.abspath(os.fsdecode(path)))


def opened(descriptor: int) -> str:
    """Return the path of an open folder; "" where the system does not say."""
    with suppress(OSError):
        if sys.platform == "darwin":
            return os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
        return os.readlink(f"/proc/self/fd/{descriptor}")
    return ""


def is_in(path: str, places: Container[str]) -> bool:
    """Return whether a path is one of some places, or below one."""
    while path not in places:
        above = os.path.dirname(path)
        if above == path:
            return False
        path = above
    return True


@cache
def of_interpreter() -> frozenset[str]:
    """Return the folders of the interpreter, of the packages that it finds, and of this program."""
    folders = {absolute(each) for each in (*sys.path, os.path.dirname(os.__file__)) if os.path.isabs(each)}
    with suppress(OSError):  # it is gone
        folders.discard(absolute(os.getcwd()))  # which is in the search path of `python -m`, and no place of programs
    if sys.prefix != sys.base_prefix:  # a virtual environment
        folders.add(absolute(sys.prefix))
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    schemas = os.path.join(os.path.dirname(own), "schemas")  # of a checkout, which may be the folder that we are in
    real = {absolute(os.path.realpath(each)) for each in folders}
    return frozenset({*folders, *real, absolute(own), absolute(schemas)} - {os.sep})


def is_of_system(path: str) -> bool:
    """Return whether a file is one that libraries read whatever the document."""
    return path.endswith(ENDINGS) or is_in(path, SYSTEM) or os.path.basename(path) in NAMES
