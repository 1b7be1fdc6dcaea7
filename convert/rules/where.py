"""Where in the source a rule's offence stands, where that is more than the place of its node."""

import re
from collections.abc import Callable

from turbohtml import unescape

from convert.codec import article_json
from convert.model import Place, Reading

Where = Callable[[Reading, Place], Place]
"""From a reading and the place of the node to the place of what is wrong with it."""

_REFERENCE = r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,24});"


def sign(pattern: re.Pattern[str]) -> Where:
    """The first character from the node on that fits, written as itself or as a reference."""
    either = re.compile(f"{pattern.pattern}|{_REFERENCE}")

    def where(reading: Reading, place: Place) -> Place:
        text, start = reading.text, 0
        for _ in range(place.line - 1):
            start = text.find("\n", start) + 1
        for match in either.finditer(text, start + place.column - 1):
            if pattern.fullmatch(_character(match[0])):
                at = match.start()
                return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        return place

    return where


def _character(written: str) -> str:
    """What is written as itself or as a reference; HTML would read some numbers as nothing (13.2.5.80)."""
    if not written.startswith("&#"):
        return unescape(written)
    number = int(written[3:-1], 16) if written[2] in "xX" else int(written[2:-1])
    return chr(min(number, 0x10FFFF))


def last_line(reading: Reading, place: Place) -> Place:
    """Return the last line of a mirror's page; of other documents the place that is given."""
    return Place(reading.text.rstrip().count("\n") + 1, 1) if reading.source_format == "mirror" else place


def violation(reading: Reading, place: Place) -> Place:
    """The innermost node on the way to what breaks the schema that has a place."""
    found = article_json.violation(reading.article)
    node: object = reading.article
    for part in found.path if found else ():
        node = node[part] if isinstance(node, tuple) and isinstance(part, int) else getattr(node, str(part), None)
        inner = reading.places.of(node)
        if inner.line:
            place = inner
    return place
