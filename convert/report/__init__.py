"""The REPORTERS table: the formats in which findings are reported."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from convert.late import late
from convert.report.base import ReportContext, Reporter, Write

REPORTERS: Mapping[str, Callable[[Write, ReportContext], Reporter]] = MappingProxyType(
    {
        "github": late("convert.report.github:GithubReporter"),
        "gitlab": late("convert.report.gitlab:GitlabReporter"),
        "html": late("convert.report.html:HtmlReporter"),
        "json": late("convert.report.json_:JsonReporter"),
        "jsonl": late("convert.report.jsonl:JsonLinesReporter"),
        "junit": late("convert.report.junit:JunitReporter"),
        "sarif": late("convert.report.sarif:SarifReporter"),
        "text": late("convert.report.text:TextReporter"),
    }
)
