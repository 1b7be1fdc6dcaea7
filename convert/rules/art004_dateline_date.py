"""ART004 dateline-date

## What it finds
A dateline whose day is more than three days from the day of publication.

## Why it matters
One of the two is wrong, or the article is an old one that was published again.  A day is normal: datelines are written
in Beijing, addresses elsewhere.

## What to do
Look at the original.  The day of publication is what outputs are sorted by.
"""

import re
from datetime import date

from convert.model import Article
from convert.rules.rule import Context, Rule

_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
LIMIT = 3
"""Days: 660 of 106,362 real articles are further apart, 29 in 100 are one apart."""


def check(article: Article, context: Context) -> str | None:
    told = _DAY.search(article.dateline)
    if not told or not article.published:
        return None
    try:
        apart = date(int(told[1]), int(told[2]), int(told[3])) - date.fromisoformat(article.published[:10])
    except ValueError:
        return None
    if abs(apart.days) <= LIMIT:
        return None
    return f"the dateline {told[0]} is {abs(apart.days)} days from the day of publication, {article.published[:10]}"


RULE = Rule("ART004", "dateline-date", "warning", __doc__, on=(Article,), check=check)
