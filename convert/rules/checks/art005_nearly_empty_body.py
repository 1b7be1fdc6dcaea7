"""An article whose text has fewer than 20 letters, those of the dateline and the editor's name among them, and that
has no picture in its text either."""

from collections.abc import Iterator

from convert.messages import Message, message
from convert.model import Article, Embed, Image, Place, Reading, walk
from convert.rules.body import OWN, beginning, letters, short_text
from convert.rules.rule import Rule
from convert.text import squeeze

ENOUGH = 20
"""Fewest letters: 3 of 123,259 real articles with text have fewer."""


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    text = short_text(article, 10 * ENOUGH)
    if not text or not 0 < (count := len(letters(text))) < ENOUGH or _shows(article):
        return
    at, words = beginning(reading), squeeze(text, 40)
    if article.source.address:
        yield message("nearly-empty-body-of", count=count, text=words, address=article.source.address), at
    else:
        yield message("nearly-empty-body", count=count, text=words), at


def _shows(article: Article) -> bool:
    """Return True if the article shows a picture, or an embedded item with an address or a text."""
    return any(
        isinstance(node, Image) or (isinstance(node, Embed) and (node.address or node.children))
        for node in walk(article.body, OWN)
    )


RULE = Rule("ART005", "nearly-empty-body", "error", check_document=check_document)
