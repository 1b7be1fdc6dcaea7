"""`convert seal FILE -o OUT`: a sealed copy of somebody's book or page."""

import os
import time

import click

from convert.building.pipeline import ledger_line
from convert.cli.common import debug_option, language_option
from convert.cli.help import Command, option
from convert.cli.reports import ReportOptions, Wanted, open_reports, report_options
from convert.cli.statuses import FINDINGS
from convert.errors import SourceError, UsageError, reason
from convert.messages import Language, Message, message
from convert.report.base import Summary
from convert.sealing.losses import rules
from convert.sealing.seal import FORMS, Sealed, form_of, seal as sealed_copy
from convert.store import new_file
from convert.text import printable


@click.command(
    cls=Command,
    about=message(
        "Write a sealed copy of FILE, anybody's EPUB, HTML or MHTML: all of its text and its own pictures, nothing "
        "that loads or runs.  OUT is audited before it appears; without the seal there is no OUT."
    ),
    examples=(
        ("convert seal book.epub -o sealed.epub", message("Seal a book that a stranger sent.")),
        (
            "convert seal page.mhtml -o page.html --ledger page.jsonl",
            message("Seal a saved page, and list what was not kept."),
        ),
    ),
)
@click.argument("file", metavar="FILE", type=click.Path())
@option(
    "-o",
    "--output",
    group="common",
    required=True,
    metavar="OUT",
    about=message("Write to this file; its name ends in one of: {endings}.  [required]", endings=", ".join(FORMS)),
)
@option(
    "--ledger",
    group="output",
    metavar="FILE",
    about=message("Write everything that is not kept to FILE, as JSON Lines."),
)
@report_options
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print nothing; only set the exit status."))
@language_option
@debug_option
@click.pass_context
def seal(
    context: click.Context,
    /,
    file: str,
    output: str,
    ledger: str | None,
    reports: tuple[Wanted, ...],
    quiet: bool,
    level: str | None,
    statistics: bool,
    quote: bool | None,
    color: str,
    language: Language | None,
) -> None:
    """Write a sealed copy of a file."""
    started = time.monotonic()
    form_of(output)
    _guard(file, output, ledger, reports)
    try:
        result = sealed_copy(file, output)
    except OSError as error:
        raise SourceError("{path}: {fault}", path=printable(file), fault=reason(error)) from error
    if ledger:
        with new_file(ledger) as lines:
            lines.writelines(map(ledger_line, result.findings))
    shown = ReportOptions(reports, level, color, quote or False, statistics, language, rules=rules)
    with open_reports(shown, (file,), strict=False, quiet=quiet) as out:
        summary = Summary(documents=result.documents, pictures=result.pictures)
        for finding in result.findings:
            summary.count(finding)
            out.report(finding)
        summary.sentence = _sentence(result, output, time.monotonic() - started)
        out.end(summary)
    context.exit(0 if result.sealed else FINDINGS)


def _sentence(result: Sealed, output: str, seconds: float) -> Message:
    """Return what was done."""
    if not result.sealed:
        return message("{path} was not written: the audit does not call it sealed", path=printable(output))
    return message(
        "{path}: sealed; {pages:,} page(s), {pictures:,} picture(s), {lost:,} thing(s) not kept, in {seconds:.1f} s",
        path=printable(output),
        pages=result.documents,
        pictures=result.pictures,
        lost=len(result.findings),
        seconds=seconds,
    )


def _guard(file: str, output: str, ledger: str | None, reports: tuple[Wanted, ...]) -> None:
    """Refuse outputs that would replace the source or each other.

    Raises:
        UsageError: one would.
    """
    taken = {os.path.realpath(file): message("the file that is sealed")}
    outputs = [("--output", output), ("--ledger", ledger or ""), *(("--report", path) for _, path in reports)]
    for name, path in outputs:
        if not path:
            continue
        real = os.path.realpath(path)
        if real in taken:
            raise UsageError(
                "{option}: {path} is {other}; name another", option=name, path=printable(path), other=taken[real]
            )
        taken[real] = message("another output")
