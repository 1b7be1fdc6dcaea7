"""Index → volumes: the articles of each book, their order, and the titles."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from convert.bundle.additions import Additions, digest_of, named, titled
from convert.bundle.deduplicate import Copy, Version, deduplicate, listed_elsewhere
from convert.bundle.index import Index
from convert.bundle.selection import Selection
from convert.bundle.split import Split, divide, periods
from convert.bundle.titles import WAYS, of_sections, position_of, title_of
from convert.errors import ConvertError
from convert.languages import language
from convert.messages import message
from convert.model import Elsewhere, Entry, Section, Volume
from convert.text import hash64, shows, visible
from convert.words import words


class Gathering(Struct, frozen=True):
    """Choices of the user about volumes: articles, order, division."""

    title: str = ""
    selection: Selection = Selection()
    order: str = "oldest"
    """A key of `ORDERS`."""
    split: Split = Split()
    additions: Additions | None = None
    """Earlier builds to which this one is an addition; None for a build of all articles."""
    once: bool | None = None
    """True to retain one copy of each article, False for all; None for the default of the format."""


class Plan(Struct, frozen=True):
    """Volumes of a build, and the copies that it leaves out."""

    volumes: tuple[Volume, ...]
    copies: tuple[Copy, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Yield all entries, volume by volume."""
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
"""Sort key of articles in a channel by name of the order; articles of one day follow the mirror's index pages."""


class Sizes(Protocol):
    """Sizes of a build's files, which depend on the format."""

    def of(self, volume: Volume) -> int:
        """Return an upper bound on the bytes of a volume's file."""
        ...

    def part(self, entry: Entry) -> int:
        """Return an upper bound on the bytes of an article's page in it."""
        ...


def choose(index: Index, chosen: Gathering) -> list[Entry]:
    """Return the selected entries in the order of a build, channel by channel."""
    takes, channels, order = chosen.selection.takes, index.channels, ORDERS[chosen.order]
    by_channel: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in index.candidates():
        if takes(entry, channels.get(entry.section, "")):
            by_channel[entry.section].append(entry)
    return [  # channel by channel: the keys of all at once would take more memory than the entries
        entry
        for key in sorted(by_channel, key=lambda key: (not key, key))
        for entry in sorted(by_channel[key], key=lambda entry: order(index, entry))
    ]


def gather(
    index: Index,
    chosen: Gathering | None = None,
    versions: Mapping[str, Version] = MappingProxyType({}),
    sizes: Sizes | None = None,
) -> Plan:
    """Return the volumes of the selected articles of an index.

    `versions` are those of `differing` copies by path, needed to deduplicate; `sizes` are needed if `chosen` limits
    sizes.

    Raises:
        TooLargeError: one article alone is larger than a volume may be.
    """
    chosen = chosen or Gathering()
    entries = choose(index, chosen)
    copies: list[Copy] = []
    if chosen.once:
        entries, copies = deduplicate(entries, versions)
    if chosen.additions:
        entries, copies = chosen.additions.chosen(entries, copies)
    tag = language([" ".join(entry.title for entry in entries[:100])[:1000]])
    builder = VolumeBuilder(index, chosen, tag)
    if not chosen.split.size:
        divided = [(keys, builder.volume(keys, group)) for keys, group in divide(entries, chosen.split)]
        return Plan(builder.add_cross_listings(builder.named(divided), copies), tuple(copies))
    assert sizes is not None, "only sizes can limit sizes"
    return _limited(builder, entries, copies, sizes)


def _limited(builder: "VolumeBuilder", entries: list[Entry], copies: Sequence[Copy], sizes: Sizes) -> Plan:
    """Return volumes whose files are all within the limit, including lists of articles in other sections."""
    split = builder.chosen.split
    limit = most = split.size
    while True:
        divided = divide(entries, replace(split, count=0))  # `fitting` applies the count
        cut = [each for keys, group in divided for each in builder.fitting(keys, group, limit, sizes)]
        volumes = builder.add_cross_listings(builder.named(cut), copies)
        lists = [each for each in volumes if any(section.elsewhere for section in each.sections)]
        over = max(map(sizes.of, lists), default=0) - most
        if over <= 0:
            return Plan(volumes, tuple(copies))
        if (limit := limit - over) <= 0:  # no room for the lists alone
            raise TooLargeError(next(max(lists, key=sizes.of).entries()), most + over)


_Rank = tuple[tuple[tuple[bool, str], ...], Any]


def _first(volume: Volume, key: str) -> Entry:
    """Return the first article of a section of a volume."""
    return next(section.entries[0] for section in volume.sections if section.key == key)


class TooLargeError(ConvertError):
    """Error for an article that takes more bytes with its book than a volume may have."""

    def __init__(self, entry: Entry, size: int) -> None:
        super().__init__(
            message(
                "{path} takes {size:,} bytes with its book, more than a volume may have; allow more",
                path=entry.path,
                size=size,
            )
        )
        self.entry = entry
        self.size = size


class VolumeBuilder:
    """Builder of the volumes of one build, with the data that they share."""

    def __init__(self, index: Index, chosen: Gathering, tag: str) -> None:
        self.index = index
        self.chosen = chosen
        self.tag = tag
        self.words = words(tag)
        self.book = 0, 1
        """Bytes of the last measured book without its articles' pages, and number of its articles, to guess sizes."""

    def volume(self, keys: Mapping[str, str], entries: Sequence[Entry]) -> Volume:
        """Return a volume without a name for its file yet."""
        by_channel: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_channel[entry.section].append(entry)
        sections = tuple(
            Section(key, self._channel(key), tuple(by_channel[key]))
            for key in sorted(by_channel, key=lambda key: (not key, key))
        )
        title = self._title(entries, sections)
        shared = "channel" in keys or shows(self.chosen.title)
        series = title if shared and keys.keys() - {"channel"} else ""
        whole = title_of(title, keys, self.words)
        if self.chosen.additions:  # no part of the series: it would take the place of a whole volume there
            addition, whole = digest_of(entries), titled(whole, entries, self.words)
            return Volume(whole, self.tag, sections, order=self.chosen.order, addition=addition)
        return Volume(
            whole,
            self.tag,
            sections,
            order=self.chosen.order,
            series=series,
            position=position_of(keys) if series else "",
        )

    def fitting(
        self, keys: Mapping[str, str], entries: Sequence[Entry], limit: int, sizes: Sizes
    ) -> Iterator[tuple[Mapping[str, str], Volume]]:
        """Yield volumes as large as the limit in bytes allows, numbered if there are several.

        Raises:
            TooLargeError: one article alone exceeds the limit of the user.
        """
        start, number = 0, 1
        before = [0, *accumulate(map(sizes.part, entries))]
        while start < len(entries):
            numbered = {**keys, "part": f"{number:03}"}

            def total(count: int, start: int = start, numbered: Mapping[str, str] = numbered) -> int:
                return sizes.of(self.volume(numbered, entries[start : start + count]))

            available = min(len(entries) - start, self.chosen.split.count or len(entries))
            count = self._most(total, before[start : start + available + 1], limit)
            if not count:
                if (alone := total(1)) > self.chosen.split.size:
                    raise TooLargeError(entries[start], alone)
                count = 1
            if count == len(entries) and sizes.of(whole := self.volume(keys, entries)) <= limit:
                yield keys, whole
                return
            yield numbered, self.volume(numbered, entries[start : start + count])
            start, number = start + count, number + 1

    def _most(self, total: Callable[[int], int], parts: Sequence[int], limit: int) -> int:
        """Return the greatest number of articles within the limit; `parts` are cumulative sizes of their pages.

        `total` measures a volume of so many articles, so few guesses are tried.
        """
        fits, exceeds = 0, len(parts)
        counts = range(1, len(parts))
        while exceeds - fits > 1:
            book, of = self.book
            guess = bisect_right(counts, limit * of, key=lambda n: (parts[n] - parts[0]) * of + book * n)
            guess = max(fits + 1, min(exceeds - 1, guess))
            size = total(guess)
            self.book = size - parts[guess] + parts[0], guess
            if size <= limit:
                fits = guess
            else:
                exceeds = guess
        return fits

    def _channel(self, key: str) -> str:
        return visible(self.index.channels.get(key, ""), key, self.words["other_section"])

    def _title(self, entries: Sequence[Entry], sections: tuple[Section, ...]) -> str:
        if shows(self.chosen.title):
            return self.chosen.title
        if len(entries) == 1 and not self.chosen.split:
            return visible(entries[0].title, entries[0].id, entries[0].path)
        if self.index.site and not self.chosen.split:
            return self.index.site
        return of_sections(sections, self.words)

    def named(self, cut: Iterable[tuple[Mapping[str, str], Volume]]) -> list[Volume]:
        """Return the volumes with unique names for their files."""
        volumes: list[Volume] = []
        taken: set[str] = set()
        for keys, volume in cut:
            stem = "-".join(ascii_name(keys[way] or "other") for way in WAYS if way in keys)
            if volume.addition:
                stem = named(stem, list(volume.entries()), volume.addition)
            name = stem = stem or ("001" if self.chosen.split else "")
            number = 2
            while name in taken:
                name, number = f"{stem}-{number}", number + 1
            taken.add(name)
            volumes.append(replace(volume, name=name))
        return volumes

    def add_cross_listings(self, volumes: Sequence[Volume], copies: Sequence[Copy]) -> tuple[Volume, ...]:
        """Return the volumes with, in each section, the articles of it whose pages are in another section.

        A section with no other articles is added for them.  If a section is in several volumes, the article is listed
        in the volume that holds it, else in the one where its date would put it.
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
            begins = [(number, self._rank(_first(volumes[number], key))) for number in having[key]]
            for entry in listed[key]:
                home = where[entry.path]
                number = home
                if begins and home not in having[key]:
                    number = self._nearest(entry, begins)
                new[number][key].append(Elsewhere(entry, "" if number == home else volumes[home].title))
        return tuple(
            self._with(volume, new[number]) if number in new else volume for number, volume in enumerate(volumes)
        )

    def _nearest(self, entry: Entry, begins: Sequence[tuple[int, _Rank]]) -> int:
        """Return the number of the volume with a section in which an article of another section is listed.

        `begins` are the numbers of those volumes and the ranks of the section's first articles.  Volumes of the
        article's period come first, if there are any; of these, the last in which the section does not begin after the
        article, else the first.
        """
        rank = self._rank(entry)
        near = [begin for begin in begins if begin[1][0] == rank[0]] or begins
        before = [number for number, begin in near if begin <= rank]
        return before[-1] if before else near[0][0]

    def _rank(self, entry: Entry) -> _Rank:
        """Return the sort key of an entry in its channel: by period, and inside it by the chosen order."""
        return periods(entry, self.chosen.split), ORDERS[self.chosen.order](self.index, entry)

    def _with(self, volume: Volume, new: Mapping[str, list[Elsewhere]]) -> Volume:
        sections = {section.key: section for section in volume.sections}
        for key, items in new.items():
            section = sections.get(key) or Section(key, self._channel(key), ())
            sections[key] = replace(section, elsewhere=tuple(items))
        return replace(
            volume, sections=tuple(sections[key] for key in sorted(sections, key=lambda key: (not key, key)))
        )


def ascii_name(name: str) -> str:
    """Return `name` in lower-case ASCII, with a hash of it appended if more than the case changed."""
    stem = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
    return stem if stem == name.lower() and len(stem) <= LONGEST else f"{stem[:40] or 'volume'}-{hash64(name):016x}"


LONGEST = 80
"""Most characters of a channel in the name of a file, which may have 255 in all."""
