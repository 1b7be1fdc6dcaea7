"""Feeds in Atom, judged by RFC 4287: by our grammar of it, and by what no grammar can say."""

from collections import Counter
from typing import Any

from lxml import etree

from helpers.data import ROOT

GRAMMAR = etree.RelaxNG(etree.parse(ROOT / "tests" / "catalog" / "atom.rng"))
_ATOM = {"a": "http://www.w3.org/2005/Atom"}


def faults(feed: Any) -> list[str]:
    """Return what is wrong with the element of a feed."""
    found = [] if GRAMMAR.validate(etree.ElementTree(feed)) else [str(each) for each in GRAMMAR.error_log]
    entries = feed.findall("a:entry", _ATOM)
    if not feed.findall("a:author", _ATOM):
        found += [f"no author (4.1.1): {_title(each)}" for each in entries if each.find("a:author", _ATOM) is None]
    for each in (feed, *entries):
        links = each.findall("a:link", _ATOM)
        others = Counter(
            (link.get("type"), link.get("hreflang")) for link in links if link.get("rel", "alternate") == "alternate"
        )
        found += [f"two alternates of a type (4.1.1, 4.1.2): {_title(each)}" for times in others.values() if times > 1]
        if each is not feed and not others and each.find("a:content", _ATOM) is None:
            found.append(f"neither content nor alternate (4.1.2): {_title(each)}")
    if not any(link.get("rel") == "self" for link in feed.findall("a:link", _ATOM)):
        found.append("no link to itself (4.1.1)")
    names = Counter((each.findtext("a:id", "", _ATOM), each.findtext("a:updated", "", _ATOM)) for each in entries)
    return found + [f"the same entry twice (4.1.1): {name}" for name, times in names.items() if times > 1]


def _title(element: Any) -> str:
    return str(element.findtext("a:title", "", _ATOM))
