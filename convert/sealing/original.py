"""The book or page that is sealed, as it is read: its documents in order, its contents, its metadata."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from convert.model import Article, Note, Place
from convert.model.findings import NOWHERE
from convert.urls import UNKNOWN_SITE

INSIDE = f"{UNKNOWN_SITE}/"
"""Beginning of the targets of links to documents of the same book, with the document's key behind it."""


class Document(NamedTuple):
    """Document of a book."""

    key: str
    """Its name in the output, unique and in the order of the book."""
    path: str
    """Its place in the file; "" if it is the file."""
    linear: bool = True
    """False if it is read only where something leads to it."""


class Line(Struct, frozen=True):
    """Line of the contents, and the lines below it."""

    title: str
    key: str = ""
    """Document to which it leads, "" for a heading."""
    fragment: str = ""
    below: tuple["Line", ...] = ()


class Person(NamedTuple):
    """Creator or contributor."""

    name: str
    role: str = ""
    """Relator of MARC, such as `aut`."""
    sorted: str = ""
    """The name as lists are sorted by it."""


class Metadata(Struct, frozen=True):
    """Facts of the book about itself."""

    titles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    creators: tuple[Person, ...] = ()
    contributors: tuple[Person, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    """Other elements of Dublin Core with their texts, such as `publisher`, in the order of the book."""
    identifiers: tuple[str, ...] = ()
    """The first is the one by which reading programs know the book."""
    modified: str = ""
    direction: str = ""
    """Direction in which pages follow each other: `ltr`, `rtl` or ""."""
    vertical: bool = False
    """True if its lines run from top to bottom."""
    address: str = ""
    """Address of a page on the web."""

    @property
    def title(self) -> str:
        """The first title, "" if there is none."""
        return next(iter(self.titles), "")

    @property
    def language(self) -> str:
        """The first language, "" if there is none."""
        return next(iter(self.languages), "")


class Original(Protocol):
    """Book or page that is read."""

    @property
    def facts(self) -> Metadata:
        """Facts of the book about itself."""
        ...

    @property
    def documents(self) -> Sequence[Document]:
        """Documents in order."""
        ...

    @property
    def contents_tree(self) -> Sequence[Line]:
        """Contents, none if it has none."""
        ...

    @property
    def frames(self) -> Mapping[str, str]:
        """Pages in frames, by the references to them."""
        ...

    @property
    def lost(self) -> "Sequence[Lost]":
        """Parts of the file outside its documents that are not kept."""
        ...

    def text(self, document: Document) -> str:
        """Return a document as a parser of HTML reads it; a picture as a page that shows it.

        Raises:
            DocumentError: it cannot be read.
        """
        ...

    def data(self, document: Document, reference: str) -> bytes | None:
        """Return the bytes to which a reference in a document leads inside the file, None if it leads elsewhere."""
        ...

    def target(self, document: Document, reference: str) -> str:
        """Return the target of a link in a document, as the model has it; "" if it leads nowhere."""
        ...

    def cover(self) -> bytes | None:
        """Return the picture that the book names as its cover."""
        ...

    def close(self) -> None:
        """Close its files."""
        ...


class Lost(NamedTuple):
    """Part of the file that is not kept."""

    kind: str
    """A key of `LOSSES`."""
    path: str
    """The entry of the file; "" for the file itself."""
    detail: str = ""
    place: Place = NOWHERE


class NotedLoss(NamedTuple):
    """Loss inside a document, at its place."""

    kind: str
    detail: str
    place: Place


class Read(NamedTuple):
    """Document as it was read."""

    document: Document
    article: Article
    direction: str
    """`rtl` or `ltr` if the document says so, else ""."""
    notes: tuple[Note, ...]
    losses: tuple[NotedLoss, ...]
    anchors: frozenset[str]
    """Names of the places to which links can lead."""
