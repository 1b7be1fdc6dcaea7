"""EPUB 3.3: one book from a volume and a stream of its chapters.

EbookLib makes the package document, the contents and the NCX from its book object; the chapters pass through into the
archive one by one, so that memory does not grow with their text.  The same volume gives the same bytes, whatever the
clock, the folder, the time zone or the locale.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from typing import Any, BinaryIO, NamedTuple

from ebooklib import epub
from lxml import etree

from convert.errors import ConvertError
from convert.model import Section, Volume
from convert.words import words
from convert.writers.names import CONTENTS_FILE, STYLE_FILE, file_name, relative, section_file
from convert.writers.options import Options
from convert.writers.pages import document
from convert.writers.volume import NOTHING, cover_lines, heading, identifier, label, moment, newest, visible
from convert.writers.xhtml import text

COVER_FILE, NCX_FILE = "cover.xhtml", "toc.ncx"
XHTML = "application/xhtml+xml"
DAWN = datetime(1980, 1, 1, tzinfo=UTC)
"""The first moment that a ZIP archive can name (APPNOTE 4.4.6); the date of books whose articles have none."""

SUMMARIES = {
    "zh-Hans": "文字可随屏幕重新排版，有目录，按阅读顺序排列。",
    "zh-Hant": "文字可隨螢幕重新排版，有目錄，按閱讀順序排列。",
    "en": "Reflowable text in reading order, with a table of contents.",
}
ACCESSIBILITY = (
    ("accessMode", "textual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "displayTransformability"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityFeature", "unlocked"),
    ("accessibilityHazard", "none"),
)
"""EPUB Accessibility 1.1, section 2.  It claims no conformance: nobody has evaluated each book."""

# --- the package -----------------------------------------------------------------------------------------------------

PLACE = "place-of-the-pages"
"""Stands for all pages in what EbookLib makes: its elements for 100,000 of them take 190 MB, lines of text a tenth."""

PLACES = {
    "item": re.compile(rf" *<item [^>]*{PLACE}[^>]*/>\s*"),
    "itemref": re.compile(rf" *<itemref idref=.{PLACE}./>\s*"),
    "li": re.compile(rf" *<li>\s*<a href=.{PLACE}.>.*?</li>\s*", re.DOTALL),
    "navPoint": re.compile(rf" *<navPoint id=.{PLACE}.>.*?</navPoint>\s*", re.DOTALL),
}


class Page(NamedTuple):
    """A page of the book: its file, its title in the contents, how to make it in its turn, whether it leads others."""

    name: str
    title: str
    make: Callable[[], str | bytes]
    leads: bool = False

    @property
    def id(self) -> str:
        """Its name in the manifest: the same in each build, an NCName (Namespaces in XML, section 4), one to one."""
        return "x-" + self.name.replace("_", "__").replace("/", "_-")


def fill(made: bytes, element: str, lines: Iterable[str]) -> bytes:
    """What EbookLib made, with `lines` instead of the element that stands for all pages."""
    before, after = PLACES[element].split(made.decode(), 1)
    return "".join([before, *lines, after]).encode()


def contents(pages: Iterable[Page], point: str, down: str, up: str) -> Iterator[str]:
    """Lines of contents: `point` for each page, and between `down` and `up` the pages that it leads."""
    start, end = point.split("|")
    led = False
    for page in pages:
        if led and page.leads:
            yield up + end
        yield start.format(id=page.id, name=page.name, title=text(page.title)) + (down if page.leads else end)
        led = led or page.leads
    if led:
        yield up + end


class Archive(zipfile.ZipFile):
    """A ZIP archive whose bytes depend on its members alone."""

    def writestr(
        self, name: Any, data: Any, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        """Write a member, with fixed date, system and mode (APPNOTE, section 4.4); zlib's default level is 6."""
        member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        member.create_system = 3  # Unix, also when written on Windows: it tells how to read the next field
        member.external_attr = 0o100644 << 16
        super().writestr(member, data, zipfile.ZIP_DEFLATED if compress_type is None else compress_type, compresslevel)


class Writer(epub.EpubWriter):  # type: ignore[misc]
    """EbookLib's writer for pages that come one by one; `pages` begins their list anew at each call."""

    def __init__(self, out: BinaryIO, book: epub.EpubBook, pages: Callable[[], Iterator[Page]], modified: datetime):
        super().__init__(out, book, {"epub3_pages": False, "mtime": modified})
        self.pages = pages

    def write(self) -> None:
        """Write `mimetype`, first and stored (EPUB 3.3, section 4.2.2), the package, the contents, then the pages."""
        with Archive(self.file_name, "w") as self.out:
            self.out.writestr("mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
            self._write_container()
            self._write_opf()
            self.book.items.pop()  # the place of the pages
            self._write_items()
            for page in self.pages():
                self.out.writestr(f"{self.book.FOLDER_NAME}/{page.name}", page.make())

    def _write_opf_file(self, root: Any) -> None:
        made = etree.tostring(root, pretty_print=True, encoding="utf-8", xml_declaration=True)
        items = (f'    <item href="{page.name}" id="{page.id}" media-type="{XHTML}"/>\n' for page in self.pages())
        order = (f'    <itemref idref="{page.id}"/>\n' for page in self.pages())
        filled = fill(fill(made, "item", items), "itemref", order)
        self.out.writestr(f"{self.book.FOLDER_NAME}/content.opf", filled)

    def _get_nav(self, item: Any) -> bytes:
        # EPUB 3.3, section 7.  Landmarks are for machines: a reader who turns the pages must not meet them.
        made = super()._get_nav(item).replace(b'epub:type="landmarks"', b'epub:type="landmarks" hidden="hidden"')
        point = '<li><a href="{name}">{title}</a>|</li>\n'
        return fill(made, "li", contents(self.pages(), point, "\n<ol>\n", "</ol>"))

    def _get_ncx(self) -> bytes:
        # OPF 2.0.1, section 2.4.1: the contents for reading systems of EPUB 2.
        point = '<navPoint id="{id}"><navLabel><text>{title}</text></navLabel><content src="{name}"/>|</navPoint>\n'
        return fill(super()._get_ncx(), "navPoint", contents(self.pages(), point, "\n", ""))


def make_book(volume: Volume, first: Page, alone: bool) -> epub.EpubBook:
    """EbookLib's book object: metadata, style, cover and contents, and one item in the place of all pages."""
    title, when = visible(volume.title), newest(volume)
    named, summary = words(volume.language)["contents"], SUMMARIES.get(volume.language, SUMMARIES["en"])
    book = epub.EpubBook()
    book.set_identifier(identifier(volume).urn)
    book.set_title(title)
    book.set_language(volume.language)
    if when:
        book.add_metadata("DC", "date", f"{when:%Y-%m-%d}")
    for name, value in (*ACCESSIBILITY, ("accessibilitySummary", summary)):
        book.add_metadata(None, "meta", value, {"property": f"schema:{name}"})

    style = (files("convert.writers") / "book.css").read_bytes()
    body = "".join(f"<p>{text(line)}</p>" for line in cover_lines(volume))
    body = f'<section class="cover"><h1>{text(title)}</h1>{body}</section>'
    page = document(body, title=title, language=volume.language, style=STYLE_FILE)
    cover = epub.EpubItem("cover", COVER_FILE, XHTML, page.encode())
    nav = epub.EpubNav("nav", CONTENTS_FILE, XHTML, named)
    nav.add_link(href=STYLE_FILE)
    pages = epub.EpubHtml(PLACE, PLACE, XHTML, title=PLACE)

    book.items = [epub.EpubItem("style", STYLE_FILE, "text/css", style), epub.EpubNcx(file_name=NCX_FILE), nav]
    book.items += [pages] if alone else [cover, pages]
    book.spine = [pages] if alone else [cover, nav, pages]
    book.toc = [pages]
    book.guide = [] if alone else [{"type": "toc", "title": named, "href": CONTENTS_FILE}]
    book.guide.append({"type": "text", "title": first.title, "href": first.name})
    return book


def section_page(section: Section, language: str) -> str:
    """The page before a section's articles: its title, and its contents with dates."""
    here, title = section_file(section), heading(section)
    lines = (
        f'<li><a href="{relative(file_name(entry), here)}">{text(label(entry))}</a>'
        + (f" <time>{text(entry.published[:10])}</time>" if moment(entry.published) else "")
        + "</li>\n"
        for entry in section.entries
    )
    body = f'<section class="contents"><h1>{text(title)}</h1>\n<ol>\n{"".join(lines)}</ol></section>'
    return document(body, title=title, language=language, style=relative(STYLE_FILE, here))


def bind(volume: Volume, chapters: Iterator[bytes], out: BinaryIO, options: Options) -> None:
    """Write `volume` to `out` as EPUB.

    `chapters` yields the whole XHTML document of each of `volume.entries()`, in their order; each is asked for when
    its turn comes.  `options` says nothing that the chapters do not already follow.  `out` must be seekable.
    Raises ConvertError for a volume without articles, ValueError where chapters and entries differ in number.
    """
    count = sum(1 for _ in volume.entries())
    if not count:
        raise ConvertError(NOTHING)

    def chapter() -> bytes:
        if (made := next(chapters, None)) is None:
            raise ValueError("fewer chapters than entries")
        return made

    def pages() -> Iterator[Page]:
        for section in volume.sections:
            if section.entries and count > 1:
                make = partial(section_page, section, volume.language)
                yield Page(section_file(section), heading(section), make, leads=True)
            for entry in section.entries:
                yield Page(file_name(entry), label(entry), chapter)

    book = make_book(volume, next(pages()), alone=count == 1)
    Writer(out, book, pages, newest(volume) or DAWN).write()
    if next(chapters, None) is not None:
        raise ValueError("more chapters than entries")
