"""An entry of an export as a document: its fields in a front matter of JSON, and its text below."""

import html
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from convert.bounds import MAX_JSON_DEPTH, json_too_deep
from convert.errors import DocumentError
from convert.late import late_pattern
from convert.messages import Message, message
from convert.sources.containers import Record
from convert.sources.envelope import Envelope
from convert.sources.ref import MAX_BYTES, Ref, Refusal, too_large
from convert.text import one_line, printable, shows

Fields = dict[str, Any]

TEXTS = (
    *("content", "contenthtml", "html", "htmlcontent", "article", "articlehtml", "body", "fulltext", "contenttext"),
    *("textcontent", "text"),
)
"""Keys of the text of an entry: the first that has marks counts, else the first that shows something."""
ADDRESSES = ("url", "link", "href", "resolvedurl", "givenurl", "externalurl", "originalurl")
TITLES = ("title", "resolvedtitle", "giventitle")
_NAME = "name"
"""Key of the title where no other is."""
_OTHER_ENTRIES = (
    frozenset(("name", "url", "textcontent")),
    frozenset(("name", "url", "collectionid")),
    frozenset(("contenttype", "contenturl")),
    frozenset(("contenttype", "contenttext")),
    frozenset(("createdat", "tags", "content", "note", "archived")),
)
"""Keys of entries without title or address of their own: of Linkwarden, and of Karakeep."""
IDS = ("slug", "uid", "id")
EXPORTED = Envelope(whole=True)
_TAG = late_pattern(r"</?[a-zA-Z][^<>]*>")
_PAGE = late_pattern(r"\s*+(?:<!doctype\b[^>]*>\s*+)?<html\b", re.I)
_HALF = late_pattern("[\ud800-\udc7f\udd00-\udfff]")
_NO_NAME = late_pattern(r"[^\w.-]+")
_LONGEST_NAME, _MOST_SHOWN, _MOST_NAMES, _SAMPLE = 80, 50_000, 100, 2000


def normal(key: str) -> str:
    """Return a key as the tables here have it.

    >>> normal("content_html"), normal("Creation date")
    ('contenthtml', 'creationdate')
    """
    return re.sub(r"[\s_.$-]+", "", key).casefold()


def first(fields: Mapping[str, object], keys: tuple[str, ...]) -> str:
    """Return the value of the first of the keys that has one, as text."""
    by_key = {normal(key): value for key, value in fields.items()}
    values = (by_key.get(key) for key in keys)
    return next((str(each) for each in values if isinstance(each, str | int) and str(each).strip()), "")


def is_entry(keys: frozenset[str]) -> bool:
    """Return True if an object or a table with these keys is an entry, or a list of them."""
    return bool(keys & set(TITLES) and keys & set(ADDRESSES)) or any(each <= keys for each in _OTHER_ENTRIES)


def shows_entry(keys: Iterable[bytes]) -> bool:
    """Return True if an object of JSON with these keys is an entry."""
    return is_entry(frozenset(normal(key.decode("utf-8", "replace")) for key in keys))


def decoded(raw: bytes, *, every: bool = False) -> Fields:
    """Return the fields of an object of JSON; those of an object in the place of its text are its own.

    JSON has the last value of a key that is there twice; with `every`, the others are there too, with a number.
    Bytes that are not UTF-8 stay in the texts, and so in the document, where its reader reports them.

    Raises:
        DocumentError: SRC007 if it is no JSON, or no object.
    """
    if (deep := json_too_deep(raw)) >= 0:
        raise DocumentError("SRC007", message("json-too-deep", limit=MAX_JSON_DEPTH), 1, deep + 1)
    try:
        made = msgspec.json.decode(raw)
        made = json.loads(raw, object_pairs_hook=_numbered) if every else made
    except msgspec.DecodeError as broken:
        made = _damaged(raw, str(broken).removeprefix("JSON is malformed: "))
    except UnicodeDecodeError:
        made = _damaged(raw, "invalid UTF-8")
    if not isinstance(made, dict):
        raise DocumentError("SRC007", message("export-no-object"), 1, 1)
    return _flat(made)


def _numbered(pairs: list[tuple[str, Any]]) -> Fields:
    made = dict(pairs)
    if len(made) < len(pairs):
        at = Counter[str]()
        for key, value in pairs:
            at[key] += 1
            if value != made[key]:
                made[f"{key} ({at[key]})"] = value
    return made


def _flat(fields: Fields) -> Fields:
    inner = fields.get("content")
    if not isinstance(inner, dict):
        return fields
    flat = {key: value for key, value in fields.items() if key != "content"}
    for key, value in inner.items():
        flat[key if flat.get(key) in (None, "", []) else f"content.{key}"] = value
    return flat


def _damaged(raw: bytes, words: str) -> Any:
    try:
        return json.loads(raw.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError):
        raise DocumentError("SRC007", message("invalid-json", reason=words), 1, 1) from None


def text_of(fields: Mapping[str, object]) -> tuple[str, str]:
    """Return the key of the text of an entry, and that text as HTML; ("", "") if it has none.

    A page as it was saved counts only if there is no other text.
    """
    order = {name: at for at, name in enumerate(TEXTS)}
    keys = sorted((key for key in fields if normal(key) in order), key=lambda key: order[normal(key)])
    shown = [(key, text) for key in keys if isinstance(text := fields[key], str) and _shows(text)]
    marked = next(((key, text) for key, text in shown if _TAG.search(text) and not _PAGE.match(text)), None)
    key, text = marked or next(iter(shown), ("", ""))
    return key, text if _TAG.search(text) else _paragraphs(text) if text else ""


def _shows(text: str) -> bool:
    """Return True if a reader of HTML can see something of it; most texts show something in their beginning."""
    return any("<img" in part or shows(_TAG.sub("", part)) for part in (text[:_SAMPLE], text))


def _paragraphs(text: str) -> str:
    parts = re.split(r"\n[ \t]*\n", html.escape(text, quote=False).replace("\r\n", "\n").strip())
    return "\n".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts)


def record(fields: Mapping[str, object], envelope: Envelope = EXPORTED) -> Record:
    """Return the document of an entry.

    Raises:
        DocumentError: SRC002 if it is too large.
    """
    key, text = text_of(fields)
    title = first(fields, TITLES) or first(fields, (_NAME,)) or None
    others = {name: value for name, value in fields.items() if value not in (None, "") and name != key}
    if title and others.get(_NAME) == title:
        del others[_NAME]
    front = {"title": title, **others}
    said = _json(front)
    data = b"---json\n%b\n---\n\n%b\n" % (said, _bytes(text))
    if len(data) > MAX_BYTES:
        raise DocumentError("SRC002", too_large(len(data)))
    return Record(data, envelope=envelope)


def _json(front: Mapping[str, object]) -> bytes:
    try:
        return msgspec.json.encode(front)
    except UnicodeEncodeError:  # bytes that are not UTF-8
        return _bytes(json.dumps(front, ensure_ascii=False))


def _bytes(text: str) -> bytes:
    """Return text as UTF-8, with the bytes that were not; half a character that JSON has by its number is U+FFFD."""
    return _HALF.sub("\ufffd", text).encode("utf-8", "surrogateescape")


class Names:
    """Names of the entries of an export as documents: unique, and safe as paths."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, fields: Mapping[str, object], number: int) -> str:
        """Return the name of an entry: by its identifier, else the last part of its address, else its number."""
        address = first(fields, ADDRESSES).partition("?")[0].rstrip("/").rpartition("/")[2]
        said = first(fields, IDS) or address
        stem = printable(_NO_NAME.sub("-", said)[:_LONGEST_NAME].strip("-.")) or f"{number:06}"
        name = f"{stem}.html"
        if name.casefold() in self._taken:
            name = f"{stem}-{number:06}.html"
        self._taken.add(name.casefold())
        return name


def found(root: str, place: tuple[int, int, int], size: int, fields: Fields, name: str) -> Iterator[Ref | Refusal]:
    """Yield the document of an entry, or that it is a bookmark only, with all that it says."""
    if text_of(fields)[0]:
        yield Ref(root, name, place, size)
    else:
        yield Refusal(root, name, "SRC004", bookmark(fields))


def bookmark(fields: Mapping[str, object]) -> Message:
    """Return the message about an entry without text."""
    return message("bookmark-without-text", fields=shown_fields(fields))


def shown_fields(fields: Mapping[str, object]) -> str:
    """Return all that an entry says, on one line."""
    said = "; ".join(f"{key}: {_shown(value)}" for key, value in fields.items() if value not in (None, "", [], {}))
    said = one_line(said)
    return printable(said if len(said) < _MOST_SHOWN else f"{said[:_MOST_SHOWN]}…")


def outside_of(root: str, names: Sequence[str]) -> Refusal:
    """Return the message about what an export has beside its entries."""
    said = ", ".join((*names[:_MOST_NAMES], *([f"… ({len(names)})"] if len(names) > _MOST_NAMES else [])))
    return Refusal(
        root, printable(os.path.basename(root)), "SRC004", message("export-outside", names=printable(one_line(said)))
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(inside)}" for key, inside in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)
