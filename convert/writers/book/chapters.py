"""The part of a book that one article is, for EPUB and PDF.  Kept apart from binding, which workers never do."""

from convert.codec import article_json
from convert.model import Article, Entry
from convert.printing.variants import VARIANTS
from convert.writers.book.names import STYLE_FILE, FileNames, PageNames, file_name
from convert.writers.book.pages import chapter, document, left_out
from convert.writers.options import Page
from convert.writers.references import relative

FILES = FileNames()
PAGES = PageNames()


def epub(article: Article, page: Page) -> bytes:
    """The article's file in an EPUB."""
    body = chapter(article, page, FILES, epub=True)
    style = relative(STYLE_FILE, file_name(page.entry.path))
    return document(body, title=article.title, language=article.language, style=style).encode()


def epub_stand_in(entry: Entry, message: str, page: Page, language: str) -> bytes:
    """The file of an article that could not be converted."""
    body = left_out(entry, message, page, FILES, language)
    style = relative(STYLE_FILE, file_name(entry.path))
    return document(body, title=entry.title or entry.path, language=language, style=style).encode()


def pdf(article: Article, page: Page) -> bytes:
    """The article's part of a PDF's document."""
    return chapter(article, page, PAGES).encode()


def pdf_stand_in(entry: Entry, message: str, page: Page, language: str) -> bytes:
    """The part of an article that could not be converted."""
    return left_out(entry, message, page, PAGES, language).encode()


def attached(article: Article, page: Page) -> bytes:
    """The article's JSON, for variants of PDF that carry it."""
    return article_json.encode(article) if VARIANTS[page.options.design.variant].attaches else b""
