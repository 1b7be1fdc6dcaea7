"""The search of a site: tokens of articles, the field on each page, the page of results, and the files of the index."""

from collections.abc import Iterator, Mapping

from convert.model import Article, Entry
from convert.search import index
from convert.search.programs import ENGINE
from convert.search.tokens import of_title, tokens
from convert.text import visible
from convert.words import Words
from convert.writers.book.escapes import attribute, text
from convert.writers.options import SEARCHES, Options, Page
from convert.writers.script import article_in
from convert.writers.site.names import RESULTS, SEARCH, page_file, root

_, TITLES, NONE = SEARCHES

_FOLDER = SEARCH.rpartition("/")[0]
_STATES = ("found", "most", "none", "searching", "failed", "old", "more")
"""Words that the program shows, and the attributes in which it looks for them."""


def tokens_of(article: Article, page: Page) -> bytes:
    """Return the tokens of an article, b"" if the site has no search."""
    options = page.options
    if options.search == NONE:
        return b""
    return tokens(article_in(article, options.script), full=options.search != TITLES)


class Search:
    """The search of a site, to which articles are added in their order, in a `with` block."""

    def __init__(self, options: Options, channels: Mapping[str, str]) -> None:
        """Begin a search; `channels` are the names of sections by their keys."""
        self._wanted = options.search != NONE
        self._channels = channels
        self._index = index.Index(full=options.search != TITLES)

    def __enter__(self) -> "Search":
        self._index.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._index.__exit__(*error)

    def add(self, entry: Entry, found: bytes) -> None:
        """Add an article with its tokens; of one that could not be converted, which has none, the title is found."""
        if self._wanted:
            title = visible(entry.title, entry.path)
            channel = self._channels.get(entry.section, "")
            page = index.Page(page_file(entry.path), title, entry.published[:10], channel)
            self._index.add(page, found or of_title(title))

    def files(self, workers: int) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of each file of the search, but for the page of results, made by so many processes."""
        if self._wanted:
            for name, data in self._index.files(workers):
                yield f"{_FOLDER}/{name}", data


def field(here: str, label: Words, options: Options) -> str:
    """Return the field in the header of a page, "" if there is no search; without JavaScript it is hidden."""
    if options.search == NONE:
        return ""
    name = attribute(label["search"])
    return (
        f"{_script(f'{_FOLDER}/{ENGINE}', here) if here == RESULTS else ''}{_script(SEARCH, here)}"
        f'<form role="search" action="{root(here)}{RESULTS}" hidden="">\n'
        f'<input type="search" aria-label="{name}" placeholder="{name}" autocomplete="off"/>\n</form>\n'
        + ("" if here == RESULTS else results(label))
    )


def _script(file: str, here: str) -> str:
    return f'<script defer="" src="{root(here)}{file}"></script>\n'


def results(label: Words) -> str:
    """Return the element in which results are shown."""
    states = "".join(f' data-{state}="{attribute(label[f"search_{state}"])}"' for state in _STATES)
    return f'<div id="results"{states}></div>\n'


def content(label: Words) -> str:
    """Return the content of the page of results."""
    return (
        f"<h1>{text(label['search'])}</h1>\n{results(label)}"
        f"<noscript><p>{text(label['search_script'])}</p></noscript>\n<p>{text(label['search_help'])}</p>\n"
    )
