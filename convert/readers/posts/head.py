"""First lines of a post that say where the article is from: 来源：…, 作者：…, 时间：…, also inside a quote."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from convert.readers.mirror.surnames import COMPOUND, SURNAMES
from convert.readers.posts.fields import day, names
from convert.text import EDGE_SPACE

FIRST = 15
"""Lines with text among which these are looked for."""
LONGEST = 160
"""Most characters of such a line besides its links."""
_LONGEST_NAME, _LONGEST_HAN, _LONGEST_OPEN, _LONGEST_GIVEN = 30, 4, 40, 2

_SOURCE = (
    *("原文来自于", "原文来自", "原文链接", "原文地址", "原文网址", "文章来源", "文章来自", "来源于", "来源", "来自"),
    *(
        "转载自",
        "转自",
        "摘自",
        "首发于",
        "始发于",
        "原载于",
        "原载",
        "原刊于",
        "刊于",
        "出处",
        "网站地址",
        "链接",
        "原文",
    ),
    *("首发", "公众号", "微信公众号"),
    *("來源", "原文鏈接", "原文連結", "出處", "轉自", "轉載自", "鏈接", "連結", "網址", "网址"),
    *("originally published in", "originally published at", "originally published on", "original article"),
    *("original link", "original", "source", "via", "link"),
)
_AUTHOR = (
    *("作者", "撰文", "文字", "原创", "采写", "采访", "採訪", "撰稿", "口述", "记者", "記者", "文"),
    *("文/图", "图/文", "文、图", "图、文", "文 图", "图文", "文图"),
    *("written by", "author", "by"),
)
_EDITOR = ("责任编辑", "責任編輯", "责编", "編輯", "编辑", "editor")
_DATE = (
    *("发布时间", "发表时间", "發表時間", "發布時間", "发布日期", "发布于", "发表于", "时间", "時間", "日期"),
    *("published on", "published", "posted on", "date"),
)
_TITLE = ("标题", "原标题", "题目", "標題", "原標題", "original title", "title")
_OTHER = (
    *(
        "摄影",
        "攝影",
        "图片",
        "图",
        "圖",
        "插画",
        "插图",
        "制图",
        "封面",
        "视觉",
        "设计",
        "美编",
        "排版",
        "运营",
        "视频",
    ),
    *("翻译", "翻譯", "译者", "譯者", "编译", "译", "校对", "校對", "校译", "监制", "策划", "主编", "出品", "整理"),
    *("translator", "translated by", "photos", "photographs by", "photo"),
)
LABELS = {
    **dict.fromkeys(_SOURCE, "source"),
    **dict.fromkeys(_AUTHOR, "author"),
    **dict.fromkeys(_EDITOR, "editor"),
    **dict.fromkeys(_DATE, "date"),
    **dict.fromkeys(_TITLE, "title"),
    **dict.fromkeys(_OTHER, "other"),
}
"""Meaning of the words at the beginning of such a line."""

_LINK = re.compile(
    r"\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]\(\s*<?(https?://[^\s<>]*?)>?(?:\s+\"[^\"]*\")?\s*\)|<(https?://[^\s<>]+)>|(https?://[^\s<>\"（），。；]+)"
)
_ANCHOR = re.compile(r"<a\s[^<>]*?href=[\"'](https?://[^\"'<>\s]+)[\"'][^<>]*>([^<>]*)</a>", re.I)
_SCRIPTED = re.compile(r"\[([^\[\]]*)\]\(javascript:[^\s]*\)")
_OFFICE_AND_MARK = r"(?>[\u3400-\u9fff]{0,8}?(?:记者|記者|实习生|實習生|通讯员|通訊員)[ \u3000:：/／|｜]+)"
_NAME = r"(?>(?!发自|發自|报道|报导|報導)[\u3400-\u9fff·]{2,8})"
_MORE = rf"(?=(?P<more>(?:[ \u3000、，]+{_NAME}(?![ \u3000]*[:：/／|｜]))*))(?P=more)"
_STAFF = re.compile(rf"(?=(?P<staff>(?:{_OFFICE_AND_MARK}{_NAME}{_MORE}[ \u3000、，]*)+))(?P=staff)")
"""Offices and names, such as `造纸周刊记者 方胶泥 实习生 宋活版`.

What a lookahead took is taken whole, as by a possessive group: Python before 3.11.5 forgets a lookahead inside of one.
"""
_STAFF_IN_TEXT = re.compile(rf"(?:【[^【】]{{1,20}}】|[\u3400-\u9fff]{{2,8}}讯)?\s*[（(]\s*({_STAFF.pattern})\s*[)）]")
_OF_WECHAT = re.compile(
    r"原创\s*[:：]?\s*(?P<author>\S{1,30})\s+(?P<publisher>\S{1,30})\s+"
    r"(?P<date>\d{4}-\d\d?-\d\d?|今天|昨天|前天|\d{1,2}(?:天|周|个月)前|\d{1,2}月\d{1,2}日|(?:上)?周[一二三四五六日])$"
)
"""First line of an article that was copied from WeChat."""
_MARKS = re.compile(r"[*_~`\\]+|^\s*#+\s")
_HINT = re.compile(r"原文|来源|來源|转载|轉載|备份|備份|存档|存檔|首发|^(?:originally|archived)\b", re.I)
"""Words of a line above a rule whose only link is to the source."""
_BY = re.compile(r"(?:written )?by ((?-i:[A-Z])[\w.'’-]*(?: (?:and |& )?(?-i:[A-Z])[\w.'’-]*){0,5})", re.I)
_ITEM = re.compile(r"^\s*[-*+]\s+(?=\S)")
_QUOTE = re.compile(r"^\s*(?:>\s?)+")
_TAGS = re.compile(r"</?(?:p|span|strong|em|b|i|small|blockquote|div|br)\b[^<>]*>", re.I)
_RULE = re.compile(r"^\s{0,3}(?:-[-\s]{2,}|\*[*\s]{2,}|_[_\s]{2,}|={3,})$")
_OPEN_LINK = re.compile(r"\[[^\[\]()]*$")
_PICTURE = re.compile(r"^(?:!\[|<(?:img|figure|figcaption)\b)", re.I)
_SEPARATORS = "[:：|｜丨︱/／]"
_WORDS = "|".join(sorted(map(re.escape, LABELS), key=len, reverse=True))
_LABEL = re.compile(
    rf"(?:^|(?<=[\s，,；;。（(、\x01]))(?:本文|原文)?(?P<label>{_WORDS})"
    rf"(?:[（(][^（）()\x01]{{1,12}}[)）])?(?:\s*(?P<separator>{_SEPARATORS})\s*|(?P<open>\s*(?=[\x01「『《“【\[])|(?<=[自于於])\s*|\s+))",
    re.I,
)
_STAFF_LABELS = frozenset(("记者", "記者"))
"""Words that also begin what one says in an interview; so a name must follow them."""
_OPEN_ONLY = frozenset(("作者", "原创", "撰文", "发布于", "发表于", *_SOURCE))
"""Words that need no colon after them."""
_CHANNELS = (
    *(
        "微信公众号",
        "微信公眾號",
        "微信订阅号",
        "微信公号",
        "微信号",
        "微信",
        "公众号",
        "公眾號",
        "订阅号",
        "公号",
        "新浪微博",
        "微博",
    ),
    *("豆瓣ID", "豆瓣", "网站"),
)
_CHANNEL = re.compile(rf"^(?:{'|'.join(_CHANNELS)})\s*(?=\S)")
_CHANNEL_BEHIND = re.compile(r"(?<=\S)[」』”》\s]*(?:微信)?(?:公众号|公眾號|订阅号|公号)$")
_AROUND = re.compile(r"[（【［]([^（【［]*)[）】］]")
_STOP = re.compile(r"[。！？!?]")
_PAREN = re.compile(r"[（(][^（）()]*[)）]")
_OFFICE = re.compile(r"^.*(?:记者|記者|作者)\s*")
_EDGES = EDGE_SPACE + "，,；;。：:「」『』《》“”\"'【】[]（）()|｜丨︱/／"
_CONVERTED = re.compile(r"^本文由\s*\x01\d+\x01\s*转码$|^由\s*\x01\d+\x01\s*转码$")
_DATED = re.compile(r"^(?:\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?)(?:\s+\d{1,2}:\d\d(?::\d\d)?)?$")


class Head(NamedTuple):
    """Metadata in the first lines of a post."""

    address: str = ""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    editor: str = ""
    published: str = ""
    said: tuple[tuple[int, str], ...] = ()
    """Lines, counted from 0, that say nothing else, with their text."""
    blank: frozenset[int] = frozenset()
    """Lines that are no part of the text: those, and the rules around them."""


class _Found:
    """Metadata found so far."""

    def __init__(self, title: str) -> None:
        self.title = _letters(title)
        self.links: list[tuple[str, str]] = []
        self.likely: list[str] = []
        """Addresses that nothing but their link, or its line, shows to be the source's."""
        self.publisher = self.editor = self.published = ""
        self.authors: tuple[str, ...] = ()

    def address(self) -> str:
        """Return the address of the link with the title, else of the last one."""
        exact = [url for label, url in self.links if _letters(label) == self.title]
        alike = [url for label, url in self.links if len(_letters(label)) > 3 and _letters(label)[:8] == self.title[:8]]
        return next(iter((*exact, *alike, *(url for _, url in self.links[-1:]), *self.likely)), "")


def read(lines: Sequence[str], title: str) -> Head:
    """Return what the first lines of a text say; `title` is the post's."""
    found = _Found(title)
    said: list[tuple[int, str]] = []
    blank: set[int] = set()
    numbered = [(at, line) for at, line in _first(lines)]
    rule = next((at for at, line in numbered[1:] if _RULE.match(line)), -1)
    for at, line in numbered:
        if at in blank:
            continue
        if _RULE.match(line):
            if at == rule and not said:
                break  # the lines above it are the text's own
            if at == rule or not any(number not in blank and lines[number].strip() for number in range(at)):
                blank.add(at)
            continue
        rest = [at]
        if _OPEN_LINK.search(line) and at + 1 < len(lines) and "](" in lines[at + 1]:
            line, rest = f"{line} {lines[at + 1].strip()}", [at, at + 1]
        text = _ITEM.sub("", _TAGS.sub(" ", _ANCHOR.sub(r"[\2](\1)", _QUOTE.sub("", line))))
        if text.lstrip().startswith("|"):
            break
        if _PICTURE.match(text.strip()) or text.strip().startswith("<!--"):
            continue
        known, whole = _line(text, found, before_rule=at < rule)
        if known and whole:
            said.append((at, line.strip()))
            blank.update(rest)
        elif not known and at > rule:
            break
    if not any(line.strip() and at not in blank for at, line in enumerate(lines)):
        said = [(at, line) for at, line in said if _letters(line) != found.title]  # a text that is its title is a text
        blank = {at for at, _ in said}
    bylines = (_STAFF_IN_TEXT.match(_MARKS.sub("", line)) for _, line in numbered)
    if not found.authors and (staff := next(filter(None, bylines), None)):  # 【造纸网】（记者 方胶泥）
        _take_staff(staff[1], found)
    empty = {at for at, line in enumerate(lines[: max(blank, default=-1) + 2]) if _QUOTE.fullmatch(line)}
    blank |= {at for at in empty if blank & {at - 1, at + 1}}
    return Head(
        found.address(), found.publisher, found.authors, found.editor, found.published, tuple(said), frozenset(blank)
    )


def _first(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the first lines with text, and their numbers."""
    count = 0
    for at, line in enumerate(lines[: 8 * FIRST]):
        if _QUOTE.sub("", line).strip():
            count += 1
            yield at, line
            if count == FIRST:
                return


def _line(text: str, found: _Found, *, before_rule: bool) -> tuple[bool, bool]:
    """Take what a line says; return whether it says anything, and whether it says nothing else."""
    links: list[tuple[str, str]] = []

    def mark(match: re.Match[str]) -> str:
        url = match[2] or match[3] or match[4]
        links.append((_MARKS.sub("", match[1] or "").strip(), url))
        return f"\x01{len(links) - 1}\x01"

    text = _SCRIPTED.sub(r"\1", text[: 20 * LONGEST].replace("\x01", " "))
    bare = _MARKS.sub("", _LINK.sub(mark, text)).strip(EDGE_SPACE)
    if not bare or len(bare) > LONGEST:
        return False, False
    if _letters(bare) == found.title:
        return True, True
    if (only := re.fullmatch(r"\x01(\d+)\x01", bare)) and _letters(links[int(only[1])][0]) == found.title:
        found.links.append(links[int(only[1])])
        return True, True
    if _CONVERTED.match(bare):
        return True, True
    if (
        (staff := _STAFF.match(bare))
        and len(bare) <= _LONGEST_OPEN
        and not _STOP.search(bare)
        and _take_staff(staff[0], found)
    ):
        found.published = found.published or day(bare[staff.end() :])
        return True, staff.end() == len(bare) or bool(day(bare[staff.end() :]))
    if first := _OF_WECHAT.match(bare):
        found.authors, account = names(first["author"]) or found.authors, first["publisher"]
        found.publisher = channel(links[0][0] if "\x01" in account else account)
        found.published = found.published or day(first["date"])
        return True, True
    if by := _BY.fullmatch(bare):
        found.authors += tuple(name for name in names(by[1]) if name not in found.authors)
        return True, True
    for label, url in links:
        hinted = before_rule and len(links) == 1 and len(bare) <= _LONGEST_OPEN and _HINT.search(bare)
        if _letters(label) == found.title or label.lower() in _SOURCE or hinted:
            found.likely.append(url)
    bare = around[1] if (around := _AROUND.fullmatch(bare)) else bare
    labels = [match for match in _LABEL.finditer(bare) if _counts(match, bare, links, before_rule)]
    if not labels:
        return False, False
    before = bare[: labels[0].start()].strip(_EDGES)
    date_before = _DATED.match(before)
    if date_before and not found.published:
        found.published = day(before)
    whole = not before or date_before is not None or _CONVERTED.match(before) is not None
    known = False
    ends = [match.start() for match in labels[1:]] + [len(bare)]
    for match, end in zip(labels, ends, strict=True):
        value = bare[match.end() : end]
        if match["label"] in _STAFF_LABELS and not all(map(_is_name, re.split(r"[、，,/\s]+", value.strip(_EDGES)))):
            whole = False
            continue
        taken, all_of_it = _take(LABELS[match["label"].lower()], value, links, found)
        known, whole = known or taken, whole and all_of_it
    return known, known and whole


def _counts(match: re.Match[str], bare: str, links: Sequence[object], before_rule: bool) -> bool:
    """Return True if a word is a label: a colon follows it, or it begins the line, or what is after its beginning."""
    if match["separator"]:
        return True
    label = match["label"].lower()
    before = bare[: match.start()].removesuffix("本文").strip()
    begins = not before or before[-1] in "，,；;" or _DATED.match(before) or _CONVERTED.match(before)
    if label not in _OPEN_ONLY or not begins:
        return False
    if LABELS[label] == "source" and links:
        return True
    return before_rule and len(bare) <= _LONGEST_OPEN and not _STOP.search(bare)


def _take_staff(text: str, found: _Found) -> bool:
    """Take names between offices; return False if one of them is no name."""
    people = [each for each in re.split(r"[ \u3000、，]+", re.sub(_OFFICE_AND_MARK, " ", text).strip()) if each]
    if not all(map(_is_name, people)):
        return False
    found.authors += tuple(name for name in people if name not in found.authors)
    return True


def _is_name(text: str) -> bool:
    """Return True if a text may be a name: Chinese ones begin with a surname, others with a capital."""
    if text.isascii():
        return text[:1].isupper()
    rest = len(text) - (2 if text[:2] in COMPOUND else 1 if text[:1] in SURNAMES else len(text))
    return 0 < rest <= _LONGEST_GIVEN


def _take(kind: str, raw: str, links: Sequence[tuple[str, str]], found: _Found) -> tuple[bool, bool]:
    """Take the value of a label; return whether it has one, and whether all of it was taken."""
    inside = [links[int(number)] for number in re.findall(r"\x01(\d+)\x01", raw)]
    rest = re.sub(r"\x01\d+\x01", "\x01", raw)
    value = rest.partition("\x01")[0].strip(EDGE_SPACE + "，,；;")
    after = "".join(rest.split("\x01")[1:]).strip(_EDGES)
    if kind == "source":
        return _take_source(value, after, inside, found)
    if kind in ("title", "other"):
        return bool(value or inside), kind == "title" and _letters(value + after) == found.title
    if not value and inside:
        value = inside[0][0]
    value, _, more = re.sub(r"\s{2,}", "，", value).partition("，")
    if not value or _STOP.search(value):
        return False, False
    whole = not after and (not more or bool(day(more)))
    if kind == "date":
        moment = day(value)
        found.published = found.published or moment
        return bool(moment), whole and bool(moment)
    people = _people(value)
    if more and kind == "author" and re.fullmatch(r"[\u3400-\u9fff·，\s]+", more):
        others = [name for each in more.split("，") for name in _people(each)]
        if all(1 < len(name) <= _LONGEST_HAN for name in others):
            people, whole = (*people, *others), not after
    if not people:
        return False, False
    if kind == "editor":
        found.editor = found.editor or "、".join(people)
    else:
        found.authors += tuple(name for name in people if name not in found.authors)
    return True, whole


def _take_source(value: str, after: str, inside: Sequence[tuple[str, str]], found: _Found) -> tuple[bool, bool]:
    found.links += inside
    value, *behind = re.split(r"\s{2,}|\s+(?=\d{4}[-年/.])", value, maxsplit=1)
    if behind and not (moment := day(behind[0])):
        value = f"{value} {behind[0]}"
    elif behind:
        found.published = found.published or moment
    first, _, more = re.sub("[，；;]", ",", value).partition(",")
    name = channel(first)
    if inside and (not name or name in _CHANNELS) and _letters(inside[-1][0]) != found.title:
        label = channel(inside[-1][0])
        name = label if label and len(label) <= _LONGEST_NAME else name
    fits = bool(name) and len(name) <= _LONGEST_NAME and not _STOP.search(name)
    if fits and not found.publisher:
        found.publisher = name
    return bool(inside) or fits, not more and not after and (fits or not name)


def channel(name: str) -> str:
    """Return the name of a publisher, without the kind of its channel and without brackets."""
    name = _PAREN.sub("", name).strip(_EDGES)
    name = _CHANNEL.sub("", name) or name
    return (_CHANNEL_BEHIND.sub("", name) or name).strip(_EDGES)


def _people(value: str) -> tuple[str, ...]:
    value = _OFFICE.sub("", _PAREN.sub("", value)).strip(_EDGES)
    if len(value) > 2 * _LONGEST_NAME:
        return ()
    parts = [value]
    if not value.isascii() and all(len(part) <= _LONGEST_HAN for part in value.split()):
        parts = value.split() if all(len(part) > 1 for part in value.split()) else ["".join(value.split())]
    found = tuple(name for part in parts for name in names(part))
    return found if all(len(name) <= _LONGEST_NAME for name in found) else ()


def _letters(text: str) -> str:
    """Return a text without spaces and marks, for comparison."""
    return re.sub(r"[\W_]+", "", text)
