"""Functions that find the position of an offence in the source, for rules where it is not that of the node."""

import re
from collections.abc import Callable
from html import unescape

from convert.codec import article_json
from convert.model import Place, Reading

Where = Callable[[Reading, Place], Place]
"""Function from a reading and the position of a node to the position of the offence."""

_REFERENCE = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,24});"


def first_character(pattern: re.Pattern[str]) -> Where:
    """Return a function that finds the first character from the node on that matches `pattern`.

    The character may be written as a character reference.
    """

    def where(reading: Reading, place: Place) -> Place:
        text, start = reading.text, 0
        for _ in range(place.line - 1):
            start = text.find("\n", start) + 1
        either = re.compile(f"{pattern.pattern}|{_REFERENCE}")  # few documents have an offence
        for match in either.finditer(text, start + place.column - 1):
            if pattern.fullmatch(_character(match[0])):
                at = match.start()
                return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        return place

    return where


def _character(written: str) -> str:
    """Return the character that is written as itself or as a reference.

    Numeric references are decoded here: HTML replaces or drops some of the characters that rules look for (13.2.5.80).
    """
    if not written.startswith("&#"):
        return unescape(written)
    number = int(written[3:-1], 16) if written[2] in "xX" else int(written[2:-1])
    return chr(min(number, 0x10FFFF))


def last_line(reading: Reading, place: Place) -> Place:
    """Return the last line of a mirror's page; for other documents, the given position."""
    return Place(reading.text.rstrip().count("\n") + 1, 1) if reading.source_format == "mirror" else place


def violation(reading: Reading, place: Place) -> Place:
    """Return the position of the innermost node with a position on the path to the value that breaks the schema."""
    fault = article_json.violation(reading.article)
    node: object = reading.article
    for part in fault.path if fault else ():
        node = node[part] if isinstance(node, tuple) and isinstance(part, int) else getattr(node, str(part), None)
        inner = reading.places.of(node)
        if inner.line:
            place = inner
    return place
