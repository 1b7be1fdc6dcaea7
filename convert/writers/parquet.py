"""Rows → Apache Parquet, one table."""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec
import pyarrow as pa
from pyarrow import parquet

from convert.codec.row import Row
from convert.model import Volume
from convert.writers.options import Options
from convert.writers.part import RenderedArticle, Tally

ROWS = 10_000
"""Rows of a row group, the part of a table that is in memory and that programs read at once."""
BYTES = 64 << 20
"""Largest number of bytes of a row group's rows."""

COLUMNS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("authors", pa.list_(pa.string()), nullable=False),
        pa.field("publisher", pa.string()),
        pa.field("date", pa.date32()),
        pa.field("published", pa.timestamp("us", "UTC")),
        pa.field("language", pa.string(), nullable=False),
        pa.field("section", pa.string()),
        pa.field("section_name", pa.string()),
        pa.field("links", pa.list_(pa.string()), nullable=False),
        pa.field("images", pa.list_(pa.string()), nullable=False),
        pa.field("characters", pa.int64(), nullable=False),
    ]
)
"""The columns of `Row`, with the types of Arrow."""
_AS_TEXT = {"date": pa.string(), "published": pa.string()}
_decoder = msgspec.json.Decoder(Row)


def bind(
    volume: Volume, lines: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int = 1
) -> None:
    """Write the rows as row groups, compressed by Zstandard."""
    with parquet.ParquetWriter(out, COLUMNS, compression="zstd", compression_level=3) as writer:
        for group in _groups(line.data for line in lines):
            writer.write_table(_table(group))


def _groups(lines: Iterator[bytes]) -> Iterator[list[Row]]:
    group: list[Row] = []
    size = 0
    for line in lines:
        group.append(_decoder.decode(line))
        size += len(line)
        if len(group) == ROWS or size >= BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _table(rows: list[Row]) -> pa.Table:
    """Return rows as a table; days and moments are text that Arrow parses."""
    return pa.table(
        [
            pa.array([getattr(row, field.name) for row in rows], _AS_TEXT.get(field.name, field.type)).cast(field.type)
            for field in COLUMNS
        ],
        schema=COLUMNS,
    )
