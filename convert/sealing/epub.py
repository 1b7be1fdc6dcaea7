"""A book in EPUB as an original: spine, contents as a tree, metadata; each content document is one document."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, cast
from urllib.parse import unquote

from msgspec.structs import replace

from convert.errors import DocumentError, SourceError
from convert.messages import message
from convert.sealing.original import INSIDE, Document, Line, Lost
from convert.sealing.statements import metadata_of
from convert.sealing.xml import readable
from convert.sources import archives
from convert.sources.chapters import as_html
from convert.sources.epub import CONTAINER, ENCRYPTION, Book
from convert.sources.package import elements, is_toc
from convert.sources.ref import Ref
from convert.text import collapse, printable
from convert.urls import scheme
from convert.writers.references import ascii_slug

PAGES = ("application/xhtml+xml", "text/html", "application/html", "text/x-oeb1-document")
_FONT_KEYS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways to obfuscate fonts, which keep no text from the reader."""
_SHOWN = ("image/", "text/css", "application/xhtml", "text/html", "application/x-dtbncx", "text/x-oeb1", "font/")
_FONT = re.compile(r"font|opentype|truetype|vnd\.ms-opentype|woff", re.I)
_SCRIPT = re.compile(r"javascript|ecmascript", re.I)
_VERTICAL = re.compile(r"writing-mode\s*:\s*(?:vertical|tb)", re.I)
_NCX = "application/x-dtbncx+xml"
_TYPE = "{http://www.idpf.org/2007/ops}type"
_PICTURE = re.compile(r"\.(?:apng|avif|bmp|gif|jpe?g|png|svg|tiff?|webp)\Z", re.I)


class EpubOriginal(Book):
    """Book in EPUB 2 or 3."""

    def __init__(self, root: str) -> None:
        """Read the index of a book.

        Raises:
            SourceError: it is damaged, or encrypted.
        """
        super().__init__(root)
        self.lost: list[Lost] = []
        self.frames: Mapping[str, str] = {}
        try:
            self._zip = archives.reopen(root, (0, 0, 0, 0))
        except DocumentError as error:
            raise _refused(root, "", error) from error
        try:
            self._check()
            self._index()
        except BaseException:
            self.close()
            raise

    def _divided(self, listed: object) -> None:
        """Leave each content document whole: what leads into one leads to its place there."""

    def _index(self) -> None:
        tree = self._xml(self.package)
        order = [chapter.ref.path for chapter in self.chapters]
        aside = {
            self._items.get(str(each.get("idref")), ("", "", ""))[0]
            for each in elements(tree, "itemref")
            if each.get("linear") == "no"
        }
        more = [
            path
            for path, kind, _ in self._items.values()
            if kind in PAGES and path in self.files and path not in order and path not in self.contents
        ]
        paths = [*order, *dict.fromkeys(more)]
        width = len(str(len(paths)))
        self.documents = [
            Document(_key(number, width, path), path, path not in aside and path not in more)
            for number, path in enumerate(paths, 1)
        ]
        self._keys = {each.path: each.key for each in self.documents}
        facts, unkept = metadata_of(tree)
        vertical = any(_VERTICAL.search(text) for text in self._styles())
        self.facts = replace(facts, vertical=vertical)
        self.lost += [Lost("metadata", self.package, each) for each in unkept]
        self.contents_tree = tuple(self._contents())
        self._cover = self._find_cover(tree)
        self._list_lost(tree)

    # --- faults -------------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        """Raise SourceError for a book of which a part cannot be read."""
        for each in self.refused:
            if each.path == "EPUB":  # the archive itself, which its message names
                raise SourceError(each.message)
            if each.code == "SRC001" and not each.path.endswith("spine"):
                raise SourceError(
                    "{path}: {reason}; get another copy", path=_place(self.root, each.path), reason=each.message
                )
        for path in self._locked():
            raise SourceError(
                "{path}: it is encrypted (DRM), so that nobody can read it without its key; get a copy without DRM",
                path=_place(self.root, path),
            )
        for path, refusal in self.unread.items():
            if path in self._spine or _PICTURE.search(path):
                raise SourceError(
                    "{path}: {reason}; get another copy", path=_place(self.root, path), reason=refusal.message
                )
        if not self.chapters:
            raise SourceError(
                "{path}: no chapter can be read in this EPUB file ({reason}); get another copy",
                path=printable(self.root),
                reason=message("epub-damaged-package"),
            )

    def _locked(self) -> Iterator[str]:
        """Yield the members that are encrypted, without fonts."""
        tree = self._xml(ENCRYPTION)
        if ENCRYPTION in self.broken:
            yield ENCRYPTION
        kinds = {path: kind for path, kind, _ in self._items.values()}
        for data in elements(tree, "EncryptedData"):
            method = next((str(each.get("Algorithm") or "") for each in elements(data, "EncryptionMethod")), "")
            for each in elements(data, "CipherReference"):
                path = self.find(str(each.get("URI") or ""), "")
                if path and method not in _FONT_KEYS and not _FONT.search(kinds.get(path, "")):
                    yield path

    # --- contents -----------------------------------------------------------------------------------------------------

    def _contents(self) -> Iterator[Line]:
        """Yield the lines of the contents: those of the navigation document, else of the NCX, else none."""
        found: list[Line] = []
        for path in sorted(self.contents):
            for nav in elements(self._xml(path), "nav"):
                if is_toc(nav):
                    found += self._lines(nav, posixpath.dirname(path), path)
                else:
                    kind = str(nav.get(_TYPE) or "nav")
                    self.lost.append(Lost("page-list", path, printable(kind)))
        ncx = self._ncx or next(
            (path for path, kind, _ in self._items.values() if kind == "application/x-dtbncx+xml"), ""
        )
        ncx = ncx or next((path for path in self.files if path.endswith(".ncx")), "")
        if not found and ncx:
            for top in elements(self._xml(ncx), "navMap"):
                found += self._points(top, posixpath.dirname(ncx), ncx)
        yield from found

    def _lines(self, around: Any, folder: str, path: str) -> Iterator[Line]:
        for ol in _children(around, "ol"):
            for li in _children(ol, "li"):
                link = next(_children(li, "a"), None)
                label = link if link is not None else next(_children(li, "span"), None)
                title = _words(label) if label is not None else ""
                reference = str(link.get("href") or "") if link is not None else ""
                yield self._line(title, reference, folder, path, tuple(self._lines(li, folder, path)))

    def _points(self, around: Any, folder: str, path: str) -> Iterator[Line]:
        for point in _children(around, "navPoint"):
            label, content = next(_children(point, "navLabel"), None), next(_children(point, "content"), None)
            reference = str(content.get("src") or "") if content is not None else ""
            title = _words(label) if label is not None else ""
            yield self._line(title, reference, folder, path, tuple(self._points(point, folder, path)))

    def _line(self, title: str, reference: str, folder: str, path: str, below: tuple[Line, ...]) -> Line:
        key = self._keys.get(self.find(reference, folder), "")
        if reference and not key:
            self.lost.append(Lost("contents", path, printable(title)))
        return Line(title, key, unquote(reference.partition("#")[2]) if key else "", below)

    # --- files --------------------------------------------------------------------------------------------------------

    def _find_cover(self, tree: Any) -> str:
        names = [path for path, _, properties in self._items.values() if "cover-image" in properties.split()]
        for each in elements(tree, "meta"):
            if each.get("name") == "cover":
                names.append(self._items.get(str(each.get("content")), ("", "", ""))[0])
        return next((path for path in names if path in self.files and _PICTURE.search(path)), "")

    def _styles(self) -> Iterator[str]:
        for path, kind, _ in self._items.values():
            if kind == "text/css" and path in self.files:
                with suppress(DocumentError):
                    yield self._bytes(path).decode("utf-8", "replace")

    def _list_lost(self, tree: Any) -> None:
        """Note the files of the package that the output does not have."""
        for path, kind, _ in self._items.values():
            name = path if path in self.files else ""
            if not name:
                self.lost.append(Lost("missing", self.package))
            elif _SCRIPT.search(kind):
                self.lost.append(Lost("script", path))
            elif kind == "text/css":
                self.lost.append(Lost("style", path))
            elif _FONT.search(kind):
                self.lost.append(Lost("font", path))
            elif kind.startswith("audio/"):
                self.lost.append(Lost("sound", path))
            elif kind.startswith("video/"):
                self.lost.append(Lost("video", path))
            elif kind == "application/smil+xml":
                self.lost.append(Lost("overlay", path))
            elif not kind.startswith(_SHOWN):
                self.lost.append(Lost("file", path, printable(kind)))
        for each in elements(tree, "meta"):
            if str(each.get("property") or "") == "rendition:layout" and (each.text or "").strip() == "pre-paginated":
                self.lost.append(Lost("layout", self.package))
        listed = {path for path, _, _ in self._items.values()} | {self.package, "mimetype", CONTAINER}
        for path in self.files:
            if path not in listed:
                self.lost.append(Lost("file", path))

    def text(self, document: Document) -> str:
        """Return a content document as HTML, or a page around a picture that is in the spine.

        Raises:
            DocumentError: it is damaged.
        """
        data = self._bytes(document.path)
        if _PICTURE.search(document.path):
            return f'<html><body><img src="{posixpath.basename(document.path)}" alt=""></body></html>'
        return readable(as_html(data))

    def data(self, document: Document, reference: str) -> bytes | None:
        """Return the bytes of a member, None if there is none or it is damaged."""
        path = "" if scheme(reference) else self.find(reference.strip(), posixpath.dirname(document.path))
        if not path:
            return None
        try:
            return self._bytes(path)
        except DocumentError:
            return None

    def target(self, document: Document, reference: str) -> str:
        """Return the target of a link."""
        if reference.startswith("#"):
            return reference
        if scheme(reference) or reference.startswith("//"):
            return reference
        key = self._keys.get(self.find(reference, posixpath.dirname(document.path)), "")
        fragment = unquote(reference.partition("#")[2])
        if key == document.key:
            return f"#{fragment}" if fragment else f"{INSIDE}{key}"
        return f"{INSIDE}{key}{'#' if fragment else ''}{fragment}" if key else ""

    def cover(self) -> bytes | None:
        """Return the picture of the cover."""
        return self._bytes(self._cover) if self._cover else None

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def _bytes(self, path: str) -> bytes:
        ref: Ref = self.files[path]
        return self._zip.read(cast("tuple[int, ...]", ref.member), ref.size)


def _refused(root: str, path: str, error: DocumentError) -> SourceError:
    return SourceError("{path}: {reason}; get another copy", path=_place(root, path), reason=error.message)


def _place(root: str, path: str) -> str:
    return printable(f"{root}/{path}" if path else root)


def _key(number: int, width: int, path: str) -> str:
    """Return the key of a document: its number and its name, in ASCII."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return f"{number:0{width}d}-{ascii_slug(stem, folders=False)}"


def _children(around: Any, name: str) -> Iterator[Any]:
    for each in around:
        if isinstance(each.tag, str) and each.tag.rpartition("}")[2] == name:
            yield each


def _words(element: Any) -> str:
    alternatives = [str(each.get("alt") or "") for each in elements(element, "img")]
    return collapse(" ".join(("".join(element.itertext()), *alternatives))).strip()
