"""Edits of addresses and pictures: IMG001, IMG002, IMG003, IMG005, LNK001, LNK002, NAV001 and NAV002.

The rule's own fix makes the address; the edit carries it back into the attribute that it came from.
"""

from collections.abc import Iterator
from typing import Any

from turbohtml import Element

from convert.fixes.draft import Draft, Edit
from convert.messages import Message, message
from convert.model import Embed, Image, Link, NavLink, Text
from convert.readers.html import Builder, inlines
from convert.readers.mirror import cut
from convert.readers.mirror.wrapper import visible
from convert.readers.saved import main as saved
from convert.rules import RULES
from convert.rules.checks.nav001_navigation_beacon import BEACON
from convert.text import HTML_SPACE

MEDIA = ("iframe", "embed", "audio", "video", "source")


def _fixed(code: str, node: Any, draft: Draft, told: frozenset[Message]) -> Any:
    """What a rule makes of a node, if it is one that it told of; else the node itself."""
    rule = RULES[code]
    assert rule.check and rule.fix
    return rule.fix(node, draft.context) if rule.check(node, draft.context) in told else node


def _value(element: Element, name: str) -> str:
    return (element.attr(name) or "").strip(HTML_SPACE)


def _pictures(draft: Draft) -> Iterator[tuple[Element, Image]]:
    """The pictures of the article, each with the link right around it as its full size."""
    for element in draft.elements("img"):
        around = element.parent
        full = _value(around, "href") if isinstance(around, Element) and around.tag in ("a", "span") else ""
        if image := inlines.picture(Builder(), element, full):
            yield element, image


def trackers(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Takes out tracking pictures, also those that the mirror put after the article."""
    for element, image in _pictures(draft):
        where = element.source_location
        if where and _fixed("IMG001", image, draft, told) is None:
            yield draft.without(*draft.span(where.start_tag))
    at = len(draft.text) - len(draft.page.tail) if draft.page else len(draft.text)
    for line in draft.text[at:].split("\n"):
        if (
            line.strip().startswith("<img")
            and message("tracking-image", address=visible(line.strip()).strip("<>")) in told
        ):
            yield draft.without(at, at + len(line))
        at += len(line) + 1


def pictures(code: str, draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Writes the addresses of pictures as a rule mends them; none goes that the rule would only empty."""
    for element, image in _pictures(draft):
        mended = _fixed(code, image, draft, told)
        if mended is None or mended is image or not mended.address:
            continue
        if mended.address != image.address:
            source = next((name for name in element.attrs if _value(element, name) == image.address), "src")
            yield from draft.write(element, source, mended.address)
        if mended.full_size != image.full_size and isinstance(around := element.parent, Element):
            yield from draft.write(around, "href", mended.full_size)


def relative_pictures(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Makes the addresses of pictures absolute."""
    return pictures("IMG002", draft, told)


def doubled_schemes(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Writes once a scheme that stands twice."""
    return pictures("IMG003", draft, told)


def placeholders(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Writes the address of a picture where that of its placeholder stands."""
    for element in draft.elements("img"):
        held = _value(element, "src")
        later = saved.loaded_later(element) if draft.source_format == "html" else ""
        later = later or inlines.loaded_later(element, held)
        if inlines.lazy(held, later) in told:
            yield from draft.write(element, "src", later)


def links(code: str, draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Writes the addresses of links, and of videos and their like, as a rule mends them; none is emptied."""
    for element in draft.elements("a", "span", *MEDIA):
        name = "href" if element.tag in ("a", "span") else "src"
        target = _value(element, name)
        node: Any = Link(target, (Text("…"),)) if name == "href" else Embed("other", target, ())
        mended = _fixed(code, node, draft, told) if isinstance(node, RULES[code].node_types) else node
        if mended is not node and (address := mended.target if name == "href" else mended.address):
            yield from draft.write(element, name, address)


def relative_links(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Makes the addresses of links, and of videos and their like, absolute."""
    return links("LNK001", draft, told)


def meant_links(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Writes addresses of links as they were meant."""
    return links("LNK002", draft, told)


def beacons(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Cuts the query off the mirror's own links."""
    return _navigation("NAV001", draft, told)


def relative_navigation(draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    """Makes the mirror's own links absolute."""
    return _navigation("NAV002", draft, told)


def _navigation(code: str, draft: Draft, told: frozenset[Message]) -> Iterator[Edit]:
    if (page := draft.page) is None:
        return
    text = draft.text
    for first, last in ((0, page.content_start), (len(text) - len(page.tail), len(text))):
        start = text.find(page.dialect.nav, first, last)
        if start < 0:
            continue
        stop = text.find("\n", start + 1)
        for match in cut.LINK.finditer(text, start, len(text) if stop < 0 else stop):
            beacon = BEACON.search(match[2]) if code != "NAV001" else None  # which is that rule's matter
            end = beacon.start() if beacon else len(match[2])
            link = NavLink(match[1].strip(), match[2][:end])
            if (mended := _fixed(code, link, draft, told)) is not link:
                yield Edit(match.start(2), match.start(2) + end, mended.target)
