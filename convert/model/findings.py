"""Findings about a document, positions in its source, and the result of reading it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from msgspec import Struct

from convert.messages import Message
from convert.model.article import Article

Level = Literal["error", "warning", "info"]
LEVELS: Mapping[str, int] = MappingProxyType({"error": 0, "warning": 1, "info": 2})
"""All levels, the gravest first, with their rank."""


class Place(Struct, frozen=True, gc=False):
    """Position in a source document: line and column from 1, in characters; 0 if there is none."""

    line: int = 0
    column: int = 0


NOWHERE = Place()

Position = tuple[int, int] | None
"""Position as the parser counts it in the region that it parsed: line from 1 and column from 0."""


class Places:
    """Positions of an article's nodes in the source, in a table of their own, so that the article is data alone.

    `above` is the number of lines above the region that was parsed.
    """

    def __init__(self, above: int = 0) -> None:
        self._above = above
        self._by_id: dict[int, tuple[object, Position]] = {}
        self._new: list[tuple[object, Position]] = []
        self.put = self._new.append
        """Function that records a pair of a node and its position, None if it has no position of its own.  It is a
        method of a list, because it is called for every block, and few positions are ever looked up."""
        self._first: dict[int, tuple[object, Position]] = {}
        self._region = ""
        self._at: Sequence[tuple[object, int]] = ()
        self._offsets: dict[int, tuple[object, int]] = {}

    def put_first(self, pairs: Iterable[tuple[object, Position]]) -> None:
        """Record the positions of nodes that are looked up on most pages, and have no other."""
        self._first |= {id(pair[0]): pair for pair in pairs}

    def put_offsets(self, region: str, pairs: Sequence[tuple[object, int]]) -> None:
        """Record positions as offsets in the parsed region, whose lines are counted only for what is looked up."""
        self._region, self._at = region, pairs

    def near(self, node: object, around: Position = None) -> Position:
        """Return the position of `node`, or `around`, that of its surroundings, if it has none."""
        if first := self._first.get(id(node)):
            return first[1]
        if self._at:
            self._offsets, self._at = {id(pair[0]): pair for pair in self._at}, ()
        if found := self._offsets.get(id(node)):
            at = found[1]
            return self._region.count("\n", 0, at) + 1, at - self._region.rfind("\n", 0, at) - 1
        if self._new:
            self._by_id |= {id(pair[0]): pair for pair in self._new if pair[1]}  # refers to the nodes: ids stay unique
            self._new.clear()
        pair = self._by_id.get(id(node))
        return pair[1] if pair else around

    def inherit(self, node: object, other: object) -> None:
        """Give `node` the position of `other`, which it replaces."""
        self.put((node, self.near(other)))

    def place(self, position: Position) -> Place:
        """Return a position of the parsed region as a position in the whole source."""
        return Place(position[0] + self._above, position[1] + 1) if position else NOWHERE

    def of(self, node: object) -> Place:
        """Return the position of `node` in the whole source, or `NOWHERE`."""
        return self.place(self.near(node))


class Note(Struct, frozen=True):
    """Fault that a reader reports: code of the rule, message and position."""

    code: str
    message: Message
    place: Place = NOWHERE
    removed: str = ""


class Kind(NamedTuple):
    """Kind of a finding: runs count those that they do not report one by one."""

    code: str
    level: Level
    fixed: bool
    """True if cleaning fixes it in the article."""
    removed: bool
    """True if cleaning removes text of the document."""


class Finding(Struct, frozen=True, omit_defaults=True, gc=False):
    """Fault of a document, for reports, the ledger of removals and the checks of the corpus."""

    code: str
    name: str
    level: Level
    message: Message
    path: str
    line: int = 0
    column: int = 0
    fixed: bool = False
    """True if cleaning fixes it in the article."""
    removed: str = ""
    """Text that cleaning removes, as it is in the document."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.level} {self.code} {self.name}: {self.message}"

    @property
    def kind(self) -> Kind:
        """The kind of the finding."""
        return Kind(self.code, self.level, self.fixed, bool(self.removed))

    @property
    def substance(self) -> tuple[str, ...]:
        """The texts that identify the finding among those of its code in a document, also in the next version of it.

        They are the texts among the message's arguments, and what is removed; not the wording, positions or counts.
        """
        return (*_texts(self.message), self.removed)


def _texts(message: Message) -> Iterator[str]:
    for _, value in message.arguments:
        if isinstance(value, Message):
            yield value.id
            yield from _texts(value)
        elif isinstance(value, str):
            yield value


class Reading(Struct, frozen=True):
    """Result of reading a source: the article, the positions of its nodes, and the faults that the reader reports."""

    article: Article
    places: Places
    notes: tuple[Note, ...] = ()
    data: bytes | None = None
    text: str = ""
    """The source as bytes and as text, if rules that check the whole document need it."""
    usual: bool = False
    """True if the source holds no unusual character (`text.is_usual`), so that some rules can be skipped."""
    regular: int = 0
    """If more than 0, the markup of the whole source is whole, its elements are known and paired, and no link leads to
    a place on the page itself, so that rules about these can be skipped; it is the most characters of a paragraph."""
    html: str = ""
    """The region of the source that the article was read from, after repairs, for the fidelity meter."""
    page: str = ""
    """The whole page around that region, if the reader chose the region from it and lists what it left."""
    home: str = ""
    """The document's own address in its mirror, if the page gives it."""
    expects: tuple[str, ...] = ()
    """The fields of the article that documents of this kind hardly ever leave empty."""
    source_format: str = ""
    """The key in READERS of the reader that read it."""
    source_text: str = ""
    """The whole document as text, with lines that end in U+000A, whether or not rules need it."""
