"""The survey of a shard: which articles it has, and what others must know of them."""

import os
from collections.abc import Iterable, Iterator
from functools import partial
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import astuple, replace

from convert import readers, runner
from convert.building.survey import Survey, survey_of
from convert.document import lost_findings
from convert.messages import Message
from convert.model import Entry, Finding
from convert.readers.options import ReadOptions
from convert.runner.base import CHUNK, chunks
from convert.sharding.fetching import HERE, documents
from convert.sharding.job import Job
from convert.sharding.listing import Object, is_archive
from convert.sources import Reader, Ref, Refusal
from convert.sources.addresses import origin_of
from convert.sources.mirror import location_of
from convert.storage import Storage


class SavedRef(Ref, frozen=True, array_like=True, gc=False):
    """Reference to a document of a file, as a survey that is saved has it."""

    member: str | tuple[int, ...]


class Saved(Struct, frozen=True, array_like=True):
    """Survey of a shard, so that it need not be made twice."""

    entries: list[Entry]
    refs: list[SavedRef]
    """Reference to the document of each entry, from the folder that its objects are in."""
    places: list[tuple[str, str, int, int]]
    """Positions of articles in index pages: channel, name, page and row."""
    channels: dict[str, str]
    findings: list[Finding]
    documents: int
    not_articles: int
    sites: dict[str, int] = {}
    """Number of posts by the name of their site."""


_decoder = msgspec.msgpack.Decoder(Saved)
_encode = msgspec.msgpack.Encoder().encode


def encode(saved: Saved) -> bytes:
    """Return a survey as bytes."""
    return _encode(saved)


def decode(data: bytes) -> Saved:
    """Return a survey from its bytes."""
    return _decoder.decode(data)


def surveyed(
    job: Job, objects: list[Object], refused: list[Refusal], storage: Storage, *, several: bool, careful: bool
) -> Saved:
    """Survey a shard's objects, which lie in the working directory; some are `refused`.

    With `several` sources, paths begin with their names; if `careful`, each document is looked at in another process
    first, so that one of which that dies costs no other.
    """
    refs: Iterable[Ref | Refusal] = documents(objects, refused)
    lost: list[Finding] = []
    if careful:
        refs = list(_harmless(refs, job.settings.how, lost))
    found = survey_of(refs, HERE, job.settings.how)
    found.findings += lost
    found.summary.documents += len(lost)
    above = _above(objects[0], storage) if several else ""
    takes = job.settings.gathering.selection.takes
    return _saved(found, above, [entry for entry in found.index.entries if takes(entry, "")])


def _above(first: Object, storage: Storage) -> str:
    """Return the beginning of the paths of a shard's documents where there are several sources."""
    if is_archive(first.name):
        return f"{first.at or os.path.basename(first.name)}/"
    return f"{os.path.basename(storage.address.rstrip('/'))}/"


def _saved(found: Survey, above: str, selected: list[Entry]) -> Saved:
    """Return a survey with the selected articles, whose paths get a beginning."""
    return Saved(
        [replace(entry, path=above + entry.path) for entry in selected] if above else selected,
        [SavedRef(*astuple(found.refs[entry.path])) for entry in selected],
        [(*name, *place) for name, place in found.index.places().items()],
        found.index.channels,
        found.findings,
        found.summary.documents,
        found.summary.not_articles,
        dict(found.index.sites),
    )


def restored(saved: Saved) -> Survey:
    """Return a survey as `survey` makes it."""
    found = Survey()
    for entry, ref in zip(saved.entries, saved.refs, strict=True):
        found.index.add(entry)
        found.refs[entry.path] = ref
    found.index.add_places({(channel, name): (page, row) for channel, name, page, row in saved.places})
    found.index.channels.update(saved.channels)
    found.index.sites.update(saved.sites)
    found.findings = list(saved.findings)
    found.summary.documents, found.summary.not_articles = saved.documents, saved.not_articles
    return found


# --- documents of which a process dies --------------------------------------------------------------------------------


class _Looked(NamedTuple):
    """Document that was looked at, and why it was given up, if it was."""

    ref: Ref | Refusal
    lost: Message | None = None


class _Lookout:
    """Worker that looks at documents as a survey does, only to see whether that ends."""

    def __init__(self, how: ReadOptions) -> None:
        self._reader, self._how = Reader(), how

    def __call__(self, ref: Ref | Refusal) -> _Looked:
        """Look at a document."""
        if isinstance(ref, Ref):
            try:
                source = self._reader.read(ref)
                readers.peek(source.data, location_of(ref).path, self._how, origin_of(source))
            except Exception:  # noqa: S110 -- the survey itself will say it
                pass
        return _Looked(ref)

    def lost(self, ref: Ref | Refusal, why: Message) -> _Looked:
        """Return why a document was given up."""
        return _Looked(ref, why)

    def close(self) -> None:
        """Close the archives."""
        self._reader.close()


def _harmless(refs: Iterable[Ref | Refusal], how: ReadOptions, lost: list[Finding]) -> Iterator[Ref | Refusal]:
    for results in runner.run(partial(_Lookout, how), chunks(refs, CHUNK), workers=1, name="processes"):
        for looked in results:
            if looked.lost is None or not isinstance(looked.ref, Ref):
                yield looked.ref
            else:
                lost += lost_findings(looked.ref, looked.lost)
