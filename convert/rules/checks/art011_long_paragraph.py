"""More than 2000 Han characters, or twice as many of an alphabet, without the end of a paragraph or of a line."""

from collections.abc import Iterator

from convert.messages import Message, message
from convert.model import Article, Break, Paragraph, Place, Reading, texts
from convert.rules.body import length, lines, weight
from convert.rules.rule import Rule
from convert.text import squeeze

LONG = 2000
"""Most Han characters: about 100 of 123,259 real articles have a longer paragraph, most of them with breaks in it."""


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    if 0 < reading.regular <= LONG:
        return
    for node in lines(reading.article.body):
        if type(node) is Paragraph and length(node.children) > LONG and (text := _longest(node)):
            yield message("long-paragraph", count=len(text), text=squeeze(text, 30)), reading.places.of(node)


def _longest(paragraph: Paragraph) -> str:
    """Return the first text without a line break that is too long, or "" if there is none."""
    text = ""
    for child in (*paragraph.children, Break()):
        if not isinstance(child, Break):
            text += "".join(texts((child,)))
        elif weight(text) > LONG:
            return text
        else:
            text = ""
    return ""


RULE = Rule("ART011", "long-paragraph", "warning", check_document=check_document)
