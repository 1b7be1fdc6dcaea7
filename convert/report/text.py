"""Findings as lines that editors understand: `path:line:column: level CODE name: message`."""

import click

from convert.messages import message
from convert.model import Finding
from convert.report.base import ReportContext, Summary, Write, as_line, figures, figures_by_channel
from convert.report.words import listed
from convert.text import columns, printable

_COLORS = {"error": "red", "warning": "yellow", "info": "cyan"}

ROOM = 100
"""The number of columns for a quoted line: a paragraph is often a single line."""


class TextReporter:
    """Reporter that writes one line for each finding, and on request the line of the source that it points at."""

    def __init__(self, write: Write, context: ReportContext) -> None:
        self.write = write
        self.context = context

    def report(self, finding: Finding) -> None:
        """Write the line of a finding."""
        if not self.context.color:
            self.write(f"{as_line(finding, self.context.language)}\n")
        else:
            place = click.style(printable(f"{finding.path}:{finding.line}:{finding.column}:"), bold=True)
            level = click.style(finding.level, fg=_COLORS[finding.level], bold=True)
            text = printable(finding.message.text_in(self.context.language))
            self.write(f"{place} {level} {finding.code} {finding.name}: {text}\n")
        if self.context.line_of and finding.line and (line := self.context.line_of(finding)):
            self._quote(finding, line)

    def _quote(self, finding: Finding, line: str) -> None:
        excerpt, before = window(line, max(finding.column, 1))
        gutter = f"{finding.line:>6} | "
        self.write(f"{gutter}{excerpt}\n")
        if finding.column:
            caret = click.style("^", fg=_COLORS[finding.level], bold=True) if self.context.color else "^"
            self.write(f"{'|':>{len(gutter) - 1}} {' ' * before}{caret}\n")

    def end(self, summary: Summary) -> None:
        """Write the figures."""
        if self.context.statistics:
            width = len(str(max(summary.codes.values(), default=0)))
            for code, count in sorted(summary.codes.items(), key=lambda pair: (-pair[1], pair[0])):
                rule = self.context.rules.get(code)
                self.write(f"{count:>{width}} {f'{rule.level:8}{rule.title}' if rule else code}\n")
            for line in figures_by_channel(summary, self.context.language):
                self.write(f"{line}\n")
        if counted := [code for code, _ in summary.codes.most_common() if code in self.context.counted]:
            language = self.context.language
            rules = [message("{count} {rule}", count=summary.codes[code], rule=self._title(code)) for code in counted]
            note = message(
                "only counted, by their level: {rules}; --level info shows them", rules=listed(rules, language)
            )
            self.write(f"{note.text_in(language)}\n")
        self.write(f"{figures(summary, self.context.language)}\n")

    def _title(self, code: str) -> str:
        return self.context.rules[code].title if code in self.context.rules else code


def window(line: str, column: int) -> tuple[str, int]:
    """Return the part of `line` around `column` that fits on a screen, and how many columns precede `column` on it.

    >>> window("纸 and <ok>", 7)
    ('纸 and <ok>', 7)
    """
    at = min(column - 1, len(line))
    start, end, used = at, at, 0
    while start and used + _width(line[start - 1]) <= ROOM // 2:
        start -= 1
        used += _width(line[start])
    before = used
    while end < len(line) and used + _width(line[end]) <= ROOM:
        used += _width(line[end])
        end += 1
    mark = "…" if start else ""
    excerpt = "".join(map(_visible, line[start:end]))
    return f"{mark}{excerpt}{'…' if end < len(line) else ''}", before + len(mark)


def _visible(char: str) -> str:
    """Return `char`, or a replacement for a character that a terminal would act on."""
    if char == "\t":
        return " "
    return char if char == printable(char) else "\N{REPLACEMENT CHARACTER}"


def _width(char: str) -> int:
    """Return the number of terminal columns of `char` or its replacement."""
    return 1 if _visible(char) != char else columns(char)
