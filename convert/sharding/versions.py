"""The versions of copies whose texts differ: which of them is the newest."""

from functools import cached_property, partial

from msgspec import Struct

from convert.building.render import DateWorker, RenderContext, Task
from convert.bundle.links import Links
from convert.messages import Message
from convert.runner import serial
from convert.sharding.fetching import workplace
from convert.sharding.job import Job
from convert.sharding.listing import ShardList
from convert.sharding.receipts import read_note
from convert.sharding.surveying import decode
from convert.storage import Storage, storage_at

Found = list[tuple[int, int, str, int, int]]
"""Shard and number of each article, and the fields of its version."""


class VersionItem(Struct, frozen=True):
    """Articles of a shard, by their numbers, whose versions are asked for."""

    shard: int
    numbers: tuple[int, ...]


class VersionWorker:
    """Worker that reads the versions of some articles of a shard."""

    watches_itself = True

    def __init__(self, job: Job) -> None:
        self._job = job

    @cached_property
    def _list(self) -> ShardList:
        return ShardList(self._job.path)

    @cached_property
    def _target(self) -> Storage:
        return storage_at(self._job.target)

    def __call__(self, item: VersionItem) -> Found:
        """Return the versions of articles."""
        note = read_note(self._target, self._job, item.shard)
        assert note and note.entries
        saved = decode(self._target.read(note.entries.path))
        settings = self._job.settings
        context = RenderContext(self._job.to, Links(), "und", settings.options, settings.base_url, settings.how)
        tasks = [Task(saved.refs[number], saved.entries[number]) for number in item.numbers]
        with workplace(storage_at(self._list.head.root), self._list.objects(item.shard)):
            (versions,) = serial.run(partial(DateWorker, context), [tasks])
        return [(item.shard, number, *version) for number, version in zip(item.numbers, versions, strict=True)]

    def lost(self, item: VersionItem, why: Message) -> Found:
        """Return the oldest versions, as for documents that cannot be read."""
        return [(item.shard, number, "", 0, 0) for number in item.numbers]

    def close(self) -> None:
        """Do nothing: no file is open."""
