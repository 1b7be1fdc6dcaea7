"""The sealed EPUB: the documents in the book's own order, its contents as a tree, its metadata, its cover."""

import zipfile
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import BinaryIO

from convert.pictures.model import Ready
from convert.sealing.original import Line, Metadata, Person
from convert.sealing.rendering import InsideLinks, Rendered, file_of, nodes
from convert.words import words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.metadata import accessibility
from convert.writers.book.names import STYLE_FILE, picture_file
from convert.writers.book.outline import nav_lines, ncx_lines
from convert.writers.book.pages import document
from convert.writers.epub import (
    COVER_IMAGE,
    MATHML,
    NCX_FILE,
    XHTML,
    page_ids,
    picture_ids,
)
from convert.writers.packed import Archive

FOLDER = "EPUB"
NAV_FILE = "nav.xhtml"
DAWN = "1980-01-01T00:00:00Z"
CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n<container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container">\n<rootfiles>\n'
    f'<rootfile full-path="{FOLDER}/content.opf" media-type="application/oebps-package+xml"/>\n'
    "</rootfiles>\n</container>\n"
)
VERTICAL = (
    "\nhtml, body { writing-mode: vertical-rl; -webkit-writing-mode: vertical-rl; -epub-writing-mode: vertical-rl }\n"
)


def style(*, vertical: bool) -> str:
    """Return the style sheet of the book."""
    own = files("convert.writers.book").joinpath("book.css").read_text("utf-8")
    return own + (VERTICAL if vertical else "")


class SealedBook:
    """Book that is written to a file."""

    def __init__(
        self, facts: Metadata, language: str, contents: Sequence[Line], links: InsideLinks, cover: Ready | None
    ) -> None:
        self._facts, self._language, self._cover = facts, language, cover
        self._contents, self._links = contents, links
        self._pictures: dict[str, str] = {}
        self._mathml: set[str] = set()
        self._wordless = 0

    def write(self, parts: Sequence[Rendered], out: BinaryIO) -> None:
        """Write the book."""
        with Archive(out) as self._out:
            self._out.writestr("mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
            self._out.writestr("META-INF/container.xml", CONTAINER)
            if self._cover:
                self._picture(self._cover)
            for part in parts:
                self._part(part)
            self._put(STYLE_FILE, style(vertical=self._facts.vertical))
            self._put(NAV_FILE, self._nav())
            self._put(NCX_FILE, self._ncx())
            self._put("content.opf", self._package(parts))

    def _put(self, name: str, content: str) -> None:
        self._out.writestr(f"{FOLDER}/{name}", content.encode("utf-8", "replace"))

    def _part(self, part: Rendered) -> None:
        article, name = part.read.article, file_of(part.read.document.key)
        page = document(part.html, title=article.title, language=article.language, style=f"../{STYLE_FILE}")
        self._put(name, page)
        if "<math " in part.html:
            self._mathml.add(name)
        self._wordless += part.wordless
        for picture in part.pictures:
            self._picture(picture)

    def _picture(self, picture: Ready) -> None:
        name = picture_file(picture)
        if name not in self._pictures:
            self._pictures[name] = picture.media_type
            with open(picture.path, "rb") as file:
                self._out.writestr(f"{FOLDER}/{name}", file.read(), zipfile.ZIP_STORED)

    # --- contents and package -----------------------------------------------------------------------------------------

    def _nav(self) -> str:
        title = words(self._language)["contents"]
        lines = "".join(nav_lines(nodes(self._contents, self._links, headings=True)))
        body = f'<nav epub:type="toc" id="toc">\n<h1>{text(title)}</h1>\n<ol>\n{lines}</ol>\n</nav>'
        return document(body, title=title, language=self._language, style=STYLE_FILE)

    def _ncx(self) -> str:
        lines = "".join(ncx_lines(nodes(self._contents, self._links, headings=False), [0]))
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" '
            f'version="2005-1">\n<head>\n<meta name="dtb:uid" content="{attribute(self._identifier)}"/>\n</head>\n'
            f"<docTitle><text>{text(self._facts.title or '–')}</text></docTitle>\n<navMap>\n{lines}</navMap>\n</ncx>\n"
        )

    @property
    def _identifier(self) -> str:
        return next(iter(self._facts.identifiers), "urn:uuid:00000000-0000-0000-0000-000000000000")

    def _package(self, parts: Sequence[Rendered]) -> str:
        direction = self._facts.direction
        spine = f' page-progression-direction="{direction}"' if direction else ""
        tag = attribute(self._language)
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
            f'unique-identifier="id" xml:lang="{tag}">\n'
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
            f"{''.join(self._statements())}</metadata>\n<manifest>\n{''.join(self._items(parts))}</manifest>\n"
            f'<spine toc="ncx"{spine}>\n{"".join(_itemrefs(parts))}</spine>\n</package>\n'
        )

    def _statements(self) -> Iterator[str]:
        facts = self._facts
        yield f'<dc:identifier id="id">{text(self._identifier)}</dc:identifier>\n'
        for each in facts.identifiers[1:]:
            yield f"<dc:identifier>{text(each)}</dc:identifier>\n"
        for title in facts.titles or ("–",):
            yield f"<dc:title>{text(title)}</dc:title>\n"
        for tag in facts.languages or (self._language,):
            yield f"<dc:language>{text(tag)}</dc:language>\n"
        for name, people in (("creator", facts.creators), ("contributor", facts.contributors)):
            for number, person in enumerate(people, 1):
                yield from _person(name, person, f"{name}{number}")
        for name, value in facts.others:
            yield f"<dc:{name}>{text(value)}</dc:{name}>\n"
        yield f'<meta property="dcterms:modified">{facts.modified or DAWN}</meta>\n'
        if self._pictures:
            for name, value in accessibility(described=not self._wordless):
                yield f'<meta property="schema:{name}">{value}</meta>\n'
        if self._cover:
            yield f'<meta name="cover" content="{picture_ids(self._pictures)[picture_file(self._cover)]}"/>\n'

    def _items(self, parts: Sequence[Rendered]) -> Iterator[str]:
        yield f'<item id="nav" href="{NAV_FILE}" media-type="{XHTML}" properties="nav"/>\n'
        yield f'<item id="ncx" href="{NCX_FILE}" media-type="application/x-dtbncx+xml"/>\n'
        yield f'<item id="style" href="{STYLE_FILE}" media-type="text/css"/>\n'
        for name, key in page_ids(_files(parts)):
            further = MATHML if name in self._mathml else ""
            yield f'<item id="{key}" href="{name}" media-type="{XHTML}"{further}/>\n'
        for name, key in picture_ids(self._pictures).items():
            further = COVER_IMAGE if self._cover and name == picture_file(self._cover) else ""
            yield f'<item id="{key}" href="{name}" media-type="{self._pictures[name]}"{further}/>\n'


def _files(parts: Sequence[Rendered]) -> Iterator[str]:
    return (file_of(part.read.document.key) for part in parts)


def _itemrefs(parts: Sequence[Rendered]) -> Iterator[str]:
    for part, (_, key) in zip(parts, page_ids(_files(parts)), strict=True):
        aside = "" if part.read.document.linear else ' linear="no"'
        yield f'<itemref idref="{key}"{aside}/>\n'


def _person(name: str, person: Person, key: str) -> Iterator[str]:
    yield f'<dc:{name} id="{key}">{text(person.name)}</dc:{name}>\n'
    if person.role:
        yield f'<meta refines="#{key}" property="role" scheme="marc:relators">{text(person.role)}</meta>\n'
    if person.sorted:
        yield f'<meta refines="#{key}" property="file-as">{text(person.sorted)}</meta>\n'
