"""`python -m benchmarks.releases NAME`: the row of a release for the table in docs/speed.md, from results.json."""

import sys
from typing import NamedTuple

from msgspec import json

from benchmarks.__main__ import RESULTS
from benchmarks.memory import MB
from benchmarks.results import Result, Results


class Column(NamedTuple):
    """Column of the table."""

    heading: str
    set: str
    case: str
    form: str
    """How a result is written: its ratio to the floor, its rate, how much faster several processes are."""


COLUMNS = (
    Column("reading", "corpus", "read", "{ratio:.1f} ×"),
    Column("Markdown", "corpus", "markdown", "{ratio:.1f} ×"),
    Column("reading, plain pages", "shaped", "read", "{ratio:.1f} ×"),
    Column("Markdown, plain pages", "shaped", "markdown", "{ratio:.1f} ×"),
    Column("validating", "shaped", "run-validate-1", "{rate:,.0f}/s"),
    Column("EPUB", "shaped", "run-epub-1", "{rate:,.0f}/s"),
    Column("EPUB, two cores", "shaped", "run-epub-all", "{faster:.2f} ×"),
)
MEMORY = "memory-epub-1"
"""The last column: the peak of an EPUB of 20,000 articles."""


def head() -> str:
    """The first two lines of the table."""
    names = ["release", *(column.heading for column in COLUMNS), "memory"]
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def row(name: str, results: Results) -> str:
    """The row of a release; a dash where something was not measured."""
    cells = [_cell(column, results.results) for column in COLUMNS]
    peaks = [each.bytes for each in results.memory if each.name == MEMORY and each.documents == 20_000]
    cells.append(f"{peaks[0] / MB:,.0f} MB" if peaks else "—")
    return f"| {name} | {' | '.join(cells)} |"


def _cell(column: Column, results: list[Result]) -> str:
    for each in results:
        if (each.set, each.name) == (column.set, column.case) and not each.missing:
            faster = each.rival_seconds / each.seconds if each.seconds else 0
            return column.form.format(ratio=each.ratio, rate=each.rate, faster=faster)
    return "—"


def main() -> None:
    """Print the table of one row."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.releases NAME")
    print(head())
    print(row(sys.argv[1], json.decode(RESULTS.read_bytes(), type=Results)))


if __name__ == "__main__":
    main()
