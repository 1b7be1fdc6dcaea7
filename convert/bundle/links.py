"""Which links stay inside a book, and which lead to another volume of the same build."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple, Protocol

from convert.bundle.copies import Strings
from convert.bundle.deduplicate import Copy, key_of
from convert.model import Entry, Volume
from convert.text import hash64
from convert.urls import article_key, article_of

_REPOSITORY = re.compile(r"^(https?://[^/]+/[^/]+/[^/]+)/blob/[^/]+/")
_INDEX_PAGE = re.compile(r"^indexes/([^/]+?)(?:\.md|/.*)?$")


@lru_cache(maxsize=16)  # a page asks for each of its mirror's links
def _mirror(home: str, path: str) -> tuple[str, str]:
    """Return the addresses of the mirror that has the page `home`, and of the files in which that is at `path`."""
    repository = _REPOSITORY.match(home)
    base = home.removesuffix(path) if home.endswith(path) else repository[0] if repository else ""
    return repository[1] if repository else "", base


def _path_in_mirror(target: str, entry: Entry, home: str) -> str | None:
    """Return the path of what a link leads to in the mirror, "" for its front page, None if it leads elsewhere."""
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
    """A table of numbers, found by 64-bit hashes: 12 bytes each, because every worker has them all."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(pairs)
        self._keys = array("Q", (key for key, _ in ordered))
        self._values = array("I", (value for _, value in ordered))

    def get(self, key: int) -> int | None:
        """Return the number of a hash; of two the smaller."""
        at = bisect_left(self._keys, key)
        return self._values[at] if at < len(self._keys) and self._keys[at] == key else None

    def all(self, key: int) -> Sequence[int]:
        """Return all numbers of a hash, the smallest first."""
        return self._values[bisect_left(self._keys, key) : bisect_right(self._keys, key)]


class Links:
    """The pages of a build's volumes, found by address, by path and by neighbour.

    `copies` are those that the build leaves out because another copy of the same article is there.
    """

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
        by_path = [(hash64(self._paths[place]), place) for place in range(len(self._paths))]
        if copies:
            known = Table(by_path)
            for copy in copies:
                if (place := known.get(hash64(copy.kept.path))) is not None:
                    by_path.append((hash64(copy.entry.path), place))
                    if key := self._key(copy.entry):
                        addresses.append((key, place))
        self._by_path = Table(by_path)
        self._by_address = Table(addresses)

    def _key(self, entry: Entry) -> int:
        self.unknown = self.unknown or bool(entry.address and not article_of(entry.address))
        return key_of(entry)

    def _place(self, path: str) -> int | None:
        return self._by_path.get(hash64(path))

    def _volume(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def article(self, address: str, start: Entry) -> Inside | Other | None:
        """Return the article of the build that an address leads to from the page of `start`, however it is written."""
        return self.find(address, start)[1]

    def find(self, address: str, start: Entry) -> tuple[str, Inside | Other | None]:
        """Return what `article` does, and before it what all ways of writing the address have in common; "" for an
        address that cannot be an article's."""
        known = article_of(address)
        if not known and not self.unknown:
            return "", None
        key = ":".join(known) if known else article_key(address)
        places = self._by_address.all(hash64(key))
        if not places:
            return key, None
        page = self._place(start.path)
        here = None if page is None else self._volume(page)
        for place in places:
            if self._volume(place) == here:
                return key, Inside("article", self._paths[place])
        place, there = places[0], self._volume(places[0])
        return key, Other(self._paths[place], self._titles[there], self._names[there])

    def path_of(self, key: str) -> str:
        """Return the path of the article that a key of `LinkRecorder.followed` stands for, "" if the build has none."""
        hashed = hash64(key)
        place = self._by_address.get(hashed)
        if place is None:
            place = self._by_path.get(hashed)
        return "" if place is None else self._paths[place]

    def path_of_page(self, path: str) -> str:
        """Return the path of the page that stands for the page of the mirror at `path`, "" if the build has none."""
        place = self._place(path)
        return "" if place is None else self._paths[place]

    def has(self, article: int) -> bool:
        """Return whether the build has an article, by a hash as in `UnplacedLinks.articles`."""
        return self._by_address.get(article) is not None

    def has_page(self, page: int) -> bool:
        """Return whether a volume of the build has a page, by a hash as in `UnplacedLinks.pages`."""
        return self._by_path.get(page) is not None or page in self._hashed_sections

    @cached_property
    def _hashed_sections(self) -> frozenset[int]:
        return frozenset(hash64(key) for keys in self._sections for key in keys)

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """Return the paths of the pages before and after an article's in its volume; "" where there is none."""
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
        """Return what one of the mirror's own links leads to inside the volume: its contents for the mirror's home, a
        section for an index page, an article for a page.  `home` is the address of the page of `entry` in the mirror.
        """
        return self.page(_path_in_mirror(target, entry, home), entry)

    def page(self, path: str | None, entry: Entry) -> Inside | None:
        """Return what a path in the mirror leads to inside the volume of `entry`: "" is the mirror's home."""
        if not path:
            return None if path is None else Inside("contents")
        here = self._place(entry.path)
        volume = 0 if here is None else self._volume(here)
        place = self._place(path)
        if place is not None:
            if self._volume(place) != volume:
                return None
            return Inside("article", self._paths[place])
        match = _INDEX_PAGE.match(path)
        if not match or match[1] not in self._sections[volume]:
            return None
        return Inside("section", match[1])


class PageLinks(Protocol):
    """Answers where the links of a page lead."""

    def article(self, address: str, start: Entry) -> Inside | Other | None:
        """Return the article that an address leads to from the page of `start`."""
        ...

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """Return the paths of the pages before and after that of `entry`."""
        ...

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """Return what one of the mirror's own links leads to inside the volume."""
        ...


class LinkRecorder:
    """The links of a build, for one page, and a record of those that the next build may answer in another way.

    `files`: each article is a file, whose name may be another in the next build, also in the page's own volume.
    """

    def __init__(self, links: Links, *, files: bool = False) -> None:
        self._links, self._files = links, files
        self.followed: dict[str, str] = {}
        """Articles by what their addresses have in common, and pages of the mirror by their paths, that were asked for;
        and the path of each, "" if the build has none."""

    def article(self, address: str, start: Entry) -> Inside | Other | None:
        """Return what `Links.article` does."""
        key, to = self._links.find(address, start)
        if isinstance(to, Inside):
            if self._files:
                self.followed[key] = to.key
        elif key:
            self.followed[key] = to.path if to else ""
        return to

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """Return what `Links.neighbours` does."""
        return self._links.neighbours(entry)

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """Return what `Links.navigation` does."""
        path = _path_in_mirror(target, entry, home)
        if path and path.endswith(".md") and not path.startswith("indexes/"):
            self.followed[path] = self._links.path_of_page(path)
        return self._links.page(path, entry)


class UnplacedLinks:
    """The links of one page before anyone knows in which volume it stands, and a record of all that it asks for.

    All but those to the contents lead where they led.  What a page asks for depends on nothing but itself.
    """

    def __init__(self) -> None:
        self.articles: list[int] = []
        """What the addresses of articles that were asked for have in common, hashed, each time."""
        self.pages: list[int] = []
        """Hashes of what else was asked for: neighbours, as its own path, and paths and sections of its mirror."""

    def article(self, address: str, start: Entry) -> None:
        """Return nothing."""
        self.articles.append(hash64(article_key(address)))

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """Return the page itself, on both sides."""
        self.pages += [hash64(entry.path)] * 2
        return entry.path, entry.path

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """Return the contents, if the link leads there."""
        path = _path_in_mirror(target, entry, home)
        if path:
            match = _INDEX_PAGE.match(path)
            self.pages += [hash64(path), hash64(match[1])] if match else [hash64(path)]
        return Inside("contents") if path == "" else None
