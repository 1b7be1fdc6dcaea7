"""How the pages of a book are called, and how one addresses another."""

import hashlib
import re
from functools import cache, lru_cache
from posixpath import relpath
from typing import Protocol

from convert.model import Entry, Section, Volume


def _slug(name: str) -> str:
    """`name` in lower-case ASCII; a name that had to change carries a hash of its own, so that no two become one."""
    slug = re.sub(r"[^a-z0-9_\-/]+", "-", name.lower()).strip("-/") or "page"
    return slug if slug == name else f"{slug[:80]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


@cache
def slug(entry: Entry) -> str:
    """The name of an article's page, unique in a volume: its path in ASCII, without `.md` and the mirror's `pages/`."""
    return _slug(entry.path.removesuffix(".md").removeprefix("pages/"))


def file_name(entry: Entry) -> str:
    """The file of an article's page inside a book.

    >>> file_name(Entry("pages/nf1412576/n14072129.md", "n14072129", "纸", ""))
    'text/nf1412576/n14072129.xhtml'
    """
    return f"text/{slug(entry)}.xhtml"


def section_file(section: Section) -> str:
    """The file of a section's page inside a book."""
    return f"sections/{_slug(section.key or 'articles')}.xhtml"


CONTENTS_FILE = "nav.xhtml"
STYLE_FILE = "style.css"


class Names(Protocol):
    """How a page of a book addresses another."""

    def href(self, to: Entry | Section | Volume, start: Entry) -> str:
        """The reference from the page of `start`."""
        ...

    def prefix(self, entry: Entry) -> str:
        """What the identifiers of a page begin with."""
        ...


class FileNames:
    """Each page is a file of its own (EPUB)."""

    def href(self, to: Entry | Section | Volume, start: Entry) -> str:
        """A relative reference."""
        if isinstance(to, Entry):
            target = file_name(to)
        else:
            target = section_file(to) if isinstance(to, Section) else CONTENTS_FILE
        return relative(target, file_name(start))

    def prefix(self, entry: Entry) -> str:
        """Nothing but what makes an XML name of any identifier."""
        return "x-"


class PageNames:
    """All pages are one document (HTML, PDF)."""

    def href(self, to: Entry | Section | Volume, start: Entry) -> str:
        """A fragment."""
        if isinstance(to, Entry):
            return f"#{anchor(to)}"
        return f"#{section_anchor(to)}" if isinstance(to, Section) else "#contents"

    def prefix(self, entry: Entry) -> str:
        """The page's own name."""
        return f"{anchor(entry)}-"


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


def anchor(entry: Entry) -> str:
    """The identifier of an article in a document of many."""
    return "a-" + slug(entry).replace("/", ".")


def section_anchor(section: Section) -> str:
    """The identifier of a section in a document of many."""
    return "s-" + _slug(section.key or "articles").replace("/", ".")
