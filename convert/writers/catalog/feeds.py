"""Books → the feeds of OPDS 1.2 (https://specs.opds.io/opds-1.2), and an Atom feed (RFC 4287) of the newest.

Reading systems are strict in different ways: every feed and every entry has an identifier, a title and a date; a list
is cut into pages (RFC 5005, section 3); the generic relation of acquisition is the one that all of them know.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from convert.text import visible
from convert.words import words
from convert.writers.book.escapes import attribute, text
from convert.writers.catalog.shelf import FEED, FOLDER, MARK, NEVER, PAGE, ROOT, Book, Shelf

PER_PAGE = 50
"""Entries of a page: a phone downloads and lists so many at once."""
NEWEST = 50
"""Most entries of the feed of new books."""

_CATALOG = "application/atom+xml;profile=opds-catalog;kind="
NAVIGATION, ACQUISITION = f"{_CATALOG}navigation", f"{_CATALOG}acquisition"
ATOM = "application/atom+xml"
_OPDS = "http://opds-spec.org/"


class _List(NamedTuple):
    """Feed that is cut into pages: its stem, its title, and the feed above it."""

    stem: str
    title: str
    kind: str
    up: str

    def path(self, number: int) -> str:
        """Return the file of a page, counted from 1; no stem ends in a full stop and a number."""
        return f"{FOLDER}/{self.stem}{f'.{number}' if number > 1 else ''}.xml"


def feeds(shelf: Shelf) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each feed."""
    label = words(shelf.language)
    newest, everything = shelf.newest, list(shelf.books)
    titles = {key: visible(title, key) for book in shelf.books for key, title in book.channels}
    by_channel: dict[str, list[Book]] = {key: [] for key in titles}
    for book in newest:
        for key, _ in book.channels:
            by_channel[key].append(book)
    lists = [
        (_List("newest", label["newest_books"], ACQUISITION, ROOT), newest, f"{_OPDS}sort/new"),
        (_List("all", label["all_books"], ACQUISITION, ROOT), everything, "subsection"),
    ]
    channels = _List("channels", label["sections"], NAVIGATION, ROOT)
    entries = [_way(shelf, each, books, rel) for each, books, rel in lists]
    if by_channel:
        entries.append(_way(shelf, channels, newest, "subsection", len(by_channel)))
    yield ROOT, _feed(shelf, ROOT, shelf.title, newest, _links(shelf, ROOT, NAVIGATION), entries)
    for each, books, _ in lists:
        yield from _pages(shelf, each, books, [_entry(shelf, book) for book in books])
    below = {
        key: _List(f"channel-{shelf.channels[key]}", titles[key], ACQUISITION, channels.path(1)) for key in by_channel
    }
    if by_channel:
        ways = [_way(shelf, below[key], books, "subsection") for key, books in by_channel.items()]
        yield from _pages(shelf, channels, newest, ways)
    for key, books in by_channel.items():
        yield from _pages(shelf, below[key], books, [_entry(shelf, book) for book in books])
    news = newest[:NEWEST]
    own = [_link("self", shelf.link(FEED, FEED), ATOM), _link("alternate", shelf.link(PAGE, FEED), "text/html")]
    yield FEED, _feed(shelf, FEED, shelf.title, newest, own, [_news(shelf, book) for book in news])


# --- feeds -----------------------------------------------------------------------------------------------------------


def _pages(shelf: Shelf, each: _List, books: Sequence[Book], entries: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    pages = [entries[at : at + PER_PAGE] for at in range(0, len(entries), PER_PAGE)]
    for number, inside in enumerate(pages, 1):
        links = _links(shelf, each.path(number), each.kind, each.up)
        others = {"first": 1, "previous": number - 1, "next": number + 1, "last": len(pages)} if len(pages) > 1 else {}
        links += [
            _link(rel, shelf.link(each.path(other), each.path(number)), each.kind)
            for rel, other in others.items()
            if 1 <= other <= len(pages)
        ]
        yield each.path(number), _feed(shelf, each.path(number), each.title, books, links, inside)


def _feed(
    shelf: Shelf, path: str, title: str, books: Sequence[Book], links: Sequence[str], entries: Sequence[str]
) -> bytes:
    updated = max((book.updated for book in books), default=NEVER)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xmlns:dc="http://purl.org/dc/terms/" xml:lang="{attribute(shelf.language)}">\n'
        f"<generator>{MARK}</generator>\n<id>{shelf.identifier(path)}</id>\n<title>{text(visible(title))}</title>\n"
        f"<updated>{_moment(updated)}</updated>\n<author><name>{text(visible(shelf.title))}</name></author>\n"
        + "".join(links)
        + "".join(entries)
        + "</feed>\n"
    ).encode("utf-8", "ignore")


def _links(shelf: Shelf, path: str, kind: str, up: str = "") -> list[str]:
    """Return the links of a feed of the catalogue to itself, to the root, to the feed above it and to the page."""
    links = [_link("self", shelf.link(path, path), kind), _link("start", shelf.link(ROOT, path), NAVIGATION)]
    if up:
        return [*links, _link("up", shelf.link(up, path), NAVIGATION)]
    return [*links, _link("alternate", shelf.link(PAGE, path), "text/html")]


def _way(shelf: Shelf, to: _List, books: Sequence[Book], rel: str, count: int = 0) -> str:
    """Return the entry of a navigation feed that leads to another feed."""
    start = to.up
    updated = max((book.updated for book in books), default=NEVER)
    label = words(shelf.language)
    content = label["channels"].format(count) if count else label["books"].format(len(books))
    return (
        f"<entry>\n<id>{shelf.identifier(to.path(1))}</id>\n<title>{text(visible(to.title))}</title>\n"
        f'<updated>{_moment(updated)}</updated>\n<content type="text">{text(content)}</content>\n'
        + _link(rel, shelf.link(to.path(1), start), to.kind)
        + "</entry>\n"
    )


# --- entries ---------------------------------------------------------------------------------------------------------


def _entry(shelf: Shelf, book: Book) -> str:
    """Return the entry of a book.  Every list is in the same folder, so its links are the same in all of them."""
    start = f"{FOLDER}/list.xml"
    terms = [
        f"<dc:identifier>{text(book.identifier)}</dc:identifier>\n",
        f"<dc:language>{text(book.language)}</dc:language>\n",
        *(f"<dc:publisher>{text(visible(each))}</dc:publisher>\n" for each in book.publishers),
    ]
    if book.newest:
        terms.append(f"<dc:issued>{book.newest:%Y-%m-%d}</dc:issued>\n")
    if book.series:
        terms.append(f"<dc:isPartOf>{text(visible(book.series))}</dc:isPartOf>\n")
    links = [_link(f"{_OPDS}acquisition", shelf.link(book.path, start), book.media_type, book.bytes)]
    cover = shelf.link(book.cover, start)
    links += [_link(f"{_OPDS}image{more}", cover, "image/png") for more in ("", "/thumbnail")]
    for key, _ in book.channels:
        feed = f"{FOLDER}/channel-{shelf.channels[key]}.xml"
        links.append(_link("collection", shelf.link(feed, start), ACQUISITION))
    return _open(shelf, book) + "".join(terms) + _about(book, "content") + "".join(links) + "</entry>\n"


def _news(shelf: Shelf, book: Book) -> str:
    """Return the entry of a book in the feed of new books."""
    href = shelf.link(book.path, FEED)
    links = _link("alternate", href, book.media_type) + _link("enclosure", href, book.media_type, book.bytes)
    return _open(shelf, book) + _about(book, "summary") + links + "</entry>\n"


def _open(shelf: Shelf, book: Book) -> str:
    authors = "".join(f"<author><name>{text(visible(each))}</name></author>\n" for each in book.creators)
    return (
        f"<entry>\n<id>{shelf.identifier(book.path)}</id>\n<title>{text(visible(book.title))}</title>\n"
        f"<updated>{_moment(book.updated)}</updated>\n{authors}"
    )


def _about(book: Book, name: str) -> str:
    """Return categories and description: a `summary`, or the `content` of an entry without an alternate link.

    Such an entry must have content (RFC 4287, section 4.1.2).
    """
    categories = "".join(
        f'<category term="{attribute(visible(key, title))}" label="{attribute(visible(title, key))}"/>\n'
        for key, title in book.channels
    )
    return f'{categories}<{name} type="text">{text(visible(book.summary))}</{name}>\n'


def _link(rel: str, href: str, media_type: str, length: int | None = None) -> str:
    size = "" if length is None else f' length="{length}"'
    return f'<link rel="{rel}" href="{attribute(href)}" type="{media_type}"{size}/>\n'


def _moment(when: datetime) -> str:
    """Return a moment as Atom has it (RFC 3339)."""
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
