"""Articles rendered as parts of an EPUB or a PDF.  Binding is elsewhere: workers never import its libraries."""

from convert.codec import article_json
from convert.model import Article, Entry
from convert.printing.variants import VARIANTS
from convert.text import visible
from convert.writers.book.names import STYLE_FILE, FileNames, PageNames, file_name
from convert.writers.book.pages import chapter, document, left_out
from convert.writers.options import Omission, Page, named
from convert.writers.references import relative

FILES = FileNames()
PAGES = PageNames()


def epub(article: Article, page: Page) -> bytes:
    """Return the article's file in an EPUB."""
    body = chapter(article, page, FILES, epub=True, below=0)
    style = relative(STYLE_FILE, file_name(page.entry.path))
    return document(body, title=article.title, language=article.language, style=style).encode()


def epub_stand_in(entry: Entry, why: Omission, page: Page, language: str) -> bytes:
    """Return the file in an EPUB of an article that could not be converted."""
    body = left_out(entry, why, page, FILES, language, below=0)
    style = relative(STYLE_FILE, file_name(entry.path))
    return document(body, title=visible(entry.title, entry.path), language=language, style=style).encode()


def pdf(article: Article, page: Page) -> bytes:
    """Return the `<article>` element from which an article's pages in a PDF are drawn."""
    return chapter(article, page, PAGES).encode()


def pdf_stand_in(entry: Entry, why: Omission, page: Page, language: str) -> bytes:
    """Return the `<article>` element of an article that could not be converted."""
    return left_out(entry, why, page, PAGES, language).encode()


def attached(article: Article, page: Page) -> bytes:
    """Return the article's JSON for variants of PDF that attach it, else b""."""
    if not VARIANTS[page.options.design.variant].attaches:
        return b""
    return article_json.encode(named(article, page))
