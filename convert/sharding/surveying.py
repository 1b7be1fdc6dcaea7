"""The survey of a shard: which articles it has, and what others must know of them."""

import os

import msgspec
from msgspec import Struct
from msgspec.structs import astuple, replace

from convert.building.survey import Survey, survey_of
from convert.model import Entry, Finding
from convert.sharding.fetching import HERE, documents
from convert.sharding.job import Job
from convert.sharding.listing import Object, is_archive
from convert.sources import Ref, Refusal
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
    found = survey_of(documents(objects, refused), HERE, job.settings.how, careful=careful)
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
