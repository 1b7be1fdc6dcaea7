"""Division of the articles of a build into volumes."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import groupby
from types import MappingProxyType

from msgspec import Struct

from convert.errors import UsageError
from convert.late import late_pattern
from convert.model import Entry

WAYS = "none, channel, year, month, week, count=N, size=45MB"

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30}
_SIZE = late_pattern(r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?) ?(?P<unit>(?:[kmg]i?)?)b?\Z", re.IGNORECASE | re.ASCII)
_COUNT = late_pattern(r"[0-9]{1,15}\Z")


class Split(Struct, frozen=True):
    """Criteria that divide a build into volumes."""

    by: tuple[str, ...] = ()
    """`channel`, and one of `year`, `month`, `week`."""
    count: int = 0
    """Most articles of a volume; 0 for no limit."""
    size: int = 0
    """Most bytes of a volume's file; 0 for no limit."""

    @property
    def text(self) -> str:
        """Return the text that `parse` reads."""
        limits = [f"{name}={value}" for name, value in (("count", self.count), ("size", self.size)) if value]
        return ",".join([*self.by, *limits]) or "none"

    def __bool__(self) -> bool:
        return bool(self.by or self.count or self.size)


def parse(text: str) -> Split:
    """Return the value of `--split`, ways separated by commas.

    Raises:
        UsageError: an unknown way, an invalid number, or ways that exclude each other.

    >>> parse("channel,month,size=45MB")
    Split(by=('channel', 'month'), count=0, size=45000000)
    >>> parse("none")
    Split(by=(), count=0, size=0)
    """
    by: list[str] = []
    count = size = 0
    words = [word.strip() for word in text.split(",")]
    for word in words:
        name, equals, value = word.lower().partition("=")
        if name == "count" and _COUNT.match(value) and int(value):
            count = int(value)
        elif name == "size" and (size := size_in_bytes(value)):
            pass
        elif name in _KEYS and not equals:
            by.append(name)
        elif name != "none" or equals or len(words) > 1:
            raise UsageError("cannot split by {word}; name one or more of: {ways}", word=repr(word), ways=WAYS)
    if len(periods := [name for name in by if name != "channel"]) > 1:
        raise UsageError(
            "volumes by {one} and by {other} exclude each other; name one of them", one=periods[0], other=periods[1]
        )
    return Split(tuple(sorted(set(by), key=list(_KEYS).index)), count, size)


def size_in_bytes(text: str) -> int:
    """Return the number of bytes that a size such as `45MB` means; 0 if it is none.

    >>> size_in_bytes("45MB"), size_in_bytes("1.5 KiB"), size_in_bytes("much")
    (45000000, 1536, 0)
    """
    match = _SIZE.match(text.strip())
    return int(float(match["number"]) * _UNITS[match["unit"].lower()]) if match else 0


def fit_of(text: str | None) -> int:
    """Return the most bytes of a book, the value of `--fit`; 0 without one.

    Raises:
        UsageError: it is no size.
    """
    if text is None:
        return 0
    if size := size_in_bytes(text):
        return size
    raise UsageError("--fit takes a size such as 45MB or 200KB, not {text}", text=repr(text))


def week(entry: Entry) -> str:
    """Return the week of an article (ISO 8601, section 5.7.4.2), such as `2023-w37`; "" without a date."""
    try:
        year, number, _ = date.fromisoformat(entry.published[:10]).isocalendar()
    except ValueError:
        return ""
    return f"{year:04}-w{number:02}"


_KEYS: Mapping[str, Callable[[Entry], str]] = MappingProxyType({
    "channel": lambda entry: entry.section,
    "year": lambda entry: entry.published[:4],
    "month": lambda entry: entry.published[:7],
    "week": week,
})  # fmt: skip
"""Key of an entry for each way to divide, in the order in which they apply."""


def _rank(key: str) -> tuple[bool, str]:
    return not key, key


def periods(entry: Entry, split: Split) -> tuple[tuple[bool, str], ...]:
    """Return the sort key of an entry's periods."""
    return tuple(_rank(_KEYS[way](entry)) for way in split.by if way != "channel")


def divide(entries: list[Entry], split: Split) -> Iterator[tuple[dict[str, str], list[Entry]]]:
    """Yield the keys of each volume by way, and its entries in their order; volumes of an empty key come last.

    Sizes are left to the caller, which knows how large an article becomes.
    """
    yield from _divide(entries, split.by, {}, split.count)


def _divide(
    entries: list[Entry], by: tuple[str, ...], keys: dict[str, str], count: int
) -> Iterator[tuple[dict[str, str], list[Entry]]]:
    if by:
        way, *rest = by
        key = _KEYS[way]
        ranked = sorted(entries, key=lambda entry: _rank(key(entry)))
        for value, group in groupby(ranked, key):
            yield from _divide(list(group), tuple(rest), {**keys, way: value}, count)
    elif count:
        for number, start in enumerate(range(0, len(entries), count), 1):
            yield {**keys, "part": f"{number:03}"}, entries[start : start + count]
    elif entries:
        yield keys, entries
