"""Findings as one JSON document: `{"findings": […], "summary": {…}}`."""

from convert.model import Finding
from convert.report.base import Setting, Summary, Write, as_record, dump


class JsonReporter:
    """Writes each finding as it comes, so that memory stays flat."""

    def __init__(self, write: Write, setting: Setting) -> None:
        self.write = write
        self.before = '{"findings": ['

    def tell(self, finding: Finding) -> None:
        """Writes its object."""
        self.write(f"{self.before}\n{dump(as_record(finding))}")
        self.before = ","

    def end(self, summary: Summary) -> None:
        """Writes the figures."""
        begin = self.before if self.before != "," else ""
        figures = {
            "documents": summary.documents,
            "articles": summary.articles,
            "not_articles": summary.not_articles,
            "levels": dict(sorted(summary.levels.items())),
            "codes": dict(sorted(summary.codes.items())),
        }
        self.write(f'{begin}\n], "summary": {dump(figures)}}}\n')
