"""The one table, for people."""

import unicodedata
from collections.abc import Iterator
from itertools import groupby

from benchmarks.memory import MB
from benchmarks.printing import Printed
from benchmarks.results import TARGETS, Result, Results, growth, measured, reached

PRINTED_HEAD = ("printed", "what", "documents", "seconds", "CPU seconds", "MB (largest process)", "against ours")
HEAD = ("case", "what", "documents", "a second", "µs each", "× floor", "against ours")


def show(results: Results) -> Iterator[str]:
    """The lines of the table."""
    versions = ", ".join(f"{name} {number}" for name, number in results.versions.items())
    yield f"Python {results.python}, {results.machine}, {results.cores} cores; {versions}"
    for name, group in groupby(results.results, lambda each: each.set):
        yield from ("", f"== {name} ==")
        yield from lines([HEAD, *(row(each) for each in group)])
    yield from memory(results)
    if results.printed:
        yield from ("", "== books as PDF (seeds; all processes of a run) ==")
        yield from lines([PRINTED_HEAD, *(printed_row(each) for each in results.printed)])
    yield from ("", "== targets ==")
    for target in TARGETS:
        value = measured(target, results)
        mark = "not measured" if value is None else "reached" if reached(target, value) else "NOT reached"
        yield f"{mark:<12}  {target.what}" + ("" if value is None else f"; it is {value:,.3g} {target.unit}".rstrip())
    yield from ("", *results.notes) if results.notes else ()


def row(result: Result) -> tuple[str, ...]:
    """A result as cells."""
    if result.missing:
        return (result.name, result.what, "—", "", "", "", result.missing)
    against = f"{result.seconds / result.rival_seconds:,.2f} × {result.rival}" if result.rival_seconds else ""
    return (
        result.name,
        result.what,
        f"{result.documents:,}",
        f"{result.rate:,.0f}",
        f"{result.seconds * 1e6:,.0f}",
        f"{result.ratio:,.2f}",
        against,
    )


def printed_row(printed: Printed) -> tuple[str, ...]:
    """A printed book as cells."""
    if printed.missing:
        return (printed.name, printed.what, "—", "", "", "", printed.missing)
    against = f"{printed.seconds / printed.rival_seconds:,.2f} × {printed.rival}" if printed.rival else ""
    return (
        printed.name,
        printed.what,
        f"{printed.documents:,}",
        f"{printed.seconds:,.1f}",
        f"{printed.processor:,.1f}",
        f"{printed.together / MB:,.0f} ({printed.largest / MB:,.0f})",
        against,
    )


def memory(results: Results) -> Iterator[str]:
    """Peak memory, a line for each kind of run."""
    ordered = sorted(results.memory, key=lambda each: each.name)
    for name, group in groupby(ordered, lambda each: each.name):
        peaks = list(group)
        if name == ordered[0].name:
            yield from ("", "== peak memory (seeds) ==")
        told = ", ".join(f"{each.bytes / MB:,.0f} MB at {each.documents:,}" for each in peaks)
        yield f"{name:<18}  {told}; × {growth(peaks):.2f}"


def lines(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Rows as lines with columns: the first two to the left, figures to the right."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        padded = (
            cell + " " * (wide - width(cell)) if place < 2 or place == 6 else " " * (wide - width(cell)) + cell
            for place, (cell, wide) in enumerate(zip(cells, widths, strict=True))
        )
        yield "  ".join(padded).rstrip()


def width(text: str) -> int:
    """Columns that `text` takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
