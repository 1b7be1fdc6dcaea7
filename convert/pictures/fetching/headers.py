"""Fields of requests and answers."""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

AGENT = "archive-convert"
"""Name of this program, in requests and for robots.txt; no version, system or language, so that users look alike."""
ACCEPT = "image/jpeg, image/png, image/gif, image/webp;q=0.8, image/avif;q=0.5, */*;q=0.1"
REQUEST: Mapping[str, str] = {"User-Agent": AGENT, "Accept": ACCEPT, "Accept-Encoding": "identity"}
"""Fields of a request beside the host: no cookie, no referrer, no language."""

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(?:\d+|\*)")


def retry_after(value: str, now: float | None = None) -> float | None:
    """Return the seconds that a Retry-After asks to wait, written as seconds or as a date; None if it is neither.

    >>> retry_after("120"), retry_after("Wed, 21 Oct 2015 07:28:00 GMT", 1445412470.0), retry_after("soon")
    (120.0, 10.0, None)
    """
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
        return max(date.timestamp() - (time.time() if now is None else now), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def range_start(value: str) -> int | None:
    """Return the first byte of a Content-Range, None if it is malformed.

    >>> range_start("bytes 100-199/200"), range_start("items 1-2/3")
    (100, None)
    """
    match = _RANGE.fullmatch(value.strip())
    return int(match[1]) if match else None


def conditions(etag: str, modified: str) -> dict[str, str]:
    """Return the fields that ask for a picture only if it changed."""
    fields = {}
    if etag:
        fields["If-None-Match"] = etag
    if modified:
        fields["If-Modified-Since"] = modified
    return fields


def rest(begun: int, etag: str, modified: str) -> dict[str, str]:
    """Return the fields that ask for the rest of a picture, if it is still the same (RFC 9110, section 13.1.5)."""
    validator = etag if etag and not etag.startswith("W/") else modified
    return {"Range": f"bytes={begun}-", "If-Range": validator} if validator else {}
