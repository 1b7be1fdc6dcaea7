"""Metadata that stands in the text of an article.  It is read from there and stays there."""

import re
from itertools import islice
from typing import NamedTuple

from convert.model import Block, Paragraph, Quote
from convert.readers.flow import strings
from convert.readers.mirror.dialect import Dialect
from convert.text import EDGE_SPACE, INVISIBLE

_SERIES = re.compile(r"【([^】]{1,20})】")
_NAMES = re.compile(r"[、，,/／&]|\s和\s")
_ROLE = re.compile(
    r"^(?:.{0,4}?(?:英文|香港)?(?:大[纪紀]元|新唐人)(?:[电電][视視][台臺]?)?)?(?:[资資]深|[专專][题題]部|特[约約]|[专專][栏欄])?"
    r"(?:记者|記者|作家|作者|评论员|評論員|撰稿人|[专專][栏欄]作家)?[：:\s]*"
)
_HAN_NAME = re.compile(r"[\u3400-\u9fff·‧]{2,4}")
# Where the reporter was, written between name and kind of report without a mark: 李怡欣台湾台北报导.
_PLACE = re.compile(
    r"(?:台[湾灣]|香港|澳[洲门門]|美[国國]|加拿大|英[国國]|法[国國]|德[国國]|日本|[韩韓][国國]|[纽紐][约約]|[华華]盛[顿頓]|旧金山|[舊]金山|洛杉[矶磯]|"
    r"悉尼|墨[尔爾]本|多[伦倫]多|[温溫]哥[华華]|[伦倫]敦|巴黎|柏林|台北|[东東]京|首[尔爾]).*$"
)


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
        for block in islice(body, 6):
            if not isinstance(block, Paragraph | Quote):
                continue
            opening = "".join(islice(strings((block,)), 8))[:300]
            if match := dialect.dateline.search(opening):
                dateline = match["dateline"]
                if dialect.byline and (by := dialect.byline.match(opening[match.end() :].lstrip(EDGE_SPACE))):
                    agency = by["agency"] or ""
                    kind = by["kind"] or by["agency_kind"] or ""
                    authors += names(by["names"] or (by["agency_names"] if by["reporter"] else "") or "")
                    if by["second"]:
                        authors += names(by["second"])
                        kind += f"／{by['second_kind']}" if by["second_kind"] else ""
                break
    if dialect.editor:
        for block in reversed(body[-12:]):
            if not isinstance(block, Paragraph):
                continue
            if match := dialect.editor.search("".join(strings((block,)))[-200:]):
                editor = INVISIBLE.sub("", match["editor"])
                break
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


def series(title: str) -> str:
    """The series that a title names first.

    >>> series("【新闻看点】纸的历史"), series("纸的历史")
    ('新闻看点', '')
    """
    match = _SERIES.match(title)
    return INVISIBLE.sub("", match[1]).strip(EDGE_SPACE) if match else ""


def published(address: str, dialect: Dialect) -> str:
    """The date in an original address (ISO 8601), or nothing.

    The date of the address is the publisher's own; the dateline's is Beijing's, a day later for 29 articles in 100.
    """
    match = dialect.published.search(address)
    if not match:
        return ""
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    return f"{year + 2000 if year < 100 else year:04}-{month:02}-{day:02}"
