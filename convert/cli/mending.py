"""`--fix` and `--diff` of `convert validate`: what becomes of mended documents."""

import re
import sys
from collections.abc import Callable, Sequence
from difflib import unified_diff
from typing import Any

import click

from convert.checking.archive import check
from convert.checking.fix import Fixed, fix
from convert.cli.common import FINDINGS
from convert.cli.control import Chosen
from convert.errors import StoreError, UsageError
from convert.model import Finding
from convert.report.base import Summary
from convert.settings import Settings, Step, Tell
from convert.sources import STDIN
from convert.store import overwrite
from convert.text import CONTROL, INVISIBLE, printable

_HIDDEN = re.compile(f"{INVISIBLE.pattern}|{CONTROL.pattern}|[^\\S\\n\\t \u3000]")

_PART = 1 << 20


def mending_options(function: Any) -> Any:
    """--fix and --diff."""
    for option in (
        click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing."),
        click.option("--fix", is_flag=True, help="Mend the documents themselves, where no word of an article changes."),
    ):
        function = option(function)
    return function


class Mending:
    """What a run does besides checking: nothing, mend, or show what mending would change."""

    def __init__(
        self, sources: Sequence[str], chosen: Chosen, *, fix: bool, diff: bool, reports: bool, quiet: bool
    ) -> None:
        if (fix or diff) and chosen.written:
            raise UsageError("--write-baseline writes what is found, and --fix mends it; use one after the other")
        if diff and reports:
            raise UsageError("--diff shows changes and tells no findings; leave out --report")
        if fix and not diff and STDIN in sources and len(sources) > 1:
            raise UsageError("--fix writes what was '-' to standard output; name no other source beside it")
        self.wanted, self.diff, self.quiet = fix or diff, diff, quiet
        self.aside = fix and not diff and STDIN in sources
        """Whether standard output is for the mended document."""
        self.before = chosen.known_before() if self.wanted else None
        self.documents = self.findings = 0
        self.reasons: list[str] = []
        self.failed: list[StoreError] = []

    def run(
        self,
        sources: Sequence[str],
        settings: Settings,
        tell: Tell,
        step: Step,
        known: Callable[[Finding], bool] | None,
    ) -> Summary:
        """Checks the sources, and mends them where that is wanted."""
        if not self.wanted:
            return check(sources, settings, tell, step, known)
        return fix(sources, settings, self.keep, tell, step, known, self.before)

    def keep(self, fixed: Fixed) -> None:
        """One document that was mended, or could not be."""
        data, reason = fixed.mended.data, fixed.mended.reason
        if reason:
            self.reasons.append(f"{printable(fixed.path)}: left as it is: {reason}")
        if self.diff:
            if data is not None and not self.quiet:
                _echo(difference(fixed.path, fixed.before, data))
        elif not fixed.file:
            self._pass_on(fixed.before if data is None else data)
        elif data is not None:
            try:
                overwrite(fixed.file, data, fixed.before)
            except StoreError as error:  # the others can be mended all the same
                self.failed.append(error)
                return
        if data is not None:
            self.documents += 1
            self.findings += fixed.mended.count

    def _pass_on(self, data: bytes) -> None:
        """What was standard input, with what is left of one that is too large for a document."""
        while self.aside and data:
            click.echo(data, nl=False)
            data = sys.stdin.buffer.read(_PART)

    def end(self, status: int) -> int:
        """Says what was done; the exit status, which for `--diff` is 3 where there is something to mend, and 4 where a
        document could not be written."""
        for error in self.failed:
            click.echo(f"convert: {error}", err=True)
        if self.wanted and not self.quiet:
            for reason in self.reasons:
                click.echo(reason, err=True)
            would = "would be mended" if self.diff else "mended"
            click.echo(f"{self.findings} finding(s) {would} in {self.documents} document(s)", err=True)
        if self.failed:
            return self.failed[0].exit_code
        return (FINDINGS if self.documents else 0) if self.diff else status


def difference(path: str, before: bytes, after: bytes) -> bytes:
    """A unified diff, as `patch` and `git apply` read it."""
    name = printable(path)
    told = unified_diff(_lines(before), _lines(after), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in told).encode()


def _lines(data: bytes) -> list[str]:
    lines = data.decode().split("\n")
    return [f"{line}\n" for line in lines[:-1]] + lines[-1:] * bool(lines[-1])


def _echo(diff: bytes) -> None:
    """To a terminal as people need it; elsewhere byte for byte."""
    click.echo(spelled(diff.decode()) if sys.stdout.isatty() else diff, nl=False)


def spelled(text: str) -> str:
    r"""`text` with each character escaped that nobody could see, or that would do something to a terminal.

    >>> spelled("-纸\u200b的\r\n+纸的\x1b[2J\n")
    '-纸\\u200b的\\r\n+纸的\\x1b[2J\n'
    """
    return _HIDDEN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)
