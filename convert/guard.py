"""The guard of the sources: it knows what a run reads, and is asked before the run writes anything.

- A file that is read is never replaced, whatever its name: files and folders are compared themselves, so links, names
  in another case and mounts make no difference.
- In a folder that is read, a file is only replaced by one of its own kind, such as a report by the next report, and
  nothing new is written that a reader would take for an article the next time.  Hidden names are not read, and neither
  are outputs that a manifest lists.
- Elsewhere, no page or list of a mirror is replaced: it may be the only copy.
"""

import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from convert import readers
from convert.errors import UsageError
from convert.readers.options import DETECTED, ReadOptions
from convert.sources import MAX_BYTES, STDIN
from convert.sources.made import Made
from convert.sources.mirror import is_in_mirror, is_list
from convert.store.names import key_of
from convert.text import printable


class Kind(NamedTuple):
    """Kind of files that the program writes."""

    sample: bytes = b""
    """Beginning of such a file, by which the readers decide; b"" if they take every such file for an article."""
    pattern: bytes = b"(?!)"
    """Regular expression for the beginnings of such files, by which the next one may replace them."""


_ZIP = b"PK\3\4" + bytes(26) + b"mimetypeapplication/epub+zip"
_JUNIT = b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n<testsuite name="x" package="convert"'
_SARIF = b'{"$schema": "x", "version": "2.1.0", "runs": [{"tool": {"driver":{"name":"convert"'
_FINDING = rb"[^\n]*:\d+:\d+:\S* \S*(error|warning|info)\S* [A-Z]{3}\d{3,4} [a-z-]+: "
_CATALOG_FEED = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    b"<generator>archive-convert catalog</generator>\n"
)
_CATALOG = (
    rb'<\?xml version="1\.0" encoding="utf-8"\?>\n<feed [^>]*>\n<generator>archive-convert catalog<',
    rb'<!DOCTYPE html>\n<html [^>]*>\n<head>\n<meta charset="utf-8"/>\n'
    rb'<meta name="generator" content="archive-convert catalog"',
    rb"\x89PNG\r\n.{27}.{4}tEXtSoftware\0archive-convert catalog",
)
"""Beginnings of the files of a catalogue: feeds, the page, covers."""
_FIGURES = rb"\d+ article\(s\), |\d+ \xe7\xaf\x87\xe6\x96\x87\xe7\xab\xa0"
_FINDINGS = Kind(b'{"code":"ART001"}\n{"code":"ART001"}\n', rb'\{"code": ?"[A-Z]{3}\d{3,4}"|\Z')

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "epub": Kind(_ZIP, rb"PK\x03\x04.{26}mimetypeapplication/epub\+zip"),
        "pdf": Kind(b"%PDF-1.7\n\0", rb"%PDF-"),
        "parquet": Kind(b"PAR1\x15\0", rb"PAR1"),
        "zim": Kind(b"ZIM\x04\x06\0", rb"ZIM\x04"),
        "manifest": Kind(b"{}\n", rb'\s*\{\s*"schema_version": ?"|[\0\s]*\Z'),
        "cache": Kind(b"SQLite format 3\0", rb"SQLite format 3\0|\Z"),
        "ledger": _FINDINGS,
        "picture": Kind(b"\xff\xd8\xff\xe0\0\x10JFIF\0", rb"\xff\xd8\xff|\x89PNG\r\n|GIF8|RIFF.{4}WEBP|.{4}ftyp"),
        "index of pictures": Kind(b'[\n{"address":"x","file":"y"}\n]\n', rb'\[\n(\]|\{"address":)'),
        "catalog": Kind(_CATALOG_FEED + b"<id>", b"|".join(_CATALOG)),
        "changes": Kind(b"made a.epub\n", rb"(made|kept|removed) [^\n]+\n|\Z"),
        "baseline": Kind(b'{"version": 2, "findings": [\n\n]}\n', rb'\{"version": \d+, "findings": \['),
        "github report": Kind(b"::error title=ART001 missing-title::x\n", rb"::(error|warning|notice) |" + _FIGURES),
        "github summary": Kind(b"### convert validate\n", rb"### convert validate\n|\Z"),
        "gitlab report": Kind(b"[]\n", rb'\[(\]|\n\{"description": ?"[A-Z]{3}\d{3,4} )'),
        "json report": Kind(b'{"findings": [\n], "summary": {}}\n', rb'\{"findings": \[\n'),
        "jsonl report": _FINDINGS,
        "junit report": Kind(_JUNIT + b"/>\n</testsuites>\n", _JUNIT.replace(b'"x"', b'"[^"]*"').replace(b"?", rb"\?")),
        "sarif report": Kind(_SARIF + b"}}}]}\n", re.escape(_SARIF).replace(b'"x"', b'"[^"]*"')),
        "text report": Kind(b"a.md:1:1: error ART001 missing-title: x\n", _FINDING + b"|" + _FIGURES),
    }
)
"""Kinds of files that are no articles, unless `--from` makes one of every document; others are articles."""

ARTICLE = Kind()

_HEAD = 4096


class _Place(NamedTuple):
    """Place in a folder that is read."""

    root: str
    """The folder, as the user named it."""
    path: str
    """Its real path."""
    hidden: bool = False
    """True if no walk comes here."""


_Id = tuple[int, int]
"""Device and inode."""


class Guard:
    """Knowledge of what a run reads: files, and folders with all that is below them.

    `roots` are the sources as the user named them, `others` settings, baselines and style sheets.
    """

    def __init__(self, roots: Sequence[str], how: ReadOptions = DETECTED, others: Sequence[str | None] = ()) -> None:
        self._how = how
        self._files: dict[_Id, str] = {}
        self._roots: list[str] = []
        self._places: dict[str, _Place | None] = {}
        self._real: dict[str, str] = {}
        self._made: dict[str, Made] = {}
        self._claimed: dict[tuple[str, str], str] = {}
        """Option by folder and name of each output."""
        for root in (*roots, *filter(None, others)):
            status = _status(root)
            if status and stat.S_ISDIR(status.st_mode):
                self._roots.append(root)
            elif status and stat.S_ISREG(status.st_mode):
                self._files.setdefault(_id(status), root)

    @cached_property
    def _folders(self) -> dict[_Id, _Place]:
        """The folders that are read, and all below them, which may have another name elsewhere by a mount."""
        folders: dict[_Id, _Place] = {}
        for root in self._roots:
            real = os.path.realpath(root)
            waiting = [(real, _Place(root, real))]
            while waiting:
                folder, place = waiting.pop()
                if (status := _status(folder)) is None:
                    continue
                known = folders.get(_id(status))
                if known and (place.hidden or not known.hidden):
                    continue
                folders[_id(status)] = place
                with suppress(OSError), os.scandir(folder) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            hidden = place.hidden or entry.name.startswith(".")
                            waiting.append((entry.path, place._replace(hidden=hidden)))
        return folders

    # --- questions ----------------------------------------------------------------------------------------------------

    def check(self, option: str, path: str, kind: str, *, listed: bool = False, named: str = "") -> None:
        """Check that a file may be written, or replaced, and reserve it for an option.

        `kind` is a key of KINDS, or a format of articles; a manifest will name a `listed` file; `named` is the folder
        that the user gave.

        Raises:
            UsageError: it is a source, would be read as one the next time, or is the output of another option.
        """
        folder, name = self._claim(option, path)
        file = os.path.join(folder, name)
        status = _status(file)
        if status and (source := self._files.get(_id(status))):
            raise UsageError(
                "{option} would overwrite the source {path}; name another file, such as {name}",
                option=option,
                path=_quoted(source),
                name=_quoted(self._instead(os.path.dirname(source) or ".", named or path, kind)),
            )
        place = self._place(folder)
        if status and not stat.S_ISREG(status.st_mode):
            return
        if place is None:
            if status and _is_of_mirror(file) and not self.is_kind(file, kind):
                raise UsageError(
                    "{option} would overwrite {path}, a page of a mirror; name another place, such as {name}",
                    option=option,
                    path=_quoted(path),
                    name=_quoted(self._instead(os.path.dirname(named or path), named or path, kind)),
                )
        elif not status:
            self._check_new(option, path, kind, place, listed=listed, named=named)
        elif not (self.is_kind(file, kind) or self._is_output(file, place)):
            raise UsageError(
                "{option} would overwrite {path}, in a folder that is a source; name another place, such as {name}",
                option=option,
                path=_quoted(path),
                name=_quoted(self._instead(os.path.join(place.root, ".."), named or path, kind)),
            )

    def check_kept(self, option: str, path: str, kind: str, *, named: str = "") -> None:
        """Check as `check` a file that the last build wrote, that is as it was, and that a manifest lists.

        It is no page of a mirror, so that it need not be read.

        Raises:
            UsageError: it is a source, or the output of another option.
        """
        folder, name = os.path.split(path)
        if self._files or folder not in self._real or self._place(self._real[folder]) is not None:
            self.check(option, path, kind, listed=True, named=named)
        elif self._claimed.setdefault((self._real[folder], key_of(name)), option) != option:
            self._claim(option, path)

    def check_replaced(self, option: str, path: str, read: Callable[[int], bytes], kind: str) -> None:
        """Check that what is written to `path` may replace an object, of which `read` returns the first bytes.

        Raises:
            UsageError: that is a page of a mirror.
        """
        head = read(_HEAD)
        if re.match(KINDS.get(kind, ARTICLE).pattern, head, re.S) or not readers.READERS["mirror"].detect(head):
            return
        data = head if len(head) < _HEAD else read(MAX_BYTES)
        if readers.peek(data, path, ReadOptions("mirror")) is not None:
            raise UsageError(
                "{option} would overwrite {path}, a page of a mirror; name another place",
                option=option,
                path=_quoted(path),
            )

    def check_place(self, option: str, path: str, kind: str, *, listed: bool) -> None:
        """Check that outputs may be written to a folder, or to a new file, before their names are known.

        Raises:
            UsageError: it is in a folder that is read, where a walk would take them for articles.
        """
        real = os.path.realpath(path)
        folder, name = (real, "") if os.path.isdir(real) else self._claim(option, path)
        if (place := self._place(folder)) and not (name and os.path.exists(real)):
            self._check_new(option, os.path.join(path, "") if not name else path, kind, place, listed=listed)

    def would_read(self, path: str, kind: str) -> bool:
        """Return whether a file of a kind that no manifest lists would be an article of the next run."""
        folder, name = self._split(path)
        place = self._place(folder)
        return place is not None and self._would_read(place, name, kind)

    def surrounds(self, path: str) -> bool:
        """Return whether a file or folder, which need not exist, is in a folder that is read."""
        return self._place(os.path.realpath(path)) is not None

    def reads(self, path: str) -> bool:
        """Return whether a file is a source of this run, so that it must not be removed."""
        folder, name = self._split(path)
        file = os.path.join(folder, name)
        if not (status := _status(file)):
            return False
        place = self._place(folder)
        return _id(status) in self._files or bool(place and not self._is_output(file, place))

    # --- answers ------------------------------------------------------------------------------------------------------

    def _check_new(self, option: str, path: str, kind: str, place: _Place, *, listed: bool, named: str = "") -> None:
        """Refuse a new file in a folder that is read if a walk would take it for an article."""
        if listed or not self._would_read(place, os.path.basename(path), kind):
            return
        raise UsageError(
            "{option} names {path}, inside a folder that is a source: the next run would read what is written there as "
            "articles; name another place, such as {name}",
            option=option,
            path=_quoted(path),
            name=_quoted(self._instead(os.path.join(place.root, ".."), named or path, kind)),
        )

    def _would_read(self, place: _Place, name: str, kind: str) -> bool:
        """Return whether a walk would take a file of a kind for an article."""
        sample = KINDS.get(kind, ARTICLE).sample
        hidden = place.hidden or name.startswith(".")
        return not hidden and (not sample or readers.peek(sample, name, self._how) is not None)

    def is_kind(self, file: str, kind: str) -> bool:
        """Return whether a file is of a kind that is no article, by its beginning."""
        try:
            with open(file, "rb") as data:
                return re.match(KINDS.get(kind, ARTICLE).pattern, data.read(_HEAD), re.S) is not None
        except OSError:
            return False

    def _is_output(self, file: str, place: _Place) -> bool:
        """Return whether a manifest in the folder that is read, at or above a file, says that a build wrote it."""
        top = os.path.join(place.path, "")
        if not file.startswith(top):
            return False
        made = self._made.setdefault(place.path, Made(place.path))
        folder = os.path.dirname(file)
        while True:
            made.look_once(folder)
            if not folder.startswith(top):
                return made.is_output(file)
            folder = os.path.dirname(folder)

    def _claim(self, option: str, path: str) -> tuple[str, str]:
        """Reserve a file for an option; return its real folder and its name."""
        folder, name = self._split(path)
        if (other := self._claimed.setdefault((folder, key_of(name)), option)) != option:
            raise UsageError(
                "{one} and {other} both write {path}; give each a file of its own",
                one=other,
                other=option,
                path=_quoted(path),
            )
        return folder, name

    # --- places -------------------------------------------------------------------------------------------------------

    def _split(self, path: str) -> tuple[str, str]:
        """Return the real folder and the name of the file that writing to `path` replaces or makes."""
        folder, name = os.path.split(path)
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder)
        real = self._real[folder]
        file = os.path.join(real, name)
        return os.path.split(os.path.realpath(file)) if os.path.islink(file) else (real, name)

    def _place(self, folder: str) -> _Place | None:
        """Return the place of a real folder, which need not exist, in one that is read; None if it is outside."""
        if folder not in self._places:
            status, above = _status(folder), os.path.dirname(folder)
            place = self._folders.get(_id(status)) if status else None
            if place is None and above != folder and (place := self._place(above)):
                place = place._replace(hidden=place.hidden or os.path.basename(folder).startswith("."))
            self._places[folder] = place
        return self._places[folder]

    def _instead(self, folder: str, named: str, kind: str) -> str:
        """Return a name to use instead of `named`, in `folder` or above its mirror; a hidden one if that is read."""
        while is_in_mirror(folder) and os.path.realpath(folder) != os.path.realpath(os.path.join(folder, "..")):
            folder = os.path.normpath(os.path.join(folder, ".."))
        name = os.path.basename(os.path.abspath(named))
        stem, ending = os.path.splitext(name)
        taken = os.path.realpath(named)
        for number in range(1, 100):
            more = "" if number == 1 else f"-{number}" if ending or number > 2 else f"-{kind.partition(' ')[0]}"
            path = os.path.normpath(os.path.join(folder, f"{stem}{more}{ending}"))
            free = not os.path.lexists(path) or (os.path.isdir(path) and not ending)
            real = os.path.realpath(path)
            if free and real != taken and self._place(real) is None and not is_in_mirror(path):
                return path
        return os.path.join(os.path.dirname(os.path.normpath(named)), f".{name.lstrip('.')}")


def _status(path: str) -> os.stat_result | None:
    """Return the status of a file or folder, of standard input for `-`; None if there is none."""
    try:
        return os.fstat(0) if path == STDIN else os.stat(path)
    except (OSError, ValueError):
        return None


def _is_of_mirror(file: str) -> bool:
    """Return whether a file is a page of a mirror, which this program never writes, or one of its lists."""
    reader = readers.READERS["mirror"]
    try:
        with open(file, "rb") as stream:
            data = stream.read(MAX_BYTES)
    except OSError:
        return False
    if reader.detect(data[:_HEAD]) and readers.peek(data, file, ReadOptions("mirror")) is not None:
        return True
    return is_list(file) and readers.peek(data, file) is None


def _id(status: os.stat_result) -> _Id:
    return status.st_dev, status.st_ino


def _quoted(path: str) -> str:
    return repr(printable(path))
