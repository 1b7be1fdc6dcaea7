"""Which links stay inside a book, and which lead to another volume of the same build."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from convert.bundle.copies import Strings
from convert.bundle.once import Copy, key_of
from convert.model import Entry, Volume
from convert.text import number
from convert.urls import article_key, article_of

_REPOSITORY = re.compile(r"^(https?://[^/]+/[^/]+/[^/]+)/blob/[^/]+/")
_INDEX_PAGE = re.compile(r"^indexes/([^/]+?)(?:\.md|/.*)?$")


@lru_cache(maxsize=16)  # a page asks for each of its mirror's links
def _mirror(home: str, path: str) -> tuple[str, str]:
    """The addresses of the mirror that has the page `home`, and of its files, in which the page has the `path`."""
    repository = _REPOSITORY.match(home)
    base = home.removesuffix(path) if home.endswith(path) else repository[0] if repository else ""
    return repository[1] if repository else "", base


def _path_in_mirror(target: str, entry: Entry, home: str) -> str | None:
    """The path of what a link leads to in the mirror, nothing for its front page; None if it leads elsewhere."""
    if not home or not target:
        return None
    repository, base = _mirror(home, entry.path)
    if repository and target.rstrip("/") == repository:
        return ""
    return target[len(base) :] if base and target.startswith(base.rstrip("/")) else None


class Inside(NamedTuple):
    """A page of the same volume."""

    kind: Literal["article", "section", "contents"]
    key: str = ""
    """The path of an article's source, the key of a section."""


class Other(NamedTuple):
    """An article in another volume of the build."""

    path: str
    volume: str
    """The volume's title."""
    name: str
    """What its file is called."""


class Table:
    """Numbers, found by 64-bit hashes: 12 bytes each, because every worker has them all."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(pairs)
        self._keys = array("Q", (key for key, _ in ordered))
        self._values = array("I", (value for _, value in ordered))

    def get(self, key: int) -> int | None:
        """The number of a hash; of two the smaller."""
        at = bisect_left(self._keys, key)
        return self._values[at] if at < len(self._keys) and self._keys[at] == key else None

    def all(self, key: int) -> Sequence[int]:
        """All numbers of a hash, the smallest first."""
        return self._values[bisect_left(self._keys, key) : bisect_right(self._keys, key)]


class Links:
    """The pages of a build's volumes, found by address, by path and by neighbour; `copies` are those that it leaves out
    because another copy of the same article is there."""

    def __init__(self, *volumes: Volume, copies: Sequence[Copy] = ()) -> None:
        self._paths = Strings()
        self._starts: list[int] = []
        self._titles = [volume.title for volume in volumes]
        self._names = [volume.name for volume in volumes]
        self._sections = [frozenset(section.key for section in volume.sections) for volume in volumes]
        self.unknown = False
        """Whether an article has an address that is none of a known publisher's: only then any other may lead here."""
        addresses: list[tuple[int, int]] = []
        for volume in volumes:
            self._starts.append(len(self._paths))
            for entry in volume.entries():
                if key := self._key(entry):
                    addresses.append((key, len(self._paths)))
                self._paths.append(entry.path)
        by_path = [(number(self._paths[place]), place) for place in range(len(self._paths))]
        if copies:
            known = Table(by_path)
            for copy in copies:
                if (place := known.get(number(copy.kept.path))) is not None:
                    by_path.append((number(copy.entry.path), place))
                    if key := self._key(copy.entry):
                        addresses.append((key, place))
        self._by_path = Table(by_path)
        self._by_address = Table(addresses)
        self.followed: dict[str, str] = {}
        """Articles of known publishers outside the page's own volume that were asked for, by what their addresses have
        in common, and pages of the mirror, by their paths; and the path of each that the build has."""

    def _key(self, entry: Entry) -> int:
        self.unknown = self.unknown or bool(entry.address and not article_of(entry.address))
        return key_of(entry)

    def _place(self, path: str) -> int | None:
        return self._by_path.get(number(path))

    def _volume(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def article(self, address: str, start: Entry) -> Inside | Other | None:
        """The article of the build that an address leads to from the page of `start`, however it is written."""
        known = article_of(address)
        if not known and not self.unknown:
            return None
        key = ":".join(known) if known else article_key(address)
        places = self._by_address.all(number(key))
        if not places:
            self.followed[key] = ""
            return None
        page = self._place(start.path)
        here = None if page is None else self._volume(page)
        for place in places:
            if self._volume(place) == here:
                return Inside("article", self._paths[place])
        place, there = places[0], self._volume(places[0])
        self.followed[key] = self._paths[place]
        return Other(self._paths[place], self._titles[there], self._names[there])

    def path_of(self, key: str) -> str:
        """The path of the article that a key of `followed` stands for; nothing if the build has none."""
        hashed = number(key)
        place = self._by_address.get(hashed)
        if place is None:
            place = self._by_path.get(hashed)
        return "" if place is None else self._paths[place]

    def has(self, article: int) -> bool:
        """Whether the build has an article, by a hash as in `Unplaced.articles`."""
        return self._by_address.get(article) is not None

    def has_page(self, page: int) -> bool:
        """Whether a volume of the build has a page, by a hash as in `Unplaced.pages`."""
        return self._by_path.get(page) is not None or page in self._hashed_sections

    @cached_property
    def _hashed_sections(self) -> frozenset[int]:
        return frozenset(number(key) for keys in self._sections for key in keys)

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """The paths of the pages before and after an article's in its volume; nothing where there is none."""
        place = self._place(entry.path)
        if place is None:
            return "", ""
        volume = self._volume(place)
        first = self._starts[volume]
        end = self._starts[volume + 1] if volume + 1 < len(self._starts) else len(self._paths)
        return (
            self._paths[place - 1] if place > first else "",
            self._paths[place + 1] if place + 1 < end else "",
        )

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """What one of the mirror's own links leads to inside the volume: its contents for the mirror's home, a section
        for an index page, an article for a page.  `home` is the address of the page of `entry` in the mirror."""
        path = _path_in_mirror(target, entry, home)
        if not path:
            return None if path is None else Inside("contents")
        here = self._place(entry.path)
        volume = 0 if here is None else self._volume(here)
        place = self._place(path)
        if path.endswith(".md") and not path.startswith("indexes/"):
            self.followed[path] = "" if place is None else self._paths[place]
        if place is not None:
            if self._volume(place) != volume:
                return None
            return Inside("article", self._paths[place])
        match = _INDEX_PAGE.match(path)
        if not match or match[1] not in self._sections[volume]:
            return None
        return Inside("section", match[1])


class Unplaced(Links):
    """The links of pages of which nobody knows yet in which volume they stand: but for those to the contents, all lead
    where they led.  What a page asks for depends on nothing but itself."""

    def __init__(self) -> None:
        super().__init__()
        self.articles: list[int] = []
        """What the addresses of articles that were asked for have in common, hashed, each time."""
        self.pages: list[int] = []
        """Hashes of what else was asked for: neighbours, as its own path, and paths and sections of its mirror."""

    def article(self, address: str, start: Entry) -> None:
        """Nothing."""
        self.articles.append(number(article_key(address)))

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """The page itself, on both sides."""
        self.pages += [number(entry.path)] * 2
        return entry.path, entry.path

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """The contents, if it leads there."""
        path = _path_in_mirror(target, entry, home)
        if path:
            match = _INDEX_PAGE.match(path)
            self.pages += [number(path), number(match[1])] if match else [number(path)]
        return Inside("contents") if path == "" else None
