"""The plain text of an article: a blank line between paragraphs, and no markup."""

from collections.abc import Iterable, Iterator
from typing import Any

from convert.model import (
    Article,
    Break,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Details,
    Figure,
    Formula,
    Heading,
    InlineCode,
    List,
    Paragraph,
    Ruby,
    Table,
    Text,
)


def plain_text(article: Article) -> str:
    r"""Return the text that a reader sees in an article below its title.

    Paragraphs, headings, captions, items and rows are in order.  A list and a table are paragraphs of a line for each
    item or row; the cells of a row are divided by U+0009.  A formula is TeX, an annotation follows its text in
    brackets.

    >>> from convert.model import SCHEMA_VERSION, Provenance
    >>> body = (Paragraph((Text("纸"), Break(), Text("从洛阳来。"))), Heading(2, (Text("帘"),)))
    >>> source = Provenance("https://example.org/n1")
    >>> article = Article(
    ...     schema_version=SCHEMA_VERSION, id="n1", title="t", language="zh-Hans", source=source, body=body
    ... )
    >>> plain_text(article)
    '纸\n从洛阳来。\n\n帘'
    """
    return "\n\n".join(_blocks((*((article.lead,) if article.lead else ()), *article.body)))


def _blocks(blocks: Iterable[Any]) -> Iterator[str]:
    """Yield the text of each block that shows any."""
    for block in blocks:
        for text in _block(block):
            if text.strip():
                yield text


def _block(block: Any) -> Iterator[str]:
    match block:
        case Paragraph() | Heading():
            yield _lines(block.children)
        case Figure():
            yield _lines(block.caption)
        case Code():
            yield block.text.strip("\n")
        case List():
            yield "\n".join(_items(block))
        case DefinitionList():
            yield "\n".join(line for each in block.items for line in _definition(each))
        case Table():
            yield _lines(block.caption)
            rows = ("\t".join(map(_cell, row)) for row in block.rows)
            yield "\n".join(row for row in rows if row.strip())
        case Details():
            yield _lines(block.summary)
            yield from _blocks(block.children)
        case _:
            yield from _blocks(getattr(block, "children", ()))


def _lines(nodes: Iterable[Any]) -> str:
    return "\n".join(line.strip() for line in _inline(nodes).strip().split("\n"))


def _items(node: List) -> Iterator[str]:
    for item, number in zip(node.items, node.numbers, strict=True):
        marker = f"{number}." if node.ordered else "-"
        yield f"{marker} " + _inside(item.children)


def _definition(each: Definition) -> Iterator[str]:
    yield from (_lines(term.children) for term in each.terms)
    yield from (": " + _inside(description.children) for description in each.descriptions)


def _inside(blocks: Iterable[Any]) -> str:
    """Return blocks without blank lines, each line after the first below the text of the first."""
    return "\n".join(_blocks(blocks)).replace("\n", "\n  ")


def _cell(cell: Cell) -> str:
    return " ".join("\n".join(_blocks(cell.children)).split())


def _inline(nodes: Iterable[Any]) -> str:
    return "".join(map(_one, nodes))


def _one(node: Any) -> str:
    match node:
        case Text() | InlineCode() | Formula():
            return node.text
        case Break():
            return "\n"
        case Ruby():
            annotation = _inline(node.annotation)
            return _inline(node.children) + (f"（{annotation}）" if annotation else "")
    return _inline(getattr(node, "children", ()))
