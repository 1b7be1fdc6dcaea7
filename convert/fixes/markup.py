"""Edits of markup: HTM001, HTM004 and HTM006."""

from collections.abc import Iterator

from turbohtml import Element, TokenType

from convert.fixes.draft import Draft, Edit
from convert.messages import Message
from convert.readers.mirror.repair import crossed_links, ended_breaks

STRAY = frozenset({"br", "img", "input"})
EMPTIED = ("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "figure")
"""Elements that are removed if they are empty.  Links are not among them: the address would be lost."""
_INSIDE = frozenset({"b", "br", "div", "em", "font", "i", "li", "ok", "p", "span", "strong", "tbody", "td", "tr", "u"})


def crossed(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """End each link with its own end tag."""
    text = draft.text
    spans = {*crossed_links(text, *draft.content)}
    open_: list[str] = []
    for tag in draft.tags:
        if tag.start in spans:
            yield Edit(tag.start, tag.end, "</a>")
            open_ = open_[:-1]
        elif tag.name not in ("a", "ok"):
            continue
        elif tag.type is TokenType.START_TAG:
            open_.append(tag.name)
        elif tag.type is TokenType.END_TAG and open_ and (name := open_.pop()) != tag.name:
            yield Edit(tag.start, tag.end, f"</{name}>")


def stray(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Remove end tags of elements that have none; write a `</br>` that ends no `<br>` as a line break."""
    start, end = draft.content
    ended = {start + at for at in ended_breaks(draft.text[start:end])}
    for tag in draft.tags:
        if tag.type is TokenType.END_TAG and tag.name in STRAY:
            if tag.name == "br" and tag.start not in ended:
                yield Edit(tag.start, tag.end, "<br/>")
            else:
                yield draft.without(tag.start, tag.end)


def empty(draft: Draft, messages: frozenset[Message]) -> Iterator[Edit]:
    """Remove empty elements."""
    for element in draft.elements(*EMPTIED):
        where = element.source_location
        if where is None or where.end_tag is None or not _nothing_in(element):
            continue
        start, end = draft.span(where.start_tag)[0], draft.span(where.end_tag)[1]
        if draft.blank(start, end):
            yield draft.without(start, end)


def _nothing_in(element: Element) -> bool:
    """Return True if an element may be removed: no link can lead into it, and it holds no picture, link or the like."""
    return all(
        each.attr("id") is None
        and each.attr("name") is None
        and (each == element or (each.tag in _INSIDE and each.attr("href") is None))
        for each in (element, *element.iter_elements())
    )
