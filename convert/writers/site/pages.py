"""Article → its page of a site, and the frame that all pages share.

A worker renders a page without what depends on other articles.  `fill` puts that in after the last article is known:
between marks that no text of an article can hold, because it is escaped.
"""

from typing import NamedTuple

from convert.model import Article, Entry
from convert.text import visible
from convert.words import words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.pages import chapter, left_out
from convert.writers.options import Omission, Page
from convert.writers.site.names import FEED, STYLE, SiteNames, page_file, root

GENERATOR = "archive-convert"
POLICY = "default-src 'none'; script-src 'self'; img-src 'self' data:; style-src 'self'"
PICTURES = "pictures"
"""Folder of the pictures."""

BODY, MAIN, END = "<body>\n", '<main id="main">\n', "</main>\n"
_CLOSED = b"</article>\n"


class Slots(NamedTuple):
    """Parts of a page around its content."""

    header: str = ""
    after: str = ""
    footer: str = ""


NO_SLOTS = Slots()


def document(content: str, *, title: str, language: str, here: str, slots: Slots = NO_SLOTS) -> str:
    """Return a complete page; `here` is its file."""
    tag, up = attribute(language), root(here)
    return (
        f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8"/>\n'
        f'<meta name="generator" content="{GENERATOR}"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>\n'
        '<meta name="referrer" content="no-referrer"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        '<meta name="color-scheme" content="light dark"/>\n'
        f'<title>{text(title)}</title>\n<link rel="stylesheet" href="{up}{STYLE}"/>\n'
        f'<link rel="alternate" type="application/atom+xml" href="{up}{FEED}"/>\n</head>\n'
        f"{BODY}{slots.header}{MAIN}{content}\n{slots.after}{END}{slots.footer}</body>\n</html>\n"
    )


def render(article: Article, page: Page) -> bytes:
    """Return the page of an article, without the slots."""
    names = SiteNames(page.options.assets or PICTURES)
    body = chapter(article, page, names, below=0)
    here = page_file(page.entry.path)
    return document(body, title=article.title, language=article.language, here=here).encode()


def stand_in(entry: Entry, why: Omission, page: Page, language: str) -> bytes:
    """Return the page of an article that could not be converted, without the slots."""
    body = left_out(entry, why, page, SiteNames(page.options.assets or PICTURES), language, below=0)
    title = visible(entry.title, entry.path)
    return document(body, title=title, language=language, here=page_file(entry.path)).encode()


def fill(page: bytes, slots: Slots) -> bytes:
    """Return an article's page with its slots, whatever they held before."""
    body = page.index(BODY.encode()) + len(BODY)
    main = page.index(MAIN.encode(), body)
    closed = page.rindex(_CLOSED) + len(_CLOSED)
    parts = (slots.header, slots.after + END + slots.footer + "</body>\n</html>\n")
    header, rest = (each.encode("utf-8", "ignore") for each in parts)
    return page[:body] + header + page[main:closed] + rest


def header(title: str, language: str, here: str, search: str) -> str:
    """Return the header of a page: skip link, name of the site, links to its lists, and the field of the search."""
    label, up = words(language), root(here)
    links = "".join(f'<li><a href="{up}{file}">{text(label[word])}</a></li>\n' for file, word in LISTS)
    return (
        f'<a class="skip" href="#main">{text(label["skip"])}</a>\n<header class="site">\n'
        f'<p class="name"><a href="{up}index.html">{text(title)}</a></p>\n'
        f'<nav aria-label="{attribute(label["contents"])}">\n<ul>\n{links}</ul>\n</nav>\n'
        f"{search}</header>\n"
    )


LISTS = (("dates.html", "by_date"), ("authors.html", "by_author"), ("keywords.html", "by_keyword"),
         ("about.html", "about_site"))  # fmt: skip
