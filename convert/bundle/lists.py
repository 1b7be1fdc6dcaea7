"""Comparison of an archive's pages with the rows of its index pages and tables; which channels it holds completely."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from convert.bundle.copies import Strings

LISTED = 0.5
"""Share of a channel's listed pages that must be present for the channel to be complete.  In complete mirrors it is
98 % or more, in our sample of them at most 20 % for any channel (docs/decisions/rules.md)."""

MIRROR = 0.9
"""Share of all listed pages of a mirror that must be present for all its channels to be complete."""

CHANNELS = 2
"""Fewest channels of a complete mirror, all of which must be complete: a single channel may come from a partial
checkout, so that others are unknown."""


class Listed(Struct, frozen=True, gc=False, array_like=True):
    """Rows of one channel in an index page or a table."""

    channel: str
    """Path of the channel's folder."""
    rows: bytes
    """Two 64-bit hashes for each row: of its page's path and of its title."""


def channel_of(path: str) -> str:
    """Return the folder of a page."""
    return path.rpartition("/")[0]


class Lists:
    """Pages of an archive, found by the hashes of their paths, and the rows that list them.

    `parts` are channels that are known to be incomplete.
    """

    def __init__(
        self, paths: Strings, places: Sequence[int], lists: Sequence[Listed], parts: Collection[str] = ()
    ) -> None:
        count = len(places)
        self._numbers = array("I", sorted(range(count), key=places.__getitem__))
        self._places = array("Q", (places[number] for number in self._numbers))
        names: dict[str, int] = {}
        self._channel = array("I", (names.setdefault(channel_of(paths[page]), len(names)) for page in range(count)))
        self._listed = bytearray(count)
        missing: dict[str, set[int]] = {}
        for rows in lists:
            absent = missing.setdefault(rows.channel, set())
            for place in array("Q", rows.rows)[::2]:
                if (page := self.find(place)) is None:
                    absent.add(place)
                else:
                    self._listed[page] = 1
        pages = Counter(self._channel)
        listed = Counter(channel for channel, is_listed in zip(self._channel, self._listed, strict=True) if is_listed)
        present = {channel: listed[names[channel]] if channel in names else 0 for channel in missing}
        mirror_present, mirror_listed = Counter[str](), Counter[str]()
        for channel, absent in missing.items():
            mirror_present[channel_of(channel)] += present[channel]
            mirror_listed[channel_of(channel)] += present[channel] + len(absent)
        self._complete = {
            channel
            for channel, absent in missing.items()
            if channel not in parts
            and (
                present[channel] >= max(1, LISTED * (present[channel] + len(absent)))
                or mirror_present[channel_of(channel)] >= max(1, MIRROR * mirror_listed[channel_of(channel)])
            )
        }
        channels = Counter(channel_of(channel) for channel in missing)
        complete = Counter(channel_of(channel) for channel in self._complete)
        mirrors = {name for name, count in channels.items() if count == complete[name] and count >= CHANNELS}
        numbers = {channel: names[channel] for channel in self._complete if channel in names}
        self._in_complete_mirror = {number for channel, number in numbers.items() if channel_of(channel) in mirrors}
        self._indexed = {number for number in numbers.values() if listed[number] >= LISTED * pages[number]}

    def find(self, place: int) -> int | None:
        """Return the number of the page with the hash `place`."""
        index = bisect_left(self._places, place)
        return self._numbers[index] if index < len(self._places) and self._places[index] == place else None

    def holds(self, channel: str) -> bool:
        """Return True if the archive holds a channel completely."""
        return channel in self._complete

    def holds_mirror_of(self, page: int) -> bool:
        """Return True if it holds the channel of a page, and all other channels of its mirror, completely."""
        return self._channel[page] in self._in_complete_mirror

    def strays(self) -> Iterator[int]:
        """Yield unlisted pages of complete channels whose indexes list most of their pages."""
        for place, page in zip(self._places, self._numbers, strict=True):
            if not self._listed[page] and self._channel[page] in self._indexed and self.find(place) == page:
                yield page
