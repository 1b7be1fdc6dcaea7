"""How the pages of a book are called, and how one addresses another."""

import hashlib
import re
from functools import lru_cache
from posixpath import relpath
from typing import Protocol

from convert.bundle.links import Inside


def _slug(name: str) -> str:
    """`name` in lower-case ASCII; a name that had to change carries a hash of its own, so that no two become one."""
    slug = re.sub(r"[^a-z0-9_\-/]+", "-", name.lower()).strip("-/") or "page"
    return slug if slug == name else f"{slug[:80]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def slug(path: str) -> str:
    """The name of an article's page: its path in ASCII, without `.md` and the mirror's `pages/`."""
    name = path.removesuffix(".md")
    return _slug(name.removeprefix("pages/")) if name != path else _slug(f"{name.removeprefix('pages/')}.")


def _mirrored(path: str) -> bool:
    """Whether a source lies where mirrors have theirs: what does not is told apart, `pages/x.md` from `x.md`."""
    return path.startswith("pages/")


@lru_cache(maxsize=256)  # a page asks for its own and for its neighbours
def file_name(path: str) -> str:
    """The file of an article's page inside a book; `path` is that of its source.

    >>> file_name("pages/nf1412576/n14072129.md")
    'text/nf1412576/n14072129.xhtml'
    """
    return f"{'text' if _mirrored(path) else 'texts'}/{slug(path)}.xhtml"


def section_file(key: str) -> str:
    """The file of a section's page inside a book."""
    return f"sections/{_slug(key)}.xhtml" if key else "articles.xhtml"


CONTENTS_FILE = "nav.xhtml"
STYLE_FILE = "style.css"


class Names(Protocol):
    """How a page of a book addresses another."""

    def href(self, to: Inside, start: str) -> str:
        """The reference from the page of the article whose source has the path `start`."""
        ...

    def prefix(self, path: str) -> str:
        """What the identifiers of an article's page begin with."""
        ...


class FileNames:
    """Each page is a file of its own (EPUB)."""

    def href(self, to: Inside, start: str) -> str:
        """A relative reference."""
        if to.kind == "article":
            target = file_name(to.key)
        else:
            target = section_file(to.key) if to.kind == "section" else CONTENTS_FILE
        return relative(target, file_name(start))

    def prefix(self, path: str) -> str:
        """Nothing but what makes an XML name of any identifier."""
        return "x-"


class PageNames:
    """All pages are one document (HTML, PDF)."""

    def href(self, to: Inside, start: str) -> str:
        """A fragment."""
        if to.kind == "article":
            return f"#{anchor(to.key)}"
        return f"#{section_anchor(to.key)}" if to.kind == "section" else "#contents"

    def prefix(self, path: str) -> str:
        """The page's own name."""
        return f"{anchor(path)}-"


def relative(target: str, start: str) -> str:
    """How the page `start` must address the page `target`; both POSIX paths from the book's root.

    >>> relative("b/two.xhtml", start="a/one.xhtml")
    '../b/two.xhtml'
    """
    folder, _, name = target.rpartition("/")
    return _way(folder, start.rpartition("/")[0]) + name


@lru_cache(maxsize=1024)  # of folders there are few
def _way(folder: str, start: str) -> str:
    way = relpath(folder or ".", start or ".")
    return "" if way == "." else way + "/"


@lru_cache(maxsize=256)
def anchor(path: str) -> str:
    """The identifier of an article in a document of many."""
    return ("a-" if _mirrored(path) else "b-") + slug(path).replace("/", ".")


def section_anchor(key: str) -> str:
    """The identifier of a section in a document of many."""
    return f"s-{_slug(key).replace('/', '.')}" if key else "articles"
