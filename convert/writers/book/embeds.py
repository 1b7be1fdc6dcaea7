"""The words that a page has about embedded content."""

from convert.model import Block, Embed, Figure, Inline, Link, Text, walk
from convert.urls import linkable
from convert.words import Words


def embed_line(node: Embed, label: Words) -> tuple[Inline, ...]:
    """Return a line that says what was embedded, with a link to it if it has an address."""
    name = label[node.kind]
    if node.address and linkable(node.address):
        return (Link(node.address, (Text(name),)),)
    return () if says_something(node) else (Text(label["missing"].format(name)),)


def says_something(node: Embed) -> bool:
    """Return True if an embed has content of its own; the picture before a film is none."""
    return bool(node.children) and not (
        node.kind == "video" and all(isinstance(each, Figure) for each in node.children)
    )


def mentions(nodes: tuple[Block, ...] | tuple[Inline, ...], address: str) -> bool:
    """Return True if a link inside the nodes leads to the address."""
    return any(isinstance(node, Link) and node.target == address for node in walk(nodes))
