"""Findings as one JSON document: `{"findings": […], "summary": {…}}`."""

from convert.model import Finding
from convert.report.base import ReportContext, Summary, Write, as_record, dump


class JsonReporter:
    """Reporter that writes each finding as it comes, so that memory does not grow with their number."""

    def __init__(self, write: Write, context: ReportContext) -> None:
        self.write = write
        self.before = '{"findings": ['

    def report(self, finding: Finding) -> None:
        """Write the object of a finding."""
        self.write(f"{self.before}\n{dump(as_record(finding))}")
        self.before = ","

    def end(self, summary: Summary) -> None:
        """Write the figures."""
        begin = self.before if self.before != "," else ""
        figures = {
            "documents": summary.documents,
            "articles": summary.articles,
            "not_articles": summary.not_articles,
            "levels": dict(sorted(summary.levels.items())),
            "codes": dict(sorted(summary.codes.items())),
            "channels": {
                name: {"articles": channel.articles, "levels": dict(sorted(channel.levels.items()))}
                for name, channel in summary.channels.rows()
            },
        }
        self.write(f'{begin}\n], "summary": {dump(figures)}}}\n')
