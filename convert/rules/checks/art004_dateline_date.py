"""A dateline whose day is in no calendar, before the day of publication, or more than 60 days after it."""

from collections.abc import Iterator
from datetime import date

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.numerals import SHORT, YEAR, number
from convert.rules.body import beginning, place_in
from convert.rules.rule import Rule

_DAY = late_pattern(f"({YEAR})年({SHORT})月({SHORT})日")
LATEST = 60
"""Days that a dateline may be after the day in the address.

Of 106,362 real articles 580 have more than three: 573 of them appeared late, as articles do that waited for their day.
"""


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    if not (dateline := _DAY.search(article.dateline)):
        return
    at = reading.text.find(dateline[0])
    place = place_in(reading, reading.text, at) if at >= 0 else beginning(reading)
    try:
        when = date(number(dateline[1]), number(dateline[2]), number(dateline[3]))
    except ValueError:
        yield message("dateline-no-date", date=dateline[0]), place
        return
    day = article.published[:10]
    try:
        apart = when - date.fromisoformat(day)
    except ValueError:
        return  # the day of publication is unknown
    if apart.days < 0:
        yield message("dateline-early", date=dateline[0], count=-apart.days, published=day), place
    elif apart.days > LATEST:
        yield message("dateline-late", date=dateline[0], count=apart.days, published=day), place


RULE = Rule("ART004", "dateline-date", "warning", check_document=check_document)
