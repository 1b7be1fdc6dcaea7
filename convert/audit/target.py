"""Addresses as browsers read them: whether they stay within the file, and the documents that `data:` holds."""

import posixpath
import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from convert.audit.found import Scope
from convert.tracking import cleaned


class Kind(Enum):
    """Goal of an address."""

    INSIDE = "inside"
    """To the document itself, or to a file of its container."""
    DATA = "data"
    """To the address itself, which holds a document."""
    SCRIPT = "script"
    """To a script in the address."""
    LOCAL = "local"
    """To a file of the reader's machine, or of the server."""
    OUTSIDE = "outside"
    """To the network, or to whatever else a scheme may name."""


class Target(NamedTuple):
    """Goal of an address, and for files of the container their path."""

    kind: Kind
    path: str = ""
    scheme: str = ""


_AROUND = "".join(map(chr, range(33)))
_IGNORED = str.maketrans("", "", "\t\n\r")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
PLAIN = re.compile(r"((?:\.\./)*)[A-Za-z0-9_\-]+(?:[./][A-Za-z0-9_\-]+)*(?:#[\w.\-]*)?")
"""Relative addresses as most are, with the steps up as a group."""
_SCRIPTS = frozenset({"javascript", "vbscript", "livescript", "mocha", "jscript"})
_INSIDE = frozenset({"about:blank", "about:srcdoc"})


def target(address: str, scope: Scope) -> Target:
    r"""Return where an address leads, read as the WHATWG URL Standard reads it (section 4.4).

    >>> target(" ht\ntp://a.example/", Scope()).kind.value, target("\\\\a\\b", Scope()).kind.value
    ('outside', 'outside')
    >>> target("../a%20b.png?c", Scope("text/d.xhtml")).path, target("../../a", Scope("text/d.xhtml")).kind.value
    ('a b.png', 'local')
    """
    if scope.held and address.strip() in scope.held:
        return Target(Kind.INSIDE)
    if address.startswith(("https://", "http://")):  # most of those that lead elsewhere
        return Target(Kind.OUTSIDE, scheme=address[: address.index(":")])
    if scope.files is not None and (simple := PLAIN.fullmatch(address)):  # most of those that stay
        path = within(address, scope) if scope.loads is not None else ""
        return Target(Kind.INSIDE if len(simple[1]) <= 3 * scope.entry.count("/") else Kind.LOCAL, path)
    text = address.strip(_AROUND).translate(_IGNORED)
    if not text or text[0] == "#" or text.lower() in _INSIDE:
        return Target(Kind.INSIDE, scope.entry)
    if match := _SCHEME.match(text):
        scheme = match[1].lower()
        if scheme in _SCRIPTS:
            return Target(Kind.SCRIPT, scheme=scheme)
        if scheme == "file" or len(scheme) == 1:  # a letter is a drive of Windows
            return Target(Kind.LOCAL, scheme=scheme)
        return Target(Kind.DATA if scheme == "data" else Kind.OUTSIDE, scheme=scheme)
    text = text.replace("\\", "/")
    if text[0] == "/":
        return Target(Kind.OUTSIDE if text.startswith("//") else Kind.LOCAL)
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    plain = unquote_to_bytes(path).decode("utf-8", "surrogateescape").replace("\\", "/")
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(scope.entry), plain)) if plain else scope.entry
    if joined == ".." or joined.startswith(("../", "/")):
        return Target(Kind.LOCAL)
    return Target(Kind.INSIDE, joined)


def within(address: str, scope: Scope) -> str:
    """Return the path of the file at a plain relative address, "" if it is none.

    >>> within("../search/search.js", Scope("text/a.html")), within("//a.example/b", Scope("text/a.html"))
    ('search/search.js', '')
    """
    if not PLAIN.fullmatch(address):
        return ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(scope.entry), address.partition("#")[0]))
    return "" if path.startswith("../") else path


def tracks(address: str) -> bool:
    """Return True if a link says who followed it, or leads past a site that counts clicks.

    >>> tracks("https://a.example/?id=1&utm_source=b"), tracks("https://a.example/?id=1")
    (True, False)
    """
    if "?" not in address and "/http" not in address:
        return False
    text = address.strip(_AROUND).translate(_IGNORED)
    text = f"https:{text}" if text.startswith("//") else text
    return cleaned(text) != text


def content(address: str) -> tuple[str, bytes] | None:
    """Return media type and bytes of a `data:` address; None if it is broken.  Text is in UTF-8, or as it is.

    >>> content("data:text/html;base64,PHA+"), content("data:,a%20b")
    (('text/html', b'<p>'), ('text/plain', b'a b'))
    """
    text = address.strip(_AROUND).translate(_IGNORED)
    head, comma, body = text.partition(":")[2].partition(",")
    if not comma:
        return None
    data = unquote_to_bytes(body.partition("#")[0])
    kind, _, parameters = head.partition(";")
    if parameters.replace(" ", "").lower().split(";")[-1] == "base64":
        try:
            data = b64decode(data + b"=" * (-len(data) % 4))
        except Error:
            return None
    charset = next(
        (each[8:].strip("\"' ") for each in parameters.split(";") if each.lower().startswith("charset=")), ""
    )
    return kind.strip().lower() or "text/plain", in_utf8(data, charset)


_SPACES = " \t\n\f\r"
"""White space of HTML; what Python takes for it besides is part of an address."""


def candidates(value: str) -> Iterator[str]:
    """Yield the addresses of a list of pictures (HTML Standard, section 4.8.4.3.10).

    >>> list(candidates("a,b 1x, c 2x,d"))
    ['a,b', 'c', 'd']
    """
    at = 0
    while at < len(value):
        while at < len(value) and value[at] in f"{_SPACES},":
            at += 1
        start = at
        while at < len(value) and value[at] not in _SPACES:
            at += 1
        address = value[start:at]
        if address.endswith(","):
            yield address.rstrip(",")
            continue
        if address:
            yield address
        depth = 0
        while at < len(value) and (value[at] != "," or depth):  # descriptors, which may have parentheses
            depth += (value[at] == "(") - (value[at] == ")" and depth > 0)
            at += 1


def is_sheet(address: str) -> bool:
    """Return True if the file at an address is judged as a style sheet, or as the templates of old books."""
    return re.split(r"[?#]", address.strip())[0].lower().endswith((".css", ".xpgt", ".xml"))


def is_ambiguous(address: str) -> bool:
    """Return True if browsers disagree about the encoding in a `data:` address, because texts in it hold separators.

    >>> is_ambiguous('data:text/html;a=";charset=utf-16",b'), is_ambiguous('data:text/css;charset="utf-8",p{}')
    (True, False)
    """
    parameters = address.partition(",")[0].partition(";")[2].lower()
    return '"' in parameters and 'charset="utf-8"' not in parameters.replace(" ", "").split(";")


def in_utf8(data: bytes, charset: str) -> bytes:
    """Return text in UTF-8 with a mark that says so, if its encoding is declared from outside and is another one.

    Only encodings that browsers know count, and one whose escape sequences change what follows stays as it is.
    """
    if not charset or charset.lower() in ("utf-8", "utf8", "us-ascii"):
        return data
    from turbohtml import parse  # which knows the names of encodings

    try:
        known = parse(b"", encoding=charset).encoding or ""
        if known.lower() != "iso-2022-jp":
            return "\ufeff".encode() + data.decode(known, "replace").encode("utf-8", "replace")
    except (LookupError, ValueError):  # not an encoding of the web, or one that Python lacks
        pass
    return data
