"""Compares what can be seen before with what can be seen after."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from msgspec import Struct

from convert.fidelity.outputs import OUTPUTS, losses
from convert.fidelity.visible import of_article, of_html, unmatched, visible
from convert.messages import message
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
_GONE = "\x00"  # is in no text that is seen


class Fidelity(Struct, frozen=True):
    """How much of a source's content is in the article or in the list of what was taken out."""

    characters: int
    """Of the source, without what is listed."""
    missing: tuple[str, ...] = ()
    """Runs of characters of the source that are neither in the article nor listed."""
    added: tuple[str, ...] = ()
    """Runs of characters of the article that the source does not have."""
    paragraphs: int = 0
    """Of the source, without those that are listed."""
    whole: int = 0
    """How many of them are paragraphs of the article."""
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
    source = _joined(*_without(before.paragraphs, removed), after.paragraphs)
    missing, added = _compare(source, after.paragraphs)
    listed = "\n".join([*removed, *(str(each.message) for each in taken)])
    return Fidelity(
        characters=sum(map(len, source)),
        missing=missing,
        added=added,
        paragraphs=len(source),
        whole=len(source) - len(unmatched(source, after.paragraphs)),
        pictures=_lost(before.pictures, after.pictures, article, listed),
        links=_lost(before.links, after.links, article, listed),
        cells=_fewer(before.cells, after.cells, removed, len(after.text) // 2),
        items=_fewer(before.items, after.items, removed, len(after.text) // 2),
    )


def _without(paragraphs: list[str], removed: list[str]) -> tuple[list[str], set[int]]:
    """Paragraphs without what was taken out, the longest first: each takes itself out once.  And the numbers of those
    before which something was taken out."""
    text = "".join(paragraphs)
    for piece in sorted(removed, key=len, reverse=True):
        for whole in _pieces(piece):
            if whole in text:
                text = text.replace(whole, _GONE * len(whole), 1)
                break
        else:  # between its texts the list names alternative texts, which are not seen
            for part in map(visible, _ADDRESS.split(piece)):
                text = text.replace(part, _GONE * len(part), 1)
    ends = list(accumulate(map(len, paragraphs)))
    left: list[str] = []
    seams: set[int] = set()
    torn = False
    for start, end in zip([0, *ends], ends, strict=False):
        rest = text[start:end]
        if torn or rest.startswith(_GONE):
            seams.add(len(left))
        torn = rest.endswith(_GONE)
        if kept := rest.replace(_GONE, ""):
            left.append(kept)
    return left, seams


def _joined(paragraphs: list[str], seams: set[int], article: list[str]) -> list[str]:
    """Paragraphs of the source, those made one that are one in the article since what stood between them is gone."""
    whole = set(article)
    out: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        if number in seams and out and out[-1] + paragraph in whole:
            out[-1] += paragraph
        else:
            out.append(paragraph)
    return out


def _compare(source: list[str], article: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The runs of characters that only one of two documents has.

    They are compared as sequences of characters, and as multisets of paragraphs: what either of the two accounts for is
    there.  Paragraphs that both have, as often as both have them, have at most moved.
    """
    text, other = "".join(source), "".join(article)
    if text == other:
        return (), ()
    before, after = Counter(source), Counter(article)
    apart = _differ("".join((before - after).elements()), "".join((after - before).elements()))
    return min(apart, _differ(text, other), key=lambda each: sum(map(len, each[0]))) if apart[0] else apart


def _differ(left: str, right: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The runs of characters that only one of two texts has; those that only changed their place are in both."""
    start = _common(left, right)
    left, right = left[start:], right[start:]
    end = _common(left[::-1], right[::-1])
    left, right = left[: len(left) - end], right[: len(right) - end]
    missing, added = [], []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            missing += [left[a:b]] if b > a else []
            added += [right[c:d]] if d > c else []
    for run in list(missing):
        if run in added:  # it only stands in another place
            missing.remove(run)
            added.remove(run)
    return tuple(missing), tuple(added)


def _common(left: str, right: str) -> int:
    """How many characters at the beginning are the same."""
    pairs = zip(left, right, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def _lost(before: Counter[str], after: Counter[str], article: Article, listed: str) -> tuple[str, ...]:
    """The addresses of `before` that are not as often in `after`, as they are written or as rules resolve them, nor
    listed."""
    base = article.source.address
    there: Counter[str] = Counter()
    for address, count in after.items():
        there[resolve(address, base) or address] += count
    lost = []
    for address, count in before.items():
        whole = resolve(address, base) or address
        if address and count > there[whole] + len(_named(address).findall(listed)):
            lost.append(address)
        there[whole] -= count  # others may be written in another way
    return tuple(lost)


def _named(address: str) -> re.Pattern[str]:
    """An address where it is listed, as a whole; a picture in the page itself is too long for that."""
    if address.startswith("data:"):
        return re.compile(re.escape(address[:DATA]))
    return re.compile(rf"{re.escape(address)}(?![^\s<>,;()])")


def _fewer(before: list[str], after: list[str], removed: list[str], half: int) -> int:
    """How many cells or items of `before` are not in `after`, those not counted that are listed.  What holds more than
    `half` of all characters is no cell: a table that the page is laid out with."""
    gone = sorted((piece for each in removed for piece in _pieces(each) if piece), key=len, reverse=True)
    kept = []
    for text in unmatched(before, after):
        if len(text) > half or any(text in piece for piece in gone):
            continue
        for piece in gone:
            text = text.replace(piece, "")
        kept.append(text)
    return len(unmatched(kept, (Counter(after) - Counter(before)).elements()))


def _pieces(removed: str) -> tuple[str, str]:
    return visible(removed), visible(_ADDRESS.sub("", removed))


def findings(
    reading: Reading, article: Article, taken: Sequence[Finding], path: str, to: Iterable[str] = OUTPUTS
) -> list[Finding]:
    """An error for each kind of thing that was lost on the way to the article, or from there to the outputs `to`.

    Raises ConvertError where PDF is one of them and none can be drawn on this system.
    """
    found = measure(reading, article, taken)
    told = []
    if found.missing:
        count = sum(map(len, found.missing))
        text = squeeze(" … ".join(found.missing), SHOWN)
        told.append(("TXT006", message("text-lost", count=count, text=text)))
    told += [("IMG006", message("picture-lost", address=address)) for address in found.pictures]
    told += [("LNK003", message("link-lost", target=address)) for address in found.links]
    if found.cells or found.items:
        told.append(("HTM009", message("structure-lost", cells=found.cells, items=found.items)))
    elif found.whole < found.paragraphs and not found.missing:  # which would be a second message of one cause
        count = found.paragraphs - found.whole
        told.append(("HTM009", message("paragraphs-lost", count=count)))
    told += [(loss.code, loss.message) for each in to for loss in losses(article, each)]
    place = reading.places.of(reading.article.source)
    return [finding(RULES[code], said, path, place) for code, said in told]
