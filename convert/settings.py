"""Choices of the user, as the program passes them on, and as the Python interface takes them."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, TypedDict

from msgspec import Struct, field

from convert.bundle.article_list import ArticleList
from convert.bundle.volumes import Gathering
from convert.control import Control
from convert.model import Finding, Level
from convert.readers.options import DETECTED, ReadOptions
from convert.sources.addresses import Addresses
from convert.sources.choice import Choice
from convert.writers.options import Options

StrPath = str | os.PathLike[str]

Tell = Callable[[Finding], None]
"""Function that receives each finding as soon as it is made."""

Step = Callable[[int], None]
"""Function that receives the number of documents finished since its last call."""


class Settings(Struct, frozen=True):
    """Choices of the user for a run."""

    base_url: str = ""
    """The address of the source root in its mirror."""
    workers: int = 0
    """Number of processes; 0 for as many as there are processors, if the work is worth it."""
    gathering: Gathering = Gathering()
    """Choice of articles, of their order and of their division into volumes."""
    options: Options = field(default_factory=Options)
    fidelity: tuple[str, ...] = ()
    """Formats in which a check also looks for lost content."""
    stdin: str = ""
    """Name of the document on standard input in reports; "" for the default."""
    changed_since: str = ""
    """Git revision since which a file must have changed to be checked; "" to check all files."""
    how: ReadOptions = DETECTED
    """Format and dialects of all documents."""
    control: Control = field(default_factory=Control)
    """Selection of the findings that a check reports and counts."""
    cache: str = ""
    """Folder of the cache of facts about documents, for the next run; "" for no cache."""
    manifest: str = ""
    """Path of the manifest of the build's inputs and outputs; "" for no manifest."""
    update: bool = False
    """True to skip outputs whose inputs and options did not change since that manifest."""
    exclude: ArticleList | None = None
    """Documents that a build leaves out, as if they were not there; None for none."""
    articles: ArticleList | None = None
    """Articles to which a build is confined; None for all."""
    addresses: Addresses | None = None
    """Original addresses of documents; None if the user gave none."""
    choice: Choice | None = None
    """Records of archives of the web to take; None for all."""
    store: str = ""
    """Folder of the store of pictures; "" for outputs that show captions."""
    assets: str = ""
    """Folder in which the pictures are written beside the output; "" for none."""
    catalog: bool = False
    """True to write a catalogue of the books beside them."""
    told: Level = "info"
    """Lowest level of the findings that a conversion reports one by one; the others are only counted."""
    catalog_url: str = ""
    """Address at which that folder will be published, with a slash at its end; "" for a catalogue of relative links."""


class PageOptions(TypedDict, total=False):
    """Options of how articles look; each is described at the option of the command line with its name."""

    nav: Literal["keep", "drop"]
    """Treatment of the mirror's own links; by default PDF drops them and all other formats keep them."""
    tag_links: bool
    """True to keep links to keyword pages in books; by default they become plain text."""
    flat: bool
    """True for JSON Lines of rows: plain text and metadata, as the schema of rows has them."""
    search: Literal["full", "titles", "none"]
    """Website: the contents of the search index, titles and texts, titles alone, or nothing; by default `full`."""
    script: Literal["hans", "hant"]
    """Characters to which Chinese is converted, except in JSON, JSON Lines and Parquet; by default it stays."""
    page: Literal["a4", "a5", "phone"]
    """PDF: the size of the pages; by default a4."""
    style: Literal["indent", "spaced"]
    """PDF: the separation of Chinese paragraphs, by an indent or by space; by default by an indent."""
    stylesheet: StrPath
    """PDF: a file of CSS, applied after the project's own."""
    pdf_engine: Literal["weasyprint", "typst", "auto"]
    """PDF: the engine that draws the pages; by default WeasyPrint."""
    pdf_variant: str
    """PDF: the standard that the file conforms to besides PDF/UA-1: `pdf/a-2u` and others."""


class BookOptions(PageOptions, total=False):
    """Options of how articles and their pictures look in a conversion."""

    images: Literal["original", "phone", "ereader", "kindle", "grey", "link", "none"]
    """The size and colour of those pictures; by default `phone` in books, `original` in other formats."""
    cover: StrPath
    """EPUB: a drawn cover (`svg` or `png`), the first picture below a title (`lead`), or a file; by default `svg`."""
    fit: str
    """The size that a book keeps to, by reducing its pictures: `45MB`."""


class BuildOptions(BookOptions, total=False):
    """Options of a conversion; each is described at the option of the command line with its name."""

    source_format: str
    """The format of all documents, one of `SOURCE_FORMATS`; by default the content of each document decides."""
    base_url: str
    """The address of the source's root in its mirror."""
    addresses: StrPath | Mapping[str, str]
    """The original addresses of documents, by their paths in the source: a mapping, or a file with a line for each."""
    dialects: StrPath | Iterable[StrPath]
    """Files that describe mirrors, in TOML."""
    clean_links: bool
    """True to take campaigns and click counters out of the addresses of links."""
    urls: Sequence[str]
    """Patterns for the addresses of the records of web archives to take, in which `*` means any characters."""
    mimes: Sequence[str]
    """Media types of those records."""
    title: str
    """The title of the book; of several volumes its beginning."""
    split: str
    """The ways to divide into volumes, with commas: `channel`, `year`, `month`, `week`, `count=N`, `size=45MB`."""
    since: str
    """The first day, month or year of the articles: `2023`, `2023-09`, `2023-09-12`."""
    until: str
    """The last day, month or year of the articles."""
    channels: Sequence[str]
    """Folders or names of the channels to select; by default all."""
    queries: Sequence[str]
    """Terms that a selected article must all meet: text of the title, `publisher:TEXT`, `author:TEXT`, `-TEXT`."""
    articles: StrPath
    """A file that lists the articles to select: a path, an identifier or an address on each line."""
    exclude: StrPath
    """A file that lists documents to leave out as if they were not there, in the same form."""
    since_manifest: StrPath | Iterable[StrPath]
    """Manifests of earlier builds, in their order: take only what is new or changed since, as an addition to them."""
    order: Literal["oldest", "newest", "title", "path"]
    """The order of articles in a channel; by default the oldest comes first."""
    duplicates: Literal["once", "keep"]
    """`once` to write one copy of each article, `keep` for all; by default `once` in books."""
    store: StrPath
    """The folder of the store of the pictures to show; by default there are captions only."""
    assets: StrPath
    """A folder inside the output's for the pictures of the store, as files beside Markdown, JSON or HTML."""
    manifest: bool
    """True to write a manifest beside the output, which several volumes always get."""
    update: bool
    """True to rebuild only outputs whose inputs or options changed since the last manifest."""
    catalog: bool
    """True to write a catalogue of the books beside them: OPDS, Atom and a page."""
    catalog_url: str
    """The address at which their folder will be published, for absolute links in that catalogue."""
    cache: StrPath
    """The folder of the cache; by default there is one beside the output of an update, else none."""
    workers: int
    """The number of processes; 0: as many as pay off.  By default 1: see `convert`."""
