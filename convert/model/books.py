"""What articles are gathered into: entries, sections, volumes."""

from collections.abc import Iterator

from msgspec import Struct


class Entry(Struct, frozen=True, gc=False):
    """What other articles need to know of an article, from a cheap first look."""

    path: str
    id: str
    title: str
    address: str
    published: str = ""
    section: str = ""
    digest: bytes = b""
    """The SHA-256 of its document."""
    text: int = 0
    """A hash of title and text as they stand in its document, the same for most copies; 0 where nothing is known."""
    key: int = 0
    """A hash of what all ways of writing its address have in common; 0 where nobody has made it yet."""


class Elsewhere(Struct, frozen=True, gc=False):
    """An article that a section lists and whose page stands in another: a copy of it came first there."""

    entry: Entry
    volume: str = ""
    """The title of the volume that has it; nothing if it is in the same."""


class Section(Struct, frozen=True):
    """A channel of a volume with its entries in reading order."""

    key: str
    title: str
    entries: tuple[Entry, ...]
    elsewhere: tuple[Elsewhere, ...] = ()


class Volume(Struct, frozen=True):
    """A book: title, language, and sections in reading order.  An article alone is a volume of one."""

    title: str
    language: str
    sections: tuple[Section, ...]
    name: str = ""
    """What its file is called among the volumes of one build, in ASCII and without a suffix."""
    order: str = "oldest"
    """How the articles of a section are ordered: `oldest` or `newest` first, by `title` or by `path`."""

    def entries(self) -> Iterator[Entry]:
        """All entries in reading order."""
        for section in self.sections:
            yield from section.entries
