"""The part of a shard: JSON Lines, Parquet, or a tar of Markdown files."""

import os
from collections.abc import Callable, Iterator
from hashlib import file_digest

from convert.model import Volume
from convert.sharding.job import Job
from convert.sharding.receipts import PARTS, File, put_file_once
from convert.storage import Storage
from convert.writers import WRITERS
from convert.writers.part import RenderedArticle, Tally

Rendered = Callable[[], Iterator[tuple[str, RenderedArticle]]]
"""Function that yields path and part of each article of a shard."""


def write_part(job: Job, volume: Volume, rendered: Rendered, target: Storage, shard: int, folder: str) -> File | None:
    """Write the part of a shard, first into a folder, and return it; None if nothing could be converted."""
    writer = WRITERS[job.to]
    count = 0

    def counted() -> Iterator[RenderedArticle]:
        nonlocal count
        for _, part in rendered():
            count += 1
            yield part

    local = os.path.join(folder, "part")
    with open(local, "wb+") as file:
        assert writer.bind
        writer.bind(volume, counted(), file, job.settings.options, Tally(), 1)
        file.seek(0)
        digest = file_digest(file, "sha256").hexdigest()
    if not count:
        return None
    return put_file_once(target, PARTS, shard, writer.suffix, local, digest)
