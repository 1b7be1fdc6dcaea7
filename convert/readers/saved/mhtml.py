"""Pages that a browser saved as one file, MHTML (RFC 2557): the page itself, its address, its pictures' addresses.

The parts of the file are found by their boundary alone, so that what is whole in a damaged file is read.
"""

import binascii
import codecs
import re
from collections.abc import Iterator, Mapping
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote

import turbohtml.detect  # noqa: F401 -- importing it registers the codecs of the Encoding Standard, whatwg-*
from msgspec.structs import replace

from convert.errors import DocumentError
from convert.messages import message
from convert.model import Note, Place
from convert.readers.options import Unpacked
from convert.readers.saved import dates
from convert.readers.saved.encoding import decode, looks_like_html
from convert.sources.addresses import Origin
from convert.sources.pictures import content_address, references
from convert.text import HTML_SPACE, collapse
from convert.urls import resolve, scheme

MAX_DEPTH = 8
"""Most parts inside each other."""
MAX_PARTS = 20_000
"""Most parts of a file."""
MAX_HEAD = 65_536
"""Most bytes of the headers of a part."""

_HEADER = re.compile(rb"[!-9;-~]{1,80}:|[ \t]")
_EMPTY = re.compile(rb"\r?\n[ \t]*\r?\n|\r[ \t]*\r")
_MULTIPART = re.compile(rb"^content-type:\s*multipart/(?:related|mixed|alternative)", re.I | re.M)
_LOCATED = re.compile(rb"^(?:snapshot-)?content-(?:location|base):|^from:\s*\W{0,2}saved by\b", re.I | re.M)
_PAGE = re.compile(rb"^content-type:\s*(?:text/html|application/xhtml)", re.I | re.M)
_RELATED = re.compile(rb"^content-type:\s*multipart/related", re.I | re.M)
_MAIL = re.compile(rb"^(?:received|delivered-to|return-path):", re.I | re.M)
_GUESSED = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]{0,9}\r?\n(?=content-[a-z-]{1,40}:)", re.I | re.M)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_HTML = ("text/html", "application/xhtml+xml")


class _Part(NamedTuple):
    """Part of a file: its headers by lower-case names, and its content as it is written."""

    headers: Mapping[str, str]
    content: bytes
    cut: bool = False
    """True if the file ends inside it."""

    @property
    def kind(self) -> str:
        """Return its media type."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def name(self) -> str:
        """Return its Content-ID."""
        return self.headers.get("content-id", "").strip().removeprefix("<").removesuffix(">")


def detect(data: bytes) -> bool:
    """Return True if the bytes begin with the headers of a saved page; a message that was sent is none."""
    start = data[:MAX_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not _HEADER.match(start):
        return False
    empty = _EMPTY.search(start)
    head = start[: empty.start()] if empty else start
    if not all(_HEADER.match(line) for line in head.splitlines()[:40]) or _MAIL.search(head):
        return False
    if _RELATED.search(head):
        return True
    return bool(_LOCATED.search(head) and (_MULTIPART.search(head) or _PAGE.search(head)))


def unpacked(data: bytes, origin: Origin) -> Unpacked:
    """Return the page in a file, in UTF-8 if the file says in which encoding it is.

    Raises:
        DocumentError: SRC001 if no part begins where the file says, SRC004 if none is a page.
    """
    if not detect(data):
        raise DocumentError("SRC004", message("not-this-format", form="mhtml"), 1, 1)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    whole = _part(start)
    parts = [*islice(_leaves(whole), MAX_PARTS)]
    if not parts:
        raise DocumentError("SRC001", message("mhtml-without-parts"), 1, 1)
    page, content, damaged = _root(whole, parts)
    document = _in_utf8(page, content)
    text = decode(document)
    location = page.headers.get("content-location", "") or whole.headers.get("content-location", "")
    snapshot = whole.headers.get("snapshot-content-location", "").strip() or location.strip()
    base = page.headers.get("content-base", "").strip() or location.strip() or snapshot
    pictures, frames = _addresses(text, parts, base)
    outer = origin.envelope
    envelope = replace(
        outer,
        title=outer.title or _words(whole.headers.get("subject", "")),
        captured=outer.captured or dates.iso(whole.headers.get("date", "")),
        pictures={**pictures, **outer.pictures},
        frames=frames,
    )
    given = origin.given or (snapshot if scheme(snapshot) in ("http", "https") and resolve(snapshot, "") else "")
    notes = []
    if page.cut and not content.rstrip().lower().endswith(b"</html>"):
        notes.append(Note("ART003", message("mhtml-cut-short"), Place(text.rstrip().count("\n") + 1, 1)))
    elif damaged:
        notes.append(Note("ART003", message("mhtml-damaged"), Place(1, 1)))
    return Unpacked(document, origin._replace(given=given, envelope=envelope), tuple(notes))


# --- parts -----------------------------------------------------------------------------------------------------------


def _part(data: bytes, *, cut: bool = False) -> _Part:
    """Return a part by its bytes."""
    if not _HEADER.match(data):
        return _Part({}, data.lstrip(b"\r\n"), cut)
    empty = _EMPTY.search(data, 0, MAX_HEAD)
    head, content = (data[: empty.start()], data[empty.end() :]) if empty else (data[:MAX_HEAD], b"")
    headers: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]+|\r[ \t]+", " ", head.decode("utf-8", "replace")).splitlines():
        name, sign, value = line.partition(":")
        if sign:
            headers.setdefault(name.strip().lower(), value.strip())
    return _Part(headers, content, cut)


def _leaves(part: _Part, *, end: bool = False, depth: int = 0) -> Iterator[_Part]:
    """Yield the parts that have no parts, in order; `end` is True if another part ends this one."""
    if not part.kind.startswith("multipart/"):
        if part.content.strip():
            yield part
        return
    if depth >= MAX_DEPTH:
        return
    boundary = _parameter(part.headers["content-type"], "boundary").encode()
    if not boundary or b"--" + boundary not in part.content:
        guess = _GUESSED.search(part.content)
        boundary = guess[1] if guess else b""
    if not boundary:
        return
    line = re.compile(b"--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\r|\Z)")
    start = None
    for match in line.finditer(part.content):
        at = match.start()
        if at and part.content[at - 1] not in b"\r\n":
            continue
        if start is not None:
            end_of_line = 2 if part.content[at - 2 : at] == b"\r\n" else 1
            inside = part.content[start : max(start, at - end_of_line)]
            yield from _leaves(_part(inside), end=True, depth=depth + 1)
        start = match.end()
        if match[1]:
            return
    if start is not None:
        yield from _leaves(_part(part.content[start:], cut=not end), end=end, depth=depth + 1)


def _parameter(header: str, name: str) -> str:
    """Return a parameter of a header, "" if it has none.

    >>> _parameter('multipart/related; boundary="a;b"; type=text/html', "boundary"), _parameter("a/b;c=d ", "c")
    ('a;b', 'd')
    """
    found = re.search(rf""";\s*{name}\s*=\s*(?:"([^"]*)"|([^\s;"]+))""", header, re.I)
    return (found[1] or found[2] or "").strip() if found else ""


def _root(whole: _Part, parts: list[_Part]) -> tuple[_Part, bytes, bool]:
    """Return the part that is the page, its content, and whether that is damaged.

    Raises:
        DocumentError: SRC004 if there is none.
    """
    name = _parameter(whole.headers.get("content-type", ""), "start").removeprefix("<").removesuffix(">")
    place = whole.headers.get("snapshot-content-location", "").strip()
    pages = [each for each in parts if each.kind in _HTML]
    for page in (
        *(each for each in pages if name and each.name == name),
        *(each for each in pages if place and each.headers.get("content-location", "").strip() == place),
        *pages,
    ):
        content, damaged = _content(page)
        if content.strip():
            return page, content, damaged
    for page in parts:  # some programs name no type, or a wrong one
        if page.kind in ("", "text/plain", "application/octet-stream"):
            content, damaged = _content(page)
            if looks_like_html(content):
                return page, content, damaged
    raise DocumentError("SRC004", message("mhtml-without-page"), 1, 1)


def _content(part: _Part) -> tuple[bytes, bool]:
    """Return the content of a part, decoded, and whether some of it is damaged."""
    match part.headers.get("content-transfer-encoding", "").strip().lower():
        case "quoted-printable":
            return binascii.a2b_qp(part.content), False
        case "base64":
            bare = part.content.translate(None, b" \t\r\n")
            padding = bare.rstrip(b"=")
            damaged = _NOT_BASE64.search(padding) is not None or len(bare) % 4 > 0
            letters = _NOT_BASE64.sub(b"", padding) if damaged else padding
            letters = letters[: len(letters) - (len(letters) % 4 == 1)]
            return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)), damaged
        case _:
            return part.content, False


def _in_utf8(part: _Part, content: bytes) -> bytes:
    """Return a page in UTF-8 with a byte order mark if its header says truly in which encoding it is."""
    name = _parameter(part.headers.get("content-type", ""), "charset").lower()
    if not name or content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return content
    name = {"gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)
    try:
        codecs.lookup(f"whatwg-{name}")
        text = content.decode(f"whatwg-{name}", "replace")
    except (LookupError, ValueError):
        return content
    wrong = "\ufffd" in text or (name not in ("utf-8", "utf8") and not content.isascii() and _is_utf8(content))
    return content if wrong else b"\xef\xbb\xbf" + text.encode("utf-8", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


def _words(header: str) -> str:
    """Return the text of a header (RFC 2047)."""
    try:
        return collapse(str(make_header(decode_header(header)))).strip()
    except (HeaderParseError, LookupError, ValueError):
        return collapse(header).strip()


def pictures(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the address, "" if it has none, and the bytes of each part of a file that is no page."""
    if not detect(data):
        return
    whole = _part(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    base = whole.headers.get("snapshot-content-location", "").strip()
    for part in islice(_leaves(whole), MAX_PARTS):
        if part.kind not in _HTML:
            location = part.headers.get("content-location", "").strip()
            address = resolve(location, part.headers.get("content-base", "").strip() or base) if location else ""
            yield address if scheme(address) in ("http", "https") else "", _content(part)[0]


# --- pictures --------------------------------------------------------------------------------------------------------


def _addresses(page: str, parts: list[_Part], base: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the addresses of the parts that a page refers to, and the pages in frames that have none."""
    named = {f"cid:{each.name}": each for each in reversed(parts) if each.name}
    located: dict[str, _Part] = {}
    for each in reversed(parts):
        if location := each.headers.get("content-location", "").strip():
            located[location] = each
            located[resolve(location, each.headers.get("content-base", "").strip() or base) or location] = each
    addresses: dict[str, str] = {}
    frames: dict[str, str] = {}
    for written in references(page):
        reference = written.strip(HTML_SPACE)
        if reference in addresses or scheme(reference) in ("http", "https", "data"):
            continue
        is_name = reference[:4].lower() == "cid:"
        if is_name:
            part = named.get(f"cid:{reference[4:]}") or named.get(f"cid:{unquote(reference[4:])}")
        else:
            part = located.get(reference) or located.get(resolve(reference, base))
        if part is None:
            if is_name:
                addresses[reference] = ""
            continue
        location = part.headers.get("content-location", "").strip()
        address = resolve(location, base) if location else ""
        if scheme(address) in ("http", "https"):
            addresses[reference] = address
        elif part.kind in _HTML:
            addresses[reference] = ""
            frames[reference] = decode(_in_utf8(part, _content(part)[0]))
        else:
            addresses[reference] = content_address(_content(part)[0])
    return addresses, frames
