"""The main text of a web page: finding it, and removing from it what is not the article."""

import re
from collections.abc import Iterator

from turbohtml import Document, Element

from convert.messages import Message, message
from convert.readers.html import Builder
from convert.readers.html.boxes import HIDDEN_TEXT
from convert.readers.html.inlines import lazy
from convert.text import EDGE_SPACE

SHORT, MINOR = 250, 0.4
"""Limits of characters and of the share of the page; below both, the densest element is not taken for the main text.

A footer is denser than a very short article.
"""

ASIDE = 0.25
"""Largest share of the text that menus beside the article may have in a table that lays out the page."""

TITLES = ("h1", "h2", "h3", "b", "strong", "font", "center")
"""Elements that may contain the title of an article."""

_INSIDE = ("blockquote", "dl", "figure", "li", "ol", "p", "pre", "ul")
"""Elements that are only part of an article, however dense they are."""
EMBEDDED = 1000
"""Longest `data:` address of a placeholder, in characters; a longer one is a picture that SingleFile saved."""

_WRAPPER = ("nav", "footer", "aside", "form", "dialog", "header")
_CONTROLS = ("nav", "form", "button", "select", "input", "textarea", "dialog", "label", "svg", "canvas", "menu")
_NAMED = re.compile(
    r"(?:^|[-_])(?:nav|navbar|navigation|menu|sidebar|footer|foot|cookie|consent|banner|breadcrumbs?|comments?|respond|"
    r"share|sharing|social|related|recommend(?:ed|ations)?|newsletter|subscribe|popup|modal|advert|ads?)(?:$|[-_])",
    re.I,
)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_PLACEHOLDER = re.compile(
    r"^data:|(?:^|[/_-])(?:blank|spacer|placeholder|loading|lazy|grey|transparent|1x1)[^/]*$", re.I
)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-url", "data-lazyload", "data-echo")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")


def find(document: Document) -> Element | None:
    """Return the element that contains the main text, or None if none seems to.

    An element that the publisher marks as the article's body is trusted.  Else it is the densest element, with similar
    siblings, because pages divide long articles into sections.
    """
    body = document.select_one("body")
    if body is None:
        return None
    declared = [each for each in body.select('[itemprop~="articleBody"]') if each.text.strip(EDGE_SPACE)]
    if len(declared) == 1:
        return declared[0]
    found = body.main_content()
    while found is not None and found.tag in _INSIDE and isinstance(found.parent, Element):
        found = found.parent
    if found is None or found == body or found.tag in _WRAPPER:
        return None
    if len(found.text) < SHORT and _length(found) < MINOR * sum(_length(each) for each in _outermost(body)):
        return None
    return _with_siblings(_cell(found))


def _cell(found: Element) -> Element:
    """Return the cell with the text if `found` is a table that lays out the page, else `found`."""
    cell = found
    while cell.tag in ("table", "tbody", "tr"):
        lengths = {_length(each): each for each in cell.children if isinstance(each, Element)}
        if not lengths or max(lengths) < (1 - ASIDE) * sum(lengths):
            return found
        cell = lengths[max(lengths)]
    return cell


def _outermost(element: Element) -> Iterator[Element]:
    """Yield the outermost content elements in `element`, without those whose names say that they frame the site."""
    for child in element.children:
        if isinstance(child, Element) and child.tag not in ("script", "style", "noscript") and not _is_frame(child):
            if child.tag in ("div", "section", "main", "article"):
                yield from _outermost(child)
            else:
                yield child


def _is_frame(element: Element) -> bool:
    names = f"{element.attr('id') or ''} {element.attr('class') or ''}".split()
    return element.tag in ("nav", "footer", "aside", "form", "dialog") or any(map(_NAMED.search, names))


def _length(element: Element) -> int:
    """Return the number of characters in the element outside links."""
    return len(element.text) - sum(len(link.text) for link in element.iter_elements("a"))


def _with_siblings(found: Element) -> Element:
    """Return `found`, or its parent if `found` has siblings with text and the same tag and class.

    From the parent, everything before the first and after the last of these is removed, and navigation between them.
    """
    parent = found.parent
    if not isinstance(parent, Element) or parent.tag == "html":
        return found
    children = [each for each in parent.children if isinstance(each, Element)]
    alike = [
        number
        for number, each in enumerate(children)
        if each == found
        or (
            each.tag == found.tag
            and each.attr("class") == found.attr("class")
            and _is_text(each)
            and each.attr("class")
        )
    ]
    if len(alike) < 2:
        return found
    for number, each in enumerate(children):
        if not alike[0] <= number <= alike[-1] or _is_frame(each):
            each.decompose()
    return parent


def _is_text(element: Element) -> bool:
    length = len(element.text.strip(EDGE_SPACE))
    return element.find("p") is not None and length > 0 and _length(element) > length / 2


def tidy(builder: Builder, region: Element, title: str) -> None:
    """Remove controls, hidden elements and the title from a region, and give lazy pictures their addresses.

    Each removed element with text is reported in a note.
    """
    whole = region.tag == "body"
    stack = [region]
    while stack:
        parent = stack.pop()
        for each in [child for child in parent.children if isinstance(child, Element)]:
            if each.tag in _CONTROLS or (whole and _is_frame(each)):
                _remove(builder, each, "NAV005", message("furniture-element", tag=each.tag))
            elif each.attr("hidden") is not None or _HIDDEN.search(str(each.attr("style") or "")):
                _remove(builder, each, "HTM002", HIDDEN_TEXT)
            else:
                stack.append(each)
    wanted = "".join(title.split())
    for heading in region.iter_elements(TITLES):
        if "".join(heading.text.split()) == wanted:
            _remove(builder, heading, "NAV005", message("repeated-title"))
            break
    for picture in list(region.iter_elements("img")):
        _resolve_lazy(builder, picture)
    visible = {picture.attr("src") for picture in region.iter_elements("img") if picture.closest("noscript") is None}
    for fallback in list(region.iter_elements("noscript")):
        addresses = [picture.attr("src") for picture in fallback.iter_elements("img")]
        if addresses and all(each in visible for each in addresses) and not fallback.text.strip(EDGE_SPACE):
            fallback.decompose()  # the same picture for browsers without scripts


def _remove(builder: Builder, element: Element, code: str, problem: Message) -> None:
    if text := element.text.strip(EDGE_SPACE):
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
