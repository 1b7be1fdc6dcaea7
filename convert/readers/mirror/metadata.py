"""Metadata in the text of an article, which is read from there and not removed."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from convert.late import late_pattern
from convert.model import Block, Break, Code, Paragraph, Quote, Text, texts, walk
from convert.readers.mirror import byline, described
from convert.readers.mirror.dialect import Dialect
from convert.text import EDGE_SPACE, INVISIBLE

_MEDIA = late_pattern(
    r"[（(](?P<media>[^（）()]{0,12}?(?:[图圖]|[视視][频頻]|音[频頻]|[直][播]|[图圖][集]|影片))[）)]\s*\Z"
)
_MOMENT = late_pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?\Z")
_EPISODE = late_pattern(
    r"(?:第[\d一二三四五六七八九十百]+[集期章回讲講季部篇话話]|之[一二三四五六七八九十]+|[（(][\d一二三四五六七八九十]+[）)]"
    r"|(?<!\d)\d{1,2}(?:[.·．/]\d{1,2})?)\Z"
)
_SIGNED = late_pattern(
    r"(?:【[^】\n]{2,30}】)?\s*(?=[（(【]?[^（）()\n。]{0,12}?(?:记者|記者|(?:作者|撰文|文)[：:／/]))"
)
"""Beginning of a paragraph with a byline, on pages without a dateline."""

_TAG = late_pattern(r"(?:(?<!\s)\s*+|(?<=\s))<[^<>]{0,500}>\s*")
"""Tag with the white space around it; each run of white space is read once."""

OPENINGS = (Paragraph, Quote)
CLOSINGS = (Paragraph, Code)
_OPENING = 300
"""Number of characters at the beginning of a paragraph among which dateline and byline are."""
LAST = 8
"""Number of paragraphs at the end that may contain credits."""


class TextMetadata(NamedTuple):
    """Metadata from the text of an article; a field that the text does not give is empty."""

    dateline: str = ""
    authors: tuple[str, ...] = ()
    report_type: str = ""
    agency: str = ""
    editor: str = ""


def extract(body: tuple[Block, ...], dialect: Dialect, above: str = "") -> TextMetadata:
    """Return dateline, reporters, kind of report, agency and editor of an article; `above` is the text above it."""
    given = described.extract(body, dialect.lines, above)
    dateline, by = _opening(body, dialect)
    (authors, kind, agency), editor = by, given.editor
    dateline, authors, agency = given.dateline or dateline, given.authors or authors, given.agency or agency
    for last in islice((each for each in reversed(body) if isinstance(each, CLOSINGS)), LAST):
        text = _plain(last)[-200:]
        if not dialect.credit_signs.search(text):
            continue
        for pattern in dialect.credits:
            if match := pattern.search(text):
                groups = match.groupdict()
                by = byline.parse(groups.get("byline") or "")
                editor = editor or INVISIBLE.sub("", groups.get("editor") or "")
                agency = agency or by.agency or groups.get("agency") or groups.get("agency_alone") or ""
                kind = kind or by.kind
                authors = authors or by.authors
    return TextMetadata(dateline, authors, kind, "" if agency == dialect.publisher else agency, editor)


def _opening(body: tuple[Block, ...], dialect: Dialect) -> tuple[str, byline.Byline]:
    """Return the dateline, which is in one of the first paragraphs, and the byline after it."""
    if dialect.dateline is None:
        return "", byline.Byline()
    openings = map(_texts, islice((each for each in body if isinstance(each, OPENINGS)), 6))
    passed: list[str] = []
    for parts in openings:
        dateline, rest = _dateline(parts, dialect.dateline)
        if dateline:
            rest = rest.lstrip(EDGE_SPACE) or "".join(next(openings, ()))[:_OPENING]
            return dateline, _byline(rest, dialect)
        passed.append("".join(parts)[:_OPENING])
    for opening in passed[:2]:
        if (head := _SIGNED.match(opening)) and (by := _byline(opening[head.end() :], dialect)).authors:
            return "", by
    return "", byline.Byline()


def _dateline(parts: Sequence[str], pattern: re.Pattern[str]) -> tuple[str, str]:
    """Return the dateline at the beginning of a text and the text after it; ("", "") if there is none.

    A link inside the dateline divides it into parts, with white space where they meet.

    >>> _dateline(["【大纪元2023年0 ", "5月", " 06日讯】", "（记者纸鸢报导）"], re.compile("【(?P<dateline>[^】 ]+)】"))
    ('大纪元2023年05月06日讯', '（记者纸鸢报导）')
    """
    opening = "".join(parts)[:_OPENING]
    if match := pattern.search(opening):
        return match["dateline"].strip(EDGE_SPACE), opening[match.end() :]
    joined = "".join(part.strip() for part in parts)[:_OPENING]
    if len(parts) < 2 or not (match := pattern.search(joined)):
        return "", ""
    letters = len("".join(joined[: match.end()].split()))
    return match["dateline"].strip(EDGE_SPACE), _after(opening, letters)


def _after(text: str, count: int) -> str:
    """Return the text after so many characters that are no white space."""
    for at, char in enumerate(text):
        if not count:
            return text[at:]
        count -= not char.isspace()
    return ""


def _byline(text: str, dialect: Dialect) -> byline.Byline:
    """Return the content of the byline that a text begins with."""
    match = dialect.byline.match(text) if dialect.byline else None
    return byline.parse(match[match.lastgroup or 0]) if match else byline.Byline()


def _plain(block: Block) -> str:
    """Return the text of a block without its line breaks; most are paragraphs of one text."""
    if type(block) is Paragraph and len(block.children) == 1 and type(only := block.children[0]) is Text:
        return only.text
    return "".join(texts(block.children if type(block) is Paragraph else (block,)))


def _texts(block: Block) -> list[str]:
    """Return the texts of a block, with its line breaks."""
    if type(block) is Paragraph and len(block.children) == 1 and type(only := block.children[0]) is Text:
        return [only.text]
    return ["\n" if type(node) is Break else getattr(node, "text", "") for node in walk((block,))]


def commentator(title: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the author that the title of a commentary names, if it names one."""
    match = dialect.commentator.match(title) if dialect.commentator else None
    return tuple(byline.names(match["author"])) or (INVISIBLE.sub("", match["author"]),) if match else ()


def series(title: str, dialect: Dialect) -> str:
    """Return the series that a title begins with, or "".  The number of the episode is no part of its name."""
    match = dialect.series.match(title)
    if match is None:
        return ""
    name = INVISIBLE.sub("", match[match.lastgroup or 0]).strip(EDGE_SPACE)
    shorter = _EPISODE.sub("", name).rstrip(EDGE_SPACE + "-－—")
    return shorter if len(shorter) > 1 else name


def media(title: str) -> tuple[str, ...]:
    """Return the kinds of media that the end of a title announces.

    >>> media("纸的历史(组图/视频)"), media("纸的历史（图）"), media("纸的历史")
    (('组图', '视频'), ('图',), ())
    """
    match = _MEDIA.search(title) if title.rstrip().endswith(("）", ")")) else None
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
    if dialect.lines.datelines and (when := described.published(text, dialect.lines)):
        return when
    if dialect.dated and (match := dialect.dated.search(_TAG.sub("", text))):  # a link may divide the dateline
        return _date(match, dialect.year)
    return ""


_DATED = late_pattern(r"(?P<publisher>[\u3400-\u9fff]{2,10}?)(?:北京[时時][间間])?(?=.{4}年)")


def publisher(dateline: str, dialect: Dialect, language: str) -> str:
    """Return the publisher's name in a language; that of an unknown one is before the day in its dateline.

    >>> from convert.readers.mirror.family import UNKNOWN
    >>> publisher("纸坊网二零二一年三月五日讯", UNKNOWN, "zh-Hans"), publisher("2021年3月5日", UNKNOWN, "zh-Hans")
    ('纸坊网', '')
    """
    if not dialect.publisher and (match := _DATED.match(dateline)):
        return match["publisher"]
    return dialect.publishers.get(language, dialect.publisher)


def modified(text: str, dialect: Dialect) -> str:
    """Return the time of an article's last change (ISO 8601), or "" if its page has none."""
    match = dialect.modified.search(text) if dialect.modified else None
    return _date(match, 0) if match else ""


def _date(match: re.Match[str], made: int) -> str:
    groups = match.groupdict()
    if moment := groups.get("moment"):
        return moment if _MOMENT.match(moment) else ""
    return described.day_of(groups.get("year") or str(made), groups["month"], groups["day"])
