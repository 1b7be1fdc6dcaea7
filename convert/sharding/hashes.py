"""Hashes by which the shards of a job find each other's articles: columns of 64 bits, each sorted, with numbers beside.

Each column takes 12 bytes an article, so that those of 100 million articles are 1.2 GB.
"""

import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from convert.bundle.deduplicate import key_of
from convert.codec.row import named
from convert.sharding.job import Job
from convert.sharding.surveying import Saved
from convert.storage import Storage
from convert.text import hash64

COLUMNS = ("key", "text", "id")
"""Hashes of: the address, title and text, the identifier of the row."""
PARTS = 256
"""Number of parts, equal in the numbers that they span, that are read alone."""
_BOUNDS = struct.Struct(f"<{PARTS + 1}I")
_HEAD = _BOUNDS.size * len(COLUMNS)
_HASH, _NUMBER = 8, 4


class Column(NamedTuple):
    """Hashes in ascending order, and the number of the article of each."""

    hashes: "array[int]"
    numbers: "array[int]"


def of_survey(job: Job, saved: Saved) -> bytes:
    """Return the hashes that other shards need of a survey; b"" if they need none."""
    columns: dict[str, Iterable[int]] = {}
    if job.once:
        columns |= {"key": map(key_of, saved.entries), "text": (entry.text for entry in saved.entries)}
    if job.has_rows:
        columns["id"] = (hash64(named(entry.id)) for entry in saved.entries)
    return encode({name: _sorted(column) for name, column in columns.items()}) if columns and saved.entries else b""


def _sorted(column: Iterable[int]) -> Column:
    """Return the hashes that are not 0, sorted."""
    pairs = sorted((value, number) for number, value in enumerate(column) if value)
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
