"""The index pages of a book, which list articles: by section and month, by date, by author.

No list has more entries than `LIMIT`.  The page of a short list shows its parts under headings; that of a long list
links to its parts, each of which has a page of its own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from convert.bundle.parts import (
    LIMIT,
    DateGroup,
    Item,
    by_date,
    by_number,
    is_year,
    month_title,
    packed,
    published,
)
from convert.model import Elsewhere, Entry, Section, Volume
from convert.text import shows, squeeze, visible
from convert.words import Words, words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.names import STYLE_FILE, file_name, section_file
from convert.writers.book.pages import document
from convert.writers.book.passages import attributes, foreign, isolated
from convert.writers.book.people import Author, authors
from convert.writers.book.volume import LABEL_LENGTH, heading, label as label_of, moment
from convert.writers.part import Tally
from convert.writers.references import relative

Briefs = Mapping[str, tuple[str, int]]
"""First sentence and minutes of reading of articles, by their paths."""
NO_BRIEFS: Briefs = MappingProxyType({})

_GAP = "\N{NO-BREAK SPACE}"
"""Space between a date and the minutes of reading, which begin no line alone."""
SEPARATOR = " · "
"""Text between the names of a list and of its parts."""
DATES, AUTHORS = "index/dates", "index/authors"


class IndexPage(NamedTuple):
    """A list of articles or a part of one, and the page that shows it."""

    file: str
    group: DateGroup
    own: bool = True
    """False if it is a section of the page of the list that it is a part of."""
    above: tuple["IndexPage", ...] = ()
    """Pages that lead to it, the whole list first."""

    @property
    def whole(self) -> bool:
        """Return True if one page shows the list with all its parts."""
        return self.group.count <= LIMIT or not self.group.parts

    def parts(self) -> Iterator["IndexPage"]:
        """Yield the parts of the list, on pages of their own if one page cannot show them all."""
        stem, dot, suffix = self.file.rpartition(".")
        for part in self.group.parts:
            if self.whole or not self.own:
                yield IndexPage(self.file, part, own=False)
            else:
                folder, _, last = stem.rpartition("/")
                name = part.key if part.key.startswith(last) or self.group.key == TOP else f"{last}-{part.key}"
                yield IndexPage(
                    f"{stem if self.group.key == TOP else folder}/{name}{dot}{suffix}", part, above=(*self.above, self)
                )


TOP = ""
"""Key of a whole list, which is no part of another."""


def name(part: DateGroup) -> str:
    """Return the identifier of a part on its page."""
    return f"part-{part.key}"


def target(index: IndexPage) -> str:
    """Return the place of a list: its page, or its heading on the page of the list that it is a part of."""
    return index.file if index.own else f"{index.file}#{name(index.group)}"


# --- lists --------------------------------------------------------------------------------------------------------


def section_index(section: Section, volume: Volume) -> IndexPage:
    """Return the list of a section: its articles, and those of other sections or volumes that it lists too."""
    items: Sequence[Item] = section.entries
    if section.elsewhere:
        items = ordered([*section.entries, *section.elsewhere], volume.order)
    return IndexPage(section_file(section.key), _divided(TOP, heading(section), items, volume))


def date_index(volume: Volume) -> IndexPage | None:
    """Return the list of all articles by date; None if the book itself is in that order."""
    if volume.order in ("oldest", "newest") and len(volume.sections) < 2:
        return None
    entries = ordered(list(volume.entries()), "oldest")
    label = words(volume.language)
    return IndexPage(
        f"{DATES}.xhtml", DateGroup(TOP, label["by_date"], parts=by_date(entries, label) or by_number(entries))
    )


def author_index(volume: Volume, tally: Tally) -> IndexPage | None:
    """Return the list of all authors with their articles; None if no article names its author."""
    entries = list(volume.entries())
    named = {name: places for name, places in tally.authors.items() if shows(name)}
    letters, number = [], 0
    for letter, listed in authors(named):
        parts = []
        for author in listed:
            number += 1
            parts.append(_of_author(f"a{number}", author, entries))
        key = f"letter-{letter.lower() if letter.isalpha() else 'other'}"
        letters.append(DateGroup(key, letter, parts=packed(parts)))
    return (
        IndexPage(f"{AUTHORS}.xhtml", DateGroup(TOP, words(volume.language)["by_author"], parts=tuple(letters)))
        if letters
        else None
    )


def _of_author(key: str, author: Author, entries: Sequence[Entry]) -> DateGroup:
    items = tuple(entries[place] for place in author.places)
    title = squeeze(visible(author.name), LABEL_LENGTH)
    return DateGroup(key, title, items) if len(items) <= LIMIT else DateGroup(key, title, parts=by_number(items))


def _divided(key: str, title: str, items: Sequence[Item], volume: Volume) -> DateGroup:
    if volume.order in ("oldest", "newest"):
        parts = by_date(items, words(volume.language))
    else:
        parts = by_number(items) if len(items) > LIMIT else ()
    return DateGroup(key, title, parts=parts) if parts else DateGroup(key, title, tuple(items))


def ordered(items: list[Item], order: str) -> list[Item]:
    """Return items in the volume's order by date, the undated last; items of one day keep their order."""
    if order not in ("oldest", "newest"):
        return items
    dated = sorted((item for item in items if published(item)), key=lambda item: published(item)[:10])
    if order == "newest":  # a reversed sort would also reverse the items of a day
        days = [list(group) for _, group in groupby(dated, lambda item: published(item)[:10])]
        dated = [item for day in reversed(days) for item in day]
    return dated + [item for item in items if not published(item)]


# --- pages --------------------------------------------------------------------------------------------------------


def page(index: IndexPage, volume: Volume, briefs: Briefs = NO_BRIEFS) -> str:
    """Return the XHTML page of a list."""
    sections = {section.key: heading(section) for section in volume.sections}
    lister = Lister(index.file, volume.language, sections, briefs)
    title = SEPARATOR.join(each.group.title for each in (*index.above, index))
    head = f"{_trail(index)}<h1>{text(index.group.title)}</h1>"
    body = f'<section class="contents">{head}\n{"".join(lister.lines(index, 2))}</section>'
    return document(body, title=title, language=volume.language, style=relative(STYLE_FILE, index.file))


def _trail(index: IndexPage) -> str:
    """Return links to the pages above, because "1001–1200" and "5 March" do not say of what."""
    links = (
        f'<a href="{attribute(relative(each.file, index.file))}">{text(each.group.title)}</a>' for each in index.above
    )
    return f'<p class="trail">{SEPARATOR.join(links)}</p>\n' if index.above else ""


class Lister:
    """Renderer of the lines of an index page, with references that are relative to the page `here`."""

    def __init__(
        self,
        here: str,
        language: str,
        sections: Mapping[str, str],
        briefs: Briefs,
        file_of: Callable[[str], str] = file_name,
    ) -> None:
        """Begin a page; `file_of` returns the file of an article by the path of its source."""
        self.here = here
        self.file_of = file_of
        self.language = language
        self.briefs = briefs
        self.words = words(language)
        self.sections = sections

    def lines(self, index: IndexPage, level: int) -> Iterator[str]:
        """Yield the lines of a list, its headings from `level` on."""
        if index.group.items:
            yield "<ol>\n"
            for item in index.group.items:
                yield f"<li>{self.line(item, index.group)}</li>\n"
            yield "</ol>\n"
        elif index.whole:
            for part in index.parts():
                yield f'<h{level} id="{name(part.group)}">{text(part.group.title)}</h{level}>\n'
                yield from self.lines(part, min(level + 1, 6))
        else:
            yield from self.links(index)

    def line(self, item: Item, group: DateGroup) -> str:
        """Return the line of an article in a list."""
        away = isinstance(item, Elsewhere) and item.volume
        path = entry_of(item).path
        href = None if away else relative(self.file_of(path), self.here)
        return line(item, href, self.sections, self.words, self.language, self.briefs.get(path), self.dated(group))

    def dated(self, group: DateGroup) -> bool:
        """Return True if each line of a list has its date."""
        return True

    def links(self, index: IndexPage) -> Iterator[str]:
        """Yield links to the parts of a list that have pages of their own."""
        yield "<ol>\n"
        for part in index.parts():
            href = attribute(relative(part.file, self.here))
            months = self.months(part) if is_year(part.group) and index.group.key == TOP else ""
            yield f'<li><a href="{href}">{text(part.group.title)}</a> ({part.group.count}){months}</li>\n'
        yield "</ol>\n"

    def months(self, year: IndexPage) -> str:
        """Return links to the months of a year in one line, so that a whole list leads to any of them."""
        links = (
            f'<li><a href="{attribute(relative(target(part), self.here))}">{text(month_title(part.group, self.words))}'
            "</a></li>\n"
            for part in year.parts()
        )
        return f'\n<ol class="row">\n{"".join(links)}</ol>\n'


def entry_of(item: Item) -> Entry:
    """Return the entry of an item."""
    return item if isinstance(item, Entry) else item.entry


def line(
    item: Item,
    href: str | None,
    sections: Mapping[str, str],
    label: Words,
    language: str,
    brief: tuple[str, int] | None = None,
    dated: bool = True,
) -> str:
    """Return a line of a list: title, date, and the place of an article that is elsewhere, and its brief, if any.

    `sections` maps keys of sections to titles; `href` is None for an article that this file does not hold.
    """
    entry = entry_of(item)
    title = label_of(entry)
    html, tag = text(title), attributes(foreign(title, language), language)
    if href is not None:
        html = f'<a href="{attribute(href)}"{tag}>{html}</a>'
    elif tag:
        html = f"<span{tag}>{html}</span>"
    if dated and moment(entry.published):
        html += f" <time{isolated(title)}>{text(entry.published[:10])}</time>"
    if isinstance(item, Elsewhere):
        html += f' <span class="volume">{text(elsewhere(item, sections, label))}</span>'
    if brief and brief[1]:
        html += f'{_GAP}<span class="length">{text(label["minutes"].format(brief[1]))}</span>'
    if brief and brief[0]:
        tag = attributes(foreign(brief[0], language), language)
        html += f'<br/>\n<span class="summary"{tag}>{text(brief[0])}</span>'
    return html


def elsewhere(item: Elsewhere, sections: Mapping[str, str], label: Words) -> str:
    """Return a note that says in which volume or section an article is that this list names too."""
    if item.volume:
        return label["volume"].format(item.volume)
    return label["in_section"].format(sections.get(item.entry.section, ""))


# --- the book in its order ----------------------------------------------------------------------------------------


def pages_of(index: IndexPage) -> Iterator[IndexPage]:
    """Yield the pages of a list and of its parts."""
    if index.own:
        yield index
        if not index.whole:
            for part in index.parts():
                yield from pages_of(part)


def in_order(index: IndexPage) -> Iterator[IndexPage | Entry]:
    """Yield the pages of a section in reading order: each list before the articles that it lists."""
    if index.own:
        yield index
    yield from (item for item in index.group.items if isinstance(item, Entry))
    for part in index.parts():
        yield from in_order(part)
