"""A row that this program wrote, as the article that it was made from: its text in plain paragraphs."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, convert

from convert.errors import DocumentError
from convert.model import (
    SCHEMA_VERSION,
    Article,
    Block,
    Break,
    Cell,
    Code,
    Figure,
    Image,
    Inline,
    Paragraph,
    Provenance,
    Table,
    Text,
)
from convert.sources.containers import Record
from convert.sources.exports.entries import Fields
from convert.sources.ref import MAX_BYTES, too_large

DIALECT = "row"
"""Value of `source.dialect`."""
COLUMNS = frozenset(
    (
        *("id", "title", "text", "url", "authors", "publisher", "date", "published", "language", "section"),
        *("section_name", "links", "images", "characters"),
    )
)
"""The columns of our tables."""
UNPLACED = ("links",)
"""Columns of which an article has no place."""
_BLANK = re.compile(r"(?<!\n)\n\n(?!\n)")
_encoder, _decoder = msgspec.json.Encoder(), msgspec.json.Decoder(Article)


class _Row(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    text: str
    language: str
    url: str = ""
    authors: list[str] = []
    publisher: str = ""
    date: str = ""
    published: str = ""
    section: str = ""
    section_name: str = ""
    images: list[str] = []


def is_ours(columns: Iterable[str]) -> bool:
    """Return True if a table has the columns that this program writes, and no others."""
    return frozenset(columns) == COLUMNS


def record(fields: Fields) -> Record | None:
    """Return the article of a row as JSON, None if it shows nothing.

    Its plain text is the row's, character by character.

    Raises:
        ValueError: the values are not those of an article.
        DocumentError: SRC002 if it is too large.
    """
    row = convert({key: value for key, value in fields.items() if value is not None}, _Row)
    body = (*_blocks(row.text), *(Figure((Image(each),)) for each in row.images))
    if not body:
        return None
    article = Article(
        schema_version=SCHEMA_VERSION,
        id=row.id,
        title=row.title,
        language=row.language,
        published=_published(row),
        publisher=row.publisher,
        authors=tuple(row.authors),
        section=row.section,
        section_name=row.section_name,
        source=Provenance(row.url, dialect=DIALECT),
        body=body,
    )
    data = _encoder.encode(article)
    if len(data) > MAX_BYTES:
        raise DocumentError("SRC002", too_large(len(data)))
    _decoder.decode(data)
    return Record(data)


def _published(row: _Row) -> str:
    """Return the moment of publication, which is in UTC; only the day if it was another one there."""
    if not row.published.startswith(row.date):
        return row.date
    return datetime.fromisoformat(row.published).isoformat() if row.published else ""


def _blocks(text: str) -> tuple[Block, ...]:
    return tuple(_block(each) for each in _BLANK.split(text) if each.strip())


def _block(text: str) -> Block:
    """Return the block whose plain text is `text`: a table of lines with tabs, code where white space counts."""
    lines = text.split("\n")
    rows = [line.split("\t") for line in lines]
    if (
        len(rows[0]) > 1
        and len(set(map(len, rows))) == 1
        and all(each == _joined(each) for row in rows for each in row)
    ):
        return Table(tuple(tuple(_cell(each) for each in row) for row in rows))
    if any(line != line.strip() or not line or "\t" in line for line in lines):
        return Code(text)
    children: list[Inline] = []
    for line in lines:
        children += (*((Break(),) if children else ()), Text(line))
    return Paragraph(tuple(children))


def _joined(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> Cell:
    children: tuple[Any, ...] = (Paragraph((Text(text),)),) if text else ()
    return Cell(children)
