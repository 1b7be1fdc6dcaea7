"""Handlers for lists, their numbers, and lists of definitions."""

import re
from collections.abc import Iterator

from msgspec.structs import replace
from turbohtml import Element, Text as TextNode

from convert.late import late_pattern
from convert.model import (
    MAX_DEPTH,
    Block,
    Definition,
    DefinitionList,
    Description,
    Item,
    List,
    Numbering,
    Paragraph,
    Term,
    Text,
)
from convert.readers.flow import Flow
from convert.readers.html.boxes import flatten
from convert.readers.html.builder import Builder
from convert.readers.html.elements import UNSEEN
from convert.text import EDGE_SPACE, collapse

LISTS = ("ol", "ul", "menu", "dir")
_WRAPPERS = frozenset({"center", "div", "font", "section", "span"})
"""Elements that pages put around items, though a list may not hold them."""
_INTEGER = late_pattern(r"[ \t\n\f\r]*([+-]?[0-9]{1,9})(?![0-9])")
_NUMBERINGS: dict[str, Numbering] = {
    "1": "1", "a": "a", "A": "A", "i": "i", "I": "I",
    "decimal": "1", "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A",
    "lower-roman": "i", "upper-roman": "I",
}  # fmt: skip
_STYLE = late_pattern(
    r"(?:^|[;\s])list-style(?:-type)?\s*:[^;]*?\b((?:lower|upper)-(?:alpha|latin|roman)|decimal|none|disc|circle|square)\b",
    re.I,
)
_UNNUMBERED = ("none", "disc", "circle", "square")
"""Styles of lists whose items have no number."""


def integer(value: str | None) -> int | None:
    """Return the integer at the beginning of an attribute (HTML, 2.3.4.1), None if there is none.

    >>> integer("3"), integer(" -2."), integer("x"), integer("99999999999")
    (3, -2, None, None)
    """
    match = _INTEGER.match(value or "")
    return int(match[1]) if match else None


def items(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a list; a list directly inside it belongs to the item before."""
    if flow.depth >= MAX_DEPTH - 1:
        flatten(builder, element, flow, level)
        return
    style = _STYLE.search(element.attr("style") or "")
    look = style[1].lower() if style else ""
    ordered = look not in _UNNUMBERED if element.tag == "ol" else look in _NUMBERINGS
    made: list[Item] = []
    numbers: list[int] = []
    children = list(_children(element))
    down = ordered and element.attr("reversed") is not None
    number = integer(element.attr("start")) if ordered else None
    if number is None:
        number = sum(type(child) is Element and child.tag == "li" for child in children) if down else 1
    for child in children:
        if type(child) is Element and child.tag in LISTS:
            inside = _nested(builder, child, flow, level)
            if made:
                made[-1] = replace(made[-1], children=(*made[-1].children, *inside))
                continue
        elif type(child) is Element:
            item = child.tag == "li"
            inside = builder.cell(child, flow, level) if item else tuple(builder.inside(child, flow, level, whole=True))
            value = integer(child.attr("value")) if item and ordered else None
            number = number if value is None else value
        else:
            inside = (Paragraph((Text(str(child)),)),)
        if ordered and inside and not _is_item(child):  # it has no number
            if made:
                made[-1] = replace(made[-1], children=(*made[-1].children, *inside))
            else:
                flow.flush()
                flow.blocks += inside
            continue
        if inside:
            made.append(Item(inside))
            numbers.append(number)
        if inside or (type(child) is Element and child.tag == "li"):
            number += -1 if down else 1
    if not ordered:
        builder.emit(List(tuple(made)), element, flow)
        return
    down = down and len(made) > 1
    start, step = numbers[0] if numbers else 1, -1 if down else 1
    numbered = [
        item if number == (numbers[at - 1] + step if at else start) else replace(item, value=number)
        for at, (item, number) in enumerate(zip(made, numbers, strict=True))
    ]
    listed = List(tuple(numbered), ordered=True, start=start, reversed=down, numbering=_numbering(element, look))
    builder.emit(listed, element, flow)


def _is_item(child: Element | str) -> bool:
    return type(child) is Element and (child.tag == "li" or child.find("li") is not None)


def _children(element: Element) -> Iterator[Element | str]:
    """Yield the items of a list, and what else is in it: lists, other elements, and texts."""
    for child in element.children:
        if type(child) is TextNode:
            if text := collapse(child.data).strip(EDGE_SPACE):
                yield text
        elif type(child) is Element and child.tag not in UNSEEN:
            if child.tag in _WRAPPERS and any(type(each) is Element and each.tag == "li" for each in child.children):
                yield from _children(child)
            else:
                yield child


def _nested(builder: Builder, element: Element, flow: Flow, level: int) -> tuple[Block, ...]:
    inner = Flow(flow.depth + 1, element.position, builder.places, exact=builder.exact)
    items(builder, element, inner, level + 1)
    inner.flush()
    return tuple(block for block in inner.blocks if not isinstance(block, List) or block.items)


def _numbering(element: Element, look: str) -> Numbering:
    return _NUMBERINGS.get(look or (element.attr("type") or "").strip(), "1")


def definitions(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a list of definitions; without any term it is an indented box."""
    parts = list(_parts(element))
    if not any(type(part) is Element and part.tag == "dt" for part in parts):
        builder.container(element, flow, level)
        return
    if flow.depth >= MAX_DEPTH - 1:
        flatten(builder, element, flow, level)
        return
    made: list[tuple[list[Term], list[Description]]] = []
    described = True
    for part in parts:
        term = type(part) is Element and part.tag == "dt"
        if not made or (term and described):
            made.append(([], []))
        described = not term
        terms, descriptions = made[-1]
        others: tuple[Block, ...] = ()
        if type(part) is not Element:
            others = (Paragraph((Text(str(part)),)),)
        elif term:
            line, below = builder.lines(part, flow, level, headings=True)
            terms += [Term(line)] if line else []
            others = tuple(below)
        else:
            others = tuple(builder.inside(part, flow, level, whole=part.tag != "dd"))
        descriptions += [Description(others)] if others else []
    entries = tuple(Definition(tuple(terms), tuple(below)) for terms, below in made if terms or below)
    builder.emit(DefinitionList(entries), element, flow)


def _parts(element: Element) -> Iterator[Element | str]:
    """Yield terms and descriptions, also those that `<div>` groups, and texts between them."""
    for child in element.children:
        if type(child) is TextNode:
            if text := collapse(child.data).strip(EDGE_SPACE):
                yield text
        elif type(child) is Element and child.tag == "div":
            yield from _parts(child)
        elif type(child) is Element and child.tag not in UNSEEN:
            yield child
