"""The entries of an export in XML, as wallabag writes it, one after the other.

An element that holds nothing but elements `entry` is a list, one with other elements is an object.
"""

import mmap
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

from convert.errors import DocumentError
from convert.late import late_pattern
from convert.messages import Message, message
from convert.sources.exports.entries import Fields

_ROOT = late_pattern(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]{0,400}\?>\s*+)?<(?!feed\b)[A-Za-z][\w-]{0,40}>\s*+(?=<entry>)"
)
_KEY = late_pattern(rb"<([A-Za-z_][\w-]{0,60})>")
_TOKEN = late_pattern(rb"<!\[CDATA\[(?:.*?\]\]>|.*\Z)|<!--(?:.*?-->|.*\Z)|<(/?)entry(?:\s[^<>]*)?(/?)>", re.S)
_FIRST_KEY = late_pattern(rb"<entry>\s*+(<[A-Za-z_][\w-]{0,60}>)")
_KEYS_INSIDE = (b"<id>", b"<text>", b"<entry>")
"""Keys that objects inside of an entry begin with."""
_DEEPEST = 50


class Piece(NamedTuple):
    """Entry, or a place where one is damaged."""

    offset: int
    line: int
    size: int = 0
    problem: Message | None = None


def keys_of(start: bytes) -> list[bytes]:
    """Return the keys in the start of an export in XML, [] if it is none.

    >>> keys_of(b"<?xml version='1.0'?><result><entry><title>Ink</title><tags><entry>")
    [b'entry', b'title', b'tags', b'entry']
    """
    return _KEY.findall(start, match.end()) if (match := _ROOT.match(start)) else []


def pieces(data: bytes | mmap.mmap) -> Iterator[Piece]:
    """Yield the entries, and the place of each that is damaged, in order."""
    depth, begin, line, counted = 0, 0, 1, 0
    first = _FIRST_KEY.search(data)
    first_key = first[1] if first and first[1] not in _KEYS_INSIDE else b""
    for token in _TOKEN.finditer(data):
        if token[1] is None or token[2]:
            continue
        at = token.start()
        if not token[1]:
            again = depth and first_key and (match := _FIRST_KEY.match(data, at)) and match[1] == first_key
            if again:
                yield Piece(begin, line, problem=message("export-damaged", offset=begin))
                depth = 0
            if not depth:
                line += data[counted:at].count(b"\n")
                begin = counted = at
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield Piece(begin, line, token.end() - begin)
    if depth:
        yield Piece(begin, line, problem=message("export-cut-short", offset=begin))


def fields(raw: bytes) -> Fields:
    """Return the fields of an entry.

    Raises:
        DocumentError: SRC007 if it is no XML.
    """
    open_elements: list[tuple[str, list[tuple[str, Any]], list[str]]] = [("", [], [])]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > _DEEPEST:
            raise expat.ExpatError("nested too deeply")
        open_elements.append((name, [(f"{name}@{key}", value) for key, value in attributes.items()], []))

    def end(_: str) -> None:
        name, children, text = open_elements.pop()
        open_elements[-1][1].append((name, _value(children, "".join(text))))

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: open_elements[-1][2].append(text)
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise DocumentError("SRC007", message("invalid-xml", reason=str(error)), 1, 1) from error
    made = open_elements[0][1][0][1]
    return made if isinstance(made, dict) else {"entry": made}


def _value(children: list[tuple[str, Any]], text: str) -> Any:
    """Return the value of an element: a text, a list, or an object with its own text beside the others."""
    shown = text if text.strip() else ""
    if not children:
        return text
    if all(name == "entry" for name, _ in children):
        return [value for _, value in children] + ([shown] if shown else [])
    made: Fields = {}
    for name, value in [*children, *([("text", shown)] if shown else [])]:
        key, number = name, 1
        while key in made:
            number += 1
            key = f"{name} ({number})"
        made[key] = value
    return made
