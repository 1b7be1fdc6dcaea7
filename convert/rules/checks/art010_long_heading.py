"""A heading of more than 80 Han characters, or twice as many of an alphabet."""

from collections.abc import Iterator

from convert.messages import Message, message
from convert.model import Article, Heading, Place, Reading, texts
from convert.rules.body import lines, weight
from convert.rules.rule import Rule
from convert.text import squeeze

LONG = 80
"""Most Han characters: 13 of 123,259 real articles have a longer heading."""


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    for node in lines(reading.article.body):
        if type(node) is not Heading:
            continue
        text = "".join(texts(node.children))
        if len(text) > LONG and weight(text) > LONG:
            yield message("long-heading", text=squeeze(text, 30), count=len(text)), reading.places.of(node)


RULE = Rule("ART010", "long-heading", "warning", check_document=check_document)
