"""Books in EPUB 2 and 3 as archives: each content document of the spine is a document, with its title in the contents.

An index that is damaged is read as far as it goes: without one, the content documents come in the order of the file.
"""

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import PurePath
from typing import Any, NamedTuple, cast
from urllib.parse import quote, unquote

from lxml import etree
from msgspec.structs import replace

from convert.errors import DocumentError, SourceError
from convert.messages import message
from convert.sources import archives, salvage
from convert.sources.chapters import as_html, has_text, heading
from convert.sources.containers import Record
from convert.sources.envelope import Envelope
from convert.sources.pictures import content_address, references
from convert.sources.ref import Ref, Refusal
from convert.text import collapse, printable
from convert.urls import UNKNOWN_SITE

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
DIALECT = "epub"
OWN = "x-about.xhtml"
"""Identifier that a page has in the manifest of a book that this program wrote."""

_MIMETYPE = b"mimetypeapplication/epub+zip"
_CONTENT = ("application/xhtml+xml", "text/html", "application/html", "text/x-oeb1-document")
_NAMES = (".xhtml", ".html", ".htm", ".xht")
_PICTURE = re.compile(r"\.(?:apng|avif|bmp|gif|jpe?g|png|svg|tiff?|webp)\Z", re.I)
_COVER = re.compile(r"""<(?:body|section)\b[^<>]*\btype\s*=\s*["'](?:[\w ]* )?cover["' ]""", re.I)
_FOLDER = re.compile(r"(.*?)texts?/")
_OURS = re.compile(rb"""<body>\n<article id="[ab]-[^"]*" lang=""")
"""The beginning of a chapter in a book that this program wrote."""
_LEFT_OUT = 'class="left-out"'
_SOURCE = re.compile(r'<p class="source">[^<]*<a href="([^"]*)"')


class Chapter(NamedTuple):
    """Content document of a book."""

    ref: Ref
    """The member of the zip archive."""
    path: str
    """Its path as a document: with its number in the spine, so that paths have the order of the book."""
    title: str
    """Its title in the contents, "" if it has none there."""
    is_cover: bool = False


def detect(start: bytes, names: frozenset[str]) -> bool:
    """Return True if a file is a book in EPUB, by its first bytes or the names in it."""
    return _MIMETYPE in start[:200] or CONTAINER in names


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the documents of a book in the order of its spine; those that are no articles are refused.

    Raises:
        SourceError: no content document can be read.
    """
    book = Book(root)
    if not book.chapters:
        raise SourceError("{path}: no chapter can be read in this EPUB file; get another copy", path=printable(root))
    archive = Archive(root, book)
    try:
        for number, chapter in enumerate(book.chapters):
            place = (number, *cast("tuple[int, ...]", chapter.ref.member)[:1], 0)
            yield archive.refusal(chapter) or Ref(root, chapter.path, place, chapter.ref.size)
        yield from book.refused
    finally:
        archive.close()


class Book:
    """Index of a book: its content documents in order, and its metadata."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.refused: list[Refusal] = []
        try:
            found = archives.members(root, "zip")
        except SourceError as error:
            found = list(salvage.members(root))
            self.refused.append(Refusal(root, "EPUB", "SRC001", error.message))
        self.files = {each.path: each for each in found if isinstance(each, Ref)}
        self._lower = {path.lower(): path for path in self.files}
        self._unread = {each.path: each for each in found if isinstance(each, Refusal)}
        self.folder = ""
        self.is_whole = True
        self.covers: set[str] = set()
        self.broken: set[str] = set()
        """Paths of index files that cannot be parsed to their end."""
        self.contents: set[str] = set()
        self._items: dict[str, tuple[str, str, str]] = {}
        self._spine: list[str] = []
        self._ncx = ""
        self.metadata = _metadata(None, PurePath(root).stem)
        archive = archives.reopen(root, (0, 0, 0, 0))
        try:
            self._zip = archive
            self._read_package()
            self.own = OWN in self._items or (not self.is_whole and self._looks_own())
            self.encrypted = self._read_encryption()
            labels = self._labels()
        finally:
            archive.close()
        self.chapters = [*self._chapters(labels)]
        self.paths = {chapter.ref.path: chapter.path for chapter in self.chapters}

    def find(self, reference: str, folder: str) -> str:
        """Return the path of the member that a reference in `folder` names, "" if there is none."""
        for name in (reference.partition("#")[0], unquote(reference.partition("#")[0])):
            path = posixpath.normpath(posixpath.join(folder, name)).lstrip("/") if name else ""
            if found := path if path in self.files else self._lower.get(path.lower(), ""):
                return found
        return ""

    def alias(self, path: str) -> str:
        """Return the address by which other chapters lead to the one with a path."""
        return f"{UNKNOWN_SITE}/{quote(PurePath(self.root).stem)}/{quote(path)}/"

    def _xml(self, path: str) -> Any:
        """Return the root of an XML file, as far as it can be parsed; None if there is none."""
        if (ref := self.files.get(path) or self.files.get(self._lower.get(path.lower(), ""))) is None:
            return None
        parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
        tree = None
        with suppress(DocumentError, etree.LxmlError, ValueError):
            data = self._zip.read(cast("tuple[int, ...]", ref.member), ref.size)
            tree = etree.fromstring(data.strip(), parser)
        if tree is None or len(parser.error_log):
            self.broken.add(path)
        return tree

    def _read_package(self) -> None:
        """Read manifest, spine, guide and metadata; of several packages, the first that is there."""
        paths = [str(each.get("full-path") or "") for each in _elements(self._xml(CONTAINER), "rootfile")]
        paths += sorted(path for path in self.files if path.lower().endswith(".opf"))
        package = next((found for path in paths if (found := self.find(path, ""))), "")
        self.folder = posixpath.dirname(package)
        tree = self._xml(package) if package else None
        if tree is None or package in self.broken:
            self.is_whole = False
            self.refused.append(Refusal(self.root, package or "package", "SRC001", message("epub-damaged-package")))
            self.contents |= {path for path in self.files if posixpath.basename(path).lower() in _NAV_NAMES}
        for each in _elements(tree, "item"):
            kind, properties = str(each.get("media-type") or "").lower(), str(each.get("properties") or "")
            path = self.find(str(each.get("href") or ""), self.folder) or self._refused(str(each.get("href") or ""))
            self._items.setdefault(str(each.get("id") or ""), (path, kind, properties))
            if "nav" in properties.split():
                self.contents.add(path)
        self._spine = [self._items.get(str(each.get("idref")), ("", "", ""))[0] for each in _elements(tree, "itemref")]
        for each in _elements(tree, "spine"):
            self._ncx = self._items.get(str(each.get("toc")), ("", "", ""))[0]
        for each in _elements(tree, "reference"):
            if str(each.get("type") or "").lower() == "cover":
                self.covers.add(self.find(str(each.get("href") or ""), self.folder))
        self.metadata = _metadata(tree, PurePath(self.root).stem)

    def _refused(self, reference: str) -> str:
        path = posixpath.normpath(posixpath.join(self.folder, unquote(reference)))
        return path if path in self._unread else ""

    def _looks_own(self) -> bool:
        """Return True if a book whose package is damaged has a chapter as this program writes them."""
        for path, ref in self.files.items():
            if match := _FOLDER.match(path):
                with suppress(DocumentError):
                    page = self._zip.read(cast("tuple[int, ...]", ref.member), ref.size)
                    if _OURS.search(page):
                        self.folder = match[1].rstrip("/")
                        return True
                return False
        return False

    def _read_encryption(self) -> set[str]:
        references = _elements(self._xml(ENCRYPTION), "CipherReference")
        return {self.find(str(each.get("URI") or ""), "") for each in references} - {""}

    def _labels(self) -> dict[str, str]:
        """Return the titles in the contents by the paths of content documents: of several, that of the whole file."""
        whole: dict[str, str] = {}
        part: dict[str, str] = {}
        for path in sorted(self.contents):
            for each in _elements(self._xml(path), "nav"):
                kind = next((str(value) for name, value in each.attrib.items() if str(name).endswith("type")), "toc")
                for link in _elements(each, "a"):
                    href = str(link.get("href") or "")
                    file = self.find(href, posixpath.dirname(path))
                    if "landmarks" in kind and str(link.get(_EPUB_TYPE) or "") == "cover":
                        self.covers.add(file)
                    elif "toc" in kind:
                        (part if "#" in href else whole).setdefault(file, collapse("".join(link.itertext())).strip())
        listed = (path for path, kind, _ in self._items.values() if kind == _NCX)
        ncx = self._ncx or next(listed, "") or next((path for path in self.files if path.endswith(".ncx")), "")
        for each in _elements(self._xml(ncx) if ncx else None, "navPoint"):
            text = next(_elements(each, "text"), None)
            content = next(_elements(each, "content"), None)
            if text is not None and content is not None:
                href = str(content.get("src") or "")
                file = self.find(href, posixpath.dirname(ncx))
                (part if "#" in href else whole).setdefault(file, collapse("".join(text.itertext())).strip())
        return {**part, **whole}

    def _chapters(self, labels: dict[str, str]) -> Iterator[Chapter]:
        kinds = {path: kind for path, kind, _ in self._items.values()}
        order = [path for path in dict.fromkeys(self._spine) if path]
        if not order or not self.is_whole or "" in self._spine:
            others = (path for path in self.files if kinds.get(path) in _CONTENT or path.lower().endswith(_NAMES))
            order = [*dict.fromkeys((*order, *others))]
        width = len(str(len(order)))
        for number, path in enumerate(order, 1):
            if (refused := self._unread.get(path)) is not None:
                self.refused.append(refused)
            elif path in self.files:
                name = f"{number:0{width}d}-{posixpath.basename(path)}"
                shown = posixpath.relpath(path, self.folder or ".") if self.own else name
                yield Chapter(self.files[path], shown, labels.get(path, ""), path in self.covers)
        missing = sum(not path for path in self._spine)
        if missing:
            lost = message("epub-missing-items", count=missing)
            self.refused.append(Refusal(self.root, printable(posixpath.join(self.folder, "spine")), "SRC001", lost))


_NAV_NAMES = ("nav.xhtml", "nav.html", "toc.xhtml", "toc.html")
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_NCX = "application/x-dtbncx+xml"


def _elements(tree: Any, name: str) -> Iterator[Any]:
    """Yield the elements of a tree with a local name, in whatever namespace."""
    if tree is not None:
        for each in tree.iter():
            if isinstance(each.tag, str) and each.tag.rpartition("}")[2] == name:
                yield each


def _metadata(tree: Any, stem: str) -> Envelope:
    """Return what a package says of its book (Dublin Core)."""
    roles = {
        str(each.get("refines") or "").removeprefix("#"): (each.text or "").strip()
        for each in _elements(tree, "meta")
        if each.get("property") == "role"
    }

    def values(name: str) -> list[tuple[Any, str]]:
        found = ((each, collapse("".join(each.itertext())).strip()) for each in _elements(tree, name))
        return [(each, value) for each, value in found if value]

    def role(each: Any) -> str:
        return roles.get(str(each.get("id") or "")) or str(each.get("{http://www.idpf.org/2007/opf}role") or "aut")

    def first(name: str) -> str:
        return next((value for _, value in values(name)), "")

    creators = values("creator")
    authors = [value for each, value in creators if role(each) == "aut"] or [value for _, value in creators]
    days = [day for _, value in values("date") if (day := _day(value))]
    return Envelope(
        authors=tuple(dict.fromkeys(authors)),
        published=next(iter(days), ""),
        publisher=first("publisher"),
        language=first("language"),
        section=stem,
        section_name=first("title"),
        whole=True,
        dialect=DIALECT,
    )


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value[:10]).isoformat() if len(value) >= 10 else ""
    except ValueError:
        return ""


class Archive:
    """Open book from which chapters are read."""

    def __init__(self, root: str, book: Book | None = None) -> None:
        self._root = root
        self._given = book
        self._zip = archives.reopen(root, (0, 0, 0, 0))
        self.close = self._zip.close
        self._addresses: dict[str, str] = {}

    @cached_property
    def _book(self) -> Book:
        return self._given or Book(self._root)

    def read(self, place: tuple[int, ...], size: int) -> Record:
        """Return a chapter, as UTF-8 that a parser of HTML reads, with what the book says of it.

        Raises:
            DocumentError: SRC001 if it is damaged or no longer there.
        """
        number, book = place[0], self._book
        if not 0 <= number < len(book.chapters):
            raise DocumentError("SRC001", message("cut-short-while-read"))
        chapter = book.chapters[number]
        page = as_html(self._content(chapter.ref))
        of_book = replace(book.metadata, aliases=(book.alias(chapter.path),))
        envelope = Envelope(whole=True, own=True) if book.own else of_book
        title, pictures = chapter.title or heading(page), self._pictures(page, chapter)
        return Record(
            b"\xef\xbb\xbf" + page.encode("utf-8", "replace"), "", replace(envelope, title=title, pictures=pictures)
        )

    def refusal(self, chapter: Chapter) -> Refusal | None:
        """Return why a content document is no article, None if it is one."""
        book, path = self._book, chapter.ref.path
        if path in book.encrypted:
            return Refusal(self._root, chapter.path, "SRC003", message("epub-encrypted"))
        if path in book.contents:
            return Refusal(self._root, chapter.path, "SRC004", message("epub-contents"))
        try:
            page = as_html(self._content(chapter.ref))
        except DocumentError as error:
            return Refusal(self._root, chapter.path, error.code, error.message)
        if book.own and (not path.startswith(_chapters_of(book.folder)) or _LEFT_OUT in page):
            return Refusal(self._root, chapter.path, "SRC004", message("epub-front-matter"))
        if chapter.is_cover or _COVER.search(page[:4000]):
            return Refusal(self._root, chapter.path, "SRC004", message("epub-cover"))
        return None if has_text(page) else Refusal(self._root, chapter.path, "SRC004", message("epub-without-text"))

    def _content(self, ref: Ref) -> bytes:
        return self._zip.read(cast("tuple[int, ...]", ref.member), ref.size)

    def _pictures(self, page: str, chapter: Chapter) -> dict[str, str]:
        """Return the addresses of pictures in the book, and of our own articles that links lead to."""
        book, folder = self._book, posixpath.dirname(chapter.ref.path)
        found: dict[str, str] = {}
        for written in references(page):
            reference = written.strip()
            if reference in found or reference.startswith("#") or re.match(r"[A-Za-z][\w+.-]*:", reference):
                continue
            path = book.find(reference, folder)
            if path and (_PICTURE.search(path) or book.own):
                if path not in self._addresses:
                    self._addresses[path] = self._address(book.files[path])
                found[reference] = self._addresses[path]
            elif path in book.paths:
                found[reference] = book.alias(book.paths[path]) + "".join(reference.partition("#")[1:])
            elif not path and _PICTURE.search(reference):
                found[reference] = ""
        return found

    def _address(self, ref: Ref) -> str:
        try:
            data = self._content(ref)
        except DocumentError:
            return ""
        if _PICTURE.search(ref.path):
            return content_address(data)
        source = _SOURCE.search(data.decode("utf-8", "replace"))
        return source[1].replace("&amp;", "&") if source else ""


def _chapters_of(folder: str) -> tuple[str, ...]:
    return tuple(posixpath.join(folder, name) for name in ("text/", "texts/"))
