"""The pages of a site that are no articles: front page, lists, feed, the page about it; the articles' slots."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from sys import intern
from typing import NamedTuple

from convert.bundle.parts import LIMIT, DateGroup, Item, by_date, by_number
from convert.model import Elsewhere, Volume
from convert.text import shows, visible
from convert.words import words
from convert.writers.book import front
from convert.writers.book.escapes import text
from convert.writers.book.lists import NO_BRIEFS, TOP, Briefs, IndexPage, line, ordered, pages_of
from convert.writers.book.passages import attributes
from convert.writers.book.people import key_of
from convert.writers.book.volume import heading
from convert.writers.options import Options
from convert.writers.part import NO_FILES, LastFiles, RenderedArticle, SiteFile, Tally
from convert.writers.references import relative
from convert.writers.site import indexes, listing
from convert.writers.site.feed import NEWEST as FEED_NEWEST, FeedEntry, feed
from convert.writers.site.home import home, names as names_of
from convert.writers.site.indexes import Names
from convert.writers.site.keys import Keys
from convert.writers.site.listing import SiteLister
from convert.writers.site.names import (
    ABOUT,
    AUTHORS,
    DATES,
    FEED,
    HOME,
    KEYWORDS,
    RESULTS,
    STYLE,
    SUFFIX,
    name_file,
    page_file,
    root,
    section_file,
)
from convert.writers.site.pages import Slots, document, header
from convert.writers.site.related import related
from convert.writers.site.searching import NONE, content, field

NEWEST = 20
"""Articles on the front page."""


class Facts(NamedTuple):
    """Facts about an article that pages besides its own show."""

    language: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    tags: tuple[str, ...]
    """Other keywords, whose pages its text links to."""


class Site:
    """Pages of a volume's site.

    Each article is noted first, in the volume's order; what is asked for then is complete.
    """

    def __init__(self, volume: Volume, tally: Tally, options: Options) -> None:
        self.volume = volume
        self.tally = tally
        self.options = options
        self.words = words(volume.language)
        self.title = visible(volume.title)
        self.entries = list(volume.entries())
        self.files = [page_file(entry.path) for entry in self.entries]
        self._file_of = {entry.path: file for entry, file in zip(self.entries, self.files, strict=True)}
        self._lines: dict[int, tuple[str, str]] = {}
        """Beginning and end of the line of each article, around the reference to its page, by its place."""
        self.facts: list[Facts] = []
        self._keywords: dict[str, list[int]] = {}
        self._headers: dict[str, str] = {}
        self._last_related: tuple[int, Sequence[int]] = (-1, ())

    def note(self, part: RenderedArticle) -> None:
        """Count the next article, in the order of the volume."""
        self.tally.note(part)
        for keyword in dict.fromkeys((*part.subjects, *part.tags)):
            self._keywords.setdefault(intern(keyword), []).append(len(self.facts))
        tags = [tag for tag in part.tags if tag not in part.subjects]
        names = (tuple(map(intern, each)) for each in (part.authors, part.subjects, tags))
        self.facts.append(Facts(intern(part.language), *names))

    # --- lists --------------------------------------------------------------------------------------------------------

    @cached_property
    def newest(self) -> Sequence[Item]:
        """Return all articles, the newest first, the undated last."""
        return ordered(list(self.entries), "newest")

    @cached_property
    def dates(self) -> IndexPage:
        """Return the list of all articles by date."""
        return self._index(f"{DATES}{SUFFIX}", self.words["by_date"], self.newest, days=True)

    @cached_property
    def authors(self) -> Names:
        """Return the list of authors."""
        named = {name: places for name, places in self.tally.authors.items() if shows(name)}
        return Names(AUTHORS, self.words["by_author"], named)

    @cached_property
    def keywords(self) -> Names:
        """Return the list of keywords."""
        named = {name: places for name, places in self._keywords.items() if shows(name)}
        return Names(KEYWORDS, self.words["by_keyword"], named)

    @cached_property
    def names(self) -> list[Names]:
        """Return the lists of names that have any."""
        return [names for names in (self.authors, self.keywords) if names.letters]

    @cached_property
    def sections(self) -> list[IndexPage]:
        """Return the lists of sections."""
        listed = (section for section in self.volume.sections if section.entries or section.elsewhere)
        return [
            self._index(
                section_file(section.key), heading(section), ordered([*section.entries, *section.elsewhere], "newest")
            )
            for section in listed
        ]

    @cached_property
    def lists(self) -> Mapping[str, str]:
        """Return the titles of the lists that each page leads to, by their files."""
        names = {each.file: each.title for each in self.names}
        return {
            f"{HOME}#sections": self.words["sections"],
            self.dates.file: self.dates.group.title,
            **names,
            ABOUT: self.words["about_site"],
        }

    def _index(self, file: str, title: str, items: Sequence[Item], *, days: bool = False) -> IndexPage:
        parts = by_date(items, self.words, days=days) or (by_number(items) if len(items) > LIMIT else ())
        return IndexPage(file, DateGroup(TOP, title, () if parts else tuple(items), parts))

    # --- pages of articles --------------------------------------------------------------------------------------------

    def key(self, place: int) -> bytes:
        """Return a hash of all that `slots` depends on, for an article at a place."""
        facts = self.facts[place]
        linked = [self.authors.file_of(name) for name in facts.authors]
        linked += [self.keywords.file_of(name) for name in (*facts.keywords, *facts.tags)]
        return self._keys.of_page(place, self._related(place), linked)

    @cached_property
    def _keys(self) -> Keys:
        frame = (self.title, self.volume.language, self.lists, self.options.search, self._titles)
        return Keys(frame, self.entries, self.tally.briefs)

    def slots(self, place: int) -> Slots:
        """Return what the page of the article at a place, from 0, says of others."""
        here, facts = self.files[place], self.facts[place]
        join = words(facts.language or self.volume.language)["by"].join
        return Slots(
            self.header(here),
            "".join(self._after(place, here)),
            self.footer(here),
            join(self._linked(self.authors, name, here) for name in facts.authors),
            self._labelled_keywords(facts, here),
        )

    def _labelled_keywords(self, facts: Facts, here: str) -> str:
        label = words(facts.language or self.volume.language)
        linked = label["by"].join(self._linked(self.keywords, name, here) for name in facts.keywords)
        return f"{text(label['keywords'])}{linked}" if linked else ""

    def _linked(self, names: Names, name: str, here: str) -> str:
        file = names.file_of(name)
        return f'<a href="{relative(file, here)}">{text(name)}</a>' if file else text(name)

    def _after(self, place: int, here: str) -> Iterator[str]:
        label, facts, own = self.words, self.facts[place], self.volume.language
        lang = attributes(own, facts.language) if facts.language != own else ""
        tagged = [self._linked(self.keywords, tag, here) for tag in facts.tags if self.keywords.file_of(tag)]
        if tagged:
            yield f'<p class="byline tags"{lang}>{text(label["keywords"])}{label["by"].join(tagged)}</p>\n'
        around = [
            f'<li class="{word}"><span>{text(label[word])}</span> {self._line(other, here)}</li>\n'
            for word, other in (("previous", place - 1), ("next", place + 1))
            if 0 <= other < len(self.entries)
        ]
        if around:
            yield f'<nav class="around"{lang} aria-label="{text(label["around"])}">\n'
            yield f"<ul>\n{''.join(around)}</ul>\n</nav>\n"
        if places := self._related(place):
            items = "".join(f"<li>{self._line(other, here)}</li>\n" for other in places)
            yield f'<section class="related"{lang}>\n<h2>{text(label["related"])}</h2>\n'
            yield f"<ol>\n{items}</ol>\n</section>\n"

    def _related(self, place: int) -> Sequence[int]:
        """Return the places of the articles most related to one; those of the last that was asked for are kept."""
        if self._last_related[0] != place:
            facts = self.facts[place]
            names = (*facts.keywords, *facts.tags)
            keys = list(dict.fromkeys(self._key_of[name] for name in names if name in self._key_of))
            self._last_related = place, related(place, keys, self._places, len(self.entries))
        return self._last_related[1]

    def _line(self, place: int, here: str) -> str:
        if place not in self._lines:
            html = line(self.entries[place], "#", self._titles, self.words, self.volume.language)
            start, _, end = html.partition('"#"')
            self._lines[place] = f'{start}"', f'"{end}'
        start, end = self._lines[place]
        return f"{start}{relative(self.files[place], here)}{end}"

    @cached_property
    def _key_of(self) -> Mapping[str, str]:
        return {name: key_of(name) for name in self._keywords if shows(name)}

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        return {key_of(each.name): each.places for _, names in self.keywords.letters for each in names}

    def header(self, here: str) -> str:
        """Return the header of a page."""
        key = here if here in self.lists or here in (HOME, RESULTS) else root(here)
        if key not in self._headers:
            search = field(here, self.words, self.options)
            self._headers[key] = header(self.title, self.volume.language, here, self.lists, search)
        return self._headers[key]

    def footer(self, here: str) -> str:
        """Return the end of a page."""
        return ""

    # --- other files --------------------------------------------------------------------------------------------------

    def other_files(self, last: LastFiles = NO_FILES) -> Iterator[SiteFile]:
        """Yield each file that is no article's page and no picture, without the lists that the `last` build made so."""
        yield SiteFile(STYLE, _style())
        newest = feed(self.volume, self._feed())
        if newest:
            yield SiteFile(FEED, newest.encode("utf-8", "ignore"))
        front_page = home(
            self.volume, self.newest[:NEWEST], self.sections, self.dates, self._lister(HOME), FEED if newest else ""
        )
        yield SiteFile(HOME, self._page(HOME, self.title, "".join(front_page), has_feed=bool(newest)))
        if self.options.search != NONE:
            yield SiteFile(RESULTS, self._page(RESULTS, self.words["search"], content(self.words)))
        about = front.about(self.volume, self.tally, site=True)
        yield SiteFile(ABOUT, self._page(ABOUT, self.words["about_site"], about))
        for whole in self.sections:
            yield from self._list(whole, last)
        yield from self._list(self.dates, last, NO_BRIEFS)
        for names in self.names:
            yield from self._names(names, last)

    def _names(self, names: Names, last: LastFiles) -> Iterator[SiteFile]:
        for page in indexes.pages_of(names.page):
            title = page.title if page.file == names.file else f"{names.title}{self.words['colon']}{page.title}"
            content = names_of(page, names.kind, title, self.entries, self.volume.language)
            yield SiteFile(page.file, self._page(page.file, title, "".join(content)))
        for author in names.several():
            items = ordered([self.entries[place] for place in author.places], "newest")
            whole = self._index(name_file(names.kind, author.key), indexes.shown(author), items)
            yield from self._list(whole, last)

    def _list(self, whole: IndexPage, last: LastFiles, briefs: Briefs | None = None) -> Iterator[SiteFile]:
        """Yield the pages of a list and of its parts, without those that the last build made of the same."""
        for index, before, after in listing.neighbours(list(pages_of(whole))):
            key = self._keys.of_list(index, before, after) if last is not NO_FILES else b""
            if last.keeps(index.file, key):
                continue
            lines = "".join(self._lister(index.file, briefs).lines(index, 2))
            head = f'{listing.way(index)}<section class="list">\n<h1>{text(index.group.title)}</h1>\n'
            content = f"{head}{lines}</section>\n{listing.beside(index, before, after, self.words)}"
            yield SiteFile(index.file, self._page(index.file, listing.title(index, self.words), content), key=key)

    def _lister(self, here: str, briefs: Briefs | None = None) -> SiteLister:
        briefs = self._briefs if briefs is None else briefs
        return SiteLister(here, self.volume.language, self._titles, briefs, self._file_of.__getitem__)

    @cached_property
    def _titles(self) -> Mapping[str, str]:
        return {section.key: heading(section) for section in self.volume.sections}

    @cached_property
    def _briefs(self) -> Briefs:
        return dict(zip((entry.path for entry in self.entries), self.tally.briefs, strict=True))

    def _page(self, here: str, title: str, content: str, *, has_feed: bool = False) -> bytes:
        slots = Slots(self.header(here), "", self.footer(here))
        further = f'<link rel="alternate" type="application/atom+xml" href="{FEED}"/>\n' if has_feed else ""
        name = title if title == self.title else f"{title} – {self.title}"
        page = document(content, title=name, language=self.volume.language, here=here, slots=slots, further=further)
        return page.encode("utf-8", "ignore")

    def _feed(self) -> Iterator[FeedEntry]:
        places = {entry.path: place for place, entry in enumerate(self.entries)}
        for item in self.newest[:FEED_NEWEST]:
            assert not isinstance(item, Elsewhere)
            place = places[item.path]
            facts, (summary, _) = self.facts[place], self.tally.briefs[place]
            publisher = self.tally.publishers[place]
            yield FeedEntry(item, facts.language, publisher, facts.authors, (*facts.keywords, *facts.tags), summary)


def _style() -> bytes:
    book, own = files("convert.writers.book"), files("convert.writers.site")
    parts = [book.joinpath(name) for name in ("book.css", "screen.css")]
    parts += [own.joinpath(name) for name in ("site.css", "search.css")]
    return "\n".join(part.read_text("utf-8") for part in parts).encode()
