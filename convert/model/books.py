"""Volumes into which articles are gathered, with their sections and entries."""

from collections.abc import Iterator

from msgspec import Struct


class Entry(Struct, frozen=True, gc=False):
    """Facts about an article for the order, the lists and the links of a volume, from a cheap first read."""

    path: str
    id: str
    title: str
    address: str
    published: str = ""
    section: str = ""
    digest: bytes = b""
    """The SHA-256 of the article's document."""
    text: int = 0
    """A hash of title and text as the document has them, the same for most copies; 0 if unknown."""
    key: int = 0
    """A hash of the article's address that is the same for all spellings of it; 0 if not computed yet."""
    section_name: str = ""
    """The channel's name, if the article itself gives it."""
    aliases: tuple[str, ...] = ()
    """Other addresses that lead to the article, such as that of a post on its own site."""


class Elsewhere(Struct, frozen=True, gc=False):
    """Article that a section lists although its page is in another section, where a copy of it came first."""

    entry: Entry
    volume: str = ""
    """The title of the volume that has the page; "" for the same volume."""


class Section(Struct, frozen=True):
    """Channel of a volume with its entries in reading order."""

    key: str
    title: str
    entries: tuple[Entry, ...]
    elsewhere: tuple[Elsewhere, ...] = ()


class Volume(Struct, frozen=True):
    """Book: title, language, and sections in reading order.  A single article is a volume too."""

    title: str
    language: str
    sections: tuple[Section, ...]
    name: str = ""
    """The volume's file name, unique among the volumes of one build, in ASCII and without a suffix."""
    order: str = "oldest"
    """The order of the articles in a section: `oldest` or `newest` first, by `title` or by `path`."""
    series: str = ""
    """The title that it shares with the other volumes of its subject, "" if it is no part of a series."""
    position: str = ""
    """Its place in the series, as decimal numbers with full stops, "" if it has none."""
    addition: str = ""
    """Hash of the documents of a volume that is an addition to an earlier one, "" for a whole one."""

    def entries(self) -> Iterator[Entry]:
        """Yield all entries in reading order."""
        for section in self.sections:
            yield from section.entries
