"""Article → JSON, as schemas/article.schema.json describes it; Volume → JSON Lines, one article a line."""

from collections.abc import Iterator
from typing import BinaryIO

from msgspec.structs import replace

from convert.codec import article_json, row
from convert.model import Article, Image, Volume, walk
from convert.writers.assets import beside
from convert.writers.options import Options, Page, named
from convert.writers.part import RenderedArticle, Tally
from convert.writers.pictureless import pictureless


def _chosen(article: Article, page: Page) -> Article:
    """Return the article with its channel's name, and without the mirror's own links if the user dropped them."""
    article = pictureless(named(article, page), page.options.images)
    return article if page.options.nav == "keep" else replace(article, nav=())


def _look_up(article: Article, page: Page) -> None:
    """Look up the pictures of an article if they are written beside the output."""
    for node in walk((article,)) if page.options.assets else ():
        if isinstance(node, Image):
            beside(page, node.address)


def render(article: Article, page: Page) -> bytes:
    """Return the whole file, indented."""
    _look_up(article, page)
    return article_json.indent(article_json.encode(_chosen(article, page)))


def render_line(article: Article, page: Page) -> bytes:
    """Return one line: a row if the user wants flat lines, else the whole article."""
    if page.options.flat:
        return render_row(article, page)
    _look_up(article, page)
    return article_json.encode(_chosen(article, page)) + b"\n"


def render_row(article: Article, page: Page) -> bytes:
    """Return the article's row, as one line."""
    return row.encode(row.row_of(_chosen(article, page), page.name)) + b"\n"


def bind(
    volume: Volume, lines: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int = 1
) -> None:
    """Write one line after the other."""
    for line in lines:
        out.write(line.data)
