"""The REPORTERS table: the formats in which findings are reported."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from convert.report import github, gitlab, html, json_, jsonl, junit, sarif, text
from convert.report.base import ReportContext, Reporter, Write

REPORTERS: Mapping[str, Callable[[Write, ReportContext], Reporter]] = MappingProxyType(
    {
        "github": github.GithubReporter,
        "gitlab": gitlab.GitlabReporter,
        "html": html.HtmlReporter,
        "json": json_.JsonReporter,
        "jsonl": jsonl.JsonLinesReporter,
        "junit": junit.JunitReporter,
        "sarif": sarif.SarifReporter,
        "text": text.TextReporter,
    }
)
