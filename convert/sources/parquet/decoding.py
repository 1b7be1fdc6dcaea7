"""The part of reading a table that runs in a sealed process: Arrow decodes what somebody else wrote.

Rows are decoded batch by batch.  Parquet has no way to one row but through all before it in its row group, so a row
group is decoded once, and its documents wait in compressed temporary files; those of other row groups wait only where
an earlier one was asked for again.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa
from msgspec import msgpack
from pyarrow import parquet

from convert.sources.exports.entries import TEXTS, Fields, normal
from convert.sources.parquet import own
from convert.sources.parquet.protocol import Answer, Request, Row
from convert.sources.parquet.rows import has_text, row
from convert.text import printable

_BATCH, _MOST_ROWS = 4 << 20, 1000
"""Bytes, and most rows, that are decoded at once."""
_READ_AT_ONCE = 1 << 20
_SEGMENT = 32 << 20
"""Bytes of a temporary file, after which another one begins."""
_PIECE = 1 << 17
"""Bytes of documents that wait together; one of them is read with all."""
_WORDS = 300
_CODEC = pa.Codec("zstd", 1)


DAMAGE = (pa.ArrowException, OSError, ValueError, TypeError, LookupError, ArithmeticError, NotImplementedError)
"""Exceptions of Arrow for damaged tables, found by testing with such tables."""
_encode, _decode = msgpack.Encoder().encode, msgpack.Decoder(Request).decode
_rows_of = msgpack.Decoder(tuple[Row, ...]).decode
_open: dict[str, "Table"] = {}


def answer(request: bytes) -> bytes:
    """Answer a request; what Arrow raises, which is of many kinds, is an answer as well."""
    asked = _decode(request)
    try:
        if asked.path not in _open:
            _open.clear()
            _open[asked.path] = Table(asked.path)
        return _encode(_open[asked.path].answer(asked))
    except MemoryError:
        os.abort()  # Arrow may hold what it has, so another process begins anew
    except Exception as error:
        said = printable(" ".join(str(error).split()))[:_WORDS].rstrip(".")
        return _encode(Answer(said or type(error).__name__))


class _Kept(NamedTuple):
    """Rows that wait in a temporary file."""

    begin: int
    end: int
    segment: str
    offset: int
    size: int
    unpacked: int


class Table:
    """Open table."""

    def __init__(self, path: str) -> None:
        pa.set_memory_pool(pa.system_memory_pool())
        self._file = parquet.ParquetFile(
            path, buffer_size=_READ_AT_ONCE, pre_buffer=False, page_checksum_verification=True
        )
        schema = self._file.schema_arrow
        self._read = [each.name for each in schema if _is_read(each)]
        self._all = tuple(schema.names)
        self._next: Iterator[tuple[Row, ...]] = iter(())
        self._at = -1, -1
        self._kept: dict[int, list[_Kept]] = {}
        self._last, self._keeps = -1, False
        self._segment = ""

    def answer(self, asked: Request) -> Answer:
        """Return the answer to a request about this table."""
        match asked.about:
            case "facts":
                return self._facts()
            case "next":
                return Answer(begin=asked.row, rows=self._following(asked.group, asked.row))
        return self._around(asked.group, asked.row)

    def _facts(self) -> Answer:
        if not has_text(frozenset(self._read)):
            return Answer(columns=self._all)
        placed = set(self._read) - set(own.UNPLACED if own.is_ours(self._all) else ())
        return Answer(groups=self._file.num_row_groups, ignored=tuple(each for each in self._all if each not in placed))

    def _following(self, group: int, number: int) -> tuple[Row, ...]:
        """Return the next rows of a row group, which begin with a number that was the end of others."""
        if (group, number) != self._at:
            self._next, begin = self._batches(group), 0
            while begin < number and (rows := next(self._next, ())):
                begin += len(rows)
        rows = next(self._next, ())
        self._at = group, number + len(rows)
        return tuple(each.without_data() for each in rows)

    def _batches(self, group: int) -> Iterator[tuple[Row, ...]]:
        about = self._file.metadata.row_group(group)
        size = about.total_byte_size // max(about.num_rows, 1)
        count = max(1, min(_MOST_ROWS, _BATCH // max(size, 1)))
        for batch in self._file.iter_batches(count, [group], self._read, use_threads=False):
            yield tuple(row(each) for each in _rows(batch))

    def _around(self, group: int, number: int) -> Answer:
        if group not in self._kept:
            self._keep(group)
        for each in self._kept[group]:
            if each.begin <= number < each.end:
                with open(each.segment, "rb") as file:
                    file.seek(each.offset)
                    packed = file.read(each.size)
                data = _CODEC.decompress(packed, each.unpacked, asbytes=True)
                return Answer(begin=each.begin, rows=_rows_of(data))
        return Answer()

    def _keep(self, group: int) -> None:
        """Decode a row group; forget the others, unless rows are read in another order than that of the table."""
        self._keeps = self._keeps or group < self._last
        self._last = max(group, self._last)
        if not self._keeps:
            for segment in {each.segment for kept in self._kept.values() for each in kept}:
                os.remove(segment)
            self._kept.clear()
            self._segment = ""
        self._kept[group] = kept = list[_Kept]()
        begin = 0
        with suppress(*DAMAGE):  # the list has said what is wrong, and names the rows before that
            for rows in _pieces(chain.from_iterable(self._batches(group))):
                data = _encode(rows)
                packed = _CODEC.compress(data, asbytes=True)
                with open(self._written(), "ab") as file:
                    kept.append(_Kept(begin, begin + len(rows), self._segment, file.tell(), len(packed), len(data)))
                    file.write(packed)
                begin += len(rows)

    def _written(self) -> str:
        """Return the temporary file that is being filled."""
        if not self._segment or os.path.getsize(self._segment) > _SEGMENT:
            handle, self._segment = tempfile.mkstemp()
            os.close(handle)
        return self._segment


def _pieces(rows: Iterable[Row]) -> Iterator[tuple[Row, ...]]:
    """Yield rows in tuples of some size, also those before an error."""
    piece, size = list[Row](), 0
    try:
        for each in rows:
            piece.append(each)
            size += each.size
            if size > _PIECE:
                yield tuple(piece)
                piece, size = [], 0
    except DAMAGE:
        yield tuple(piece)
        raise
    if piece:
        yield tuple(piece)


def _is_read(field: Any) -> bool:
    """Return True if a column is read: text, numbers and dates, lists of text, and texts in binary."""
    types, kind = pa.types, field.type
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_list(kind) or types.is_large_list(kind) or types.is_list_view(kind):
        return _is_text(kind.value_type)
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind):
        return normal(field.name) in TEXTS
    return _is_text(kind) or types.is_temporal(kind) or types.is_primitive(kind) or types.is_null(kind)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _rows(batch: Any) -> Iterator[Fields]:
    """Yield the values of each row; of columns with one name, those after the first have a number."""
    names, columns, taken = list[str](), list[list[Any]](), Counter[str]()
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        taken[name] += 1
        names.append(f"{name} ({taken[name]})" if taken[name] > 1 else name)
        columns.append(_values(column))
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _values(column: Any) -> list[Any]:
    """Return the values of a column: text, bytes, numbers, and lists of text; dates are text."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_temporal(column.type):
        return _moments(column)
    try:
        values: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        binary = (
            column.cast(pa.large_binary()) if _is_text(column.type) else column.cast(pa.large_list(pa.large_binary()))
        )
        values = [_lenient(each) for each in binary.to_pylist()]
    if pa.types.is_decimal(column.type):
        return [None if each is None else str(each) for each in values]
    return values


def _lenient(value: Any) -> Any:
    """Return bytes that are not UTF-8 as text that keeps them, so that they are reported."""
    if isinstance(value, list):
        return [_lenient(each) for each in value]
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def _moments(column: Any) -> list[Any]:
    """Return days and moments as text, those with a zone in it if the system knows that zone."""
    try:
        return list(column.cast(pa.string()).to_pylist())
    except pa.ArrowException:
        pass
    try:
        return list(column.cast(pa.timestamp(column.type.unit, "UTC")).cast(pa.string()).to_pylist())
    except (pa.ArrowException, AttributeError):
        return [None if each is None else str(each) for each in column.cast(pa.int64()).to_pylist()]
