"""Names of the files of a site, and references from one to another.

All are lower-case ASCII, so that they are the same on every disk and in every address.
"""

from collections.abc import Callable, Iterator, Mapping

from convert.bundle.links import Inside
from convert.model import Volume
from convert.pictures.gallery import Ready
from convert.writers.book.names import section_file as book_section
from convert.writers.files import reference
from convert.writers.options import Page
from convert.writers.references import ascii_slug, page_name, relative

SUFFIX = ".html"
HOME, ABOUT, FEED = "index.html", "about.html", "feed.xml"
STYLE, SEARCH, RESULTS = "assets/site.css", "search/search.js", "search.html"
DATES, AUTHORS, KEYWORDS = "dates", "authors", "keywords"
"""Names of the other lists, and of the folders of their parts."""
PICTURES = "pictures"
"""Folder of the pictures."""
FIXED = (HOME, ABOUT, FEED, STYLE, SEARCH, RESULTS, *(f"{name}{SUFFIX}" for name in (DATES, AUTHORS, KEYWORDS)))
"""Files that a site may have whatever its articles are."""


def page_file(path: str) -> str:
    """Return the file of an article's page; `path` is the path of its source.

    >>> page_file("pages/nf1412576/n14072129.md")
    'text/nf1412576/n14072129.html'
    """
    return page_name(path) + SUFFIX


def section_file(key: str) -> str:
    """Return the file of the list of a section.

    >>> section_file("nf1412576"), section_file("")
    ('sections/nf1412576.html', 'articles.html')
    """
    return book_section(key).removesuffix(".xhtml") + SUFFIX


def lists_of(volume: Volume) -> Iterator[str]:
    """Yield the files that are no articles' and that can be known before an article is read."""
    yield from FIXED
    yield from dict.fromkeys(section_file(section.key) for section in volume.sections)


def name_file(kind: str, key: str) -> str:
    """Return the file of the articles of an author or with a keyword, by the key that all forms of the name share."""
    return f"{kind}/{ascii_slug(key, folders=False)}{SUFFIX}"


def root(file: str) -> str:
    """Return the reference from a file to the folder of the site, "" or one that ends in a slash.

    >>> root("index.html"), root("text/nf1/n1.html")
    ('', '../../')
    """
    return "../" * file.count("/")


def _home(key: str) -> str:
    return HOME


_TARGETS: Mapping[str, Callable[[str], str]] = {"article": page_file, "section": section_file, "contents": _home}


class SiteNames:
    """Names in a site, for the page of an article."""

    def __init__(self, page: Page) -> None:
        self._folder = page.options.assets or PICTURES

    def href(self, to: Inside, start: str) -> str:
        """Return a relative reference."""
        return relative(_TARGETS[to.kind](to.key), page_file(start))

    def prefix(self, path: str) -> str:
        """Return a prefix that no identifier of the page around the article has."""
        return "x-"

    def picture(self, picture: Ready, start: str) -> str:
        """Return a relative reference."""
        return root(page_file(start)) + reference(f"{self._folder}/{picture.name}")
