"""The table of output formats, WRITERS: a new format is one module here and one row."""

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from msgspec.structs import replace

from convert.errors import MissingExtraError, UsageError
from convert.late import late
from convert.messages import Message, message
from convert.model import Article, Entry, Volume
from convert.pictures.gallery import Ready
from convert.pictures.profiles import treatment_of
from convert.sandbox.signals import signals_blocked
from convert.writers.files import Files
from convert.writers.options import COVERS, FILE, Omission, Options, Page
from convert.writers.part import LastFiles, RenderedArticle, SiteFile, Tally

Render = Callable[[Article, Page], bytes]
"""Function that renders one article as a file or as its part of a book; runs in a worker."""
StandIn = Callable[[Entry, Omission, Page, str], bytes | None]
"""Function that renders a placeholder for an article that could not be converted, from its entry, the reason, its page
and the language of the volume; None if the format needs none."""
Bind = Callable[[Volume, Iterator[RenderedArticle], BinaryIO, Options, Tally, int], None]
"""Function that writes the parts to a file in the volume's order and counts them in the tally; the last argument is the
number of processes that it may use."""
Contents = Callable[[Volume, Files], bytes]
"""Function that renders the file that lists the articles of a volume."""


Lay = Callable[[Volume, Iterator[RenderedArticle], Options, Tally, LastFiles, int], Iterator[SiteFile]]
"""Function that yields the files of a folder from the parts in the volume's order, and counts them in the tally; it
asks for the last build's page of a part without data, yields no file that the last build made of the same, and may use
so many processes."""


class Writer(NamedTuple):
    """Output format."""

    about: Message
    suffix: str
    render: Render
    bind: Bind | None = None
    """Binder of the parts; None: each article is a file of its own."""
    stand_in: StandIn | None = None
    """Renderer of placeholders; None: an article that could not be converted is missing from the output."""
    contents: Contents | None = None
    """Renderer of the file that lists several articles, beside theirs; None: there is none."""
    binary: bool = False
    packed: bool = False
    """True if workers deflate the parts, as members of a ZIP archive."""
    grows: bool = True
    """True if a book is as large as its parts and a fixed overhead, so that its size can be predicted."""
    once: bool = True
    """True if repeated articles are written once by default."""
    nav: str = "keep"
    """Default of `--nav`: `keep` or `drop` the mirror's own links."""
    designed: bool = False
    """True if the output has printed pages, to which a `Design` applies."""
    surroundings: Callable[[Volume, Options], str] | None = None
    """Function that returns a cache key of what else decides a volume's bytes (versions, fonts); None: nothing does."""
    named: bool = False
    """True if each article names its channel."""
    extra: str = ""
    """Extra that installs what the format needs, "" if it needs nothing more."""
    package: str = ""
    """Package of the extra."""
    relative: bool = True
    """True if an output of several articles can hold links between them."""
    images: str = "phone"
    """Default of `--images` with a store."""
    assets: bool = False
    """True if the pictures of a store can lie beside it as files."""
    briefs: bool = False
    """True if its lists say of each article how it begins and how long it is."""
    media_type: str = ""
    """Media type of a book, "" if a catalogue cannot list it as one."""
    keywords: bool = False
    """True if it has lists of keywords."""
    lay: Lay | None = None
    """Maker of a folder whose pages refer to each other; None: the format has none."""
    attach: Callable[[Article, Page], bytes] | None = None
    """Renderer of a file attached to the output beside an article's part; None: there is none."""


def _bind_epub(
    volume: Volume, parts: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int
) -> None:
    from convert.writers import epub  # EbookLib and lxml cost a tenth of a second: imported only to bind

    epub.bind(volume, parts, out, options, tally)


def _bind_pdf(
    volume: Volume, parts: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int
) -> None:
    with signals_blocked():  # pikepdf ends the process when it is interrupted while it is being imported
        from convert.writers import pdf  # WeasyPrint needs system libraries: imported only to bind

    pdf.bind(volume, parts, out, options, tally, workers)


def _bind_parquet(
    volume: Volume, parts: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int
) -> None:
    from convert.writers import parquet  # Arrow is an extra

    parquet.bind(volume, parts, out, options, tally)


def _bind_zim(
    volume: Volume, parts: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int
) -> None:
    from convert.writers.zim import book  # libzim is an extra

    book.bind(volume, parts, out, options, tally, workers)


def _version_of_libzim(volume: Volume, options: Options) -> str:
    from importlib import metadata  # few conversions ask

    return f"libzim {metadata.version('libzim')}"


def _drawn_cover(volume: Volume, options: Options) -> str:
    if options.cover != "png":
        return ""
    from convert.writers.book.cover import identity

    return identity()


def _version_of_arrow(volume: Volume, options: Options) -> str:
    from importlib import metadata

    return f"pyarrow {metadata.version('pyarrow')}"


def _fonts_and_engine(volume: Volume, options: Options) -> str:
    from importlib import metadata

    from convert.printing.fonts.chain import identity

    engine = engine_of(volume, options)
    return f"{engine} {metadata.version(engine)} {identity(volume.language)}"


def engine_of(volume: Volume, options: Options) -> str:
    """Return the name of the engine that draws a volume."""
    from convert.printing.engines import engine_for  # one format is drawn

    return engine_for(options.design, sum(1 for _ in volume.entries()))


FLAT = "jsonl"
"""The format whose articles can be rows."""

WRITERS: Mapping[str, Writer] = MappingProxyType({
    "epub": Writer(
        message("EPUB 3.3, one book"), ".epub", late("convert.writers.book.chapters:epub"), _bind_epub,
        late("convert.writers.book.chapters:epub_stand_in"), binary=True, packed=True, surroundings=_drawn_cover,
        briefs=True, media_type="application/epub+zip",
    ),
    "html": Writer(
        message("HTML, one self-contained file"), ".html", late("convert.writers.html:render"),
        late("convert.writers.html:bind"), late("convert.writers.html:stand_in"), assets=True, briefs=True,
        media_type="text/html",
    ),
    "json": Writer(
        message("JSON, a file an article"), ".json", late("convert.writers.json_:render"), once=False, relative=False,
        named=True, images="original", assets=True,
    ),
    "jsonl": Writer(
        message("JSON Lines, one file"), ".jsonl", late("convert.writers.json_:render_line"),
        late("convert.writers.json_:bind"), once=False, relative=False, named=True,
        images="original", assets=True,
    ),
    "markdown": Writer(
        message("Markdown, a file an article"), ".md", late("convert.writers.markdown:render"), None,
        late("convert.writers.markdown:stand_in"), late("convert.writers.contents:contents"), once=False,
        images="original", assets=True,
    ),
    "parquet": Writer(
        message("Parquet, one table of rows (with the extra parquet)"), ".parquet",
        late("convert.writers.json_:render_row"), _bind_parquet, binary=True, grows=False, once=False, relative=False,
        named=True, surroundings=_version_of_arrow, extra="parquet", package="pyarrow", images="original",
    ),
    "pdf": Writer(
        message("PDF/UA, one book"), ".pdf", late("convert.writers.book.chapters:pdf"), _bind_pdf,
        late("convert.writers.book.chapters:pdf_stand_in"), binary=True, grows=False, nav="drop",
        designed=True, surroundings=_fonts_and_engine, attach=late("convert.writers.book.chapters:attached"),
        media_type="application/pdf",
    ),
    "site": Writer(
        message("website, a folder of pages that also work from a disk"), ".html",
        late("convert.writers.site.pages:render"), None, late("convert.writers.site.pages:stand_in"),
        lay=late("convert.writers.site.folder:lay"), assets=True, briefs=True, keywords=True,
        attach=late("convert.writers.site.searching:tokens_of"),
    ),
    "zim": Writer(
        message("ZIM, one file for Kiwix (with the extra zim)"), ".zim", late("convert.writers.site.pages:render"),
        _bind_zim, late("convert.writers.site.pages:stand_in"), binary=True, grows=False, briefs=True, keywords=True,
        surroundings=_version_of_libzim, extra="zim", package="libzim",
        attach=late("convert.writers.site.searching:tokens_of"), media_type="application/x-zim",
    ),
})  # fmt: skip


def require(to: str, *, flat: bool = False) -> None:
    """Check that a format can be written, with flat rows if they are asked for.

    Raises:
        MissingExtraError: the extra that it needs is not installed.
        UsageError: it has no flat form.
    """
    writer = WRITERS[to]
    if flat and to != FLAT:
        raise UsageError("--flat is for {format}; leave it out, or take --to parquet", format=FLAT)
    if writer.package and find_spec(writer.package) is None:
        raise MissingExtraError(
            "{format} needs a package that is not installed; install it: pip install 'archive-convert[{extra}]'",
            format=to,
            extra=writer.extra,
        )


def images_of(to: str, images: str | None, store: str) -> str:
    """Return the profile of pictures in a format, "" where nothing is said of them and there is no store.

    Raises:
        UsageError: there is no such profile, or no store with the pictures that it shows.
    """
    if images is None:
        return WRITERS[to].images if store else ""
    if treatment_of(images) and not store:
        raise UsageError(
            "--images {images} shows the pictures of a store; name one with --store, or take --images link",
            images=images,
        )
    return images


def cover_of(to: str, cover: str) -> tuple[str, Ready | None]:
    """Return the cover of a format as `Options` has it: its kind, and the picture if it is a file of the user's.

    Raises:
        MissingExtraError: the extra with the fonts for drawing is not installed.
        UsageError: the file cannot be a cover.
    """
    if to != "epub":
        return COVERS[0], None
    if cover == "png":
        from convert.writers.book.cover import fonts  # only where it is asked for

        fonts()
    if cover in COVERS:
        return cover, None
    from convert.pictures import own

    return FILE, own.cover(cover)


def script_of(to: str, script: str | None) -> str:
    """Return the script to which a format converts Chinese, "" for that of each article; data keep the original.

    Raises:
        UsageError: there is no such script.
        MissingExtraError: the extra that it needs is not installed, and the format is no data.
    """
    if not script:
        return ""
    from convert.writers.script import check, require_converter  # few conversions ask for it

    check(script)
    if WRITERS[to].named:
        return ""
    require_converter(script)
    return script


def make_part(
    writer: Writer,
    rendered: bytes,
    article: Article | None = None,
    attached: bytes = b"",
) -> RenderedArticle:
    """Return a rendered article as the part that goes into the output, deflated if the format is a ZIP archive.

    The article is None for a placeholder.
    """
    publisher, authors = (article.publisher, article.authors) if article else ("", ())
    summary, minutes = "", 0
    if writer.briefs and article:
        from convert.writers.book import briefs  # few formats have such lists

        summary, minutes = briefs.summary(article), briefs.minutes(article)
    if not writer.packed:
        part = RenderedArticle(rendered, 0, 0, publisher, authors, attached, summary=summary, minutes=minutes)
        if not (writer.keywords and article):
            return part
        from convert.writers.site.keywords import tags  # one format has pages of keywords

        return replace(part, subjects=article.keywords, tags=tags(article), language=article.language)
    from convert.writers.packed import pack  # only for outputs that are archives

    subjects, description = (article.keywords, article.description) if article else ((), "")
    formulas = b"<math " in rendered
    return RenderedArticle(
        *pack(rendered), publisher, authors, b"", formulas, subjects, description, summary=summary, minutes=minutes
    )
