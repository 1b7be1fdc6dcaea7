"""Findings in SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), as GitHub's code scanning reads it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from convert.messages import message
from convert.model import Finding, Level
from convert.report.base import Fingerprints, ReportContext, RuleText, Summary, Write, dump, uri
from convert.report.words import TAGS
from convert.text import printable

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Mapping[Level, str] = MappingProxyType({"error": "error", "warning": "warning", "info": "note"})
_SENTENCE = re.compile(r"((?:`[^`]*`|.)*?)(?:[.:](?=\s|$)|([。：；]))")


MOST = 25_000
"""The number of results that GitHub accepts in a run; it refuses a file with more."""


class SarifReporter:
    """Reporter that writes the rules, then at most 25,000 results: errors first, if there are more.

    Results wait until the end, because an error may come last, so memory grows up to that number only.
    A finding that cleaning fixes has `fixed` in the result's properties.  It is not a suppression (section 3.27.23):
    nobody has accepted the fault, and viewers would hide it although the document still has it.
    """

    def __init__(self, write: Write, context: ReportContext) -> None:
        self.write = write
        self.language = context.language
        self.index = {code: number for number, code in enumerate(context.rules)}
        self.fingerprints = Fingerprints()
        self.results: dict[Level, list[tuple[int, str]]] = {level: [] for level in _LEVELS}
        """The results of each level, with their number in the report."""
        self.count = 0
        driver = {
            "name": "convert",
            "version": context.version,
            "language": TAGS[context.language],
            "rules": [_rule(rule) for rule in context.rules.values()],
        }
        self.write(f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{{"tool": {dump({"driver": driver})},\n')
        self.write(f'"language": {dump(TAGS[context.language])}, ')
        self.write('"columnKind": "unicodeCodePoints", "results": [')

    def report(self, finding: Finding) -> None:
        """Add the result of a finding; if that is one too many, drop the last one of the lowest level."""
        fingerprint = self.fingerprints.of(finding)
        self.count += 1
        if self.count > MOST:
            lowest = [level for level in _LEVELS if self.results[level] or level == finding.level][-1]
            if lowest == finding.level:
                return
            self.results[lowest].pop()
        self.results[finding.level].append((self.count, dump(self._result(finding, fingerprint))))

    def _result(self, finding: Finding, fingerprint: str) -> dict[str, Any]:
        place: dict[str, Any] = {"artifactLocation": {"uri": uri(finding.path)}}
        if finding.line:
            place["region"] = {"startLine": finding.line}
            if finding.column:
                place["region"]["startColumn"] = finding.column
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "level": _LEVELS[finding.level],
            "message": {"text": _plain(finding.message.text_in(self.language))},
            "locations": [{"physicalLocation": place}],
            "partialFingerprints": {"convert/v1": fingerprint},
        }
        if finding.code in self.index:
            result["ruleIndex"] = self.index[finding.code]
        properties = {"fixed": finding.fixed, "removed": finding.removed}
        if present := {name: value for name, value in properties.items() if value}:
            result["properties"] = present
        return result

    def end(self, summary: Summary) -> None:
        """Write the results in the order of the run, or by level if some are left out, and end the run."""
        results = [each for level in _LEVELS for each in self.results[level]]
        cut = self.count > MOST
        for number, (_, result) in enumerate(results if cut else sorted(results)):
            self.write(f"{',' if number else ''}\n{result}")
        self.write("\n]")
        if cut:
            remark = message("sarif-cut", most=MOST, count=self.count)
            summary.remarks.append(remark)
            notice = {"level": "warning", "message": {"text": _plain(remark.text_in(self.language))}}
            notices = {"executionSuccessful": True, "toolExecutionNotifications": [notice]}
            self.write(f', "invocations": [{dump(notices)}]')
        self.write("}]}\n")


def _plain(text: str) -> str:
    """Return `text` as a message string on one line, without placeholders and links.

    Braces are doubled (section 3.11.5).  A space, not a backslash, breaks links (section 3.11.6), because viewers
    differ in how they read a backslash.

    >>> print(_plain("{0} and [text](https://example.org/)"))
    {{0}} and [text] (https://example.org/)
    """
    return printable(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _rule(rule: RuleText) -> dict[str, Any]:
    page = rule.page.strip()
    body = page.partition("\n")[2].strip()
    short = _SENTENCE.match(rule.finds)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": f"{short[1]}{'。' if short[2] else '.'}" if short else rule.finds},
        "fullDescription": {"text": rule.finds},
        "help": {"text": page, "markdown": body or page},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
    }
