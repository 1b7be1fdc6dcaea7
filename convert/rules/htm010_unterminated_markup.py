"""HTM010 unterminated-markup

## What it finds
A comment or a tag of the article that never ends, or a comment that ends only where the next one does.  Looked for by
`convert validate`.

## Why it matters
By the HTML Standard everything after `<!--` is comment: the text there is in the page, and nobody sees it.

## What to do
Write `-->` where the comment should end, `>` where the tag should.
"""

import re
from collections.abc import Iterator

from convert.model import Article, Place, Reading
from convert.rules.body import place_in, source
from convert.rules.rule import Rule
from convert.text import squeeze

_TAG = re.compile(r"<[A-Za-z/!][^<>]*\Z")


def look(reading: Reading, article: Article) -> Iterator[tuple[str, Place]]:
    html = reading.html if source(reading) else ""
    at = html.find("<!--")
    while at >= 0:
        end, inner = html.find("-->", at + 2), html.find("<!--", at + 4)
        stop = end if end >= 0 else len(html)
        if end < 0 or 0 <= inner < stop - 2:
            words = squeeze(html[at:stop], 30)
            place = place_in(reading, html, at)
            yield f"the comment {words} does not end before the text after it; --> should stand at its end", place
        at = inner if end < 0 or inner > stop else html.find("<!--", stop)
    if match := _TAG.search(html, max(html.rfind("<"), 0)):
        place = place_in(reading, html, match.start())
        yield f"the tag {squeeze(match[0], 30)} never ends; > should stand at its end", place


RULE = Rule("HTM010", "unterminated-markup", "error", __doc__, look=look)
