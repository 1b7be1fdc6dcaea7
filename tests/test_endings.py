"""The end of a run: a status and one line, whatever fails, and a traceback only with --debug."""

import os
import re
import resource
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from helpers.mirror import WRAPPER
from helpers.program import run, untraced
from helpers.soak import some

import convert.cli
from convert.cli.ending import status_of
from convert.cli.output import NoReaderError
from convert.errors import ConvertError, UsageError

PAGE = WRAPPER.format(title="好", body="<p>纸和墨。石头上磨一刻钟，写得满三张；笔要软，手要稳，窗要朝南。</p>")
TRACEBACK = "Traceback"
FORMATS = ("markdown", "json", "jsonl", "html", "epub", "pdf")


def shell(script: str, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a script of a shell in which `$@` is the program with arguments."""
    program = [sys.executable, "-X", "dev", "-W", "error", "-m", "convert", *arguments]
    environment = {**untraced(), "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        ["bash", "-c", script, "bash", *program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# --- standard files ---------------------------------------------------------------------------------------------------

CLOSED = "convert: standard output: it is closed; write to a file on another disk\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "arguments", "status", "said"),
    [
        ('"$@" >&-', ["--to", "jsonl", "-q", "page.md"], 4, CLOSED),
        ('"$@" >&-', ["--to", "epub", "-q", "page.md"], 4, CLOSED),
        ('"$@" >&-', ["validate", "--report", "json", "page.md"], 4, CLOSED),
        ('"$@" >&-', ["--help"], 4, CLOSED),
        ('"$@" >&-', ["explain"], 4, CLOSED),
        ('"$@" >&-', ["validate", "-q", "page.md"], 0, ""),
        ('"$@" >&-', ["--to", "epub", "-q", "page.md", "-o", "book.epub"], 0, ""),
        ('"$@" >&- 2>&-', ["explain"], 4, ""),
        ('"$@" 2>&-', ["--to", "jsonl", "page.md"], 0, ""),
        ('"$@" <&-', ["validate", "-q", "page.md"], 0, ""),
        ('"$@" <&-', ["validate", "-q", "-"], 3, ""),
        ('"$@" | true; exit ${PIPESTATUS[0]}', ["explain", "--all"], 141, ""),
        ('"$@" 2>&1 | true; exit ${PIPESTATUS[0]}', ["explain", "--all"], 141, ""),
    ],
)
def test_standard_file_that_is_closed(
    script: str, arguments: list[str], status: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "page.md").write_text(PAGE, "utf-8")
    done = shell(script, *arguments, folder=tmp_path)
    assert (done.returncode, done.stderr) == (status, said)


# --- faults of this program -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ZeroDivisionError("a bug"), 4),
        (RecursionError(), 4),
        (MemoryError(), 4),
        (ConvertError("no"), 4),
        (UsageError("no"), 2),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
        (NoReaderError(), 141),
        (SystemExit(2), 2),
    ],
    ids=repr,
)
def test_each_error_has_a_status(error: BaseException, status: int) -> None:
    assert status_of(error) == status


@pytest.mark.parametrize("arguments", [["validate", "."], ["."], ["explain"], ["verify", "x.json"]], ids=" ".join)
@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_a_fault_of_a_command_is_one_line_to_report(
    debug: tuple[str, ...],
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug\nof ours")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("click.Command.invoke", broken)
    monkeypatch.setattr(sys, "argv", ["convert", *arguments, *debug, *(("--to", "json") if arguments == ["."] else ())])
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr("convert.cli.drop_standard_output", lambda: None)
    with pytest.raises(SystemExit) as ended:
        convert.cli.main()
    said = capfd.readouterr().err.splitlines()
    assert ended.value.code == 4
    assert re.fullmatch(
        r"convert: a fault of this program: ZeroDivisionError: a bug of ours "
        r"\(convert/cli/\S+:\d+, archive-convert [\d.]+\); please report this line .*",
        said[-1],
    )
    assert (TRACEBACK in said[0]) == bool(debug)
    assert debug or len(said) == 1


def test_a_current_folder_that_was_removed_is_said(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    done = shell('rmdir "$PWD"; "$@"', "validate", ".", folder=tmp_path / "gone")
    assert done.returncode == 4
    assert done.stderr == "convert: the current folder was removed; change to another folder, and run again\n"


@pytest.mark.slow
def test_a_system_without_a_folder_for_temporary_files_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE, "utf-8")
    missing = str(tmp_path / "missing")
    code = (
        f"import tempfile; tempfile._candidate_tempdir_list = lambda: [{missing!r}]\n"
        "from convert.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--to", "pdf", "a.md", "-o", "a.pdf"],
        cwd=tmp_path,
        env={**untraced(), "LC_ALL": "C.UTF-8", "TMPDIR": missing, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 4
    assert re.fullmatch(
        r"convert: the folder for temporary files, '.*missing', takes no more: .* TMPDIR .*\n", done.stderr
    )


@pytest.mark.slow
def test_a_fault_while_sources_are_looked_at_loses_one_document(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / "in" / name).write_text(PAGE.replace("n1.htm", f"n{ord(name[0])}.htm"), "utf-8")
    code = (
        "import sys, convert.readers as r; peek = r.peek\n"
        "def broken(data, path, *rest):\n"
        "    if path == 'b.md': raise ZeroDivisionError('a bug')\n"
        "    return peek(data, path, *rest)\n"
        "r.peek = broken\n"
        "import convert.cli; convert.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--to", "json", "in", "-o", "out/"],
        cwd=tmp_path,
        env={**untraced(), "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert done.stderr.startswith("in/b.md:0:0: error SRC009 failed-conversion: ZeroDivisionError: a bug")
    assert sorted(os.listdir(tmp_path / "out")) == ["a.json", "c.json"]


# --- memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "megabytes"), some(product([["validate"], ["--to", "epub", "-o", "book.epub"]], [60, 90, 120]), 2)
)
def test_too_little_memory_is_said(arguments: list[str], megabytes: int, tmp_path: Path) -> None:
    """Some of the limits are too small even to begin; whatever fails, no traceback and no half book."""
    for number in range(4):
        (tmp_path / f"{number}.md").write_text(PAGE.replace("n1.htm", f"n{number}.htm") + " " * 8_000_000, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "convert", *arguments, "."],
        cwd=tmp_path,
        env={**untraced(), "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20)),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if "convert" in done.stderr:  # else Python itself did not start
        assert TRACEBACK not in done.stderr
        assert done.returncode == 3 or "memory" in done.stderr, done.stderr
    assert not [name for name in os.listdir(tmp_path) if "part" in name]


# --- JSON that is nested deeply ---------------------------------------------------------------------------------------

DEEP = 100_000


def deep_json(line: int) -> str:
    """JSON of an article with a list that nests too deeply in its last line."""
    return '{"schema_version": "1",' + "\n" * (line - 1) + '"id": "a", "title": "t", "body": ' + "[" * DEEP


@pytest.mark.slow
@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("name", ["deep.json", "deep.jsonl"])
def test_deep_json_loses_one_document(to: str, name: str, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "page.md").write_text(PAGE, "utf-8")
    lines = name.endswith("l")
    (source / name).write_text(deep_json(1 if lines else 3), "utf-8")
    roots = [source / "page.md", source / name] if lines else [source]
    place = "1:456" if lines else "3:433"
    done = run("--to", to, *roots, "-o", tmp_path / ("out/" if to in ("markdown", "json") else "book"))
    assert done.returncode == 3, done.stderr
    assert (
        f"{name}:{place}: error SRC007 invalid-json: lists and objects nest more than 400 deep" in done.stderr.decode()
    )
    assert b"1 article(s)" in done.stderr
    done = run("validate", *roots)
    assert done.returncode == 3
    assert f"{name}:{place}: error SRC007".encode() in done.stdout


def nested_article(depth: int) -> str:
    """An article whose quotes, or emphasis, nest so many brackets deep."""
    inner = '{"type":"text","text":"纸和墨，笔和砚，窗要朝南，手要稳。"}'
    levels = (depth - 5) // 2
    inner = '{"type":"emphasis","children":[' * levels + inner + "]}" * levels
    body = f'[{{"type":"paragraph","children":[{inner}]}}]'
    source = '{"address":"https://example.org/a"}'
    return f'{{"schema_version":"1","id":"a","title":"纸","language":"zh","source":{source},"body":{body}}}'


@pytest.mark.slow
@pytest.mark.parametrize("to", FORMATS)
def test_the_deepest_json_is_converted_to_every_format(to: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(nested_article(400), "utf-8")
    done = run("--to", to, tmp_path / "a.json", "-o", tmp_path / "out")
    assert (done.returncode, b"SRC009" in done.stderr) == (0, False), done.stderr.decode()
