"""Each rule finds what its bad example marks, nothing in its good one, and fixes what it says it fixes."""

import ast
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from helpers.data import ROOT, SEEDS

from convert import readers
from convert.checking.document import fate_of
from convert.document import read_and_clean
from convert.errors import DocumentError
from convert.model import Article, Finding, Places, Reading
from convert.rules import RULES
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.sources import Source

FOLDER = Path(__file__).parent / "rules"


def marked_rules() -> set[str]:
    """Return the rules that no document can show: those that a test of another file is marked with."""
    found: set[str] = set()
    for path in FOLDER.parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                marks = (each for each in node.decorator_list if isinstance(each, ast.Call))
                codes = (each.args for each in marks if ast.unparse(each.func) == "pytest.mark.rule")
                found.update(str(code.value) for each in codes for code in each if isinstance(code, ast.Constant))
    return found


LEVELS = {"error", "warning", "info"}
SECTIONS = (
    ("What it finds", "Why it matters", "Fix"),
    ("What it finds", "Why it matters", "What to do"),
)

IN_CHINESE = {"What it finds": "查什么", "Why it matters": "为什么要紧", "Fix": "怎样修正", "What to do": "怎么办"}
EXACT = re.compile(r"`[^`]+`|U\+[0-9A-F]{4,}|\b[A-Z]{3}\d{3}\b|\d+(?:\.\d+)?|\w+/[\w./]*\w")
"""Pattern of the texts that are equal in every language of a page: code, characters, rules, numbers and paths."""


def documents(pattern: str) -> list[Path]:
    return sorted(path for path in FOLDER.glob(f"*/{pattern}") if path.suffix in (".md", ".json"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def marked(path: Path) -> list[int]:
    """The lines that a bad document marks for the code of its folder."""
    code = path.parent.name
    lines: list[int] = []
    for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), start=1):
        lines += [int(mark) if mark else number for mark in re.findall(rf"<!-- {code}(?::(\d+))? -->", line)]
    if not lines:
        own = path.with_suffix(".lines.txt")
        file = own if own.is_file() else path.parent / "lines.txt"
        lines = [int(line) for line in file.read_text("utf-8").split()]
    return sorted(set(lines))


def found(path: Path) -> tuple[Article | None, list[Finding]]:
    article, findings, *_ = read_and_clean(Source("", path.name, path.read_bytes()), "", thorough=True)
    return article, findings


def bad_documents() -> list[object]:
    return [pytest.param(path, id=name(path)) for path in documents("bad*")]


@pytest.mark.parametrize("path", bad_documents())
def test_the_marked_lines_and_no_others_are_reported(path: Path) -> None:
    code = path.parent.name
    assert sorted({each.line for each in found(path)[1] if each.code == code}) == marked(path)


@pytest.mark.parametrize("path", documents("good.*"), ids=name)
def test_a_good_document_is_silent(path: Path) -> None:
    article, findings = found(path)
    assert [str(each) for each in findings if each.code == path.parent.name or each.level != "info"] == []
    assert article is not None


@pytest.mark.slow
def test_every_rule_has_its_examples_or_another_test() -> None:
    with_folder = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    marked = marked_rules()
    assert not with_folder & marked
    assert with_folder | marked == set(RULES)
    for code in with_folder:
        assert [path.stem for path in documents("good.*") if path.parent.name == code] == ["good"]
        assert [path.stem for path in documents("bad.*") if path.parent.name == code] == ["bad"]


MISNAMED = {
    "pages/nf1/n91000101.md": False,
    "nf1/n91000101.md": False,
    "n91000102.md": True,
    "nf1/n91000102.md": True,
    "pages/nf1/paper.md": True,
    "zz/12.md": True,
    "zz/review-12.md": True,
    "2023/05.md": False,
    "nf1/paper.md": False,
    "paper.md": False,
    "stdin": False,
}


@pytest.mark.rule("SRC012")
@pytest.mark.parametrize("path", MISNAMED)
def test_a_file_that_is_named_after_another_article_is_reported(path: str) -> None:
    """SRC012, where the name is that of an article: it has the shape of one, or lies where mirrors keep theirs."""
    page = (FOLDER / "SRC010" / "good.md").read_bytes()
    assert b"/n91000101.htm" in page
    article, findings, *_ = read_and_clean(Source("", path, page), "", thorough=True)
    assert [each.line for each in findings if each.code == "SRC012"] == [page.count(b"\n") + 1] * MISNAMED[path]
    assert article is not None
    assert fate_of(findings) == "article"  # it can be converted all the same


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_a_whole_page(code: str) -> None:
    rule = RULES[code]
    assert rule.code == code
    assert re.fullmatch(r"[A-Z]{3}\d{3}", code)
    assert rule.level in LEVELS
    assert rule.title == f"{rule.code} {rule.name}"
    parts = re.split(r"^## (.*)$", rule.page_in("en"), flags=re.M)
    assert tuple(parts[1::2]) in SECTIONS
    assert all(part.strip("…\n") for part in parts[2::2])  # what `make rule` writes there is no page
    assert max(map(len, rule.page_in("en").split("\n"))) <= 120
    file = f"{code.lower()}_{rule.name.replace('-', '_')}.py"
    assert (ROOT / "convert" / "rules" / "checks" / file).is_file()


@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_the_same_page_in_chinese(code: str) -> None:
    rule = RULES[code]
    english, chinese = rule.page_in("en"), rule.page_in("zh")
    assert re.fullmatch(rf"{rule.title} .*[\u4e00-\u9fff].*", chinese.partition("\n")[0])
    assert rule.title_in("en") == rule.name
    assert rule.title_in("zh") == chinese.partition("\n")[0].removeprefix(f"{rule.title} ")
    parts = re.split(r"^## (.*)$", chinese, flags=re.M)
    assert parts[1::2] == [IN_CHINESE[head] for head in re.findall(r"^## (.*)$", english, flags=re.M)]
    assert all(part.strip().endswith("。") for part in parts[2::2])
    assert sorted(set(EXACT.findall(chinese))) == sorted(set(EXACT.findall(english)))


@pytest.mark.parametrize("code", RULES)
def test_lines_in_chinese_fit_and_break_where_the_sentence_pauses(code: str) -> None:
    page = RULES[code].page_in("zh")
    assert [line for line in page.split("\n") if sum(map(cells, line)) > 120 and not line.startswith("- ")] == []
    # a browser shows the break as a space, which nobody minds after a full-width mark; an item is a line
    assert [
        before for before in re.findall(r"^(?!#|- )(.+)\n.", page, flags=re.M) if before[-1] not in "，。；："
    ] == []


def cells(char: str) -> int:
    """Return the number of columns that a character takes in a terminal."""
    return 2 if unicodedata.east_asian_width(char) in "FWA" else 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_has_lost_its_rule(language: str) -> None:
    pages = ROOT / "convert" / "rules" / "pages" / language
    assert sorted(path.stem for path in pages.iterdir()) == list(RULES)


@pytest.mark.parametrize("code", RULES)
def test_a_page_promises_a_fix_exactly_where_there_is_one(code: str) -> None:
    rule = RULES[code]
    assert ("## Fix" in rule.page_in("en")) == rule.fixable
    assert not (rule.check and rule.fixed_by_reader)
    if rule.check is None:  # an error that nobody fixes leaves the article out
        assert rule.fix is None
        assert rule.level != "error" or "## What to do" in rule.page_in("en") or rule.fixable


def test_codes_names_and_files_belong_together() -> None:
    names = Counter(rule.name for rule in RULES.values())
    assert max(names.values()) == 1
    files = {path.name for path in (ROOT / "convert" / "rules" / "checks").glob("[a-z][a-z][a-z][0-9]*.py")}
    assert len(files) == len(RULES)
    assert list(RULES) == sorted(RULES)


# --- the laws of cleaning --------------------------------------------------------------------------------------------


def readings() -> Iterator[object]:
    """Every document of this folder and of the seeds that can be read."""
    for path in (*documents("*"), *sorted(SEEDS.glob("pages/*/*.md"))):
        with suppress(DocumentError):
            yield pytest.param(readers.read(path.read_bytes(), path.name, ""), id=name(path))


@pytest.mark.parametrize("reading", list(readings()))
def test_what_was_cleaned_is_clean(reading: Reading) -> None:
    context = Context(reading.article.source.address, reading.home)
    once, _ = clean(reading, context, "")
    twice, left = clean(Reading(once, Places()), context, "")
    assert [str(each) for each in left if each.fixed] == []
    assert twice == once


# --- a new rule ------------------------------------------------------------------------------------------------------


def new_rule(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(root / "scripts" / "new_rule.py"), *arguments]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_new_rule_is_registered_by_its_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "convert", tmp_path / "convert", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "new_rule.py", tmp_path / "scripts")
    assert new_rule(tmp_path, "IMG999", "broken-frame").returncode == 0
    for name in ("good.md", "bad.md"):  # whose text alone draws no warning, so that only the rule is left to show
        page = tmp_path / "tests" / "rules" / "IMG999" / name
        assert [str(each) for each in found(page)[1] if each.level != "info"] == []
    program = "from convert.rules import RULES; rule = RULES['IMG999']; print(rule.name, rule.page_in('zh')[:19])"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "broken-frame IMG999 broken-frame\n"
    again = new_rule(tmp_path, "IMG999", "other-frame")
    assert again.returncode == 2
    assert "IMG999 is taken by convert/rules/checks/img999_broken_frame.py" in again.stdout


@pytest.mark.parametrize("arguments", [(), ("IMG999",), ("img999", "name"), ("IMG999", "Broken_Frame")])
def test_new_rule_with_a_wrong_name_writes_nothing(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "new_rule.py", tmp_path / "scripts")
    assert new_rule(tmp_path, *arguments).returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["scripts"]
