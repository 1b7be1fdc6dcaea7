"""Facts about the books of a build, as a catalogue has them, and the names of its files."""

import posixpath
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

from msgspec import Struct

ROOT = "opds.xml"
"""The catalogue for reading systems: an address that is short to type."""
FEED = "feed.xml"
"""The new books, for feed readers."""
PAGE = "index.html"
"""The page for people."""
FOLDER = "catalog"
"""Folder of all other files.  They end in .xml, which every web server has a media type for."""
COVERS = f"{FOLDER}/covers"
MARK = "archive-convert catalog"
"""Mark of the files of a catalogue, by which the next build sees that it may replace them."""
NEVER = datetime(1980, 1, 1, tzinfo=UTC)
"""Date of books whose articles have none, as in their files."""


class Book(Struct, frozen=True):
    """Book of a build."""

    path: str
    """Its file, relative to the catalogue."""
    title: str
    language: str
    media_type: str
    cover: str
    """The file of its cover, a PNG."""
    identifier: str
    """The book's own identifier, which changes with its articles."""
    bytes: int = 0
    newest: datetime | None = None
    """Date of its newest article; None if no article has one."""
    summary: str = ""
    creators: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    channels: tuple[tuple[str, str], ...] = ()
    """Key and title of each channel that has articles in it."""
    series: str = ""

    @property
    def updated(self) -> datetime:
        """Return the date of its newest article."""
        return self.newest or NEVER


class Shelf(Struct, frozen=True):
    """Books of a build, in its order, and the title of their catalogue."""

    title: str
    language: str
    books: tuple[Book, ...]
    channels: Mapping[str, str]
    """Names of the channels' feeds, by the keys of channels."""
    url: str = ""
    """Address at which the folder will be published, with a slash at its end; "" for links that are relative."""
    identity: str = ""
    """Text from which identifiers are made, which must not change from build to build."""

    @property
    def newest(self) -> list[Book]:
        """Return the books with the newest article first; those without a date come last."""
        return sorted(sorted(self.books, key=lambda book: book.path), key=lambda book: book.updated, reverse=True)

    def identifier(self, path: str) -> str:
        """Return the identifier of a file of the build, the same in every build (RFC 4287, section 4.2.6)."""
        name = f"{MARK}\n{self.identity}\n{path}".encode("utf-8", "replace")
        return uuid.uuid5(uuid.NAMESPACE_URL, sha256(name).hexdigest()).urn

    def link(self, path: str, start: str) -> str:
        """Return how the file `start` links to a file of the build: absolutely if the user gave an address."""
        if self.url:
            return self.url + quote(path, errors="surrogateescape")
        return quote(posixpath.relpath(path, posixpath.dirname(start) or "."), errors="surrogateescape")
