"""A row of a table as a document: an entry of an export, or a page as it was on the web."""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from convert.errors import DocumentError
from convert.late import late_pattern
from convert.sources.containers import Record
from convert.sources.envelope import Envelope
from convert.sources.exports.entries import (
    ADDRESSES,
    IDS,
    TEXTS,
    TITLES,
    Fields,
    first,
    normal,
    record,
    shown_fields,
    text_of,
)
from convert.sources.parquet import own
from convert.sources.parquet.protocol import Row
from convert.sources.ref import MAX_BYTES
from convert.text import marked_encoding, utf8

_PAGE = late_pattern(r"(?:<\?xml[^>]*>|<!--.*?-->|\s)*+<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_DAY = late_pattern(r"\d{4}-\d\d-\d\d(?!\d)")
_TAG = late_pattern(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_MARKED = b"\xef\xbb\xbf"
_DATES = ("date", "published", "publishdate", "publisheddate", "publishedat", "datepublished", "pubdate")
_AUTHORS = ("authors", "author", "byline")
_LANGUAGES = ("language", "lang")


def has_text(columns: frozenset[str]) -> bool:
    """Return True if a table with these columns has articles: their texts, and titles or addresses.

    >>> has_text(frozenset(("URL", "text"))), has_text(frozenset(("text", "label")))
    (True, False)
    """
    keys = frozenset(map(normal, columns))
    return bool(keys & set(TEXTS) and keys & {*TITLES, *ADDRESSES, "headline", "name"})


def row(fields: Fields) -> Row:
    """Return a row with these values; those of columns in binary are bytes."""
    sizes = [len(each) for each in fields.values() if isinstance(each, str | bytes)]
    largest = max(sizes, default=0)
    made = Row(first(fields, IDS), first(fields, ADDRESSES), unpacked=sum(sizes))
    if largest > MAX_BYTES:
        return replace(made, code="SRC002", size=largest)
    try:
        found = _own(fields) if own.is_ours(fields) else _record(fields)
    except DocumentError as error:  # it is too large with all its fields
        return replace(made, code=error.code, size=MAX_BYTES + 1)
    if found is None:
        shown = {key: value for key, value in fields.items() if not isinstance(value, bytes)}
        return replace(made, code="SRC004", said=shown_fields(shown))
    return replace(made, size=len(found.data), data=found.data, address=found.address, envelope=found.envelope)


def _own(fields: Fields) -> Record | None:
    try:
        return own.record(fields)
    except ValueError:  # another program's table with columns of these names
        return _record(fields)


def _record(fields: Fields) -> Record | None:
    """Return the document of a row, None if it has no text.

    Raises:
        DocumentError: SRC002 if it is too large.
    """
    texts = {name: _text(value) if isinstance(value, bytes) else value for name, value in fields.items()}
    key, html = text_of(texts)
    if not html:
        return None
    if not _PAGE.match(html):
        return record(texts)
    raw = fields[key]
    data = raw if isinstance(raw, bytes) else _MARKED + html.encode("utf-8", "replace")
    return Record(data, first(texts, ADDRESSES), _envelope(texts))


def _text(data: bytes) -> str:
    """Return a value in binary as text; of a page, which declares its encoding itself, only its marks are right."""
    if marked_encoding(data[:4])[1] != "utf-8":
        data = utf8(data)
    text = data.removeprefix(_MARKED).decode("utf-8", "surrogateescape")
    return data.decode("latin-1") if _PAGE.match(text) else text


def _envelope(fields: Mapping[str, object]) -> Envelope:
    """Return what the other columns say of a page."""
    by_key = {normal(name): value for name, value in fields.items()}
    found = next((value for key in _AUTHORS if (value := by_key.get(key))), ())
    people = found if isinstance(found, list) else [found] if isinstance(found, str) else []
    day, tag = _DAY.match(first(fields, _DATES)), _TAG.fullmatch(first(fields, _LANGUAGES))
    return Envelope(
        title=first(fields, TITLES),
        authors=tuple(each for each in people if isinstance(each, str) and each.strip()),
        published=day[0] if day else "",
        language=tag[0] if tag else "",
    )
