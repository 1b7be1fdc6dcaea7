"""Findings as lines that editors understand: `path:line:column: level CODE name: message`."""

from convert.model import Finding
from convert.report.base import Summary, Write


class TextReporter:
    """One line a finding."""

    def __init__(self, write: Write) -> None:
        self.write = write

    def tell(self, finding: Finding) -> None:
        """Writes its line."""
        self.write(f"{finding}\n")

    def end(self, summary: Summary) -> None:
        """Writes the figures."""
        told = ", ".join(f"{summary.levels[level]} {level}(s)" for level in ("error", "warning", "info"))
        self.write(f"{summary.articles} article(s), {summary.not_articles} other file(s): {told}\n")
