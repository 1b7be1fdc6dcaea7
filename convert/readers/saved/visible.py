"""Authors and dates that only the text of a web page shows, around its title and above its text."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from turbohtml import Document, Element, Node, Text

from convert.readers.saved import bylines, dates, people

WINDOW, BEFORE = 600, 80
"""Number of nodes after and before the title that are looked at."""
MAX_TITLES, LONGEST_TITLE, SHORTEST_PART = 200, 400, 10
"""Number of elements that may be the title; of their characters; of those of a heading that is a part of the title."""
LONG, LEADS = 120, 2
"""Number of characters of a paragraph of the text, and of such paragraphs where the text begins for sure."""
MOST_HAN, MOST_LETTERS = 4, 12
"""Letters besides those of its numbers in a link that is only a date: Chinese ones, and others."""
SHORT = 160
"""Most characters of an element that holds a byline or a date."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_MAY_BE_TITLE = 'h1, h2, h3, h4, h5, [class*="title" i], [class*="headline" i], [id*="title" i], .tit, .bt, .biaoti'
_DATED = re.compile(r"(?:^|[-_\s])(?:date|time|published)", re.I)
_SKIPPED = frozenset(
    (
        "head",
        "title",
        "meta",
        "link",
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "select",
        "option",
        "input",
        "button",
    )
)
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
_PUBLISHED = re.compile(
    r"(?:published|posted|publicado|publié|pubblicato|veröffentlicht|发布|發布|發佈|发表|發表|公開|입력)\W{0,4}(?P<when>.{6,40})",
    re.I,
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_NO_DATE = re.compile(r"[\W\d_年月日]+|[^\W\d_\u3400-\u9fff]{3,10}\.?\s+(?=\d)|(?<=\d)\s+[^\W\d_\u3400-\u9fff]{2,10}")
_UPDATED = re.compile(r"updated|modified|mis à jour|actualizado|更新|修改", re.I)


class Part(NamedTuple):
    """Element near the title, or a text between elements."""

    element: Element
    """The element, or the one with the text."""
    names: str
    """Its class and its identifier; "" for a text between elements."""
    text: str
    """Its text on one line, "" if it is longer than a byline."""
    outer: frozenset[Node]
    """Elements around the title."""


class Surroundings(NamedTuple):
    """Parts of a page around its title."""

    after: list[Part]
    """Parts from the title to the text."""
    before: list[Part]
    """Parts above the title, the nearest first."""


def around(document: Document, title: str) -> Surroundings:
    """Return the parts of a page around its title, at the start of its only article if it does not show it."""
    heading = _title(document, title)
    if heading is None:
        articles = document.select("article, main")
        if len(articles) != 1:
            return Surroundings([], [])
        outer = frozenset((articles[0], *articles[0].ancestors))
        return Surroundings(list(_above_text(islice(articles[0].descendants, WINDOW), outer)), [])
    outer = frozenset(heading.ancestors)
    return Surroundings(
        list(_above_text(islice(heading.following, WINDOW), outer)),
        list(_parts(islice(heading.preceding, BEFORE), outer)),
    )


def _title(document: Document, title: str) -> Element | None:
    """Return the heading with the title: the same text, else the only first heading."""
    wanted = _plain(title)
    first: list[Element] = []
    for element in islice(document.select(_MAY_BE_TITLE), MAX_TITLES):
        if not (text := _plain(element.text[:LONGEST_TITLE])):
            continue
        if element.tag in _HEADINGS:
            part = len(text) > SHORTEST_PART and (text in wanted or wanted in text)
        else:
            part = len(text) > SHORTEST_PART and wanted.startswith(text) and 2 * len(text) > len(wanted)
        if text == wanted or part:
            return element
        if element.tag == "h1":
            first.append(element)
    return first[0] if len(first) == 1 else None


def _above_text(nodes: Iterable[Node], outer: frozenset[Node]) -> Iterator[Part]:
    """Yield the parts up to the second long paragraph."""
    long = 0
    for node in nodes:
        if isinstance(node, Element):
            if node.tag in _HEADINGS[:2] and long:
                return
            long += node.tag == "p" and len(node.text.strip()) > LONG
        elif isinstance(node, Text) and len(node.text.strip()) > LONG and node.closest("p") is None:
            long += 1
        if long == LEADS:
            return
        yield from _parts((node,), outer)


def _parts(nodes: Iterable[Node], outer: frozenset[Node]) -> Iterator[Part]:
    """Yield the parts that nodes are."""
    for node in nodes:
        above = node if isinstance(node, Element) else node.parent
        if not isinstance(above, Element) or above.tag in _SKIPPED or not isinstance(node, Element | Text):
            continue
        text = " ".join(node.text[: 4 * SHORT].split())
        names = _named(node) if isinstance(node, Element) else ""
        yield Part(above, names, text if len(text) <= SHORT else "", outer)


def _is_elsewhere(part: Part) -> bool:
    """Return True if an element is in a part of the page about other articles, which does not hold the title."""
    up: object = part.element
    while isinstance(up, Element) and up.tag != "body" and up not in part.outer:
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
        for parts in surroundings:
            if found := tuple(name for name in _first(find, parts) if _plain(name) not in own):
                return found
    return ()


def _first(find: Callable[[Part], tuple[str, ...]], parts: list[Part]) -> tuple[str, ...]:
    """Return the names in the first part that has some, and in those of its kind beside it."""
    found: dict[str, None] = {}
    beside: Element | None = None
    for part in parts:
        if not (several := find(part)) or _is_elsewhere(part):
            continue
        if beside is None:
            beside = _above(part.element)
        elif _above(part.element) != beside:
            break
        found |= dict.fromkeys(several)
    return tuple(found)


def _above(element: Element) -> Element | None:
    """Return the block that holds the marks of one byline."""
    parent = element.parent
    while isinstance(parent, Element) and parent.tag in ("a", "span", "li", "em", "strong", "b", "i"):
        parent = parent.parent
    return parent if isinstance(parent, Element) else None


def _marked(part: Part) -> tuple[str, ...]:
    """Return the names in an element that microdata or `rel` declares an author."""
    element = part.element
    declared = {"author", "creator"} & set(str(element.attr("itemprop") or "").lower().split())
    if not declared and "author" not in str(element.attr("rel") or "").lower().split():
        return ()
    inner = element.select('[itemprop~="name"]') if declared else []
    texts = [each.text or str(each.attr("content") or "") for each in inner] or list(element.stripped_strings)
    return people.in_byline(texts, trusted=True) if part.text or inner else ()


def _classed(part: Part) -> tuple[str, ...]:
    """Return the names in an element whose class says that it is a byline."""
    if not part.names.strip() or not part.text or not _AUTHOR.search(part.names) or _NO_AUTHOR.search(part.names):
        return ()
    return people.in_byline(part.element.stripped_strings)


def _labelled(part: Part) -> tuple[str, ...]:
    """Return the names in a line that begins with "By", or after a word such as 作者."""
    return bylines.names(part.text, part.element.stripped_strings)


# --- dates -----------------------------------------------------------------------------------------------------------


def moment(surroundings: Surroundings) -> str:
    """Return the date in the first `<time>`, or the first element with a date in its attributes, near the title."""
    for parts in surroundings:
        for part in parts:
            if (found := _stamp(part)) and not _is_elsewhere(part):
                return found
    return ""


def day(surroundings: Surroundings) -> str:
    """Return the first day that a short text near the title names, those of changes last."""
    later = ""
    for parts in surroundings:
        for part in parts:
            if part.element.tag in _HEADINGS or not (found := dates.iso(part.text[:SHORT])):
                continue
            if _is_elsewhere(part):
                continue
            if _is_of_another(part):
                continue
            if not _UPDATED.search(part.text):
                return found[: len("2023-03-14")]
            if (match := _PUBLISHED.search(part.text)) and (first := dates.iso(match["when"])):
                return first[: len("2023-03-14")]
            later = later or found[: len("2023-03-14")]
    return later


def _is_of_another(part: Part) -> bool:
    """Return True if the date of a part is in the title of another article, which is a link."""
    links = [part.element] if part.element.tag == "a" else part.element.select("a")
    for link in links:
        rest = _NO_DATE.sub("", link.text[:SHORT])
        if len(rest) > (MOST_HAN if _HAN.search(rest) else MOST_LETTERS) and dates.iso(link.text[:SHORT]):
            return True
    return False


def _stamp(part: Part) -> str:
    """Return the date in the attributes of an element, "" if it has none, or if it is that of a change."""
    element, published = part.element, "datePublished" in str(part.element.attr("itemprop") or "")
    if not (published or element.tag in ("time", "abbr") or _DATED.search(part.names)):
        return ""
    if _UPDATED.search(f"{part.names} {element.attr('itemprop') or ''} {part.text}"):
        return ""
    if published:
        values = [element.attr("content"), element.attr("datetime"), element.attr("title"), part.text]
        return next(filter(None, (dates.iso(str(value or "")) for value in values)), "")
    return dates.iso(str(element.attr("datetime" if element.tag == "time" else "title") or ""))
