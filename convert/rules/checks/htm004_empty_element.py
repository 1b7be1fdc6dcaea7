"""Headings, links, lists, tables, quotes and figures with nothing in them."""

from typing import Any

from convert.messages import Message, message
from convert.model import Aside, Emphasis, Figure, Footnote, Heading, Link, List, Quote, Strong, Table
from convert.rules.rule import Context, Rule, remove

FIELDS: dict[type, tuple[str, Message]] = {
    Heading: ("children", message("kind-heading")),
    Link: ("children", message("kind-link")),
    Emphasis: ("children", message("kind-emphasis")),
    Strong: ("children", message("kind-strong")),
    List: ("items", message("kind-list")),
    Table: ("rows", message("element-table")),
    Quote: ("children", message("kind-quote")),
    Footnote: ("children", message("kind-footnote")),
    Aside: ("children", message("kind-aside")),
}


def check(node: Any, context: Context) -> Message | None:
    if isinstance(node, Figure):
        return None if node.images or node.caption else message("empty-element", kind=message("kind-figure"))
    field, kind = FIELDS[type(node)]
    if getattr(node, field):
        return None
    return message("empty-link", target=node.target) if isinstance(node, Link) else message("empty-element", kind=kind)


RULE = Rule("HTM004", "empty-element", "info", node_types=(*FIELDS, Figure), check=check, fix=remove)
