"""ART011 long-paragraph

## What it finds
More than 2000 Han characters, or twice as many of an alphabet, without the end of a paragraph or of a line.  Looked for
by `convert validate`.

## Why it matters
Where an article's breaks are lost, lists and verses run on in one piece, and nobody can read it.

## What to do
Look at the original, and write `</p><p>` or `<br/>` where its lines end.
"""

from collections.abc import Iterator

from convert.model import Article, Break, Paragraph, Place, Reading
from convert.rules.body import length, lines, weight
from convert.rules.rule import Rule, texts
from convert.text import squeeze

LONG = 2000
"""Han characters: about 100 of 123,259 real articles have a longer paragraph, most of them with breaks in it."""


def look(reading: Reading, article: Article) -> Iterator[tuple[str, Place]]:
    for node in lines(reading.article.body):
        if type(node) is Paragraph and length(node.children) > LONG and (text := _longest(node)):
            message = (
                f"{len(text)} characters without a break, from {squeeze(text, 30)}; break them as the original does"
            )
            yield message, reading.places.of(node)


def _longest(paragraph: Paragraph) -> str:
    """The first text without a break that is too long, if there is one."""
    text = ""
    for child in (*paragraph.children, Break()):
        if not isinstance(child, Break):
            text += "".join(texts((child,)))
        elif weight(text) > LONG:
            return text
        else:
            text = ""
    return ""


RULE = Rule("ART011", "long-paragraph", "warning", __doc__, look=look)
