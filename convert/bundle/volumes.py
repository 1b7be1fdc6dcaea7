"""Index → volumes: which articles stand in which book, in which order, under which titles."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from convert.bundle.index import Index
from convert.bundle.once import Copy, Version, listed_elsewhere, once
from convert.bundle.selection import Selection
from convert.bundle.split import Split, divide, periods
from convert.bundle.titles import WAYS, of_sections, title_of
from convert.errors import ConvertError
from convert.model import Elsewhere, Entry, Section, Volume
from convert.text import language
from convert.text import number as hash_of
from convert.words import words


class Gathering(Struct, frozen=True):
    """What the user chose of books: which articles, in which order, in how many volumes."""

    title: str = ""
    selection: Selection = Selection()
    order: str = "oldest"
    """A key of `ORDERS`."""
    split: Split = Split()
    once: bool | None = None
    """Whether an article stands there once, however many copies of it there are; None: as its format has it."""


class Plan(Struct, frozen=True):
    """The volumes of a build, and the copies that it leaves out."""

    volumes: tuple[Volume, ...]
    copies: tuple[Copy, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """All entries, volume by volume."""
        for volume in self.volumes:
            yield from volume.entries()


def _oldest(index: Index, entry: Entry) -> Any:
    return not entry.published, entry.published[:10], index.place(entry), entry.path


def _newest(index: Index, entry: Entry) -> Any:
    page, row = index.place(entry)
    digits = entry.published[:10].translate(_COMPLEMENT)
    return not entry.published, digits, -page, -row, entry.path


_COMPLEMENT = str.maketrans("0123456789", "9876543210")

ORDERS: Mapping[str, Callable[[Index, Entry], Any]] = MappingProxyType({
    "oldest": _oldest,
    "newest": _newest,
    "title": lambda index, entry: (entry.title, entry.path),
    "path": lambda index, entry: entry.path,
})  # fmt: skip
"""How articles are ordered in a channel; articles of one day as the mirror's index pages list them."""


def gather(
    index: Index,
    chosen: Gathering | None = None,
    version: Callable[[Entry], Version] = lambda entry: Version(),
    size: Callable[[Volume], int] = lambda volume: 0,
    part: Callable[[Entry], int] = lambda entry: 0,
) -> Plan:
    """The volumes of all articles of an index that were chosen, channel by channel.

    `version` tells which of two differing texts of one article is newer; `size` tells how large the file of a volume
    will be, in bytes, and `part` how much of that is an article's page: they are asked only if `chosen` limits that.

    Raises:
        TooLargeError: one article alone is larger than a volume may be.
    """
    chosen = chosen or Gathering()
    takes, channels = chosen.selection.takes, index.channels
    entries = [entry for entry in index.entries if takes(entry, channels.get(entry.section, ""))]
    order = ORDERS[chosen.order]
    by_channel: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_channel[entry.section].append(entry)
    entries = [  # channel by channel: the keys of all at once would take more memory than the entries
        entry
        for key in sorted(by_channel, key=lambda key: (not key, key))
        for entry in sorted(by_channel[key], key=lambda entry: order(index, entry))
    ]
    del by_channel
    copies: list[Copy] = []
    if chosen.once:
        entries, copies = once(entries, version)
    tag = language([" ".join(entry.title for entry in entries[:100])[:1000]])
    shelf = _Shelf(index, chosen, tag, part)
    limit = most = chosen.split.size
    while True:
        if most:  # which counts too
            divided = divide(entries, replace(chosen.split, count=0))
            cut = [each for keys, group in divided for each in shelf.fitting(keys, group, limit, size)]
        else:
            cut = [(keys, shelf.volume(keys, group)) for keys, group in divide(entries, chosen.split)]
        volumes = shelf.listing_elsewhere(shelf.named(cut), copies)
        lists = [each for each in volumes if most and any(section.elsewhere for section in each.sections)]
        largest = max(lists, key=size, default=None)
        over = size(largest) - most if largest else 0
        if not largest or over <= 0:
            return Plan(volumes, tuple(copies))
        if (limit := limit - over) <= 0:  # no room for what is listed besides
            raise TooLargeError(next(largest.entries()), most + over)


class TooLargeError(ConvertError):
    """An article takes more bytes with its book than a volume may have."""

    def __init__(self, entry: Entry, size: int) -> None:
        super().__init__(f"{entry.path} takes {size:,} bytes with its book, more than a volume may have; allow more")
        self.entry = entry
        self.size = size


class _Shelf:
    """What the volumes of one build share."""

    def __init__(self, index: Index, chosen: Gathering, tag: str, part: Callable[[Entry], int]) -> None:
        self.index = index
        self.part = part
        self.chosen = chosen
        self.tag = tag
        self.words = words(tag)
        self.book = 0, 1
        """The bytes of the own pages of the last book that was looked at, and its articles: they grow about evenly."""

    def volume(self, keys: Mapping[str, str], entries: Sequence[Entry]) -> Volume:
        """A volume, still without a name."""
        by_channel: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_channel[entry.section].append(entry)
        sections = tuple(
            Section(key, self._channel(key), tuple(by_channel[key]))
            for key in sorted(by_channel, key=lambda key: (not key, key))
        )
        return Volume(
            title_of(self.chosen.title or self._of_channels(entries, sections), keys, self.words),
            self.tag,
            sections,
            order=self.chosen.order,
        )

    def fitting(
        self, keys: Mapping[str, str], entries: Sequence[Entry], limit: int, size: Callable[[Volume], int]
    ) -> Iterator[tuple[Mapping[str, str], Volume]]:
        """Volumes that hold as much as a limit in bytes lets them; numbered, if there are several."""
        start, number = 0, 1
        before = [0, *accumulate(map(self.part, entries))]
        while start < len(entries):
            numbered = {**keys, "part": f"{number:03}"}

            def total(count: int, start: int = start, numbered: Mapping[str, str] = numbered) -> int:
                return size(self.volume(numbered, entries[start : start + count]))

            available = min(len(entries) - start, self.chosen.split.count or len(entries))
            count = self._most(total, before[start : start + available + 1], limit)
            if not count:
                if (alone := total(1)) > self.chosen.split.size:
                    raise TooLargeError(entries[start], alone)
                count = 1
            if count == len(entries) and size(whole := self.volume(keys, entries)) <= limit:
                yield keys, whole
                return
            yield numbered, self.volume(numbered, entries[start : start + count])
            start, number = start + count, number + 1

    def _most(self, total: Callable[[int], int], parts: Sequence[int], limit: int) -> int:
        """The greatest number of articles that is within the limit; their own pages take what `parts` rises by."""
        fits, exceeds = 0, len(parts)
        counts = range(1, len(parts))
        while exceeds - fits > 1:
            book, of = self.book
            guess = bisect_right(counts, limit * of, key=lambda n: (parts[n] - parts[0]) * of + book * n)
            guess = max(fits + 1, min(exceeds - 1, guess))
            found = total(guess)
            self.book = found - parts[guess] + parts[0], guess
            if found <= limit:
                fits = guess
            else:
                exceeds = guess
        return fits

    def _channel(self, key: str) -> str:
        return self.index.channels.get(key) or key or self.words["other_section"]

    def _of_channels(self, entries: Sequence[Entry], sections: tuple[Section, ...]) -> str:
        if len(entries) == 1 and not self.chosen.split:
            return entries[0].title
        return of_sections(sections, self.words)

    def named(self, cut: Iterable[tuple[Mapping[str, str], Volume]]) -> list[Volume]:
        """The volumes with the names of their files, of which no two are the same."""
        made: list[Volume] = []
        taken: set[str] = set()
        for keys, volume in cut:
            stem = "-".join(_ascii(keys[way] or "other") for way in WAYS if way in keys)
            name = stem = stem or ("001" if self.chosen.split else "")
            number = 2
            while name in taken:
                name, number = f"{stem}-{number}", number + 1
            taken.add(name)
            made.append(replace(volume, name=name))
        return made

    def listing_elsewhere(self, volumes: Sequence[Volume], copies: Sequence[Copy]) -> tuple[Volume, ...]:
        """The volumes, in which a section also lists the articles whose page stands in another one.

        A section that has none but such articles lists them too; where it is in several volumes, the one that holds
        the article lists it, else the one where it would stand if it were of this section.
        """
        listed = listed_elsewhere(copies)
        if not listed:
            return tuple(volumes)
        where = {entry.path: number for number, volume in enumerate(volumes) for entry in volume.entries()}
        having: defaultdict[str, list[int]] = defaultdict(list)
        for number, volume in enumerate(volumes):
            for section in volume.sections:
                having[section.key].append(number)
        new: defaultdict[int, defaultdict[str, list[Elsewhere]]] = defaultdict(lambda: defaultdict(list))
        for key in sorted(listed):
            for entry in listed[key]:
                home = where[entry.path]
                at = home if home in having[key] or not having[key] else self._nearest(entry, key, having[key], volumes)
                new[at][key].append(Elsewhere(entry, "" if at == home else volumes[home].title))
        return tuple(
            self._with(volume, new[number]) if number in new else volume for number, volume in enumerate(volumes)
        )

    def _nearest(self, entry: Entry, key: str, numbers: Sequence[int], volumes: Sequence[Volume]) -> int:
        """Of the volumes that have a section, of its own time if there are any, the last in which the section does not
        begin after an article; else the first."""
        begin = {
            number: next(section.entries[0] for section in volumes[number].sections if section.key == key)
            for number in numbers
        }
        time = periods(entry, self.chosen.split)
        near = [number for number in numbers if periods(begin[number], self.chosen.split) == time] or numbers
        before = [number for number in near if self._rank(begin[number]) <= self._rank(entry)]
        return before[-1] if before else near[0]

    def _rank(self, entry: Entry) -> Any:
        """Where an entry stands among all of its channel: by time, and in that in the order that was chosen."""
        return periods(entry, self.chosen.split), ORDERS[self.chosen.order](self.index, entry)

    def _with(self, volume: Volume, new: Mapping[str, list[Elsewhere]]) -> Volume:
        sections = {section.key: section for section in volume.sections}
        for key, items in new.items():
            section = sections.get(key) or Section(key, self._channel(key), ())
            sections[key] = replace(section, elsewhere=tuple(items))
        return replace(
            volume, sections=tuple(sections[key] for key in sorted(sections, key=lambda key: (not key, key)))
        )


def _ascii(name: str) -> str:
    """`name` in ASCII; where more than case had to change it carries a hash of its own."""
    stem = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
    return stem if stem == name.lower() and len(stem) <= LONGEST else f"{stem[:40] or 'volume'}-{hash_of(name):016x}"


LONGEST = 80
"""Characters of a channel in the name of a file, which may have 255 and tells of more."""
