"""Hashes by which the shards of a job find each other's articles: columns of 64 bits, each sorted, with numbers beside.

Each column takes 12 bytes an article, so that those of 100 million articles are 1.2 GB.
"""

import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from convert.bundle.deduplicate import key_of
from convert.codec.row import named
from convert.sharding.job import Job
from convert.sharding.surveying import Saved
from convert.storage import Storage
from convert.store.names import key_of as key_of_name
from convert.text import hash64
from convert.urls import article_key
from convert.writers import WRITERS
from convert.writers.files import by_rule

COLUMNS = ("key", "text", "id", "alias", "path", "file", "ask")
"""Hashes of: the address, title and text, the identifier of the row, other addresses, the path, the name of the file
however a disk writes it, and what links ask for (addresses and paths)."""
PARTS = 256
"""Number of parts, equal in the numbers that they span, that are read alone."""
SUFFIX = WRITERS["markdown"].suffix
_BOUNDS = struct.Struct(f"<{PARTS + 1}I")
_HEAD = _BOUNDS.size * len(COLUMNS)
_HASH, _NUMBER = 8, 4


class Column(NamedTuple):
    """Hashes in ascending order, and the number of the article of each."""

    hashes: "array[int]"
    numbers: "array[int]"


def of_survey(job: Job, saved: Saved, asked: Collection[int] = ()) -> bytes:
    """Return the hashes that other shards need of a survey, and of what its links ask for; b"" if they need none."""
    columns: dict[str, Iterable[int]] = {}
    if job.once or job.has_links:
        columns |= {"key": map(key_of, saved.entries), "text": (entry.text for entry in saved.entries)}
    if job.has_rows:
        columns["id"] = (hash64(named(entry.id)) for entry in saved.entries)
    if job.has_links:
        columns["path"] = (hash64(entry.path) for entry in saved.entries)
        columns["file"] = (hash64(key_of_name(by_rule(entry.path, SUFFIX))) for entry in saved.entries)
    if not (columns and saved.entries):
        return b""
    sorted_columns = {name: _sorted(enumerate(column)) for name, column in columns.items()}
    if job.has_links:
        aliases = ((number, alias) for number, entry in enumerate(saved.entries) for alias in entry.aliases)
        sorted_columns["alias"] = _sorted((number, hash64(article_key(alias))) for number, alias in aliases)
        sorted_columns["ask"] = _sorted((0, each) for each in asked)
    return encode(sorted_columns)


def _sorted(column: Iterable[tuple[int, int]]) -> Column:
    """Return numbers and hashes as a column, without hashes that are 0."""
    pairs = sorted((value, number) for number, value in column if value)
    return Column(array("Q", (value for value, _ in pairs)), array("I", (number for _, number in pairs)))


def encode(columns: Mapping[str, Column]) -> bytes:
    """Return columns as bytes, little-endian: where the parts of each begin, then hashes and numbers of each."""
    empty = Column(array("Q"), array("I"))
    every = [columns.get(name, empty) for name in COLUMNS]
    bounds = (
        _BOUNDS.pack(*(bisect_left(each.hashes, n << 56) for n in range(PARTS)), len(each.hashes)) for each in every
    )
    return b"".join((*bounds, *(_little(values).tobytes() for each in every for values in each)))


def _little(values: "array[int]") -> "array[int]":
    """Return values in the order of bytes of files from that of this machine, or the other way."""
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values


class Hashes:
    """Columns of a shard in a storage, of which parts are read."""

    def __init__(self, storage: Storage, name: str) -> None:
        self._storage, self._name = storage, name
        self._bounds = array("I")  # there are as many as shards
        self._bounds.frombytes(storage.read(name, 0, _HEAD))
        self._bounds = _little(self._bounds)

    def column(self, name: str, first: int = 0, end: int = PARTS) -> Column:
        """Return the hashes of a column from the part `first` to before the part `end`."""
        at = COLUMNS.index(name)
        ends = self._bounds[PARTS :: PARTS + 1]
        start = _HEAD + sum(ends[:at]) * (_HASH + _NUMBER)
        low, high = self._bounds[at * (PARTS + 1) + first], self._bounds[at * (PARTS + 1) + end]
        numbers = start + ends[at] * _HASH
        return Column(
            self._values("Q", start + low * _HASH, high - low), self._values("I", numbers + low * _NUMBER, high - low)
        )

    def _values(self, kind: str, start: int, count: int) -> "array[int]":
        values = array(kind)
        values.frombytes(self._storage.read(self._name, start, count * values.itemsize) if count else b"")
        return _little(values)
