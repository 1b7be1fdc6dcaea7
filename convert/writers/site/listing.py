"""The lists of a site: lines of articles, links to the parts of a list, and from one part to the next."""

from collections.abc import Iterator, Sequence

from convert.bundle.parts import DateGroup, is_day, is_month, is_year
from convert.words import Words
from convert.writers.book.escapes import attribute, text
from convert.writers.book.lists import SEPARATOR, TOP, IndexPage, Lister, target
from convert.writers.references import relative


class SiteLister(Lister):
    """Renderer of the lines of a list, with links to the days of a month."""

    def lines(self, index: IndexPage, level: int) -> Iterator[str]:
        """Yield the lines of a list, its headings from `level` on."""
        if index.own and index.whole and is_month(index.group):
            yield _row([(target(day), day.group.key[8:].lstrip("0")) for day in index.parts()], self.here)
        yield from super().lines(index, level)

    def dated(self, group: DateGroup) -> bool:
        """Return True if each line of a list has its date, which the heading of a day says once."""
        return not is_day(group)

    def links(self, index: IndexPage) -> Iterator[str]:
        """Yield links to the parts of a list that have pages of their own, with the number of articles in each."""
        yield '<ol class="parts">\n'
        for part in index.parts():
            months = self.months(part) if is_year(part.group) and index.group.key == TOP else ""
            yield (
                f'<li><a href="{attribute(relative(part.file, self.here))}">{text(part.group.title)}</a> '
                f'<span class="count">{part.group.count}</span>{months}</li>\n'
            )
        yield "</ol>\n"


def _row(links: Sequence[tuple[str, str]], here: str) -> str:
    """Return short links in one line, each a place and its name; a place on this page is only a fragment."""
    items = "".join(
        f'<li><a href="{attribute(place.removeprefix(here) or relative(place, here))}">{text(name)}</a></li>\n'
        for place, name in links
    )
    return f'<ol class="row">\n{items}</ol>\n'


def way(index: IndexPage) -> str:
    """Return links to the lists above a part, because "5 March" does not say of which year and which list."""
    links = (
        f'<a href="{attribute(relative(each.file, index.file))}">{text(each.group.title)}</a>' for each in index.above
    )
    return f'<p class="way">{SEPARATOR.join(links)}</p>\n' if index.above else ""


def title(index: IndexPage, label: Words) -> str:
    """Return the title of a list's page: that of the whole list, then those of its parts."""
    names = [each.group.title for each in (*index.above, index)]
    return label["colon"].join(filter(None, (names[0], SEPARATOR.join(names[1:]))))


def neighbours(pages: Sequence[IndexPage]) -> Iterator[tuple[IndexPage, IndexPage | None, IndexPage | None]]:
    """Yield the pages of a list, each with those of the same depth before and after it, also of another month or year.

    `pages` are all pages of the list in their order.
    """
    rows: dict[int, list[IndexPage]] = {}
    for page in pages:
        rows.setdefault(len(page.above), []).append(page)
    places = dict.fromkeys(rows, 0)
    for page in pages:
        row, place = rows[len(page.above)], places[len(page.above)]
        places[len(page.above)] += 1
        yield page, row[place - 1] if place else None, row[place + 1] if place + 1 < len(row) else None


def beside(here: IndexPage, before: IndexPage | None, after: IndexPage | None, label: Words) -> str:
    """Return links to the parts before and after one."""
    links = "".join(
        f'<li class="{name}"><a href="{attribute(relative(each.file, here.file))}">{text(each.group.title)}</a></li>\n'
        for name, each in (("previous", before), ("next", after))
        if each
    )
    name = attribute(label["around_list"])
    return f'<nav class="beside" aria-label="{name}">\n<ul>\n{links}</ul>\n</nav>\n' if links else ""
