"""The main text of a web page: finding it, and removing from it what is not the article."""

import re
from collections import Counter

from turbohtml import Document, Element, Text

from convert.late import late_pattern
from convert.messages import Message, message
from convert.readers.html.handlers import Builder
from convert.readers.saved.boxes import flat
from convert.readers.saved.judge import Choice, choose
from convert.text import EDGE_SPACE
from convert.urls import unquote

TITLES = ("h1", "h2", "h3", "b", "strong", "font", "center")
"""Elements that may contain the title of an article."""

LONGEST_TITLE, ALIKE = 400, 0.85
"""Characters of the longest heading that is compared with the title, and how alike they must be."""

REFERENCE = 6
"""Characters of the longest reference to a note."""

_TO_PLACE = 'a[href^="#"]'
_NOTES = "li, dd, p, aside, div"
_HIDDEN = late_pattern(r"(?:^|[;\s])visibility\s*:\s*hidden", re.I)
_CLEAR = late_pattern(r"(?:^|[;\s])opacity\s*:\s*0(?:\.0*)?\s*(?:;|\Z|!)", re.I)
_SIGNS = frozenset("¶#§🔗")
_CONTROLS = ("button", "select", "input", "textarea", "label", "svg", "canvas")
_UNSEEN = ("script", "style", "template", "title")
_HEADINGS = "h1, h2, h3, h4, h5, h6, summary, dt"


def find(document: Document, title: str = "", text: str = "", *, signed: bool = False, day: str = "") -> Choice | None:
    """Return the element that contains the main text, with what in it is no part of the text; None if none seems to.

    `title` is the title of the page, `text` the article's text as the head of the page gives it, or "".  A page is
    `signed` if its metadata say who wrote it and when, so that the article needs no byline; `day` is the day in them.
    The picture and the standfirst above the text are moved into its element.
    """
    body = document.select_one("body")
    if body is None:
        return None
    for each in list(body.iter_elements(_UNSEEN)):
        formula = each.tag == "script" and (each.attr("type") or "").lower().startswith("math/tex")
        if not formula and each.closest("svg") is None:  # a drawing has styles and a title of its own
            each.decompose()
    _reveal(body)
    choice = choose(body, title, text, signed, day)
    if choice is not None:
        for each in reversed(choice.opening):
            choice.region.insert(0, each.extract())
    return choice


def gather_notes(document: Document, region: Element) -> None:
    """Move the notes to which an article refers to its end, where a page has them outside of it.

    A reference is a short link to a place, such as a number, and its note links back into the article.
    """
    links = [each for each in region.select(_TO_PLACE) if len(each.text.strip(EDGE_SPACE)) <= REFERENCE]
    own = _names(region) if links else set()
    wanted = {_place(each) for each in links} - own - {""}
    if not wanted or (body := document.select_one("body")) is None:
        return
    moved: list[Element] = []
    around = [region, *region.ancestors]
    for each in body.select("[id], [name]"):
        note = each.closest(_NOTES) if {each.attr("id"), each.attr("name")} & wanted else None
        if note is None or not any(_place(link) in own for link in note.select(_TO_PLACE)):
            continue
        whole = note.parent if note.tag in ("li", "dd") else note
        if isinstance(whole, Element) and whole not in moved and whole not in around:
            moved.append(whole)
    for each in moved:
        region.append(each)


def _place(link: Element) -> str:
    return unquote(str(link.attr("href"))[1:])


def _names(region: Element) -> set[str]:
    named = [region, *region.select("[id], [name]")]
    return {name for each in named for name in (each.attr("id"), each.attr("name")) if name}


def _reveal(body: Element) -> None:
    """Show an element with most of a page's text that a script would have faded in, as those of WeChat have it."""
    faded = body.select('[style*="opacity" i]')
    hidden = [each for each in faded if all(one.search(str(each.attr("style"))) for one in (_HIDDEN, _CLEAR))]
    if hidden:
        most = len("".join(body.text.split())) / 2
        for each in hidden:
            if len("".join(each.text.split())) > most:
                del each.attrs["style"]


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
    """Remove controls and the title from a prepared region.

    Each removed element with text or pictures is reported in a note.
    """
    whole = region.tag == "body"
    stack = [region]
    while stack:
        parent = stack.pop()
        for each in [child for child in parent.children if isinstance(child, Element)]:
            if each.tag == "button" and _is_heading(each):
                each.tag = "span" if each.closest(_HEADINGS) is not None else "p"
                stack.append(each)
            elif (
                each.tag in _CONTROLS
                or (whole and each.tag == "nav" and _is_menu(each))
                or (each.tag in ("a", "span") and _is_of_heading(each))
            ):
                _remove(builder, each, "NAV005", message("furniture-element", tag=each.tag))
            else:
                stack.append(each)
    wanted = flat(title)
    for heading in region.iter_elements(TITLES):
        if _is_title(heading, wanted):
            _remove(builder, heading, "NAV005", message("repeated-title"))
            break


def _is_of_heading(element: Element) -> bool:
    """Return True for the sign of a heading that links to itself, and for what invites to edit what is below it."""
    if element.tag == "span":
        return element.has_class("mw-editsection")
    links_here = str(element.attr("href") or "").startswith("#") and element.text.strip(EDGE_SPACE) in _SIGNS
    return links_here and element.closest(_HEADINGS) is not None


def _is_title(heading: Element, wanted: str) -> bool:
    """Return True if a heading is the title; the first heading may lack what the title adds, or the other way round.

    It may differ in a word too.
    """
    found = flat(heading.text[:LONGEST_TITLE])
    if heading.tag != "h1" or 2 * min(len(found), len(wanted)) < max(len(found), len(wanted)):
        return bool(found) and found == wanted
    return found in wanted or wanted in found or _likeness(found, wanted) > ALIKE


def _likeness(one: str, other: str) -> float:
    """Return the share of two texts' pairs of characters that both have.

    >>> _likeness("paper", "paper"), _likeness("paper", "papers") > 0.8, _likeness("paper", "vat")
    (1.0, True, 0.0)
    """
    pairs = [Counter(map(str.__add__, text, text[1:])) for text in (one, other)]
    return 2 * (pairs[0] & pairs[1]).total() / max(1, pairs[0].total() + pairs[1].total())


def _is_heading(button: Element) -> bool:
    """Return True if a button is the heading of what it opens, as in an accordion."""
    opens = button.attr("aria-controls") is not None and button.attr("aria-expanded") is not None
    return opens or button.closest(_HEADINGS) is not None


def _is_menu(element: Element) -> bool:
    """Return True if more than half of an element's text is links."""
    return 2 * sum(len(link.text) for link in element.iter_elements("a")) > len(element.text.strip(EDGE_SPACE))


def _remove(builder: Builder, element: Element, code: str, problem: Message) -> None:
    if text := _shown(element).strip():
        builder.note(code, problem, element, text)
    element.decompose()
