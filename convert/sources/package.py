"""The package and the contents of a book in EPUB: elements, metadata, entries of the contents."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from typing import Any, NamedTuple

from convert.sources.envelope import Envelope
from convert.text import collapse

DIALECT = "epub"
OPF = "{http://www.idpf.org/2007/opf}"
CHANGES = ("modification", "creation", "conversion")
"""Values of `opf:event` in EPUB 2 that say of a day that it is that of the file, not of the book; Sigil writes them."""
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"


_HALF = re.compile(rb"&#(?:x0{0,9}([dD][89a-fA-F][0-9a-fA-F]{2})|0{0,9}(5[5-7][0-9]{3}));|\xed[\xa0-\xbf][\x80-\xbf]")
"""Reference that may be to half of a surrogate pair, or the half itself, on which lxml fails when it repairs."""


class Listed(NamedTuple):
    """Entry of the contents of a book."""

    reference: str
    title: str
    depth: int
    """Number of entries around it."""


def without_halves(data: bytes) -> bytes:
    """Return XML with U+FFFD in place of each half of a surrogate pair."""
    return _HALF.sub(_whole, data)


def _whole(match: re.Match[bytes]) -> bytes:
    """Return a reference, or U+FFFD for one to half of a surrogate pair."""
    number = int(match[1], 16) if match[1] else int(match[2] or 0xD800)
    return match[0] if not 0xD800 <= number < 0xE000 else "\ufffd".encode()


def elements(tree: Any, name: str) -> Iterator[Any]:
    """Yield the elements of a tree with a local name, in whatever namespace."""
    if tree is not None:
        for each in tree.iter():
            if isinstance(each.tag, str) and each.tag.rpartition("}")[2] == name:
                yield each


def metadata(tree: Any, stem: str) -> Envelope:
    """Return what a package says of its book (Dublin Core)."""
    roles = {
        str(each.get("refines") or "").removeprefix("#"): (each.text or "").strip()
        for each in elements(tree, "meta")
        if each.get("property") == "role"
    }

    def values(name: str) -> list[tuple[Any, str]]:
        found = ((each, collapse("".join(each.itertext())).strip()) for each in elements(tree, name))
        return [(each, value) for each, value in found if value]

    def role(each: Any) -> str:
        return roles.get(str(each.get("id") or "")) or str(each.get(f"{OPF}role") or "aut")

    def first(name: str) -> str:
        return next((value for _, value in values(name)), "")

    creators = values("creator")
    authors = [value for each, value in creators if role(each) == "aut"] or [value for _, value in creators]
    dates = [(str(each.get(f"{OPF}event") or ""), value) for each, value in values("date")]
    days = [day for event, value in dates if event not in CHANGES and (day := _day(value))]
    return Envelope(
        authors=tuple(dict.fromkeys(authors)),
        published=next(iter(days), ""),
        publisher=first("publisher"),
        language=first("language"),
        section=stem,
        section_name=first("title"),
        whole=True,
        dialect=DIALECT,
    )


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value[:10]).isoformat() if len(value) >= 10 else ""
    except ValueError:
        return ""


def of_nav(nav: Any) -> Iterator[Listed]:
    """Yield the entries of a list of contents in a navigation document."""
    found = []
    for link in elements(nav, "a"):
        depth = sum(str(each.tag).rpartition("}")[2] == "ol" for each in link.iterancestors())
        found.append(Listed(str(link.get("href") or ""), collapse("".join(link.itertext())).strip(), depth))
    return _lowest(found)


def of_ncx(tree: Any) -> Iterator[Listed]:
    """Yield the entries of an NCX."""
    found = []
    for each in elements(tree, "navPoint"):
        text, content = next(elements(each, "text"), None), next(elements(each, "content"), None)
        if text is not None and content is not None:
            depth = sum(str(outer.tag).rpartition("}")[2] == "navPoint" for outer in each.iterancestors())
            found.append(Listed(str(content.get("src") or ""), collapse("".join(text.itertext())).strip(), depth))
    return _lowest(found)


def _lowest(entries: list[Listed]) -> Iterator[Listed]:
    """Yield entries without headings, which lead to where the first entry below them leads."""
    for entry, after in zip_longest(entries, entries[1:]):
        if after is None or entry.reference != after.reference or entry.depth >= after.depth:
            yield entry


def is_toc(nav: Any) -> bool:
    """Return True if a list in a navigation document is the contents."""
    return "toc" in next((str(value) for name, value in nav.attrib.items() if str(name).endswith("type")), "toc")


def covers(nav: Any) -> Iterator[str]:
    """Yield the references to a cover in a list of landmarks."""
    kind = next((str(value) for name, value in nav.attrib.items() if str(name).endswith("type")), "toc")
    for link in elements(nav, "a") if "landmarks" in kind else ():
        if str(link.get(_EPUB_TYPE) or "") == "cover":
            yield str(link.get("href") or "")
