"""Help and errors of the command line, in both languages."""

import re
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run

from convert.cli import cli
from convert.cli.help import GROUPS, Option
from convert.messages import catalogue
from convert.text import columns

COMMANDS = ("to", "fetch", "validate", "verify", "sign", "audit", "explain")
HELPS = [("--help",), *((name, "--help") for name in COMMANDS)]
CHINESE = ("--lang", "zh")
SENTENCE = re.compile(r"\b[A-Za-z]+ (?:[a-z]+ ){2}[a-z]+\b")
"""Four words of English in a row."""


def said(*arguments: str | Path, width: int = 80, **environment: str) -> tuple[int, str]:
    done = run(*arguments, env={"COLUMNS": str(width), **environment})
    return done.returncode, (done.stdout + done.stderr).decode()


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("arguments", HELPS)
def test_help_in_english_fits_the_terminal(arguments: tuple[str, ...], width: int) -> None:
    status, text = said(*arguments, width=width)
    assert (status, [line for line in text.splitlines() if columns(line) > width]) == (0, [])
    assert text.startswith("Usage: ") and "Common options:\n" in text


@pytest.mark.slow
@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("arguments", HELPS)
def test_help_in_chinese_fits_the_terminal_and_has_no_english(arguments: tuple[str, ...], width: int) -> None:
    status, text = said(*CHINESE, *arguments, width=width)
    assert (status, [line for line in text.splitlines() if columns(line) > width]) == (0, [])
    assert text.startswith("用法：") and "常用选项：\n" in text
    assert SENTENCE.findall(text) == []


@pytest.mark.slow
def test_without_arguments_the_help_comes_without_a_word_of_an_error() -> None:
    done, asked = run(), run("--help")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == asked.stdout


@pytest.mark.slow
def test_help_speaks_the_language_of_the_option_or_the_locale() -> None:
    english, chinese = said("--help"), said(*CHINESE, "--help")
    assert english != chinese
    assert said("--help", LC_ALL="zh_CN.UTF-8") == said("--help", "--lang=zh") == chinese
    assert said("--help", "--lang", "en", LC_ALL="zh_CN.UTF-8") == english


def test_help_lists_texts_in_one_column_whatever_the_language() -> None:
    _, text = said(*CHINESE, "verify", "--help")
    rows = text.partition("常用选项：\n")[2].partition("\n\n")[0].splitlines()
    assert len(rows) == 4
    assert len({columns("".join(re.findall(r"^  \S.*?  +", line))) for line in rows}) == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_an_option_is_short_and_in_a_group(name: str) -> None:
    for option in cli.commands[name].params:
        if isinstance(option, Option):
            assert option.group in GROUPS
            assert len(str(option.about)) <= 80, option.name
            assert str(option.about)[0].isupper()


@pytest.mark.parametrize("name", ["", "validate"])
def test_help_ends_with_two_examples(name: str) -> None:
    _, text = said(*([name] if name else []), "--help")
    examples = text.partition("\nExamples:\n")[2]
    assert len(re.findall(r"^  # ", examples, re.M)) == len(re.findall(r"^  convert ", examples, re.M)) == 2


ERRORS = {
    "an unknown option": (["--to", "epub", "--querry", "纸", "seeds"], 2, "没有选项 '--querry'"),
    "an unknown value": (["--to", "pfd", "seeds"], 2, "没有 'pfd' 这个值"),
    "a missing value": (["validate", "--level"], 2, "选项 '--level' 要带一个值"),
    "no source": (["validate"], 2, "缺少参数 'SOURCE…'。"),
    "an argument too many": (["explain", "IMG001", "IMG002"], 2, "多出了参数（IMG002）"),
    "an unknown command": (["validat"], 2, "没有这个命令或文件：'validat'；是不是想写 validate？"),
    "an unknown rule": (["validate", "--select", "LKN001", "."], 2, "没有 'LKN001' 这条规则；是不是 LNK001？"),
    "a missing file": (["validate", "nowhere"], 2, "没有这个文件或文件夹：'nowhere'"),
    "a missing manifest": (["verify", "nowhere"], 4, "没有构建清单 'nowhere'"),
    "a date": (["--to", "json", "--since", "3. Mai", "."], 2, "'3. Mai' 不是日期"),
    "a number of processes": (["validate", "--workers", "many", "."], 2, "--workers：请写 0 到 256 之间的数"),
    "the old name of an option": (["--to", "json", "--select", "纸", "."], 2, "是不是想写 --query？"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "status", "text"), ERRORS.values(), ids=ERRORS)
def test_error_is_in_chinese(arguments: list[str], status: int, text: str) -> None:
    answer = said(*CHINESE, *arguments)
    assert (answer[0], text in answer[1], SENTENCE.findall(answer[1])) == (status, True, []), answer[1]


def test_wrong_settings_are_in_chinese(tmp_path: Path) -> None:
    file = tmp_path / "convert.toml"
    file.write_text('selct = ["LNK"]\nlevel = "eror"\nignore = "TXT"\n[[per-path]]\nselect = []\n', "utf-8")
    status, text = said(*CHINESE, "validate", "--config", file, tmp_path)
    assert status == 2
    assert "没有这个键；是不是想写 'select'？" in text
    assert "没有 \"eror\" 这个值；是不是想写 'error'？" in text
    assert '"TXT" 应当是列表' in text
    assert "缺少键 'path'" in text
    assert SENTENCE.findall(text) == []


def test_what_the_system_refuses_is_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    status, text = said(*CHINESE, "--to", "json", "seeds", "-o", tmp_path / "a" / "b")
    assert (status, "不是文件夹" in text, SENTENCE.findall(text)) == (4, True, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["", "new/", ".."])
@pytest.mark.parametrize("option", ["--ledger=", "--write-baseline=", "--report=json="])
def test_option_names_no_file(option: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    command = ("validate",) if option != "--ledger=" else ("--to", "json", "-o", "out")
    done = run(*command, "a.md", f"{option}{name}", cwd=tmp_path)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1), done.stderr
    assert b"name" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["a.md"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--to", "json", "a.md", "-o", ""),
        ("--to", "epub", "a.md", "-o", "", "--update"),
        ("--to", "pdf", "a.md", "-o", "a.pdf", "--stylesheet", ""),
        ("validate", "a.md", "--baseline", ""),
        ("validate", "a.md", "--config", ""),
    ],
)
def test_option_without_a_value_as_of_a_variable_that_is_not_set(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x")
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode in (2, 4), done.stderr.count(b"\n"), done.stdout) == (True, 1, b""), done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["a.md"]


def test_click_has_words_for_more_than_one() -> None:
    said = catalogue("zh").ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 2)
    assert said == "是不是想写 {possibilities}？"


@pytest.mark.parametrize("option", ["--ledger", "--changes"])
def test_lists_beside_the_output_go_to_files_only(option: str, tmp_path: Path) -> None:
    page = SEEDS / "pages" / "nf9000001" / "n90000002.md"
    done = run("--to", "markdown", page, "-o", "x.md", option, "-", cwd=tmp_path)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert done.stderr.decode().startswith(f"convert: {option}: name a file")


def test_cache_that_is_a_file_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x", "utf-8")
    page = SEEDS / "pages" / "nf9000001" / "n90000002.md"
    done = run("--to", "epub", page, "-o", "x.epub", "--cache", "f", cwd=tmp_path)
    assert (done.returncode, [path.name for path in tmp_path.iterdir()]) == (2, ["f"])
    assert b"'f', which is a file" in done.stderr
