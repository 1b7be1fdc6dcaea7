"""Pictures that lie beside documents in their source, found by the addresses that articles have for them.

- A picture of a document with an address has the address that it has beside it on the web, as everywhere.
- A picture of a document without one, or in the folder that a browser saved for its page alone, has the address of its
  content (`sha256:`), as those inside books and exports have.  It does not depend on how the source is named.
"""

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from convert.errors import SourceError
from convert.late import late, late_pattern
from convert.model import CHILDREN, Article, Image, Places
from convert.sources.pictures import content_address
from convert.sources.ref import Ref
from convert.sources.trees import Tree, forms_of, opened, tree_of
from convert.urls import scheme, unquote

MOST_TREES, MOST_NAMES = 16, 100_000
STATIC = ("", "static/", "source/", "public/", "assets/", "content/", "src/")
"""Folders of a site's source in which files lie that it serves from its top (Hugo, Zola, Hexo, Gatsby and others)."""
PAGES = (".html", ".htm", ".xhtml", ".shtml", ".php", ".asp", ".aspx", ".jsp", ".mht", ".mhtml")
"""Ends of the names of web pages."""
_urlsplit = late("urllib.parse:urlsplit")
_QUERY = late_pattern(r"[?#].*\Z", re.S)
_DAMAGE = (SourceError, OSError)


class File(NamedTuple):
    """File in a tree."""

    top: str
    path: str


class Beside:
    """Pictures beside documents, for one process."""

    def __init__(self) -> None:
        self._trees: dict[str, Tree | None] = {}
        self._names: dict[str, dict[str, list[str]]] = {}
        """Paths of the pictures of each tree, by their names in lower case."""
        self._contents: dict[File, str] = {}
        self.files: dict[str, File] = {}
        """Files by the addresses of their content, as far as they were asked for."""
        self.references: dict[str, str] = {}
        """References of the last document to files beside it, and the addresses of their contents, "" without one."""

    def close(self) -> None:
        """Close the archives."""
        for tree in self._trees.values():
            if tree:
                tree.close()
        self._trees.clear()

    def placed(self, ref: Ref, article: Article, places: Places) -> Article:
        """Return an article that is not cleaned yet, with the addresses of the pictures that lie beside it."""
        self.references = {}
        top, document = tree_of(ref)
        if not top:
            return article
        own = article.source.address
        folder = posixpath.basename(document).rpartition(".")[0]
        references: dict[str, str] = {}

        def address_of(address: str) -> str:
            if not address or scheme(address) or address.startswith(("//", "#")):
                return address
            if own and not (folder and unquote(address.replace("\\", "/")).removeprefix("./").startswith(folder)):
                return address
            if address not in references:
                references[address] = self.content_at(ref, address)
            return references[address] or address

        placed: Article = _rebuilt(article, address_of, places)
        self.references = references
        return placed

    def content_at(self, ref: Ref, reference: str) -> str:
        """Return the address of the content to which a relative reference in a document leads, "" without a file.

        Pages in HTML refer to files by their paths, notes and posts also to files anywhere in their tree.
        """
        top, document = tree_of(ref)
        if not top:
            return ""
        notes = not document.lower().endswith(PAGES)
        return self.content(self._relative(top, document, reference.replace("\\", "/"), notes=notes))

    def find(self, ref: Ref, address: str, own: str) -> File | None:
        """Return the file with the picture at an absolute address that an article at `own` has; None without one."""
        top, document = tree_of(ref)
        if not top or scheme(address) not in ("http", "https"):
            return None
        try:
            parts, here = _urlsplit(address), _urlsplit(own)
        except ValueError:  # brackets that are no address
            return None
        host, path = parts.netloc.lower(), unquote(parts.path).lstrip("/")
        if not (host and path):
            return None
        query = f"?{parts.query}" if parts.query else ""
        for name in dict.fromkeys((path + query, path)):
            for file in self._in_host(top, document, host, name):
                return file
        if here.netloc.lower() != host:
            return None
        folder = posixpath.dirname(unquote(here.path)) or "/"
        reference = posixpath.relpath("/" + path, folder)
        found = self._relative(top, document, reference) or self._rooted(top, document, path)
        if found is None and "/" not in path and not document.lower().endswith(PAGES):
            found = self._named(top, document, path)  # `![[NAME]]` in a note that was clipped from this site
        return found

    def read(self, file: File) -> bytes | None:
        """Return the bytes of a file, None if it cannot be read."""
        tree = self._tree(file.top)
        return tree.read(file.path) if tree else None

    def content(self, file: File | None) -> str:
        """Return the address of the content of a file, "" if it cannot be read."""
        if file is None:
            return ""
        if file not in self._contents:
            if len(self._contents) > MOST_NAMES:
                self._contents.clear()
            data = self.read(file)
            address = self._contents[file] = content_address(data) if data else ""
            if address:
                self.files[address] = file
        return self._contents[file]

    # --- where a picture may lie --------------------------------------------------------------------------------------

    def _relative(self, top: str, document: str, reference: str, *, notes: bool = False) -> File | None:
        """Return the file that a relative reference in a document leads to; `notes` may name files anywhere."""
        bare = _QUERY.sub("", reference)
        for name in dict.fromkeys((reference, bare, unquote(bare))):
            if not name.startswith("/"):
                for file in self._existing(top, posixpath.join(posixpath.dirname(document), name)):
                    return file
        path = unquote(bare).lstrip("/")
        found = self._rooted(top, document, path) if reference.startswith("/") or notes else None
        return found or (self._named(top, document, path) if notes and not reference.startswith("/") else None)

    def _rooted(self, top: str, document: str, path: str) -> File | None:
        """Return the file at a path from the top of the site whose source a document is a part of."""
        for above in _above(document):
            for static in STATIC:
                for file in self._existing(top, f"{above}{static}{path}"):
                    return file
        return None

    def _in_host(self, top: str, document: str, host: str, path: str) -> Iterator[File]:
        """Yield the file in a tree of folders as wget saves them, HOST/path."""
        for folder in dict.fromkeys((host, host.replace(":", "+"))):
            for above in _above(document):
                yield from self._existing(top, f"{above}{folder}/{path}")
                if above.rstrip("/").rpartition("/")[2].lower() == folder:
                    yield from self._existing(top, f"{above}{path}")
            if posixpath.basename(posixpath.normpath(top.replace("\\", "/"))).lower() == folder:
                yield from self._existing(top, path)

    def _named(self, top: str, document: str, path: str) -> File | None:
        """Return the picture that a note names, wherever it lies: nearest to the note, then by the shortest path."""
        if top not in self._names:
            tree = self._tree(top)
            names = self._names[top] = {}
            for each in tree.pictures() if tree else ():
                names.setdefault(_key(posixpath.basename(each)), []).append(each)
        end = "/" + _key(path)
        found = [
            each for each in self._names[top].get(_key(posixpath.basename(path)), ()) if _key(f"/{each}").endswith(end)
        ]
        folder = posixpath.dirname(document)
        for each in sorted(
            found, key=lambda each: (-len(posixpath.commonpath((f"/{folder}", f"/{each}"))), len(each), each)
        ):
            for file in self._existing(top, each):
                return file
        return None

    def _existing(self, top: str, path: str) -> Iterator[File]:
        """Yield the file at a path if there is one inside the tree."""
        inside = posixpath.normpath(path)
        tree = None if inside.startswith(("../", "/")) or inside in ("..", ".") or "\0" in inside else self._tree(top)
        for each in forms_of(inside) if tree else ():
            if tree and tree.has(each):
                yield File(top, each)
                return

    def _tree(self, top: str) -> Tree | None:
        if top not in self._trees:
            if len(self._trees) >= MOST_TREES and (oldest := self._trees.pop(next(iter(self._trees)))):
                oldest.close()
            try:
                self._trees[top] = opened(top)
            except _DAMAGE:
                self._trees[top] = None
        return self._trees[top]


def _above(document: str) -> Iterator[str]:
    """Yield the folders above a document, each with a slash at its end, and the top as "".

    >>> list(_above("a/b/c.md"))
    ['a/b/', 'a/', '']
    """
    folder = posixpath.dirname(document)
    while folder:
        yield f"{folder}/"
        folder = posixpath.dirname(folder)
    yield ""


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _rebuilt(node: Any, address_of: Callable[[str], str], places: Places) -> Any:
    """Return a node with other addresses of its pictures."""
    if type(node) is Image:
        address = address_of(node.address)
        if address == node.address:
            return node
        made = replace(node, address=address)
        places.inherit(made, node)
        return made
    changes = {}
    for field in CHILDREN.get(type(node), ()):
        if children := getattr(node, field):
            rebuilt = (
                _all(children, address_of, places)
                if type(children) is tuple
                else _rebuilt(children, address_of, places)
            )
            if rebuilt is not children:
                changes[field] = rebuilt
    if not changes:
        return node
    made = replace(node, **changes)
    places.inherit(made, node)
    return made


def _all(nodes: tuple[Any, ...], address_of: Callable[[str], str], places: Places) -> tuple[Any, ...]:
    made = tuple(
        _all(each, address_of, places) if type(each) is tuple else _rebuilt(each, address_of, places) for each in nodes
    )
    return made if any(after is not before for after, before in zip(made, nodes, strict=True)) else nodes
