"""What is reported about a document, where, and what a reader made of it."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from convert.messages import Message
from convert.model.article import Article

Level = Literal["error", "warning", "info"]


class Place(Struct, frozen=True, gc=False):
    """A place in a source document: line and column from 1, columns in characters; 0 where there is none."""

    line: int = 0
    column: int = 0


NOWHERE = Place()

Position = tuple[int, int] | None
"""Line from 1 and column from 0, as the parser counts them in the region that it was given."""


class Places:
    """Where the nodes of an article stood in its source: a table beside the article, which itself stays clean data.

    `above` is the number of lines over the part of the source whose positions are put in.
    """

    def __init__(self, above: int = 0) -> None:
        self._above = above
        self._by_id: dict[int, tuple[object, Position]] = {}
        self._new: list[tuple[object, Position]] = []
        self.put = self._new.append
        """Notes a node and its position: the line from 1 and the column from 0, or None for no place of its own.  A
        list's own method, because every block of every document goes through here and few are ever asked about."""

    def near(self, node: object, around: Position = None) -> Position:
        """The position of `node`, or that of what is around it."""
        if self._new:
            self._by_id |= {id(pair[0]): pair for pair in self._new if pair[1]}  # keeps the nodes, so the ids
            self._new.clear()
        known = self._by_id.get(id(node))
        return known[1] if known else around

    def inherit(self, node: object, other: object) -> None:
        """Gives `node` the place of `other`, which it replaces."""
        self.put((node, self.near(other)))

    def place(self, position: Position) -> Place:
        """A position as a place in the whole source."""
        return Place(position[0] + self._above, position[1] + 1) if position else NOWHERE

    def of(self, node: object) -> Place:
        """The place of `node`, or `NOWHERE`."""
        return self.place(self.near(node))


class Note(Struct, frozen=True):
    """What a reader noticed: the code of the rule that explains it, the place, and the words of this case."""

    code: str
    message: Message
    place: Place = NOWHERE
    removed: str = ""


class Finding(Struct, frozen=True, omit_defaults=True, gc=False):
    """One thing said of one document.  Serves the validator, the ledger of removals and the checks of the corpus."""

    code: str
    name: str
    level: Level
    message: Message
    path: str
    line: int = 0
    column: int = 0
    fixed: bool = False
    """Whether cleaning mends it."""
    removed: str = ""
    """What cleaning takes out, in the document's own words."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.level} {self.code} {self.name}: {self.message}"

    @property
    def substance(self) -> tuple[str, ...]:
        """What tells the finding from others of its code in the same document, today and in the next version: the texts
        that its message is about, and what is taken out.  Neither words, nor places, nor numbers, which are counts."""
        return (*_texts(self.message), self.removed)


def _texts(message: Message) -> Iterator[str]:
    for _, value in message.arguments:
        if isinstance(value, Message):
            yield value.id
            yield from _texts(value)
        elif isinstance(value, str):
            yield value


class Reading(Struct, frozen=True):
    """What a reader makes of a source: the article, where its parts stood, and what was noticed on the way."""

    article: Article
    places: Places
    notes: tuple[Note, ...] = ()
    data: bytes | None = None
    text: str = ""
    """The source as bytes and as text, where the article stands in it, for rules that look at the whole document."""
    usual: bool = False
    """Whether the source is known to hold no unusual character (`text.is_usual`): some rules then need not look."""
    html: str = ""
    """The region of the source that the article was read from, mended, for the fidelity meter."""
    home: str = ""
    """The document's own address in its mirror, as far as the page itself tells."""
    expects: tuple[str, ...] = ()
    """The fields of the article that a document of this kind hardly ever leaves empty."""
    source_format: str = ""
    """The key in READERS of the reader that read it."""
    source_text: str = ""
    """The whole document, decoded, with lines that end in U+000A; also where rules do not look at its text."""
