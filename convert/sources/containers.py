"""The table of archives that are read record by record, CONTAINERS: a new one is one module here and one row.

They are recognised by their content, whatever their name.  Unlike a member of a zip or tar archive, a record has an
address of its own, and an envelope.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from convert.late import late
from convert.sources import unpacked
from convert.sources.envelope import NO_ENVELOPE, Envelope
from convert.sources.ref import Ref, Refusal

START = 1 << 16
"""Number of bytes from the beginning of a file that its kind is recognised by."""

EXPORTS_IN_FOLDERS = (".json", ".jsonl", ".ndjson", ".csv", ".xml")
"""Ends of names of exports that are one file."""
IN_FOLDERS = (".wacz", ".warc", ".warc.gz", ".warc.zst", ".parquet", *EXPORTS_IN_FOLDERS)
"""Ends of names of archives that are opened inside a folder too; others are opened only where they are named."""


class Record(NamedTuple):
    """Document of an archive."""

    data: bytes
    address: str = ""
    envelope: Envelope = NO_ENVELOPE


class Opened(Protocol):
    """Open archive."""

    def read(self, place: tuple[int, ...], size: int) -> Record:
        """Return the record at `place`, which has `CONTAINER_PLACE` items.

        Raises:
            DocumentError: SRC001 if it is damaged or no longer there.
        """
        ...

    def close(self) -> None:
        """Close its files."""
        ...


class Container(NamedTuple):
    """Form of archive."""

    detect: Callable[[bytes, frozenset[str]], bool]
    """Function from the first bytes of a file, and the names in it if it is a zip archive, to whether it is one."""
    members: Callable[[str], Iterator[Ref | Refusal]]
    """Function from the path of an archive to its documents, in order.

    It raises SourceError if nothing of the archive can be read; what else is wrong is a Refusal.
    """
    open: Callable[[str], Opened]
    zipped: bool = False
    """True if it is always a zip archive, so that its module is not loaded for other files."""


def _late(module: str, *, zipped: bool = False) -> Container:
    """Return the container whose functions are in a module of this room."""
    detect, members, opened = (late(f"convert.sources.{module}:{name}") for name in ("detect", "members", "Archive"))
    return Container(detect, members, opened, zipped)


def _begins_table(start: bytes, names: frozenset[str]) -> bool:
    """Return True if bytes begin as a table in Parquet does, or one whose footer is encrypted."""
    return start.startswith((b"PAR1", b"PARE"))


CONTAINERS: Mapping[str, Container] = MappingProxyType(
    {
        "epub": _late("epub", zipped=True),
        "export": _late("exports.forms")._replace(detect=late("convert.sources.exports.start:detect")),
        "parquet": _late("parquet")._replace(detect=_begins_table),
        "wacz": _late("warc.wacz", zipped=True),
        "warc": _late("warc.archive")._replace(detect=late("convert.sources.warc.start:detect")),
        "zim": _late("zim"),
    }
)


def kind_of(root: str) -> str | None:
    """Return the key in CONTAINERS of the file `root`, None if it is another file or cannot be opened.

    Of folders, only an export that was unpacked has one.
    """
    try:
        if os.path.isdir(root):
            return "export" if unpacked.is_export(root) else None
        with open(root, "rb") as file:
            start = file.read(START)
            is_zip = begins_nearly(start, b"PK\x03\x04")
            names = _names(root) if is_zip else frozenset[str]()
    except OSError:
        return None
    candidates = ((kind, each) for kind, each in CONTAINERS.items() if is_zip or not each.zipped)
    return next((kind for kind, container in candidates if container.detect(start, names)), None)


def begins_nearly(start: bytes, mark: bytes) -> bool:
    """Return True if bytes begin with a mark of which at most one byte is damaged."""
    return len(start) > len(mark) and sum(map(int.__ne__, start, mark)) <= 1


def is_named_as_one(name: str) -> bool:
    """Return True if a file in a folder is to be looked at as an archive."""
    return name.lower().endswith(IN_FOLDERS)


def _names(root: str) -> frozenset[str]:
    import zipfile  # few sources are archives

    from convert.sources.zipnames import opened

    try:
        with opened(root) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return frozenset()  # `archives` will say what is wrong
