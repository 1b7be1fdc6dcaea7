"""What the rules that look at a whole document ask of its text."""

import re
from collections.abc import Mapping
from typing import Any

from convert.model import (
    CHILDREN,
    NOWHERE,
    Article,
    Aside,
    Block,
    Cell,
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

_LETTER = re.compile(r"[^\W\d_]")
_DENSE = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_LINES = frozenset({Paragraph, Heading})


def letters(text: str) -> str:
    """The letters of a text, Han characters among them: neither digits nor punctuation.

    >>> letters("纸（2023年），paper")
    '纸年paper'
    """
    return "".join(_LETTER.findall(text))


def weight(text: str) -> int:
    """How long a text is in Han characters: of an alphabet, two letters say about as much as one.

    >>> weight("纸的历史"), weight("history!")
    (4, 4)
    """
    return (len(text) + len(_DENSE.findall(text))) // 2


def short_text(article: Article, limit: int) -> str | None:
    """The text of a body of at most `limit` characters; None of a longer one."""
    seen = 0
    for block in article.body:
        if isinstance(block, Paragraph) and (seen := seen + length(block.children)) > limit:
            return None
    text = "".join(texts(article.body))
    return text if len(text) <= limit else None


def length(inlines: tuple[Any, ...]) -> int:
    """Return how many characters a line has."""
    if len(inlines) == 1 and type(only := inlines[0]) is Text:  # most lines
        return len(only.text)
    return sum(map(len, texts(inlines)))


def beginning(reading: Reading) -> Place:
    """The place of the first block of the article, `NOWHERE` if it has none."""
    return next((reading.places.of(block) for block in reading.article.body if not isinstance(block, Aside)), NOWHERE)


def told(article: Article) -> bool:
    """Whether a body in Chinese has text enough for a dateline and an editor to be missed."""
    return article.language.startswith("zh") and short_text(article, 20) is None


OWN: Mapping[type, tuple[str, ...]] = {kind: fields for kind, fields in CHILDREN.items() if kind is not Aside}
"""Where `walk` goes to see what belongs to the article, and nothing that merely stands on its page."""

_BLOCKS: Mapping[type, tuple[str, ...]] = {
    kind: CHILDREN[kind] for kind in (List, Item, Table, Cell, Quote, Embed, Footnote)
}


def lines(blocks: tuple[Block, ...]) -> list[Any]:
    """Return the paragraphs and headings inside blocks, in order, without those that merely stand on the page."""
    return [node for node in walk(blocks, _BLOCKS) if type(node) in _LINES]


def source(reading: Reading) -> str:
    """Return the text of a mirror's page; nothing of other documents."""
    return reading.text if reading.source_format == "mirror" else ""


def place_in(reading: Reading, text: str, at: int) -> Place:
    """The place of a character of the whole source, or of the region that the article was read from."""
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at) - 1
    return Place(line, column + 1) if text is reading.text else reading.places.place((line, column))
