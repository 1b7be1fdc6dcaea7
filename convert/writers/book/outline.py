"""The pages of a book in their order, and its contents as a reading system shows them.

A reading system loads the contents whole, and a reader turns their pages.  So those of a long book do not list its
articles: they lead from a channel to its years or months, and each of these to its list.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import NamedTuple

from convert.bundle.parts import LIMIT, DateGroup
from convert.model import Entry, Volume
from convert.words import words
from convert.writers.book import front, lists
from convert.writers.book.escapes import text
from convert.writers.book.lists import IndexPage
from convert.writers.book.names import CONTENTS_FILE, file_name
from convert.writers.book.passages import attributes, foreign, isolated
from convert.writers.book.volume import label, moment
from convert.writers.part import Tally

COVER_FILE, TITLE_FILE, ABOUT_FILE = "cover.xhtml", "title.xhtml", "about.xhtml"
FEW = 300
"""Most articles that contents list, and most lines of contents that list none."""
BRIEFED = 25_000
"""Most articles of a book whose lists say how each begins: of more, that would take too much memory."""
GROUP = 20
"""Channels below one heading, if there are more than a list holds: about those that the screen of a phone shows."""
DEEPEST = 4
"""Most levels of the parts of a channel: years, months, days, numbers."""


class Node(NamedTuple):
    """Line of the contents, and the lines below it."""

    title: str
    href: str
    """Target.  That of a heading in the middle of a page, which comes before its articles, is the first line below it:
    contents follow the order of the book (EPUB 3.3, section 7.3).  "" for a heading in somebody's sealed book."""
    below: Callable[[], Iterator["Node"]] | None = None
    date: str = ""
    row: bool = False
    """True if the lines below share lines of the page."""


class Book:
    """Pages of a volume, in the order of the book and as its contents list them.

    `tally` is complete after the last chapter.  A volume of one article has neither contents nor index pages.
    """

    def __init__(self, volume: Volume, tally: Tally) -> None:
        self.volume = volume
        self.tally = tally
        self.words = words(volume.language)
        self.count = sum(1 for _ in volume.entries())
        self.alone = self.count == 1

    @cached_property
    def sections(self) -> Sequence[IndexPage]:
        """Return the index page of each section."""
        sections = (section for section in self.volume.sections if section.entries or section.elsewhere)
        return [lists.section_index(section, self.volume) for section in sections]

    @cached_property
    def indexes(self) -> Sequence[IndexPage]:
        """Return the index pages by date and by author; the tally must be complete."""
        if self.alone:
            return ()
        return list(filter(None, (lists.date_index(self.volume), lists.author_index(self.volume, self.tally))))

    def body(self) -> Iterator[IndexPage | Entry]:
        """Yield index pages and articles in reading order."""
        if self.alone:
            yield from self.volume.entries()
        else:
            for index in self.sections:
                yield from lists.in_order(index)

    def other_files(self, cover: str, ground: str) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of each page that is no article.

        `cover` is the file of the cover's picture, `ground` the colour around it.
        """
        volume = self.volume
        yield COVER_FILE, front.cover_page(volume, cover, ground).encode()
        if not self.alone:
            yield TITLE_FILE, front.title_page(volume).encode()
        yield ABOUT_FILE, front.about_page(volume, self.tally).encode()
        for index in () if self.alone else (page for each in self.sections for page in lists.pages_of(each)):
            yield index.file, lists.page(index, volume, self.briefs).encode()
        for index in (page for each in self.indexes for page in lists.pages_of(each)):
            yield index.file, lists.page(index, volume).encode()

    @cached_property
    def briefs(self) -> lists.Briefs:
        """Return the briefs that lists of channels show, none if the book is too long."""
        if self.count > BRIEFED:
            return lists.NO_BRIEFS
        paths = (entry.path for entry in self.volume.entries())
        return dict(zip(paths, self.tally.briefs, strict=False))

    def spine(self) -> Iterator[str]:
        """Yield the files of all pages in the order of the book."""
        yield COVER_FILE
        if not self.alone:
            yield TITLE_FILE
            yield CONTENTS_FILE
        for page in self.body():
            yield file_name(page.path) if isinstance(page, Entry) else page.file
        yield from (page.file for each in self.indexes for page in lists.pages_of(each))
        yield ABOUT_FILE

    def contents(self) -> Iterator[Node]:
        """Yield the lines of the contents, in the order of the book."""
        if self.alone:
            yield from (Node(label(entry), file_name(entry.path)) for entry in self.volume.entries())
        else:
            yield from self._channels
            for index in self.indexes:
                yield Node(index.group.title, index.file)
        yield Node(self.words["about"], ABOUT_FILE)

    @cached_property
    def _channels(self) -> Sequence[Node]:
        """Return the lines of the contents that lead to channels and what is below them."""
        line = _full if self.count <= FEW else partial(_short, levels=_levels(self.sections))
        return list(_grouped(self.sections, line) if len(self.sections) > LIMIT else map(line, self.sections))


def _grouped(sections: Sequence[IndexPage], line: Callable[[IndexPage], Node]) -> Iterator[Node]:
    """Yield headings with some channels each; those that have no lines below share lines."""
    size = max(GROUP, -(-len(sections) // LIMIT))
    for start in range(0, len(sections), size):
        group = sections[start : start + size]
        title = f"{group[0].group.title} – {group[-1].group.title}"
        alone = all(line(each).below is None for each in group)
        yield Node(title, group[0].file, partial(map, line, group), row=alone)


def _full(index: IndexPage) -> Node:
    """Return a channel, its months and its articles as lines of the contents."""
    return Node(index.group.title, index.file, partial(iter, tuple(_months(index))))


def _months(index: IndexPage) -> Iterator[Node]:
    """Yield the articles of a list, below the parts that hold them; years and months of such parts have no line."""
    yield from map(_article, _entries(index))
    for part in index.parts():
        articles = list(map(_article, _entries(part)))
        if part.group.parts:
            yield from _months(part)
        elif part.own or articles:
            yield Node(part.group.title, part.file if part.own else articles[0].href, partial(iter, articles))


def _article(entry: Entry) -> Node:
    date = entry.published[:10] if moment(entry.published) else ""
    return Node(label(entry), file_name(entry.path), date=date)


def _entries(index: IndexPage) -> Iterator[Entry]:
    return (item for item in index.group.items if isinstance(item, Entry))


def _short(index: IndexPage, levels: int) -> Node:
    """Return a list and some levels of its parts as lines of the contents, without articles.

    Since no article comes between them, the parts of one page can be targets as well.
    """

    def below() -> Iterator[Node]:
        return (_short(part, levels - 1) for part in index.parts())

    return Node(index.group.title, lists.target(index), below if levels else None, row=levels == 1)


def _levels(sections: Iterable[IndexPage]) -> int:
    """Return how many levels of parts contents can show in at most `FEW` lines."""
    groups = [index.group for index in sections]
    fitting = (levels for levels in range(DEEPEST, 0, -1) if sum(_lines(group, levels) for group in groups) <= FEW)
    return next(fitting, 0)


def _lines(group: DateGroup, levels: int) -> int:
    return 1 + sum(_lines(part, levels - 1) for part in group.parts) if levels else 1


def nav_lines(nodes: Iterable[Node], language: str = "") -> Iterator[str]:
    """Yield contents as nested lists (EPUB 3.3, section 7.3), in a `language`; titles in another have theirs."""
    for node in nodes:
        title = text(node.title)
        if node.date:
            title = f"<span>{title}</span> <time{isolated(node.title)}>{text(node.date)}</time>"
        tag = attributes(foreign(node.title, language), language) if language else ""
        yield f'<li><a href="{node.href}"{tag}>{title}</a>' if node.href else f"<li><span{tag}>{title}</span>"
        nested = False
        for line in nav_lines(node.below(), language) if node.below else ():
            if not nested:
                yield '\n<ol class="row">\n' if node.row else "\n<ol>\n"
                nested = True
            yield line
        yield "</ol></li>\n" if nested else "</li>\n"


def ncx_lines(nodes: Iterable[Node], count: list[int]) -> Iterator[str]:
    """Yield contents as nested points (OPF 2.0.1, section 2.4.1), for reading systems of EPUB 2.

    `count` holds the number of the last point, and is updated.
    """
    for node in nodes:
        count[0] += 1
        href = node.href or (next(node.below()).href if node.below else "")
        target = f'<navLabel><text>{text(node.title)}</text></navLabel><content src="{href}"/>'
        yield f'<navPoint id="p{count[0]}">{target}'
        yield from ncx_lines(node.below(), count) if node.below else ()
        yield "</navPoint>\n"


def depth(nodes: Iterable[Node]) -> int:
    """Return the number of levels of contents."""
    return max((1 + (depth(node.below()) if node.below else 0) for node in nodes), default=0)
