"""`convert audit FILE…`: whether a program that opens a finished file could load or run anything by itself."""

import os
import sys
from collections.abc import Iterable

import click

from convert.audit.audit import Audited, Auditor
from convert.audit.pages import rules
from convert.cli.common import debug_option, language_option
from convert.cli.help import Command, option, spoken
from convert.cli.reports import ReportOptions, Wanted, open_reports, report_options
from convert.cli.screen import echo
from convert.cli.statuses import FAILED, FINDINGS
from convert.errors import UsageError, reason
from convert.messages import Language, message
from convert.report.base import Summary
from convert.text import printable


@click.command(
    cls=Command,
    about=message(
        "Judge whether FILE… are sealed: whether a program that opens them could load or run anything by itself.  "
        "EPUB, PDF, pages, folders, MHTML, Markdown, JSON, pictures of anybody; nothing is loaded, run or written."
    ),
    examples=(
        ("convert audit book.epub", message("List what a reading program could load or run.")),
        (
            "convert audit --level info --strict page.html",
            message("List links too, and count what only some programs load."),
        ),
        ("convert audit --strict-links -", message("Judge standard input, and trust no link that tracks.")),
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path())
@report_options
@option("--strict", group="common", is_flag=True, about=message("Count as errors what only some programs load or run."))
@option(
    "--strict-links",
    group="common",
    is_flag=True,
    about=message("Count tracking in links as errors: parameters, redirectors and pings."),
)
@option(
    "--stdin-filename",
    group="common",
    default="",
    metavar="NAME",
    about=message("Name the file on standard input; its ending says what it is.  [default: stdin]"),
)
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print nothing; only set the exit status."))
@language_option
@debug_option
@click.pass_context
def audit(
    context: click.Context,
    /,
    files: tuple[str, ...],
    reports: tuple[Wanted, ...],
    strict: bool,
    strict_links: bool,
    stdin_filename: str,
    quiet: bool,
    level: str | None,
    statistics: bool,
    quote: bool | None,
    color: str,
    language: Language | None,
) -> None:
    """Judge whether files are sealed."""
    _guard(files, reports)
    shown = ReportOptions(reports, level, color, quote or False, statistics, language, rules=rules)
    summary, failed, wrong, unknown = Summary(), False, 0, 0
    auditor = Auditor(strict_links=strict_links)
    try:
        with open_reports(shown, files, strict=strict, quiet=quiet) as out:
            for file in files:
                try:
                    for audited in _audited(auditor, file, stdin_filename or "stdin"):
                        summary.documents += 1
                        wrong += audited.failing(strict=strict)
                        unknown += audited.unjudged
                        for finding in audited.findings:
                            summary.count(finding)
                            out.report(finding)
                except OSError as error:  # the others can be judged all the same
                    failed = True
                    said = message("{path}: {fault}", path=printable(file), fault=reason(error))
                    echo(f"convert: {said.text_in(spoken(context))}", err=True)
            summary.sentence = message(
                "{count} file(s): {sealed} sealed, {wrong} not, of which {unknown} could not be judged",
                count=summary.documents,
                sealed=summary.documents - wrong,
                wrong=wrong,
                unknown=unknown,
            )
            if auditor.loaded and not wrong and not failed:
                summary.sentence = message(
                    "{sentence}; loads {loaded} file(s), all of them its own",
                    sentence=summary.sentence,
                    loaded=auditor.loaded,
                )
            out.end(summary)
    finally:
        auditor.close()
    context.exit(FAILED if failed else FINDINGS if wrong else 0)


def _audited(auditor: Auditor, file: str, name: str) -> Iterable[Audited]:
    return (auditor.audit_stream(sys.stdin.buffer, name),) if file == "-" else auditor.audit(file)


def _guard(files: tuple[str, ...], reports: tuple[Wanted, ...]) -> None:
    """Refuse a report that would replace a file that is judged.

    Raises:
        UsageError: one would.
    """
    judged = {os.path.realpath(file) for file in files}
    for form, path in reports:
        if path and os.path.realpath(path) in judged:
            raise UsageError("--report {form}: {path} is a file that is judged; name another", form=form, path=path)
