"""ART006 missing-dateline

## What it finds
An article without a dateline, in a dialect in which at least 95 in 100 articles begin with one: those of 大纪元 and of
希望之声.  Looked for by `convert validate`.

## Why it matters
The beginning of the text may be lost, and with it the day and the reporters.  Chapters of books never had one.

## What to do
Look at the original.  If the article has a dateline there, put it back at the beginning of the text.
"""

from collections.abc import Iterator

from convert.model import Article, Place, Reading
from convert.rules.body import beginning, told
from convert.rules.rule import Rule


def look(reading: Reading, article: Article) -> Iterator[tuple[str, Place]]:
    if article.dateline or "dateline" not in reading.expects or not told(article):
        return
    year, month, day = article.published[:10].split("-") if article.published else ("YYYY", "MM", "DD")
    dateline = f"【{article.publisher}{year}年{month}月{day}日讯】"
    yield f"the text begins without a dateline; it should begin like {dateline}", beginning(reading)


RULE = Rule("ART006", "missing-dateline", "warning", __doc__, look=look)
