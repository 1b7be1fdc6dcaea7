"""Types that engines and their callers share: sections to print, chunks of them, and the design of pages."""

from msgspec import Struct

SECTION_SCHEME = "leaf:"
"""Scheme of links between sections, which may be drawn separately; joining turns these addresses into destinations."""


STYLES = ("indent", "spaced")


class Design(Struct, frozen=True):
    """Design of printed pages, and the standards that the PDF follows, as the user chose them."""

    page: str = "a4"
    """A key of `PAGES`."""
    style: str = "indent"
    """Separation of Chinese paragraphs: `indent` (two characters) or `spaced`."""
    stylesheet: str = ""
    """CSS of the user, after the project's own."""
    engine: str = "weasyprint"
    """A key of `ENGINES`, or `auto`."""
    variant: str = "pdf/ua-1"
    """A key of `VARIANTS`."""


class PrintSection(Struct, frozen=True, gc=False):
    """Part of a book that begins on a new page: an article, the cover, a part of the contents."""

    kind: str
    """`article`, `cover` or `contents`."""
    anchor: str
    """Name of the section in links to it."""
    html: bytes
    """An XHTML element."""
    title: str = ""
    """Text at the head of its pages, on the outer side."""
    section_title: str = ""
    """Text at the head of its pages, on the inner side: the title of the volume's section."""
    heading: str = ""
    """Heading of the volume's section that begins with this article; "" if none does."""
    heading_anchor: str = ""
    """Name of that heading in links to it."""
    label: str = ""
    """Path of the article's source, for messages."""


class Chunk(Struct, frozen=True):
    """Sections that are drawn together, in order."""

    sections: tuple[PrintSection, ...]
    title: str
    """Title of the book."""
    language: str
    """Language of the book (BCP 47)."""
    design: Design
    alone: bool = False
    """True if the book is one article; its title is then the highest heading, else the titles of sections are."""


class Heading(Struct, frozen=True, gc=False):
    """Heading inside an article, for the outline."""

    level: int
    label: str
    anchor: str


class Spot(Struct, frozen=True, gc=False):
    """Position of an anchor in the pages of a chunk."""

    anchor: str
    page: int
    """Number of the page, from 0."""
    left: float
    """Distance from the left edge of the page, in points."""
    top: float
    """Distance from the bottom edge of the page, in points."""


class Drawn(Struct, frozen=True, gc=False):
    """Chunk as PDF, in which every section begins a page.

    It has tags, but no outline and no page numbers, which only the whole book can have.
    """

    pdf: bytes
    pages: int
    spots: tuple[Spot, ...] = ()
    """Positions of the sections, their headings and `headings`."""
    headings: tuple[Heading, ...] = ()
    """Headings inside the article, if the book is one article."""
    warnings: tuple[str, ...] = ()
    """Warnings of the engine, each once."""


class Attachment(Struct, frozen=True, gc=False):
    """File attached to the book."""

    name: str
    data: bytes
    media_type: str
    about: str
    """Description, for viewers to show."""
