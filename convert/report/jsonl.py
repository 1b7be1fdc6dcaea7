"""Findings as JSON Lines: one object a line, the same as in `json`, without figures."""

from convert.model import Finding
from convert.report.base import ReportContext, Summary, Write, as_record, dump


class JsonLinesReporter:
    """Reporter that writes each finding as it comes, so that a program can read the report while it is written."""

    def __init__(self, write: Write, context: ReportContext) -> None:
        self.write = write

    def report(self, finding: Finding) -> None:
        """Write the line of a finding."""
        self.write(f"{dump(as_record(finding))}\n")

    def end(self, summary: Summary) -> None:
        """Write nothing: every line is a finding."""
