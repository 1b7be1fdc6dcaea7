"""Answers of servers as records have them, and their content without the codings of the transfer (RFC 9110, 9112)."""

import codecs
import re
import sys
import zlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

import brotli

from convert.errors import DocumentError
from convert.messages import message
from convert.sources.ref import MAX_BYTES, too_large
from convert.sources.warc.records import MAX_HEAD, fields_of
from convert.text import is_utf8

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OK = 200

_STATUS = re.compile(rb"HTTP/[0-9](?:\.[0-9])?[ \t]+([0-9]{3})")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_HEAD = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1024})?\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]+)", re.I)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PIECE = 1 << 16
_SEVERAL_BYTES = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


class Answer(NamedTuple):
    """Answer of a server."""

    status: int
    mime: str
    """Its media type in lower case, without parameters; "" if it declares none."""
    charset: str
    """The encoding that it declares, or ""."""
    codings: tuple[str, ...]
    """The codings of its content, in the order in which they were applied; `chunked` is the last one."""
    body: bytes


def answer(block: bytes) -> Answer | None:
    """Return the answer in the block of a record; None if it is none."""
    found = _HEAD_END.search(block, 0, MAX_HEAD)
    status = _STATUS.match(block)
    if found is None or status is None:
        return None
    fields = fields_of(block[: found.start()])
    mime, charset = media_type(fields.get("content-type", ""))
    codings = f"{fields.get('content-encoding', '')},{fields.get('transfer-encoding', '')}".lower().split(",")
    stripped = (each.strip() for each in codings)
    return Answer(
        int(status[1]), mime, charset, tuple(each for each in stripped if each not in ("", "identity")),
        block[found.end() :],
    )  # fmt: skip


def media_type(value: str) -> tuple[str, str]:
    """Return the media type of a field Content-Type, and the encoding that it declares.

    >>> media_type('Text/HTML; charset="GBK"'), media_type("")
    (('text/html', 'GBK'), ('', ''))
    """
    charset = _CHARSET.search(value)
    return value.partition(";")[0].strip().lower(), charset[1] if charset else ""


def content(given: Answer) -> bytes:
    """Return the content of an answer, decoded.

    Servers and crawlers often decode an answer and leave the fields as they were: content that is not coded as they
    say stays as it is.

    Raises:
        DocumentError: SRC001 if it is damaged or in an unknown coding, SRC002 if it is too large.
    """
    data = given.body
    for coding in reversed(given.codings):
        if coding == "chunked":
            data = unchunked(data)
        elif (decoder := _DECODERS.get(coding)) is None:
            raise DocumentError("SRC001", message("warc-unknown-coding", coding=coding[:40]))
        elif decoder.begins(data):
            data = _decoded(decoder, data)
    return data


def unchunked(data: bytes) -> bytes:
    """Return the content of an answer in chunks; other content stays as it is.

    >>> unchunked(b"3\\r\\nabc\\r\\n2;x=y\\r\\nde\\r\\n0\\r\\n\\r\\n"), unchunked(b"<p>abc")
    (b'abcde', b'<p>abc')

    Raises:
        DocumentError: SRC001 if the last chunk is missing.
    """
    parts: list[bytes] = []
    at = 0
    while True:
        head = _CHUNK_HEAD.match(data, at)
        if head is None:
            if not parts:
                return data
            raise DocumentError("SRC001", message("warc-cut-short"))
        size = int(head[1], 16)
        if not size:
            return b"".join(parts)
        part = data[head.end() : head.end() + size]
        end = head.end() + size
        if len(part) < size or data[end : end + 1] not in (b"\r", b"\n"):
            if not parts:
                return data
            raise DocumentError("SRC001", message("warc-cut-short"))
        parts.append(part)
        at = end + (2 if data[end : end + 2] == b"\r\n" else 1)


class _State(Protocol):
    """Decompressor."""

    def step(self, data: bytes, most: int) -> bytes:
        """Return about so many bytes; `data` is b"" after the first step."""
        ...

    @property
    def ended(self) -> bool:
        """True if nothing is missing."""
        ...


class _Zlib:
    def __init__(self, bits: int) -> None:
        self._state = zlib.decompressobj(bits)

    def step(self, data: bytes, most: int) -> bytes:
        return self._state.decompress(data or self._state.unconsumed_tail, most)

    @property
    def ended(self) -> bool:
        return self._state.eof


class _Brotli:
    def __init__(self) -> None:
        self._state = brotli.Decompressor()

    def step(self, data: bytes, most: int) -> bytes:
        return bytes(self._state.process(data, output_buffer_limit=most))

    @property
    def ended(self) -> bool:
        return bool(self._state.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._state = zstd.ZstdDecompressor()

    def step(self, data: bytes, most: int) -> bytes:
        return self._state.decompress(data, most)

    @property
    def ended(self) -> bool:
        return self._state.eof


class _Decoder(NamedTuple):
    """Decoder of a coding."""

    begins: Callable[[bytes], bool]
    """Function that returns True if content begins as this coding does."""
    start: Callable[[bytes], _State]


def _of_zlib(data: bytes) -> bool:
    """Return True if data begins with a header of zlib (RFC 1950), which the coding `deflate` has or lacks."""
    return data[:1] == b"\x78" and not int.from_bytes(data[:2], "big") % 31


def _is_text(data: bytes) -> bool:
    """Return True if data begins as a page does, which neither raw deflate nor Brotli do by chance."""
    start = data[:256].removeprefix(codecs.BOM_UTF8).lstrip()
    return not start or start[:1] in b"<{#"


_GZIP = _Decoder(lambda data: data.startswith(b"\x1f\x8b"), lambda data: _Zlib(zlib.MAX_WBITS | 16))
_DECODERS = {
    "gzip": _GZIP,
    "x-gzip": _GZIP,
    "deflate": _Decoder(
        lambda data: not _is_text(data), lambda data: _Zlib(zlib.MAX_WBITS if _of_zlib(data) else -zlib.MAX_WBITS)
    ),
    "br": _Decoder(lambda data: not _is_text(data), lambda data: _Brotli()),
    "zstd": _Decoder(lambda data: data.startswith(b"\x28\xb5\x2f\xfd"), lambda data: _Zstd()),
}


def _decoded(decoder: _Decoder, data: bytes) -> bytes:
    state = decoder.start(data)
    parts: list[bytes] = []
    size = 0
    try:
        while not state.ended:
            part = state.step(b"" if parts else data, _PIECE)
            if not part and not state.ended:
                raise DocumentError("SRC001", message("warc-cut-short"))
            parts.append(part)
            size += len(part)
            if size > MAX_BYTES:
                raise DocumentError("SRC002", too_large(size))
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        raise DocumentError("SRC001", message("warc-damaged-coding", detail=str(error))) from error
    return b"".join(parts)


def marked(data: bytes, charset: str) -> bytes:
    """Return text as UTF-8 with a byte order mark if an answer declares its encoding and the bytes agree.

    A byte order mark takes precedence (HTML Standard 13.2.3.2); where the bytes disprove the declaration, the reader
    finds the encoding itself.

    >>> marked("纸".encode("gbk"), "GB2312") == codecs.BOM_UTF8 + "纸".encode(), marked(b"a", "utf-8")
    (True, b'a')
    """
    name = charset.lower()
    if not name or data.startswith(_MARKS):
        return data
    if name in ("utf-8", "utf8", "us-ascii"):
        return data if data.isascii() or not is_utf8(data) else codecs.BOM_UTF8 + data
    if is_utf8(data) and len(_SEVERAL_BYTES.findall(data)) >= _ENOUGH:
        return data
    try:
        text = data.decode(_codec(name))
    except (LookupError, ValueError):
        return data
    return data if data.isascii() and text.isascii() else codecs.BOM_UTF8 + text.encode("utf-8", "replace")


_ENOUGH = 4
"""Number of characters of several bytes by which UTF-8 differs from another encoding."""


def _codec(name: str) -> str:
    import turbohtml.detect  # noqa: F401 -- registers the codecs of the Encoding Standard, whatwg-*

    return "whatwg-gb18030" if name in ("gb2312", "gbk", "x-gbk") else f"whatwg-{name}"
