"""Our own JSON back in: one article a document, equal to the one that was written."""

import re

import msgspec

from convert import codec
from convert.errors import DocumentError
from convert.model import Entry, Places, Reading

_POSITION = re.compile(r"byte (\d+)")


class _Source(msgspec.Struct):
    address: str = ""


class _Peek(msgspec.Struct):
    schema_version: str
    id: str = ""
    title: str = ""
    published: str = ""
    section: str = ""
    source: _Source = msgspec.field(default_factory=_Source)


_peek = msgspec.json.Decoder(_Peek)


def detect(data: bytes) -> bool:
    """Whether the bytes look like the JSON of an article."""
    return data.lstrip()[:1] == b"{" and b'"schema_version"' in data[:4096]


def peek(text: str, path: str) -> Entry | None:
    """What other articles need to know of the article; also of one that turns out to be broken."""
    try:
        seen = _peek.decode(text)
    except msgspec.DecodeError:
        return Entry(path=path, id=path, title="", address="")
    return Entry(path, seen.id, seen.title, seen.source.address, seen.published, seen.section)


def read(text: str, path: str, sha256: str) -> Reading:
    """The article of our own JSON.

    Raises:
        DocumentError: SRC007 not JSON, ART009 not an article.
    """
    try:
        article = codec.decode(text.encode())
    except msgspec.ValidationError as refused:
        path_, message = codec.explain(msgspec.json.decode(text)) or ((), str(refused))
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path_).lstrip(".")
        raise DocumentError("ART009", f"{where or 'the article'}: {message}", 1, 1) from None
    except msgspec.DecodeError as broken:
        at = _POSITION.search(str(broken))
        before = text.encode()[: int(at[1])].decode("utf-8", "ignore") if at else text
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise DocumentError("SRC007", f"not valid JSON: {broken}", line, column) from None
    return Reading(article, Places())
