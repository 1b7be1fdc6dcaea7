"""EPUB 3.3: one book from a volume and a stream of its chapters.

EbookLib makes the package document, the contents and the NCX from its book object.  The chapters, which workers have
deflated already, are written to the archive one by one, so that memory does not grow with their text.  The pages about
the book come last, after all chapters.  The same volume gives the same bytes, whatever the clock, the folder, the time
zone or the locale.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from itertools import chain
from typing import Any, BinaryIO

from ebooklib import epub
from lxml import etree

from convert.errors import ConvertError
from convert.model import Volume
from convert.text import visible
from convert.writers.book import cover, metadata
from convert.writers.book.names import CONTENTS_FILE, STYLE_FILE, file_name, picture_file
from convert.writers.book.outline import ABOUT_FILE, COVER_FILE, Book, depth, nav_lines, ncx_lines
from convert.writers.book.passages import direction
from convert.writers.book.volume import NOTHING, identifier, newest
from convert.writers.options import FILE, Options
from convert.writers.packed import Archive
from convert.writers.part import RenderedArticle, Tally

NCX_FILE = "toc.ncx"
XHTML = "application/xhtml+xml"
MATHML = ' properties="mathml"'
"""Attribute of a page with MathML in the manifest (EPUB 3.3, appendix D.2.5)."""
ABOUT_ID = "x-about.xhtml"
"""Identifier of the page about a book, by which `convert.sources.epub` knows that this program wrote it."""
COVER_ID = "cover-picture"
COVER_IMAGE = ' properties="cover-image"'
"""Attribute of the cover's picture in the manifest (EPUB 3.3, appendix D.2.3)."""
LEAST_COVER = 320
"""Least width in pixels of a picture that can be the cover."""
DAWN = datetime(1980, 1, 1, tzinfo=UTC)
"""Earliest date of a member of a ZIP archive (APPNOTE 4.4.6); the date of books whose articles have none."""


# --- the package -----------------------------------------------------------------------------------------------------

PLACEHOLDER = "place-of-the-pages"
"""Placeholder for all pages in EbookLib's XML: elements for 100,000 pages take 190 MB, lines of text a tenth."""

PLACEHOLDERS = {
    "item": re.compile(rf" *<item [^>]*{PLACEHOLDER}[^>]*/>\s*".encode()),
    "itemref": re.compile(rf" *<itemref idref=.{PLACEHOLDER}./>\s*".encode()),
    "li": re.compile(rf" *<li>\s*<a href=.{PLACEHOLDER}.>.*?</li>\s*".encode(), re.DOTALL),
    "navPoint": re.compile(rf" *<navPoint id=.{PLACEHOLDER}.>.*?</navPoint>\s*".encode(), re.DOTALL),
}


def page_ids(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each page with its identifier in the manifest, an NCName (Namespaces in XML, section 4).

    It is short, since foliate-js compares that of each page with those of all: of 20,000 pages, the first is there in
    2.0 s with numbers, in 3.4 s with names.
    """
    return ((name, ABOUT_ID if name == ABOUT_FILE else f"p{number}") for number, name in enumerate(names))


def picture_ids(names: Iterable[str]) -> dict[str, str]:
    """Return the identifier of each picture in the manifest."""
    return {name: f"i{number}" for number, name in enumerate(names)}


def fill(xml: bytes, **lines: Iterable[str]) -> bytearray:
    """Return EbookLib's XML with lines in place of each placeholder; the arguments are in the document's order."""
    filled = bytearray()
    for element, inside in lines.items():
        before, xml = PLACEHOLDERS[element].split(xml, 1)
        filled += before
        for line in inside:
            filled += line.encode("utf-8", "ignore")
    filled += xml
    return filled


class Writer(epub.EpubWriter):  # type: ignore[misc]
    """EbookLib's writer, made to take chapters one by one."""

    def __init__(self, out: BinaryIO, volume: Volume, options: Options, tally: Tally, modified: datetime) -> None:
        self.pages = Book(volume, tally)
        self.with_mathml: set[str] = set()
        self.with_lead = options.cover == "lead"
        """True if the first picture of a lead is the cover, as long as none has come."""
        drawn = picture_of_cover(volume, options)
        self.cover = self.drawn = drawn.file_name
        self.ground = "" if options.cover == FILE else cover.colours(volume.title)[0]
        self.pictures: dict[str, str] = {}
        """Media type of each picture, by its file."""
        self.wordless = 0
        super().__init__(out, make_book(self.pages, drawn), {"epub3_pages": False, "mtime": modified})

    def write(self, chapters: Iterator[RenderedArticle]) -> None:
        """Write `mimetype`, first and stored (EPUB 3.3, section 4.2.2), the chapters, then the files about them.

        Raises:
            ValueError: chapters and entries differ in number.
        """
        with Archive(self.file_name) as self.out:
            self.out.writestr("mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
            self._write_container()
            for entry in self.pages.volume.entries():
                if (part := next(chapters, None)) is None:
                    raise ValueError("fewer chapters than entries")
                self.pages.tally.note(part)
                if self.pages.alone:
                    self._describe(metadata.of_article(part))
                self.out.add(f"{self.book.FOLDER_NAME}/{file_name(entry.path)}", part)
                self._add_pictures(part)
                if part.mathml:
                    self.with_mathml.add(file_name(entry.path))
            if next(chapters, None) is not None:
                raise ValueError("more chapters than entries")
            for name, content in self.pages.other_files(self.cover, self.ground if self.cover == self.drawn else ""):
                self.out.writestr(f"{self.book.FOLDER_NAME}/{name}", content)
            self._tell_of_pictures()
            if not self.pages.alone:
                self._describe(metadata.of_book(self.pages.volume, self.pages.tally))
            self._write_opf()
            self.book.items.pop()  # the placeholder for all pages
            self._write_items()

    def _add_pictures(self, part: RenderedArticle) -> None:
        """Write the pictures of a part, each unless it is in the book already."""
        self.wordless += part.wordless
        for picture in part.pictures:
            name = picture_file(picture)
            if name not in self.pictures:
                self.pictures[name] = picture.media_type
                with open(picture.path, "rb") as file:
                    self.out.writestr(f"{self.book.FOLDER_NAME}/{name}", file.read(), zipfile.ZIP_STORED)
            if self.with_lead and picture.name == part.lead and picture.width >= LEAST_COVER:
                self.cover, self.with_lead = name, False

    def _tell_of_pictures(self) -> None:
        """Write into the metadata what the pictures of the book mean for its accessibility, and which is its cover."""
        metas = self.book.metadata[None]["meta"]
        if self.pictures:
            told = metadata.accessibility(described=not self.wordless)
            metas[: len(metadata.ACCESSIBILITY)] = [(value, {"property": f"schema:{name}"}) for name, value in told]
        if self.cover != self.drawn:
            self.book.items = [each for each in self.book.items if each.id != COVER_ID]
            place = metas.index(("", {"name": "cover", "content": COVER_ID}))
            metas[place] = ("", {"name": "cover", "content": picture_ids(self.pictures)[self.cover]})

    def _describe(self, terms: Iterable[tuple[str, str]]) -> None:
        """Write terms of Dublin Core into the metadata of the book."""
        for term, value in terms:
            self.book.add_metadata("DC", term, value)

    def _write_opf_file(self, root: Any) -> None:
        root.set("{http://www.w3.org/XML/1998/namespace}lang", self.book.language)
        package = etree.tostring(root, pretty_print=True, encoding="utf-8", xml_declaration=True)
        items = (
            f'    <item href="{name}" id="{key}" media-type="{XHTML}"{MATHML if name in self.with_mathml else ""}/>\n'
            for name, key in page_ids(self.pages.spine())
            if name != CONTENTS_FILE
        )
        pictures = (
            f'    <item href="{name}" id="{key}" media-type="{self.pictures[name]}"'
            f"{COVER_IMAGE if name == self.cover else ''}/>\n"
            for name, key in picture_ids(self.pictures).items()
        )
        order = (
            f'    <itemref idref="{"nav" if name == CONTENTS_FILE else key}"/>\n'
            for name, key in page_ids(self.pages.spine())
        )
        self.out.writestr(
            f"{self.book.FOLDER_NAME}/content.opf", fill(package, item=chain(items, pictures), itemref=order)
        )

    def _get_nav(self, item: Any) -> bytearray:
        # EPUB 3.3, section 7.  Landmarks are for machines: a reader who turns the pages must not see them.
        nav = super()._get_nav(item).replace(b'epub:type="landmarks"', b'epub:type="landmarks" hidden="hidden"')
        nav = nav.replace(b'id="id"', b'id="contents"').replace(b"<h2>", b"<h1>", 1).replace(b"</h2>", b"</h1>", 1)
        return fill(nav, li=nav_lines(self.pages.contents(), self.pages.volume.language))

    def _get_ncx(self) -> bytearray:
        deep = f'content="{depth(self.pages.contents())}" name="dtb:depth"'.encode()
        ncx = super()._get_ncx().replace(b'content="0" name="dtb:depth"', deep)
        return fill(ncx, navPoint=ncx_lines(self.pages.contents(), [0]))


def picture_of_cover(volume: Volume, options: Options) -> epub.EpubCover:
    """Return the file of the cover, unless that is a picture of an article."""
    own = options.cover_picture
    if own:
        with open(own.path, "rb") as file:
            suffix, media_type, content = own.name.rpartition(".")[2], own.media_type, file.read()
    elif options.cover == "png":
        suffix, media_type, content = "png", "image/png", cover.png(volume)
    else:
        suffix, media_type, content = "svg", "image/svg+xml", cover.svg(volume)
    picture = epub.EpubCover(COVER_ID, f"cover.{suffix}")
    picture.media_type, picture.content = media_type, content
    return picture


def make_book(pages: Book, picture: epub.EpubCover) -> epub.EpubBook:
    """Return EbookLib's book object: metadata, style, cover, contents, and one placeholder for all pages."""
    volume = pages.volume
    title, when = visible(volume.title), newest(volume)
    summary = metadata.SUMMARIES.get(volume.language, metadata.SUMMARIES["en"])
    book = epub.EpubBook()
    book.set_identifier(identifier(volume).urn)
    book.set_title(title)
    book.set_language(volume.language)
    if direction(volume.language) == "rtl":
        book.set_direction("rtl")
    if when:
        book.add_metadata("DC", "date", f"{when:%Y-%m-%d}")
    channels = [section.title for section in volume.sections if section.title]
    for channel in channels if len(channels) > 1 else ():
        book.add_metadata("DC", "subject", visible(channel))
    for name, value in (*metadata.ACCESSIBILITY, ("accessibilitySummary", summary)):
        book.add_metadata(None, "meta", value, {"property": f"schema:{name}"})
    book.add_metadata(None, "meta", "", {"name": "cover", "content": COVER_ID})  # for EPUB 2
    for meta in metadata.series(volume):
        book.add_metadata(None, "meta", meta.value, meta.attributes)

    style = epub.EpubItem("style", STYLE_FILE, "text/css", (files("convert.writers.book") / "book.css").read_bytes())
    nav = epub.EpubNav("nav", CONTENTS_FILE, XHTML, pages.words["contents"])
    nav.add_link(href=STYLE_FILE)
    place = epub.EpubHtml(PLACEHOLDER, PLACEHOLDER, XHTML, title=PLACEHOLDER)
    first = next(pages.contents())

    book.items = [style, epub.EpubNcx(file_name=NCX_FILE), nav, picture, place]
    book.spine, book.toc = [place], [place]
    book.guide = [{"type": "cover", "title": pages.words["cover"], "href": COVER_FILE}]
    if not pages.alone:
        book.guide.append({"type": "toc", "title": pages.words["contents"], "href": CONTENTS_FILE})
    book.guide.append({"type": "text", "title": first.title, "href": first.href})
    return book


def bind(volume: Volume, chapters: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally) -> None:
    """Write `volume` to `out` as EPUB.

    `chapters` yields the whole XHTML document of each of `volume.entries()`, deflated, in their order, and is read one
    by one.  `tally` is complete after the last chapter.  `out` must be seekable.

    Raises:
        ConvertError: the volume has no articles.
        ValueError: chapters and entries differ in number.
    """
    if next(volume.entries(), None) is None:
        raise ConvertError(NOTHING)
    Writer(out, volume, options, tally, newest(volume) or DAWN).write(chapters)
