"""Volume → HTML: one self-contained file, whose content security policy forbids loading anything.

A single article is the page.  Several are a document with a skip link, contents, the articles by channel, lists by date
and by author, and a section about the whole.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import chain, islice
from typing import BinaryIO

from convert.bundle.parts import DateGroup
from convert.model import Article, Elsewhere, Entry, Volume
from convert.text import visible
from convert.words import Words, words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.front import about
from convert.writers.book.lists import Briefs, author_index, date_index, entry_of, line, section_index
from convert.writers.book.names import NamesBeside, PageNames, anchor
from convert.writers.book.pages import chapter, headings_above, left_out
from convert.writers.book.volume import cover_lines, heading
from convert.writers.options import Omission, Options, Page
from convert.writers.part import RenderedArticle, Tally
from convert.writers.references import section_anchor

NAMES = PageNames()
GENERATOR = "archive-convert"
"""Mark of pages written by this program, by which the html reader recognises them; without a version, so that a release
does not change every file."""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
BESIDE = POLICY.replace("data:", "data: 'self'")
"""Policy of a file whose pictures lie beside it."""
FEW = 60
"""Most articles of a document whose contents are open from the start: some screens of a phone."""
BRIEFED, HELD = 300, 32 << 20
"""Most articles of a document whose contents say how each begins, and most bytes of them that are held for that."""
DATES, AUTHORS, ABOUT = "dates", "authors", "about"
"""Identifiers of the sections behind the articles."""


def render(article: Article, page: Page) -> bytes:
    """Return the part of one article."""
    names = NamesBeside(page.options.assets) if page.options.assets else NAMES
    return chapter(article, page, names, below=headings_above(page)).encode()


def stand_in(entry: Entry, why: Omission, page: Page, language: str) -> bytes:
    """Return the part of an article that could not be converted."""
    return left_out(entry, why, page, NAMES, language, headings_above(page)).encode()


def bind(
    volume: Volume, chapters: Iterator[RenderedArticle], out: BinaryIO, options: Options, tally: Tally, workers: int = 1
) -> None:
    """Write the document: a table of contents if there are several articles, then one section after the other.

    `chapters` yields the part of each of the volume's entries, in their order.
    """
    out.write(_head(volume, options).encode())
    many = sum(1 for _ in volume.entries()) > 1
    held = _held(chapters) if many else []
    paths = (entry.path for entry in volume.entries())
    briefs = {path: (part.summary, part.minutes) for path, part in zip(paths, held, strict=False)}
    document = _Document(volume, briefs)
    chapters = chain(held, chapters)
    if many:
        _write(out, document.front())
    out.write(b'<main id="main">\n')
    for section in volume.sections:
        if many:
            title = f'<h2 class="section">{text(heading(section))}</h2>'
            out.write(f'<section class="channel" id="{section_anchor(section.key)}">\n{title}\n'.encode())
        for _ in section.entries:
            part = next(chapters)
            tally.note(part)
            out.write(part.data)
            out.write(b"\n")
        if many:
            out.write(b"</section>\n")
    if many:
        _write(out, document.back(tally))
    out.write(b"</main>\n</body>\n</html>\n")


def _held(chapters: Iterator[RenderedArticle]) -> list[RenderedArticle]:
    """Return the first chapters, whose briefs come before them: all of a small document."""
    held, size = [], 0
    for part in islice(chapters, BRIEFED):
        held.append(part)
        size += len(part.data)
        if size > HELD:
            break
    return held


def _write(out: BinaryIO, lines: Iterator[str]) -> None:
    for each in lines:
        out.write(each.encode("utf-8", "ignore"))


def _head(volume: Volume, options: Options) -> str:
    book = files("convert.writers.book")
    style = "\n".join(book.joinpath(name).read_text("utf-8") for name in ("book.css", "screen.css"))
    return (
        f'<!DOCTYPE html>\n<html lang="{attribute(volume.language)}">\n<head>\n<meta charset="utf-8"/>\n'
        f'<meta name="generator" content="{GENERATOR}"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{BESIDE if options.assets else POLICY}"/>\n'
        '<meta name="referrer" content="no-referrer"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        '<meta name="color-scheme" content="light dark"/>\n'
        f"<title>{text(visible(volume.title))}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
    )


class _Document:
    """Pages about a document of several articles, before and after them."""

    def __init__(self, volume: Volume, briefs: Briefs) -> None:
        self.volume = volume
        self.briefs = briefs
        self.label: Words = words(volume.language)
        self.titles: Mapping[str, str] = {section.key: heading(section) for section in volume.sections}
        self.open = ' open=""' if sum(1 for _ in volume.entries()) <= FEW else ""
        self.dates = date_index(volume)

    def front(self) -> Iterator[str]:
        """Yield the skip link, the title and the contents, a box for each channel."""
        label = self.label
        yield f'<a class="skip" href="#main">{text(label["skip"])}</a>\n'
        lines = "".join(f"<p>{text(each)}</p>\n" for each in cover_lines(self.volume))
        yield f"<header>\n<h1>{text(visible(self.volume.title))}</h1>\n{lines}</header>\n"
        yield f'<nav id="contents" aria-label="{attribute(label["contents"])}">\n<h2>{text(label["contents"])}</h2>\n'
        for section in self.volume.sections:
            group = section_index(section, self.volume).group
            yield f"<details{self.open}>\n<summary>{text(heading(section))} {_count(group)}</summary>\n"
            yield from self._list(group, briefly=True)
            yield "</details>\n"
        yield '<ul class="lists">\n'
        if self.dates:
            yield f'<li><a href="#{DATES}">{text(label["by_date"])}</a></li>\n'
        yield f'<li><a href="#{AUTHORS}">{text(label["by_author"])}</a></li>\n'
        yield f'<li><a href="#{ABOUT}">{text(label["about"])}</a></li>\n</ul>\n</nav>\n'

    def back(self, tally: Tally) -> Iterator[str]:
        """Yield the lists by date and by author, and the section about the document."""
        if self.dates:
            yield from self._index(DATES, self.dates.group)
        authors = author_index(self.volume, tally)
        yield from self._index(AUTHORS, authors.group if authors else DateGroup("", self.label["by_author"]))
        yield f'<section class="about" id="{ABOUT}">\n{about(self.volume, tally, 2)}</section>\n'

    def _index(self, name: str, group: DateGroup) -> Iterator[str]:
        yield f'<section class="index" id="{name}">\n<h2>{text(group.title)}</h2>\n'
        yield from self._list(group)
        if not group.count:
            yield f"<p>{text(self.label['no_authors'])}</p>\n"
        yield "</section>\n"

    def _list(self, group: DateGroup, *, briefly: bool = False) -> Iterator[str]:
        """Yield a list: its parts, in boxes unless they are few lines, or the lines of its articles."""
        few = group.count <= FEW
        for part in group.parts:
            if few:
                yield f'<p class="part">{text(part.title)}</p>\n'
                yield from self._list(part, briefly=briefly)
                continue
            yield f"<details>\n<summary>{text(part.title)} {_count(part)}</summary>\n"
            yield from self._list(part, briefly=briefly)
            yield "</details>\n"
        if group.items:
            yield "<ol>\n"
            for item in group.items:
                href = None if isinstance(item, Elsewhere) and item.volume else f"#{anchor(entry_of(item).path)}"
                brief = self.briefs.get(entry_of(item).path) if briefly else None
                yield f"<li>{line(item, href, self.titles, self.label, self.volume.language, brief)}</li>\n"
            yield "</ol>\n"


def _count(group: DateGroup) -> str:
    return f'<span class="count">{group.count}</span>'
