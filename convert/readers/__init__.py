"""The READERS table, and the one way from a document's bytes to an article."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.errors import DocumentError
from convert.model import Entry, Reading
from convert.readers import json_, markdown
from convert.readers.mirror import page
from convert.readers.saved import encoding
from convert.readers.saved import page as saved


class Reader(NamedTuple):
    """How one form of document is read."""

    detect: Callable[[bytes], bool]
    """Whether the first bytes of a document look like this form: cheap, and sure enough to ask `peek`."""
    peek: Callable[[str, str], Entry | None]
    """From text and path to what other articles need to know; None when it is no article after all."""
    read: Callable[[str, bytes, str, str], Reading]
    """From text, the bytes it was decoded from, path and SHA-256 to the article.  Raises DocumentError."""
    decode: Callable[[bytes], str] | None = None
    """From bytes to text, for forms that say themselves in which encoding they are; without it, UTF-8 and no other.
    Never fails: what is no character becomes U+FFFD, and `read` says whether that matters."""
    why_not: Callable[[str], str] | None = None
    """Why a document that looks like this form is no article, for people."""


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "mirror": Reader(page.detect, page.peek, page.read),
        "json": Reader(json_.detect, json_.peek, json_.read),
        "html": Reader(saved.detect, saved.peek, saved.read, encoding.decode, saved.why_not),
        "markdown": Reader(markdown.detect, markdown.peek, markdown.read),
    }
)


def peek(data: bytes, path: str, form: str = "") -> Entry | None:
    """What other articles need to know of a document, from a cheap first look; None when it is not an article.

    `form` is the name of the one reader to ask, whatever the document looks like.
    """
    for reader in (READERS[form],) if form else READERS.values():
        if form or reader.detect(data):
            text = reader.decode(data) if reader.decode else data.decode("utf-8", "replace")
            if entry := reader.peek(normal(text), path):
                return entry
    return None


def read(data: bytes, path: str, sha256: str, form: str = "") -> Reading:
    """The article of a document.  `form` is the name of the reader to take; without one its first bytes tell.

    Raises:
        DocumentError: SRC004 not an article, SRC005 not UTF-8, or what its reader says.
    """
    if form:
        if peek(data, path, form) is None:
            raise DocumentError("SRC004", why_not(data, form), 1, 1)
        return READERS[form].read(_text(data, READERS[form]), data, path, sha256)
    for reader in READERS.values():
        if reader.detect(data):
            try:
                text = _text(data, reader)
            except DocumentError:
                if peek(data, path) is None:
                    continue  # no article anyway
                raise
            return reader.read(text, data, path, sha256)
    raise DocumentError("SRC004", why_not(data), 1, 1)


def form_of(data: bytes, form: str = "") -> str:
    """The name of the reader that a document is for: `form`, or what its first bytes tell; nothing where none fits."""
    return form or next((name for name, reader in READERS.items() if reader.detect(data)), "")


def markup(data: bytes, form: str = "") -> str:
    """The text of a document in which comments can stand, as its reader decodes it; nothing of JSON.  Never fails."""
    for key, reader in READERS.items():
        if key == form or (not form and reader.detect(data)):
            if key == "json":
                return ""
            return normal(reader.decode(data) if reader.decode else data.decode("utf-8", "replace"))
    return normal(data.decode("utf-8", "replace"))


def _text(data: bytes, reader: Reader) -> str:
    return normal(reader.decode(data)) if reader.decode else decode(data)


def decode(data: bytes) -> str:
    """The text of a document's bytes, without a byte order mark.

    Raises:
        DocumentError: SRC005, with the place of the first wrong byte.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise DocumentError(
            "SRC005", f"byte 0x{data[wrong.start]:02x} is not UTF-8; save the file as UTF-8", line, column
        ) from None
    return normal(text)


def normal(text: str) -> str:
    """`text` without a byte order mark, and with lines that end in U+000A alone; every line and column stays."""
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", " ") if "\r" in text else text


def why_not(data: bytes, form: str = "") -> str:
    """Why a document is not an article, for people; `form` is the reader that they asked for."""
    if not data.strip():
        return "the file is empty"
    for reader in (READERS[form],) if form else READERS.values():
        if reader.why_not and reader.detect(data):
            return reader.why_not(_text(data, reader))
    if b"\0" in data[:8192]:
        return "this is no text file"
    if form:
        return f"this cannot be read as {form}; leave out --from {form} to let the document tell what it is"
    if data.lstrip().startswith(b"{"):
        return 'this JSON is no article: it should begin with "schema_version"'
    if not data.startswith(b"### "):
        return "nothing here begins an article: '### TITLE' a mirror's page, '---', 'title:' and 'source:' Markdown"
    return page.NOT_A_PAGE
