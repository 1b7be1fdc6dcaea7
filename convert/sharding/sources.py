"""Lists as ordinary sources: their objects are copied to this machine, as those of an address are."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from convert.sharding.listing import Object, ShardList, is_archive, root_of
from convert.storage import Stored
from convert.storage.copies import Listed, Objects, Part, Progress, brought, silent


@contextmanager
def opened(sources: Sequence[str], progress: Progress = silent) -> Iterator[tuple[str, ...]]:
    """Yield sources with local copies in the place of addresses and of lists, as `brought` does.

    Small files of a list are one folder, and each archive is a source of its own, as in a conversion in shards.

    Raises:
        UsageError: a list is damaged; and as `brought`.
        SourceError, StoreError: as `brought`.
    """
    lists = {each: _objects(each) for each in sources if os.path.isfile(each) and root_of(each)}
    with brought(sources, progress, lists) as local:
        yield local


def _objects(path: str) -> Objects:
    """Return the objects of a list; one that is divided is one again."""
    found = ShardList(path)
    found.check()
    by_name: dict[str, list[Object]] = {}
    for shard in range(len(found)):
        for each in found.objects(shard):
            by_name.setdefault(each.name, []).append(each)
    return Objects(found.head.root, [_listed(ranges) for ranges in by_name.values()])


def _listed(ranges: Sequence[Object]) -> Listed:
    first = ranges[0]
    parts = [Part(each.offset, each.length, each.sha256) for each in ranges if each.sha256]
    size = sum(each.length for each in ranges)
    return Listed(Stored(first.name, size, first.tag), is_archive(first.name), parts)
