"""Content documents of books, XHTML, as a parser of HTML reads them."""

import re
from contextlib import suppress
from html import escape, unescape
from urllib.parse import unquote

from convert.sources.envelope import Envelope
from convert.text import collapse, utf8

_ENCODING = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.-]{1,40})[\"']")
_EMPTY = re.compile(r"""<([A-Za-z][\w:.-]{0,80})((?:\s[^<>"']*(?:"[^"<>]*"|'[^'<>]*'))*[^<>"']*)/>""")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_CDATA = "<![CDATA["
_TAG = re.compile(r"<[^<>]*>|&#?\w{1,40};")
_HEADING = re.compile(r"<h([1-6])\b[^<>]*>(.{1,2000}?)</h\1>", re.S | re.I)


_CHANNEL = re.compile(r"""<a class="section" href="(?:[^"]*/)?sections/([^"/]+)\.xhtml">([^<]+)</a>""")
_HASHED = re.compile(r"-[0-9a-f]{16}$")
"""End of the name of a file that is not the key of its channel, because some systems could not store that."""


def of_ours(page: str) -> Envelope:
    """Return what a chapter in a book of ours says of itself: the link to the list of its channel has key and name.

    >>> envelope = of_ours('<a class="section" href="../sections/nf1.xhtml">Craft</a>')
    >>> envelope.section, envelope.section_name
    ('nf1', 'Craft')
    >>> envelope = of_ours('<a class="section" href="../sections/craft-0123456789abcdef.xhtml">Craft</a>')
    >>> envelope.section, envelope.section_name
    ('Craft', '')
    """
    found = _CHANNEL.search(page)
    key, name = (unquote(unescape(found[1])), unescape(found[2])) if found else ("", "")
    key = name if _HASHED.search(key) else key
    return Envelope(section=key, section_name="" if key == name else name, whole=True, own=True)


def as_html(data: bytes) -> str:
    """Return an XHTML document as a parser of HTML reads it: empty elements have end tags; no line moves.

    >>> as_html(b'<p><a id="x"/>ink<br/></p><title/>')
    '<p><a id="x"></a>ink<br/></p><title></title>'
    """
    text = _decoded(data)
    text, *sections = text.split(_CDATA)
    for each in sections:
        inside, end, after = each.partition("]]>")
        text += escape(inside, quote=False) + after if end else _CDATA + each
    return _EMPTY.sub(
        lambda match: match[0] if match[1].lower() in _VOID else f"<{match[1]}{match[2]}></{match[1]}>", text
    )


def _decoded(data: bytes) -> str:
    """Return the text of a document in the encoding that it declares, unless the bytes show that it is wrong."""
    marked = utf8(data)
    with suppress(UnicodeDecodeError):
        return marked.decode("utf-8").removeprefix("\ufeff")
    declared = _ENCODING.match(data.lstrip())
    for name in (declared[1].decode().lower() if declared else "", "gb18030", "big5"):
        with suppress(LookupError, UnicodeDecodeError):
            if name and name not in ("utf-8", "utf8"):
                return data.decode(name)
    return marked.decode("utf-8", "replace")


def has_text(page: str) -> bool:
    """Return True if a page has a letter or a digit."""
    start = page.find("<body")
    return re.search(r"\w", _TAG.sub("", page[max(start, 0) :])) is not None


def heading(page: str) -> str:
    """Return the text of the first heading of a page, "" if it has none."""
    found = _HEADING.search(page)
    return (
        collapse(_TAG.sub(lambda match: match[0] if match[0].startswith("&") else " ", found[2])).strip()
        if found
        else ""
    )
