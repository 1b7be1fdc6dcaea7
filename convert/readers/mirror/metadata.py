"""Metadata that stands in the text of an article.  It is read from there and stays there."""

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
# Where the reporter was, written between name and kind of report without a mark: 李怡欣台湾台北报导.
_PLACE = re.compile(
    r"(?:台[湾灣]|香港|澳[洲门門]|美[国國]|加拿大|英[国國]|法[国國]|德[国國]|日本|[韩韓][国國]|[纽紐][约約]|[华華]盛[顿頓]|旧金山|[舊]金山|洛杉[矶磯]|"
    r"悉尼|墨[尔爾]本|多[伦倫]多|[温溫]哥[华華]|[伦倫]敦|巴黎|柏林|台北|[东東]京|首[尔爾]).*$"
)


OPENINGS = (Paragraph, Quote)
CLOSINGS = (Paragraph, Code)
LAST = 8
"""Credits stand among as many paragraphs at the end."""


class Mined(NamedTuple):
    """What the text of an article says of it."""

    dateline: str = ""
    authors: tuple[str, ...] = ()
    report_type: str = ""
    agency: str = ""
    editor: str = ""


def mine(body: tuple[Block, ...], dialect: Dialect) -> Mined:
    """Dateline, reporters, kind of report, agency and editor of an article."""
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
                told = match.groupdict()
                editor = editor or INVISIBLE.sub("", told.get("editor") or "")
                agency = agency or told.get("agency") or told.get("agency_alone") or ""
                kind = kind or told.get("kind") or ""
                if not authors and told.get("names"):
                    authors += names(told["names"])
    return Mined(dateline, tuple(dict.fromkeys(authors)), kind, agency, editor)


def names(text: str) -> list[str]:
    """The names in a byline's list, without what stands before and after them.

    >>> names("香港大纪元记者温妮、梁欣"), names("大纪元记者李怡欣台湾台北"), names("英文大纪元资深记者Jan Jekielek")
    (['温妮', '梁欣'], ['李怡欣'], ['Jan Jekielek'])
    """
    found = []
    for part in _NAMES.split(_ROLE.sub("", text.strip())):
        name = _ROLE.sub("", part).strip(EDGE_SPACE)
        if len(name) > 3 and (short := _PLACE.sub("", name)) and _HAN_NAME.fullmatch(short):
            name = short
        if 2 <= len(name) <= 40:
            found.append(name)
    return found


def series(title: str, dialect: Dialect) -> str:
    """The series that a title names first."""
    match = dialect.series.match(title)
    return INVISIBLE.sub("", match["series"]).strip(EDGE_SPACE) if match else ""


def media(title: str) -> tuple[str, ...]:
    """What a title says at its end that the article holds besides text.

    >>> media("纸的历史(组图/视频)"), media("纸的历史（图）"), media("纸的历史")
    (('组图', '视频'), ('图',), ())
    """
    match = _MEDIA.search(title)
    return tuple(part for part in re.split(r"[/／、|+＋]", match["media"]) if part) if match else ()


def published(address: str, text: str, dialect: Dialect) -> str:
    """The moment in the page, else the date in an original address, else the date in the page (ISO 8601), or nothing.

    The date of the address is the publisher's own; the dateline's is Beijing's, a day later for 29 articles in 100.
    """
    told = (dialect.published, address), (dialect.dated, text)
    exact = dialect.dated is not None and "moment" in dialect.dated.groupindex
    for pattern, where in reversed(told) if exact else told:
        if pattern and (match := pattern.search(where)) and (when := _date(match, dialect.year)):
            return when
    return ""


def modified(text: str, dialect: Dialect) -> str:
    """When an article was last changed (ISO 8601), if its page tells."""
    match = dialect.modified.search(text) if dialect.modified else None
    return _date(match, 0) if match else ""


def _date(match: re.Match[str], made: int) -> str:
    told = match.groupdict()
    if moment := told.get("moment"):
        return moment if _MOMENT.match(moment) else ""
    year, month, day = int(told.get("year") or made), int(told["month"]), int(told["day"])
    try:
        return date(year + 2000 if year < 100 else year, month, day).isoformat()
    except ValueError:
        return ""
