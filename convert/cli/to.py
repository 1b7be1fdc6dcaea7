"""`convert --to FORMAT SOURCE… -o OUT`, the default command."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NoReturn

import click
from msgspec import UNSET
from msgspec.structs import replace

from convert.building import pipeline
from convert.building.build import NothingToConvertError, Progress, Request, build, guarded, staged
from convert.building.changes import encode
from convert.building.survey import survey
from convert.checking.archive import check
from convert.cli import EXAMPLES
from convert.cli.common import (
    address_options,
    base_url_option,
    debug_option,
    dialect_option,
    from_option,
    language_option,
    record_options,
    sources_argument,
    status,
    workers_option,
)
from convert.cli.conversion import PRINTING, Conversion
from convert.cli.gathering import gathering_options
from convert.cli.help import Command, option, spoken
from convert.cli.outcome import figures, show_notes
from convert.cli.pages import page_options
from convert.cli.pictures import picture_options
from convert.cli.printing import printing_options
from convert.cli.progress import progress, progress_option
from convert.cli.request import request_of
from convert.cli.running import ChosenRunner, runner_of, runner_options
from convert.cli.screen import echo
from convert.cli.settings_options import FOUND, settings_options
from convert.cli.statuses import FAILED
from convert.control import Control
from convert.control.codes import codes
from convert.errors import UsageError
from convert.guard import Guard
from convert.messages import Language, message, translate
from convert.model import LEVELS, Finding, Level
from convert.report.base import as_line
from convert.settings import Tell
from convert.store import new_file
from convert.writers import FLAT, WRITERS


@click.command(
    "to",
    cls=Command,
    about=message("Convert every article of SOURCE… (files, folders, archives, s3://…, - for standard input)."),
    examples=EXAMPLES,
)
@sources_argument
@option(
    "--to",
    "to_",
    group="common",
    type=click.Choice(sorted(WRITERS)),
    required=True,
    metavar="FORMAT",
    about=message("Write {formats}.  [required]", formats=", ".join(sorted(WRITERS))),
)
@option(
    "-o",
    "--output",
    group="common",
    default="-",
    metavar="OUT",
    about=message("Write to this folder or file.  [default: -, standard output]"),
)
@option(
    "--update/--no-update",
    group="common",
    default=False,
    about=message("Rebuild only outputs whose inputs or options changed since the last manifest."),
)
@option(
    "--strict/--no-strict",
    group="common",
    default=False,
    about=message("Write nothing if there is any error or warning."),
)
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print errors only."))
@from_option
@dialect_option
@base_url_option
@address_options
@record_options
@workers_option
@settings_options
@gathering_options
@page_options
@picture_options
@printing_options
@option(
    "--manifest/--no-manifest",
    group="output",
    default=False,
    about=message("Write a manifest with SHA-256 hashes beside the output; --split always does."),
)
@option(
    "--cache",
    group="output",
    metavar="DIR",
    about=message("Cache directory; unchanged sources are not read again.  [default: with --update]"),
)
@option(
    "--ledger",
    group="output",
    metavar="FILE",
    about=message("Write every finding and every removal to FILE, as JSON Lines."),
)
@option(
    "--changes",
    group="output",
    metavar="FILE",
    about=message("List in FILE which outputs were made, kept and removed since the last build."),
)
@option(
    "--catalog/--no-catalog",
    group="output",
    default=False,
    about=message("Write a catalogue of the books beside them: OPDS, Atom and index.html."),
)
@option(
    "--catalog-url",
    group="output",
    metavar="URL",
    about=message("Give that catalogue absolute links: the address of its folder, as published."),
)
@runner_options
@option("-v", "--verbose", group="messages", is_flag=True, about=message("Print every finding and every removal."))
@progress_option
@language_option
@debug_option
@click.pass_context
def to(
    context: click.Context,
    /,
    sources: tuple[str, ...],
    to_: str,
    output: str,
    ledger: str | None,
    changes: str | None,
    strict: bool,
    quiet: bool,
    verbose: bool,
    lines: bool,
    **chosen: Any,
) -> None:
    """Convert every article of SOURCE… (files, folders, archives, s3://…, - for standard input)."""
    started = time.monotonic()
    runner = runner_of(chosen)
    _heed_format(context, to_, chosen, quiet=quiet)
    asked = request_of(sources, to_, output, changes=changes is not None, **chosen)
    if runner.name:
        _convert_in_shards(context, asked, runner, ledger=ledger, changes=changes, strict=strict)
    request = context.with_resource(staged(asked, changes=changes is not None))
    guard = guarded(replace(request, others=(*request.others, context.meta[FOUND].path)))
    _check_files(guard, ledger=ledger, changes=changes)
    told: Level = "error" if quiet else "info" if verbose else "warning"
    threshold = LEVELS[told]
    request = replace(request, settings=replace(request.settings, told="info" if ledger else told))
    language = spoken(context)
    watch = partial(progress, quiet=quiet, lines=lines, roots=sources)

    def show(finding: Finding) -> None:
        echo(as_line(finding, language), err=True)

    with _ledger(ledger) as keep:

        def tell(finding: Finding) -> None:
            keep(finding)
            if LEVELS[finding.level] <= threshold:
                show(finding)

        code = _refuse(request, language, tell, watch) if strict else 0
        if not code:
            try:
                result = build(request, tell, watch, guard)
            except NothingToConvertError as error:
                for number, finding in enumerate(error.findings):
                    if LEVELS[finding.level] <= threshold or (number < 3 and not quiet):  # a few say why
                        show(finding)
                raise
            summary = result.summary
            if changes is not None:
                with new_file(changes) as listing:
                    listing.write(encode(summary.changes))
            show_notes(result, language, quiet=quiet)
            # --strict has refused already what it refuses, and copies that a book leaves out are nothing wrong
            code = status(summary, strict=False, count_fixed=False) if summary.articles or not result.output else FAILED
            if result.output and not quiet:
                path = message("standard output") if output == "-" else result.output
                echo(figures(summary, path, time.monotonic() - started, language), err=True)
    context.exit(code)


def _check_files(guard: Guard, **files: str | None) -> None:
    """Check that files beside the output can be written; they are named by the option that asks for each.

    Raises:
        UsageError: one would replace a source, or is standard output.
    """
    for kind, file in files.items():
        if file == "-":
            raise UsageError("--{option}: name a file; standard output has what is converted or said", option=kind)
        if file is not None:
            guard.check(f"--{kind}", file, kind)


def _convert_in_shards(context: click.Context, asked: Request, runner: ChosenRunner, **given: object) -> NoReturn:
    """Convert a list shard by shard, and end."""
    from convert.cli import shards  # few conversions are of many machines

    shards.check_alone(**given, cache=asked.cache)
    screen = shards.Screen(spoken(context), runner.log, quiet=context.params["quiet"], lines=context.params["lines"])
    context.exit(shards.convert_in_shards(asked, screen, runner, asked.settings.workers))


def _heed_format(context: click.Context, to_: str, chosen: dict[str, Any], *, quiet: bool) -> None:
    """Drop what the settings say of pages or a catalogue if the format has none; unless `quiet`, print what stays idle.

    Raises:
        UsageError: the settings name an output for another format, whose files it may have.
    """
    conversion: Conversion = context.meta[FOUND].file.conversion

    def is_default(name: str) -> bool:
        return context.get_parameter_source(name) is click.core.ParameterSource.DEFAULT_MAP

    if to_ != FLAT and is_default("flat"):
        chosen["flat"] = False
    listable = bool(WRITERS[to_].media_type)
    if not listable and is_default("catalog"):
        chosen["catalog"] = False
    if is_default("catalog_url") and not (listable and _may_have_catalog(context, chosen)):
        chosen["catalog_url"] = None
    for name in PRINTING:
        if not WRITERS[to_].designed and is_default(name):
            chosen[name] = None
    if not quiet and WRITERS[to_].named and chosen["script"] and not is_default("script"):
        unchanged = message("--script changes nothing in {format}: it keeps the original characters", format=to_)
        echo(f"convert: {unchanged.text_in(spoken(context))}", err=True)
    if is_default("output") and conversion.to not in (UNSET, to_):
        raise UsageError(
            "the settings name {output} for {other}; name an output for {format} with -o",
            output=repr(conversion.output),
            other=str(conversion.to),
            format=to_,
        )


def _may_have_catalog(context: click.Context, chosen: dict[str, Any]) -> bool:
    """Return False if the command line says --no-catalog."""
    said = context.get_parameter_source("catalog") is click.core.ParameterSource.COMMANDLINE
    return bool(chosen["catalog"]) or not said


@contextmanager
def _ledger(path: str | None) -> Iterator[Callable[[Finding], object]]:
    """Yield a function that records a finding in the ledger; the file is created if the block ends normally."""
    if path is None:
        yield lambda finding: None
        return
    with new_file(path) as file:
        yield lambda finding: file.write(pipeline.ledger_line(finding))


def _refuse(request: Request, language: Language, tell: Tell, watch: Progress) -> int:
    """Check everything first, for --strict; return the exit status if anything is wrong, else 0."""
    found: list[Finding] = []
    # as the conversion itself counts: all that is wrong with documents, and nothing of the archive as a whole
    everything = replace(request.settings, control=Control(ignore=codes(["SET"]), comments=False))
    excluded = survey(request.sources, everything).excluded if everything.exclude else {}

    def is_excluded(finding: Finding) -> bool:
        return (finding.path, 0) in excluded or (finding.path, finding.line) in excluded

    with watch(message("checking documents"), None) as step:
        summary = check(request.sources, everything, found.append, step, known=is_excluded)
    code = status(summary, strict=True, count_fixed=False)
    if code:
        for finding in found:
            tell(finding)
        echo(translate("nothing was written: --strict allows no error and no warning", language), err=True)
    return code
