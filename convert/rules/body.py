"""Functions that the rules which check a whole document share: texts, lengths and positions."""

from collections.abc import Mapping
from typing import Any

from convert.late import late_pattern
from convert.model import (
    CHILDREN,
    NOWHERE,
    Article,
    Aside,
    Block,
    Cell,
    Definition,
    DefinitionList,
    Description,
    Details,
    Embed,
    Footnote,
    Heading,
    Item,
    List,
    Paragraph,
    Place,
    Quote,
    Reading,
    Table,
    Text,
    texts,
    walk,
)

_LETTER = late_pattern(r"[^\W\d_]")
_DENSE = late_pattern("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_LINES = frozenset({Paragraph, Heading})


def letters(text: str) -> str:
    """Return the letters of a text, Han characters among them, without digits and punctuation.

    >>> letters("纸（2023年），paper")
    '纸年paper'
    """
    return "".join(_LETTER.findall(text))


def weight(text: str) -> int:
    """Return the length of a text in Han characters; two letters of an alphabet count as one.

    >>> weight("纸的历史"), weight("history!")
    (4, 4)
    """
    return (len(text) + len(_DENSE.findall(text))) // 2


def short_text(article: Article, limit: int) -> str | None:
    """Return the text of the body, or None if it has more than `limit` characters."""
    count = 0
    for block in article.body:
        if isinstance(block, Paragraph) and (count := count + length(block.children)) > limit:
            return None
    text = "".join(texts(article.body))
    return text if len(text) <= limit else None


def length(inlines: tuple[Any, ...]) -> int:
    """Return the number of characters of a line."""
    count = 0
    for each in inlines:
        count += len(each.text) if type(each) is Text else sum(map(len, texts((each,))))
    return count


def beginning(reading: Reading) -> Place:
    """Return the position of the article's first block, or `NOWHERE` if it has none."""
    return next((reading.places.of(block) for block in reading.article.body if not isinstance(block, Aside)), NOWHERE)


def expects_credits(article: Article) -> bool:
    """Return True if a Chinese body is long enough that a missing dateline or editor is worth reporting."""
    return article.language.startswith("zh") and short_text(article, 20) is None


OWN: Mapping[type, tuple[str, ...]] = {kind: fields for kind, fields in CHILDREN.items() if kind is not Aside}
"""The fields that `walk` follows to visit the article alone, without asides, the other matter of its page."""

_BLOCKS: Mapping[type, tuple[str, ...]] = {
    kind: CHILDREN[kind]
    for kind in (List, Item, DefinitionList, Definition, Description, Table, Cell, Quote, Details, Embed, Footnote)
}


def lines(blocks: tuple[Block, ...]) -> list[Any]:
    """Return the paragraphs and headings inside blocks, in order, without those in asides."""
    if all(type(block) in _LINES or type(block) not in _BLOCKS for block in blocks):  # as in most articles
        return [block for block in blocks if type(block) in _LINES]
    return [node for node in walk(blocks, _BLOCKS) if type(node) in _LINES]


def mirror_text(reading: Reading) -> str:
    """Return the text of a mirror's page, or "" for a document in another format."""
    return reading.text if reading.source_format == "mirror" else ""


def place_in(reading: Reading, text: str, at: int) -> Place:
    """Return the position in the source of the character at offset `at` of `text`.

    `text` is the whole source, `reading.text`, or the region that the article was read from, `reading.html`.
    """
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at) - 1
    return Place(line, column + 1) if text is reading.text else reading.places.place((line, column))
