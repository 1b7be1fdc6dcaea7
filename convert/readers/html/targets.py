"""Places to which links of a page lead: each gets an anchor, whatever element has its name."""

from collections.abc import Collection

from turbohtml import Element

from convert.readers.html.elements import CODE, MEDIA, PICTURES
from convert.text import EDGE_SPACE
from convert.urls import resolve, unquote, written

_SKIPPED = frozenset({"table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl", "colgroup", "picture"})
"""Elements that hold no text themselves, so that a place at their beginning is in what they hold first."""
_AROUND = frozenset({
    *_SKIPPED, "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "figure",
    "footer", "header", "hgroup", "li", "main", "nav", "section", "td", "th",
})  # fmt: skip
"""Elements of which the place is in what they hold first, if that is an element and no text."""
_HOLDING = frozenset({
    "caption", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "legend", "p", "summary"
})  # fmt: skip
"""Elements that hold the text in which a place is."""
_ALONE = frozenset({
    *CODE, *MEDIA, *PICTURES, *_SKIPPED, "br", "figure", "hr", "image", "input", "math", "pre", "svg", "wbr"
})  # fmt: skip
"""Elements before which their place is."""
_ONLY_AROUND = frozenset({"a", "p", "picture", "span"})
"""Elements before which the place of a picture is that has no text beside it, so that it stays a figure."""


def join(root: Element, address: str = "") -> None:
    """Put anchors where links of a region lead, also those that give the `address` of the page with their place."""
    links = root.select('a[href*="#"]')
    if not links:
        return
    names = {each.attr(name) for each in root.select("[id], [name]") for name in ("id", "name")}
    page, wanted = address.partition("#")[0], set[str]()
    for link in links:
        start, _, name = written(link.attr("href")).partition("#")
        found = next((each for each in (name, unquote(name)) if each and each in names), "")
        if not found or (start and (not page or resolve(start, page) != page)):
            continue
        if start:
            link.attrs["href"] = f"#{name}"
        wanted.add(found)
    put(root, wanted)


def put(root: Element, names: Collection[str]) -> None:
    """Put an anchor into the first element of each name, or before one that holds no text."""
    wanted = set(names)
    if not wanted:
        return
    for each in [root, *root.select("[id], [name], [xml\\:id]")]:
        own = {each.attr(name) for name in ("id", "name", "xml:id")}
        for name in sorted(wanted & own):
            wanted.discard(name)
            if each.tag == "a":
                each.attrs["id"] = name
            else:
                _put(each, Element("a", {"id": name}))


def _put(element: Element, anchor: Element) -> None:
    while element.tag in _AROUND and (first := _first(element)) is not None:
        element = first
    if element.tag not in _ALONE:
        element.insert(0, anchor)
        return
    while (around := element.parent) is not None and isinstance(around, Element) and around.tag in _ONLY_AROUND:
        if around.text.strip(EDGE_SPACE):
            break
        element = around
    element.insert_before(anchor)


def _first(element: Element) -> Element | None:
    """Return the element with which another begins; of a figure its caption; None if it begins with text."""
    if element.tag == "figure":
        return element.find("figcaption")
    first = next((each for each in element.children if isinstance(each, Element) or each.text.strip()), None)
    is_inline = not isinstance(first, Element) or first.tag not in _AROUND | _HOLDING
    return None if is_inline and element.tag not in _SKIPPED else first if isinstance(first, Element) else None
