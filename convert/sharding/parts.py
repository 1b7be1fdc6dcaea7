"""The part of a shard: JSON Lines, Parquet, or a tar of Markdown files."""

import io
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator
from hashlib import file_digest

from convert.model import Volume
from convert.sharding.job import Job
from convert.sharding.receipts import PARTS, File, put_file_once
from convert.storage import Storage
from convert.writers import WRITERS
from convert.writers.part import RenderedArticle, Tally

Rendered = Callable[[], Iterator[tuple[str, RenderedArticle]]]
"""Function that yields each article of a shard: the name of its file, and its part."""


def write_part(job: Job, volume: Volume, rendered: Rendered, target: Storage, shard: int, folder: str) -> File | None:
    """Write the part of a shard, first into a folder, and return it; None if nothing could be converted."""
    writer = WRITERS[job.to]
    local = os.path.join(folder, "part")
    if job.has_links:
        digest = write_tar(local, ((name, part.data) for name, part in rendered()))
        return put_file_once(target, PARTS, shard, ".tar", local, digest) if digest else None
    count = 0

    def counted() -> Iterator[RenderedArticle]:
        nonlocal count
        for _, part in rendered():
            count += 1
            yield part

    with open(local, "wb+") as file:
        assert writer.bind
        writer.bind(volume, counted(), file, job.settings.options, Tally(), 1)
        file.seek(0)
        digest = file_digest(file, "sha256").hexdigest()
    if not count:
        return None
    return put_file_once(target, PARTS, shard, writer.suffix, local, digest)


def write_tar(path: str, files: Iterable[tuple[str, bytes]]) -> str:
    """Write files as a tar archive (pax) without times and owners, and return its SHA-256; "" if there are none."""
    count = 0
    with open(path, "wb+") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as archive:
            for name, data in files:
                member = tarfile.TarInfo(name)
                member.size, member.mode = len(data), 0o644
                archive.addfile(member, io.BytesIO(data))
                count += 1
        file.seek(0)
        return file_digest(file, "sha256").hexdigest() if count else ""
