"""Exports of Omnivore and Readeck that were unpacked: which files of a folder, or of an archive, are theirs."""

import os
from collections.abc import Collection, Iterable
from typing import NamedTuple

from convert.late import late_pattern

OMNIVORE = late_pattern(r"((?:[^/]+/)*+)metadata_(\d+)_to_\d+\.json")
READECK = late_pattern(r"((?:[^/]+/)*)bookmarks/([^/]+)/info\.json")
"""Names of files in them, below the folder that they are in if an export was unpacked and packed again."""
LIST = "data.json"
"""Readeck's list of its entries."""


class Parts(NamedTuple):
    """Paths of the files of exports: those of files, and beginnings of those in folders."""

    files: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Return True if a file, or a folder whose path ends in a slash, belongs to an export."""
        return path in self.files or path.startswith(self.folders)


def parts(paths: Iterable[str]) -> Parts:
    """Return the parts of the exports among these paths; none if there is no export.

    >>> parts(["a/metadata_0_to_2.json", "a/content/x.html", "b.html"]).has("a/content/x.html")
    True
    >>> parts(["data.json", "bookmarks/x/info.json"]).has("data.md")
    False
    """
    paths = frozenset(paths)
    lists = [match for match in map(OMNIVORE.fullmatch, paths) if match]
    files = {match[0] for match in lists}
    folders = {f"{match[1]}{name}/" for match in lists for name in ("content", "highlights")}
    for above in {match[1] for match in map(READECK.fullmatch, paths) if match and f"{match[1]}{LIST}" in paths}:
        files.add(f"{above}{LIST}")
        folders.add(f"{above}bookmarks/")
    return Parts(frozenset(files), tuple(sorted(folders)))


def parts_in(folder: str, names: Collection[str]) -> Parts:
    """Return the parts of the export that a folder with these names is, none if it is no export."""
    found = [name for name in names if OMNIVORE.fullmatch(name)]
    if LIST in names and "bookmarks" in names and (book := _book(os.path.join(folder, "bookmarks"))):
        found += [LIST, book]
    return parts(found) if found else Parts()


def is_export(folder: str) -> bool:
    """Return True if a folder is an export that was unpacked."""
    try:
        return any(parts_in(folder, os.listdir(folder)))
    except OSError:
        return False


def _book(folder: str) -> str:
    """Return the path of an entry of Readeck, "" if the folder has none."""
    try:
        with os.scandir(folder) as entries:
            paths = (f"bookmarks/{each.name}/info.json" for each in entries if not each.name.startswith("."))
            return next((path for path in paths if os.path.isfile(os.path.join(os.path.dirname(folder), path))), "")
    except OSError:
        return ""
