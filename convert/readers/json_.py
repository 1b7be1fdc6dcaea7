"""Reader of the JSON that this program writes: one article a document, equal to the one that was written.

An article of an older version of the schema becomes one of the newest.
"""

import json
import re

import msgspec
from msgspec.structs import replace

from convert.bounds import MAX_EXPLAINED, check_json_depth
from convert.codec import article_json
from convert.errors import DocumentError
from convert.messages import message
from convert.model import SCHEMA_VERSION, Entry, Places, Reading
from convert.sources.addresses import NO_ORIGIN, Origin

_POSITION = re.compile(r"byte (\d+)")


def detect(data: bytes) -> bool:
    """Return True if the bytes look like the JSON of an article."""
    return data.lstrip()[:1] == b"{" and b'"schema_version"' in data[:4096]


def peek(text: str, path: str, origin: Origin = NO_ORIGIN) -> Entry | None:
    """Return the index entry of the article, even if `read` will reject it; None for JSON of another kind."""
    try:
        check_json_depth(text)
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, DocumentError):
        return Entry(path=path, id=path, title="", address="")
    if not (isinstance(data, dict) and isinstance(data.get("schema_version"), str) and data.keys() & {"title", "body"}):
        return None
    source = data.get("source")
    address = source.get("address", "") if isinstance(source, dict) else ""
    values = (address, *map(data.get, ("id", "title", "published", "section", "section_name")))
    address, name, title, published, section, channel = (value if isinstance(value, str) else "" for value in values)
    return Entry(path, name, title, address, published, section, section_name=channel)


def read(text: str, data: bytes, path: str, sha256: str, place: str, origin: Origin) -> Reading:
    """Return the article of JSON that this program wrote.

    Raises:
        DocumentError: SRC004 if it is JSON of another kind, SRC007 if it is not JSON or nested too deeply, ART009 if it
            breaks the schema.
    """
    check_json_depth(text)
    if peek(text, path) is None:
        raise DocumentError("SRC004", message("unknown-json"), 1, 1)
    try:
        article = article_json.decode(text.encode())
    except msgspec.ValidationError as refused:
        from convert.codec.violations import locate

        try:  # the schema error may come before a syntax error
            msgspec.json.decode(text)
        except msgspec.DecodeError as broken:
            raise _broken(text, broken) from None
        violation = article_json.explain(json.loads(text)) if text.count("{") <= MAX_EXPLAINED else None
        if violation is None:
            raise DocumentError("ART009", message("article-violation", reason=str(refused)), 1, 1) from None
        raise DocumentError("ART009", violation.message, *locate(text, violation.path)) from None
    except msgspec.DecodeError as broken:
        raise _broken(text, broken) from None
    return Reading(replace(article, schema_version=SCHEMA_VERSION), Places())


def _broken(text: str, broken: msgspec.DecodeError) -> DocumentError:
    """Return the error of malformed JSON, with the position where the parser stopped."""
    at = _POSITION.search(str(broken))
    before = text.encode()[: int(at[1])].decode("utf-8", "ignore") if at else text
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    reason = str(broken).removeprefix("JSON is malformed: ")
    return DocumentError("SRC007", message("invalid-json", reason=reason), line, column)
