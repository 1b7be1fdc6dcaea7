"""Options and page context for every writer."""

from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from convert.bundle.links import PageLinks
from convert.errors import UsageError
from convert.model import Article, Entry
from convert.pictures.gallery import PagePictures, Ready
from convert.printing.model import Design
from convert.writers.files import Files

COVERS = ("svg", "png", "lead")
"""Covers of an EPUB: a drawing with the title, in two kinds, or the first article's picture below its title that is
shown."""
FILE = "file"
"""Cover that is a picture of the user's."""


SEARCHES = ("full", "titles", "none")
"""Contents of the search index of a site: titles and texts, titles alone, or nothing."""


class Options(Struct, frozen=True):
    """Choices of the user, the same for all pages."""

    nav: str = "keep"
    """`keep` or `drop` the mirror's own links, and those to contents, previous and next page."""
    tag_links: bool = False
    """True if links to a publisher's keyword pages are links in books too; else they are plain text."""
    design: Design = Design()
    """Design of printed pages."""
    flat: bool = False
    """True if JSON Lines are rows: plain text and metadata."""
    images: str = ""
    """Name of the profile of pictures that come from a store; "" if there is none."""
    cover: str = "svg"
    """Cover of an EPUB: one of `COVERS`, or `FILE`."""
    cover_picture: Ready | None = None
    """Picture of the cover `FILE`."""
    assets: str = ""
    """Folder for the pictures, relative to that of the output; "" if none are written beside it."""
    lone: bool = False
    """True if they lie beside a single file, whose name says nothing of folders."""
    fit: int = 0
    """Most bytes of a book, for which its pictures are reduced; 0 for any number."""
    search: str = SEARCHES[0]
    """Contents of the search index of a site: one of `SEARCHES`."""
    script: str = ""
    """Script to which Chinese is converted, `hans` or `hant`; "" for that of each article."""


class Omission(NamedTuple):
    """Reason why an article is left out: the code of the rule, and the message for those who maintain the archive."""

    code: str
    message: str


class Page(Struct, frozen=True):
    """Place of an article in a volume, for its writer: its entry, links and options."""

    entry: Entry
    links: PageLinks
    options: Options
    home: str = ""
    """Address of the page in its mirror, "" if unknown."""
    section: str = ""
    """Title of the section of the book that the page is in; "" in a volume of one section."""
    channel: str = ""
    """Name of the article's channel, "" if nothing gives it."""
    name: str = ""
    """The article's identifier among those of the file, for rows; "" if it is the only one."""
    files: Files | None = None
    """Names of the files of the build, if each article is one."""
    pictures: PagePictures | None = None
    """Pictures of the store; None if there is none, so that a page shows captions."""


def search_of(search: str) -> str:
    """Return a choice of `SEARCHES`.

    Raises:
        UsageError: it is none of them.
    """
    if search not in SEARCHES:
        raise UsageError("unknown search '{name}'; choose one of: {known}", name=search, known=", ".join(SEARCHES))
    return search


def file_of_cover(cover: str) -> tuple[str, ...]:
    """Return the file that a choice of cover names, nothing if it names none."""
    return () if cover in COVERS else (cover,)


def named(article: Article, page: Page) -> Article:
    """Return the article with the name of its channel."""
    if not page.channel or article.section_name:
        return article
    return replace(article, section_name=page.channel)
