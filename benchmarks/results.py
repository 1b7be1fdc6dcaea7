"""What was measured, and what it was to reach."""

import platform
import sys
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from benchmarks.memory import MB, Peak
from benchmarks.printing import PRINTS, Printed
from convert.runner.base import available


class Result(Struct, frozen=True):
    """One case over one set of documents."""

    set: str
    name: str
    what: str
    documents: int = 0
    rounds: int = 0
    seconds: float = 0.0
    """For one document."""
    floor: float = 0.0
    """Of the same documents in the same rounds, in seconds for one document."""
    rival: str = ""
    rival_seconds: float = 0.0
    """Of the case of ours that a peer is compared with, in the same rounds."""
    missing: str = ""
    """Why it was not measured."""

    @property
    def rate(self) -> float:
        """Documents a second."""
        return 1 / self.seconds if self.seconds else 0.0

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.seconds / self.floor if self.floor else 0.0


class Results(Struct):
    """All of a run."""

    documents: int
    results: list[Result]
    memory: list[Peak]
    printed: list[Printed]
    notes: list[str]
    versions: dict[str, str]
    python: str = sys.version.partition(" ")[0]
    machine: str = f"{platform.system()} {platform.machine()}"
    cores: int = available()


class Target(NamedTuple):
    """What is to be reached; missing it is told and nothing more."""

    what: str
    unit: str
    limit: float
    set: str
    case: str
    at_least: bool = False


PRINTED = "printed"
"""The set of books that are printed."""

TARGETS = (
    Target("read, check, clean, Markdown: at most 9 × floor", "× floor", 9, "epoch", "markdown"),
    Target("reading, all dialects: at most 12 × floor", "× floor", 12, "corpus", "read"),
    Target("EPUB of small articles, one core: at least 2,500/s", "/s", 2500, "seeds", "run-epub-1", at_least=True),
    Target("EPUB of small articles, two cores: at least 4,250/s", "/s", 4250, "seeds", "run-epub-all", at_least=True),
    Target("update after one article: at most 5 % of a build", "of a build", 0.05, "seeds", "run-epub-update"),
    Target("memory of any run but to PDF: below 200 MB", "MB", 200, "", ""),
    Target(
        "200 articles with WeasyPrint: at least 1.5 × as fast as one plain document",
        "× as fast", 1.5, PRINTED, "weasyprint", at_least=True,
    ),
    Target("1,000 articles with typst: below 10 s of processor time", "s", 10, PRINTED, "print-typst"),
    Target("1,000 articles with typst: below 1.2 GB, all processes", "GB", 1.2, PRINTED, "print-typst"),
    Target("5,000 articles with typst: below 1.5 GB, all processes", "GB", 1.5, PRINTED, "print-typst-large"),
    Target("5,000 articles with WeasyPrint: the same", "GB", 1.5, PRINTED, "print-weasyprint-large"),
)  # fmt: skip


def measured(target: Target, results: Results) -> float | None:
    """The figure that a target asks for; None where it was not measured."""
    if target.unit == "MB":
        return max((each.bytes / MB for each in results.memory), default=None)
    if target.set == PRINTED:
        whole = {each.name: each.documents for each in PRINTS}
        found = (each for each in results.printed if each.name == target.case and each.documents == whole[each.name])
        return next((_of(each, target.unit) for each in found), None)
    for each in results.results:
        if (each.set, each.name) == (target.set, target.case) and each.seconds:
            if target.unit == "of a build":
                return each.seconds / each.rival_seconds if each.rival_seconds else None
            return each.rate if target.at_least else each.ratio
    return None


def _of(printed: Printed, unit: str) -> float | None:
    """The figure of a printed book in a unit."""
    if printed.missing:
        return None
    if unit == "GB":
        return printed.together / MB / 1000
    return printed.processor if unit == "s" else printed.seconds / printed.rival_seconds


def reached(target: Target, value: float) -> bool:
    """Whether a figure is as good as asked for."""
    return value >= target.limit if target.at_least else value <= target.limit


def growth(peaks: Sequence[Peak]) -> float:
    """How much more memory the most documents took than the fewest, as a factor."""
    ordered = sorted(peaks, key=lambda each: each.documents)
    return ordered[-1].bytes / ordered[0].bytes
