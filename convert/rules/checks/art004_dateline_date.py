"""A dateline whose day is in no calendar, or is more than three days from the day of publication."""

import re
from collections.abc import Iterator
from datetime import date

from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.rules.body import beginning, place_in
from convert.rules.rule import Rule

_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
LIMIT = 3
"""Days between dateline and publication: 660 of 106,362 real articles have more, 29 in 100 have one."""


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    if not (dateline := _DAY.search(article.dateline)):
        return
    at = reading.text.find(dateline[0])
    place = place_in(reading, reading.text, at) if at >= 0 else beginning(reading)
    try:
        when = date(int(dateline[1]), int(dateline[2]), int(dateline[3]))
    except ValueError:
        yield message("dateline-no-date", date=dateline[0]), place
        return
    day = article.published[:10]
    try:
        apart = when - date.fromisoformat(day)
    except ValueError:
        return  # the day of publication is unknown
    if abs(apart.days) > LIMIT:
        yield message("dateline-date", date=dateline[0], count=abs(apart.days), published=day), place


RULE = Rule("ART004", "dateline-date", "warning", check_document=check_document)
