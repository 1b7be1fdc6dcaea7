"""The main text of a web page: where it is, and what in it is not the article."""

import re
from collections.abc import Iterator

from turbohtml import Document, Element

from convert.messages import Message, message
from convert.readers.html import Builder
from convert.readers.html.boxes import HIDDEN_TEXT
from convert.readers.html.inlines import lazy
from convert.text import EDGE_SPACE

SHORT, MINOR = 250, 0.4
"""The densest element is doubted when it has fewer characters than the first and less of the page than the second: a
footer is denser than a very short article."""

ASIDE = 0.25
"""Share of a page's text that the menus beside the text may have where tables lay it out."""

TITLES = ("h1", "h2", "h3", "b", "strong", "font", "center")
"""Elements that titles of articles stand in."""

_INSIDE = ("blockquote", "dl", "figure", "li", "ol", "p", "pre", "ul")
"""What stands inside an article and is none, however dense."""
EMBEDDED = 1000
"""Characters from which on a `data:` address is a picture, as SingleFile saves it, and no placeholder."""

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
    """The element that holds the main text, or None where nothing reads as one.

    What a publisher marks as the article's body is believed.  Else the densest element counts, with those like it
    beside it: pages divide long articles into sections.
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
    """Of a table that lays out the page, the cell with the text; else `found` itself."""
    cell = found
    while cell.tag in ("table", "tbody", "tr"):
        lengths = {_length(each): each for each in cell.children if isinstance(each, Element)}
        if not lengths or max(lengths) < (1 - ASIDE) * sum(lengths):
            return found
        cell = lengths[max(lengths)]
    return cell


def _outermost(element: Element) -> Iterator[Element]:
    """What is inside `element` and no part of a site's frame, as far as names tell."""
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
    """How many characters stand in the element, links not counted."""
    return len(element.text) - sum(len(link.text) for link in element.iter_elements("a"))


def _with_siblings(found: Element) -> Element:
    """`found`, or the element around it with nothing left in it but `found` and what is like it: text of the same tag
    and class, and what stands between two such."""
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
    """Takes out of a region what is hidden or for clicking, and its title; lazy pictures get their addresses.

    What had text is noted, as the rules do for what they take out.
    """
    whole = region.tag == "body"
    stack = [region]
    while stack:
        parent = stack.pop()
        for each in [child for child in parent.children if isinstance(child, Element)]:
            if each.tag in _CONTROLS or (whole and _is_frame(each)):
                _take_out(builder, each, "NAV005", message("furniture-element", tag=each.tag))
            elif each.attr("hidden") is not None or _HIDDEN.search(str(each.attr("style") or "")):
                _take_out(builder, each, "HTM002", HIDDEN_TEXT)
            else:
                stack.append(each)
    wanted = "".join(title.split())
    for heading in region.iter_elements(TITLES):
        if "".join(heading.text.split()) == wanted:
            _take_out(builder, heading, "NAV005", message("repeated-title"))
            break
    for picture in list(region.iter_elements("img")):
        _wake(builder, picture)
    shown = {picture.attr("src") for picture in region.iter_elements("img") if picture.closest("noscript") is None}
    for spare in list(region.iter_elements("noscript")):
        held = [picture.attr("src") for picture in spare.iter_elements("img")]
        if held and all(each in shown for each in held) and not spare.text.strip(EDGE_SPACE):
            spare.decompose()  # the same picture for browsers without scripts


def _take_out(builder: Builder, element: Element, code: str, said: Message) -> None:
    if text := element.text.strip(EDGE_SPACE):
        builder.note(code, said, element, text)
    element.decompose()


def _wake(builder: Builder, picture: Element) -> None:
    """Gives a picture that a script would have loaded its address."""
    if not _sleeps(picture):
        return
    if real := loaded_later(picture):
        builder.note("IMG005", lazy(str(picture.attr("src") or "").strip(), real), picture)
        picture.attrs["src"] = real
        return
    spare = picture.next_sibling
    while spare is not None and not isinstance(spare, Element):
        spare = spare.next_sibling
    if isinstance(spare, Element) and spare.tag == "noscript" and spare.find("img") is not None:
        picture.decompose()  # the one for browsers without scripts has the address


def _sleeps(picture: Element) -> bool:
    """Whether a picture has no address but that of a placeholder."""
    address = str(picture.attr("src") or "").strip()
    return len(address) <= EMBEDDED and (not address or bool(_PLACEHOLDER.search(address.partition("?")[0])))


def loaded_later(picture: Element) -> str:
    """The address that a script would have given a picture which has that of a placeholder; else nothing."""
    if not _sleeps(picture):
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
    """The address of the largest candidate of a `srcset`.

    >>> largest("a.jpg 300w, b.jpg 1200w"), largest("a.jpg, b,c.jpg 2x"), largest("")
    ('b.jpg', 'b,c.jpg', '')
    """
    candidates = [each.split() for each in re.split(r",\s+|,(?=https?:)", srcset) if each.strip()]
    return max(candidates, key=_size)[0] if candidates else ""


def _size(candidate: list[str]) -> float:
    match = re.fullmatch(r"([\d.]+)[wx]", candidate[1]) if len(candidate) > 1 else None
    return float(match[1]) if match and match[1].count(".") < 2 and match[1] != "." else 1.0
