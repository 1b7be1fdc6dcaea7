"""A mirror that is made up, with the faults of real ones in their proportions (mirror.toml).

python -m benchmarks.mirror PAGES FOLDER    writes FOLDER/pages and FOLDER/indexes, and prints what is planted
"""

import random
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from convert.model import Level
from convert.rules import RULES

TABLE = Path(__file__).with_name("mirror.toml")
FIRST_DAY = date(2021, 1, 2)
ROWS = 30
"""Rows of an index page."""
SPREAD = 7_919
"""A prime number by which the pages of a fault lie apart, so that each channel and month gets its share."""


class Fault(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Fault of real pages: how many have it, and the edit that makes a page have it."""

    name: str
    codes: tuple[str, ...]
    pages: Annotated[int, Meta(ge=1)]
    old: str = ""
    new: str = ""
    from_: str = ""
    """Beginning of the text that `new` replaces, with `to` at its end, which stays."""
    to: str = ""
    times: int = 1
    """How often `new` is written."""
    copy: bool = False
    """True to write the edited page into another channel, beside the page itself."""

    @property
    def level(self) -> Level:
        """Level of its rule, `info` if there is none."""
        return RULES[self.codes[0]].level if self.codes else "info"

    def apply(self, page: str, values: dict[str, object]) -> str:
        """Return a page with this fault; the page as it is where another fault has taken the place."""
        new = self.new.format_map(values) * self.times
        if self.from_:
            start = page.index(self.from_)
            return page[:start] + new + page[page.index(self.to, start) :]
        return page.replace(self.old.format_map(values), new, 1)


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """Contents of mirror.toml."""

    of: int
    channels: tuple[str, ...]
    page: str
    fault: tuple[Fault, ...]


class Planted(NamedTuple):
    """Fault of a page that was written."""

    path: str
    """Path in the mirror; of a page and its copy the last one, which is the one that is reported."""
    fault: Fault


def table() -> Table:
    """The table of faults."""
    return msgspec.convert(tomllib.loads(TABLE.read_text("utf-8")), Table)


def shares(faults: tuple[Fault, ...], of: int, number: int) -> dict[int, list[Fault]]:
    """The faults of each page of a mirror of `number` pages: no page has two that are more than an info.

    Each error is planted once at least; of the others there are as many as in the real mirrors, rounded.
    """
    planted: dict[int, list[Fault]] = {}
    free = list(range(number))
    random.Random(number).shuffle(free)
    for fault in faults:
        count = max(round(fault.pages * number / of), int(fault.level == "error"))
        if fault.level == "info" and fault.codes and not fault.copy:
            chosen = [each * SPREAD % number for each in range(count)]
        else:
            chosen = [free.pop() for _ in range(count)]
        for each in chosen:
            planted.setdefault(each, []).append(fault)
    return planted


def values_of(number: int, channels: tuple[str, ...]) -> dict[str, object]:
    """What the text of a page names: its number, identifier, channel and day, and a day that is somewhat later."""
    day = FIRST_DAY + timedelta(number % 1000)
    day = day.replace(day=2 + day.day % 20)
    return {
        "number": number + 1,
        "id": f"n95{number:06}",
        "channel": channels[number % len(channels)],
        "year": day.year,
        "short": day.year % 100,
        "month": day.month,
        "day": day.day,
        "later": day.day + 6,
    }


def write(folder: Path, number: int) -> list[Planted]:
    """Write a mirror of `number` pages, with its index pages and tables; return what is planted in it."""
    data = table()
    planted: list[Planted] = []
    titles: dict[str, list[tuple[str, str]]] = {channel: [] for channel in data.channels}
    faults = shares(data.fault, data.of, number)
    for each in range(number):
        values = values_of(each, data.channels)
        for channel, page, mine in _pages(data, values, faults.get(each, [])):
            path = f"pages/{channel}/{values['id']}.md"
            last = max(path, f"pages/{values['channel']}/{values['id']}.md")
            planted += [Planted(last if fault.copy else path, fault) for fault in mine]
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(page, "utf-8", newline="")
            title = page.partition("\n")[0].removeprefix("### ")
            titles[channel].append((str(values["id"]), title.strip()))
    for channel, rows in titles.items():
        _write_indexes(folder / "indexes", channel, rows)
    return planted


def _pages(data: Table, values: dict[str, object], faults: list[Fault]) -> Iterator[tuple[str, str, list[Fault]]]:
    """Yield a page, and its copies in other channels: channel, text and faults."""
    channel = str(values["channel"])
    page = data.page.lstrip("\n").format_map(values)
    own = []
    for fault in faults:
        if not fault.copy and (edited := fault.apply(page, values)) != page:
            page = edited
            own.append(fault)
    yield channel, page, own
    for fault in faults:
        if fault.copy:
            other = data.channels[(data.channels.index(channel) + 1) % len(data.channels)]
            yield other, fault.apply(page, values) if fault.old else page, [fault]


def _write_indexes(folder: Path, channel: str, rows: list[tuple[str, str]]) -> None:
    (folder / channel).mkdir(parents=True, exist_ok=True)
    (folder / f"{channel}.csv").write_text("".join(f"{name},{title}\n" for name, title in rows), "utf-8")
    for start in range(0, len(rows), ROWS):
        lines = [f"#### [{title}](../../pages/{channel}/{name}.md) \n\n" for name, title in rows[start : start + ROWS]]
        page = f"### {channel}\n\n---\n\n{''.join(lines)}"
        (folder / channel / f"{start // ROWS + 1}.md").write_text(page, "utf-8")


def main(arguments: list[str]) -> None:
    """Write a mirror, and print how many pages have each fault."""
    number, folder = arguments
    counts = Counter(planted.fault.name for planted in write(Path(folder), int(number)))
    for fault in table().fault:
        print(f"{counts[fault.name]:>7} {fault.level:7} {', '.join(fault.codes) or '-':7} {fault.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
