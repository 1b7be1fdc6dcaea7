"""The reports that `--report` asks for: in any number of forms, on standard output or to files."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import MappingProxyType
from typing import NamedTuple

import click
from msgspec import Struct
from msgspec.structs import replace

from convert import __version__
from convert.cli.help import option, options
from convert.cli.screen import echo
from convert.errors import UsageError
from convert.messages import Language, language_from_locale, message
from convert.model import LEVELS, Finding, Level
from convert.report import REPORTERS
from convert.report.base import ReportContext, Reporter, RuleText, Summary, Write
from convert.rules import RULES
from convert.sources import MAX_BYTES, STDIN
from convert.store import new_file
from convert.text import named, utf8

ALL_LEVELS = frozenset({"json", "jsonl"})
"""Forms that take findings of all levels, unless the user chooses one."""


class Wanted(NamedTuple):
    """Report that the user asked for: its form and its file, "" for standard output."""

    form: str
    path: str


def _wanted(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[Wanted, ...]:
    """Return the reports asked for; each value is `FORM` or `FORM=FILE`."""
    reports = []
    for value in values:
        name, named, path = value.partition("=")
        form = str(click.Choice(sorted(REPORTERS)).convert(name, parameter, context))
        if named and not path:
            raise UsageError("--report: name a file after {form}=, or leave the = away for standard output", form=form)
        reports.append(Wanted(form, "" if path == "-" else path))
    return tuple(reports)


Rules = Callable[[Language, Mapping[str, Level]], Mapping[str, RuleText]]
"""Function from a language, and the levels of codes that have another one than in their table, to rules by code."""


def _rules(language: Language, levels: Mapping[str, Level] = MappingProxyType({})) -> Mapping[str, RuleText]:
    return MappingProxyType({
        code: RuleText(code, rule.name, levels.get(code, rule.level), rule.page_in(language))
        for code, rule in sorted(RULES.items())
    })  # fmt: skip


class ReportOptions(Struct, frozen=True):
    """The user's choices about reports."""

    reports: tuple[Wanted, ...]
    level: str | None
    color: str
    quote: bool | None
    statistics: bool
    language: Language | None = None
    """The chosen language; None: that of the locale for text, English for reports that programs read."""
    threshold: Callable[[str, int], int] = lambda path, otherwise: otherwise
    """Function from a document's path and a default to the lowest level to report for it, as numbers."""
    levels: Mapping[str, Level] = MappingProxyType({})
    """The levels of codes that have another one than in the table of rules."""
    rules: Rules | None = None
    """Function that gives the rules of the reports; None: those of documents."""

    def least(self, *forms: str) -> int:
        """Return the number of the lowest level that a report takes; of several forms, or of all that are wanted."""
        forms = forms or tuple(form for form, _ in self.reports) or ("text",)
        return max(LEVELS[self.level or ("info" if form in ALL_LEVELS else "warning")] for form in forms)


report_options = options(
    option(
        "--report",
        "reports",
        group="common",
        callback=_wanted,
        multiple=True,
        metavar="FORM[=FILE]",
        about=message("Report as {forms} (default).", forms=", ".join(sorted(REPORTERS))),
    ),
    option(
        "--level",
        group="rules",
        type=click.Choice(list(LEVELS)),
        about=message("Report findings of this level and above.  [default: warning; in JSON all]"),
    ),
    option(
        "--statistics",
        group="messages",
        is_flag=True,
        about=message("Count the findings of each rule and channel below a text report."),
    ),
    option(
        "--quote/--no-quote",
        group="messages",
        default=None,
        about=message("Show the line of each finding in a text report.  [default: on a terminal]"),
    ),
    option(
        "--color",
        group="messages",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        about=message("Colour a text report.  [default: auto, on a terminal without NO_COLOR]"),
    ),
)
"""The options --report, --level, --statistics, --quote and --color."""


class OpenReports:
    """The reports of a run, each with the lowest level that it takes."""

    def __init__(self, threshold: Callable[[str, int], int]) -> None:
        self.threshold = threshold
        self.reporters: list[tuple[Reporter, int]] = []
        self._path: str | None = None
        self._wanted: list[tuple[Reporter, int]] = []

    def report(self, finding: Finding) -> None:
        """Pass a finding on to every report that takes its level."""
        if finding.path != self._path:  # those of a document come one after the other
            self._path = finding.path
            self._wanted = [(reporter, self.threshold(finding.path, least)) for reporter, least in self.reporters]
        level = LEVELS[finding.level]
        for reporter, least in self._wanted:
            if level <= least:
                reporter.report(finding)

    def end(self, summary: Summary) -> None:
        """End every report."""
        for reporter, _ in self.reporters:
            reporter.end(summary)


@contextmanager
def open_reports(
    chosen: ReportOptions, sources: tuple[str, ...], *, strict: bool, quiet: bool, aside: bool = False
) -> Iterator[OpenReports]:
    """Open the reports that the user chose.  Their files appear when the block ends well.

    `quiet` silences the one on the screen; with `aside`, standard output is for something else, and reports go to
    standard error.

    Raises:
        UsageError: two reports would go to one place.
        StoreError: a file cannot be written.
    """
    reports = chosen.reports or (Wanted("text", ""),)
    places = [os.path.abspath(path) if path else "" for _, path in reports]
    if len(set(places)) < len(places):
        raise UsageError(
            "two reports would go to one place; give all but one of them a file of its own: --report NAME=FILE"
        )
    context = ReportContext(
        version=__version__,
        failing=frozenset({"error", "warning"} if strict else {"error"}),
        statistics=chosen.statistics,
    )
    out = OpenReports(chosen.threshold)
    with ExitStack() as files:
        for form, path in reports:
            if path:
                quoting, color = chosen.quote or False, chosen.color == "always"
                write = _encoded(files.enter_context(new_file(path)).write)
            elif quiet:
                continue
            else:
                terminal = (sys.stderr if aside else sys.stdout).isatty()
                quoting = terminal if chosen.quote is None else chosen.quote
                color = _colored(chosen.color, terminal)
                write = _screen(color, aside=aside)
            lines = Lines(sources).of if quoting else None
            least = chosen.least(form)
            counted = frozenset(code for code, level in chosen.levels.items() if LEVELS[level] > least)
            here = speaking(context, language_of(form, chosen.language), chosen.levels, chosen.rules or _rules)
            here = replace(here, color=color, line_of=lines, counted=counted)
            out.reporters.append((REPORTERS[form](write, here), least))
        yield out


def _colored(choice: str, terminal: bool) -> bool:
    """Return whether to colour; NO_COLOR as https://no-color.org asks."""
    if choice == "auto":
        return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return choice == "always"


def _screen(color: bool, *, aside: bool) -> Write:
    return lambda text: echo(text, nl=False, color=color, err=aside)


def _encoded(write: Callable[[bytes], object]) -> Write:
    def encoded(text: str) -> None:
        write(text.encode())

    return encoded


def language_of(form: str, chosen: Language | None) -> Language:
    """Return the language of a report: the chosen one, else that of the locale for people, English for programs.

    So programs get the same bytes from the same documents wherever the run was.
    """
    return chosen or (language_from_locale(os.environ) if form in ("html", "text") else "en")


def speaking(
    context: ReportContext, language: Language, levels: Mapping[str, Level], rules: Rules = _rules
) -> ReportContext:
    """Return `context` with everything that a report says in a language, and the rules with the levels of the run."""
    return replace(context, rules=rules(language, levels), language=language)


class Lines:
    """The source lines that findings point at, read again from files, each file once for all its findings.

    Members of archives, standard input, and lines that are not UTF-8 are not quoted.
    """

    def __init__(self, sources: tuple[str, ...]) -> None:
        self.path: str | None = None
        self.lines: list[bytes] = []
        self.off = STDIN in sources  # its name may be that of another file
        self._copies = {shown: each for each in sources if (shown := named(each)) != each}
        """Sources that are copies of objects, by their addresses."""

    def of(self, finding: Finding) -> str:
        """Return the line, without its end; empty where it cannot be read."""
        if finding.path != self.path:
            self.path, self.lines = finding.path, [] if self.off else _lines(self._file(finding.path))
        if not 0 < finding.line <= len(self.lines):
            return ""
        try:
            return self.lines[finding.line - 1].decode().removesuffix("\r")
        except UnicodeDecodeError:
            return ""

    def _file(self, path: str) -> str:
        """Return the file with the path of a finding, the copy of an object."""
        for address, copy in self._copies.items():
            if f"{path}/".startswith(f"{address}/"):
                return copy + path[len(address) :]
        return path


def _lines(path: str) -> list[bytes]:
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > MAX_BYTES:
            return []
        with open(path, "rb") as file:
            return utf8(file.read()).split(b"\n")
    except OSError:
        return []
