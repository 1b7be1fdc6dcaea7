"""The index of an archive: its articles, channels and their order, from the first of the two passes over it."""

from collections import Counter
from collections.abc import Iterator

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

    def look_at(self, path: str, data: bytes) -> None:
        """Read names of channels and the order of their articles from a document that is no article.

        Numbered pages and the flat ones list the newest article first, and page 1 holds the oldest; tables list the
        oldest first.  The first index page that lists an article wins.
        """
        data = utf8(data[:LARGEST])
        if _NAMES.search(path):
            for line in _lines(data):
                channel, _, name = line.partition(",")
                self._name(channel, name)
        elif match := _TABLE.search(path):
            for number, line in enumerate(_lines(data)):
                self._places.setdefault((match["channel"], line.partition(",")[0]), (0, number))
        elif match := _PAGE.search(path):
            if data.startswith(b"### "):
                self._name(match["channel"], _text(data[4:].partition(b"\n")[0]))
            if match["number"]:
                self._listed(data, int(match["number"]))
        elif match := _FLAT.search(path):
            self._flat(match["name"], data)
        elif path.rpartition("/")[2] == "README.md":
            for name, channel in _CHANNEL.findall(data):
                if not name.strip().isdigit():  # the number of one of its pages
                    self._name(_text(channel), _text(name))

    def _flat(self, name: str, data: bytes) -> None:
        listed = self._listed(data, 1)
        if data.startswith(b"### "):
            title = _text(data[4:].partition(b"\n")[0])
            if _MOVED not in title:
                self._name(name, title)
        elif listed and not name.isascii():
            self._name(Counter(listed).most_common(1)[0][0], name)

    def _listed(self, data: bytes, page: int) -> list[str]:
        """Record the positions of the articles that a page lists, and return the channel of each."""
        links = [(_text(channel), _text(name)) for channel, name in _LINK.findall(data)]
        for number, link in enumerate(reversed(links)):
            self._places.setdefault(link, (page, number))
        return [channel for channel, _ in links]

    def _name(self, channel: str, name: str) -> None:
        if name := _PUBLISHER.sub("", name.strip()):
            self.channels.setdefault(channel, name)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _lines(data: bytes) -> list[str]:
    """Return the lines, divided at line feeds only, because titles contain U+2028."""
    return [line.strip("\r") for line in _text(data).split("\n") if line.strip()]
