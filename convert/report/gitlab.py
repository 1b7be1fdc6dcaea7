"""Findings for GitLab's Code Quality: an array of issues, shown in merge requests."""

from convert.model import Finding
from convert.report.base import Fingerprints, ReportContext, Summary, Write, dump, relative
from convert.text import printable

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


class GitlabReporter:
    """Reporter that writes each finding as it comes.  GitLab shows findings with the same fingerprint as one."""

    def __init__(self, write: Write, context: ReportContext) -> None:
        self.write = write
        self.language = context.language
        self.before = "["
        self.fingerprints = Fingerprints()

    def report(self, finding: Finding) -> None:
        """Write the issue of a finding."""
        issue = {
            "description": f"{finding.code} {finding.name}: {printable(finding.message.text_in(self.language))}",
            "check_name": finding.code,
            "fingerprint": self.fingerprints.of(finding),
            "severity": _SEVERITIES[finding.level],
            "location": {"path": relative(finding.path), "lines": {"begin": max(finding.line, 1)}},
        }
        self.write(f"{self.before}\n{dump(issue)}")
        self.before = ","

    def end(self, summary: Summary) -> None:
        """End the array."""
        self.write("[]\n" if self.before == "[" else "\n]\n")
