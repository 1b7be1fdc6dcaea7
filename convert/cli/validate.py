"""`convert validate SOURCE…`."""

import os
from collections.abc import Iterable
from typing import Any

import click

from convert.checking.archive import check
from convert.cli.common import (
    address_options,
    addresses_of,
    base_url_option,
    debug_option,
    dialect_option,
    fidelity_options,
    fixing_options,
    from_option,
    how_of,
    language_option,
    record_options,
    sources_argument,
    status,
    workers_option,
)
from convert.cli.control import Chosen, control_options
from convert.cli.help import Command, option, spoken
from convert.cli.progress import progress, progress_option
from convert.cli.reports import ReportOptions, Wanted, open_reports, report_options
from convert.cli.screen import echo
from convert.cli.settings_options import settings_options
from convert.guard import Guard
from convert.messages import Language, Message, message
from convert.settings import Settings
from convert.sources.choice import choice_of

_PAGES = (".htm", ".html", ".md")


def _may_log(context: click.Context) -> bool:
    """Return False for what a hook checks: pages alone, for which no library is loaded that logs anything."""
    given = context.params
    return any(given[each] for each in ("cache", "fidelity", "store")) or not all(
        each.lower().endswith(_PAGES) for each in given["sources"]
    )


@click.command(
    cls=Command,
    about=message(
        "Check every article of SOURCE… against the schema and the rules.  Nothing is written but what you ask for "
        "with --fix, --cache, --write-baseline or --report FORM=FILE."
    ),
    logs=_may_log,
    examples=(
        ("convert validate news", message("List the errors and warnings of all articles in a folder.")),
        ("convert validate --fix --diff news", message("Show which of them can be fixed in the documents, and how.")),
    ),
)
@sources_argument
@fixing_options
@report_options
@option("--strict/--no-strict", group="common", about=message("Count warnings as errors."))
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print nothing; only set the exit status."))
@from_option
@dialect_option
@base_url_option
@address_options
@record_options
@option(
    "--stdin-filename",
    group="inputs",
    default="",
    metavar="NAME",
    about=message("Name the document on standard input in reports.  [default: stdin]"),
)
@option(
    "--changed-since",
    group="inputs",
    default="",
    metavar="REV",
    about=message("Check only files that git lists as changed since REV."),
)
@option(
    "--cache",
    group="inputs",
    default="",
    metavar="DIR",
    about=message("Cache directory; unchanged sources are not read again."),
)
@workers_option
@settings_options
@control_options
@fidelity_options
@option(
    "--store",
    group="rules",
    default="",
    metavar="DIR",
    about=message("Report also pictures that this store lacks; --fidelity looks for the others."),
)
@progress_option
@language_option
@debug_option
@click.pass_context
def validate(
    context: click.Context,
    /,
    sources: tuple[str, ...],
    from_: str | None,
    dialects: tuple[str, ...],
    reports: tuple[Wanted, ...],
    language: Language | None,
    statistics: bool,
    quote: bool | None,
    color: str,
    base_url: str,
    fix: bool,
    diff: bool,
    allow_dirty: bool,
    fidelity: tuple[str, ...],
    changed_since: str,
    strict: bool,
    cache: str,
    workers: int,
    quiet: bool,
    lines: bool,
    **given: Any,
) -> None:
    """Check every article of the sources."""
    chosen = Chosen(context)
    how = how_of(from_, dialects)
    others = (chosen.baseline, chosen.config, given["addresses"] or "", *dialects)
    _guard(Guard(sources, how, others), chosen, reports, cache)
    settings = Settings(
        base_url=base_url,
        workers=workers,
        how=how,
        fidelity=fidelity,
        stdin=given["stdin_filename"],
        changed_since=changed_since,
        cache=cache,
        control=chosen.control,
        addresses=addresses_of(sources, given["address"], given["addresses"]),
        choice=choice_of(given["urls"], given["mimes"]),
        store=given["store"],
    )
    fixing = None
    if fix or diff:
        from convert.cli.fixing import Fixing  # with a second way through each document, which most runs do not take

        fixing = Fixing(sources, chosen, fix=fix, diff=diff, allow_dirty=allow_dirty, reports=reports, quiet=quiet)
    levels = dict(chosen.control.levels)
    shown = ReportOptions(reports, chosen.level, color, quote, statistics, language, chosen.threshold, levels)
    with (
        chosen.known(sources, spoken(context), shown.least(), quiet=quiet, whole=not changed_since) as known,
        open_reports(shown, sources, strict=strict, quiet=quiet or diff, aside=bool(fixing and fixing.aside)) as out,
    ):
        roots = () if changed_since else sources
        with progress(message("checking documents"), None, quiet=quiet, lines=lines, roots=roots) as step:
            summary = (fixing.run if fixing else check)(sources, settings, out.report, step, known)
        out.end(summary)
    _say(() if quiet else summary.remarks, spoken(context))
    code = status(summary, strict=strict, count_fixed=True)
    context.exit(fixing.end(code, spoken(context)) if fixing else code)


def _guard(guard: Guard, chosen: Chosen, reports: tuple[Wanted, ...], cache: str) -> None:
    """Ask the guard about every file to write.

    Raises:
        UsageError: one of them would replace a source or become one.
    """
    if chosen.written is not None:
        guard.check("--write-baseline", chosen.written, "baseline")
    for form, path in reports:
        if path:
            guard.check(f"--report {form}={path}", path, f"{form} report")
        if form == "github" and (summary_file := os.environ.get("GITHUB_STEP_SUMMARY")):
            guard.check("GITHUB_STEP_SUMMARY", summary_file, "github summary")
    if cache:
        from convert.cache.database import NAME as CACHE  # a hook checks a page without one

        guard.check("--cache", os.path.join(cache, CACHE), "cache")


def _say(remarks: Iterable[Message], language: Language) -> None:
    for remark in remarks:
        echo(remark.text_in(language), err=True)
