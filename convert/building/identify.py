"""The work of worker processes in the first pass: one document's bytes → what others must know of it."""

import hashlib

from msgspec import Struct
from msgspec.structs import replace

from convert import readers
from convert.bundle.deduplicate import key_of
from convert.bundle.index import listing_of
from convert.cache.surveyed import Surveyed
from convert.document import error_finding, lost_findings, offset_into_jsonl, read_and_clean
from convert.errors import DocumentError
from convert.messages import Message
from convert.model import Finding
from convert.readers.options import ReadOptions
from convert.sources import Reader, Ref
from convert.sources.addresses import origin_of
from convert.sources.mirror import location_of
from convert.sources.naming import display_path
from convert.text import shows


class Identified(Struct, frozen=True, gc=False):
    """Result of identifying one document."""

    surveyed: Surveyed | None
    """None if it cannot be read."""
    findings: tuple[Finding, ...] = ()
    """The reason for that."""


class IdentifyWorker:
    """Worker that identifies documents without parsing them; `how` is what the user says of all of them."""

    def __init__(self, how: ReadOptions) -> None:
        self._reader, self._how = Reader(), how

    def __call__(self, ref: Ref) -> Identified:
        """Return what a survey needs of a document."""
        try:
            source = self._reader.read(ref)
        except DocumentError as error:
            return Identified(None, tuple(offset_into_jsonl(ref, [error_finding(error, display_path(ref))])))
        data, place = source.data, location_of(ref).path
        digest = hashlib.sha256(data).digest()
        entry = readers.peek(data, place, self._how, origin_of(source))
        if entry is None:
            why = readers.why_not(data, self._how, ref.path)
            return Identified(Surveyed(digest, None, listing_of(place, data), why))
        if not shows(entry.title) and (article := read_and_clean(source, how=self._how).article):
            entry = replace(entry, title=article.title)  # which the page shows too
        return Identified(Surveyed(digest, replace(entry, key=key_of(entry))))

    def lost(self, ref: Ref, why: Message) -> Identified:
        """Return the finding about a document that was given up."""
        return Identified(None, tuple(lost_findings(ref, why)))

    def close(self) -> None:
        """Close the archives that were read from."""
        self._reader.close()
