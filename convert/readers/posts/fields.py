"""The table from keys of front matter to the article, and the conversion of their values."""

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from convert.readers.posts.front import Field, Front, Values
from convert.readers.saved.dates import iso
from convert.text import EDGE_SPACE

Made = tuple[str, ...]
"""Value of a place in the article; most have one text."""

EARLIEST = "1900"
"""First year of a date; generators write the year 1 for no date."""

CONTAINERS = frozenset(("taxonomies", "extra", "params", "meta", "metadata", "header", "seo", "cover"))
"""Keys of mappings whose own keys count as keys of the front matter: Zola, Hugo, themes of Jekyll."""

NAMES = ("", "name", "title", "author", "displayname", "nickname")
"""Keys inside of an author or a source that hold a name."""
LABELS = ("label", "name", "title")
"""Keys inside of a keyword that hold its word, beside its number and its address."""
ADDRESSES = ("", "url", "link", "href", "address", "permalink", "src", "image", "relative", "feature", "path")
"""Keys inside of a source or a picture that hold an address."""

_WIKI = re.compile(r"\[\[(?:[^\[\]|]*\|)?(?:[^\[\]|]*/)?([^\[\]|]*)\]\]")
_MARKDOWN = re.compile(r"\[([^\[\]]*)\]\(<?([^()<>\s]*)>?[^()]*\)")
_WEB = re.compile(r"https?://[^\s<>\"'，。；、）」』》]+", re.I)
_ALONE = re.compile(r"https?://[^\s<>\"|\\^`{}]+", re.I)
_MAIL = re.compile(r"\s*[<(（]?[\w.+-]+@[\w-]+\.[\w.-]+[>)）]?")
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.I)
_TAGS = re.compile(r"</?(?:a|b|code|em|font|i|mark|small|span|strong|sub|sup|u)(?:\s[^<>]*)?/?>", re.I)
_BY = re.compile(r"\A\s*(?:(?:written by|by|作者|撰文|文)\s*[:：/／|｜]\s*|(?:written )?by\s+(?=(?-i:[A-Z])))", re.I)
_AND = re.compile(r"\s*[、/／]\s*|\s+(?:&|＆|and|和|與|与)\s+|\s*＆\s*")
_SEMICOLON = re.compile(r"\s*[；;]\s*")
_FIRST_AND = re.compile(r"\A(?:and|&|＆|和|與|与)\s+")
_HAN = re.compile(r"[\u3400-\u9fff]{2,3}(?:\s+[\u3400-\u9fff]{2,3})+")
"""Chinese names with spaces between them."""
_OFFICE = re.compile(r"\S*(?:记者|記者|作者|编辑|編輯|主编|教授|律师|特约)\s")
_COMMA = re.compile(r"\s*[,，]\s*")
_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,79}")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?[ .-]+([A-Za-z]{3})[a-z]*\.?,?[ -]+(\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([A-Za-z]{3})[a-z]*\.?[ -]+(\d{1,2})(?:st|nd|rd|th)?,?[ -]+(\d{4})\b")
_DAY_ALONE = re.compile(r"\d{4}-\d\d?-\d\d?(?!\d)")
_YAML_TIME = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)[Tt ]+(\d\d?):(\d\d)(:\d\d)?(?:\.\d+)?\s*([Zz]|[+-]\d\d?:?\d*)?\Z")


class Place(NamedTuple):
    """Place in the article: keys of front matter that fill it, the first before the next, and the conversion."""

    keys: Sequence[str]
    convert: Callable[[Values], Made]
    many: bool = False
    """True if all keys together fill it."""


class Facts(NamedTuple):
    """Metadata of a post."""

    values: Mapping[str, Made]
    left: tuple[Field, ...]
    """Fields that have no place in the article."""

    def text(self, place: str) -> str:
        """Return the text of a place, or ""."""
        return next(iter(self.values.get(place, ())), "")


def normal(key: str) -> str:
    """Return a key as the table has it.

    >>> normal("publishDate"), normal("last_modified_at"), normal("Canonical-URL")
    ('publishdate', 'lastmodifiedat', 'canonicalurl')
    """
    return re.sub(r"[\s_.\-:]+", "", key).casefold()


def plain(text: str) -> str:
    """Return a text without marks of a link, without references and without tags of marks.

    >>> plain("[[People/Ann Writer|Ann]]"), plain("[The Press](https://example.org/)"), plain("A &amp; <em>B</em>")
    ('Ann', 'The Press', 'A & B')
    """
    text = _MARKDOWN.sub(r"\1", _WIKI.sub(r"\1", text)) if "[" in text else text
    text = _TAGS.sub("", _BREAK.sub(" ", text)) if "<" in text else text
    return html.unescape(text).strip(EDGE_SPACE)


def day(text: str) -> str:
    """Return a date as ISO 8601, with the time if it has a time zone, else only the day; "" if it is no date.

    >>> day("2018-01-15 18:49 +0800"), day("2020-3-9 8:05"), day("March 14th, 2023"), day("14 Mar 2023")
    ('2018-01-15T18:49:00+08:00', '2020-03-09', '2023-03-14', '2023-03-14')
    >>> day("2023-03-14 24:00:00"), day("0001-01-01T00:00:00Z"), day("2023-02-31"), day("true")
    ('2023-03-14', '', '', '')
    """
    text = text.strip().strip("【】[]()（）")
    if match := _YAML_TIME.match(text):
        year, month, of_month, hour, minute, second, zone = match.groups()
        if zone and zone not in "Zz":
            hours, _, minutes = zone[1:].partition(":")
            hours, minutes = (hours[:-2], hours[-2:]) if len(hours) > 2 else (hours, minutes)
            zone = f"{zone[0]}{hours:0>2}:{minutes or '00'}"
        text = f"{year}-{month:0>2}-{of_month:0>2}T{hour:0>2}:{minute}{second or ':00'}{zone or ''}"
    made = iso(text) or (iso(match[0]) if (match := _DAY_ALONE.match(text)) else "")
    if not made and (match := _DAY_FIRST.search(text)) and (month_number := _MONTHS.get(match[2].lower())):
        made = iso(f"{match[3]}-{month_number}-{match[1]}")
    if not made and (match := _MONTH_FIRST.search(text)) and (month_number := _MONTHS.get(match[1].lower())):
        made = iso(f"{match[3]}-{month_number}-{match[2]}")
    return made if made[:4] >= EARLIEST else ""


def names(text: str, *, several: bool = True) -> Made:
    """Return the names of people in a text.

    >>> names("[[Ann Writer]]"), names("by Ann Writer and Bob Setter"), names("任平生、曲江"), names("Writer, Ann")
    (('Ann Writer',), ('Ann Writer', 'Bob Setter'), ('任平生', '曲江'), ('Writer, Ann',))
    >>> names("Bobby Writer"), names("Ann Writer, Bob Setter, and Cyd Binder"), names("任平生 曲江")
    (('Bobby Writer',), ('Ann Writer', 'Bob Setter', 'Cyd Binder'), ('任平生', '曲江'))
    >>> names("ann@example.org"), names("Ann Writer <ann@example.org>"), names("https://example.org/ann")
    ((), ('Ann Writer',), ())
    """
    text = _BY.sub("", _MAIL.sub("", plain(text)), count=1).strip(EDGE_SPACE + "@")
    if _WEB.match(text):
        return ()
    parts = [name for part in _SEMICOLON.split(text) for name in _split(part)] if several else [text]
    return tuple(dict.fromkeys(name for each in parts if (name := each.strip(EDGE_SPACE + ",，"))))


def _split(text: str) -> list[str]:
    """Return names between which are commas, words such as `and`, or spaces; `Writer, Ann` is one name."""
    if _HAN.fullmatch(text) and not _OFFICE.match(text):
        return text.split()
    words = _COMMA.split(text)
    if not words[2:] and any(word.isascii() and " " not in word for word in words):
        words = [text]
    words[1:] = [_FIRST_AND.sub("", word) for word in words[1:]]
    return [name for word in words for name in _AND.split(word)]


def web(text: str) -> str:
    """Return the web address in a text, or "".

    >>> web("[Paper](https://example.org/a?b=1&amp;c=2)"), web("<https://example.org/a>"), web("The Press")
    ('https://example.org/a?b=1&c=2', 'https://example.org/a', '')
    >>> web("https://example.org/it's_纸，墨")
    "https://example.org/it's_纸，墨"
    """
    if match := _MARKDOWN.search(text):
        text = match[2]
    if match := _ALONE.fullmatch(text.strip()):
        return html.unescape(match[0])
    match = _WEB.search(text)
    return html.unescape(match[0]) if match else ""


def _text(values: Values) -> Made:
    return next(((text,) for name, value in values if normal(name) in NAMES and (text := plain(value))), ())


def _date(values: Values) -> Made:
    return next(((date,) for _, text in values if (date := day(text))), ())


def _moment(values: Values) -> Made:
    """Return a date, or that of a number of seconds or milliseconds since 1970."""
    text = next((text for _, text in values), "")
    if match := re.fullmatch(r"([1-9]\d{8,9})(?:\d{3})?(?:\.\d+)?", text):
        return (datetime.fromtimestamp(int(match[1]), UTC).isoformat(),)
    return _date(values)


def _people(values: Values) -> Made:
    """Return names; the `title` beside a `name` is an office."""
    named = any(normal(name) == "name" for name, _ in values)
    chosen = [text for name, text in values if (key := normal(name)) in NAMES and not (named and key == "title")]
    return tuple(dict.fromkeys(name for text in chosen for name in names(text, several=len(values) == 1)))


def _address(values: Values) -> Made:
    return next(((url,) for name, text in values if normal(name) in ADDRESSES and (url := web(text))), ())


def _path(values: Values) -> Made:
    return next(((text,) for _, text in values if re.match(r"/(?!/)[^{}]*$", text)), ())


def _picture(values: Values) -> Made:
    for name, text in values:
        if normal(name) in ADDRESSES and re.search(r"^https?://|[./]\w+\Z", text) and " " not in text.strip():
            return (text.strip(),)
    return ()


def _name(values: Values) -> Made:
    """Return the name of a publisher, which is no address."""
    texts = [plain(text) for name, text in values if normal(name) in NAMES]
    return next(((text,) for text in texts if text and not _WEB.search(text) and not re.match(r"[./\w-]*/", text)), ())


def _words(values: Values) -> Made:
    """Return keywords: a text alone may hold several, with commas between them."""
    labels = [text for name, text in values if normal(name) in LABELS]
    texts = [plain(text) for text in labels or (text for _, text in values)]
    if len(texts) == 1 and not labels:
        texts = re.split(r"\s+(?=#)" if re.match(r"#\S+\s+#", texts[0]) else r"[,，、;；]", texts[0])
    return tuple(dict.fromkeys(word for each in texts if (word := each.strip(EDGE_SPACE + "#\"'[]"))))


def _tag(values: Values) -> Made:
    return next(((text,) for _, text in values if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", text)), ())


def _identifier(values: Values) -> Made:
    return next(((text,) for _, text in values if _ID.fullmatch(text)), ())


TABLE: Mapping[str, Place] = MappingProxyType(
    {
        "title": Place(("title", "headline", "标题", "標題", "题目"), _text),
        "published": Place(
            (
                *("date", "published", "publishdate", "publisheddate", "publishedat", "publishedon", "publishedtime"),
                *("pubdate", "datepublished", "publishtime", "publicationdate", "pubtime", "datetime", "pubdatetime"),
                *("postdate", "dateposted", "posted", "发布时间", "发表时间", "发布日期", "日期", "时间"),
            ),
            _date,
        ),
        "modified": Place(
            (
                *("modified", "updated", "lastmod", "lastmodified", "lastmodifiedat", "lastupdated", "updatedat"),
                *("updatedate", "datemodified", "modifieddate", "modifiedat", "dateupdated", "更新时间"),
            ),
            _date,
        ),
        "created": Place(("created", "createdat", "datecreated", "creationdate", "createddate", "clipped"), _date),
        "authors": Place(
            (
                *("author", "authors", "authorname", "byline", "writer", "creator", "by", "作者", "原作者", "记者"),
                "publishedby",
            ),
            _people,
        ),
        "editor": Place(("editor", "editors", "编辑", "责任编辑"), _text),
        "address": Place(
            (
                *("canonicalurl", "canonical", "canonicallink", "originalurl", "originallink", "original"),
                *("sourceurl", "originurl"),
                *("from", "source", "fromurl", "sourcelink", "url", "link", "externalurl", "externallink", "href"),
                *("refer", "reference", "guid", "permalink", "原文链接", "原文", "链接", "网址", "来源", "出处"),
            ),
            _address,
        ),
        "path": Place(("permalink", "url", "slug", "path"), _path),
        "slug": Place(("slug",), _identifier),
        "publisher": Place(
            (
                *("publisher", "publication", "sitename", "site", "website", "newspaper", "outlet", "media"),
                *("source", "sourcename", "from", "original", "媒体", "来源", "出处", "domainname"),
            ),
            _name,
        ),
        "section": Place(("section", "channel", "category", "categories", "栏目", "分类", "folder"), _words),
        "keywords": Place(
            ("tags", "tag", "keywords", "keyword", "topics", "标签", "关键词", "labels", "documenttags"),
            _words,
            many=True,
        ),
        "description": Place(
            ("description", "summary", "excerpt", "abstract", "subtitle", "desc", "intro", "摘要", "简介"), _text
        ),
        "language": Place(("lang", "language", "locale"), _tag),
        "series": Place(("series",), _text),
        "id": Place(("uid", "id"), _identifier),
        "lead": Place(
            (
                *("imagefeature", "image", "featuredimage", "featureimage", "coverimage", "cover", "headerimage"),
                *("ogimage", "thumbnail", "banner", "heroimage", "teaser", "img", "images", "feature"),
                "previewpicture",
            ),
            _picture,
        ),
    }
)
"""Places of the article by name, with the keys that fill them.

`created` is the day of the file, which counts as the day of publication where nothing else gives one; `path` is the
address on the site that the posts are the source of.
"""

EXPORTED: Mapping[str, Place] = MappingProxyType(
    {
        **TABLE,
        "published": Place(TABLE["published"].keys, _moment),
        "modified": Place(("modified", "lastmod", "lastmodified", "datemodified", "modifieddate", "modifiedat"), _date),
        "created": Place(
            (*TABLE["created"].keys, "savedat", "saved", "saveddate", "addedat", "dateadded", "timeadded", "timestamp"),
            _moment,
        ),
        "address": Place(("url", "link", "href", *TABLE["address"].keys), _address),
        "lead": Place((*TABLE["lead"].keys, "imageurl"), _picture),
    }
)
"""The places of entries in exports of read-later programs: `created` is the day on which the program saved the article,
and what it says of later changes are those of its own record."""

KINDS = ("title", "published", "authors", "keywords", "section", "address", "path", "publisher", "layout")
"""Places that show that a front matter is that of a post; `layout` is the key that Jekyll and Hexo have."""

_KIND_OF = {
    **dict.fromkeys(TABLE["created"].keys, "published"),
    **{key: name for name in reversed(KINDS[:-1]) for key in TABLE[name].keys},
    "layout": "layout",
}


def kinds(keys: Iterable[str]) -> frozenset[str]:
    """Return which of `KINDS` the keys of a front matter fill."""
    found = {"keywords" if kind == "section" else kind for key in keys if (kind := _KIND_OF.get(normal(key)))}
    return frozenset("address" if kind in ("path", "publisher") else kind for kind in found)


def kinds_of(front: Front) -> frozenset[str]:
    """Return which of `KINDS` a front matter fills."""
    return kinds(each.name for each in expanded(front.fields))


def facts(front: Front, *, jekyll: bool = False, exported: bool = False) -> Facts:
    """Return the metadata in a front matter.

    `jekyll` is True if the name of its file is that of a post of Jekyll, `exported` if it is an entry of an export.
    """
    fields = expanded(front.fields)
    by_name: dict[str, list[Field]] = {}
    for field in fields:
        by_name.setdefault(normal(field.name), []).append(field)
    found: dict[str, Made] = {}
    used: set[int] = set()
    divided = jekyll or "layout" in by_name
    for name, place in (EXPORTED if exported else TABLE).items():
        for field in (each for key in place.keys for each in by_name.get(key, ())):
            if (id(field) in used and name != "publisher") or not (
                made := place.convert(_as_jekyll(field) if divided else field.values)
            ):
                continue
            if name == "publisher" and made == found.get("title"):
                continue
            if name not in found or (place.many and name in found):
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), *made)))
            elif found[name] != made:
                continue
            used.add(id(field))
    if "section" in found:
        found["categories"] = found["section"]
    section, *rest = found.get("section", ()) or ("",)
    if rest:
        found["section"] = (section,)
        found["keywords"] = tuple(dict.fromkeys((*found.get("keywords", ()), *rest)))
    return Facts(found, tuple(field for field in fields if id(field) not in used and field.values))


def expanded(fields: Sequence[Field]) -> list[Field]:
    """Return fields with those inside of containers as fields of their own."""
    out = []
    for field in fields:
        if normal(field.name) in CONTAINERS and all(name for name, _ in field.values):
            inside = dict.fromkeys(name for name, _ in field.values)
            out += [
                Field(name, tuple(("", text) for key, text in field.values if key == name), field.line)
                for name in inside
            ]
        else:
            out.append(field)
    return out


def _as_jekyll(field: Field) -> Values:
    """Return the values of a field; where Jekyll divides a text at white space, they are divided."""
    if field.name in ("tags", "categories") and len(field.values) == 1:
        text = field.values[0][1]
        if not re.search("[,，、;；#]", text):
            return tuple(("", word) for word in text.split())
    return field.values
