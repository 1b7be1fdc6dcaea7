"""Facts about a volume that books show: labels of articles and sections, dates, identifier."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from convert.messages import message
from convert.model import Entry, Section, Volume
from convert.text import squeeze, visible
from convert.words import words

NOTHING = message("a book needs at least one article, and there is none; see the findings of those left out")
LABEL_LENGTH = 120
"""Most characters of a title in contents; the article's page has the whole title."""


def label(entry: Entry) -> str:
    """Return the name of an article in contents."""
    return _label(entry.title, entry.id, entry.address)


@lru_cache(maxsize=1 << 12)  # the contents and each list of a volume show all
def _label(*names: str) -> str:
    return squeeze(visible(*names), LABEL_LENGTH)


def heading(section: Section) -> str:
    """Return the name of a section in contents."""
    return squeeze(visible(section.title, section.key), LABEL_LENGTH)


@lru_cache(maxsize=1 << 12)  # lists ask for few days again and again
def moment(published: str) -> datetime | None:
    """Return when an article was published, in UTC; None if its date is missing or invalid.

    >>> moment("2023-09-12T06:55:16+08:00").isoformat(), moment("2023-02-30")
    ('2023-09-11T22:55:16+00:00', None)
    """
    try:
        when = datetime.fromisoformat(published)
        when = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return when if when.year >= 1000 else None  # strftime would write fewer than four digits, which no format allows


def newest(volume: Volume) -> datetime | None:
    """Return when the newest article of the volume was published; None if no article has a date."""
    return max(filter(None, (moment(entry.published) for entry in volume.entries())), default=None)


def span(volume: Volume) -> str:
    """Return the days from the oldest article to the newest, "" if none has a date."""
    days = [entry.published[:10] for entry in volume.entries() if moment(entry.published)]
    return " – ".join(dict.fromkeys((min(days), max(days)))) if days else ""


def cover_lines(volume: Volume) -> Iterator[str]:
    """Yield the lines under the title on a title page: dates, and number of articles."""
    if days := span(volume):
        yield days
    count = sum(1 for _ in volume.entries())
    yield f"{count} {words(volume.language)['article' if count == 1 else 'articles']}"


def identifier(volume: Volume) -> uuid.UUID:
    """Return a name-based UUID (RFC 9562, section 5.5) of the volume's title and its articles, in order.

    That of an addition depends on their contents too: the same articles may change again.
    """
    digest = hashlib.sha256(f"{volume.language}\n{volume.title}".encode("utf-8", "replace"))
    digest.update(volume.addition.encode())
    for entry in volume.entries():
        digest.update(f"\n{entry.id}\t{entry.address}\t{entry.path}".encode("utf-8", "replace"))
    return uuid.uuid5(uuid.NAMESPACE_URL, digest.hexdigest())
