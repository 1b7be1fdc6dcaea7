"""The beginning of an export, by which it is recognised; every file that is named is asked, so this loads little."""

from convert.late import late

_OTHERS = (b"<", b"[", b"{", b"\xef", b"\xfe", b"\xff", b"\0")
"""Beginnings of XML, JSON and byte order marks."""
_DELIMITERS = b",;\t"
_detect = late("convert.sources.exports.forms:detect")


def detect(start: bytes, names: frozenset[str]) -> bool:
    """Return True if a file that begins with `start`, or a zip archive with these names, is an export."""
    text = start.lstrip()
    if not names and not text.startswith(_OTHERS):
        first = start.partition(b"\n")[0]
        if first.translate(None, _DELIMITERS) == first:  # no row of a table
            return False
    return bool(_detect(start, names))
