"""The comparison of the visible content of a source with that of its article and outputs."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from types import MappingProxyType

from msgspec import Struct

from convert.fidelity.outputs import OUTPUTS, losses
from convert.fidelity.visible import of_article, of_html, unmatched, visible
from convert.messages import message
from convert.model import Article, Finding, Reading
from convert.pictures.gallery import Source as Pictures
from convert.rules import RULES
from convert.rules.engine import finding
from convert.text import squeeze
from convert.urls import resolve

SHOWN = 80
"""The number of missing characters that a message quotes."""


DATA = 40
"""The number of characters by which a `data:` address is recognised in the list of removed content (IMG004)."""

_ADDRESS = re.compile(r"<[^<>]*>")
_GONE = "\x00"  # marks removed characters; no visible text has it


class Fidelity(Struct, frozen=True):
    """Comparison of a source's content with that of the article and the list of removed content."""

    characters: int
    """The number of characters of the source, without those that are listed."""
    missing: tuple[str, ...] = ()
    """Runs of characters of the source that are neither in the article nor listed."""
    added: tuple[str, ...] = ()
    """Runs of characters of the article that the source does not have."""
    paragraphs: int = 0
    """The number of paragraphs of the source, without those that are listed."""
    whole: int = 0
    """The number of these paragraphs that are paragraphs of the article too."""
    pictures: tuple[str, ...] = ()
    """Addresses of pictures that are neither in the article nor listed."""
    links: tuple[str, ...] = ()
    cells: int = 0
    """The number of cells of tables that the article lacks."""
    items: int = 0

    @property
    def preserved(self) -> float:
        """The share of the source's characters that is in the article, 1 for all."""
        return 1 - sum(map(len, self.missing)) / self.characters if self.characters else 1.0


def measure(
    reading: Reading, article: Article, reported: Sequence[Finding], renamed: Mapping[str, str] = MappingProxyType({})
) -> Fidelity:
    """Return how much of the source of `reading` is in `article`; the findings `reported` list removed content.

    `renamed` has the addresses that pictures got, by those of the source.
    """
    before, after = of_html(reading.html), of_article(article)
    page = of_html(reading.page) if reading.page else before
    removed = [finding.removed for finding in reported if finding.removed]
    source = _joined(*_without(page.paragraphs, removed), after.paragraphs)
    missing, added = _compare(source, after.paragraphs)
    listed = "\n".join([*removed, *(str(finding.message) for finding in reported)])
    return Fidelity(
        characters=sum(map(len, source)),
        missing=missing,
        added=added,
        paragraphs=len(source),
        whole=len(source) - len(unmatched(source, after.paragraphs)),
        pictures=_lost(_renamed(page.pictures, renamed), after.pictures, article, listed),
        links=_lost(before.links, after.links, article, listed),
        cells=_fewer(before.cells, after.cells, removed, len(after.text) // 2),
        items=_fewer(before.items, after.items, removed, len(after.text) // 2),
    )


def _renamed(pictures: Counter[str], renamed: Mapping[str, str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for address, count in pictures.items():
        found[renamed.get(address, address)] += count
    return found


def _without(paragraphs: list[str], removed: list[str]) -> tuple[list[str], set[int]]:
    """Return the paragraphs without removed content, and the numbers of the paragraphs before which some was removed.

    Each removed piece is deleted once, the longest first.
    """
    text = "".join(paragraphs)
    torn_pieces: list[str] = []
    for piece in sorted(removed, key=len, reverse=True):
        whole = next((each for each in _pieces(piece) if each in text), None)
        if whole is None:
            torn_pieces.append(piece)
        else:
            text = text.replace(whole, _GONE * len(whole), 1)
    for piece in torn_pieces:  # something that is not listed is between their parts
        parts = [each for part in _ADDRESS.split(piece) for each in ([part] if visible(part) in text else part.split())]
        text = _without_parts(text, [part for part in map(visible, parts) if part])
    ends = list(accumulate(map(len, paragraphs)))
    left: list[str] = []
    seams: set[int] = set()
    torn = False
    for start, end in zip([0, *ends], ends, strict=False):
        rest = text[start:end]
        if torn or rest.startswith(_GONE):
            seams.add(len(left))
        torn = rest.endswith(_GONE)
        if visible_rest := rest.replace(_GONE, ""):
            left.append(visible_rest)
    return left, seams


def _without_parts(text: str, parts: list[str]) -> str:
    """Return `text` with the parts of a removed piece marked as removed, in their order from the longest part on.

    Short parts, such as numbers, are in many other places too.
    """
    longest = max(range(len(parts)), key=lambda number: len(parts[number]), default=0)
    start = end = max(0, text.find(parts[longest])) if parts else 0
    for number in (*range(longest, len(parts)), *range(longest - 1, -1, -1)):
        part = parts[number]
        at = text.find(part, end) if number >= longest else text.rfind(part, 0, start)
        if at < 0:
            at = text.find(part)
        elif number >= longest:
            end = at + len(part)
        else:
            start = at
        if at >= 0:
            text = text[:at] + _GONE * len(part) + text[at + len(part) :]
    return text


def _joined(paragraphs: list[str], seams: set[int], article: list[str]) -> list[str]:
    """Return the paragraphs of the source; join those that are one in the article once the content between is gone."""
    whole = set(article)
    out: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        if number in seams and out and out[-1] + paragraph in whole:
            out[-1] += paragraph
        else:
            out.append(paragraph)
    return out


def _compare(source: list[str], article: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the runs of characters that only the source has, and those that only the article has.

    The documents are compared as sequences of characters and as multisets of paragraphs, because paragraphs that both
    have may have moved; the comparison that misses less is returned.
    """
    text, other = "".join(source), "".join(article)
    if text == other:
        return (), ()
    before, after = Counter(source), Counter(article)
    apart = _differ("".join((before - after).elements()), "".join((after - before).elements()))
    return min(apart, _differ(text, other), key=lambda runs: sum(map(len, runs[0]))) if apart[0] else apart


def _differ(left: str, right: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the runs of characters that only one of two texts has; runs that have moved count as in both."""
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
        if run in added:  # the run has moved
            missing.remove(run)
            added.remove(run)
    return tuple(missing), tuple(added)


def _common(left: str, right: str) -> int:
    """Return the number of characters at the beginning that are the same."""
    pairs = zip(left, right, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def _lost(before: Counter[str], after: Counter[str], article: Article, listed: str) -> tuple[str, ...]:
    """Return the addresses of `before` that are neither as often in `after`, as written or resolved, nor listed."""
    base = article.source.address
    present: Counter[str] = Counter()
    for address, count in after.items():
        present[resolve(address, base) or address] += count
    lost = []
    for address, count in before.items():
        whole = resolve(address, base) or address
        if address and count > present[whole] + len(_mention_of(address).findall(listed)):
            lost.append(address)
        present[whole] -= count  # other spellings of the address share the count
    return tuple(lost)


def _mention_of(address: str) -> re.Pattern[str]:
    """Return a pattern of an address in a list; of a `data:` address, only the beginning is listed."""
    if address.startswith("data:"):
        return re.compile(re.escape(address[:DATA]))
    return re.compile(rf"{re.escape(address)}(?![^\s<>,;()])")


def _fewer(before: list[str], after: list[str], removed: list[str], half: int) -> int:
    """Return the number of cells or items of `before` that are neither in `after` nor listed as removed.

    A cell with more than `half` of all characters does not count: it belongs to a table that lays out the page.
    """
    gone = sorted((piece for text in removed for piece in _pieces(text) if piece), key=len, reverse=True)
    remaining = []
    for text in unmatched(before, after):
        if len(text) > half or any(text in piece for piece in gone):
            continue
        for piece in gone:
            text = text.replace(piece, "")
        remaining.append(text)
    return len(unmatched(remaining, (Counter(after) - Counter(before)).elements()))


def _pieces(removed: str) -> tuple[str, str]:
    return visible(removed), visible(_ADDRESS.sub("", removed))


def findings(
    reading: Reading,
    article: Article,
    reported: Sequence[Finding],
    path: str,
    to: Iterable[str] = OUTPUTS,
    *,
    renamed: Mapping[str, str] = MappingProxyType({}),
    pictures: Pictures | None = None,
) -> list[Finding]:
    """Return an error for each kind of content that was lost on the way to the article or to the outputs `to`.

    With `pictures`, those that a store has must be inside the outputs.

    Raises:
        ConvertError: `to` has PDF, and none can be drawn on this system.
    """
    fidelity = measure(reading, article, reported, renamed)
    messages = []
    if fidelity.missing:
        count = sum(map(len, fidelity.missing))
        text = squeeze(" … ".join(fidelity.missing), SHOWN)
        messages.append(("TXT006", message("text-lost", count=count, text=text)))
    messages += [("IMG006", message("picture-lost", address=address)) for address in fidelity.pictures]
    messages += [("LNK003", message("link-lost", target=address)) for address in fidelity.links]
    if fidelity.cells or fidelity.items:
        messages.append(("HTM009", message("structure-lost", cells=fidelity.cells, items=fidelity.items)))
    elif fidelity.whole < fidelity.paragraphs and not fidelity.missing:  # missing text breaks paragraphs as well
        count = fidelity.paragraphs - fidelity.whole
        messages.append(("HTM009", message("paragraphs-lost", count=count)))
    messages += [(loss.code, loss.message) for name in to for loss in losses(article, name, pictures)]
    place = reading.places.of(reading.article.source)
    return [finding(RULES[code], text, path, place) for code, text in messages]
