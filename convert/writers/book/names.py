"""Names of the pages of a book, and references from one to another."""

from base64 import b64encode
from functools import lru_cache
from typing import Protocol

from convert.bundle.links import Inside
from convert.pictures.gallery import Ready
from convert.writers.files import reference
from convert.writers.references import ascii_slug, is_mirrored, page_name, relative, section_anchor, slug


def file_name(path: str) -> str:
    """Return the file of an article's page inside a book; `path` is the path of its source.

    >>> file_name("pages/nf1412576/n14072129.md")
    'text/nf1412576/n14072129.xhtml'
    """
    return f"{page_name(path)}.xhtml"


def section_file(key: str) -> str:
    """Return the file of a section's page inside a book."""
    return f"sections/{ascii_slug(key, folders=False)}.xhtml" if key else "articles.xhtml"


def picture_file(picture: Ready) -> str:
    """Return the file of a picture inside a book."""
    return f"pictures/{picture.name}"


CONTENTS_FILE = "nav.xhtml"
STYLE_FILE = "style.css"


class Names(Protocol):
    """Addresses of the pages of a book, for each other."""

    def href(self, to: Inside, start: str) -> str:
        """Return the reference from the page of the article whose source has the path `start`."""
        ...

    def prefix(self, path: str) -> str:
        """Return the prefix of the identifiers in an article's page."""
        ...

    def picture(self, picture: Ready, start: str) -> str:
        """Return the reference to a picture from the page of the article whose source has the path `start`."""
        ...


class FileNames:
    """Names in a book whose pages are separate files (EPUB)."""

    def href(self, to: Inside, start: str) -> str:
        """Return a relative reference."""
        if to.kind == "article":
            target = file_name(to.key)
        else:
            target = section_file(to.key) if to.kind == "section" else CONTENTS_FILE
        return relative(target, file_name(start))

    def prefix(self, path: str) -> str:
        """Return a prefix that makes any identifier a valid XML name."""
        return "x-"

    def picture(self, picture: Ready, start: str) -> str:
        """Return a relative reference."""
        return relative(picture_file(picture), file_name(start))


class PageNames:
    """Names in a book whose pages are one document (HTML, PDF)."""

    def href(self, to: Inside, start: str) -> str:
        """Return a fragment reference, `#…`."""
        if to.kind == "article":
            return f"#{anchor(to.key)}"
        return f"#{section_anchor(to.key)}" if to.kind == "section" else "#contents"

    def prefix(self, path: str) -> str:
        """Return the page's identifier and two full stops, which no page's identifier has."""
        return f"{anchor(path)}.."

    def picture(self, picture: Ready, start: str) -> str:
        """Return the picture itself, as a `data:` address (RFC 2397)."""
        with open(picture.path, "rb") as file:
            return f"data:{picture.media_type};base64,{b64encode(file.read()).decode()}"


class NamesBeside(PageNames):
    """Names in such a book whose pictures are files in a folder beside it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def picture(self, picture: Ready, start: str) -> str:
        """Return a relative reference."""
        return reference(f"{self._folder}/{picture.name}")


@lru_cache(maxsize=256)
def anchor(path: str) -> str:
    """Return the identifier of an article in a document of several."""
    return ("a-" if is_mirrored(path) else "b-") + slug(path).replace("/", ".")
