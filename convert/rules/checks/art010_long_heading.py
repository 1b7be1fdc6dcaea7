"""A heading of more than 80 Han characters, or twice as many of an alphabet."""

from collections.abc import Iterator

from convert.model import Article, Heading, Place, Reading, texts
from convert.rules.body import lines, weight
from convert.rules.rule import Rule
from convert.text import squeeze

LONG = 80
"""Han characters: 13 of 123,259 real articles have a longer heading."""


def look(reading: Reading, article: Article) -> Iterator[tuple[str, Place]]:
    for node in lines(reading.article.body):
        if type(node) is Heading and weight(text := "".join(texts(node.children))) > LONG:
            place = reading.places.of(node)
            yield f"the heading {squeeze(text, 30)} has {len(text)} characters; it should be a paragraph", place


RULE = Rule("ART010", "long-heading", "warning", look=look)
