"""The index of an archive: its articles, channels and their order, from the first of the two passes over it."""

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from convert.late import late_pattern
from convert.model import Entry
from convert.text import utf8

_PAGE = late_pattern(r"(?:^|/)indexes/(?P<channel>[^/]+)/(?:(?P<number>\d+)|README)\.md$")
_FLAT = late_pattern(r"(?:^|/)indexes/(?P<name>[^/]+)\.md$")
_TABLE = late_pattern(r"(?:^|/)indexes/(?P<channel>[^/]+)\.csv$")
_NAMES = late_pattern(r"(?:^|/)indexes/(?:[a-z]+\.)?names\.csv$")
_LINK = late_pattern(rb"\]\((?:\.\./)+pages/([^/)\s]+)/([^/)?\s]+)\.md")
_CHANNEL = late_pattern(
    rb"\[([^\]\n]+)\]\((?:[^)\s]*/)?indexes/([^/)\s]+?)(?:/(?:README|\d+)?)?(?:\.md)?(?:\?[^)\s]*)?\)"
)
_PUBLISHER = late_pattern(r"^[A-Z](?=[\u3400-\u9fff])")
"""Letter of the publisher before the names of channels, in mirrors of several publishers."""

_MOVED = "已转移"
LARGEST = 1 << 20
"""Most bytes that are read of an index page: valid ones have up to 300,000, broken ones millions."""


class Index:
    """Entries of all articles, in the order of the walk, and names and order of channels from index pages."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.channels: dict[str, str] = {}
        self.listed: set[str] | None = None
        """Paths of the articles that a list of the user names; None without a list."""
        self.sites: Counter[str] = Counter()
        """Number of posts by the name of the site whose source they are."""
        self._places: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, entry: Entry) -> None:
        """Add an article."""
        self.entries.append(entry)

    @property
    def site(self) -> str:
        """The name of the site that all articles are posts of, or ""."""
        name, count = next(iter(self.sites.most_common(1)), ("", 0))
        return name if count == len(self.entries) else ""

    def candidates(self) -> Iterator[Entry]:
        """Yield the articles that may be selected: those of the user's list, all without one."""
        return (entry for entry in self.entries if self.listed is None or entry.path in self.listed)

    def place(self, entry: Entry) -> tuple[int, int]:
        """Return the rank of an article in its channel by the index pages: the oldest first, unlisted ones last.

        It orders articles of the same day.
        """
        name = entry.path.rpartition("/")[2].partition(".")[0]
        return self._places.get((entry.section, name), (LARGEST, 0))

    def places(self) -> Mapping[tuple[str, str], tuple[int, int]]:
        """Return page and row by channel and name of the article, of all that index pages list."""
        return self._places

    def add_places(self, places: Mapping[tuple[str, str], tuple[int, int]]) -> None:
        """Add what index pages list that come after those before."""
        for name, place in places.items():
            self._places.setdefault(name, place)

    def look_at(self, path: str, data: bytes) -> None:
        """Read names of channels and the order of their articles from a document that is no article."""
        self.take(listing_of(path, data))

    def take(self, listing: "Listing") -> None:
        """Take what an index page says; the first that names a channel, or lists an article, wins."""
        for channel, name in listing.names:
            if name := _PUBLISHER.sub("", name.strip()):
                self.channels.setdefault(channel, name)
        for number, link in enumerate(listing.articles):
            self._places.setdefault(link, (listing.page, number))


class Listing(Struct, frozen=True, gc=False, array_like=True):
    """Content of an index page: names of channels and their articles."""

    names: tuple[tuple[str, str], ...] = ()
    """Keys of channels and their names."""
    page: int = 0
    """Number of the page; page 1 holds the oldest articles."""
    articles: tuple[tuple[str, str], ...] = ()
    """Channel and name of each article that it lists, the oldest first."""


_NOTHING = Listing()


def listing_of(path: str, data: bytes) -> Listing:
    """Return what a document that is no article says of channels and the order of their articles.

    Numbered pages and the flat ones list the newest article first, and page 1 holds the oldest; tables list the
    oldest first.
    """
    data = utf8(data[:LARGEST])
    if _NAMES.search(path):
        rows = (line.partition(",") for line in _lines(data))
        return Listing(tuple((channel, name) for channel, _, name in rows))
    if match := _TABLE.search(path):
        return Listing(articles=tuple((match["channel"], line.partition(",")[0]) for line in _lines(data)))
    if match := _PAGE.search(path):
        names = ((match["channel"], _text(data[4:].partition(b"\n")[0])),) if data.startswith(b"### ") else ()
        return Listing(names, int(match["number"] or 0), _listed(data) if match["number"] else ())
    if match := _FLAT.search(path):
        return _flat(match["name"], data)
    if path.rpartition("/")[2] == "README.md":  # some names are the numbers of pages
        found = (
            (_text(channel), _text(name)) for name, channel in _CHANNEL.findall(data) if not name.strip().isdigit()
        )
        return Listing(tuple(found))
    return _NOTHING


def _flat(name: str, data: bytes) -> Listing:
    listed = _listed(data)
    names: tuple[tuple[str, str], ...] = ()
    if data.startswith(b"### "):
        title = _text(data[4:].partition(b"\n")[0])
        names = ((name, title),) if _MOVED not in title else ()
    elif listed and not name.isascii():
        names = ((Counter(channel for channel, _ in reversed(listed)).most_common(1)[0][0], name),)
    return Listing(names, 1, listed)


def _listed(data: bytes) -> tuple[tuple[str, str], ...]:
    """Return channel and name of the articles to which a page links, the last first."""
    return tuple((_text(channel), _text(name)) for channel, name in reversed(_LINK.findall(data)))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _lines(data: bytes) -> list[str]:
    """Return the lines, divided at line feeds only, because titles contain U+2028."""
    return [line.strip("\r") for line in _text(data).split("\n") if line.strip()]
