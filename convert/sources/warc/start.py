"""The beginning of a WARC file, by which it is recognised; every file that is named is asked, so this loads little."""

import re

from convert.late import late, late_pattern

BLANK = b"\r\n\0 "
START = late_pattern(rb"WARC/[01]\.[0-9]{1,3}\r?\n")
_DAMAGED_START = late_pattern(
    rb"(?=[^<#{-])[^\n]{0,40}\n(?:[\w-]{1,40}: ?[^\r\n]{0,2000}\r\n){0,20}?WARC-Record-ID: <", re.I
)
"""Head of a record whose first line is damaged."""
_TEXT = late_pattern(rb"[\t\n\r -~]{4}")
"""Beginning of no compressed record, even if one byte is damaged."""
_begins_packed = late("convert.sources.warc.packing:begins_packed")


def detect(start: bytes, names: frozenset[str]) -> bool:
    """Return True if a file begins with a record, or with a damaged one and a whole one soon after."""
    beginning = start.lstrip(BLANK)
    if START.match(beginning) is not None or _DAMAGED_START.match(beginning) is not None:
        return True
    return _TEXT.match(start) is None and bool(_begins_packed(start))
