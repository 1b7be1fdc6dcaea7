"""Metadata in the text of an article, which is read from there and not removed."""

import re
from datetime import date
from itertools import islice
from typing import NamedTuple

from convert.model import Block, Code, Paragraph, Quote, texts
from convert.readers.mirror.dialect import Dialect
from convert.text import EDGE_SPACE, INVISIBLE

_MEDIA = re.compile(
    r"[（(](?P<media>[^（）()]{0,12}?(?:[图圖]|[视視][频頻]|音[频頻]|[直][播]|[图圖][集]|影片))[）)]\s*\Z"
)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?\Z")
_NAMES = re.compile(r"[、，,/／&]|\s和\s")
_ROLE = re.compile(
    r"^(?:.{0,4}?(?:英文|香港)?(?:大[纪紀]元|新唐人)(?:[电電][视視][台臺]?)?|本[台臺报報刊]|希望之[声聲]|看中[国國])?(?:[资資]深|[专專][题題]部|特[约約]|[专專][栏欄])?"
    r"(?:记者|記者|作家|作者|评论员|評論員|撰稿人|[专專][栏欄]作家)?[：:\s]*"
)
_HAN_NAME = re.compile(r"[\u3400-\u9fff·‧]{2,4}")
# The reporter's location, written between name and kind of report without a separator: 李怡欣台湾台北报导.
_PLACE = re.compile(
    r"(?:台[湾灣]|香港|澳[洲门門]|美[国國]|加拿大|英[国國]|法[国國]|德[国國]|日本|[韩韓][国國]|[纽紐][约約]|[华華]盛[顿頓]|旧金山|[舊]金山|洛杉[矶磯]|"
    r"悉尼|墨[尔爾]本|多[伦倫]多|[温溫]哥[华華]|[伦倫]敦|巴黎|柏林|台北|[东東]京|首[尔爾]).*$"
)


OPENINGS = (Paragraph, Quote)
CLOSINGS = (Paragraph, Code)
LAST = 8
"""Number of paragraphs at the end that may contain credits."""


class TextMetadata(NamedTuple):
    """Metadata from the text of an article; a field that the text does not give is empty."""

    dateline: str = ""
    authors: tuple[str, ...] = ()
    report_type: str = ""
    agency: str = ""
    editor: str = ""


def extract(body: tuple[Block, ...], dialect: Dialect) -> TextMetadata:
    """Return dateline, reporters, kind of report, agency and editor of an article."""
    dateline = agency = kind = editor = ""
    authors: list[str] = []
    if dialect.dateline:
        for block in islice((each for each in body if isinstance(each, OPENINGS)), 6):
            opening = "".join(texts((block,))[:8])[:300]
            if match := dialect.dateline.search(opening):
                dateline = match["dateline"].strip(EDGE_SPACE)
                if dialect.byline and (by := dialect.byline.match(opening[match.end() :].lstrip(EDGE_SPACE))):
                    agency = by["agency"] or ""
                    kind = by["kind"] or by["agency_kind"] or ""
                    authors += names(
                        by["names"] or by["writers"] or (by["agency_names"] if by["reporter"] else "") or ""
                    )
                    if by["second"]:
                        authors += names(by["second"])
                        kind += f"／{by['second_kind']}" if by["second_kind"] else ""
                break
    for last in islice((each for each in reversed(body) if isinstance(each, CLOSINGS)), LAST):
        text = "".join(texts((last,)))[-200:]
        if not dialect.credit_signs.search(text):
            continue
        for pattern in dialect.credits:
            if match := pattern.search(text):
                groups = match.groupdict()
                editor = editor or INVISIBLE.sub("", groups.get("editor") or "")
                agency = agency or groups.get("agency") or groups.get("agency_alone") or ""
                kind = kind or groups.get("kind") or ""
                if not authors and groups.get("names"):
                    authors += names(groups["names"])
    return TextMetadata(dateline, tuple(dict.fromkeys(authors)), kind, agency, editor)


def names(text: str) -> list[str]:
    """Return the names in a byline's list, without roles before and places after them.

    >>> names("香港大纪元记者温妮、梁欣"), names("大纪元记者李怡欣台湾台北"), names("英文大纪元资深记者Jan Jekielek")
    (['温妮', '梁欣'], ['李怡欣'], ['Jan Jekielek'])
    """
    people = []
    for part in _NAMES.split(_ROLE.sub("", text.strip())):
        name = _ROLE.sub("", part).strip(EDGE_SPACE)
        if len(name) > 3 and (short := _PLACE.sub("", name)) and _HAN_NAME.fullmatch(short):
            name = short
        if 2 <= len(name) <= 40:
            people.append(name)
    return people


def series(title: str, dialect: Dialect) -> str:
    """Return the series that a title begins with, or ""."""
    match = dialect.series.match(title)
    return INVISIBLE.sub("", match["series"]).strip(EDGE_SPACE) if match else ""


def media(title: str) -> tuple[str, ...]:
    """Return the kinds of media that the end of a title announces.

    >>> media("纸的历史(组图/视频)"), media("纸的历史（图）"), media("纸的历史")
    (('组图', '视频'), ('图',), ())
    """
    match = _MEDIA.search(title)
    return tuple(part for part in re.split(r"[/／、|+＋]", match["media"]) if part) if match else ()


def published(address: str, text: str, dialect: Dialect) -> str:
    """Return the date or time of publication (ISO 8601), or "" if there is none.

    A moment in the page comes first, then the date in the address, then a date in the page.  The address has the
    publisher's date; that of the dateline is Beijing's, a day later for 29 articles of 100.
    """
    sources = (dialect.published, address), (dialect.dated, text)
    exact = dialect.dated is not None and "moment" in dialect.dated.groupindex
    for pattern, where in reversed(sources) if exact else sources:
        if pattern and (match := pattern.search(where)) and (when := _date(match, dialect.year)):
            return when
    return ""


def modified(text: str, dialect: Dialect) -> str:
    """Return the time of an article's last change (ISO 8601), or "" if its page has none."""
    match = dialect.modified.search(text) if dialect.modified else None
    return _date(match, 0) if match else ""


def _date(match: re.Match[str], made: int) -> str:
    groups = match.groupdict()
    if moment := groups.get("moment"):
        return moment if _MOMENT.match(moment) else ""
    year, month, day = int(groups.get("year") or made), int(groups["month"]), int(groups["day"])
    try:
        return date(year + 2000 if year < 100 else year, month, day).isoformat()
    except ValueError:
        return ""
