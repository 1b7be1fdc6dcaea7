"""Our own JSON back in: one article a document, equal to the one that was written."""

import json
import re

import msgspec

from convert.codec import article_json
from convert.errors import DocumentError
from convert.messages import message
from convert.model import Entry, Places, Reading

_POSITION = re.compile(r"byte (\d+)")


def detect(data: bytes) -> bool:
    """Whether the bytes look like the JSON of an article."""
    return data.lstrip()[:1] == b"{" and b'"schema_version"' in data[:4096]


def peek(text: str, path: str) -> Entry | None:
    """What other articles need to know of the article, also of one that turns out to be broken; None for JSON that is
    something else."""
    try:
        seen = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return Entry(path=path, id=path, title="", address="")
    if not (isinstance(seen, dict) and isinstance(seen.get("schema_version"), str) and seen.keys() & {"title", "body"}):
        return None
    source = seen.get("source")
    address = source.get("address", "") if isinstance(source, dict) else ""
    told = seen.get("id"), seen.get("title"), address, seen.get("published"), seen.get("section")
    name, title, address, published, section = (value if isinstance(value, str) else "" for value in told)
    return Entry(path, name, title, address, published, section)


def read(text: str, data: bytes, path: str, sha256: str) -> Reading:
    """The article of our own JSON.

    Raises:
        DocumentError: SRC007 not JSON, ART009 not an article.
    """
    if peek(text, path) is None:
        raise DocumentError("SRC004", message("unknown-json"), 1, 1)
    try:
        article = article_json.decode(text.encode())
    except msgspec.ValidationError as refused:
        from convert.codec.violations import locate

        try:  # what breaks the schema may stand before what is no JSON
            msgspec.json.decode(text)
        except msgspec.DecodeError as broken:
            raise _broken(text, broken) from None
        found = article_json.explain(json.loads(text))
        if found is None:
            raise DocumentError("ART009", message("article-violation", reason=str(refused)), 1, 1) from None
        raise DocumentError("ART009", found.message, *locate(text, found.path)) from None
    except msgspec.DecodeError as broken:
        raise _broken(text, broken) from None
    return Reading(article, Places())


def _broken(text: str, broken: msgspec.DecodeError) -> DocumentError:
    """The error of what is not JSON, with the place where reading stopped."""
    at = _POSITION.search(str(broken))
    before = text.encode()[: int(at[1])].decode("utf-8", "ignore") if at else text
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    reason = str(broken).removeprefix("JSON is malformed: ")
    return DocumentError("SRC007", message("invalid-json", reason=reason), line, column)
