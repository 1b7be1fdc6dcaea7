"""Index → volumes: which articles stand in which book, in which order, under which titles."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from convert.bundle.index import Index
from convert.bundle.once import Copy, Version, listed_elsewhere, once
from convert.bundle.parts import day_title
from convert.bundle.selection import Selection
from convert.bundle.split import Split, divide
from convert.errors import ConvertError
from convert.model import Elsewhere, Entry, Section, Volume
from convert.text import language
from convert.text import number as hash_of
from convert.words import Words, words


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
) -> Plan:
    """The volumes of all articles of an index that were chosen, channel by channel.

    `version` tells which of two differing texts of one article is newer; `size` tells how large the file of a volume
    will be, in bytes: it is asked only if `chosen` limits that.

    Raises:
        ConvertError: one article alone is larger than a volume may be.
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
    shelf = _Shelf(index, chosen, tag)
    limit = most = chosen.split.size
    while True:
        if limit:  # which counts too
            divided = divide(entries, replace(chosen.split, count=0))
            cut = [each for keys, group in divided for each in shelf.fitting(keys, group, limit, size)]
        else:
            cut = [(keys, shelf.volume(keys, group)) for keys, group in divide(entries, chosen.split)]
        volumes = shelf.listing_elsewhere(shelf.named(cut), copies)
        lists = (each for each in volumes if limit and any(section.elsewhere for section in each.sections))
        over = max((size(each) for each in lists), default=0) - most
        if over <= 0:
            return Plan(volumes, tuple(copies))
        limit -= over  # room for what is listed besides


class _Shelf:
    """What the volumes of one build share."""

    def __init__(self, index: Index, chosen: Gathering, tag: str) -> None:
        self.index = index
        self.chosen = chosen
        self.tag = tag
        self.words = words(tag)

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
            _title(self.chosen.title or self._of_channels(entries, sections), keys, self.words),
            self.tag,
            sections,
            order=self.chosen.order,
        )

    def fitting(
        self, keys: Mapping[str, str], entries: Sequence[Entry], limit: int, size: Callable[[Volume], int]
    ) -> Iterator[tuple[Mapping[str, str], Volume]]:
        """Volumes that hold as much as a limit in bytes lets them; numbered, if there are several."""
        start, part = 0, 1
        while start < len(entries):
            numbered = {**keys, "part": f"{part:03}"}

            def total(count: int, start: int = start, numbered: Mapping[str, str] = numbered) -> int:
                return size(self.volume(numbered, entries[start : start + count]))

            count = _most(total, min(len(entries) - start, self.chosen.split.count or len(entries)), limit)
            if not count:
                told = f"--split size={self.chosen.split.size} is too little for {entries[start].path}"
                wanted = f"{told}, which takes {total(1):,} bytes with its book"
                raise ConvertError(f"{wanted}; allow more")
            if part == 1 and count == len(entries):
                yield keys, self.volume(keys, entries)
                return
            yield numbered, self.volume(numbered, entries[start : start + count])
            start, part = start + count, part + 1

    def _channel(self, key: str) -> str:
        return self.index.channels.get(key) or key or self.words["other_section"]

    def _of_channels(self, entries: Sequence[Entry], sections: tuple[Section, ...]) -> str:
        if len(entries) == 1 and not self.chosen.split:
            return entries[0].title
        names = [section.title for section in sections]
        if len(names) <= 3:
            return self.words["by"].join(names)
        return self.words["many_sections"].format(first=names[0], count=len(names))

    def named(self, cut: Iterable[tuple[Mapping[str, str], Volume]]) -> list[Volume]:
        """The volumes with the names of their files, of which no two are the same."""
        made: list[Volume] = []
        taken: set[str] = set()
        for keys, volume in cut:
            stem = "-".join(_ascii(keys[way] or "other") for way in _WAYS if way in keys)
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
        the article lists it, else the one of its time.
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
                at = home if home in having[key] or not having[key] else _nearest(entry, key, having[key], volumes)
                new[at][key].append(Elsewhere(entry, "" if at == home else volumes[home].title))
        return tuple(
            self._with(volume, new[number]) if number in new else volume for number, volume in enumerate(volumes)
        )

    def _with(self, volume: Volume, new: Mapping[str, list[Elsewhere]]) -> Volume:
        sections = {section.key: section for section in volume.sections}
        for key, items in new.items():
            section = sections.get(key) or Section(key, self._channel(key), ())
            sections[key] = replace(section, elsewhere=tuple(items))
        return replace(
            volume, sections=tuple(sections[key] for key in sorted(sections, key=lambda key: (not key, key)))
        )


def _most(total: Callable[[int], int], available: int, limit: int) -> int:
    """The greatest number up to `available` whose total, which grows about evenly, is within the limit; 0 for none."""
    fits, exceeds, guess = 0, available + 1, min(available, FIRST_GUESS)
    while exceeds - fits > 1:
        if (found := total(guess)) <= limit:
            fits = guess
        else:
            exceeds = guess
        guess = max(fits + 1, min(exceeds - 1, guess * limit // max(found, 1)))
    return fits


FIRST_GUESS = 1000


def _nearest(entry: Entry, key: str, numbers: Sequence[int], volumes: Sequence[Volume]) -> int:
    """Of the volumes that have a section, the last that begins no later than an article; the first if none does."""
    began: dict[int, str] = {}
    for number in numbers:
        own = next(section for section in volumes[number].sections if section.key == key).entries
        began[number] = min(own[0].published, own[-1].published)
    before = [number for number in numbers if began[number] <= entry.published]
    return max(before, key=lambda number: (began[number], number)) if before else numbers[0]


_WAYS = ("channel", "year", "month", "week", "part")
"""In the order in which they stand in names."""


def _ascii(name: str) -> str:
    """`name` in ASCII; where more than case had to change it carries a hash of its own."""
    stem = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
    return stem if stem == name.lower() and len(stem) <= LONGEST else f"{stem[:40] or 'volume'}-{hash_of(name):016x}"


LONGEST = 80
"""Characters of a channel in the name of a file, which may have 255 and tells of more."""


def _title(title: str, keys: Mapping[str, str], label: Words) -> str:
    """The title of a volume: of what, of when, which part."""
    told = [title]
    for way in _WAYS[1:]:
        if way not in keys:
            continue
        key = keys[way]
        if way == "part":
            told.append(label["part"].format(key.lstrip("0")))
        elif not key:
            told.append(label["undated"])
        elif way == "week":
            year, _, number = key.partition("-w")
            told.append(label["week"].format(year=year, week=number.lstrip("0")))
        else:
            told.append(label["year"].format(year=key) if way == "year" else day_title(key, label))
    return " ".join(told)
