"""Metadata in the head of a web page: JSON-LD (schema.org), Open Graph, Dublin Core, citation tags."""

import html
import re
from collections.abc import Iterator
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from turbohtml import Document, Element

from convert.readers.saved import saver
from convert.readers.saved.main import TITLES
from convert.sources.addresses import NO_ORIGIN, Origin
from convert.text import EDGE_SPACE, collapse
from convert.urls import resolve

MAX_HEADINGS = 50
"""Number of headings of a page that are compared with its title, which is among the first."""

_ARTICLE = re.compile(r"(?:Article|Posting|Report)$")
_MARKS = "|｜_»·•–—:-"
_STRONG = re.compile(r"\s*[|｜_»·•]|\s+[–—-]\s")
_ANY = re.compile(rf"\s*[{_MARKS}]")
_TAG = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8})*)\Z", re.I)
_SAME_SCRIPT = {
    "ru": {"be", "bg", "kk", "ky", "mk", "mn", "sr", "tg", "tt", "uk"},
    "ar": {"ckb", "fa", "ku", "ps", "ug", "ur"},
    "bo": {"dz"},
}
_OTHER_SCRIPTS = {"zh", "ja", "ko", "ru", "ar", "bo", "th"}
_NUMBERS = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_STAMP = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?\Z", re.I)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?!\d)")

# Names of <meta>, the most reliable first.
_PUBLISHED = (
    *("article:published_time", "datepublished", "og:published_time", "citation_publication_date", "citation_date"),
    *("dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created", "pubdate", "publishdate"),
    *("publish_date", "publish-date", "weibo:article:create_at", "parsely-pub-date", "sailthru.date", "date"),
)
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified", "lastmod")
_TITLE = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title")
_PUBLISHER = ("og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher", "application-name")
_AUTHORS = ("author", "citation_author", "dc.creator", "dcterms.creator", "parsely-author", "article:author")
_SECTION = ("article:section", "parsely-section")
_IMAGE = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")


_SURROGATE = re.compile("[\ud800-\udfff]")
_HALF = re.compile(
    r"\\u[dD](?:[89aAbB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|[c-fC-F][0-9a-fA-F]{2}(?<!\\u[dD][89aAbB]..\\u....))"
)
"""An escape of JSON for half of a character without the other half beside it."""


class Metadata(NamedTuple):
    """Metadata of a page; a field that the page does not give is empty."""

    title: str
    address: str
    published: str
    modified: str
    publisher: str
    authors: tuple[str, ...]
    section: str
    language: str
    image: str
    image_alt: str
    text: str
    """The text of the article, as JSON-LD gives it."""


class _Head:
    """Sources of metadata in a page: `<meta>` by lower-case name, canonical link, titles, times and JSON-LD."""

    def __init__(self, document: Document) -> None:
        self.meta: dict[str, list[str]] = {}
        self.canonical = ""
        self.headings: list[tuple[str, str]] = []
        self.titles: list[str] = []
        self.times: list[tuple[bool, str]] = []
        root = document.root
        for each in root.iter_elements(("meta", "link", "title", "time", *TITLES)) if root else ():
            match each.tag:
                case "meta":
                    value = _clean(each.attr("content"))
                    for key in ("property", "name", "itemprop"):
                        if (name := each.attr(key)) and value:
                            self.meta.setdefault(str(name).strip().lower(), []).append(value)
                case "link" if "canonical" in str(each.attr("rel") or "").lower().split():
                    self.canonical = self.canonical or str(each.attr("href") or "").strip()
                case "title":
                    self.titles.append(_clean(each.text))
                case "time":
                    declared = each.attr("itemprop") == "datePublished" or each.attr("pubdate") is not None
                    self.times.append((not declared, str(each.attr("datetime") or each.text)))
                case tag if tag in TITLES and len(self.headings) < MAX_HEADINGS and (heading := _heading(each)):
                    self.headings.append((tag, heading))
        nodes = list(_nodes(document.json_ld()))
        self.by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
        self.article: dict[str, Any] = next((node for node in nodes if _is_article(node)), {})
        self.declared = str(root.attr("lang") or root.attr("xml:lang") or "") if root else ""

    def first(self, names: tuple[str, ...]) -> str:
        """Return the first value of the first of `names` that the page has, or ""."""
        return next((self.meta[name][0] for name in names if name in self.meta), "")

    def strings(self, value: Any, key: str = "name") -> list[str]:
        """Return the texts of a JSON-LD value: itself, or the `key` of each object that it contains or refers to."""
        if isinstance(value, list):
            return [text for each in value for text in self.strings(each, key)]
        if isinstance(value, dict):
            node = value if key in value else self.by_id.get(value.get("@id"), value)
            field = node.get(key)  # only texts of a list are used, because references may be circular
            return [text for each in (field if isinstance(field, list) else [field]) if (text := _clean(each))]
        return [text] if (text := _clean(value)) else []

    def json_ld(self, field: str, key: str = "name") -> str:
        """Return the first text of a field of the JSON-LD article, or ""."""
        return next(iter(self.strings(self.article.get(field), key)), "")


def read(document: Document, text: str, origin: Origin = NO_ORIGIN) -> Metadata:
    """Return the metadata of a page; `text` is its source, which may have a comment of the program that saved it."""
    head = _Head(document)
    publisher = head.json_ld("publisher") or head.first(_PUBLISHER)
    address = origin.given or _address(head, saver.address(document, text)) or origin.folder
    published = [head.json_ld("datePublished"), head.json_ld("dateCreated"), head.first(_PUBLISHED)]
    published += [value for _, value in sorted(head.times, key=lambda each: each[0])[:3]]
    in_address = _IN_ADDRESS.search(address)
    authors = head.strings(head.article.get("author")) or [
        name for key in _AUTHORS for name in head.meta.get(key, ()) if "://" not in name
    ]
    return Metadata(
        title=_title(head, publisher),
        address=address,
        published=next(filter(None, map(iso, published)), "")
        or (iso("-".join(in_address.groups())) if in_address else ""),
        modified=iso(head.json_ld("dateModified")) or iso(head.first(_MODIFIED)),
        publisher=publisher,
        authors=tuple(dict.fromkeys(name for name in authors if name != publisher)),
        section=head.json_ld("articleSection") or head.first(_SECTION),
        language=head.declared or head.json_ld("inLanguage") or head.first(("content-language", "og:locale")),
        image=_web(head.json_ld("image", "url") or head.first(_IMAGE), address),
        image_alt=head.first(("og:image:alt", "twitter:image:alt")),
        text=head.json_ld("articleBody"),
    )


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects that JSON-LD describes, outermost first."""
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "publisher", "author"):
            yield from _nodes(value.get(key))


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _heading(element: Element) -> str:
    """Return the text of an element if it may be a title, else ""."""
    text = _clean(element.text)
    return text if element.tag == "h1" or 4 <= len(text) <= 200 else ""


def _clean(value: object) -> str:
    """Return a value as plain text on one line; references are resolved, because many publishers escape twice.

    Halves of characters, which JSON can name, become U+FFFD.
    """
    if not isinstance(value, str):
        return ""
    return collapse(_SURROGATE.sub("\ufffd", html.unescape(value))).strip(EDGE_SPACE)


def lone_surrogate(meta: Metadata, text: str) -> re.Match[str] | None:
    """Return the first half of a character that the source names, if the metadata lost one."""
    values = [value for each in meta for value in ((each,) if isinstance(each, str) else each)]
    return _HALF.search(text) if any("\ufffd" in value for value in values) else None


def _address(head: _Head, saved_from: str) -> str:
    """Return the page's original address, or ""; `saved_from` is that of the program that saved it.

    An address of the front page, which some sites give on every page, counts only if there is no other.
    """
    origin = _web(saved_from or head.first(("og:url",)), "")
    candidates = [
        head.canonical,
        head.first(("og:url",)),
        head.json_ld("url"),
        head.json_ld("mainEntityOfPage", "@id"),
        origin,
    ]
    addresses = [address for each in candidates if (address := _web(each, origin))]
    return next((each for each in addresses if each.partition("://")[2].partition("/")[2]), "") or (
        addresses[0] if addresses else ""
    )


def _web(address: str, base: str) -> str:
    """Return `address` as an absolute HTTP address, or "" if it is none."""
    absolute = resolve(address, base) if address else ""
    return absolute if absolute.startswith(("http://", "https://")) else ""


def _title(head: _Head, publisher: str) -> str:
    """Return the headline, without the name of the site that many pages append."""
    headings = [heading for _, heading in head.headings]
    title = head.json_ld("headline") or head.first(_TITLE) or next(iter(head.titles + headings), "")
    for tag, heading in head.headings:
        rest = title[len(heading) :]
        # Bold text may be the first part of a compound, or the part of the title before a colon.
        ends = (_ANY if tag == "h1" else _STRONG).match(rest)
        if ends and title.startswith(heading) and 2 * len(heading) >= len(title):
            return heading
    if publisher and title.endswith(publisher):
        before = title[: -len(publisher)].rstrip()
        cut = before.rstrip(_MARKS).rstrip()
        if cut and cut != before:
            return cut
    return title


def iso(value: str) -> str:
    """Return a date as ISO 8601, with the time if it has a time zone, else only the day; "" if it is no date.

    >>> iso("2023-03-14T08:30:00.000+0800"), iso("2023年3月14日 08:30"), iso("Tue, 14 Mar 2023 08:30:00 GMT")
    ('2023-03-14T08:30:00+08:00', '2023-03-14', '2023-03-14T08:30:00+00:00')
    """
    value = value.strip()
    try:
        if match := _STAMP.match(value):
            year, month, day, hour, minute, second, zone = match.groups()
            moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
            if not zone:
                return moment.date().isoformat()
            return moment.isoformat() + ("Z" if zone in "Zz" else f"{zone[:3]}:{zone[-2:]}")
        if re.fullmatch(r"\d{8}", value):
            return date(int(value[:4]), int(value[4:6]), int(value[6:])).isoformat()
        if match := _NUMBERS.search(value):
            return date(*map(int, match.groups())).isoformat()
        moment = parsedate_to_datetime(value)
        return moment.isoformat() if moment.tzinfo else moment.date().isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""


def language(declared: str, detected: str) -> str:
    """Return the BCP 47 tag of a page: the declared one if it fits the script of the text, else the detected one.

    >>> language("en-us", "en"), language("zh-CN", "zh-Hant"), language("en", "zh-Hans"), language("fr", "en")
    ('en-US', 'zh-Hant', 'zh-Hans', 'fr')
    """
    match = _TAG.match(declared.replace("_", "-").strip())
    if not match:
        return detected
    primary, rest = match[1].lower(), match[2].split("-")[1:]
    seen = detected.partition("-")[0]
    if primary in ("zh", "cn") and seen in ("zh", "und"):
        if seen == "zh":
            return detected
        return "zh-Hant" if {"hant", "tw", "hk", "mo"} & {part.lower() for part in rest} else "zh-Hans"
    fits = primary == seen or primary in _SAME_SCRIPT.get(seen, ()) or seen == "und"
    if not (fits or (seen == "en" and primary not in _OTHER_SCRIPTS)):
        return detected
    cased = [part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower() for part in rest]
    return "-".join((primary, *cased))
