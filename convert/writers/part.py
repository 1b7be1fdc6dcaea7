"""The rendered part of one article, and the tally of a book's articles as they are bound."""

from array import array
from collections import Counter
from hashlib import sha256
from sys import intern
from typing import NamedTuple, Protocol

from msgspec import Struct

from convert.messages import Message
from convert.model import Entry, Volume
from convert.pictures.fit import Fitted
from convert.pictures.gallery import Ready
from convert.printing.fonts.glyphs import Gap

_ESCAPED, _TAGS = 6, 60
"""Most bytes for a byte of text, and for the tags around a text."""
_MEMBER = 700
"""Most bytes of a file's headers in a ZIP archive and of its line in a manifest, beside its own; its name has 70."""


class RenderedArticle(Struct, frozen=True, gc=False, array_like=True):
    """Article rendered by a worker for its place in the output."""

    data: bytes
    """Bytes for the output: deflated (RFC 1951) unless `size` is 0."""
    size: int = 0
    """Length before deflating; 0 if the part is not deflated."""
    crc: int = 0
    """CRC-32 of the bytes before deflating."""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    attached: bytes = b""
    """File attached to the output beside the part."""
    mathml: bool = False
    """True if the part holds MathML, which the manifest of an EPUB must say."""
    subjects: tuple[str, ...] = ()
    """Keywords, which the metadata of a book of one article has."""
    description: str = ""
    pictures: tuple[Ready, ...] = ()
    """Pictures that it shows, whose files the output needs beside it."""
    wordless: int = 0
    """Number of pictures that it shows and that neither an alternative text nor a caption describes."""
    lead: str = ""
    """Name of the picture of its lead, if it shows that."""
    addresses: tuple[tuple[str, str], ...] = ()
    """Address and name of each picture, if they are written beside the output."""

    summary: str = ""
    """First sentence, for lists; "" in formats whose lists have none."""
    minutes: int = 0
    """Minutes that it takes to read, 0 if unknown."""
    language: str = ""
    """Language of the article, "" if no page outside its own asks for it."""
    tags: tuple[str, ...] = ()
    """Names of keyword pages that its text links to, in the same formats."""

    @property
    def room(self) -> int:
        """Return an upper bound on the bytes that subjects and description take in the metadata of a book."""
        texts = filter(None, (*self.subjects, self.description))
        return sum(_ESCAPED * len(each.encode("utf-8", "surrogatepass")) + _TAGS for each in texts)

    @property
    def weight(self) -> int:
        """Return an upper bound on the bytes that its pictures take in a book that has each as a file."""
        return sum(each.size + _MEMBER for each in self.pictures)


class SiteFile(NamedTuple):
    """File of a folder whose pages refer to each other."""

    name: str
    data: bytes
    source: str = ""
    """Path of the article that it is the page of, "" for the others."""
    key: bytes = b""
    """Hash of all that decides its bytes besides the part of its article, b"" if it is made each time."""


class LastFiles(Protocol):
    """Files of the last build of a folder whose pages refer to each other."""

    def page(self, name: str) -> bytes:
        """Return the page of an article whose part has no data."""
        ...

    def keeps(self, name: str, key: bytes, source: str = "") -> bool:
        """Return True if a file of the last build has the same key, and so stays; the fields are those of `SiteFile`.

        It need not be made then.
        """
        ...


class _NoFiles:
    """Files of a last build that there was not."""

    def page(self, name: str) -> bytes:
        """Return nothing: each part has its data."""
        return b""

    def keeps(self, name: str, key: bytes, source: str = "") -> bool:
        """Return False: each file is made."""
        return False


NO_FILES = _NoFiles()


class Tally:
    """Counts and notes for the pages about the book and for the report, complete after the last article."""

    def __init__(self, volume: Volume | None = None) -> None:
        """Begin a tally; without the volume, the page about the book does not name the hash of its sources."""
        self.publishers: list[str] = []
        """Publisher of each article, in the order of the volume; "" if it has none or was left out."""
        self.briefs: list[tuple[str, int]] = []
        """Summary and minutes of each article, in the same order."""
        self.authors: dict[str, array[int]] = {}
        """Positions in the volume, from 0, of each author's articles."""
        self.removed: Counter[str] = Counter()
        """Number of removals, by the code of the rule."""
        self.knows_removed = True
        """False if nothing is known about removals; then the page about the book says nothing about them."""
        self.left_out = 0
        self.omitted: list[str] = []
        """Paths of the articles that were left out, in the order of the volume."""
        self.script = ""
        """Script to which Chinese was converted, `hans` or `hant`; "" if it was not."""
        self.fitted: Fitted | None = None
        """Plan by which pictures were reduced so that the book keeps to a size; None if they were not."""
        self.followed: set[str] = set()
        """Links that leave the volume, as workers report them."""
        self.sha256 = _digest_of(volume) if volume else ""
        """SHA-256 of the list of sources: hash and path, a line each, in the order of the volume."""
        self.undrawn: list[tuple[Entry, Message]] = []
        """Articles that could be converted but not drawn, and why."""
        self.gaps: list[tuple[Entry, Gap]] = []
        """Characters of articles that no font has, or that each font shows in its own way."""
        self.notes: dict[str, None] = {}
        """Warnings for the user, each once, in order."""

    def note(self, part: RenderedArticle) -> None:
        """Count the next article, in the order of the volume."""
        for author in part.authors:
            self.authors.setdefault(author, array("I")).append(len(self.publishers))
        self.publishers.append(intern(part.publisher))
        self.briefs.append((part.summary, part.minutes))


def _digest_of(volume: Volume) -> str:
    """Return the SHA-256 of the list of a volume's sources, as `sha256sum` writes it."""
    digest = sha256()
    for entry in volume.entries():
        digest.update(f"{entry.digest.hex()}  {entry.path}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
