"""`--fix` and `--diff` of `convert validate`: where the fixed documents go."""

import re
import sys
from collections.abc import Callable, Sequence
from difflib import unified_diff

from convert.checking.fix import FixedDocument, fix
from convert.cli.control import Chosen
from convert.cli.screen import echo
from convert.cli.statuses import FINDINGS
from convert.errors import ConvertError, StoreError, UsageError
from convert.messages import Language, Message, message
from convert.model import Finding
from convert.report.base import Summary
from convert.settings import Settings, Step, Tell
from convert.sources import STDIN
from convert.sources.git import unstaged
from convert.store import overwrite
from convert.text import CONTROL, INVISIBLE, WINDOWS_1252, printable

_HIDDEN = re.compile(f"{INVISIBLE.pattern}|{CONTROL.pattern}|{WINDOWS_1252.pattern}|[^\\S\\n\\t \u3000]")

_PART = 1 << 20


class Fixing:
    """The work of a run that fixes documents, or shows what fixing would change."""

    def __init__(
        self,
        sources: Sequence[str],
        chosen: Chosen,
        *,
        fix: bool,
        diff: bool,
        allow_dirty: bool,
        reports: Sequence[object],
        quiet: bool,
    ) -> None:
        if chosen.written:
            raise UsageError("--write-baseline writes the findings that --fix would fix; use one after the other")
        if diff and reports:
            raise UsageError("--diff shows changes and reports no findings; leave out --report")
        if fix and not diff and STDIN in sources and len(sources) > 1:
            raise UsageError("--fix writes the fixed '-' to standard output; name no other source beside it")
        self.diff, self.quiet = diff, quiet
        self.aside = fix and not diff and STDIN in sources
        """True if standard output is for the fixed document."""
        self.before = chosen.known_before()
        folders = [source for source in sources if source != STDIN]
        self.dirty = unstaged(folders) if fix and not (diff or allow_dirty) else frozenset()
        self.documents = self.findings = 0
        self.reasons: list[Message] = []
        self.failed: list[ConvertError] = []

    def run(
        self,
        sources: Sequence[str],
        settings: Settings,
        tell: Tell,
        step: Step,
        known: Callable[[Finding], bool] | None,
    ) -> Summary:
        """Check and fix the sources."""
        return fix(sources, settings, self.keep, tell, step, known, self.before, self.dirty)

    def keep(self, fixed: FixedDocument) -> None:
        """Write or show one document that was fixed; remember why one could not be."""
        data, reason = fixed.result.data, fixed.result.reason
        if reason and fixed.refused:
            self.failed.append(UsageError("{path}: not fixed: {reason}", path=printable(fixed.path), reason=reason))
        elif reason:
            self.reasons.append(message("{path}: left as it is: {reason}", path=printable(fixed.path), reason=reason))
        if self.diff:
            if data is not None and not self.quiet:
                _echo(difference(fixed.path, fixed.before, data))
        elif not fixed.file:
            self._pass_on(fixed.before if data is None else data)
        elif data is not None:
            try:
                overwrite(fixed.file, data, fixed.before)
            except StoreError as error:  # the others can be fixed all the same
                self.failed.append(error)
                return
        if data is not None:
            self.documents += 1
            self.findings += fixed.result.count

    def _pass_on(self, data: bytes) -> None:
        """Write what was standard input, with the rest of one that is too large for a document."""
        while self.aside and data:
            echo(data, nl=False)
            data = sys.stdin.buffer.read(_PART)

    def end(self, status: int, language: Language) -> int:
        """Print what was done, and return the exit status.

        With `--diff` it is 3 where there is something to fix; it is 4 where a document could not be written, and 2
        where one was refused.
        """
        for error in self.failed:
            echo(f"convert: {error.text_in(language)}", err=True)
        if not self.quiet:
            for reason in self.reasons:
                echo(reason.text_in(language), err=True)
            counts = {"findings": self.findings, "documents": self.documents}
            if self.diff:
                done = message("{findings} finding(s) would be fixed in {documents} document(s)", **counts)
            else:
                done = message("{findings} finding(s) fixed in {documents} document(s)", **counts)
            echo(done.text_in(language), err=True)
        if self.failed:
            return max(error.exit_code for error in self.failed)
        return (FINDINGS if self.documents else 0) if self.diff else status


def difference(path: str, before: bytes, after: bytes) -> bytes:
    """Return a unified diff, as `patch` and `git apply` read it."""
    name = printable(path)
    lines = unified_diff(_lines(before), _lines(after), name, name)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    ).encode()


def _lines(data: bytes) -> list[str]:
    lines = data.decode().split("\n")
    return [f"{line}\n" for line in lines[:-1]] + lines[-1:] * bool(lines[-1])


def _echo(diff: bytes) -> None:
    """Print a diff: to a terminal with hidden characters escaped, elsewhere byte for byte."""
    echo(spelled(diff.decode()) if sys.stdout.isatty() else diff, nl=False)


def spelled(text: str) -> str:
    r"""Return `text` with each character escaped that nobody could see, or that would do something to a terminal.

    >>> spelled("-纸\u200b的\r\n+纸的\x1b[2J\n")
    '-纸\\u200b的\\r\n+纸的\\x1b[2J\n'
    """
    return _HIDDEN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)
