"""What is printed, in what look: the terms that the engines and those who give them work share."""

from msgspec import Struct

LEAF = "leaf:"
"""The scheme of links between leaves, which may be drawn apart; joining them makes destinations of these addresses."""


STYLES = ("indent", "spaced")


class Design(Struct, frozen=True):
    """How printed pages look, and what they keep to.  What the user chose."""

    page: str = "a4"
    """A key of `PAGES`."""
    style: str = "indent"
    """How paragraphs of Chinese are told apart: `indent` (two characters) or `spaced`."""
    stylesheet: str = ""
    """CSS of the user, after the project's own."""
    engine: str = "weasyprint"
    """A key of `ENGINES`, or `auto`."""
    variant: str = "pdf/ua-1"
    """A key of `VARIANTS`."""


class Leaf(Struct, frozen=True, gc=False):
    """What begins on a page of its own: an article, the cover, a part of the contents."""

    kind: str
    """`article`, `cover` or `contents`."""
    anchor: str
    """What links to it name."""
    html: bytes
    """One XHTML element."""
    title: str = ""
    """What stands at the head of its pages, outside."""
    section: str = ""
    """What stands there inside."""
    heading: str = ""
    """The heading of a section that begins with this article; nothing where none does."""
    heading_anchor: str = ""
    label: str = ""
    """What is named in messages: the path of the article's source."""


class Chunk(Struct, frozen=True):
    """Leaves that are drawn together, in order."""

    leaves: tuple[Leaf, ...]
    title: str
    """Of the book."""
    language: str
    """Of the book (BCP 47)."""
    design: Design
    alone: bool = False
    """Whether the book is one article: its title is then the highest heading, else the sections' names are."""


class Heading(Struct, frozen=True, gc=False):
    """A heading inside an article, for the outline."""

    level: int
    label: str
    anchor: str


class Spot(Struct, frozen=True, gc=False):
    """Where an anchor is."""

    anchor: str
    page: int
    """From 0."""
    left: float
    """In points, as the next."""
    top: float


class Drawn(Struct, frozen=True, gc=False):
    """A chunk as PDF: every leaf begins a page; it has tags, but no outline and no page numbers, which only the whole
    book can have."""

    pdf: bytes
    pages: int
    spots: tuple[Spot, ...] = ()
    """Where leaves, sections and `headings` are."""
    headings: tuple[Heading, ...] = ()
    """Those of articles, where the book is one."""
    warnings: tuple[str, ...] = ()
    """What the engine had to say, each once."""


class Attachment(Struct, frozen=True, gc=False):
    """A file that travels with the book."""

    name: str
    data: bytes
    media_type: str
    about: str
