"""`convert validate SOURCE…`."""

import os

import click

from convert.building.target import refuse_overwriting_source
from convert.cli.common import (
    base_url_option,
    fidelity_options,
    from_option,
    progress,
    sources_argument,
    status,
    workers_option,
)
from convert.cli.control import Chosen, control_options
from convert.cli.fixing import Fixing, fixing_options
from convert.cli.reports import ReportOptions, Wanted, open_reports, report_options
from convert.messages import Language, language_from_locale
from convert.settings import Settings


@click.command()
@sources_argument
@from_option
@report_options
@base_url_option
@fixing_options
@fidelity_options
@click.option("--stdin-filename", default="", metavar="NAME", help="What to call the document on standard input.")
@click.option("--changed-since", default="", metavar="REV", help="Only files that git says changed since REV.")
@click.option("--strict/--no-strict", help="Warnings count as errors.")
@click.option(
    "--cache", default="", metavar="FOLDER", help="Keep in FOLDER what was found, and look again only at what changed."
)
@control_options
@workers_option
@click.option("-q", "--quiet", is_flag=True, help="Only the exit status.")
@click.pass_context
def validate(
    context: click.Context,
    sources: tuple[str, ...],
    from_: str | None,
    reports: tuple[Wanted, ...],
    language: Language | None,
    level: str | None,
    statistics: bool,
    quote: bool | None,
    color: str,
    base_url: str,
    fix: bool,
    diff: bool,
    fidelity: tuple[str, ...],
    stdin_filename: str,
    changed_since: str,
    strict: bool,
    cache: str,
    workers: int,
    quiet: bool,
) -> None:
    """Check every article of SOURCE… against the schema and the rules.  Nothing is written but what
    you ask for with --fix, --cache, --write-baseline or --report FORM=FILE."""
    chosen = Chosen(context)
    refuse_overwriting_source(sources, "--write-baseline", chosen.written)
    for form, path in reports:
        refuse_overwriting_source(sources, f"--report {form}={path}", path)
    settings = Settings(
        base_url=base_url,
        workers=workers,
        source_format=from_ or "",
        fidelity=fidelity,
        stdin=stdin_filename,
        changed_since=changed_since,
        cache=cache,
        control=chosen.control,
    )
    fixing = Fixing(sources, chosen, fix=fix, diff=diff, reports=bool(reports), quiet=quiet)
    wanted = ReportOptions(reports, level, color, quote, statistics, language, chosen.threshold)
    spoken = language or language_from_locale(os.environ)
    with (
        chosen.known(sources, spoken, quiet=quiet, whole=not changed_since) as known,
        open_reports(wanted, sources, strict=strict, quiet=quiet or diff, aside=fixing.aside) as out,
    ):
        with progress("checking", None, quiet=quiet) as step:
            summary = fixing.run(sources, settings, out.tell, step, known)
        out.end(summary)
    context.exit(fixing.end(status(summary, strict=strict, mended_too=True), spoken))
