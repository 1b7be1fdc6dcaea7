"""The file that lists the articles of all shards, for Markdown: the one that an ordinary conversion writes."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from convert.bundle.deduplicate import Version
from convert.bundle.index import Index
from convert.bundle.titles import of_sections
from convert.bundle.volumes import gather
from convert.model import Section, Volume
from convert.sharding.job import Job
from convert.sharding.parts import write_tar
from convert.sharding.receipts import PARTS, File, Note
from convert.sharding.surveying import Saved
from convert.storage import Storage
from convert.text import visible
from convert.words import words
from convert.writers import WRITERS
from convert.writers.contents import contents
from convert.writers.files import CONTENTS, Files, files
from convert.writers.script import plan_in

MOST = 100_000
"""Most articles that are listed: 1 kB of memory each; of more, only the channels are."""


class Listed(NamedTuple):
    """File that lists the articles of a build, and what else follows from all of them."""

    name: str
    """Its name, "" if there is none because there is only one article."""
    language: str
    file: File | None
    """The archive that it is in."""


def listed(
    job: Job,
    storage: Storage,
    notes: Sequence[Note],
    surveys: Callable[[int], Saved],
    channels: Mapping[str, str],
    versions: Mapping[int, Mapping[int, Version]],
    folder: str,
) -> Listed:
    """Write the list of all articles, and return it; `versions` are those of copies, by shard and number."""
    suffix = WRITERS[job.to].suffix
    if sum(note.articles for note in notes) <= MOST:
        volume, named = _whole(job, notes, surveys, channels, versions)
    else:
        volume, named = _outline(notes, channels), Files(suffix, contents=CONTENTS + suffix)
    if volume is None or not named.contents:
        return Listed("", volume.language if volume else "", None)
    path = os.path.join(folder, "contents")
    digest = write_tar(path, [(named.contents, contents(volume, named))])
    file = File(path=f"{PARTS}/contents-{digest[:16]}.tar", sha256=digest, bytes=os.path.getsize(path))
    storage.put_file(file.path, path)
    return Listed(named.contents, volume.language, file)


def _whole(
    job: Job,
    notes: Sequence[Note],
    surveys: Callable[[int], Saved],
    channels: Mapping[str, str],
    versions: Mapping[int, Mapping[int, Version]],
) -> tuple[Volume | None, Files]:
    """Return the volume of all articles, as an ordinary conversion has it, and the names of its files."""
    index, known = Index(), dict[str, Version]()
    index.channels = dict(channels)
    for note in notes:
        saved = surveys(note.shard)
        index.entries += saved.entries
        index.sites.update(saved.sites)
        index.add_places({(channel, name): (page, row) for channel, name, page, row in saved.places})
        known |= {saved.entries[number].path: each for number, each in versions.get(note.shard, {}).items()}
    plan = plan_in(gather(index, replace(job.settings.gathering, once=job.once), known), job.settings.options.script)
    named = files(plan.volumes, WRITERS[job.to].suffix, contents=True)
    return (plan.volumes[0] if plan.volumes else None), named


def _outline(notes: Sequence[Note], channels: Mapping[str, str]) -> Volume:
    """Return a volume of channels without their articles."""
    language = next((note.language for note in notes if note.language), "und")
    label = words(language)
    keys = sorted({section for note in notes for section in note.sections})
    sections = tuple(Section(key, visible(channels.get(key, ""), key, label["other_section"]), ()) for key in keys)
    return Volume(of_sections(sections, label), language, sections)
