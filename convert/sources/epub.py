"""Books in EPUB 2 and 3 as archives: each content document of the spine is a document, with its title in the contents.

An index that is damaged is read as far as it goes: without one, the content documents come in the order of the file.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import PurePath
from typing import Any, NamedTuple, cast
from urllib.parse import quote, unquote

from lxml import etree
from msgspec.structs import replace

from convert.errors import DocumentError, SourceError
from convert.messages import message
from convert.sources import archives, salvage
from convert.sources.chapters import as_html, has_text, heading, of_ours
from convert.sources.containers import Record
from convert.sources.fragments import Division
from convert.sources.package import Listed, covers, elements, is_toc, metadata, of_nav, of_ncx, without_halves
from convert.sources.pictures import content_address, references
from convert.sources.ref import Ref, Refusal
from convert.text import printable
from convert.urls import UNKNOWN_SITE

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
OWN = "x-about.xhtml"
"""Identifier that a page has in the manifest of a book that this program wrote."""

_MIMETYPE = re.compile(rb".{30}mimetype.{0,64}?application/epub\+zip", re.S)
"""The first member, behind its header (OCF 3.3, 4.3)."""
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
    part: int = 0
    """Its number among the chapters of a content document that has several."""


class Divided(NamedTuple):
    """Content document with several chapters."""

    names: frozenset[str]
    """Identifiers of the elements that begin them, "" for the document itself."""
    ids: Mapping[str, int]
    """Numbers of the parts in which elements are, by their identifiers."""
    titles: Mapping[int, str]
    shown: Sequence[int]
    """Numbers of the parts that have text."""


def detect(start: bytes, names: frozenset[str]) -> bool:
    """Return True if a file is a book in EPUB, by its first bytes or the names in it."""
    return _MIMETYPE.match(start) is not None or CONTAINER in names


def members(root: str) -> Iterator[Ref | Refusal]:
    """Yield the documents of a book in the order of its spine; those that are no articles are refused.

    Raises:
        SourceError: no content document can be read.
    """
    book = Book(root)
    if not book.chapters:
        why = next((each.message for each in (*book.unread.values(), *book.refused)), message("epub-damaged-package"))
        raise SourceError(
            "{path}: no chapter can be read in this EPUB file ({reason}); get another copy",
            path=printable(root),
            reason=why,
        )
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
        self.unread = {each.path: each for each in found if isinstance(each, Refusal)}
        self.folder = self.package = ""
        self.is_whole = True
        self.covers: set[str] = set()
        self.broken: set[str] = set()
        """Paths of index files that cannot be parsed to their end."""
        self.contents: set[str] = set()
        self.divided: dict[str, Divided] = {}
        """Content documents with several chapters, by their paths."""
        self._items: dict[str, tuple[str, str, str]] = {}
        self._spine: list[str] = []
        self._ncx = ""
        self.metadata = metadata(None, PurePath(root).stem)
        archive = archives.reopen(root, (0, 0, 0, 0))
        try:
            self._zip = archive
            self._read_package()
            self.own = OWN in self._items or (not self.is_whole and self._looks_own())
            self.encrypted = self._read_encryption()
            listed = self._listed()
            self._divided(listed)
        finally:
            archive.close()
        self.chapters = [*self._chapters(listed)]
        self.paths = {(chapter.ref.path, chapter.part): chapter.path for chapter in self.chapters}

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
            tree = etree.fromstring(without_halves(data.strip()), parser)
        if tree is None or len(parser.error_log):
            self.broken.add(path)
        return tree

    def _read_package(self) -> None:
        """Read manifest, spine, guide and metadata; of several packages, the first that is there."""
        paths = [str(each.get("full-path") or "") for each in elements(self._xml(CONTAINER), "rootfile")]
        paths += sorted(path for path in self.files if path.lower().endswith(".opf"))
        package = next((found for path in paths if (found := self.find(path, ""))), "")
        self.folder, self.package = posixpath.dirname(package), package
        tree = self._xml(package) if package else None
        if tree is None or package in self.broken:
            self.is_whole = False
            self.refused.append(Refusal(self.root, package or "package", "SRC001", message("epub-damaged-package")))
            self.contents |= {path for path in self.files if posixpath.basename(path).lower() in _NAV_NAMES}
        for each in elements(tree, "item"):
            kind, properties = str(each.get("media-type") or "").lower(), str(each.get("properties") or "")
            path = self.find(str(each.get("href") or ""), self.folder) or self._refused(str(each.get("href") or ""))
            self._items.setdefault(str(each.get("id") or ""), (path, kind, properties))
            if "nav" in properties.split():
                self.contents.add(path)
        self._spine = [self._items.get(str(each.get("idref")), ("", "", ""))[0] for each in elements(tree, "itemref")]
        for each in elements(tree, "spine"):
            self._ncx = self._items.get(str(each.get("toc")), ("", "", ""))[0]
        for each in elements(tree, "reference"):
            if str(each.get("type") or "").lower() == "cover":
                self.covers.add(self.find(str(each.get("href") or ""), self.folder))
        self.metadata = metadata(tree, PurePath(self.root).stem)

    def _refused(self, reference: str) -> str:
        path = posixpath.normpath(posixpath.join(self.folder, unquote(reference)))
        return path if path in self.unread else ""

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
        references = elements(self._xml(ENCRYPTION), "CipherReference")
        return {self.find(str(each.get("URI") or ""), "") for each in references} - {""}

    def _listed(self) -> list[tuple[str, str, Listed]]:
        """Return the entries of the contents, with the file and the fragment that each leads to."""
        found: list[tuple[str, str, Listed]] = []
        for path in sorted(self.contents):
            folder = posixpath.dirname(path)
            for each in elements(self._xml(path), "nav"):
                self.covers |= {self.find(reference, folder) for reference in covers(each)}
                entries = of_nav(each) if is_toc(each) else ()
                found += ((self.find(one.reference, folder), one.reference.partition("#")[2], one) for one in entries)
        ncx = self._ncx or next((path for path, kind, _ in self._items.values() if kind == _NCX), "")
        ncx = ncx or next((path for path in self.files if path.endswith(".ncx")), "")
        known, folder = {file for file, _, _ in found}, posixpath.dirname(ncx)
        for one in of_ncx(self._xml(ncx) if ncx else None):
            if (file := self.find(one.reference, folder)) not in known:
                found.append((file, one.reference.partition("#")[2], one))
        return found

    def _divided(self, listed: list[tuple[str, str, Listed]]) -> None:
        """Divide the content documents that have several chapters: entries of the contents beside each other."""
        by_file: dict[str, list[tuple[str, Listed]]] = {}
        for file, fragment, each in listed:
            if file:
                by_file.setdefault(file, []).append((unquote(fragment), each))
        for file, entries in by_file.items():
            least = min(each.depth for _, each in entries)
            names = {name: each.title for name, each in reversed(entries) if each.depth == least}
            if len(names) > 1 and not self.own and file not in self.encrypted:
                with suppress(DocumentError):
                    division = self.division(file, frozenset(names))
                    titles = {division.number(name): title for name, title in names.items()}
                    shown = [at for at in range(division.count) if has_text(division.part(at))]
                    if len(shown) > 1:
                        self.divided[file] = Divided(frozenset(names), division.numbers(), titles, shown)

    def division(self, path: str, names: frozenset[str]) -> Division:
        """Return the parts of a content document.

        Raises:
            DocumentError: SRC001 if it is damaged.
        """
        ref = self.files[path]
        return Division(as_html(self._zip.read(cast("tuple[int, ...]", ref.member), ref.size)), names)

    def _chapters(self, listed: list[tuple[str, str, Listed]]) -> Iterator[Chapter]:
        labels: dict[str, str] = {}
        for file, _, each in sorted(listed, key=lambda entry: bool(entry[1])):
            labels.setdefault(file, each.title)  # that of the whole file, else of its first part
        kinds = {path: kind for path, kind, _ in self._items.values()}
        order = [path for path in dict.fromkeys(self._spine) if path]
        if not order or not self.is_whole or "" in self._spine:
            others = (path for path in self.files if kinds.get(path) in _CONTENT or path.lower().endswith(_NAMES))
            order = [*dict.fromkeys((*order, *others))]
        width = len(str(len(order)))
        for number, path in enumerate(order, 1):
            if (refused := self.unread.get(path)) is not None:
                self.refused.append(refused)
            if path in self.files:
                name = f"{number:0{width}d}-{posixpath.basename(path)}"
                shown = posixpath.relpath(path, self.folder or ".") if self.own else name
                if (parts := self.divided.get(path)) is None:
                    yield Chapter(self.files[path], shown, labels.get(path, ""), path in self.covers)
                    continue
                stem, ending = posixpath.splitext(shown)
                for part in parts.shown:
                    yield Chapter(
                        self.files[path], f"{stem}-{part:0{len(str(parts.shown[-1]))}d}{ending}",
                        parts.titles.get(part, ""), part=part,
                    )  # fmt: skip
        missing = sum(not path for path in self._spine)
        if missing:
            lost = message("epub-missing-items", count=missing)
            self.refused.append(Refusal(self.root, printable(posixpath.join(self.folder, "spine")), "SRC001", lost))


_NAV_NAMES = ("nav.xhtml", "nav.html", "toc.xhtml", "toc.html")
_NCX = "application/x-dtbncx+xml"


class Archive:
    """Open book from which chapters are read."""

    def __init__(self, root: str, book: Book | None = None) -> None:
        self._root = root
        self._given = book
        self._zip = archives.reopen(root, (0, 0, 0, 0))
        self.close = self._zip.close
        self._addresses: dict[str, str] = {}
        self._last: tuple[str, Division] | None = None
        """The content document with several chapters that was read last."""

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
        page = self._page(chapter)
        of_book = replace(book.metadata, aliases=(book.alias(chapter.path),))
        envelope = of_ours(page) if book.own else of_book
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
            page = self._page(chapter)
        except DocumentError as error:
            return Refusal(self._root, chapter.path, error.code, error.message)
        if book.own and (
            not path.startswith(tuple(posixpath.join(book.folder, name) for name in ("text/", "texts/")))
            or _LEFT_OUT in page
        ):
            return Refusal(self._root, chapter.path, "SRC004", message("epub-front-matter"))
        if chapter.is_cover or _COVER.search(page[:4000]):
            return Refusal(self._root, chapter.path, "SRC004", message("epub-cover"))
        return None if has_text(page) else Refusal(self._root, chapter.path, "SRC004", message("epub-without-text"))

    def _page(self, chapter: Chapter) -> str:
        path = chapter.ref.path
        if (divided := self._book.divided.get(path)) is None:
            return as_html(self._content(chapter.ref))
        if self._last is None or self._last[0] != path:
            self._last = path, Division(as_html(self._content(chapter.ref)), divided.names)
        if chapter.part >= self._last[1].count:
            raise DocumentError("SRC001", message("cut-short-while-read"))
        return self._last[1].part(chapter.part)

    def _chapter_at(self, path: str, fragment: str) -> str:
        """Return the path of the chapter that a reference leads to, "" if none does."""
        divided = self._book.divided.get(path)
        part = divided.ids.get(unquote(fragment), divided.shown[0]) if divided else 0
        return self._book.paths.get((path, part), "")

    def _content(self, ref: Ref) -> bytes:
        return self._zip.read(cast("tuple[int, ...]", ref.member), ref.size)

    def _pictures(self, page: str, chapter: Chapter) -> dict[str, str]:
        """Return the addresses of pictures in the book, and of our own articles that links lead to."""
        book, folder = self._book, posixpath.dirname(chapter.ref.path)
        found: dict[str, str] = {}
        for written in references(page):
            reference = written.strip()
            inside = reference.startswith("#")
            if (
                reference in found
                or (inside and chapter.ref.path not in book.divided)
                or re.match(r"[A-Za-z][\w+.-]*:", reference)
            ):
                continue
            path = chapter.ref.path if inside else book.find(reference, folder)
            fragment = reference.partition("#")[2]
            other = self._chapter_at(path, fragment)
            if inside and other == chapter.path:
                continue
            if path and (_PICTURE.search(path) or book.own):
                if path not in self._addresses:
                    self._addresses[path] = self._address(book.files[path])
                found[reference] = self._addresses[path]
            elif other:
                found[reference] = book.alias(other) + "".join(reference.partition("#")[1:])
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
