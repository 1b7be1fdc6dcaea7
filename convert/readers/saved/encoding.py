"""Decoding of a web page's bytes, as in browsers (Encoding Standard, HTML Standard 13.2.3.2)."""

import re

import turbohtml.detect  # importing it registers the codecs of the Encoding Standard, whatwg-*
from turbohtml import parse

from convert.bounds import repeats_too_much

_START = re.compile(
    rb"(?>\s+|<!--.*?-->|<\?xml[^>]*>)*+<(?:!doctype\s+html|(?:html|head|body|title|meta)[\s>/])", re.I | re.DOTALL
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?[\w-]+", re.I)
_SEVERAL_BYTES = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

ENOUGH = 4
"""Number of characters of several bytes by which valid UTF-8 differs from text of an encoding of East Asia."""

SAMPLE = 65536
"""Number of bytes from which the encoding of a page is detected."""


def looks_like_html(data: bytes) -> bool:
    """Return True if the bytes begin as a web page does.

    Only white space, comments and an XML declaration may come before its doctype or first element.
    """
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if head.startswith(_UTF16):
        head = head[2:].replace(b"\0", b"")
    return _START.match(head) is not None


def encoding_of(data: bytes) -> str:
    """Return the name of the encoding: from a byte order mark or `<meta>`, else UTF-8 if valid, else by frequencies.

    What `<meta>` says does not count if the bytes show that it is wrong.

    >>> encoding_of(b'<meta charset="gb2312">'), encoding_of("<html>纸".encode("utf-16"))
    ('gb18030', 'UTF-16LE')
    >>> encoding_of('<meta charset="gb2312">抄纸的人'.encode())
    'UTF-8'
    """
    sample = data[:SAMPLE]
    if repeats_too_much(sample.replace(b"\0", b"").decode("latin-1")):
        sample = b""  # no page that will be read
    head = parse(sample, positions=False)
    name = head.encoding or "UTF-8"
    if head.encoding_confidence != "certain" or _is_wrong(name, data):
        if _is_utf8(data) or _is_damaged_utf8(data):
            return "UTF-8"
        name = turbohtml.detect.detect(_CHARSET.sub(b"", data[:SAMPLE])).encoding or name
    # Many pages declare GB2312 or GBK but use characters of their superset GB18030.
    return "gb18030" if name in ("GBK", "gb2312") else name


def _is_wrong(name: str, data: bytes) -> bool:
    """Return True if the bytes show that a page is not in the encoding that it declares.

    Text of another encoding is hardly ever valid UTF-8, and text with more invalid than valid characters is no UTF-8.
    """
    if data.startswith((b"\xef\xbb\xbf", *_UTF16)) or data.isascii():
        return False
    if name != "UTF-8":
        return len(_SEVERAL_BYTES.findall(data)) >= ENOUGH and _is_utf8(data)
    if _is_utf8(data):
        return False
    valid, text = len(_SEVERAL_BYTES.findall(data)), data.decode("utf-8", "replace")
    return text.count("\ufffd") > 2 * valid + ENOUGH


def _is_damaged_utf8(data: bytes) -> bool:
    """Return True if a few bytes are missing or wrong in text that is UTF-8 otherwise, whose reader reports them."""
    valid = len(_SEVERAL_BYTES.findall(data))
    return valid >= ENOUGH and 20 * data.decode("utf-8", "replace").count("\ufffd") < valid


def decode(data: bytes) -> str:
    """Return the text of a page.

    Invalid bytes become U+FFFD; the reader reports them if they are in the article.
    """
    name = encoding_of(data)
    return data.decode("utf-8" if name == "UTF-8" else f"whatwg-{name.lower()}", "replace")


def is_damaged(data: bytes, text: str) -> bool:
    """Return True if decoding `data` to `text` lost characters; U+FFFD in valid UTF-8 is not a loss."""
    return "\ufffd" in text and not _is_utf8(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
