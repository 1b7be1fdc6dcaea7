"""Findings as lines that editors understand: `path:line:column: level CODE name: message`."""

import click

from convert.model import Finding
from convert.report.base import Setting, Summary, Write, as_line, figures
from convert.text import columns, printable

_COLORS = {"error": "red", "warning": "yellow", "info": "cyan"}

ROOM = 100
"""Columns that a quoted line may take: a paragraph is often a single line."""


class TextReporter:
    """One line a finding, and if wished the line of the source that it points at."""

    def __init__(self, write: Write, setting: Setting) -> None:
        self.write = write
        self.setting = setting

    def tell(self, finding: Finding) -> None:
        """Writes its line."""
        if not self.setting.color:
            self.write(f"{as_line(finding, self.setting.language)}\n")
        else:
            place = click.style(printable(f"{finding.path}:{finding.line}:{finding.column}:"), bold=True)
            level = click.style(finding.level, fg=_COLORS[finding.level], bold=True)
            said = printable(finding.message.text_in(self.setting.language))
            self.write(f"{place} {level} {finding.code} {finding.name}: {said}\n")
        if self.setting.line_of and finding.line and (line := self.setting.line_of(finding)):
            self._quote(finding, line)

    def _quote(self, finding: Finding, line: str) -> None:
        shown, before = window(line, max(finding.column, 1))
        gutter = f"{finding.line:>6} | "
        self.write(f"{gutter}{shown}\n")
        if finding.column:
            caret = click.style("^", fg=_COLORS[finding.level], bold=True) if self.setting.color else "^"
            self.write(f"{'|':>{len(gutter) - 1}} {' ' * before}{caret}\n")

    def end(self, summary: Summary) -> None:
        """Writes the figures."""
        if self.setting.statistics:
            width = len(str(max(summary.codes.values(), default=0)))
            for code, count in sorted(summary.codes.items(), key=lambda pair: (-pair[1], pair[0])):
                rule = self.setting.rules.get(code)
                self.write(f"{count:>{width}} {f'{rule.level:8}{rule.title}' if rule else code}\n")
        self.write(f"{figures(summary, self.setting.language)}\n")


def window(line: str, column: int) -> tuple[str, int]:
    """The part of `line` around `column` that fits on a screen, and how many columns of the screen are before it.

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
    shown = "".join(map(_visible, line[start:end]))
    return f"{mark}{shown}{'…' if end < len(line) else ''}", before + len(mark)


def _visible(char: str) -> str:
    """`char`, or what stands for one that would do something to a terminal."""
    if char == "\t":
        return " "
    return char if char == printable(char) else "\N{REPLACEMENT CHARACTER}"


def _width(char: str) -> int:
    """Return how many columns of a terminal `char`, or what stands for it, takes."""
    return 1 if _visible(char) != char else columns(char)
