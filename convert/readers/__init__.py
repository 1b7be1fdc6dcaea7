"""The READERS table, and the functions that turn a document's bytes into an article."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from convert.bounds import MAX_NODES, has_too_many_parts, repeats_too_much, too_complex
from convert.errors import DocumentError
from convert.late import late
from convert.messages import Message, message
from convert.model import Article, Entry, Reading
from convert.readers.options import DETECTED, ReadOptions, Unpacked
from convert.sources.addresses import NO_ORIGIN, Origin, content_id
from convert.sources.envelope import NO_ENVELOPE, Envelope
from convert.text import of_windows_1252, utf8


class Reader(NamedTuple):
    """Functions that read documents of one source format."""

    detect: Callable[[bytes], bool]
    """Function that returns True if a document's first bytes look like this format; cheap, because `peek` decides."""
    peek: Callable[[str, str, Origin], Entry | None]
    """Function from text, path and origin to the index entry of an article; None if the document is not an article.

    An entry without an identifier gets that of `content_id`, which `read` gives an article without an address.
    """
    read: Callable[[str, bytes, str, str, str, Origin], Reading]
    """Function to the article, which raises DocumentError.

    It takes the text, the bytes it was decoded from, the path in the source, the SHA-256, the path in the mirror and
    the origin.
    """
    parts: bytes = b""
    """Bytes that begin each part of a document, for formats whose parts can be counted before they are parsed."""
    decode: Callable[[bytes], str] | None = None
    """Function from bytes to text, for formats that declare their encoding; without it, documents must be UTF-8.

    It never raises: invalid bytes become U+FFFD, and `read` reports them if they are in the article.
    """
    why_not: Callable[[str], Message] | None = None
    """Function from text to the message that says why a document of this format is not an article."""
    unpacked: Callable[[bytes, Origin], Unpacked] | None = None
    """Function from a file to the document in it, whose lines and columns count; it raises DocumentError."""


def _late(module: str, parts: bytes = b"") -> Reader:
    """Return the reader whose functions are in a module of this room, which is imported when it is first asked."""
    detect, peek, read = (late(f"convert.readers.{module}:{name}") for name in ("detect", "peek", "read"))
    return Reader(detect, peek, read, parts)


_HTML = _late("saved.page", b"<")._replace(
    decode=late("convert.readers.saved.encoding:decode"), why_not=late("convert.readers.saved.page:why_not")
)

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "mirror": _late("mirror.page", b"<"),
        "json": _late("json_", b"{"),
        "html": _HTML,
        "mhtml": _HTML._replace(
            detect=late("convert.readers.saved.mhtml:detect"), unpacked=late("convert.readers.saved.mhtml:unpacked")
        ),
        "post": _late("posts.page"),
        "markdown": _late("markdown"),
    }
)


def peek(data: bytes, path: str, how: ReadOptions = DETECTED, origin: Origin = NO_ORIGIN) -> Entry | None:
    """Return a document's index entry without parsing all of it; None if it is not an article.

    `origin` is its address by what is around it, `how` what the user says of all documents.
    """
    for _, reader in _candidates(data, how):
        try:
            document, of_document, _ = _unpacked(data, origin, reader)
        except DocumentError as error:
            return None if error.code == "SRC004" else Entry(path=path, id=path, title="", address="")
        text = _lenient(document, reader)
        if has_too_many_parts(document, reader.parts) or _repeats_too_much(text, reader):
            return Entry(path=path, id=path, title="", address="")  # which `read` will refuse
        if entry := reader.peek(text, path, of_document):
            if not entry.id:
                digest = content_id(_marked(document, reader))
                entry = replace(entry, id=digest, text=entry.text or int(digest, 16))
            entry = _with_envelope(entry, of_document.envelope)
            title = of_windows_1252(entry.title)
            return entry if title == entry.title else replace(entry, title=title)
    return None


def read(
    data: bytes, path: str, sha256: str, how: ReadOptions = DETECTED, place: str = "", origin: Origin = NO_ORIGIN
) -> Reading:
    """Return the article of a document; `place` is its path in its mirror, if not `path`; the others are as for `peek`.

    Raises:
        DocumentError: SRC004 if it is not an article, SRC005 if it is not UTF-8, SRC014 if it has too many parts, or
            any error of its reader.
    """
    for name, reader in _candidates(data, how):
        document, of_document, notes = _unpacked(data, origin, reader)
        if has_too_many_parts(document, reader.parts):
            raise too_complex(message("too-many-parts", limit=MAX_NODES))
        try:
            text = _strict(document, reader)
        except DocumentError:
            if peek(data, path, how, origin) is None:
                continue  # not an article, so its encoding does not matter
            raise
        if _repeats_too_much(text, reader):
            raise too_complex(message("too-many-parts", limit=MAX_NODES))
        if how.source_format and reader.peek(text, path, of_document) is None:
            break
        reading = reader.read(text, _marked(document, reader), path, sha256, place or path, of_document)
        if of_document.envelope is not NO_ENVELOPE:
            reading = replace(reading, article=_complete(reading.article, of_document.envelope))
        return replace(reading, source_format=name, source_text=text, notes=reading.notes + notes)
    raise DocumentError("SRC004", why_not(data, how, path), 1, 1)


def _unpacked(data: bytes, origin: Origin, reader: Reader) -> Unpacked:
    """Return the document in a file, or the file itself if its format is that of the document."""
    return reader.unpacked(data, origin) if reader.unpacked else Unpacked(data, origin)


def _with_envelope(entry: Entry, envelope: Envelope) -> Entry:
    """Return an index entry with what the archive says of the document where it has nothing itself."""
    if envelope is NO_ENVELOPE:
        return entry
    return replace(
        entry,
        title=entry.title or envelope.title,
        published=entry.published or envelope.published,
        section=entry.section or envelope.section,
        section_name=entry.section_name or envelope.section_name,
        aliases=entry.aliases + envelope.aliases,
    )


def _complete(article: Article, envelope: Envelope) -> Article:
    """Return an article with what the archive says of the document where it has nothing itself."""
    return replace(
        article,
        language=envelope.language if article.language == "und" and envelope.language else article.language,
        published=article.published or envelope.published,
        publisher=article.publisher or envelope.publisher,
        authors=article.authors or envelope.authors,
        section=article.section or envelope.section,
        section_name=article.section_name or envelope.section_name,
        source=replace(
            article.source,
            captured=envelope.captured or article.source.captured,
            dialect=envelope.dialect or article.source.dialect,
        ),
    )


def commented(data: bytes, how: ReadOptions = DETECTED) -> str:
    """Return the text that may contain comments, even if the document cannot be read; "" for JSON."""
    for name, reader in _candidates(data, how):
        try:
            return "" if name == "json" else _lenient(_unpacked(data, NO_ORIGIN, reader).data, reader)
        except DocumentError:
            return ""
    return normal(data.decode("utf-8", "replace"))


def _candidates(data: bytes, how: ReadOptions) -> Iterator[tuple[str, Reader]]:
    """Yield the requested reader, or each reader whose format the document's first bytes look like."""
    readers = READERS if not how.dialects else {**READERS, "mirror": _mirror(how.dialects)}
    if how.source_format:
        yield how.source_format, readers[how.source_format]
        return
    marked = utf8(data)
    for name, reader in readers.items():
        if reader.detect(data if reader.decode else marked):
            yield name, reader


_binary_kind: Callable[[bytes], Message | None] = late("convert.sources.kinds:binary")
_text_kind: Callable[[bytes, str], Message | None] = late("convert.sources.kinds:text")
_why_not_of_mirror = late("convert.readers.mirror.page:why_not")
_dialects = late("convert.readers.mirror.own.file:dialects_of")


@cache
def _mirror(files: tuple[bytes, ...]) -> Reader:
    """Return the reader of mirrors' pages that knows the dialects that the user describes too."""
    dialects = _dialects(files)
    detect, peek, read = (
        partial(late(f"convert.readers.mirror.page:{name}"), dialects=dialects) for name in ("detect", "peek", "read")
    )
    return Reader(detect, peek, read, b"<")


def _marked(data: bytes, reader: Reader) -> bytes:
    """Return a document as UTF-8 if a byte order mark declares its encoding; HTML has rules of its own for that."""
    return data if reader.decode else utf8(data)


def _repeats_too_much(text: str, reader: Reader) -> bool:
    return reader.parts == b"<" and repeats_too_much(text)


def _strict(data: bytes, reader: Reader) -> str:
    return normal(reader.decode(data)) if reader.decode else decode(utf8(data))


def _lenient(data: bytes, reader: Reader) -> str:
    return normal(reader.decode(data) if reader.decode else utf8(data).decode("utf-8", "replace"))


def decode(data: bytes) -> str:
    """Return the text of a document's bytes, without a byte order mark.

    Raises:
        DocumentError: SRC005, with the position of the first invalid byte.
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
    """Return `text` without a byte order mark, its lines ending in U+000A; no line or column changes."""
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", " ") if "\r" in text else text


def why_not(data: bytes, how: ReadOptions = DETECTED, path: str = "") -> Message:
    """Return the message that says why a document is not an article; `how` is what the user says of it."""
    if not utf8(data).strip():
        return message("empty-file")
    if not data.startswith(b"### ") and (said := _binary_kind(data)):
        return said
    if how.dialects and b"\0" not in data[:8192]:
        text = normal(utf8(data).decode("utf-8", "replace"))
        reason: Message | None = _why_not_of_mirror(text, _dialects(how.dialects))
        if reason is not None:
            return reason
    for _, reader in _candidates(data, how):
        if reader.why_not and reader.detect(data):
            try:
                return reader.why_not(_strict(_unpacked(data, NO_ORIGIN, reader).data, reader))
            except DocumentError as error:
                return error.message
    data = utf8(data)
    if b"\0" in data[:8192]:
        return message("not-a-text-file")
    if how.source_format:
        return message("not-this-format", form=how.source_format)
    if not data.startswith(b"### ") and (said := _text_kind(data, path)):
        return said
    if data.lstrip().startswith((b"{", b"[")):
        return message("no-json-article")
    if not data.startswith(b"### "):
        return message("no-article")
    return message("mirror-without-body")
