"""Embedded content on a page: its box, and the words about it."""

from typing import Protocol

from convert.model import Block, Embed, Figure, Inline, Link, Text, walk
from convert.urls import linkable
from convert.words import Words
from convert.writers.book.escapes import attribute, broken, text

POSTS = frozenset({"tweet", "instagram", "facebook"})
"""Kinds whose text names its author and its site, so that nobody takes it for another kind."""


class Renderer(Protocol):
    """Renderer of nodes, as far as it matters here."""

    label: Words
    breaks: bool
    """True if a browser breaks lines where `<wbr/>` says."""

    def address(self, target: str) -> str:
        """Return the address of a link as this output can have it, "" if it cannot link there."""
        ...

    def blocks(self, nodes: tuple[Block, ...]) -> str:
        """Return blocks, one after the other."""
        ...


def box(renderer: Renderer, node: Embed) -> str:
    """Return the content of the box of an embed: what it is, what the page has of it, and its address."""
    name, inside = renderer.label[node.kind], renderer.blocks(node.children)
    kind = f'<span class="kind">{text(name + renderer.label["colon"].rstrip())}</span>'
    says = says_something(node)
    address = renderer.address(node.address) if node.address else ""
    if address and not mentions(node.children, node.address):
        shown = broken(text(address)) if renderer.breaks else text(address)
        link = f'<a href="{attribute(address)}">{shown}</a>'
        return f'{inside}<p class="embedded">{kind} {link}</p>\n'
    if says:
        return inside if node.kind in POSTS else f'<p class="embedded">{kind}</p>\n{inside}'
    return f'{inside}<p class="embedded">{text(renderer.label["missing"].format(name))}</p>\n'


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
