"""The content of the front page, and of the lists of names."""

from collections.abc import Iterator, Sequence

from convert.bundle.parts import DateGroup, Item, is_year, month_title
from convert.model import Entry, Volume
from convert.text import visible
from convert.words import Words, words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.lists import TOP, IndexPage, Lister, target
from convert.writers.book.passages import attributes, foreign
from convert.writers.book.people import Author
from convert.writers.book.volume import cover_lines, label as label_of
from convert.writers.references import relative
from convert.writers.site.indexes import NamePage, shown
from convert.writers.site.names import HOME, name_file, page_file

MANY = 60
"""Most sections that come before the years; more would take screens of a phone."""


def home(
    volume: Volume, newest: Sequence[Item], sections: Sequence[IndexPage], dates: IndexPage, lister: Lister, feed: str
) -> Iterator[str]:
    """Yield the content of the front page: the newest articles, the sections, the years and months.

    `feed` is the file of the feed, "" if there is none.
    """
    label = words(volume.language)
    lines = "".join(f"<p>{text(each)}</p>\n" for each in cover_lines(volume))
    yield f'<header class="front">\n<h1>{text(visible(volume.title))}</h1>\n{lines}</header>\n'
    articles = DateGroup(TOP, label["newest"], tuple(newest))
    yield f'<section class="list newest">\n<h2>{text(articles.title)}</h2>\n'
    yield from lister.lines(IndexPage(HOME, articles), 3)
    if feed:
        yield f'<p class="feed"><a href="{feed}" type="application/atom+xml">{text(label["feed"])}</a></p>\n'
    yield "</section>\n"
    items = "".join(_counted(index.file, index.group, volume.language) for index in sections)
    channels = f'<section class="sections" id="sections">\n<h2>{text(label["sections"])}</h2>\n<ul>\n{items}'
    calendar = f'<section class="dates">\n<h2>{text(dates.group.title)}</h2>\n<ul>\n{"".join(_calendar(dates, label))}'
    ordered = (channels, calendar) if len(sections) <= MANY else (calendar, channels)
    yield from (f"{each}</ul>\n</section>\n" for each in ordered)


def _counted(file: str, group: DateGroup, language: str = "") -> str:
    tag = attributes(foreign(group.title, language), language) if language else ""
    link = f'<a href="{attribute(file)}"{tag}>{text(group.title)}</a>'
    return f'<li>{link} <span class="count">{group.count}</span></li>\n'


def _calendar(dates: IndexPage, label: Words) -> Iterator[str]:
    """Yield the years with their months, or the months if there are few, each with a link to its list."""
    if not dates.group.parts:
        yield _counted(target(dates), dates.group)
    for part in dates.parts():
        if not is_year(part.group):
            yield _counted(target(part), part.group)
            continue
        months = "".join(
            f'<li><a href="{attribute(target(month))}">{text(month_title(month.group, label))}</a></li>\n'
            for month in part.parts()
        )
        yield _counted(target(part), part.group).replace("</li>\n", f'\n<ol class="row">\n{months}</ol>\n</li>\n')


def names(page: NamePage, kind: str, title: str, entries: Sequence[Entry], language: str) -> Iterator[str]:
    """Yield the content of a page of names: those of several articles with their number, those of one with its title.

    `entries` are those of the volume.
    """
    yield f"<h1>{text(title)}</h1>\n"
    if page.parts:
        yield '<ul class="letters">\n'
        for part in page.parts:
            href = attribute(relative(part.file, page.file))
            yield f'<li><a href="{href}">{text(part.title)}</a> <span class="count">{part.total}</span></li>\n'
        yield "</ul>\n"
    for letter, listed in page.names:
        yield f'<section class="letter">\n<h2>{text(letter)}</h2>\n<ul>\n'
        for author in listed:
            yield f"<li>{_name(author, kind, page.file, entries, language)}</li>\n"
        yield "</ul>\n</section>\n"


def _name(author: Author, kind: str, here: str, entries: Sequence[Entry], language: str) -> str:
    name = shown(author)
    tag = attributes(foreign(name, language), language)
    if len(author.places) > 1:
        href = attribute(relative(name_file(kind, author.key), here))
        return f'<a href="{href}"{tag}>{text(name)}</a> <span class="count">{len(author.places)}</span>'
    entry = entries[author.places[0]]
    title = label_of(entry)
    own = attributes(foreign(title, language), language)
    link = f'<a href="{attribute(relative(page_file(entry.path), here))}"{own}>{text(title)}</a>'
    return f"<span{tag}>{text(name)}</span>{text(words(language)['colon'])}{link}"
