"""Resolution of links to pages of the same book, or to other volumes of the same build."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple, Protocol

from convert.bundle.copies import Strings
from convert.bundle.deduplicate import Copy, key_of
from convert.late import late_pattern
from convert.model import Entry, Volume
from convert.text import hash64
from convert.urls import article_key, article_of

_REPOSITORY = late_pattern(r"^(?P<address>https?://[^/]+/[^/]+/[^/]+)/blob/(?P<branch>[^/]+)/")
_DEFAULT = ("HEAD", "master", "main")
"""Names of a mirror's branch in addresses of its pages, which all lead to the same."""
_INDEX_PAGE = late_pattern(r"^indexes/([^/]+?)(?:\.md|/.*)?$")


@lru_cache(maxsize=16)  # a page asks for each of its mirror's links
def _mirror(home: str, path: str) -> tuple[str, tuple[str, ...], str]:
    """Return the address of the mirror with the page `home`, addresses of its root, and that of `path` below them."""
    repository = _REPOSITORY.match(home)
    base = home.removesuffix(path) if home.endswith(path) else repository[0] if repository else ""
    if not repository:
        return "", (base,) if base else (), ""
    branches = dict.fromkeys((repository["branch"], *_DEFAULT))
    roots = tuple(f"{repository['address']}/blob/{branch}/" for branch in branches)
    return repository["address"], roots, base[repository.end() :]


def _path_in_mirror(target: str, entry: Entry, home: str) -> str | None:
    """Return the path of a link's target in the source, "" for the mirror's front page, None if it is elsewhere.

    That of an index page is its path in the mirror, because a source may be one channel.
    """
    if not home or not target:
        return None
    repository, roots, below = _mirror(home, entry.path)
    if repository and target.rstrip("/") == repository:
        return ""
    for root in roots:
        if f"{target}/".startswith(root):
            path = target[len(root) :]
            if not below or path.startswith(below):
                return path.removeprefix(below)
            return path if _INDEX_PAGE.match(path) else None
    return None


class Inside(NamedTuple):
    """Page of the same volume."""

    kind: Literal["article", "section", "contents"]
    key: str = ""
    """Path of an article's source, or key of a section."""


class Other(NamedTuple):
    """Article in another volume of the build."""

    path: str
    volume: str
    """Title of the volume."""
    name: str
    """Name of the volume's file."""


class Table:
    """Table from 64-bit hashes to numbers, in 12 bytes each, because every worker has all of them."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(pairs)
        self._keys = array("Q", (key for key, _ in ordered))
        self._values = array("I", (value for _, value in ordered))

    def get(self, key: int) -> int | None:
        """Return the smallest number of a hash, None if it has none."""
        index = bisect_left(self._keys, key)
        return self._values[index] if index < len(self._keys) and self._keys[index] == key else None

    def all(self, key: int) -> Sequence[int]:
        """Return all numbers of a hash, the smallest first."""
        return self._values[bisect_left(self._keys, key) : bisect_right(self._keys, key)]


class Links:
    """Pages of a build's volumes, found by address, by path and by neighbour.

    `copies` are those that the build leaves out; links to them lead to the retained copy.
    """

    def __init__(self, *volumes: Volume, copies: Sequence[Copy] = ()) -> None:
        self._paths = Strings()
        self._addresses = Strings()
        """Addresses of articles that have others as well, "" for the rest."""
        self._starts: list[int] = []
        self._titles = [volume.title for volume in volumes]
        self._names = [volume.name for volume in volumes]
        self._sections = [frozenset(section.key for section in volume.sections) for volume in volumes]
        self.unknown = False
        """True if an article's address belongs to no known publisher; only then can other such addresses lead here."""
        addresses: list[tuple[int, int]] = []
        for volume in volumes:
            self._starts.append(len(self._paths))
            for entry in volume.entries():
                if key := self._key(entry):
                    addresses.append((key, len(self._paths)))
                if entry.aliases:
                    addresses += ((hash64(article_key(alias)), len(self._paths)) for alias in entry.aliases)
                    self.unknown = True
                self._paths.append(entry.path)
                self._addresses.append(entry.address if entry.aliases else "")
        by_path = [(hash64(self._paths[place]), place) for place in range(len(self._paths))]
        if copies:
            retained = Table(by_path)
            for copy in copies:
                if (place := retained.get(hash64(copy.retained.path))) is not None:
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

    def _place_for(self, key: str, start: Entry) -> int | None:
        """Return the article with the key of an address: of several copies one in the volume of `start`, if any."""
        places = self._by_address.all(hash64(key))
        if len(places) > 1 and (page := self._place(start.path)) is not None:
            here = self._volume(page)
            return next((place for place in places if self._volume(place) == here), places[0])
        return places[0] if places else None

    def _volume(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def article(self, address: str, start: Entry) -> Inside | Other | None:
        """Return the article of the build that an address leads to from the page of `start`, however it is written."""
        return self.find(address, start)[1]

    def find(self, address: str, start: Entry) -> tuple[str, Inside | Other | None]:
        """Return the key of an address, the same however it is written, and the result of `article`.

        The key is "" for an address that cannot be an article's.
        """
        publisher_and_id = article_of(address)
        if not publisher_and_id and not self.unknown:
            return "", None
        key = ":".join(publisher_and_id) if publisher_and_id else article_key(address)
        place = self._place_for(key, start)
        if place is None:
            return key, None
        page, there = self._place(start.path), self._volume(place)
        if page is not None and self._volume(page) == there:
            return key, Inside("article", self._paths[place])
        return key, Other(self._paths[place], self._titles[there], self._names[there])

    def settled(self, address: str, start: Entry) -> str:
        """Return the own address of the article that another of its addresses leads to, "" if the build has none.

        An article without an address keeps the one that is given.
        """
        place = self._place_for(article_key(address), start)
        return "" if place is None else self._addresses[place] or address

    def path_of(self, key: str, start: Entry) -> str:
        """Return the path of the article that a key of `LinkRecorder.followed` leads to from the page of `start`.

        It is "" if the build has none.
        """
        place = self._place_for(key, start)
        if place is None:
            place = self._place(key)
        return "" if place is None else self._paths[place]

    def has(self, article: int) -> bool:
        """Return True if the build has an article, by a hash as in `UnplacedLinks.articles`."""
        return self._by_address.get(article) is not None

    def has_page(self, page: int) -> bool:
        """Return True if a volume of the build has a page, by a hash as in `UnplacedLinks.pages`."""
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

    def alone(self, entry: Entry) -> bool:
        """Return True if a page is the only one of its volume."""
        return not any(self.neighbours(entry))

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """Return the target inside the volume of one of the mirror's own links, None if it has none there.

        The mirror's home becomes the contents, an index page a section, a page an article.  `home` is the address of
        the page of `entry` in the mirror.
        """
        return self.page(_path_in_mirror(target, entry, home), entry)

    def page(self, path: str | None, entry: Entry) -> Inside | None:
        """Return the target of a path in the mirror inside the volume of `entry`; the path "" is the mirror's home."""
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
    """Targets of the links of a page."""

    def article(self, address: str, start: Entry) -> Inside | Other | None:
        """Return the article that an address leads to from the page of `start`."""
        ...

    def settled(self, address: str, start: Entry) -> str:
        """Return the own address of the article that another of its addresses leads to, "" if the build has none."""
        ...

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """Return the paths of the pages before and after that of `entry`."""
        ...

    def alone(self, entry: Entry) -> bool:
        """Return True if a page is the only one of its volume."""
        ...

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """Return the target inside the volume of one of the mirror's own links."""
        ...


class LinkRecorder:
    """Links of a build for one page, with a record of those whose targets may change in the next build.

    With `files`, each article is a file, whose name may change even in the page's own volume.
    """

    def __init__(self, links: Links, *, files: bool = False) -> None:
        self._links, self._files = links, files
        self.followed: set[str] = set()
        """An article's key or a page's path in the mirror for each of them, also if the build has no such article."""
        self.sections: set[str] = set()
        """Sections of the mirror whose lists the page links to, also if the build has none."""

    def article(self, address: str, start: Entry) -> Inside | Other | None:
        """Return the result of `Links.article`, and record it."""
        key, to = self._links.find(address, start)
        if key and (self._files or not isinstance(to, Inside)):
            self.followed.add(key)
        return to

    def settled(self, address: str, start: Entry) -> str:
        """Return the result of `Links.settled`, and record the address."""
        self.article(address, start)
        return self._links.settled(address, start)

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """Return the result of `Links.neighbours`."""
        return self._links.neighbours(entry)

    def alone(self, entry: Entry) -> bool:
        """Return the result of `Links.alone`."""
        return self._links.alone(entry)

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """Return the result of `Links.navigation`, and record it."""
        path = _path_in_mirror(target, entry, home)
        if path and path.endswith(".md") and not path.startswith("indexes/"):
            self.followed.add(path)
        elif path and (match := _INDEX_PAGE.match(path)):
            self.sections.add(match[1])
        return self._links.page(path, entry)


class UnplacedLinks:
    """Links of a page that has no volume yet, with a record of all lookups.

    Links lead to their original targets, except those to the contents.  The record depends on the page alone.
    """

    def __init__(self) -> None:
        self.articles: list[int] = []
        """Hash of the key of each address that was looked up, with repetitions."""
        self.pages: list[int] = []
        """Hashes of other lookups: neighbours, as the page's own path, and paths and sections of its mirror."""

    def article(self, address: str, start: Entry) -> None:
        """Record the address, and return None."""
        self.articles.append(hash64(article_key(address)))

    def settled(self, address: str, start: Entry) -> str:
        """Return the address, which `article` records when the page is written."""
        return address

    def neighbours(self, entry: Entry) -> tuple[str, str]:
        """Return the page itself, on both sides."""
        self.pages += [hash64(entry.path)] * 2
        return entry.path, entry.path

    def alone(self, entry: Entry) -> bool:
        """Return False: a page of several is not smaller, and which pages share its volume is not known."""
        return False

    def navigation(self, target: str, entry: Entry, home: str) -> Inside | None:
        """Record the target, and return the contents if the link leads there."""
        path = _path_in_mirror(target, entry, home)
        if path:
            match = _INDEX_PAGE.match(path)
            self.pages += [hash64(path), hash64(match[1])] if match else [hash64(path)]
        return Inside("contents") if path == "" else None
