"""Bytes of a web page → text, as browsers do it (Encoding Standard, HTML Standard 13.2.3.2)."""

import re

import turbohtml.detect  # importing it registers the codecs of the Encoding Standard, whatwg-*
from turbohtml import parse

_START = re.compile(
    rb"(?>\s+|<!--.*?-->|<\?xml[^>]*>)*+<(?:!doctype\s+html|(?:html|head|body|title|meta)[\s>/])", re.I | re.DOTALL
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

SAMPLE = 65536
"""Bytes from which the encoding of a page is told that does not declare one."""


def looks_like_html(data: bytes) -> bool:
    """Whether the bytes begin as a web page does: nothing but white space, comments and an XML declaration before its
    doctype or first element."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if head.startswith(_UTF16):
        head = head[2:].replace(b"\0", b"")
    return _START.match(head) is not None


def encoding_of(data: bytes) -> str:
    """The name of the encoding: of a byte order mark, of a `<meta>`, UTF-8 where that fits, else by frequencies.

    >>> encoding_of(b'<meta charset="gb2312">'), encoding_of("<html>纸".encode("utf-16"))
    ('gb18030', 'UTF-16LE')
    """
    head = parse(data[:SAMPLE], positions=False)
    name = head.encoding or "UTF-8"
    if head.encoding_confidence != "certain":
        if _is_utf8(data):
            return "UTF-8"
        name = turbohtml.detect.detect(data[:SAMPLE]).encoding or name
    # Many pages declare GB2312 and hold characters of its successor, which decodes all of it alike.
    return "gb18030" if name in ("GBK", "gb2312") else name


def decode(data: bytes) -> str:
    """The text of a page.  What is no character of its encoding becomes U+FFFD: the reader looks whether that is in
    the article."""
    name = encoding_of(data)
    return data.decode("utf-8" if name == "UTF-8" else f"whatwg-{name.lower()}", "replace")


def is_damaged(data: bytes, text: str) -> bool:
    """Whether decoding `data` to `text` lost something: a U+FFFD that stands in the page itself is none of that."""
    return "\ufffd" in text and not _is_utf8(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
