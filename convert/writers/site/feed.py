"""The newest articles as a feed (Atom, RFC 4287), with relative links: no address of the site is known."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from convert.model import Entry, Volume
from convert.text import visible
from convert.writers.book.escapes import attribute, text
from convert.writers.book.volume import label, moment, newest as newest_of
from convert.writers.site.names import FEED, HOME, page_file

NEWEST = 50
"""Most articles of the feed."""
GENERATOR = "archive-convert"
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
"""Address that is an IRI (RFC 3987)."""


class FeedEntry(NamedTuple):
    """Article of a feed."""

    entry: Entry
    language: str
    publisher: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    summary: str


def feed(volume: Volume, entries: Iterable[FeedEntry]) -> str:
    """Return the feed of dated articles, the newest first; it was updated when the newest of them was published.

    "" if there is none: an entry must have a date (section 4.1.2).
    """
    taken: set[str] = set()
    lines = [each for entry in entries if (each := "".join(_entry(volume, entry, taken)))]
    newest = newest_of(volume)
    if not lines or newest is None:
        return ""
    title = visible(volume.title)
    identifier = uuid5(NAMESPACE_URL, f"{volume.language}\n{title}\n{FEED}")
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{attribute(volume.language)}">\n<id>urn:uuid:{identifier}</id>\n<title>{text(title)}</title>\n'
        f"<updated>{newest:%Y-%m-%dT%H:%M:%SZ}</updated>\n<generator>{GENERATOR}</generator>\n"
        f'<author><name>{text(title)}</name></author>\n<link rel="self" type="application/atom+xml" href="{FEED}"/>\n'
        f'<link rel="alternate" type="text/html" href="{HOME}"/>\n{"".join(lines)}</feed>\n'
    )


def _entry(volume: Volume, article: FeedEntry, taken: set[str]) -> Iterator[str]:
    entry = article.entry
    when = moment(entry.published)
    if when is None:
        return
    language = f' xml:lang="{attribute(article.language)}"' if article.language not in ("", volume.language) else ""
    yield f"<entry{language}>\n<id>{text(_identifier(entry, taken))}</id>\n<title>{text(label(entry))}</title>\n"
    yield f"<updated>{when:%Y-%m-%dT%H:%M:%SZ}</updated>\n<published>{when:%Y-%m-%dT%H:%M:%SZ}</published>\n"
    yield f'<link rel="alternate" type="text/html" href="{attribute(page_file(entry.path))}"/>\n'
    for name in article.authors or filter(None, (article.publisher,)):
        yield f"<author><name>{text(name)}</name></author>\n"
    for keyword in dict.fromkeys(article.keywords):
        yield f'<category term="{attribute(keyword)}"/>\n'
    if article.summary:
        yield f"<summary>{text(article.summary)}</summary>\n"
    yield "</entry>\n"


def _identifier(entry: Entry, taken: set[str]) -> str:
    """Return the identifier of an article: its original address, which stays, else one made of its path."""
    identifier = entry.address
    if identifier in taken or not _IRI.fullmatch(identifier):
        identifier = f"urn:uuid:{uuid5(NAMESPACE_URL, entry.path)}"
    taken.add(identifier)
    return identifier
