"""The options that decide which findings `convert validate` reports and counts."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click

from convert.cli.help import option, options
from convert.cli.screen import echo
from convert.cli.settings import Found
from convert.cli.settings_options import FOUND
from convert.control import Control, profiles
from convert.control.baseline import Baseline, BaselineError, Key, decode, encode
from convert.control.codes import UnknownCode, codes, split
from convert.errors import UsageError, reason
from convert.messages import Language, message
from convert.model import LEVELS, Finding, Level
from convert.sources import printable
from convert.store import new_file


class Chosen:
    """The choice that options and settings make together."""

    def __init__(self, context: click.Context) -> None:
        found: Found = context.meta[FOUND]
        by_path = context.get_parameter_source("level") is not click.core.ParameterSource.COMMANDLINE
        profile: str = context.meta[_PROFILE] or ""
        level: Level | None = context.params["level"]
        self.control: Control = found.control(context.meta[_SELECT], context.meta[_IGNORE], profile, by_path=by_path)
        self.level = level or (profiles.load(profile).level if profile else None)
        self.baseline: str | None = context.meta[_BASELINE]
        self.written: str | None = context.meta[_WRITTEN]
        self.config = found.path
        if self.baseline is not None and self.written is not None:
            raise UsageError(
                "--write-baseline writes all findings, also those of another baseline; leave out --baseline"
            )

    def threshold(self, path: str, otherwise: int) -> int:
        """Return the number of the lowest level to report for a document."""
        level = self.control.level(path)
        return otherwise if level is None else LEVELS[level]

    def known_before(self) -> Counter[Key] | None:
        """Return the findings of the baseline, if there is one."""
        return decode(_read(self.baseline), self.baseline) if self.baseline is not None else None

    @contextmanager
    def known(
        self, sources: Sequence[str], language: Language, least: int, *, quiet: bool, whole: bool
    ) -> Iterator[Callable[[Finding], bool] | None]:
        """Give a function that says whether a finding is in the baseline, or None without one.

        A baseline gets the findings that are reported; `least` is the number of the lowest level that a report takes.
        When the block ends well, a baseline is written or compared.  `whole`: all documents of the sources are checked,
        so that what is not found is gone.
        """
        if self.written is not None:
            today, name_of = Baseline(), os.path.abspath(self.written)

            def record(finding: Finding) -> bool:
                if LEVELS[finding.level] <= self.threshold(finding.path, least) and not _is(finding, name_of):
                    today.covers(finding)
                return True

            with new_file(self.written) as file:
                yield record
                for part in encode(today.now):
                    file.write(part)
            if not quiet:
                done = message("{count} finding(s) written to {path}", count=today.now.total(), path=self.written)
                echo(done.text_in(language), err=True)
        elif self.baseline is not None:
            before = Baseline(self.known_before())
            name_of = os.path.abspath(self.baseline)
            yield lambda finding: _is(finding, name_of) or before.covers(finding)
            if whole and (gone := before.count_gone(lambda path, code: self._asked(sources, path, code))) and not quiet:
                done = message("{count} finding(s) of the baseline are gone; write it again", count=gone)
                echo(done.text_in(language), err=True)
        else:
            yield None

    def _asked(self, sources: Sequence[str], path: str, code: str) -> bool:
        """Return whether this run would have reported a finding, had it still been there.

        Those about an archive as a whole (SET) are found only where all of it is checked.
        """
        wanted = self.control.selected_codes(path)
        return (
            not code.startswith("SET")
            and (wanted is None or code in wanted)
            and any(_within(path, source) for source in sources)
        )


def _is(finding: Finding, file: str) -> bool:
    """Return whether a finding says only that the baseline itself, inside the archive, is no article."""
    return finding.code == "SRC004" and os.path.abspath(finding.path) == file


def _within(path: str, source: str) -> bool:
    root = printable(os.path.normpath(source))
    return root in (".", path) or path.startswith((root.rstrip("/") + "/", source))


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise BaselineError(path, reason(error)) from None


_SELECT, _IGNORE, _PROFILE = "convert.select", "convert.ignore", "convert.profile"
_BASELINE, _WRITTEN = "convert.baseline", "convert.write_baseline"


def _words(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> None:
    words = [word for each in value for word in split(each)]
    if value and not words:
        raise UsageError("{option}: name at least one rule", option=parameter.opts[0])
    try:
        codes(words)
    except UnknownCode as wrong:
        raise UsageError("{option}: {fault}", option=parameter.opts[0], fault=wrong.message) from None
    context.meta[f"convert.{parameter.name}"] = words


def _keep(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    context.meta[f"convert.{parameter.name}"] = value


control_options = options(
    option(
        "--select",
        group="rules",
        multiple=True,
        callback=_words,
        expose_value=False,
        metavar="CODE,…",
        about=message("Report (and with --fix, fix) only these rules: codes, families (LNK) or names."),
    ),
    option(
        "--ignore",
        group="rules",
        multiple=True,
        callback=_words,
        expose_value=False,
        metavar="CODE,…",
        about=message("Neither report nor fix these rules, even if they are selected."),
    ),
    option(
        "--profile",
        group="rules",
        type=click.Choice(profiles.PROFILES),
        callback=_keep,
        expose_value=False,
        about=message("Use levels for a kind of archive; [levels] in the settings change single ones."),
    ),
    option(
        "--baseline",
        group="rules",
        callback=_keep,
        expose_value=False,
        metavar="FILE",
        about=message("Report only findings that are not in FILE, a baseline."),
    ),
    option(
        "--write-baseline",
        group="rules",
        callback=_keep,
        expose_value=False,
        metavar="FILE",
        about=message("Save the findings of --level and above to FILE as a baseline; report nothing."),
    ),
)
"""The options --select, --ignore, --profile, --baseline and --write-baseline; `Chosen` reads them."""
