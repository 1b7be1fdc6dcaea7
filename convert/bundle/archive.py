"""Checks of an archive as a whole: index pages and tables against pages, links against articles.

Channels and mirrors of which only a part is given, such as a folder or a partial checkout, are not checked.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct

from convert.bundle.copies import Copies, Copy, Strings
from convert.bundle.listings import PAGE, plain, rows
from convert.bundle.lists import Listed, Lists, channel_of
from convert.messages import message
from convert.model import Note, Place
from convert.text import hash64, squeeze

_PICTURE = ".md.png"


class Linked(Struct, frozen=True, gc=False, array_like=True):
    """Link of an article to another article of a publisher that mirrors copy."""

    key: int
    publisher: str
    address: str
    line: int
    column: int


class Facts(Struct, frozen=True, gc=False, array_like=True):
    """Facts about an article for checks of the archive."""

    copy: Copy
    place: int
    """Hash of its path."""
    title: str
    plain: int
    """Hash of its title as `listings.plain` returns it."""
    publisher: str = ""
    month: str = ""
    """Month in which it was published (ISO 8601)."""
    links: tuple[Linked, ...] = ()


def listed(path: str, text: str) -> tuple[Listed, ...]:
    """Return the rows of the index page or table at `path`, by channel."""
    channels: dict[str, array[int]] = {}
    for row in rows(path, text):
        channels.setdefault(row.channel, array("Q")).extend((hash64(row.page), hash64(plain(row.title))))
    return tuple(Listed(channel, packed.tobytes()) for channel, packed in channels.items())


class Index(NamedTuple):
    """Index page or table."""

    path: str
    text: Callable[[], str]
    """Function that reads it again, called only if there is a finding about it."""
    listed: tuple[Listed, ...]


class Archive:
    """Documents of an archive, in some 250 bytes for each article and 16 for each row of an index."""

    def __init__(self) -> None:
        self._copies = Copies()
        self._paths = self._copies.paths
        self._titles = Strings()
        self._places = array("Q")
        self._plain = array("Q")
        self._publishers: dict[str, int] = {}
        self._publisher = array("B")
        self._pictures: list[str] = []
        self._indexes: list[Index] = []
        self._links: list[tuple[int, Linked]] = []
        self._parts: set[str] = set()

    def add(self, path: str, facts: Facts | None) -> tuple[str, bool] | None:
        """Add a document; `facts` if it is an article.

        Return, for a copy of an article, the path of the first copy and True if it has the same text.
        """
        if facts is None:
            if path.endswith(_PICTURE):
                if not len(self._paths) or self._paths[len(self._paths) - 1] != path.removesuffix(".png"):
                    self._pictures.append(path)
            elif PAGE.match(path):
                self._copies.add(None, path)
                self._note("", hash64(path), 0, "")
            return None
        for link in facts.links:
            if link.key not in self._copies:
                self._links.append((len(self._paths), link))
        self._note(facts.title, facts.place, facts.plain, facts.publisher)
        return self._copies.add(facts.copy, path)

    def _note(self, title: str, place: int, plain: int, publisher: str) -> None:
        self._titles.append(title)
        self._places.append(place)
        self._plain.append(plain)
        self._publisher.append(self._publishers.setdefault(publisher, len(self._publishers)))

    def index(self, index: Index) -> None:
        """Add an index page or a table."""
        self._indexes.append(index)

    def alone(self, path: str, listed: tuple[Listed, ...]) -> None:
        """Record that a document was given by itself, not in a folder or an archive.

        Its channel, and those that it lists, are then taken as incomplete.
        """
        if PAGE.match(path.removesuffix(".png")):
            self._parts.add(channel_of(path))
        self._parts.update(each.channel for each in listed)

    def notes(self) -> Iterator[tuple[str, Iterable[Note]]]:
        """Yield the path of each document with something wrong and notes about it; call it after the last `add`."""
        listed = [each for index in self._indexes for each in index.listed]
        lists = Lists(self._paths, self._places, listed, self._parts)
        for index in self._indexes:
            if any(self._differs(each, lists) for each in index.listed):
                yield index.path, self._of_index(index, lists)
        of_pages = self._of_pages(lists)
        for page in sorted(of_pages):
            yield self._paths[page], of_pages[page]
        for path in self._pictures:
            of = path.removesuffix(".png")
            if lists.find(hash64(of)) is None and lists.holds(channel_of(of)):
                yield path, [Note("SET010", message("stray-picture", page=of))]

    def _differs(self, listed: Listed, lists: Lists) -> bool:
        """Return True if there is a note about any row."""
        packed = array("Q", listed.rows)
        holds = lists.holds(listed.channel)
        for place, title in zip(packed[::2], packed[1::2], strict=True):
            page = lists.find(place)
            if holds if page is None else self._plain[page] not in (0, title):
                return True
        return False

    def _of_index(self, index: Index, lists: Lists) -> Iterator[Note]:
        for row in rows(index.path, index.text()):
            page = lists.find(hash64(row.page))
            if page is None:
                if lists.holds(row.channel):
                    yield Note("SET003", message("missing-page", page=row.page, title=squeeze(row.title)), row.place)
            elif self._plain[page] not in (0, hash64(plain(row.title))):
                title, listed = squeeze(self._titles[page], 100), squeeze(row.title, 100)
                text = (
                    message("differing-title", title=title, listed=listed)
                    if listed
                    else message("missing-listed-title", title=title)
                )
                yield Note("SET005", text, row.titled)

    def _of_pages(self, lists: Lists) -> dict[int, list[Note]]:
        notes: dict[int, list[Note]] = {}
        for page in lists.strays():
            if self._plain[page]:
                text = message("unlisted-page", channel=channel_of(self._paths[page]))
                notes[page] = [Note("SET004", text, Place(1, 1))]
        whole = {self._publisher[page] for page in range(len(self._paths)) if lists.holds_mirror_of(page)}
        publishers = {name for name, place in self._publishers.items() if place in whole}
        for page, link in self._links:
            if link.publisher in publishers and link.key not in self._copies:
                text = message("dangling-link", address=link.address)
                notes.setdefault(page, []).append(Note("SET009", text, Place(link.line, link.column)))
        return notes
