"""Compares what can be seen before with what can be seen after."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from convert.fidelity.outputs import OUTPUTS, losses
from convert.fidelity.visible import of_article, of_html, visible
from convert.model import Article, Finding, Reading
from convert.rules import RULES
from convert.rules.engine import finding
from convert.text import squeeze
from convert.urls import resolve

SHOWN = 80
"""Of what is missing, this many characters stand in the message."""


DATA = 40
"""So many characters of a `data:` address are listed at least (IMG004)."""

_ADDRESS = re.compile(r"<[^<>]*>")


class Fidelity(Struct, frozen=True):
    """How much of a source's content is in the article or in the list of what was taken out."""

    characters: int
    """Of the source, without what is listed."""
    missing: tuple[str, ...] = ()
    """Runs of characters of the source that are neither in the article nor listed."""
    added: tuple[str, ...] = ()
    """Runs of characters of the article that the source does not have."""
    pictures: tuple[str, ...] = ()
    """Addresses of pictures that are neither in the article nor listed."""
    links: tuple[str, ...] = ()
    cells: int = 0
    """How many cells of tables the article has less than the source."""
    items: int = 0

    @property
    def kept(self) -> float:
        """The part of the source's characters that is in the article, 1 being all."""
        return 1 - sum(map(len, self.missing)) / self.characters if self.characters else 1.0


def measure(reading: Reading, article: Article, taken: Sequence[Finding]) -> Fidelity:
    """What of the content that `reading` was made from is in `article`, given the findings of what was taken out."""
    before, after = of_html(reading.html), of_article(article)
    removed = [each.removed for each in taken if each.removed]
    source = _without(before.text, removed)
    missing, added = _compare(source, after.text)
    listed = "\n".join([*removed, *(each.message for each in taken)])
    return Fidelity(
        characters=len(source),
        missing=missing,
        added=added,
        pictures=_lost(before.pictures, after.pictures, article, listed),
        links=_lost(before.links, after.links, article, listed),
        cells=_fewer(before.cells, after.cells, removed),
        items=_fewer(before.items, after.items, removed),
    )


def _without(text: str, removed: list[str]) -> str:
    """`text` without what was taken out, the longest first: each takes itself out once."""
    for piece in sorted(removed, key=len, reverse=True):
        for whole in (visible(piece), visible(_ADDRESS.sub("", piece))):
            if whole in text:
                text = text.replace(whole, "", 1)
                break
        else:  # between its texts the list names alternative texts, which are not seen
            for part in map(visible, _ADDRESS.split(piece)):
                text = text.replace(part, "", 1)
    return text


def _compare(source: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The runs that only one of two texts has; those that only changed their place are in both."""
    if source == text:
        return (), ()
    start = next(
        (at for at, (a, b) in enumerate(zip(source, text, strict=False)) if a != b), min(map(len, (source, text)))
    )
    source, text = source[start:], text[start:]
    end = next((at for at, (a, b) in enumerate(zip(source[::-1], text[::-1], strict=False)) if a != b), None)
    end = min(len(source), len(text)) if end is None else end
    source, text = source[: len(source) - end], text[: len(text) - end]
    missing, added = [], []
    for kind, a, b, c, d in SequenceMatcher(None, source, text, autojunk=False).get_opcodes():
        if kind != "equal":
            missing += [source[a:b]] if b > a else []
            added += [text[c:d]] if d > c else []
    for run in list(missing):
        if run in added:  # it only stands in another place
            missing.remove(run)
            added.remove(run)
    return tuple(missing), tuple(added)


def _lost(before: Counter[str], after: Counter[str], article: Article, listed: str) -> tuple[str, ...]:
    """The addresses of `before` that are not in `after`, as they are written or as rules resolve them, nor listed."""
    base = article.source.address
    return tuple(
        address
        for address in before
        if address and address not in after and resolve(address, base) not in after and _named(address) not in listed
    )


def _named(address: str) -> str:
    """As much of an address as is listed: a picture in the page itself is too long to be listed whole."""
    return address[:DATA] if address.startswith("data:") else address


def _fewer(before: int, after: int, removed: list[str]) -> int:
    return max(0, before - after) if not removed else 0


def findings(reading: Reading, article: Article, taken: Sequence[Finding], path: str) -> list[Finding]:
    """An error for each kind of thing that was lost on the way to the article, or from there to an output."""
    found = measure(reading, article, taken)
    told = []
    if found.missing:
        count = sum(map(len, found.missing))
        text = squeeze(" … ".join(found.missing), SHOWN)
        told.append(("TXT006", f"{count} character(s) of the source are not in the article: {text}"))
    told += [("IMG006", f"the picture {address} is not in the article") for address in found.pictures]
    told += [("LNK003", f"the link to {address} is not in the article") for address in found.links]
    if found.cells or found.items:
        told.append(("HTM009", f"{found.cells} table cell(s) and {found.items} list item(s) are not in the article"))
    told += [(loss.code, loss.message) for to in OUTPUTS for loss in losses(article, to)]
    place = reading.places.of(reading.article.source)
    return [finding(RULES[code], message, path, place) for code, message in told]
