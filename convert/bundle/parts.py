"""Division of lists of articles, so that none is too long for a weak reading system."""

from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct

from convert.model import Elsewhere, Entry
from convert.words import Words

LIMIT = 200
"""Most entries of one list."""

YEARS = 24
"""Most months of one list; more are divided by year."""

UNDATED = "undated"
MONTHS = frozenset(f"{month:02}" for month in range(1, 13))

Item = Entry | Elsewhere


class DateGroup(Struct, frozen=True):
    """Part of a list: a key that is unique among its siblings, a title, and either articles or groups."""

    key: str
    title: str
    items: tuple[Item, ...] = ()
    parts: tuple["DateGroup", ...] = ()

    @property
    def count(self) -> int:
        """Return the number of its articles, at any depth."""
        return len(self.items) + sum(part.count for part in self.parts)


def published(item: Item) -> str:
    """Return the date on which an item was published."""
    return item.published if isinstance(item, Entry) else item.entry.published


def by_date(items: Sequence[Item], words: Words, *, days: bool = False) -> tuple[DateGroup, ...]:
    """Return items in groups by year, month and day, no finer than `LIMIT` requires; () if they need no division.

    `items` are in the order of their dates, the oldest or the newest first.  With `days`, each month of several days is
    divided by them.
    """
    months = _grouped(items, 7, words)
    if len(months) == 1 and len(items) <= LIMIT and not days:
        return ()
    months = [_fitting(month, words, days=days) for month in months]
    if len(months) <= YEARS:
        return tuple(months)
    dated = groupby((month for month in months if month.key != UNDATED), lambda month: month.key[:4])
    years = [DateGroup(key, words["year"].format(year=key), parts=tuple(group)) for key, group in dated]
    return (*years, *(month for month in months if month.key == UNDATED))


def _fitting(month: DateGroup, words: Words, *, days: bool) -> DateGroup:
    if len(month.items) <= LIMIT and not days:
        return month
    daily = _grouped(month.items, 10, words)
    if len(daily) == 1:
        return _numbered(month)
    return DateGroup(month.key, month.title, parts=tuple(map(_numbered, daily)))


def _numbered(group: DateGroup) -> DateGroup:
    return group if len(group.items) <= LIMIT else DateGroup(group.key, group.title, parts=by_number(group.items))


def _grouped(items: Sequence[Item], length: int, words: Words) -> list[DateGroup]:
    return [
        DateGroup(key or UNDATED, day_title(key, words), tuple(group))
        for key, group in groupby(items, lambda item: published(item)[:length])
    ]


def day_title(key: str, words: Words) -> str:
    """Return the name of a day or a month; `key` is its ISO 8601 form."""
    year, _, rest = key.partition("-")
    month, _, day = rest.partition("-")
    if month not in MONTHS:
        return words["undated"]
    values = {
        "year": year,
        "month": int(month),
        "name": words["months"].split()[int(month) - 1],
        "day": day.lstrip("0"),
    }
    return words["day" if day else "month"].format(**values)


def is_year(group: DateGroup) -> bool:
    """Return True if a group is a year, divided into months."""
    return bool(group.parts) and group.key.isdigit()


def is_month(group: DateGroup) -> bool:
    """Return True if a group is a month, divided into days."""
    return bool(group.parts) and len(group.key) == len("2023-03") and group.key[:4].isdigit()


def is_day(group: DateGroup) -> bool:
    """Return True if a group is a day."""
    return len(group.key) == len("2023-03-14") and group.key[:4].isdigit()


def month_title(month: DateGroup, words: Words) -> str:
    """Return the name of a month in a list of its year, without the year."""
    return words["months"].split()[int(month.key[5:7]) - 1]


def by_number(items: Sequence[Item]) -> tuple[DateGroup, ...]:
    """Return items in groups of `LIMIT` each, named by their numbers: 1-200, 201-400."""
    return packed(
        [
            DateGroup(
                f"{start + 1}", f"{start + 1}–{min(start + LIMIT, len(items))}", tuple(items[start : start + LIMIT])
            )
            for start in range(0, len(items), LIMIT)
        ]
    )


def packed(parts: Sequence[DateGroup], level: int = 1) -> tuple[DateGroup, ...]:
    """Return groups in lists of at most `LIMIT`, named by their first and their last group."""
    if len(parts) <= LIMIT:
        return tuple(parts)
    groups = [tuple(parts[start : start + LIMIT]) for start in range(0, len(parts), LIMIT)]
    outer = [
        DateGroup(f"g{level}-{number}", f"{group[0].title} – {group[-1].title}", parts=group)
        for number, group in enumerate(groups, 1)
    ]
    return packed(outer, level + 1)
