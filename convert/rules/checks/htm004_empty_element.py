"""Headings, links, lists, tables, quotes and figures with nothing in them."""

from typing import Any

from convert.model import Aside, Emphasis, Figure, Footnote, Heading, Link, List, Quote, Strong, Table
from convert.rules.rule import Context, Rule, remove

FIELDS: dict[type, tuple[str, str]] = {
    Heading: ("children", "heading"),
    Link: ("children", "link"),
    Emphasis: ("children", "emphasis"),
    Strong: ("children", "strong"),
    List: ("items", "list"),
    Table: ("rows", "table"),
    Quote: ("children", "quote"),
    Footnote: ("children", "footnote"),
    Aside: ("children", "aside"),
}


def check(node: Any, context: Context) -> str | None:
    if isinstance(node, Figure):
        return None if node.images or node.caption else "empty figure"
    field, name = FIELDS[type(node)]
    if getattr(node, field):
        return None
    return f"empty link to {node.target}" if isinstance(node, Link) else f"empty {name}"


RULE = Rule("HTM004", "empty-element", "info", on=(*FIELDS, Figure), check=check, fix=remove)
