"""The READERS table, and the one way from a document's bytes to an article."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from convert.errors import DocumentError
from convert.messages import Message, message
from convert.model import Entry, Reading
from convert.readers import json_, markdown
from convert.readers.mirror import page
from convert.readers.saved import encoding, page as saved


class Reader(NamedTuple):
    """How documents of one source format are read."""

    detect: Callable[[bytes], bool]
    """Return whether the first bytes of a document look like this format: cheap, and sure enough to ask `peek`."""
    peek: Callable[[str, str], Entry | None]
    """From text and path to what other articles need to know; None when it is no article after all."""
    read: Callable[[str, bytes, str, str], Reading]
    """From text, the bytes it was decoded from, path and SHA-256 to the article.  Raises DocumentError."""
    decode: Callable[[bytes], str] | None = None
    """From bytes to text, for formats that say themselves in which encoding they are; without it, UTF-8 and no other.
    Never fails: what is no character becomes U+FFFD, and `read` says whether that matters."""
    why_not: Callable[[str], Message] | None = None
    """Why a document that looks like this format is no article, for people."""


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "mirror": Reader(page.detect, page.peek, page.read),
        "json": Reader(json_.detect, json_.peek, json_.read),
        "html": Reader(saved.detect, saved.peek, saved.read, encoding.decode, saved.why_not),
        "markdown": Reader(markdown.detect, markdown.peek, markdown.read),
    }
)


def peek(data: bytes, path: str, source_format: str = "") -> Entry | None:
    """Return what other articles need to know of a document, from a cheap first look; None if it is not an article.

    `source_format` names the one reader to ask, whatever the document looks like.
    """
    for _, reader in _candidates(data, source_format):
        if entry := reader.peek(_lenient(data, reader), path):
            return entry
    return None


def read(data: bytes, path: str, sha256: str, source_format: str = "") -> Reading:
    """Return the article of a document.  `source_format` names the reader to take; without one the first bytes decide.

    Raises:
        DocumentError: SRC004 not an article, SRC005 not UTF-8, or what its reader says.
    """
    for name, reader in _candidates(data, source_format):
        try:
            text = _strict(data, reader)
        except DocumentError:
            if peek(data, path, source_format) is None:
                continue  # no article anyway
            raise
        if source_format and reader.peek(text, path) is None:
            break
        return replace(reader.read(text, data, path, sha256), source_format=name, source_text=text)
    raise DocumentError("SRC004", why_not(data, source_format), 1, 1)


def markup(data: bytes, source_format: str = "") -> str:
    """Return the text in which comments can stand, also of a document that cannot be read; nothing of JSON."""
    for name, reader in _candidates(data, source_format):
        return "" if name == "json" else _lenient(data, reader)
    return normal(data.decode("utf-8", "replace"))


def _candidates(data: bytes, source_format: str) -> Iterator[tuple[str, Reader]]:
    """Yield the reader that was asked for, or those that the first bytes of a document look like."""
    for name in (source_format,) if source_format else READERS:
        if source_format or READERS[name].detect(data):
            yield name, READERS[name]


def _strict(data: bytes, reader: Reader) -> str:
    return normal(reader.decode(data)) if reader.decode else decode(data)


def _lenient(data: bytes, reader: Reader) -> str:
    return normal(reader.decode(data) if reader.decode else data.decode("utf-8", "replace"))


def decode(data: bytes) -> str:
    """Return the text of a document's bytes, without a byte order mark.

    Raises:
        DocumentError: SRC005, with the place of the first wrong byte.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        byte = f"{data[wrong.start]:02x}"
        raise DocumentError("SRC005", message("invalid-utf8", byte=byte), line, column) from None
    return normal(text)


def normal(text: str) -> str:
    """Return `text` without a byte order mark, and with lines that end in U+000A alone; every line and column stays."""
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", " ") if "\r" in text else text


def why_not(data: bytes, source_format: str = "") -> Message:
    """Return why a document is not an article, for people; `source_format` names the reader that they asked for."""
    if not data.strip():
        return message("empty-file")
    for _, reader in _candidates(data, source_format):
        if reader.why_not and reader.detect(data):
            return reader.why_not(_strict(data, reader))
    if b"\0" in data[:8192]:
        return message("not-a-text-file")
    if source_format:
        return message("not-this-format", form=source_format)
    if data.lstrip().startswith(b"{"):
        return message("no-json-article")
    if not data.startswith(b"### "):
        return message("no-article")
    return page.NOT_A_PAGE
