"""A leaf's XHTML as the engines take it: plain elements, headings in order, footnotes where they are called, links that
leave the leaf told apart from those inside it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from convert.errors import DrawingError
from convert.printing.model import LEAF, Chunk, Heading, Leaf
from convert.words import words

NAMESPACES = b'<x xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">%s</x>'
LEAD_IN = 40
"""Characters of a bold line that is taken for a heading."""

HEADINGS = {f"h{level}": level for level in range(1, 7)}


class Sheet(NamedTuple):
    """A leaf, read."""

    leaf: Leaf
    anchor: str
    element: Element
    """Every heading's level stands in its tag, and its class says which it was in the article: `l1` its title."""


def read(leaf: Leaf, chunk: Chunk) -> Sheet:
    """The leaf's tree.

    Raises:
        DrawingError: it is no XHTML, which is a fault of ours.
    """
    try:
        # Our own markup; inside an element there is no place for a DTD (XML 1.0, section 2.8), so no entity can grow.
        element = ElementTree.fromstring(NAMESPACES % leaf.html)[0]  # noqa: S314
    except (ElementTree.ParseError, IndexError) as error:
        failed = DrawingError("drawing-xhtml", error=str(error))
        failed.label = leaf.label
        raise failed from error
    for each in element.iter():
        each.tag = each.tag.rpartition("}")[2]
        for name in [name for name in each.attrib if name.startswith("{")]:
            del each.attrib[name]  # xml:lang, which stands beside lang, and epub:type
    element.set("id", leaf.anchor)
    _alternatives(element, chunk.language)
    if leaf.kind == "article":
        _order(element, 0 if chunk.alone else 1)
        _lead_in(element)
        _scope(element)
        _footnotes(element)
    _links(element)
    return Sheet(leaf, leaf.anchor, element)


def headings(sheet: Sheet) -> Iterator[Heading]:
    """The headings of an article below its title, each of which gets an anchor if it has none."""
    for number, each in enumerate(each for each in sheet.element.iter() if each.tag in HEADINGS):
        if each.get("class") != "l1" and (label := " ".join("".join(each.itertext()).split())):
            each.set("id", each.get("id") or f"{sheet.anchor}-h-{number}")
            yield Heading(HEADINGS[each.tag], label, each.get("id", ""))


def characters(sheets: Iterable[Sheet]) -> set[str]:
    """All characters that the sheets show."""
    found: set[str] = set()
    for leaf, _, element in sheets:
        found.update(leaf.title, leaf.section, leaf.heading, *element.itertext())
        found.update(*(each.get("alt", "") for each in element.iter("img")))
    return found


def _order(article: Element, below: int) -> None:
    """Headings `below` so many levels, none of which is left out on the way down (ISO 14289-1, section 7.4.2); each
    keeps in its class what it was, for its looks."""
    before = below
    for each in article.iter():
        if level := HEADINGS.get(each.tag):
            each.set("class", f"l{level}")
            before = min(level + below, before + 1, 6)
            each.tag = f"h{before}"


def _alternatives(element: Element, language: str) -> None:
    """A picture without a text in its place has its caption's, or a word (ISO 14289-1, section 7.3)."""
    captions = {
        id(image): " ".join("".join(caption.itertext()).split())
        for figure in element.iter("figure")
        for caption in figure.iter("figcaption")
        for image in figure.iter("img")
    }
    for image in element.iter("img"):
        if not image.get("alt", "").strip():
            image.set("alt", captions.get(id(image)) or words(language)["picture"])


def _lead_in(article: Element) -> None:
    """A short paragraph that is bold as a whole is a heading in all but name: it stays with what follows."""
    for each in article.iter("p"):
        bold = len(each) == 1 and each[0].tag == "strong" and not (each.text or each[0].tail or "").strip()
        if bold and "class" not in each.attrib and len("".join(each.itertext())) <= LEAD_IN:
            each.set("class", "lead-in")


def _scope(article: Element) -> None:
    """What header cells are about: their columns where a whole row is headers, else their row."""
    for row in article.iter("tr"):
        whole = all(cell.tag == "th" for cell in row)
        for cell in row:
            if cell.tag == "th":
                cell.set("scope", "col" if whole else "row")


def _links(element: Element) -> None:
    """Links to what is not in the leaf get the scheme that joining knows."""
    own = {each.get("id") for each in element.iter()}
    for each in element.iter("a"):
        href = each.get("href", "")
        if href.startswith("#") and href[1:] not in own:
            each.set("href", LEAF + href[1:])


def _footnotes(article: Element) -> None:
    """Each footnote moves to where it is first called, as `<span class="note">`, whose paragraphs are spans too: in
    print it stands at the foot of that page.  One that nothing calls stays where it is."""
    notes = {}
    for parent in article.iter():
        for each in parent:
            if each.tag == "aside" and each.get("class") == "footnote" and each.get("id"):
                notes[each.get("id")] = (parent, each)
    if not notes:
        return
    calls = [
        (parent, each)
        for parent in article.iter()
        for each in parent
        if each.tag == "a" and each.get("role") == "doc-noteref"
    ]
    inside = {id(each) for _, note in notes.values() for each in note.iter()}
    for parent, call in calls:
        found = notes.get(call.get("href", "")[1:])
        if found is None or id(call) in inside:
            continue
        del notes[call.get("href", "")[1:]]
        above, note = found
        _take_out(above, note)
        note.tag = "span"
        note.set("class", "note")
        for each in note.iter():
            if each.tag in ("p", "div"):
                each.tag = "span"
                each.set("class", "p")
        note.tail, call.tail = call.tail, None
        parent.insert(list(parent).index(call) + 1, note)


def _take_out(parent: Element, child: Element) -> None:
    """Removes a child, and keeps the text behind it."""
    if child.tail and child.tail.strip():
        position = list(parent).index(child)
        if position:
            before = parent[position - 1]
            before.tail = (before.tail or "") + child.tail
        else:
            parent.text = (parent.text or "") + child.tail
    child.tail = None
    parent.remove(child)
