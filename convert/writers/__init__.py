"""The WRITERS table: a new format is one file here and one row."""

from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from convert.messages import Message, message
from convert.model import Article, Entry, Volume
from convert.printing.engines import engine_for
from convert.sandbox.starting import signals_blocked
from convert.writers import html, json_, markdown
from convert.writers.book import chapters
from convert.writers.contents import contents
from convert.writers.files import Files
from convert.writers.options import Options, Page
from convert.writers.part import RenderedArticle, Tally

Render = Callable[[Article, Page], bytes]
"""The output, or the part of it, of one article.  Runs in a worker."""
StandIn = Callable[[Entry, str, Page, str], bytes | None]
"""The part of an article that could not be converted, if it needs one: entry, reason, page, language of the volume."""
Bind = Callable[[Volume, Iterator[RenderedArticle], BinaryIO, Options, Tally, int], None]
"""Puts the parts together in the volume's order, and counts them; the number is that of processes that may work."""
Contents = Callable[[Volume, Files], bytes]
"""The file that lists the articles of a volume."""


class Writer(NamedTuple):
    """One output format."""

    about: Message
    suffix: str
    render: Render
    bind: Bind | None = None
    """None: each article is a file of its own."""
    stand_in: StandIn | None = None
    """None: an article that could not be converted is simply not there."""
    contents: Contents | None = None
    """The file that stands beside those of several articles; None: there is none."""
    binary: bool = False
    packed: bool = False
    """Whether parts are deflated, as the members of a ZIP archive."""
    grows: bool = True
    """Whether a book is as large as its parts and what is around them, so that its size can be told beforehand."""
    once: bool = True
    """Whether an article of which there are several copies stands there once unless the user says otherwise."""
    nav: str = "keep"
    """What happens to the mirror's own links unless the user says otherwise."""
    designed: bool = False
    """Whether it has printed pages, which have a design."""
    surroundings: Callable[[Volume, Options], str] | None = None
    """What of the system decides the bytes of a volume, as words that differ if it does; None: nothing."""
    attach: Callable[[Article, Page], bytes] | None = None
    """The file that goes into the output beside an article's part; None: there is none."""


def _bind_epub(
    volume: Volume, parts: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int
) -> None:
    from convert.writers import epub  # EbookLib and lxml cost a tenth of a second: only whoever binds pays

    epub.bind(volume, parts, out, options, tally)


def _bind_pdf(
    volume: Volume, parts: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int
) -> None:
    with signals_blocked():  # pikepdf ends the process when it is interrupted while it is being imported
        from convert.writers import pdf  # WeasyPrint needs system libraries: only whoever binds needs them

    pdf.bind(volume, parts, out, options, tally, workers)


def _fonts_and_engine(volume: Volume, options: Options) -> str:
    from convert.printing.fonts.chain import identity

    engine = engine_of(volume, options)
    return f"{engine} {metadata.version(engine)} {identity(volume.language)}"


def engine_of(volume: Volume, options: Options) -> str:
    """Return the name of the engine that draws a volume."""
    return engine_for(options.design, sum(1 for _ in volume.entries()))


WRITERS: Mapping[str, Writer] = MappingProxyType({
    "epub": Writer(
        message("EPUB 3.3, one book"), ".epub", chapters.epub, _bind_epub, chapters.epub_stand_in,
        binary=True, packed=True,
    ),
    "html": Writer(message("HTML, one self-contained file"), ".html", html.render, html.bind, html.stand_in),
    "json": Writer(message("JSON, a file an article"), ".json", json_.render, once=False),
    "jsonl": Writer(message("JSON Lines, one file"), ".jsonl", json_.render_line, json_.bind, once=False),
    "markdown": Writer(
        message("Markdown, a file an article"), ".md", markdown.render, None, markdown.stand_in, contents, once=False
    ),
    "pdf": Writer(
        message("PDF/UA, one book"), ".pdf", chapters.pdf, _bind_pdf, chapters.pdf_stand_in,
        binary=True, grows=False, nav="drop",
        designed=True, surroundings=_fonts_and_engine, attach=chapters.attached,
    ),
})  # fmt: skip


def make_part(
    writer: Writer, rendered: bytes, publisher: str = "", authors: tuple[str, ...] = (), attached: bytes = b""
) -> RenderedArticle:
    """Return what a writer rendered of an article as it goes into the output."""
    if not writer.packed:
        return RenderedArticle(rendered, 0, 0, publisher, authors, attached)
    from convert.writers.packed import pack  # only for outputs that are archives

    return RenderedArticle(*pack(rendered), publisher, authors)
