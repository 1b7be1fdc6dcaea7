"""Files of XML that describe a book: package, contents, overlays, encryption, rights; and XML of any other kind.

Attributes that hold an address are found by the table; one that leads elsewhere and is in no row is a finding as well.
"""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import msgspec

from convert.audit.data import inner
from convert.audit.found import Found, Scope
from convert.audit.markup import Aside, BrokenError, Tag, xml_tags
from convert.audit.page import judge as judge_page
from convert.audit.target import Kind, target
from convert.audit.vector import places

_QUIET = frozenset(
    {
        "about",
        "resource",
        "rdf:about",
        "rdf:resource",
        "scheme",
        "property",
        "prefix",
        "algorithm",
        "type",
        "rel",
        "title",
    }
)
"""Attributes whose addresses are names, or words."""
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_FONT_NAMES = (".ttf", ".otf", ".ttc", ".woff", ".woff2", ".eot", ".pfb", ".dfont")
_SCRIPTS = frozenset(
    f"{area}/{name}"
    for area in ("text", "application")
    for name in ("javascript", "ecmascript", "x-javascript", "x-ecmascript", "jscript", "livescript")
)
_PLACES = places("epub")


class Package(NamedTuple):
    """Facts of a package that other files are judged by."""

    types: dict[str, str]
    """Media type of each item by its path."""


def judge(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield what is found in a file of XML."""
    above: list[str] = []
    try:
        for event in xml_tags(data):
            if isinstance(event, Aside):
                found = judge_page([event], scope, xml=True)
            else:
                above = [*above[-3:], _local(event.name)]
                found = chain(_tag(event, above, scope), _as_page(event, scope))
            for each in found:
                yield Found(each.vector, each.quote[:200], event.line, event.column, scope.entry)
    except BrokenError as error:
        yield Found("broken-document", str(error), error.line, error.column, scope.entry)


def _as_page(tag: Tag, scope: Scope) -> Iterator[Found]:
    """Yield what a browser does with an element of HTML or SVG in a file of XML, or with one that makes them."""
    if tag.name.startswith("xsl:"):
        yield Found("unknown-element", tag.name)
    elif not tag.name.startswith("?:"):
        yield from (each for each in judge_page([tag], scope, xml=True) if not each.vector.startswith("unknown-"))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _tag(tag: Tag, above: list[str], scope: Scope) -> Iterator[Found]:
    name = above[-1]
    attributes = {_local(key): value for key, value in tag.attributes}
    if tag.name.startswith("xi:"):
        yield Found("xinclude", attributes.get("href", ""))
    if name in _SPECIAL:
        yield from _SPECIAL[name](attributes)
    for key, value in tag.attributes:
        local = _local(key)
        if key == "xml:base" and target(value, scope).kind is not Kind.INSIDE:
            yield Found("base-address", value)
        if local in _QUIET or key.startswith("xml:") or (name == "meta" and local == "content"):
            continue
        if not _is_address(local, value) or target(value, scope).kind is Kind.INSIDE:
            continue
        if target(value, scope).kind is Kind.DATA:
            yield from inner(value, scope)
            continue
        if scope.entry.endswith(".xpgt"):
            yield Found("xpgt-template", value)
        elif name == "link":
            yield Found("opf-collection-link" if "collection" in above else _link(attributes, scope), value)
        else:
            yield Found(
                _PLACES.get(f"{name}@{local}", "smil-file" if scope.entry.endswith(".smil") else "xml-address"), value
            )


def _is_address(key: str, value: str) -> bool:
    """Return True if an attribute holds an address, by its name or because it looks like one."""
    return key in ("href", "src", "uri", "full-path", "url", "data", "schemalocation") or "//" in value


def _link(attributes: dict[str, str], scope: Scope) -> str:
    return "container-link" if scope.entry.startswith("META-INF/") else "opf-link"


def _item(attributes: dict[str, str]) -> Iterator[Found]:
    properties = attributes.get("properties", "").split()
    yield from (Found(_PLACES[f"property:{each}"], each) for each in properties if f"property:{each}" in _PLACES)
    if attributes.get("media-type", "").lower().partition(";")[0].strip() in _SCRIPTS:
        yield Found("opf-script-item", attributes.get("href", ""))


def _media_type(attributes: dict[str, str]) -> Iterator[Found]:
    if "handler" in attributes:
        yield Found("opf-bindings", attributes["handler"])


def _method(attributes: dict[str, str]) -> Iterator[Found]:
    algorithm = attributes.get("algorithm", "")
    if algorithm.startswith("http://www.w3.org/2000/09/xmldsig#") or "signature" in algorithm:
        return
    yield Found("font-obfuscated" if algorithm in _FONTS else "epub-encrypted", algorithm)


def _cipher(attributes: dict[str, str]) -> Iterator[Found]:
    if not attributes.get("uri", "").lower().endswith(_FONT_NAMES):  # only fonts may be changed so that all undo it
        yield Found("epub-encrypted", attributes.get("uri", ""))


def _option(attributes: dict[str, str]) -> Iterator[Found]:
    if attributes.get("name", "") in ("interactive", "allow-scripts"):
        yield Found("ibooks-options", attributes["name"])


def _meta(attributes: dict[str, str]) -> Iterator[Found]:
    name = attributes.get("name", "") or attributes.get("property", "")
    if name.startswith("calibre:") and name not in ("calibre:series", "calibre:series_index", "calibre:title_sort"):
        yield Found("library-metadata", f"{name} {attributes.get('content', '')}")


_SPECIAL = {
    "item": _item,
    "mediatype": _media_type,
    "encryptionmethod": _method,
    "cipherreference": _cipher,
    "option": _option,
    "meta": _meta,
}


def read_package(data: bytes, entry: str) -> Package:
    """Return the facts of a package, as far as it can be read."""
    types: dict[str, str] = {}
    try:
        for event in xml_tags(data):
            if isinstance(event, Tag) and _local(event.name) == "item":
                attributes = dict(event.attributes)
                goal = target(attributes.get("href", ""), Scope(entry))
                types[goal.path] = attributes.get("media-type", "").lower().partition(";")[0].strip()
    except BrokenError:  # the judge reports it
        pass
    return Package(types)


def read_rootfiles(data: bytes) -> list[str]:
    """Return the paths of the packages that a container names, as far as it can be read."""
    paths = []
    try:
        for event in xml_tags(data):
            if isinstance(event, Tag) and _local(event.name) == "rootfile":
                paths.append(dict(event.attributes).get("full-path", ""))
    except BrokenError:
        pass
    return paths


def judge_licence(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield what is found in a licence of LCP, which is JSON."""
    try:
        licence = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        yield Found("broken-document", "JSON", entry=scope.entry)
        return
    if isinstance(licence, dict):
        links = licence.get("links")
        for link in links if isinstance(links, list) else []:
            if isinstance(link, dict) and target(str(link.get("href", "")), scope).kind is not Kind.INSIDE:
                yield Found("rights-link", str(link["href"]), entry=scope.entry)
        if licence.get("user"):
            yield Found("rights-owner", str(licence["user"]), entry=scope.entry)
