"""Edits of addresses and pictures: IMG001, IMG002, IMG003, IMG005, LNK001, LNK002, NAV001 and NAV002.

The rule's own fix computes the address; the edit writes it into the attribute that the old address came from.
"""

from collections.abc import Iterator
from typing import Any

from turbohtml import Element

from convert.fixes.draft import Draft, Edit
from convert.messages import Message, message
from convert.model import Embed, Image, Link, NavLink, Text
from convert.readers.html import inlines, lazy
from convert.readers.html.handlers import Builder
from convert.readers.mirror import cut
from convert.readers.mirror.wrapper import visible
from convert.rules import RULES
from convert.rules.checks.nav001_navigation_beacon import BEACON
from convert.text import HTML_SPACE

MEDIA = ("iframe", "embed", "audio", "video", "source")


def _fixed(code: str, node: Any, draft: Draft, messages: frozenset[Message]) -> Any:
    """Return the node as the rule fixes it if one of `messages` reports it, else the node itself."""
    rule = RULES[code]
    assert rule.check and rule.fix
    return rule.fix(node, draft.context) if rule.check(node, draft.context) in messages else node


def _value(element: Element, name: str) -> str:
    return (element.attr(name) or "").strip(HTML_SPACE)


def _pictures(draft: Draft) -> Iterator[tuple[Element, Image]]:
    """Yield each picture of the article, with the address of the link directly around it as its full size."""
    for element in draft.elements("img"):
        around = element.parent
        full = _value(around, "href") if isinstance(around, Element) and around.tag in ("a", "span") else ""
        if image := inlines.picture(Builder(), element, full):
            yield element, image


def trackers(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Remove tracking pictures, also those that the mirror put after the article."""
    for element, image in _pictures(draft):
        where = element.source_location
        if where and _fixed("IMG001", image, draft, messages) is None:
            yield draft.without(*draft.span(where.start_tag))
    at = len(draft.text) - len(draft.page.tail) if draft.page else len(draft.text)
    for line in draft.text[at:].split("\n"):
        if (
            line.strip().startswith("<img")
            and message("tracking-image", address=visible(line.strip()).strip("<>")) in messages
        ):
            yield draft.without(at, at + len(line))
        at += len(line) + 1


def pictures(code: str, draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Write the addresses of pictures as the rule fixes them, unless its fix would leave none."""
    for element, image in _pictures(draft):
        fixed = _fixed(code, image, draft, messages)
        if fixed is None or fixed is image or not fixed.address:
            continue
        if fixed.address != image.address:
            source = next((name for name in element.attrs if _value(element, name) == image.address), "src")
            yield from draft.write(element, source, fixed.address)
        if fixed.full_size != image.full_size and isinstance(around := element.parent, Element):
            yield from draft.write(around, "href", fixed.full_size)


def relative_pictures(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Make the addresses of pictures absolute."""
    return pictures("IMG002", draft, messages)


def doubled_schemes(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Remove the first of two schemes from the addresses of pictures."""
    return pictures("IMG003", draft, messages)


def placeholders(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Replace the address of a placeholder by that of the picture."""
    for element in draft.elements("img"):
        placeholder = _value(element, "src")
        later = lazy.address_of(element)
        if lazy.note(placeholder, later) in messages:
            yield from draft.write(element, "src", later)


def links(code: str, draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Write the addresses of links and embedded media as the rule fixes them, unless its fix would leave none."""
    for element in draft.elements("a", "span", *MEDIA):
        name = "href" if element.tag in ("a", "span") else "src"
        target = _value(element, name)
        node: Any = Link(target, (Text("…"),)) if name == "href" else Embed("other", target, ())
        fixed = _fixed(code, node, draft, messages) if isinstance(node, RULES[code].node_types) else node
        if fixed is not node and (address := fixed.target if name == "href" else fixed.address):
            yield from draft.write(element, name, address)


def relative_links(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Make the addresses of links and embedded media absolute."""
    return links("LNK001", draft, messages)


def meant_links(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Write miswritten addresses of links as they were meant."""
    return links("LNK002", draft, messages)


def beacons(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Remove the query from the mirror's own links."""
    return _navigation("NAV001", draft, messages)


def relative_navigation(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Make the mirror's own links absolute."""
    return _navigation("NAV002", draft, messages)


def _navigation(code: str, draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    if (page := draft.page) is None:
        return
    text = draft.text
    for first, last in ((0, page.content_start), (len(text) - len(page.tail), len(text))):
        start = text.find(page.dialect.nav, first, last)
        if start < 0:
            continue
        stop = text.find("\n", start + 1)
        for _, label, target, at in cut.own_links(text, start, len(text) if stop < 0 else stop):
            beacon = BEACON.search(target) if code != "NAV001" else None  # NAV001 removes it
            end = beacon.start() if beacon else len(target)
            link = NavLink(label, target[:end])
            if (fixed := _fixed(code, link, draft, messages)) is not link:
                yield Edit(at, at + end, fixed.target)
