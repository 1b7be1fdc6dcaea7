"""Findings as test results in JUnit's XML, which GitLab, Jenkins and others show.

A document is a test suite, a rule that found something in it a test case: `classname` and `name` stay the same when
lines move, and viewers tell new failures from known ones by them.  What makes the run fail is a failure, the rest is
skipped.  Nothing tells the time: two runs over the same documents give the same file.
"""

from collections.abc import Iterable

from convert.messages import message
from convert.model import Finding
from convert.report.base import Setting, Summary, Write, as_line, figures, relative
from convert.text import CONTROL, printable


class JunitReporter:
    """Holds the findings of one document at a time, because a suite begins with their number."""

    def __init__(self, write: Write, setting: Setting) -> None:
        self.write = write
        self.failing = setting.failing
        self.language = setting.language
        self.suites = 0
        self.path = ""
        self.cases: dict[tuple[str, str], list[Finding]] = {}
        self.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')

    def tell(self, finding: Finding) -> None:
        """Keeps it until its document is done."""
        if finding.path != self.path:
            self._document()
            self.path = finding.path
        self.cases.setdefault((finding.code, finding.name), []).append(finding)

    def end(self, summary: Summary) -> None:
        """The last document, and a suite that is always there: Jenkins takes a report without tests for a fault."""
        self._document()
        case = '<testcase classname="convert" name="validate" time="0"/>\n'
        self._suite("convert", [case], 0, 0, figures(summary, self.language))
        self.write("</testsuites>\n")

    def _document(self) -> None:
        if self.cases:
            failures = sum(self._fails(case) for case in self.cases.values())
            cases = (self._case(f"{code} {name}", found) for (code, name), found in self.cases.items())
            self._suite(relative(self.path), cases, failures, len(self.cases) - failures, "", len(self.cases))
            self.cases = {}

    def _fails(self, found: list[Finding]) -> bool:
        return any(each.level in self.failing for each in found)

    def _suite(self, name: str, cases: Iterable[str], failures: int, skipped: int, out: str, count: int = 1) -> None:
        self.write(
            f'<testsuite name="{_xml(name)}" package="convert" id="{self.suites}" hostname="localhost" '
            f'tests="{count}" failures="{failures}" errors="0" skipped="{skipped}" time="0">\n<properties/>\n'
        )
        for case in cases:
            self.write(case)
        self.write(f"<system-out>{_xml(out)}</system-out>\n<system-err/>\n</testsuite>\n")
        self.suites += 1

    def _case(self, name: str, found: list[Finding]) -> str:
        first = found[0]
        text = first.message.text_in(self.language)
        if len(found) > 1:
            text = message("{message} (and {count} more)", message=text, count=len(found) - 1).text_in(self.language)
        said = f'message="{_xml(text)}"'
        begin = f'<testcase classname="{_xml(relative(first.path))}" name="{_xml(name)}" time="0">'
        if not self._fails(found):
            return f"{begin}<skipped {said}/></testcase>\n"
        lines = "\n".join(_xml(as_line(each, self.language)) for each in found)
        return f'{begin}<failure {said} type="{first.level}">{lines}</failure></testcase>\n'


def _xml(text: str) -> str:
    """`text` on one line for an element or an attribute.  What XML cannot hold (XML 1.0, section 2.2) is escaped as in
    Python; `]]>` cannot stand either, and does not, because `>` is escaped everywhere."""
    shown = CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", printable(text))
    return shown.translate(_ESCAPES)


_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
