"""What every writer is told."""

from msgspec import Struct

from convert.bundle.links import PageLinks
from convert.model import Entry
from convert.printing.model import Design
from convert.writers.files import Files


class Options(Struct, frozen=True):
    """What the user chose, for all pages alike."""

    nav: str = "keep"
    """`keep` or `drop`: the mirror's own links, and those to contents, previous and next page."""
    tag_links: bool = False
    """Whether links to a publisher's keyword pages are links in books too; else they are plain text."""
    design: Design = Design()
    """How printed pages look."""


class Page(Struct, frozen=True):
    """The page that an article becomes."""

    entry: Entry
    links: PageLinks
    options: Options
    home: str = ""
    """The page's own address in its mirror, if known."""
    section: str = ""
    """What the book calls the section that the page stands in; nothing in a volume of one."""
    files: Files | None = None
    """How the files of the build are called, where each article is one."""
