"""The one model in the middle: every reader makes it, every writer takes it.

An `Article` is a tree of blocks and inlines.  All of it is frozen; a fix makes a new node.  Its JSON is the public
contract: schemas/article.schema.json is made from the declarations below (`make schema`), so that model, decoder
and schema cannot disagree.  Names follow CommonMark 0.31 and HTML where they have one; metadata follows Dublin Core.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from convert.messages import Message

__all__ = [
    "Anchor",
    "Article",
    "Aside",
    "Block",
    "Break",
    "Cell",
    "Code",
    "Embed",
    "Emphasis",
    "Figure",
    "Finding",
    "Footnote",
    "Heading",
    "Image",
    "Inline",
    "InlineCode",
    "Item",
    "Level",
    "Link",
    "List",
    "Message",
    "NavLink",
    "Paragraph",
    "Provenance",
    "Quote",
    "Ruby",
    "Strong",
    "Subscript",
    "Superscript",
    "Table",
    "Text",
    "ThematicBreak",
    "Underline",
    "texts",
    "walk",
]
"""What an article is made of, for programs; the rest is the project's own."""

# --- constraints that several fields share ---------------------------------------------------------------------------

Name = Annotated[str, Meta(min_length=1)]
Inlines = Annotated[
    tuple["Inline", ...],
    Meta(title="Children", description="What is inside, in order.", examples=[[{"type": "text", "text": "纸"}]]),
]
Blocks = Annotated[
    tuple["Block", ...],
    Meta(
        title="Children",
        description="The blocks inside, in order.",
        examples=[[{"type": "paragraph", "children": [{"type": "text", "text": "纸"}]}]],
    ),
]

MOMENT = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?)?$"
"""A date, or a date and time with zone (ISO 8601), or nothing."""

MAX_DEPTH = 8
"""Blocks nest at most this deep: typst stops at 9, and every reading system somewhere (docs/decisions/reading.md)."""


class Node(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="type"):
    """A block or an inline; `type` in the JSON tells which."""


# --- inlines ---------------------------------------------------------------------------------------------------------


class Text(Node, frozen=True, tag="text", gc=False):
    """Characters, white space already settled: one space where the reader sees one, none between Han characters."""

    text: Annotated[str, Meta(min_length=1, title="Text", description="The characters.", examples=["纸的历史"])]


class Break(Node, frozen=True, tag="break", gc=False):
    """A line break inside a paragraph."""


class Anchor(Node, frozen=True, tag="anchor", gc=False):
    """A place that links can point at."""

    id: Annotated[
        str,
        Meta(min_length=1, title="Identifier", description="Its name within the article.", examples=["_ftnref1"]),
    ]


class Image(Node, frozen=True, tag="image", gc=False):
    """A picture, kept as its address."""

    address: Annotated[
        str, Meta(title="Address", description="Where the picture is.", examples=["https://example.org/press.jpg"])
    ]
    alt: Annotated[
        str, Meta(title="Alternative text", description="What stands in for the picture.", examples=["A hand press"])
    ] = ""
    title: Annotated[str, Meta(title="Title", description="The picture's tooltip.", examples=["The press in use"])] = ""
    width: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(title="Width", description="Declared width in CSS pixels.", examples=[600]),
    ] = None
    height: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(title="Height", description="Declared height in CSS pixels.", examples=[400]),
    ] = None
    full_size: Annotated[
        str,
        Meta(
            title="Full size",
            description="Address of the same picture in full size.",
            examples=["https://example.org/press-full.jpg"],
        ),
    ] = ""


class InlineCode(Node, frozen=True, tag="inline-code", gc=False):
    """Code within a line."""

    text: Annotated[str, Meta(min_length=1, title="Text", description="The code.", examples=["make demo"])]


class Emphasis(Node, frozen=True, tag="emphasis"):
    """Stress; usually italic."""

    children: Inlines


class Strong(Node, frozen=True, tag="strong"):
    """Importance; usually bold."""

    children: Inlines


class Underline(Node, frozen=True, tag="underline"):
    """Underlined text."""

    children: Inlines


class Subscript(Node, frozen=True, tag="subscript"):
    """Text below the line."""

    children: Inlines


class Superscript(Node, frozen=True, tag="superscript"):
    """Text above the line."""

    children: Inlines


class Ruby(Node, frozen=True, tag="ruby"):
    """Text with small text beside it that says how it is read or what it means (HTML Standard, 4.5.10)."""

    children: Inlines
    annotation: Annotated[
        tuple["Inline", ...],
        Meta(
            title="Annotation",
            description="The small text, which stands above the children, or beside them.",
            examples=[[{"type": "text", "text": "zhǐ"}]],
        ),
    ]


class Link(Node, frozen=True, tag="link"):
    """A link.  An empty target means that the source had no usable one: the children are shown as plain text."""

    target: Annotated[
        str,
        Meta(
            title="Target",
            description="An absolute address, or #identifier for a place in the same article.",
            examples=["https://example.org/paper", "#_ftn1"],
        ),
    ]
    children: Inlines


Inline = (
    Text | Break | Anchor | Image | InlineCode | Emphasis | Strong | Underline | Subscript | Superscript | Ruby | Link
)

# --- blocks ----------------------------------------------------------------------------------------------------------


class Paragraph(Node, frozen=True, tag="paragraph"):
    """Running text."""

    children: Inlines


class Heading(Node, frozen=True, tag="heading"):
    """A heading inside the article.  Levels are relative: the article's title is 1, its highest heading 2."""

    level: Annotated[int, Meta(ge=2, le=6, title="Level", description="2 is the highest.", examples=[2])]
    children: Inlines


class Figure(Node, frozen=True, tag="figure"):
    """Pictures with their caption."""

    images: Annotated[
        tuple[Image, ...],
        Meta(
            title="Images",
            description="One picture, or several that share the caption.",
            examples=[[{"type": "image", "address": "https://example.org/press.jpg"}]],
        ),
    ]
    caption: Inlines = ()


class Item(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One item of a list."""

    children: Blocks


class List(Node, frozen=True, tag="list"):
    """A list, numbered or not."""

    items: Annotated[tuple[Item, ...], Meta(title="Items", description="In order.", examples=[[{"children": []}]])]
    ordered: Annotated[bool, Meta(title="Ordered", description="Whether it is numbered.", examples=[True])] = False
    start: Annotated[int, Meta(ge=0, title="Start", description="The first number.", examples=[1])] = 1


class Cell(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One cell of a table."""

    children: Blocks
    header: Annotated[bool, Meta(title="Header", description="Whether it heads a row or column.", examples=[True])] = (
        False
    )
    colspan: Annotated[int, Meta(ge=1, le=1000, title="Column span", description="Columns taken.", examples=[2])] = 1
    rowspan: Annotated[int, Meta(ge=1, le=65534, title="Row span", description="Rows taken.", examples=[2])] = 1


class Table(Node, frozen=True, tag="table"):
    """A table, row by row."""

    rows: Annotated[tuple[tuple[Cell, ...], ...], Meta(title="Rows", description="Cells, row by row.", examples=[[[]]])]


class Quote(Node, frozen=True, tag="quote"):
    """Quoted blocks."""

    children: Blocks


class Code(Node, frozen=True, tag="code", gc=False):
    """Preformatted text: line ends and spaces count."""

    text: Annotated[str, Meta(title="Text", description="The lines.", examples=["make demo\nmake test\n"])]


class ThematicBreak(Node, frozen=True, tag="thematic-break", gc=False):
    """A line between two parts of the article."""


EmbedKind = Literal["tweet", "instagram", "facebook", "video", "audio", "document", "other"]


class Embed(Node, frozen=True, tag="embed"):
    """Matter of another site: what the mirror kept of its text, and its address.  Never loaded by an output."""

    kind: Annotated[EmbedKind, Meta(title="Kind", description="What it was.", examples=["tweet"])]
    address: Annotated[
        str, Meta(title="Address", description="Where it is, if known.", examples=["https://example.org/status/1"])
    ] = ""
    children: Blocks = ()


class Footnote(Node, frozen=True, tag="footnote"):
    """A note that the text points at by its identifier."""

    id: Annotated[str, Meta(min_length=1, title="Identifier", description="What links point at.", examples=["_ftn1"])]
    children: Blocks


AsideKind = Literal["promotion", "share", "membership", "related", "advertisement", "furniture"]


class Aside(Node, frozen=True, tag="aside"):
    """What stands on the page but not in the article.  Rules take it out and list it."""

    kind: Annotated[AsideKind, Meta(title="Kind", description="What it is.", examples=["promotion"])]
    children: Blocks


Block = Paragraph | Heading | Figure | List | Table | Quote | Code | ThematicBreak | Embed | Footnote | Aside

# --- the article -----------------------------------------------------------------------------------------------------


class Provenance(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Where an article comes from."""

    address: Annotated[
        str,
        Meta(
            min_length=1,
            title="Original address",
            description="Where the publisher put it.",
            examples=["https://www.epochtimes.com/gb/23/9/12/n14072129.htm"],
        ),
    ]
    path: Annotated[
        str,
        Meta(title="Path", description="The document's path in its source.", examples=["pages/nf1412576/n14072129.md"]),
    ] = ""
    dialect: Annotated[
        str, Meta(title="Dialect", description="The form of the source document.", examples=["epoch-news/pixel"])
    ] = ""
    sha256: Annotated[
        str,
        Meta(pattern="^([0-9a-f]{64})?$", title="SHA-256", description="Of the document's bytes.", examples=["0" * 64]),
    ] = ""


class NavLink(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """One of the mirror's own links.  An empty target: nothing said where it leads."""

    label: Annotated[str, Meta(min_length=1, title="Label", description="The link's text.", examples=["首页"])]
    target: Annotated[
        str,
        Meta(
            title="Target",
            description="Its address.",
            examples=["https://github.com/OWNER/epoch-news"],
        ),
    ] = ""


class Article(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """An article: metadata and body."""

    schema_version: Annotated[
        Literal["1"], Meta(title="Schema version", description="Version of this contract.", examples=["1"])
    ]
    id: Annotated[
        str,
        Meta(
            min_length=1,
            title="Identifier",
            description="The publisher's own, else the file's name.",
            examples=["n14072129"],
        ),
    ]
    title: Annotated[str, Meta(min_length=1, title="Title", description="The headline.", examples=["纸的历史"])]
    language: Annotated[
        str,
        Meta(
            pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
            title="Language",
            description="A BCP 47 tag.",
            examples=["zh-Hans", "zh-Hant", "en"],
        ),
    ]
    published: Annotated[
        str,
        Meta(
            pattern=MOMENT,
            title="Published",
            description="Date, or date and time with zone (ISO 8601).",
            examples=["2023-09-12", "2018-08-31T06:55:16+00:00"],
        ),
    ] = ""
    modified: Annotated[
        str,
        Meta(
            pattern=MOMENT,
            title="Modified",
            description="Date and time of the last change (ISO 8601).",
            examples=["2018-09-12T08:10:00+08:00"],
        ),
    ] = ""
    publisher: Annotated[str, Meta(title="Publisher", description="Who published it.", examples=["大纪元"])] = ""
    authors: Annotated[
        tuple[Name, ...], Meta(title="Authors", description="Reporters and writers, in order.", examples=[["徐简"]])
    ] = ()
    report_type: Annotated[
        str,
        Meta(title="Report type", description="How it was reported, in its own words.", examples=["综合报导"]),
    ] = ""
    agency: Annotated[
        str, Meta(title="Agency", description="The agency that the report is from.", examples=["中央社"])
    ] = ""
    dateline: Annotated[
        str,
        Meta(
            title="Dateline",
            description="As printed; it also stays in the body.",
            examples=["大纪元2023年09月12日讯"],
        ),
    ] = ""
    editor: Annotated[str, Meta(title="Editor", description="The editor in charge.", examples=["林妍"])] = ""
    section: Annotated[str, Meta(title="Section", description="The mirror's channel.", examples=["nf1412576"])] = ""
    series: Annotated[
        str, Meta(title="Series", description="The series that the title names.", examples=["新闻看点"])
    ] = ""
    media: Annotated[
        tuple[Name, ...],
        Meta(title="Media", description="What the title says that the article holds besides text.", examples=[["图"]]),
    ] = ()
    source: Annotated[
        Provenance,
        Meta(
            title="Source",
            description="Where it comes from.",
            examples=[{"address": "https://www.epochtimes.com/gb/23/9/12/n14072129.htm"}],
        ),
    ]
    lead: Annotated[
        Figure | None,
        Meta(
            title="Lead",
            description="The picture above the article.",
            examples=[{"type": "figure", "images": [{"type": "image", "address": "https://example.org/press.jpg"}]}],
        ),
    ] = None
    nav: Annotated[
        tuple[NavLink, ...],
        Meta(title="Navigation", description="The mirror's own links.", examples=[[{"label": "首页"}]]),
    ] = ()
    body: Blocks


# --- what is inside a node -------------------------------------------------------------------------------------------

CHILDREN: Mapping[type, tuple[str, ...]] = {
    Article: ("lead", "nav", "body"),
    Paragraph: ("children",),
    Heading: ("children",),
    Figure: ("images", "caption"),
    List: ("items",),
    Item: ("children",),
    Table: ("rows",),
    Cell: ("children",),
    Quote: ("children",),
    Embed: ("children",),
    Footnote: ("children",),
    Aside: ("children",),
    Link: ("children",),
    Emphasis: ("children",),
    Strong: ("children",),
    Underline: ("children",),
    Subscript: ("children",),
    Superscript: ("children",),
    Ruby: ("children", "annotation"),
}
"""The fields in which each type of node keeps its children."""


def walk(nodes: Iterable[Any], into: Mapping[type, tuple[str, ...]] = CHILDREN) -> list[Any]:
    """Return nodes and all that is inside them, in document order, each before its children.

    Only types in `into` are entered, by the fields that it names.

    >>> [type(node).__name__ for node in walk([Quote((Paragraph((Text("纸"), Break())),))])]
    ['Quote', 'Paragraph', 'Text', 'Break']
    """
    found: list[Any] = []  # a list, because a generator in each node would take twice the time
    _collect(nodes, into, found)
    return found


def _collect(nodes: Iterable[Any], into: Mapping[type, tuple[str, ...]], found: list[Any]) -> None:
    for node in nodes:
        kind = type(node)
        if kind is tuple:
            _collect(node, into, found)
            continue
        found.append(node)
        if kind in into:
            for field in into[kind]:
                if inside := getattr(node, field):
                    _collect(inside if type(inside) is tuple else (inside,), into, found)


def texts(nodes: Iterable[Any]) -> list[str]:
    """Return the texts inside nodes, in document order."""
    return [node.text for node in walk(nodes) if type(node) in _TEXTS]


_TEXTS = frozenset({Text, InlineCode, Code})


# --- what is said of a document --------------------------------------------------------------------------------------

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


# --- books -----------------------------------------------------------------------------------------------------------


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
