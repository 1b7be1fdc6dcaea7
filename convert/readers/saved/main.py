"""The main text of a web page: finding it, and removing from it what is not the article."""

import re

from turbohtml import Document, Element, Text

from convert.messages import Message, message
from convert.readers.html import Builder
from convert.readers.html.boxes import HIDDEN_TEXT
from convert.readers.html.inlines import lazy
from convert.readers.saved.boxes import flat, is_hidden
from convert.readers.saved.judge import Choice, choose
from convert.text import EDGE_SPACE

TITLES = ("h1", "h2", "h3", "b", "strong", "font", "center")
"""Elements that may contain the title of an article."""

EMBEDDED = 1000
"""Longest `data:` address of a placeholder, in characters; a longer one is a picture that SingleFile saved."""

_CONTROLS = ("button", "select", "input", "textarea", "label", "svg", "canvas")
_UNSEEN = ("script", "style", "template", "title")
_PLACEHOLDER = re.compile(
    r"^data:|(?:^|[/_-])(?:blank|spacer|placeholder|loading|lazy|grey|transparent|1x1)[^/]*$", re.I
)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-url", "data-lazyload", "data-echo")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")


def find(document: Document, title: str = "", text: str = "", *, signed: bool = False) -> Choice | None:
    """Return the element that contains the main text, with what in it is no part of the text; None if none seems to.

    `title` is the title of the page, `text` the article's text as the head of the page gives it, or "".  A page is
    `signed` if its metadata say who wrote it and when, so that the article needs no byline.
    """
    body = document.select_one("body")
    if body is None:
        return None
    for each in list(body.iter_elements(_UNSEEN)):
        each.decompose()
    return choose(body, title, text, signed)


def take_out(builder: Builder, choice: Choice) -> None:
    """List the page around the region in notes, and remove what is not the article from the region."""
    inside: Element = choice.region
    while isinstance(around := inside.parent, Element) and inside.tag != "body":
        for node in around.children:
            if isinstance(node, Element) and node != inside:
                _list(builder, node, message("page-around", tag=node.tag), _shown(node, ("img",)))
            elif isinstance(node, Text):
                _list(builder, around, message("page-around", tag=around.tag), node.data)
        inside = around
    drop(builder, choice.dropped)


def drop(builder: Builder, elements: tuple[Element, ...]) -> None:
    """Remove what is not the article from its region, and list it."""
    for each in elements:
        _remove(builder, each, "NAV005", message("furniture-element", tag=each.tag))


def _list(builder: Builder, element: Element, problem: Message, removed: str) -> None:
    if text := removed.strip(EDGE_SPACE):
        builder.note("NAV005", problem, element, text)


def _shown(element: Element, tags: tuple[str, ...] = ("img", "a")) -> str:
    """Return the text of an element and the addresses of its pictures and links, for the list of what was removed."""
    addresses = (
        str(each.attr("src" if each.tag == "img" else "href") or "")
        for each in element.iter_elements(tags, include_self=True)
    )
    return " ".join([element.text.strip(EDGE_SPACE), *(f"<{each}>" for each in addresses if each)])


def tidy(builder: Builder, region: Element, title: str) -> None:
    """Remove controls, hidden elements and the title from a region, and give lazy pictures their addresses.

    Each removed element with text or pictures is reported in a note.
    """
    whole = region.tag == "body"
    stack = [region]
    while stack:
        parent = stack.pop()
        for each in [child for child in parent.children if isinstance(child, Element)]:
            if each.tag in _CONTROLS or (whole and each.tag == "nav" and _is_menu(each)):
                _remove(builder, each, "NAV005", message("furniture-element", tag=each.tag))
            elif is_hidden(each):
                _remove(builder, each, "HTM002", HIDDEN_TEXT)
            else:
                stack.append(each)
    wanted = flat(title)
    for heading in region.iter_elements(TITLES):
        if _is_title(heading, wanted):
            _remove(builder, heading, "NAV005", message("repeated-title"))
            break
    for picture in list(region.iter_elements("img")):
        _resolve_lazy(builder, picture)
    visible = {picture.attr("src") for picture in region.iter_elements("img") if picture.closest("noscript") is None}
    for fallback in list(region.iter_elements("noscript")):
        addresses = [picture.attr("src") for picture in fallback.iter_elements("img")]
        if addresses and all(each in visible for each in addresses) and not fallback.text.strip(EDGE_SPACE):
            fallback.decompose()  # the same picture for browsers without scripts


def _is_title(heading: Element, wanted: str) -> bool:
    """Return True if a heading is the title; the first heading may lack what the title adds, or the other way round."""
    found = flat(heading.text)
    if heading.tag != "h1" or 2 * min(len(found), len(wanted)) < max(len(found), len(wanted)):
        return bool(found) and found == wanted
    return found in wanted or wanted in found


def _is_menu(element: Element) -> bool:
    """Return True if more than half of an element's text is links."""
    return 2 * sum(len(link.text) for link in element.iter_elements("a")) > len(element.text.strip(EDGE_SPACE))


def _remove(builder: Builder, element: Element, code: str, problem: Message) -> None:
    if text := _shown(element).strip():
        builder.note(code, problem, element, text)
    element.decompose()


def _resolve_lazy(builder: Builder, picture: Element) -> None:
    """Give a lazy picture the address that a script would load."""
    if not _is_lazy(picture):
        return
    if real := loaded_later(picture):
        builder.note("IMG005", lazy(str(picture.attr("src") or "").strip(), real), picture)
        picture.attrs["src"] = real
        return
    fallback = picture.next_sibling
    while fallback is not None and not isinstance(fallback, Element):
        fallback = fallback.next_sibling
    if isinstance(fallback, Element) and fallback.tag == "noscript" and fallback.find("img") is not None:
        picture.decompose()  # the picture for browsers without scripts has the address


def _is_lazy(picture: Element) -> bool:
    """Return True if a picture has no address, or that of a placeholder."""
    address = str(picture.attr("src") or "").strip()
    return len(address) <= EMBEDDED and (not address or bool(_PLACEHOLDER.search(address.partition("?")[0])))


def loaded_later(picture: Element) -> str:
    """Return the address that a script would load for a lazy picture; "" for other pictures."""
    if not _is_lazy(picture):
        return ""
    real = next((str(value) for name in _LAZY if (value := picture.attr(name))), "")
    real = real or next((best for name in _LAZY_SETS if (best := largest(str(picture.attr(name) or "")))), "")
    around = picture.parent
    if not real and isinstance(around, Element) and around.tag == "picture":
        sources = list(around.iter_elements("source"))
        real = next(
            (best for each in sources if (best := largest(str(each.attr("srcset") or each.attr("data-srcset") or "")))),
            "",
        )
    return real


def largest(srcset: str) -> str:
    """Return the address of the largest candidate of a `srcset`.

    >>> largest("a.jpg 300w, b.jpg 1200w"), largest("a.jpg, b,c.jpg 2x"), largest("")
    ('b.jpg', 'b,c.jpg', '')
    """
    candidates = [each.split() for each in re.split(r",\s+|,(?=https?:)", srcset) if each.strip()]
    return max(candidates, key=_size)[0] if candidates else ""


def _size(candidate: list[str]) -> float:
    match = re.fullmatch(r"([\d.]+)[wx]", candidate[1]) if len(candidate) > 1 else None
    return float(match[1]) if match and match[1].count(".") < 2 and match[1] != "." else 1.0
