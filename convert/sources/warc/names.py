"""Paths of records, as wget would name their files: host and path of the address."""

import re
from urllib.parse import unquote_to_bytes

from convert.text import hash64, printable

_ADDRESS = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#]+)([^?#]*)(\?[^#]*)?", re.I)
_UNSAFE = re.compile(r'[\\:*"<>|/\x00-\x1f\x7f]')
_LONGEST = 120
"""Longest component of a path, in characters; file systems allow 255 bytes."""
_DEEPEST = 30


def path_of(address: str) -> str:
    """Return a path for the page at an address: safe, printable, and the same for the same address.

    >>> path_of("https://press.example/2023/a.html"), path_of("http://Press.example:8080"), path_of("https://e.org/a?b=/c")
    ('press.example/2023/a.html', 'press.example+8080/index.html', 'e.org/a?b=%2Fc')
    """
    found = _ADDRESS.match(address)
    if found is None:
        return _component(address)
    host, path, query = found.groups()
    parts = [part for part in _decoded(path).split("/")[1:] if part not in ("", ".", "..")]
    if not path or path.endswith("/"):
        parts.append("index.html")
    if query and query != "?":
        last = parts.pop() if parts else ""
        parts.append(last + "?" + _decoded(query[1:]).replace("/", "%2F"))
    shown = [host.lower().replace(":", "+"), *parts]
    if len(shown) > _DEEPEST:
        shown = [*shown[:_DEEPEST], f"{hash64(address):016x}", shown[-1]]
    return "/".join(map(_component, shown))


def _decoded(text: str) -> str:
    """Return text with the characters that an address escapes; those that are not UTF-8 stay escaped."""
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        return text


def _component(part: str) -> str:
    safe = printable(_UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", part)).replace("\\", "%5C")
    if safe.startswith("."):
        safe = "%2E" + safe[1:]
    if len(safe) > _LONGEST:
        stem, dot, ending = safe.rpartition(".")
        kept = f"{dot}{ending}" if stem and len(ending) < _ENDING else ""
        safe = f"{safe[: _LONGEST - 20]}-{hash64(part):016x}{kept}"
    return safe


_ENDING = 8
