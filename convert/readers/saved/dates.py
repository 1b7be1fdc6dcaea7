"""Dates as web pages write them, in machine form or in words."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from convert.numerals import SHORT, SIGNS, YEAR, number

FIRST, LAST = 1900, 2100
"""Years between which articles on the web are dated; other years are those of clocks and fields that were never set."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Moment that means "no date" in many programs."""
_NUMBERS = re.compile(r"(?<!\d)(\d{4})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_STAMP = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*"
    r"(?:(Z|UTC|GMT)|([+-]\d\d):?(\d\d)?(?: [A-Z]{3,4})?)?\Z",
    re.I,
)
_MAIL = re.compile(r"\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d")
_SECONDS = re.compile(r"(\d{9,10})(\d{3})?\Z")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier enero januar janeiro gennaio januari января",
            "february feb février fevrier febrero februar fevereiro febbraio februari февраля",
            "march mar mars marzo märz março maart марта",
            "april apr avril abril aprile апреля",
            "may mai mayo maio maggio mei мая",
            "june jun juin junio juni junho giugno июня",
            "july jul juillet julio juli julho luglio июля",
            "august aug août aout agosto augustus августа",
            "september sep sept septembre septiembre setembro settembre сентября",
            "october oct octobre octubre oktober outubro ottobre октября",
            "november nov novembre noviembre novembro ноября",
            "december dec décembre decembre diciembre dezember dezembro dicembre",
        ),
        1,
    )
    for name in names.split()
}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_IN_WORDS = re.compile(
    rf"(?<![\w-])(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?(?:\s+(?:de|of))?[\s-]+({_NAMES})\.?(?:\s+del?)?,?[\s-]+(\d{{4}})(?!\d)",
    re.I,
)
_MONTH_FIRST = re.compile(
    rf"(?<![\w-])({_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+"
    r"(?:\d\d:\d\d:\d\d\s+(?:[A-Z]{3,4}\s+|[+-]\d{4}\s+)?)?(\d{4})(?!\d)",
    re.I,
)
_ERAS = {"民国": 1911, "民國": 1911, "令和": 2018, "平成": 1988, "昭和": 1925, "": 0}
"""Years before the first one of each era."""
_IN_HAN = re.compile(
    rf"(民[国國]|令和|平成|昭和|(?={YEAR}))\s?([{SIGNS}]{{1,4}})\s?年\s?({SHORT})\s?月\s?({SHORT})\s?日"
)
_SLASHES = re.compile(r"(?<![\d/])(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?![\d/])")


def iso(value: str) -> str:
    """Return a date as ISO 8601, with the time if it has a time zone, else only the day; "" if it is no date.

    A year that no article has is no date.

    >>> iso("2023-03-14T08:30:00.000+0800"), iso("2023年3月14日 08:30"), iso("Tue, 14 Mar 2023 08:30:00 GMT")
    ('2023-03-14T08:30:00+08:00', '2023-03-14', '2023-03-14T08:30:00+00:00')
    >>> iso("0001-01-01T00:00:00Z"), iso("1970-01-01"), iso("1678786200"), iso("14 March 2023"), iso("14/03/2023")
    ('', '', '2023-03-14T09:30:00+00:00', '2023-03-14', '2023-03-14')
    """
    value = value.strip()
    for read in (_iso, day):  # a moment that no clock shows, or of no zone on earth, still names a day
        try:
            found = read(value)
            return found if found and _is_possible(found) else ""
        except (ValueError, TypeError, OverflowError):
            continue
    return ""


def _iso(value: str) -> str:
    if match := _STAMP.match(value):
        year, month, number, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        moment = datetime(year, month, number, hour, minute, second)
        if match[8]:
            return f"{moment.isoformat()}{match[8]}:{match[9] or '00'}"
        return f"{moment.isoformat()}Z" if match[7] else moment.date().isoformat()
    if re.fullmatch(r"\d{8}(?:\d{6})?", value):
        return date(int(value[:4]), int(value[4:6]), int(value[6:8])).isoformat()
    if match := _SECONDS.match(value):
        return datetime.fromtimestamp(int(match[1]), UTC).isoformat()
    if not _MAIL.search(value):
        return day(value)
    moment = parsedate_to_datetime(value)
    return moment.isoformat() if moment.tzinfo else moment.date().isoformat()


def day(text: str) -> str:
    """Return the first day that a text names, "" if there is none; of two numbers only one above 12 is surely a day.

    >>> day("发布时间：2019-09-07 13:43"), day("Published March 14th, 2023"), day("3/4/2023"), day("le 1er août 2019")
    ('2019-09-07', '2023-03-14', '', '2019-08-01')
    >>> day("二〇二三年三月十四日"), day("令和5年3月14日"), day("14 марта 2023")
    ('2023-03-14', '2023-03-14', '2023-03-14')
    """
    if match := _NUMBERS.search(text):
        return date(*map(int, match.groups())).isoformat()
    if match := _IN_HAN.search(text):
        return date(_ERAS[match[1]] + number(match[2]), number(match[3]), number(match[4])).isoformat()
    if match := _IN_WORDS.search(text):
        return date(int(match[3]), _MONTHS[match[2].lower()], int(match[1])).isoformat()
    if match := _MONTH_FIRST.search(text):
        return date(int(match[3]), _MONTHS[match[1].lower()], int(match[2])).isoformat()
    if match := _SLASHES.search(text):
        one, other, year = map(int, match.groups())
        if one > 12 or other > 12 or one == other:
            return date(year, min(one, other), max(one, other)).isoformat()
    return ""


def _is_possible(found: str) -> bool:
    """Return True if an article may be of a date."""
    if not FIRST < int(found[:4]) < LAST or found == "1970-01-01":
        return False
    return len(found) == len("2023-03-14") or datetime.fromisoformat(found) != _EPOCH


def local(found: str, others: Iterable[str]) -> str:
    """Return a moment as the publisher's clock shows it, if one of the other values is the same moment with a zone.

    >>> local("2017-02-24T01:18:13Z", ["2017-02-23T17:18:13-08:00"])
    '2017-02-23T17:18:13-08:00'
    """
    if not found.endswith(("Z", "+00:00")):
        return found
    moment = datetime.fromisoformat(found)
    for each in others:
        if "T" in each and not each.endswith(("Z", "+00:00")) and datetime.fromisoformat(each) == moment:
            return each
    return found
