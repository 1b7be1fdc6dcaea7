"""Functions that walk over a tree of nodes and return every node, or every text, in order."""

from collections.abc import Iterable, Mapping
from typing import Any

from convert.model.article import Article
from convert.model.nodes import (
    Aside,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Deleted,
    Description,
    Details,
    Embed,
    Emphasis,
    Figure,
    Footnote,
    Formula,
    Heading,
    InlineCode,
    Inserted,
    Item,
    Link,
    List,
    Paragraph,
    Quote,
    Ruby,
    Strong,
    Subscript,
    Superscript,
    Table,
    Term,
    Text,
    Underline,
)

CHILDREN: Mapping[type, tuple[str, ...]] = {
    Article: ("lead", "nav", "body"),
    Paragraph: ("children",),
    Heading: ("children",),
    Figure: ("images", "caption"),
    List: ("items",),
    Item: ("children",),
    DefinitionList: ("items",),
    Definition: ("terms", "descriptions"),
    Term: ("children",),
    Description: ("children",),
    Table: ("caption", "rows"),
    Cell: ("children",),
    Quote: ("children",),
    Details: ("summary", "children"),
    Embed: ("children",),
    Footnote: ("children",),
    Aside: ("children",),
    Link: ("children",),
    Emphasis: ("children",),
    Strong: ("children",),
    Underline: ("children",),
    Deleted: ("children",),
    Inserted: ("children",),
    Subscript: ("children",),
    Superscript: ("children",),
    Ruby: ("children", "annotation"),
}
"""The fields of each type of node that hold its children."""


def walk(nodes: Iterable[Any], into: Mapping[type, tuple[str, ...]] = CHILDREN) -> list[Any]:
    """Return nodes and everything inside them, in document order, each node before its children.

    Only nodes of the types in `into` are entered, by the fields that it names.

    >>> [type(node).__name__ for node in walk([Quote((Paragraph((Text("纸"), Ruby((), ()))),))])]
    ['Quote', 'Paragraph', 'Text', 'Ruby']
    """
    collected: list[Any] = []  # a list, because a generator in each node would take twice the time
    _collect(nodes, into, collected)
    return collected


def _collect(nodes: Iterable[Any], into: Mapping[type, tuple[str, ...]], collected: list[Any]) -> None:
    for node in nodes:
        kind = type(node)
        if kind is tuple:
            _collect(node, into, collected)
            continue
        collected.append(node)
        if kind in into:
            for field in into[kind]:
                if inside := getattr(node, field):
                    _collect(inside if type(inside) is tuple else (inside,), into, collected)


def texts(nodes: Iterable[Any]) -> list[str]:
    """Return the texts inside nodes, in document order."""
    collected: list[str] = []
    _collect_texts(nodes, collected)
    return collected


_TEXTS = frozenset({Text, InlineCode, Formula, Code})
_PARENTS = frozenset(kind for kind, fields in CHILDREN.items() if fields == ("children",))


def _collect_texts(nodes: Iterable[Any], collected: list[str]) -> None:
    for node in nodes:
        kind = type(node)
        if kind in _TEXTS:
            collected.append(node.text)
        elif kind in _PARENTS:
            children = node.children
            if len(children) == 1 and type(only := children[0]) is Text:  # as in most paragraphs and links
                collected.append(only.text)
            else:
                _collect_texts(children, collected)
        elif kind is tuple:
            _collect_texts(node, collected)
        elif kind in CHILDREN:
            for field in CHILDREN[kind]:
                if inside := getattr(node, field):
                    _collect_texts(inside if type(inside) is tuple else (inside,), collected)
