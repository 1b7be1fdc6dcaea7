"""Article → its page of a site, and the document that all pages are.

A worker renders a page without what depends on other articles.  Once all are known, `fill` puts that in: around the
article, and in its lines of authors and keywords.  It finds these places by tags that no text can hold, because text is
escaped; so it can fill a page of the last build again, without rendering it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from convert.model import Article, Entry
from convert.text import visible
from convert.words import words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.pages import chapter, left_out
from convert.writers.book.passages import direction
from convert.writers.options import Omission, Page
from convert.writers.site.names import HOME, STYLE, SiteNames, page_file, root

GENERATOR = "archive-convert"
"""Mark of pages written by this program, by which the html reader recognises them."""
POLICY = "default-src 'none'; script-src 'self'; img-src 'self' data:; style-src 'self'"
"""Content security policy: a page loads files of its own site only.  Chromium and Firefox take a file beside it on the
disk for one (`'self'` of a page without an origin), which the tests of browsers hold."""

_BODY, _MAIN, _END = "<body>\n", '<main id="main">\n', "</main>\n"
_ARTICLE_END = b"</article>\n"
_AUTHORS = b'<span class="author">', b"</span>"
_KEYWORDS = b'<p class="byline keywords">', b"</p>"


class Slots(NamedTuple):
    """Parts of a page that depend on other articles."""

    header: str = ""
    after: str = ""
    """Content below the article, inside the main part."""
    footer: str = ""
    authors: str = ""
    """Line of authors; "" leaves it as the worker wrote it."""
    keywords: str = ""


NO_SLOTS = Slots()


def document(
    content: str, *, title: str, language: str, here: str, slots: Slots = NO_SLOTS, further: str = "", main: str = ""
) -> str:
    """Return a complete page; `here` is its file, `further` are elements of its head, `main` attributes of its main."""
    return (
        f'<!DOCTYPE html>\n<html lang="{attribute(language)}" dir="{direction(language)}">\n'
        f'<head>\n<meta charset="utf-8"/>\n<meta name="generator" content="{GENERATOR}"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>\n'
        '<meta name="referrer" content="no-referrer"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        '<meta name="color-scheme" content="light dark"/>\n'
        f'<title>{text(title)}</title>\n<link rel="stylesheet" href="{root(here)}{STYLE}"/>\n{further}</head>\n'
        f"{_BODY}{slots.header}{_MAIN}{content}\n{slots.after}{_END}{slots.footer}</body>\n</html>\n"
    )


def render(article: Article, page: Page) -> bytes:
    """Return the page of an article, with empty slots."""
    body = chapter(article, page, SiteNames(page), below=0, framed=True)
    return document(body, title=article.title, language=article.language, here=page_file(page.entry.path)).encode()


def stand_in(entry: Entry, why: Omission, page: Page, language: str) -> bytes:
    """Return the page of an article that could not be converted, with empty slots."""
    body = left_out(entry, why, page, SiteNames(page), language, below=0, framed=True)
    title = visible(entry.title, entry.path)
    return document(body, title=title, language=language, here=page_file(entry.path)).encode()


def fill(page: bytes, slots: Slots) -> bytes:
    """Return an article's page with its slots, whatever they held before."""
    start = page.index(_BODY.encode()) + len(_BODY)
    article = page.index(_MAIN.encode(), start)
    end = page.rindex(_ARTICLE_END) + len(_ARTICLE_END)
    content = page[article:end]
    if slots.authors:
        content = _put(content, content.index(_AUTHORS[0]), _AUTHORS, slots.authors)
    if slots.keywords:
        content = _put(content, content.rindex(_KEYWORDS[0]), _KEYWORDS, slots.keywords)
    after = f"{slots.after}{_END}{slots.footer}</body>\n</html>\n"
    return page[:start] + _encoded(slots.header) + content + _encoded(after)


def _put(content: bytes, place: int, tags: tuple[bytes, bytes], value: str) -> bytes:
    """Return content with a value in the element that begins at a place."""
    opening, closing = tags
    start = place + len(opening)
    return content[:start] + _encoded(value) + content[content.index(closing, start) :]


def _encoded(html: str) -> bytes:
    return html.encode("utf-8", "ignore")


def header(title: str, language: str, here: str, lists: Mapping[str, str], search: str) -> str:
    """Return the header of a page: skip link, name of the site, the field of the search, and links to its lists.

    The front page has the name as its heading.  Results come between field and links, where a phone shows them while
    its keyboard takes the lower half of the screen.
    `lists` are the titles of the lists by their files.
    """
    label, up = words(language), root(here)
    own = f'lang="{attribute(language)}" dir="{direction(language)}"'  # the page may be of an article in another
    name = "" if here == HOME else f'<p class="name"><a href="{up}{HOME}">{text(title)}</a></p>\n'
    current = {here: ' aria-current="page"'}
    links = "".join(
        f'<li><a href="{up}{file}"{current.get(file, "")}>{text(name)}</a></li>\n' for file, name in lists.items()
    )
    return (
        f'<a class="skip" {own} href="#main">{text(label["skip"])}</a>\n<header class="site" {own}>\n'
        f"{name}{search}"
        f'<nav aria-label="{attribute(label["lists"])}">\n<ul>\n{links}</ul>\n</nav>\n</header>\n'
    )
