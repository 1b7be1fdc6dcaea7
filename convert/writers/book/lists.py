"""The pages of a book that list articles: of sections and their months, by date, by author.

No list has more entries than `LIMIT`: a page shows a short list with its parts as headings, of a long one the names of
its parts, each of which then has a page of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from convert.bundle.parts import LIMIT, DateGroup, Item, by_date, by_number, packed, published
from convert.model import Elsewhere, Entry, Section, Volume
from convert.text import squeeze
from convert.words import Words, words
from convert.writers.book.names import STYLE_FILE, file_name, section_file
from convert.writers.book.pages import document
from convert.writers.book.volume import LABEL_LENGTH, heading, label as label_of, moment, visible
from convert.writers.book.xhtml import attribute, text
from convert.writers.part import Tally
from convert.writers.references import relative

DATES, AUTHORS = "index/dates", "index/authors"


class Sheet(NamedTuple):
    """A list, and the part of it that it is: its file, its title, and whether it is a page or stands on the one of what
    it is a part of."""

    file: str
    part: DateGroup
    own: bool = True

    @property
    def whole(self) -> bool:
        """Whether its page shows all that is in it."""
        return self.part.count <= LIMIT or not self.part.parts

    def parts(self) -> Iterator["Sheet"]:
        """Its parts: on pages of their own, if it does not show all of them."""
        stem = self.file.removesuffix(".xhtml")
        for part in self.part.parts:
            if self.whole or not self.own:
                yield Sheet(self.file, part, own=False)
            else:
                folder, _, last = stem.rpartition("/")
                told = part.key if part.key.startswith(last) or self.part.key == TOP else f"{last}-{part.key}"
                yield Sheet(f"{stem if self.part.key == TOP else folder}/{told}.xhtml", part)


TOP = ""
"""The key of a list that is a part of nothing."""


def name(part: DateGroup) -> str:
    """The identifier of a part on its page."""
    return f"part-{part.key}"


# --- what is listed -----------------------------------------------------------------------------------------------


def section_sheet(section: Section, volume: Volume) -> Sheet:
    """The list of a section: its articles, and those that it has in common with another one."""
    items: Sequence[Item] = section.entries
    if section.elsewhere:
        items = _ordered([*section.entries, *section.elsewhere], volume.order)
    return Sheet(section_file(section.key), _divided(TOP, heading(section), items, volume))


def date_sheet(volume: Volume) -> Sheet | None:
    """The list of all articles by date; none where the book itself is in that order."""
    if volume.order in ("oldest", "newest") and len(volume.sections) < 2:
        return None
    entries = _ordered(list(volume.entries()), "oldest")
    label = words(volume.language)
    return Sheet(
        f"{DATES}.xhtml", DateGroup(TOP, label["by_date"], parts=by_date(entries, label) or by_number(entries))
    )


def author_sheet(volume: Volume, tally: Tally) -> Sheet | None:
    """The list of all authors with their articles; none where no article names any."""
    entries = list(volume.entries())
    parts = []
    for number, (author, places) in enumerate(sorted(tally.authors.items()), 1):
        items = tuple(entries[place] for place in places)
        title = squeeze(visible(author), LABEL_LENGTH)
        parts.append(
            DateGroup(f"a{number}", title, items)
            if len(items) <= LIMIT
            else DateGroup(f"a{number}", title, parts=by_number(items))
        )
    if not parts:
        return None
    return Sheet(f"{AUTHORS}.xhtml", DateGroup(TOP, words(volume.language)["by_author"], parts=packed(parts)))


def _divided(key: str, title: str, items: Sequence[Item], volume: Volume) -> DateGroup:
    if volume.order in ("oldest", "newest"):
        parts = by_date(items, words(volume.language))
    else:
        parts = by_number(items) if len(items) > LIMIT else ()
    return DateGroup(key, title, parts=parts) if parts else DateGroup(key, title, tuple(items))


def _ordered(items: list[Item], order: str) -> list[Item]:
    """Items by date, in the order of a volume; those of one day and those without a date stay as they are."""
    if order not in ("oldest", "newest"):
        return items
    dated = sorted((item for item in items if published(item)), key=lambda item: published(item)[:10])
    if order == "newest":  # a stable sort backwards
        days = [list(group) for _, group in groupby(dated, lambda item: published(item)[:10])]
        dated = [item for day in reversed(days) for item in day]
    return dated + [item for item in items if not published(item)]


# --- pages --------------------------------------------------------------------------------------------------------


def page(sheet: Sheet, volume: Volume) -> str:
    """The page of a list."""
    sections = {section.key: heading(section) for section in volume.sections}
    lister = _Lister(sheet.file, volume.language, sections)
    title = sheet.part.title
    body = f'<section class="contents"><h1>{text(title)}</h1>\n{"".join(lister.lines(sheet, 2))}</section>'
    return document(body, title=title, language=volume.language, style=relative(STYLE_FILE, sheet.file))


class _Lister:
    def __init__(self, here: str, language: str, sections: Mapping[str, str]) -> None:
        self.here = here
        self.words = words(language)
        self.sections = sections

    def lines(self, sheet: Sheet, level: int) -> Iterator[str]:
        if sheet.part.items:
            yield "<ol>\n"
            for item in sheet.part.items:
                away = isinstance(item, Elsewhere) and item.volume
                href = None if away else relative(file_name(entry_of(item).path), self.here)
                yield f"<li>{line(item, href, self.sections, self.words)}</li>\n"
            yield "</ol>\n"
        elif sheet.whole:
            for part in sheet.parts():
                yield f'<h{level} id="{name(part.part)}">{text(part.part.title)}</h{level}>\n'
                yield from self.lines(part, min(level + 1, 6))
        else:
            yield "<ol>\n"
            for part in sheet.parts():
                href = attribute(relative(part.file, self.here))
                yield f'<li><a href="{href}">{text(part.part.title)}</a> ({part.part.count})</li>\n'
            yield "</ol>\n"


def entry_of(item: Item) -> Entry:
    """The article of an item."""
    return item if isinstance(item, Entry) else item.entry


def line(item: Item, href: str | None, sections: Mapping[str, str], label: Words) -> str:
    """A line of a list: title, date, and where the article stands if not here; `sections` are titles by key."""
    entry = entry_of(item)
    shown = text(label_of(entry))
    if href is not None:
        shown = f'<a href="{attribute(href)}">{shown}</a>'
    if moment(entry.published):
        shown += f" <time>{text(entry.published[:10])}</time>"
    if isinstance(item, Elsewhere):
        shown += f' <span class="volume">{text(elsewhere(item, sections, label))}</span>'
    return shown


def elsewhere(item: Elsewhere, sections: Mapping[str, str], label: Words) -> str:
    """Where an article stands that a list names besides."""
    if item.volume:
        return label["volume"].format(item.volume)
    return label["in_section"].format(sections.get(item.entry.section, ""))


# --- the book in its order ----------------------------------------------------------------------------------------


def sheets(sheet: Sheet) -> Iterator[Sheet]:
    """The pages of a list and of its parts."""
    if sheet.own:
        yield sheet
        if not sheet.whole:
            for part in sheet.parts():
                yield from sheets(part)


def in_order(sheet: Sheet) -> Iterator[Sheet | Entry]:
    """The pages of a section in reading order: each list before the articles that it lists."""
    if sheet.own:
        yield sheet
    yield from (item for item in sheet.part.items if isinstance(item, Entry))
    for part in sheet.parts():
        yield from in_order(part)
