"""What a worker makes of one article, and what a book learns of its articles while they come."""

from array import array
from collections import Counter

from msgspec import Struct

from convert.messages import Message
from convert.model import Entry
from convert.printing.fonts.glyphs import Gap


class RenderedArticle(Struct, frozen=True, gc=False, array_like=True):
    """The part of an output that one article is."""

    data: bytes
    """As it goes into the output: deflated (RFC 1951) where `size` says so."""
    size: int = 0
    """Bytes before deflating; 0 where nothing is deflated."""
    crc: int = 0
    """CRC-32 of those."""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    attached: bytes = b""
    """A file that goes into the output beside it."""


class Tally:
    """What the pages of a book that are about the book have to say, known when its last article has come."""

    def __init__(self) -> None:
        self.publishers: Counter[str] = Counter()
        self.authors: dict[str, array[int]] = {}
        """Of each author the places of the articles in the volume, from 0."""
        self.removed: Counter[str] = Counter()
        """What was taken out, by the code of the rule."""
        self.left_out = 0
        self.followed: dict[str, str] = {}
        """The links that leave the volume, as workers tell them."""
        self.sha256 = ""
        """Of the sources: their SHA-256, a line each, in the order of the volume."""
        self.undrawn: list[tuple[Entry, Message]] = []
        """The articles that are there but could not be drawn, and why."""
        self.gaps: list[tuple[Entry, Gap]] = []
        """The characters of articles that no font has, or each font in its own way."""
        self.notes: dict[str, None] = {}
        """What else there is to say to who asked for the book."""
        self._count = 0

    def note(self, part: RenderedArticle) -> None:
        """The next article."""
        self.publishers[part.publisher] += 1
        for author in part.authors:
            self.authors.setdefault(author, array("I")).append(self._count)
        self._count += 1
