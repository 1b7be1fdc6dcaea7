"""A section's XHTML as engines take it: plain elements, headings in order, footnotes at their first call, and links to
other sections marked by a scheme."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from convert.errors import DrawingError
from convert.printing.model import SECTION_SCHEME, Chunk, Heading, PrintSection
from convert.printing.numerals import numbers_of
from convert.text import shows
from convert.words import words

NAMESPACES = b'<x xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">%s</x>'
LEAD_IN = 40
"""Most characters of a bold line that is treated as a heading."""

HEADINGS = {f"h{level}": level for level in range(1, 7)}


class ParsedSection(NamedTuple):
    """Section with its XHTML parsed."""

    section: PrintSection
    anchor: str
    element: Element
    """Tree of the section.  A heading's tag has its level in the book, its class that in the article (title: `l1`)."""


def read(section: PrintSection, chunk: Chunk) -> ParsedSection:
    """Return a section with its XHTML parsed and adapted to engines.

    Raises:
        DrawingError: it is not well-formed, which is a fault of this program.
    """
    try:
        # Our own markup; inside an element there is no place for a DTD (XML 1.0, section 2.8), so no entity can grow.
        element = ElementTree.fromstring(NAMESPACES % section.html)[0]  # noqa: S314
    except (ElementTree.ParseError, IndexError) as error:
        failed = DrawingError("drawing-xhtml", error=str(error))
        failed.label = section.label
        raise failed from error
    for each in element.iter():
        each.tag = each.tag.rpartition("}")[2]
        for name in [name for name in each.attrib if name.startswith("{")]:
            del each.attrib[name]  # xml:lang, which repeats lang, and epub:type
    _plain(element)
    element.set("id", section.anchor)
    _alternatives(element, chunk.language)
    if section.kind == "article":
        _order(element, 0 if chunk.alone else 1)
        _lead_in(element)
        _footnotes(element)
    _links(element)
    return ParsedSection(section, section.anchor, element)


def headings(parsed: ParsedSection) -> Iterator[Heading]:
    """Yield the headings of an article below its title; each without an anchor gets one."""
    for number, each in enumerate(each for each in parsed.element.iter() if each.tag in HEADINGS):
        if each.get("class") != "l1" and (label := " ".join("".join(each.itertext()).split())):
            each.set("id", each.get("id") or f"{parsed.anchor}.-h-{number}")
            yield Heading(HEADINGS[each.tag], label, each.get("id", ""))


def characters(sections: Iterable[ParsedSection]) -> set[str]:
    """Return all characters that the sections show."""
    chars: set[str] = set()
    for section, _, element in sections:
        chars.update(section.title, section.section_title, section.heading, *element.itertext())
        chars.update(*(each.get("alt", "") for each in element.iter("img")))
    return chars


def _plain(article: Element) -> None:
    """Replace elements that engines do not draw: formulas by their TeX, lists of definitions and details by boxes."""
    for each in article.iter():
        if each.tag == "math":
            tex, display, tail = each.get("alttext", ""), each.get("display"), each.tail
            each.clear()
            each.tag, each.text, each.tail = "code", tex, tail
            each.set("class", "display math" if display else "math")
        elif each.tag == "ol" and each.get("reversed"):
            for item, number in zip(each, numbers_of(each), strict=True):
                item.set("value", str(number))
        elif each.tag in ("dl", "details"):
            each.set("class", {"dl": "definitions", "details": "details"}[each.tag])
            each.attrib.pop("open", None)
            each.tag = "div"
        elif each.tag in ("dt", "summary"):
            each.tag = "p"
            each.set("class", "term")
        elif each.tag == "dd":
            each.tag = "div"
            each.set("class", "description")


def _order(article: Element, below: int) -> None:
    """Move headings down by `below` levels and close gaps between levels (ISO 14289-1, section 7.4.2).

    The class of each has its original level, which decides its style.  One without visible text becomes a paragraph.
    """
    before = below
    for each in article.iter():
        if (level := HEADINGS.get(each.tag)) and not shows("".join(each.itertext())):
            each.tag = "p"
        elif level:
            each.set("class", f"l{level}")
            before = min(level + below, before + 1, 6)
            each.tag = f"h{before}"


def _alternatives(element: Element, language: str) -> None:
    """Give a picture without alternative text its caption, or a word (ISO 14289-1, section 7.3)."""
    captions = {
        id(image): " ".join("".join(caption.itertext()).split())
        for figure in element.iter("figure")
        for caption in figure.iter("figcaption")
        for image in figure.iter("img")
    }
    for image in list(element.iter("img")):
        for name in ("width", "height"):  # engines know the size, and take these for lengths on the page
            image.attrib.pop(name, None)
        if not image.get("alt", "").strip():
            image.set("alt", captions.get(id(image)) or words(language)["picture"])
        if image.get("src", "").startswith("data:image/svg"):  # drawing one may take any time
            alt, tail = image.get("alt", ""), image.tail
            image.clear()
            image.tag, image.text, image.tail = "span", alt, tail
            image.set("class", "picture")


def _lead_in(article: Element) -> None:
    """Mark short paragraphs that are all bold, which act as headings, so that no page break follows them."""
    for each in article.iter("p"):
        bold = len(each) == 1 and each[0].tag == "strong" and not (each.text or each[0].tail or "").strip()
        if bold and "class" not in each.attrib and len("".join(each.itertext())) <= LEAD_IN:
            each.set("class", "lead-in")


def _links(element: Element) -> None:
    """Replace `#` in links to other sections by the scheme that joining recognises."""
    own = {each.get("id") for each in element.iter()}
    for each in element.iter("a"):
        href = each.get("href", "")
        if href.startswith("#") and href[1:] not in own:
            each.set("href", SECTION_SCHEME + href[1:])


def _footnotes(article: Element) -> None:
    """Move each footnote to its first call, as `<span class="note">`, to be printed at the foot of that page.

    Its paragraphs become spans too.  A footnote without a call is not moved.
    """
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
        called = notes.get(call.get("href", "")[1:])
        if called is None or id(call) in inside:
            continue
        del notes[call.get("href", "")[1:]]
        above, note = called
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
    """Remove a child, but not the text after it."""
    if child.tail and child.tail.strip():
        position = list(parent).index(child)
        if position:
            before = parent[position - 1]
            before.tail = (before.tail or "") + child.tail
        else:
            parent.text = (parent.text or "") + child.tail
    child.tail = None
    parent.remove(child)
