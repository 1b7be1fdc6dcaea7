"""Authors and dates that only the text of a web page shows, around its title and above its text."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from turbohtml import Document, Element

from convert.readers.saved import dates, people
from convert.text import EDGE_SPACE, collapse

WINDOW, BEFORE = 300, 40
"""Number of elements after and before the title that are looked at."""
MAX_ELEMENTS = 20_000
"""Number of elements among which the title is looked for."""
LONG, LEADS = 120, 2
"""Number of characters of a paragraph of the text, and of such paragraphs where the text begins for sure."""
SHORT = 160
"""Most characters of an element that holds a byline or a date."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_TITLED = re.compile(r"(?:^|[-_\s])(?:\w*titles?|tit|headline|biaoti|bt)(?:$|[-_\s\d])", re.I)
_SKIPPED = frozenset(("script", "style", "noscript", "template", "svg", "select", "option", "input", "button"))
_APART = frozenset(("aside", "footer", "nav"))
_ELSEWHERE = re.compile(
    r"(?:^|[-_\s])(?:comments?|respond|related|recommend\w*|popular|trending|most-?read|sidebar|teasers?|promos?|newsletter|"
    r"footer|next-?up|more-?(?:stories|from)|read-?next)(?:$|[-_\s])",
    re.I,
)
_AUTHOR = re.compile(
    r"(?:^|[-_\s])(?:by-?lines?|by-?authors?|authors?(?:-?names?)?|auteurs?|autore?s?|writers?(?:-?names?)?|signature|"
    r"[a-z]*authorname|fn)(?:$|[-_\s])|(?:^|\s)(?:article|post|entry|story)?-?(?:author|byline)",
    re.I,
)
_NO_AUTHOR = re.compile(r"(?:bio|avatar|image|photo|follow|social|twitter|count|comment|title|role|desc|job)", re.I)
_LABELLED = re.compile(
    r"(?:^|[\s　|｜])(?:作者|撰文|撰稿|文|(?:本[報报刊网網台])?(?:记者|記者)|采写)\s*[：:／/|｜]\s*"
    + r"(?P<han>[^\s　|｜：:（(]{2,24})"
)
_BY = re.compile(r"(?:by|par|por|von)\s+(?P<name>\S.*)", re.I)
_UPDATED = re.compile(r"updated|modified|mis à jour|actualizado|更新|修改", re.I)


class Surroundings(NamedTuple):
    """Elements around the title of a page, in the order of the document."""

    after: list[Element]
    """Elements from the title to the text."""
    before: list[Element]
    """Elements above the title, the nearest first."""


def around(document: Document, title: str) -> Surroundings:
    """Return the elements around the title; none if the page does not show it."""
    body = document.select_one("body")
    if body is None:
        return Surroundings([], [])
    elements: list[Element] = []
    for element in body.iter_elements():
        if len(elements) >= MAX_ELEMENTS:
            break
        elements.append(element)
    at = _title(elements, title)
    if at is None:
        return Surroundings([], [])
    inside = sum(1 for _ in elements[at].iter_elements())
    before = [each for each in reversed(elements[max(0, at - BEFORE) : at]) if _is_shown(each)]
    return Surroundings(list(_above_text(elements[at + 1 + inside :][:WINDOW])), before)


def _title(elements: list[Element], title: str) -> int | None:
    """Return the place of the heading with the title: the same text, else the only first heading."""
    wanted = _plain(title)
    first: list[int] = []
    for at, element in enumerate(elements):
        if (element.tag in _HEADINGS or _TITLED.search(_named(element))) and (text := _plain(element.text)):
            if text == wanted or (
                len(text) > SHORT // 16 and (text in wanted or wanted in text) and element.tag in _HEADINGS
            ):
                return at
            if element.tag == "h1":
                first.append(at)
    return first[0] if len(first) == 1 else None


def _above_text(elements: list[Element]) -> Iterator[Element]:
    """Yield the elements up to the second long paragraph."""
    long = 0
    for element in elements:
        if element.tag == "p" and len(element.text.strip()) > LONG:
            long += 1
            if long == LEADS:
                return
        elif element.tag in _HEADINGS[:2] and long:
            return
        if _is_shown(element):
            yield element


def _is_shown(element: Element) -> bool:
    return element.tag not in _SKIPPED


def _is_elsewhere(element: Element) -> bool:
    """Return True if an element is in a part of the page about other articles."""
    up: object = element
    while isinstance(up, Element) and up.tag != "body":
        if up.tag in _APART or _ELSEWHERE.search(_named(up)):
            return True
        up = up.parent
    return False


def _named(element: Element) -> str:
    return f"{element.attr('class') or ''} {element.attr('id') or ''}"


def _plain(text: str) -> str:
    return "".join(re.findall(r"\w", text)).casefold()


# --- authors ---------------------------------------------------------------------------------------------------------


def authors(surroundings: Surroundings, *sites: str) -> tuple[str, ...]:
    """Return the authors that a page shows, by the surest kind of mark that it has; `sites` are names of the site."""
    own = {_plain(site) for site in sites}
    for find in (_marked, _classed, _labelled):
        for elements in surroundings:
            if found := tuple(name for name in _first(find, elements) if _plain(name) not in own):
                return found
    return ()


def _first(find: Callable[[Element], tuple[str, ...]], elements: list[Element]) -> tuple[str, ...]:
    """Return the names in the first element that has some, and in those of its kind beside it."""
    found: dict[str, None] = {}
    beside: Element | None = None
    for element in elements:
        if not (several := find(element)) or _is_elsewhere(element):
            continue
        if beside is None:
            beside = _above(element)
        elif _above(element) != beside:
            break
        found |= dict.fromkeys(several)
    return tuple(found)


def _above(element: Element) -> Element | None:
    """Return the block that holds the marks of one byline."""
    parent = element.parent
    while isinstance(parent, Element) and parent.tag in ("a", "span", "li", "em", "strong", "b", "i"):
        parent = parent.parent
    return parent if isinstance(parent, Element) else None


def _marked(element: Element) -> tuple[str, ...]:
    """Return the names in an element that microdata or `rel` declares an author."""
    declared = {"author", "creator"} & set(str(element.attr("itemprop") or "").lower().split())
    if not declared and "author" not in str(element.attr("rel") or "").lower().split():
        return ()
    inner = element.select('[itemprop~="name"]') if declared else []
    texts = [each.text or str(each.attr("content") or "") for each in inner] or list(element.stripped_strings)
    return people.in_byline(texts, trusted=True) if len(element.text) <= 2 * SHORT else ()


def _classed(element: Element) -> tuple[str, ...]:
    """Return the names in an element whose class says that it is a byline."""
    named = _named(element)
    if not _AUTHOR.search(named) or _NO_AUTHOR.search(named) or len(element.text.strip()) > SHORT:
        return ()
    return people.in_byline(element.stripped_strings)


def _labelled(element: Element) -> tuple[str, ...]:
    """Return the names in a line that begins with "By", or after a word such as 作者."""
    text = " ".join(element.text[: 4 * SHORT].split())
    if len(text) > SHORT:
        return ()
    if match := _LABELLED.search(text):
        return people.in_byline([match["han"]], trusted=True)
    by = _BY.match(text)
    return people.in_byline(element.stripped_strings) if by else ()


# --- dates -----------------------------------------------------------------------------------------------------------


def moment(surroundings: Surroundings) -> str:
    """Return the date in the first `<time>`, or the first element with a date in its attributes, near the title."""
    return next(filter(None, map(_stamp, _dated(surroundings))), "")


def day(surroundings: Surroundings) -> str:
    """Return the first day that a short text near the title names, those of changes last."""
    later = ""
    for element in _dated(surroundings):
        text = collapse(element.text).strip(EDGE_SPACE)
        if not text or len(text) > SHORT or element.tag in _HEADINGS or not (found := dates.iso(_only_day(text))):
            continue
        if not _UPDATED.search(text):
            return found
        later = later or found
    return later


def _only_day(text: str) -> str:
    try:
        return dates.day(text)
    except ValueError:
        return ""


def _dated(surroundings: Surroundings) -> Iterator[Element]:
    for elements in (surroundings.after, surroundings.before):
        for element in elements:
            if not _is_elsewhere(element):
                yield element


def _stamp(element: Element) -> str:
    if _UPDATED.search(f"{_named(element)} {element.attr('itemprop') or ''} {element.text[:SHORT]}"):
        return ""
    if "datePublished" in str(element.attr("itemprop") or ""):
        return dates.iso(
            str(element.attr("content") or element.attr("datetime") or element.attr("title") or element.text)
        )
    if element.tag == "time":
        return dates.iso(str(element.attr("datetime") or ""))
    if element.tag == "abbr" or re.search(r"(?:^|[-_\s])(?:date|time|published)", _named(element)):
        return dates.iso(str(element.attr("title") or ""))
    return ""
