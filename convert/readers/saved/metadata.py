"""Metadata in the head of a web page: JSON-LD (schema.org), Open Graph, Dublin Core, citation tags."""

import html
import re
from functools import cached_property
from typing import Any, NamedTuple

from turbohtml import Document, Element

from convert.readers.saved import linked, people, saver, titles, visible
from convert.readers.saved.dates import iso, local
from convert.readers.saved.main import TITLES
from convert.sources.addresses import NO_ORIGIN, Origin
from convert.text import EDGE_SPACE, collapse
from convert.urls import original, resolve

LONGEST_HEADING = 1000
"""Number of characters of an element beyond which it is no title."""

MAX_HEADINGS = 50
"""Number of headings of a page that are compared with its title, which is among the first."""

_TAG = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8})*)\Z", re.I)
_SAME_SCRIPT = {
    "ru": {"be", "bg", "kk", "ky", "mk", "mn", "sr", "tg", "tt", "uk"},
    "ar": {"ckb", "fa", "ku", "ps", "ug", "ur"},
    "bo": {"dz"},
}
_OTHER_SCRIPTS = {"zh", "ja", "ko", "ru", "ar", "bo", "th"}
_IN_ADDRESS = re.compile(r"/t?((?:19|20)\d\d)[/-]?(\d\d)[/-]?(\d\d)(?!\d)")

# Names of <meta>, the most reliable first.
_PUBLISHED = (
    *("article:published_time", "datepublished", "og:published_time", "citation_publication_date", "citation_date"),
    "citation_online_date",
    *("dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created", "pubdate", "publishdate"),
    *(
        "publish_date",
        "publish-date",
        "weibo:article:create_at",
        "parsely-pub-date",
        "sailthru.date",
        "apub:time",
        "og:article:published_time",
        "article.published",
        "dc.date.created",
        "cxenseparse:recs:publishtime",
        "originalpublicationdate",
        "og:release_date",
        "date",
    ),
)
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified", "lastmod")
_TITLE = ("citation_title", "dc.title", "dcterms.title", "og:title", "twitter:title")
_PUBLISHER = ("og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher", "application-name")
_AUTHORS = (
    *(
        "citation_author",
        "citation_authors",
        "dc.creator",
        "dcterms.creator",
        "author",
        "article:author_name",
        "article:author",
        "authors",
    ),
    *("parsely-author", "sailthru.author", "byl", "byline", "creator", "og:author"),
)
_MARKS = " |｜_»·•–—:-"
_DUBLIN_CORE = re.compile(r"^(dc|dcterms|dcterm):")
_ADDRESS = ("citation_public_url", "citation_fulltext_html_url", "dc.identifier", "twitter:url", "al:web:url")
_LANGUAGE = ("content-language", "og:locale", "dc.language", "dcterms.language", "language")
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
    broken: tuple[Element, ...] = ()
    """Elements whose JSON-LD cannot be parsed."""


class _Head:
    """Sources of metadata in a page: `<meta>` by lower-case name, canonical link, titles, times and JSON-LD."""

    def __init__(self, document: Document) -> None:
        self.meta: dict[str, list[str]] = {}
        self.canonical = self.base = ""
        self.headings: list[tuple[str, str]] = []
        self.titles: list[str] = []
        self.times: list[tuple[bool, str]] = []
        root = document.root
        for each in root.iter_elements(("meta", "link", "base", "title", "time", *TITLES)) if root else ():
            match each.tag:
                case "meta":
                    value = _clean(each.attr("content"))
                    for key in ("property", "name", "itemprop"):
                        for name in str(each.attr(key) or "").lower().split() if value else ():
                            self.meta.setdefault(_DUBLIN_CORE.sub(r"\1.", name), []).append(value)
                    if str(each.attr("http-equiv") or "").lower() == "content-language" and value:
                        self.meta.setdefault("content-language", []).append(value)
                case "link" if "canonical" in str(each.attr("rel") or "").lower().split():
                    self.canonical = self.canonical or str(each.attr("href") or "").strip()
                case "base":
                    self.base = self.base or str(each.attr("href") or "").strip()
                case "title":
                    self.titles.append(_clean(each.text))
                case "time":
                    declared = each.attr("itemprop") == "datePublished" or each.attr("pubdate") is not None
                    self.times.append((not declared, str(each.attr("datetime") or each.text)))
                case tag if tag in TITLES and len(self.headings) < MAX_HEADINGS and (heading := _heading(each)):
                    self.headings.append((tag, heading))
        shown = [*self.titles, *self.meta.get("og:title", ()), *(text for tag, text in self.headings if tag == "h1")]
        addresses = [each for each in (self.canonical, *self.meta.get("og:url", ())) if each]
        self.article, self.by_id, self.broken = linked.read(document, addresses, shown)
        self.declared = str(root.attr("lang") or root.attr("xml:lang") or "") if root else ""

    def first(self, names: tuple[str, ...]) -> str:
        """Return the first value of the first of `names` that the page has, or ""."""
        return next((self.meta[name][0] for name in names if name in self.meta), "")

    def strings(self, value: Any, key: str = "name") -> list[str]:
        """Return the texts of a JSON-LD value: itself, or the `key` of each object that it contains or refers to."""
        if isinstance(value, list):
            return [text for each in value for text in self.strings(each, key)]
        if isinstance(value, dict):
            node = value if key in value else self.by_id.get(str(value.get("@id")), value)
            if key == "name" and key not in node and "familyName" in node:
                return [_clean(f"{node.get('givenName') or ''} {node['familyName']}")]
            field = node.get(key)  # only texts of a list are used, because references may be circular
            return [text for each in (field if isinstance(field, list) else [field]) if (text := _clean(each))]
        return [text] if (text := _clean(value)) else []

    def json_ld(self, field: str, key: str = "name") -> str:
        """Return the first text of a field of the JSON-LD article, or ""."""
        return next(iter(self.strings(self.article.get(field), key)), "")


def read(document: Document, text: str, origin: Origin = NO_ORIGIN, *, thorough: bool = True) -> Metadata:
    """Return the metadata of a page; `text` is its source, which may have a comment of the program that saved it.

    Without `thorough` there are no authors and no text, for which the first look has no use.
    """
    head = _Head(document)
    publisher = head.json_ld("publisher") or head.first(_PUBLISHER)
    address = origin.given or _address(head, saver.address(document, text)) or origin.folder
    declared = [*filter(None, [head.json_ld("headline") or head.json_ld("title"), head.first(_TITLE)])]
    title = titles.title(titles.Titles(declared, next(iter(head.titles), ""), head.headings, publisher))
    if origin.envelope.whole or not title:  # a chapter's `title` is often that of its book
        title = origin.envelope.title or title
    near = _Near(document, title)
    return Metadata(
        title=title,
        address=address,
        published=_published(head, near, address),
        modified=iso(head.json_ld("dateModified")) or iso(head.first(_MODIFIED)),
        publisher=publisher,
        authors=_authors(head, near, (publisher, head.first(_PUBLISHER), _rest(head, title))) if thorough else (),
        section=head.json_ld("articleSection") or head.first(_SECTION),
        language=head.declared or head.json_ld("inLanguage") or head.first(_LANGUAGE),
        image=_web(head.json_ld("image", "url") or head.json_ld("image", "contentUrl") or head.first(_IMAGE), address),
        image_alt=head.first(("og:image:alt", "twitter:image:alt")),
        text=head.json_ld("articleBody") if thorough else "",
        broken=head.broken,
    )


class _Near:
    """Elements around the title, looked up only for a page whose head does not say enough."""

    def __init__(self, document: Document, title: str) -> None:
        self._document, self._title = document, title

    @cached_property
    def surroundings(self) -> visible.Surroundings:
        """The elements around the title."""
        return visible.around(self._document, self._title)


def _published(head: _Head, near: _Near, address: str) -> str:
    """Return the date of a page, from the first source that has a possible one.

    These are its metadata, a `<time>` that it declares or shows near the title, the address, the text near the title,
    and the only `<time>` of the page.
    """
    declared = [head.json_ld(name) for name in ("datePublished", "dateCreated", "pubDate")]
    declared += [value for name in _PUBLISHED for value in head.meta.get(name, ())[:1]]
    declared += [value for later, value in head.times if not later]
    dates = [date for each in declared if (date := iso(each))]
    if dates:
        return local(dates[0], dates[1:])
    if found := visible.moment(near.surroundings):
        return found
    in_address = _IN_ADDRESS.search(address)
    if in_address and (found := iso("-".join(in_address.groups()))):
        return found
    times = {date for _, value in head.times if (date := iso(value))}
    return visible.day(near.surroundings) or (times.pop() if len(times) == 1 else "")


def _rest(head: _Head, title: str) -> str:
    """Return the rest of `<title>` behind the headline, which names the site, "" if there is none."""
    whole = next(iter(head.titles), "")
    return whole.removeprefix(title).strip(_MARKS) if whole.startswith(title) else ""


def _authors(head: _Head, near: _Near, sites: tuple[str, ...]) -> tuple[str, ...]:
    """Return the authors, from the first source that names one: JSON-LD, other metadata, the text near the title."""
    found = people.declared(head.strings(head.article.get("author")), *sites)
    for key in _AUTHORS:
        found = found or people.declared(head.meta.get(key, ()), *sites)
    found = found or visible.authors(near.surroundings, *sites)
    return found or people.declared(head.strings(head.article.get("creator")), *sites)


def _heading(element: Element) -> str:
    """Return the text of an element if it may be a title, else ""."""
    raw = element.text
    text = _clean(raw) if len(raw) <= LONGEST_HEADING else ""
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
    values = [
        value for each in meta for value in ((each,) if isinstance(each, str) else each) if isinstance(value, str)
    ]
    return _HALF.search(text) if any("\ufffd" in value for value in values) else None


def _address(head: _Head, saved_from: str) -> str:
    """Return the page's original address, or ""; `saved_from` is that of the program that saved it.

    An address of the front page, which some sites give on every page, counts only if there is no other.
    """
    origin = _web(saved_from or head.first(("og:url",)), "")
    base = origin or _web(head.base, "")  # which is often the address of the site, and so none of the page
    candidates = [
        head.canonical,
        head.first(("og:url",)),
        head.json_ld("url"),
        head.json_ld("mainEntityOfPage", "@id"),
        head.first(_ADDRESS),
        origin,
    ]
    addresses = [address for each in candidates if (address := _web(each, base))]
    addresses = [original(each) for each in addresses]
    return next((each for each in addresses if each.partition("://")[2].partition("/")[2]), "") or (
        addresses[0] if addresses else ""
    )


def _web(address: str, base: str) -> str:
    """Return `address` as an absolute HTTP address, or "" if it is none."""
    absolute = resolve(address, base) if address else ""
    return absolute if absolute.startswith(("http://", "https://")) else ""


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
