"""Findings as workflow commands of GitHub Actions, which annotate the lines of a pull request.

GitHub shows ten annotations of a kind for a step; the number of further ones is written below them.  A table of all
rules is appended to the summary of the step, and the figures are its outputs.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping

from convert.errors import StoreError, reason
from convert.messages import message, translate
from convert.model import Finding, Level
from convert.report.base import ReportContext, Summary, Write, figures, figures_by_channel, relative
from convert.report.words import count_of, listed
from convert.text import printable

MOST = 10
"""The number of annotations of a kind that GitHub shows for a step."""

_COMMANDS: Mapping[Level, str] = {"error": "error", "warning": "warning", "info": "notice"}


class GithubReporter:
    """Reporter that writes one command for each finding, at most ten of a kind."""

    def __init__(self, write: Write, context: ReportContext) -> None:
        self.write = write
        self.context = context
        self.counts: Counter[str] = Counter()
        self.rules: Counter[tuple[str, str, Level]] = Counter()

    def report(self, finding: Finding) -> None:
        """Write the command of a finding, if there are not ten of its kind yet."""
        self.counts[finding.level] += 1
        self.rules[finding.code, finding.name, finding.level] += 1
        if self.counts[finding.level] > MOST:
            return
        place = [f"file={_property(relative(finding.path))}"]
        if finding.line:
            place.append(f"line={finding.line}")
            if finding.column:
                place.append(f"col={finding.column}")
        place.append(f"title={_property(f'{finding.code} {finding.name}')}")
        text = _data(finding.message.text_in(self.context.language))
        self.write(f"::{_COMMANDS[finding.level]} {','.join(place)}::{text}\n")

    def end(self, summary: Summary) -> None:
        """Write the number of findings without a command, and the figures."""
        language = self.context.language
        if more := [count_of(level, self.counts[level] - MOST) for level in _COMMANDS if self.counts[level] > MOST]:
            unshown = message(
                "not shown above, because GitHub takes {most} of a kind: {more}", most=MOST, more=listed(more, language)
            )
            self.write(f"{unshown.text_in(language)}\n")
        self.write(f"{figures(summary, language)}\n")
        _append("GITHUB_STEP_SUMMARY", lambda: self._table(summary))
        _append("GITHUB_OUTPUT", lambda: _outputs(summary))

    def _table(self, summary: Summary) -> str:
        language = self.context.language
        rows = sorted(self.rules.items(), key=lambda pair: (list(_COMMANDS).index(pair[0][2]), -pair[1], pair[0]))
        lines = [f"| {code} | {name} | {level} | {count} |\n" for (code, name, level), count in rows]
        titles = translate("| Rule | | Level | Findings |", language)
        head = f"{titles}\n|---|---|---|---:|\n" if lines else ""
        channels = "".join(f"- {line}\n" for line in figures_by_channel(summary, language))
        more = f"{channels}\n" if channels else ""
        return f"### convert validate\n\n{figures(summary, language)}\n\n{head}{''.join(lines)}\n{more}"


def _append(variable: str, text: Callable[[], str]) -> None:
    """Append a text to the file that the runner names in an environment variable, if it names one."""
    if path := os.environ.get(variable):
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(text())
        except OSError as error:
            raise StoreError(
                "cannot write {path}: {reason}; check {variable}",
                path=repr(path),
                reason=reason(error),
                variable=variable,
            ) from error


def _outputs(summary: Summary) -> str:
    """Return the figures as outputs of a step."""
    levels = "".join(f"{_COUNTS[level]}={summary.levels[level]}\n" for level in _COUNTS)
    return f"documents={summary.documents}\narticles={summary.articles}\n{levels}"


_COUNTS: Mapping[Level, str] = {"error": "errors", "warning": "warnings", "info": "infos"}


def _data(text: str) -> str:
    r"""Return `text` as the message of a command: escaped as the runner asks, other control characters as in Python.

    >>> print(_data("100 %\n\u202e"))
    100 %25%0A\u202e
    """
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(text: str) -> str:
    """Return `text` as the value of a property.

    >>> _property("a:b,c.md")
    'a%3Ab%2Cc.md'
    """
    return _data(text).replace(":", "%3A").replace(",", "%2C")
