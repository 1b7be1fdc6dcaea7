"""`--report html`: one page to look at, that is whole, bounded and the same each time."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from helpers.data import SEEDS
from helpers.program import run
from lxml import etree, html

from convert.cli.reports import speaking
from convert.messages import Language, message
from convert.model import Finding, Level
from convert.report.base import ReportContext, Summary
from convert.report.html import FINDINGS, ROWS, HtmlReporter
from convert.rules import RULES

CODES = [*RULES]


def made(
    findings: list[tuple[Finding, str]], language: Language = "en", shown: tuple[Level, ...] = ("error", "warning")
) -> str:
    out: list[str] = []
    summary = Summary()
    reporter = HtmlReporter(out.append, speaking(ReportContext(), language, {}))
    for each, month in findings:
        summary.count(each, month)
        if each.level in shown:
            reporter.report(each)
    reporter.end(summary)
    return "".join(out)


def finding(code: str, channel: str, number: int, text: str = "a message") -> Finding:
    rule = RULES[code]
    return Finding(
        code, rule.name, rule.level, message("{text}", text=text), f"pages/{channel}/n{number}.md", number, 2
    )


def tables(page: str) -> dict[str, list[list[str]]]:
    """Return the rows of each table by its heading, without the cells that hold charts."""
    found = {}
    tree: Any = html.fromstring(page)
    for heading in tree.iter("h2"):
        element = heading.getnext()
        while element is not None and element.tag != "div":
            element = element.getnext()
        if element is not None:
            found[heading.text] = [
                [cell.text_content() for cell in row.iterchildren() if "chart" not in cell.get("class", "")]
                for row in element.iter("tr")
            ][1:]
    return found


def test_figures_are_those_of_the_findings_by_rule_channel_and_month() -> None:
    page = made(
        [
            (finding("ART001", "nf1", 1), "2023-09"),
            (finding("LNK002", "nf1", 1), "2023-09"),
            (finding("LNK002", "nf2", 2), "2023-10"),
            (finding("IMG001", "nf2", 2), ""),
        ]
    )
    assert tables(page) == {
        "Rules": [
            ["ART001", "missing-title", "error", "1"],
            ["LNK002", "unusable-link", "warning", "2"],
            ["IMG001", "tracking-image", "info", "1"],
        ],
        "Channels": [["nf1", "0", "1", "1", "0"], ["nf2", "0", "0", "1", "1"]],
        "Months": [["(no date)", "0", "0", "0", "1"], ["2023-09", "0", "1", "1", "0"], ["2023-10", "0", "0", "1", "0"]],
    }
    tree: Any = html.fromstring(page)
    listed = [cell.text_content() for cell in tree.iter("td") if cell.get("class") == "place"]
    assert listed == ["pages/nf1/n1.md:1:2", "pages/nf1/n1.md:1:2", "pages/nf2/n2.md:2:2"]
    assert "Rules without a link are below the level of this report" in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_is_whole_and_loads_nothing(language: Language) -> None:
    hostile = "</td><script>alert(1)</script><img src=x onerror=y>&\u202e\ud800\0\n" + "长" * 10_000
    page = made(
        [(finding(code, "</style>\"'", number, hostile), "2023-01") for number, code in enumerate(CODES)], language
    )
    page.encode("utf-8")
    tree: Any = html.fromstring(page)
    assert not [each.tag for each in tree.iter("script", "img", "link", "iframe", "object", "video", "form", "base")]
    assert all(each.startswith("#") for each in tree.xpath("//@href | //@src | //@action"))
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")
    assert not re.search(r"url\(|@import|http-equiv=\"refresh\"", page)
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page
    body = re.sub(r"<meta[^>]*(?=>)", r"\g<0>/", page)
    etree.fromstring(body.replace("<!DOCTYPE html>", "").encode())  # every element is closed
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {each.removeprefix("#") for each in tree.xpath("//@href")} <= set(ids)
    assert tree.get("lang") == {"en": "en-US", "zh": "zh-CN"}[language]
    assert ("检查结果" in page) is (language == "zh")


@pytest.mark.slow
def test_size_is_bounded_and_what_is_left_out_is_said() -> None:
    chance = random.Random(3)

    def many(count: int) -> str:
        return made(
            [
                (
                    finding(CODES[number % len(CODES)], f"nf{number % 3000}", number, "纸" * chance.randrange(1000)),
                    f"{1800 + number % 400}-01",
                )
                for number in range(count)
            ],
            shown=("error", "warning", "info"),
        )

    few, more = many(20_000), many(60_000)
    assert len(more.encode()) < 8_000_000
    assert len(more) < 1.1 * len(few)
    assert more.count('<td class="place">') == FINDINGS * len(CODES)
    assert f"{60_000 // len(CODES) - FINDINGS:,} more are left out; --report jsonl --select" in more
    assert f"{3000 - ROWS} more, with fewer errors and warnings, are left out" in more
    assert f"{400 - ROWS} more, with fewer errors and warnings, are left out" in more


@pytest.mark.slow
def test_report_of_an_archive_is_in_the_language_of_the_locale_and_the_same_each_time(tmp_path: Path) -> None:
    def report(name: str, *options: str, **environment: str) -> str:
        path = tmp_path / name
        done = run("validate", "-q", SEEDS, "--report", f"html={path}", *options, env=environment)
        assert done.returncode == 0
        return path.read_text("utf-8")

    first = report("a.html", "--workers", "1")
    assert first == report("b.html", "--workers", "2")
    assert "检查结果" in report("c.html", LC_ALL="zh_CN.UTF-8") == report("d.html", "--lang", "zh")
    months = dict.fromkeys(row[0] for row in tables(first)["Months"])
    assert "2023-03" in months and "(no date)" in months
    assert list(months) == sorted(months)
    assert "nf9000001" in [row[0] for row in tables(first)["Channels"]]
    articles = sum(int(row[1]) for row in tables(first)["Months"])
    assert articles == sum(int(row[1]) for row in tables(first)["Channels"]) == 38
