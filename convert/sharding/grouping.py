"""Reduce: which articles of different shards have the same hash.

An article is a number of 64 bits: that of its shard, and its own in the survey of the shard.
"""

from array import array
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

import msgspec
from msgspec import Struct

from convert.messages import Message
from convert.sharding.hashes import PARTS, Hashes
from convert.sharding.job import Job
from convert.sharding.receipts import WORK, File, put
from convert.storage import Storage, storage_at


class Group(Struct, frozen=True, array_like=True, omit_defaults=True):
    """Articles that have one hash."""

    column: str
    """Name of the column, `ask` for articles that links ask for."""
    articles: list[int]
    hash: int = 0
    """Hash of what the links ask for."""
    askers: list[int] = []
    """Shards whose links ask for it."""


MOST = 1 << 18
"""Most articles of a bucket, which are in memory at once."""
_decoder = msgspec.json.Decoder(Group)
_encode = msgspec.json.Encoder().encode


class Bucket(Struct, frozen=True):
    """Parts of all hashes, from `first` to before `end`."""

    first: int
    end: int


class Grouped(Struct, frozen=True):
    """File of the groups of a bucket; None if there are none, or why there is no answer."""

    groups: File | None = None
    lost: Message | None = None


def buckets(articles: int) -> list[Bucket]:
    """Return the buckets for so many articles."""
    count = 1
    while count < PARTS and articles / count > MOST:
        count *= 2
    width = PARTS // count
    return [Bucket(first, first + width) for first in range(0, PARTS, width)]


def member(shard: int, number: int) -> int:
    """Return an article as a number."""
    return shard << 32 | number


def shard_of(article: int) -> int:
    """Return the number of an article's shard."""
    return article >> 32


def number_of(article: int) -> int:
    """Return the number of an article in its shard."""
    return article & 0xFFFFFFFF


class GroupWorker:
    """Worker on the buckets of a job; `index` is a file with the hashes of each shard."""

    watches_itself = True

    def __init__(self, job: Job, index: str) -> None:
        self._job, self._index = job, index

    @cached_property
    def _target(self) -> Storage:
        return storage_at(self._job.target)

    @cached_property
    def _shards(self) -> list[tuple[int, Hashes]]:
        names = msgspec.json.decode(self._target.read(self._index), type=list[tuple[int, str]])
        return [(shard, Hashes(self._target, name)) for shard, name in names]

    def __call__(self, bucket: Bucket) -> Grouped:
        """Return the file of the groups of a bucket."""
        job = self._job
        names = [*(("key", "text") if job.once else ()), *("id",) * job.has_rows, *("file",) * job.has_links]
        groups = (group for name in names for group in self._groups(name, bucket.first, bucket.end))
        links = self._links(bucket.first, bucket.end) if job.has_links else ()
        data = b"".join(_encode(group) + b"\n" for group in (*groups, *links))
        return Grouped(put(self._target, WORK, bucket.first, ".groups", data) if data else None)

    def lost(self, bucket: Bucket, why: Message) -> Grouped:
        """Return why there is no answer."""
        return Grouped(lost=why)

    def close(self) -> None:
        """Do nothing: no file is open."""

    def _links(self, first: int, end: int) -> Iterator[Group]:
        """Yield the articles that links of other shards ask for, and of the same one if some copies are left out."""
        shards: dict[int, list[int]] = {}
        for shard, found in self._shards:
            for each in found.column("ask", first, end).hashes:
                shards.setdefault(each, []).append(shard)
        articles: dict[int, list[int]] = {}
        for shard, found in self._shards:
            for name in ("key", "alias", "path"):
                column = found.column(name, first, end)
                for each, number in zip(column.hashes, column.numbers, strict=True):
                    if each in shards:
                        articles.setdefault(each, []).append(member(shard, number))
        for each, group in sorted(articles.items()):
            if self._job.once or any({shard} != {*map(shard_of, group)} for shard in shards[each]):
                yield Group("ask", group, each, shards[each])

    def _groups(self, name: str, first: int, end: int) -> Iterator[Group]:
        """Yield the articles of each hash that several have, in the order of the hashes."""
        columns = [(shard, found.column(name, first, end)) for shard, found in self._shards]
        every = array("Q")
        for _, column in columns:
            every.extend(column.hashes)
        repeated = {one for one, other in pairwise(array("Q", sorted(every))) if one == other}
        groups: dict[int, list[int]] = {each: [] for each in sorted(repeated)}
        for shard, column in columns:
            for each, number in zip(column.hashes, column.numbers, strict=True):
                if each in repeated:
                    groups[each].append(member(shard, number))
        yield from (Group(name, group) for group in groups.values())


def read_groups(storage: Storage, file: File) -> Iterator[Group]:
    """Yield the groups in a file."""
    for line in storage.read(file.path).splitlines():
        yield _decoder.decode(line)
