"""Names, kinds of report and agencies in the bylines of Chinese publishers.

A byline is a row of credits, each of reporters and the verb that says what they did: `记者Ann Writer报导／方胶泥编译`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from convert.late import late_pattern
from convert.readers.mirror.places import is_place, split_unknown, without_place
from convert.readers.mirror.surnames import COMPOUND, SURNAMES
from convert.text import EDGE_SPACE, INVISIBLE, of_windows_1252

_HOW = (
    "综合|綜合|采访|採訪|编译|編譯|整理|专题|專題|图片|圖片|图文|圖文|摄影|攝影|独家|獨家|特别|特別|"
    "深度|现场|現場|连线|連線|联合|聯合|电话|電話|视频|視頻|追踪|追蹤|跟踪|跟蹤|编辑|編輯|实地|實地|调查|調查|系列|外电|外電|分析"
)
_DID = (
    "报导|报道|報導|報道|编译|編譯|撰文|撰稿|撰写|撰寫|翻译|翻譯|整理|采访|採訪|专访|專訪|综合|綜合|编写|編寫|摄影|攝影|供稿|"
    "评论|評論"
)
KIND = f"(?:{_HOW})*(?:{_DID})"
AGENCY = "中央社|美[国國]之音|自由[亚亞]洲[电電][台臺]|法新社|路透社|美联社|美聯社|[^（）()／/]{0,6}通[讯訊]社"
_WRITERS = "记者站|記者站|记者|記者|作家|作者|评论员|評論員|撰稿人|主持人|主播|通讯员|通訊員|特派员|特派員|主笔|主筆"
_ROLES = f"{_WRITERS}|编辑|編輯"

_CREDIT = late_pattern(rf"(?P<who>.*?)\s*(?P<kind>{KIND})\Z", re.S)
_LABEL = late_pattern(
    "(?P<label>作者|撰文|撰稿|文字|文[／/]?[图圖]|文|图文|圖文|编译|編譯|翻译|翻譯|译者|譯者|(?:图文|圖文)?整理|采访|採訪"
    r"|报导|報導|[^：:]{0,10}(?:记者|記者))\s*(?:[：:]\s*|[／/]\s*(?=[^／/]+\Z))(?P<who>.+)\Z",
    re.S,
)
_VERB_FIRST = late_pattern("(?P<kind>编译|編譯|翻译|翻譯|撰文|整理)\\s*(?P<who>(?!报|報|整理|综合|綜合).{2,3})")
_SILENT = late_pattern("作者|撰文|撰稿|文字|文[／/]?[图圖]?|图文|圖文|译者|譯者|采访|採訪|.*(?:记者|記者)")
"""Labels that are no kind of report."""
_AGENCY = late_pattern(
    rf"(?P<agency>{AGENCY})(?P<reporter>[^、，]{{0,6}}?(?:记者|記者))?(?P<who>.*?)"
    rf"(?:(?:\d{{4}}年)?(?:\d{{1,2}}月)?[\d一二三四五六七八九十]{{1,3}}日)?(?P<kind>[^\d日]{{0,4}}[电電]|{KIND}|)\Z"
)
_ROLE = late_pattern(
    rf"(?:[^、,，：:]*(?:{_ROLES}|大法弟子|[学學][员員])[：:\s]*"
    r"|(?:英文|中文|香港|台[湾灣])?《?(?:大[纪紀]元|新唐人|希望之[声聲]|看中[国國]|新[纪紀]元|明慧|自由[亚亞]洲[电電][台臺])"
    r"(?:[时時][报報]|[周週]刊|新[闻聞]網|新闻网|[电電][视視][台臺]?|[亚亞]太[台臺]?|[网網])*》?"
    r"|本[台臺报報刊網网社])"
)
_DESK = late_pattern(r".*(?:组|組|部|站|网|網|社|中心|报|報|[电電][视視]?[台臺])\Z")
_PARTS = late_pattern(
    r"[／/；;|｜，,]|(?<=报导|報導|报道|報道|编译|編譯|翻译|翻譯|撰文|采访|採訪)[、\s]+|\s+(?=[^：:\s]{2,4}[：:])"
)
_OTHERS = late_pattern(
    r"(?<!文)[\s，,、／/]+(?:[图圖]|[图圖]片|[摄攝]影)[／/：:].*\Z|[\s，,、／/；;]*(?:[责責]任)?(?:[编編][辑輯]|[责責][编編])\s*[：:].*\Z",
    re.S,
)
"""Credits of pictures and of editors."""
_BETWEEN = late_pattern(r"[、&＆]|\s+(?:and|和|与|與|及)\s+|(?<=[A-Za-z.])\s*(?:和|与|與|及)\s*(?=[A-ZÀ-Þ])")
_JOINED = late_pattern("(?P<one>[\u3400-\u9fff]{2,4})[和与與及](?P<other>[\u3400-\u9fff]{2,4})")
_DOTS = "·‧・•．"
_DOTTED = late_pattern(f"[\u3400-\u9fff]{{1,6}}(?:[{_DOTS}][\u3400-\u9fff]{{1,8}}){{1,3}}")
_LATIN = late_pattern(r"[A-ZÀ-Þ][\w.’'\-]*(?:\s+[\w.’'\-]+){0,4}")
_MIXED = late_pattern("(?P<latin>[A-Za-zÀ-ɏ][^\u3400-\u9fff]*?)\\s*(?P<han>[\u3400-\u9fff]+)\\Z")
_ALIAS = late_pattern(r"[（(][^（）()]*[）)]")
_NO_NAME = late_pattern(
    "媒[体體]|新[闻聞]|[编編][辑輯]|[报報][导導道]|[记記]者|本[报報台臺刊]|[网網]站|官方|[当當]地|以[上下]|[节節]目|[频頻]道|小[组組]|我[们們]|[读讀]者|"
    "[综綜]合|完整版|[图圖文]片|[采採][访訪]|[译譯]|^文章$|^[据據本由以该該此从從对對在]|[的了是着與]|致[电電]|[今昨]日|外[电電]"
)
_PROSE = late_pattern("[据據由经經因]|以[上下]|本文|[^、]*(?:[了是被]|的(?!黎波里|斯亚贝巴))")
"""Beginning of a text that is no byline."""


class Byline(NamedTuple):
    """Names and kinds of report that a byline gives; a field that it does not give is empty."""

    authors: tuple[str, ...] = ()
    kind: str = ""
    agency: str = ""


@lru_cache(maxsize=4096)  # a reporter signs many articles in the same words
def parse(text: str) -> Byline:
    """Return the content of a byline, which is without its brackets; empty if the text is none.

    >>> parse("英文大纪元记者 Ann Writer 报导，方胶泥 编译")
    Byline(authors=('Ann Writer', '方胶泥'), kind='报导／编译', agency='')
    >>> parse("中央社记者方胶泥台北5日电"), parse("新唐人中国禁闻5月19日完整版").authors
    (Byline(authors=('方胶泥',), kind='电', agency='中央社'), ())
    """
    text = _OTHERS.sub("", INVISIBLE.sub("", _ALIAS.sub("", of_windows_1252(text)))).strip(EDGE_SPACE)
    if _PROSE.match(text):
        return Byline()
    if (wire := _AGENCY.match(text)) and (wire["kind"] or not wire["who"]):
        return Byline(tuple(names("记者" + wire["who"])) if wire["reporter"] else (), wire["kind"], wire["agency"])
    authors: list[str] = []
    kinds: list[str] = []
    for who, kind in _credits(text):
        authors += names(who)
        if kind:
            kinds.append(kind)
    return Byline(tuple(dict.fromkeys(authors)), "／".join(kinds))


def _credits(text: str) -> Iterator[tuple[str, str]]:
    """Yield each run of names with what they did, "" if the byline does not say it."""
    if label := _LABEL.match(text):
        parts = _PARTS.split(label["who"])
        if len(parts) == 1 or not any(_LABEL.match(part.strip(EDGE_SPACE)) for part in parts[1:]):
            yield label["who"], "" if _SILENT.fullmatch(label["label"]) else label["label"]
            return
    waiting: list[str] = []
    for raw in _PARTS.split(text):
        if not (part := raw.strip(EDGE_SPACE)):
            continue
        if label := _LABEL.match(part):
            yield label["who"], "" if _SILENT.fullmatch(label["label"]) else label["label"]
        elif (first := _VERB_FIRST.fullmatch(part)) and _is_han(first["who"]):
            yield first["who"], first["kind"]
        elif credit := _CREDIT.match(part):
            yield "、".join((*waiting, credit["who"])), credit["kind"]
            waiting = []
        else:
            waiting.append(part)
    if rest := [part for part in waiting if re.search(_WRITERS, part)]:
        yield "、".join(rest), ""


def names(text: str) -> list[str]:
    """Return the names in a byline's list, without roles before and places after them.

    >>> names("香港大纪元记者温妮、梁欣"), names("大纪元记者李怡欣台湾台北"), names("英文大纪元资深记者Jan Jekielek")
    (['温妮', '梁欣'], ['李怡欣'], ['Jan Jekielek'])
    """
    people: list[str] = []
    reporter = False
    for part in _BETWEEN.split(text):
        role = _ROLE.match(part.strip(EDGE_SPACE))
        rest = part.strip(EDGE_SPACE)[role.end() if role else 0 :]
        reporter = reporter or (role is not None and re.search(_WRITERS, role[0]) is not None)
        for name in _spaced(rest.strip(EDGE_SPACE)):
            people += _joined(_placeless(name, reporter))
    return [name for name in people if _is_name(name)]


def _spaced(text: str) -> Iterator[str]:
    """Yield the names between which there are only spaces; Latin names have spaces inside."""
    words = text.split()
    if len(words) > 1 and all(_is_han_name(word) or is_place(word) for word in words):
        yield from words
    elif _is_han(text[-1:]) and text[0] <= "\u024f" and (mixed := _MIXED.match(text)):
        yield mixed["latin"]
        if not is_place(mixed["han"]):
            yield mixed["han"]
    elif len(words) > 1 and all(len(word) == 1 and "\u3400" <= word <= "\u9fff" for word in words):
        yield "".join(words)
    else:
        yield text


def _joined(name: str) -> tuple[str, ...]:
    """Return the names of two people between which there is only 和."""
    match = _JOINED.fullmatch(name) if any(each in name for each in "和與与及") else None
    return (match["one"], match["other"]) if match else (name,)


def _placeless(name: str, reporter: bool) -> str:
    """Return a name without places after it; `reporter` is True if a role before it shows that it is a name."""
    if is_place(name):
        return ""
    while (shorter := without_place(name)) != name and shorter not in COMPOUND:
        name = re.sub("(?:[于於在]|[发發]自)\\Z", "", shorter) if len(shorter) > 3 else shorter
    if reporter and name[:2] in COMPOUND:
        return name[0] + split_unknown(name[1:])
    return split_unknown(name) if reporter and name[:1] in SURNAMES else name


def _is_name(text: str) -> bool:
    """Return True if a text may be a person's name."""
    if _NO_NAME.search(text) or (len(text) > 2 and _DESK.match(text)):
        return False
    return bool(_is_han_name(text) or _LATIN.fullmatch(text))


def _is_han_name(text: str) -> bool:
    """Return True if a text may be a name in Han characters."""
    if 2 <= len(text) <= 4 and all(
        "\u3400" <= each <= "\u9fff" or "\U00020000" <= each <= "\U0003ffff" for each in text
    ):
        return True
    return any(each in text for each in _DOTS) and _DOTTED.fullmatch(text) is not None


def _is_han(text: str) -> bool:
    """Return True if a text is of frequent Han characters; a pattern of them takes a millisecond to compile."""
    return bool(text) and all("\u3400" <= each <= "\u9fff" for each in text)
