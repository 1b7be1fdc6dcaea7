"""The pages of a site that are no articles: the front page, the lists, and the page about the site."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.resources import files

from convert.bundle.parts import DateGroup, Item, by_date, by_number, packed
from convert.model import Entry, Volume
from convert.text import shows, squeeze, visible
from convert.words import words
from convert.writers.book import front
from convert.writers.book.escapes import attribute, text
from convert.writers.book.lists import TOP, IndexPage, Lister, ordered, pages_of
from convert.writers.book.people import authors
from convert.writers.book.volume import LABEL_LENGTH, cover_lines, heading
from convert.writers.options import Options
from convert.writers.part import Tally
from convert.writers.references import relative
from convert.writers.site.names import ABOUT, AUTHORS, DATES, HOME, KEYWORDS, RESULTS, STYLE, page_file, section_file
from convert.writers.site.pages import Slots, document, header
from convert.writers.site.searching import NONE, content, field

NEWEST = 20
"""Articles on the front page."""


class Site:
    """Pages of a volume's site that are no articles; `tally` is complete after the last article."""

    def __init__(self, volume: Volume, tally: Tally, options: Options) -> None:
        self.volume = volume
        self.tally = tally
        self.options = options
        self.words = words(volume.language)
        self.title = visible(volume.title)
        self.sections: Mapping[str, str] = {section.key: heading(section) for section in volume.sections}

    @cached_property
    def newest(self) -> list[Item]:
        """Return all articles, the newest first, the undated last."""
        return ordered(list(self.volume.entries()), "newest")

    def slots(self, entry: Entry, place: int) -> Slots:
        """Return the slots of an article's page; `place` is its place in the volume, from 0."""
        return Slots(self.header(page_file(entry.path)))

    def header(self, here: str) -> str:
        """Return the header of a page."""
        return header(self.title, self.volume.language, here, field(here, self.words, self.options))

    def other_files(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of each file that is no article's page and no picture."""
        yield STYLE, _style()
        yield HOME, self.page(self._front(), self.title, HOME)
        if self.options.search != NONE:
            yield RESULTS, self.page(content(self.words), self.words["search"], RESULTS)
        yield ABOUT, self.page(front.about(self.volume, self.tally), self.words["about_site"], ABOUT)
        for whole in self.lists():
            for index in pages_of(whole):
                yield index.file, self._list(index)

    def page(self, content: str, title: str, here: str) -> bytes:
        """Return a page of the site."""
        slots = Slots(self.header(here))
        return document(content, title=title, language=self.volume.language, here=here, slots=slots).encode(
            "utf-8", "ignore"
        )

    def lists(self) -> Iterator[IndexPage]:
        """Yield all lists."""
        for section in self.volume.sections:
            items = ordered([*section.entries, *section.elsewhere], "newest")
            yield IndexPage(section_file(section.key), self._divided(heading(section), items))
        yield IndexPage(DATES, self._divided(self.words["by_date"], self.newest))
        yield IndexPage(AUTHORS, self._people())
        yield IndexPage(KEYWORDS, DateGroup(TOP, self.words["by_keyword"]))

    def _divided(self, title: str, items: list[Item]) -> DateGroup:
        parts = by_date(items, self.words)
        return DateGroup(TOP, title, parts=parts) if parts else DateGroup(TOP, title, tuple(items))

    def _people(self) -> DateGroup:
        entries, letters, number = list(self.volume.entries()), [], 0
        named = {name: places for name, places in self.tally.authors.items() if shows(name)}
        for letter, listed in authors(named):
            parts = []
            for author in listed:
                number += 1
                items = tuple(entries[place] for place in author.places)
                title = squeeze(visible(author.name), LABEL_LENGTH)
                parts.append(DateGroup(f"a{number}", title, parts=by_number(items)))
            key = f"letter-{letter.lower() if letter.isalpha() else 'other'}"
            letters.append(DateGroup(key, letter, parts=packed(parts)))
        return DateGroup(TOP, self.words["by_author"], parts=tuple(letters))

    def _list(self, index: IndexPage) -> bytes:
        lister = Lister(index.file, self.volume.language, self.sections, {}, page_file)
        lines = "".join(lister.lines(index, 2)) or f"<p>{text(self.words['no_authors'])}</p>\n"
        return self.page(f"<h1>{text(index.group.title)}</h1>\n{lines}", index.group.title, index.file)

    def _front(self) -> str:
        lister = Lister(HOME, self.volume.language, self.sections, {}, page_file)
        newest = DateGroup(TOP, self.words["newest"], tuple(self.newest[:NEWEST]))
        lines = "".join(f"<p>{text(line)}</p>\n" for line in cover_lines(self.volume))
        channels = "".join(
            f'<li><a href="{attribute(relative(section_file(section.key), HOME))}">{text(heading(section))}</a> '
            f"({len(section.entries)})</li>\n"
            for section in self.volume.sections
        )
        return (
            f"<h1>{text(self.title)}</h1>\n{lines}<h2>{text(newest.title)}</h2>\n"
            f"{''.join(lister.lines(IndexPage(HOME, newest), 3))}"
            f"<h2>{text(self.words['sections'])}</h2>\n<ul>\n{channels}</ul>\n"
        )


def _style() -> bytes:
    book, own = files("convert.writers.book"), files("convert.writers.site")
    parts = (
        book.joinpath("book.css"),
        book.joinpath("screen.css"),
        own.joinpath("site.css"),
        own.joinpath("search.css"),
    )
    return "\n".join(part.read_text("utf-8") for part in parts).encode()
