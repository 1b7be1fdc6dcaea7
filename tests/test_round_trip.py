"""What is written is read back: our own Markdown, equal in everything that Markdown can say."""

from typing import Any

from hypothesis import given, settings
from msgspec import structs
from strategies import ARTICLES
from test_markdown import page_of

from convert import readers
from convert.model import (
    Article,
    Aside,
    Break,
    Cell,
    Embed,
    Figure,
    Image,
    Link,
    Paragraph,
    Quote,
    Table,
    Text,
)
from convert.text import EDGE_SPACE
from convert.urls import linkable
from convert.writers import markdown

# --- what Markdown says of an article --------------------------------------------------------------------------------


def inlines(children: tuple[Any, ...]) -> tuple[Any, ...]:
    """Inlines in the one spelling that readers give: neighbouring texts joined, no declared sizes, and a link without
    target or a picture without address as the text that it shows."""
    out: list[Any] = []
    for child in children:
        made: tuple[Any, ...] = (child,)
        if isinstance(child, Image):
            made = picture(child)
        elif isinstance(child, Link) and not child.target:
            made = inlines(child.children)
        elif hasattr(child, "children"):
            made = (structs.replace(child, children=inlines(child.children)),)
        for each in made:
            if isinstance(each, Text) and out and isinstance(out[-1], Text):
                each = Text(out.pop().text + each.text)
            out.append(each)
    return tuple(out)


def picture(image: Image) -> tuple[Any, ...]:
    if not image.address:
        return (Text(image.alt),) if image.alt else ()
    return (Image(image.address, image.alt, image.title, full_size=image.full_size),)


def block(node: Any) -> tuple[Any, ...]:
    if isinstance(node, Figure):
        images = tuple(made for image in node.images for made in picture(image))
        return (Figure(images, inlines(node.caption)),)
    if isinstance(node, Table):
        return (table(node),)
    if isinstance(node, Aside):
        return (Quote(blocks(node.children)),)
    if isinstance(node, Embed):
        inside = blocks(node.children)
        if inside and not (node.address and linkable(node.address)):
            return (Quote(inside),)  # nothing was left to say what it was
        return (Embed(node.kind, node.address if linkable(node.address) else "", inside),)
    if hasattr(node, "items"):
        return (structs.replace(node, items=tuple(structs.replace(i, children=blocks(i.children)) for i in node.items)),)
    if hasattr(node, "children"):
        inline = isinstance(node, Paragraph) or hasattr(node, "level")
        return (structs.replace(node, children=(inlines if inline else blocks)(node.children)),)
    return (node,)


def blocks(nodes: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(made for node in nodes for made in block(node))


def table(node: Table) -> Table:
    """A table whose rows have one length if it is written in GitHub's form: HTML shows missing cells as empty ones."""
    rows = [[structs.replace(cell, children=blocks(cell.children)) for cell in row] for row in node.rows]
    return Table(tuple(map(tuple, rows)))


def padded(node: Any) -> Any:
    """`node` with all rows of all tables as long as the longest."""
    if isinstance(node, tuple):
        return tuple(map(padded, node))
    if isinstance(node, Table):
        width = max((len(row) for row in node.rows), default=0)
        rows = []
        for row in padded(node.rows):
            head = bool(row) and all(cell.header for cell in row)
            rows.append((*row, *[Cell((), header=head)] * (width - len(row))))
        return Table(tuple(rows))
    for field in ("items", "children"):
        if inside := getattr(node, field, None):
            node = structs.replace(node, **{field: padded(inside)})
    return node


def normal(article: Article) -> Article:
    """`article` as Markdown can say it."""
    lead = block(article.lead)[0] if article.lead else None
    return structs.replace(article, lead=lead, body=padded(blocks(article.body)))


def back(article: Article, nav: str = "keep") -> Article:
    return readers.read(markdown.render(article, page_of(article, nav)), "a.md", "").article


@settings(max_examples=500)
@given(ARTICLES)
def test_our_markdown_comes_back_equal(article: Article) -> None:
    read = back(article)
    assert padded(read.body) == normal(article).body
    assert structs.replace(read, body=()) == structs.replace(normal(article), body=())
