"""A crawler of sites in a folder: it resolves every reference of every page, style sheet and feed."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml import etree, html

_CSS = re.compile(r"url\(\s*['\"]?([^'\")]*)|@import\s+['\"]([^'\"]*)")
_LOADED = {"src", "poster", "data", "background", "srcset"}
_FOLLOWED = {"href", "action", "formaction"}
_WEB = {"http", "https", "mailto"}


class Crawled(NamedTuple):
    """What a crawler found."""

    broken: list[tuple[str, str]]
    """File and reference of each that leads nowhere, or loads something from elsewhere."""
    references: int
    """Number of references inside the site."""
    reached: set[str]
    """Files that links lead to from the first page, and what these load."""
    files: set[str]


def crawl(site: Path, start: str = "index.html") -> Crawled:
    """Resolve every reference of a site, whether a link leads to its file or not."""
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    broken, count = list[tuple[str, str]](), 0
    places, leads = dict[str, set[str]](), dict[str, set[str]]()
    wanted = list[tuple[str, str, str, str]]()
    for here in sorted(files):
        places[here], leads[here] = set(), set()
        for reference, loads in _references(site / here, places[here]):
            parts = urlsplit(reference)
            if parts.scheme or parts.netloc:
                if (loads and parts.scheme != "data") or (not loads and parts.scheme not in _WEB):
                    broken.append((here, reference))
                continue
            count += 1
            to = normpath(join(dirname(here), unquote(parts.path))) if parts.path else here
            leads[here].add(to)
            if to not in files:
                broken.append((here, reference))
            elif parts.fragment:
                wanted.append((here, reference, to, unquote(parts.fragment)))
    broken += [(here, reference) for here, reference, to, place in wanted if place not in places[to]]
    reached, waiting = {start}, [start]
    while waiting:
        new = (leads[waiting.pop()] & files) - reached
        reached |= new
        waiting += new
    return Crawled(broken, count, reached, files)


def _references(path: Path, places: set[str]) -> Iterator[tuple[str, bool]]:
    """Yield each reference of a file, and whether it loads something; add the identifiers to `places`."""
    if path.suffix == ".html":
        tree = html.document_fromstring(path.read_bytes())
        for node in tree.iter(etree.Element):
            for name, value in ((str(key), str(value)) for key, value in node.items()):
                if name in ("id", "name") and (name == "id" or node.tag == "a"):
                    places.add(value)
                elif name in _LOADED or (node.tag == "link" and name == "href"):
                    yield value, node.tag != "link" or node.get("rel") in ("stylesheet", "icon")
                elif name in _FOLLOWED:
                    yield value, False
    elif path.suffix == ".css":
        for url, sheet in _CSS.findall(path.read_text("utf-8")):
            yield url or sheet, True
    elif path.suffix == ".xml":
        for link in etree.parse(path).getroot().iter("{*}link"):
            yield str(link.get("href")), False
