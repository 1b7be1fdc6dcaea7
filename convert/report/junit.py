"""Findings as test results in JUnit's XML, which GitLab, Jenkins and others show.

A document is a test suite, and a rule that found something in it a test case: `classname` and `name`, by which viewers
recognise new failures, stay the same when lines move.  Findings that make the run fail are failures, the others are
skipped tests.  Times are 0: two runs over the same documents write the same file.
"""

from collections.abc import Iterable

from convert.messages import message
from convert.model import Finding
from convert.report.base import ReportContext, Summary, Write, as_line, figures, relative
from convert.text import CONTROL, printable


class JunitReporter:
    """Reporter that holds the findings of one document at a time, because a suite begins with their number."""

    def __init__(self, write: Write, context: ReportContext) -> None:
        self.write = write
        self.failing = context.failing
        self.language = context.language
        self.suites = 0
        self.path = ""
        self.cases: dict[tuple[str, str], list[Finding]] = {}
        self.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')

    def report(self, finding: Finding) -> None:
        """Hold a finding until its document is done."""
        if finding.path != self.path:
            self._document()
            self.path = finding.path
        self.cases.setdefault((finding.code, finding.name), []).append(finding)

    def end(self, summary: Summary) -> None:
        """Write the last document, and a suite for the run: Jenkins fails if a report has no test."""
        self._document()
        case = '<testcase classname="convert" name="validate" time="0"/>\n'
        self._suite("convert", [case], 0, 0, figures(summary, self.language))
        self.write("</testsuites>\n")

    def _document(self) -> None:
        if self.cases:
            failures = sum(self._fails(case) for case in self.cases.values())
            cases = (self._case(f"{code} {name}", findings) for (code, name), findings in self.cases.items())
            self._suite(relative(self.path), cases, failures, len(self.cases) - failures, "", len(self.cases))
            self.cases = {}

    def _fails(self, findings: list[Finding]) -> bool:
        return any(finding.level in self.failing for finding in findings)

    def _suite(self, name: str, cases: Iterable[str], failures: int, skipped: int, out: str, count: int = 1) -> None:
        self.write(
            f'<testsuite name="{_xml(name)}" package="convert" id="{self.suites}" hostname="localhost" '
            f'tests="{count}" failures="{failures}" errors="0" skipped="{skipped}" time="0">\n<properties/>\n'
        )
        for case in cases:
            self.write(case)
        self.write(f"<system-out>{_xml(out)}</system-out>\n<system-err/>\n</testsuite>\n")
        self.suites += 1

    def _case(self, name: str, findings: list[Finding]) -> str:
        first = findings[0]
        text = first.message.text_in(self.language)
        if len(findings) > 1:
            count = len(findings) - 1
            text = message("{message} (and {count} more)", message=text, count=count).text_in(self.language)
        attribute = f'message="{_xml(text)}"'
        begin = f'<testcase classname="{_xml(relative(first.path))}" name="{_xml(name)}" time="0">'
        if not self._fails(findings):
            return f"{begin}<skipped {attribute}/></testcase>\n"
        lines = "\n".join(_xml(as_line(finding, self.language)) for finding in findings)
        return f'{begin}<failure {attribute} type="{first.level}">{lines}</failure></testcase>\n'


def _xml(text: str) -> str:
    """Return `text` on one line, escaped for an element or an attribute.

    Characters that XML cannot hold (XML 1.0, section 2.2) are escaped as in Python.
    """
    escaped = CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", printable(text))
    return escaped.translate(_ESCAPES)


_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
