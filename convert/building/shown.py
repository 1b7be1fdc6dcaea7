"""Pictures of an article in an output: a record of those that it shows and lacks, and the findings about those."""

from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from typing import Protocol, TypedDict

import msgspec
from msgspec import Struct

from convert.manifest import Output
from convert.messages import Message, message
from convert.model import NOWHERE, Finding, Place
from convert.pictures.fit import Fitted
from convert.pictures.gallery import Ready
from convert.pictures.model import REASONS, Missing, Stored
from convert.pictures.store import PictureStore
from convert.rules import RULES
from convert.rules.engine import finding
from convert.sources import Ref
from convert.sources.beside import Beside

DROPPED = "dropped"
"""Reason for which the plan of a book leaves a picture out."""
REFUSED = frozenset({"too-large", "no-picture", "broken"})
"""Reasons for which bytes were refused; the others mean that there are no bytes."""


class Shown(Struct, frozen=True, gc=False, array_like=True):
    """Picture of an article in an output."""

    sha256: str
    """SHA-256 of the bytes that the output shows, or the reason why it shows none."""
    source: str
    """SHA-256 of the bytes in the store from which those were made, or the same reason."""

    @property
    def is_missing(self) -> bool:
        """Return True if the output shows words in its place."""
        return self.sha256 in REASONS


class Fields(TypedDict, total=False):
    """Fields of a manifest's output that it may lack."""

    pictures: dict[str, str]
    stored: str
    beside: dict[str, dict[str, str]]
    fitted: dict[str, int]
    credits: dict[str, tuple[str, ...]]
    omitted: tuple[str, ...]


class PicturesOfOutput:
    """Pictures of an output, collected article by article, for the manifest."""

    def __init__(self) -> None:
        self.shown: dict[str, Shown] = {}
        self.beside: dict[str, dict[str, str]] = {}
        self.plan: Fitted | None = None
        """Plan by which they were reduced, if they were."""

    def add(self, article: str, pictures: Mapping[str, Shown], beside: Mapping[str, str]) -> None:
        """Add those of an article, by its path."""
        self.shown.update(pictures)
        if beside:
            self.beside[article] = dict(beside)

    def fields(self) -> Fields:
        """Return the fields of a manifest's output."""
        if not self.shown:
            return {"beside": self.beside}
        stored = digest_of({address: each.source for address, each in self.shown.items()})
        pictures = {address: each.sha256 for address, each in self.shown.items()}
        return {
            "pictures": pictures,
            "stored": stored,
            "beside": self.beside,
            "fitted": self.plan.figures if self.plan else {},
        }


def digest_of(answers: Mapping[str, str]) -> str:
    """Return the SHA-256 of a store's answers by their addresses."""
    return sha256(msgspec.json.encode(sorted(answers.items()))).hexdigest()


class StoredBefore:
    """Pictures of the last build's outputs, compared with the store and the files of today."""

    def __init__(self, store: str, refs: Mapping[str, Ref]) -> None:
        """Open the store in a folder, none for ""."""
        self._refs = refs
        self._store = PictureStore(store, write=False) if store else None
        self._beside = Beside()

    def close(self) -> None:
        """Close the store and the archives."""
        self._beside.close()
        if self._store:
            self._store.close()

    def same(self, output: Output) -> bool:
        """Return True if an output would show the same pictures today, as far as that can be said without reading
        its documents.
        """
        if output.pictures or output.beside:
            return self._store is not None and self._answered(output, self._store) and self._lie_beside(output)
        return True

    def _answered(self, output: Output, store: PictureStore) -> bool:
        return not output.pictures or digest_of({each: store.answer(each) for each in output.pictures}) == output.stored

    def _lie_beside(self, output: Output) -> bool:
        for article, references in output.beside.items():
            ref = self._refs.get(article)
            for reference, address in references.items():
                if ref is None or self._beside.content_at(ref, reference) != address:
                    return False
        return True


class Answers(Protocol):
    """Store of pictures, as far as it matters here."""

    def answer(self, address: str) -> str:
        """Return the SHA-256 of the picture at an address, or the reason why it is missing."""
        ...


def record(asked: Mapping[str, Ready | Missing], store: Answers) -> dict[str, Shown]:
    """Return the pictures that a page asked for, by their addresses."""
    return {
        address: Shown(found.name.partition(".")[0], store.answer(address))
        if isinstance(found, Ready)
        else Shown(found.reason, store.answer(address))
        for address, found in asked.items()
    }


def findings(
    asked: Mapping[str, Ready | Stored | Missing],
    places: Mapping[str, Place],
    path: str,
    reduced: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield the findings about pictures that a page lacks or shows `reduced`.

    There is one for those without bytes, one for those refused, and one for those reduced or dropped for the size of
    the book.  So an article with a hundred of them has three findings at most, at the first picture of each.
    """
    groups: dict[str, list[tuple[str, Missing]]] = {}
    for address, found in asked.items():
        if isinstance(found, Missing) and found.reason != DROPPED:
            groups.setdefault("IMG008" if found.reason in REFUSED else "IMG007", []).append((address, found))
    for code, group in groups.items():
        address, missing = group[0]
        place = places.get(address, NOWHERE)
        yield finding(
            RULES[code],
            _words(code, address, missing, len(group), len(asked)),
            path,
            place if place.line else Place(1, 1),
        )
    dropped = {each for each, found in asked.items() if isinstance(found, Missing) and found.reason == DROPPED}
    if first := next((each for each in asked if each in dropped or each in reduced), ""):
        said = message("pictures-reduced", count=len(reduced), total=len(asked), dropped=len(dropped))
        place = places.get(first, NOWHERE)
        yield finding(RULES["IMG009"], said, path, place if place.line else Place(1, 1))


def _words(code: str, address: str, missing: Missing, count: int, total: int) -> Message:
    reason = missing.message
    if code == "IMG008":
        if count == 1:
            return message("picture-refused", address=address, reason=reason)
        return message("pictures-refused", count=count, total=total, address=address, reason=reason)
    if count == 1:
        return message("picture-not-stored", address=address, reason=reason)
    return message("pictures-not-stored", count=count, total=total, address=address, reason=reason)
