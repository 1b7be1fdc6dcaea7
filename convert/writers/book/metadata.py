"""Metadata of an EPUB: who made the book, its content, its series, and who can read it."""

from collections.abc import Iterator
from typing import NamedTuple

from convert.model import Volume
from convert.text import visible
from convert.words import words
from convert.writers.book.people import authors, publishers
from convert.writers.book.volume import cover_lines, heading
from convert.writers.part import RenderedArticle, Tally

NAMED = 3
"""Most authors of a book; one of more is known by its publishers."""
LISTED = 10
"""Most publishers, and most sections in a description."""

SUMMARIES = {
    "zh-Hans": "文字可随屏幕重新排版，有目录，按阅读顺序排列。",
    "zh-Hant": "文字可隨螢幕重新排版，有目錄，按閱讀順序排列。",
    "en": "Reflowable text in reading order, with a table of contents.",
}
ACCESSIBILITY = (
    ("accessMode", "textual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "displayTransformability"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityFeature", "unlocked"),
    ("accessibilityHazard", "none"),
)
"""Metadata of EPUB Accessibility 1.1, section 2.  They claim no conformance, for which each book would be evaluated."""


class Meta(NamedTuple):
    """Value of the metadata, with the attributes of its element."""

    value: str
    attributes: dict[str, str]


def accessibility(*, described: bool) -> tuple[tuple[str, str], ...]:
    """Return the metadata of a book with pictures; without sight it is whole if each picture is `described`."""
    kept = [each for each in ACCESSIBILITY if described or each != ("accessModeSufficient", "textual")]
    modes = [("accessMode", "visual"), ("accessModeSufficient", "textual,visual")]
    return (kept[0], *modes, *kept[1:], *([("accessibilityFeature", "alternativeText")] if described else []))


def of_article(part: RenderedArticle) -> Iterator[tuple[str, str]]:
    """Yield terms of Dublin Core and their values for a book of one article (EPUB 3.3, section 5.5.3.2)."""
    terms = {"creator": part.authors, "publisher": (part.publisher,), "subject": part.subjects}
    for term, values in {**terms, "description": (part.description,)}.items():
        yield from ((term, visible(value)) for value in values if value)


def of_book(volume: Volume, tally: Tally) -> Iterator[tuple[str, str]]:
    """Yield terms of Dublin Core and their values for a book of several articles.

    Of a few authors, all are named; else its creators are those who published most of it, since a shelf sorts by them.
    """
    houses = [visible(name) for name, _ in publishers(volume, tally.publishers) if name]
    forms = tally.authors if len(tally.authors) <= LISTED else {}
    people = [visible(each.name) for _, listed in authors(forms) for each in listed]
    yield from (("creator", name) for name in (people if 0 < len(people) <= NAMED else houses[:NAMED]))
    yield from (("publisher", name) for name in houses[:LISTED])
    yield "description", description(volume)


def credits_of(volume: Volume, tally: Tally) -> dict[str, tuple[str, ...]]:
    """Return creators and publishers of a book, by the terms of Dublin Core."""
    terms = list(of_book(volume, tally))
    return {name: tuple(value for term, value in terms if term == name) for name in ("creator", "publisher")}


def description(volume: Volume) -> str:
    """Return what a book holds, in one line: dates, number of articles, sections."""
    label = words(volume.language)
    pieces = list(cover_lines(volume))
    names = [heading(section) for section in volume.sections]
    if len(names) > 1:
        more = "…" if len(names) > LISTED else ""
        pieces.append(f"{label['sections']}{label['colon']}{label['by'].join(names[:LISTED])}{more}")
    return " · ".join(pieces)


def series(volume: Volume) -> Iterator[Meta]:
    """Yield the series of a volume, for EPUB 3.3 (appendix D.4.1) and, in its own names, for calibre."""
    if not volume.series:
        return
    name = visible(volume.series)
    yield Meta(name, {"property": "belongs-to-collection", "id": "series"})
    yield Meta("series", {"property": "collection-type", "refines": "#series"})
    if volume.position:
        yield Meta(volume.position, {"property": "group-position", "refines": "#series"})
    yield Meta("", {"name": "calibre:series", "content": name})
    if volume.position.count(".") < 2 and volume.position:
        yield Meta("", {"name": "calibre:series_index", "content": volume.position})
