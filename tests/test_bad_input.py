"""Bad input gets a clear message and the right exit status; the other documents are converted."""

import importlib
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.mirror import WRAPPER
from helpers.program import run, untraced
from helpers.soak import some

from convert.building import pipeline
from convert.building.survey import survey
from convert.building.target import Folder
from convert.model import Finding
from convert.settings import Settings
from convert.words import NO_ARTICLE

GOOD = WRAPPER.format(title="好", body="<p>纸和墨。石头上磨一刻钟，写得满三张；笔要软，手要稳，窗要朝南。</p>")
TRACEBACK = b"Traceback"


def folder(tmp_path: Path, name: str, data: bytes | str) -> Path:
    """A folder with a good document and the bad one."""
    source = tmp_path / "source"
    source.mkdir(exist_ok=True)
    (source / "good.md").write_text(GOOD, "utf-8")
    (source / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return source


def nested(depth: int) -> str:
    return WRAPPER.format(
        title="深", body="<div>" * depth + "一层套着一层的盒子，最里面放着的是一张写满了字的纸" + "</div>" * depth
    )


DEEP = nested(100_000)
CASES: dict[str, tuple[str, bytes | str, str, str, bool]] = {
    # name: (file name, data, code of the finding, level, whether the bad document is converted too)
    "random bytes": ("x.md", random.Random(1).randbytes(5000), "SRC004", "info", False),
    "empty file": ("x.md", b"", "SRC004", "info", False),
    "a title only": ("x.md", "### 标题\n", "SRC004", "info", False),
    "too large": ("x.md", GOOD.encode() + b"\n" * 50_000_000, "SRC002", "error", False),
    "100,000 nested tags": ("x.md", DEEP, "HTM003", "warning", True),
    "invalid UTF-8": ("x.md", GOOD.encode().replace("纸".encode(), b"\xe7\xba"), "SRC005", "error", False),
    "no title": ("x.md", GOOD.replace("### 好", "### "), "ART001", "error", True),
    "no source line": ("x.md", GOOD.partition("\n\n\n---\n\n原文")[0], "SRC008", "error", False),
    "empty body": ("x.md", WRAPPER.format(title="空", body=""), "ART002", "error", False),
    "broken JSON": ("x.json", b'{"schema_version": "1", "id": "a",\n  nonsense', "SRC007", "error", False),
    "JSON that is no article": ("x.json", b'{"schema_version": "1", "id": "a", "title": 7}', "ART009", "error", False),
    "NUL": ("x.md", GOOD.replace("和", "\0和"), "TXT001", "error", True),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", some(CASES, 3))
def test_a_bad_document_does_not_hide_the_others(case: str, tmp_path: Path) -> None:
    name, data, code, level, converted = CASES[case]
    source = folder(tmp_path, name, data)
    out = tmp_path / "out"
    done = run("--to", "markdown", source, "-o", out, "-v")
    assert TRACEBACK not in done.stderr
    assert f": {level} {code} " in done.stderr.decode(), done.stderr.decode()
    assert (out / "good.md").is_file()
    made = (out / "x.md").read_text("utf-8") if (out / "x.md").exists() else NO_ARTICLE
    assert made.startswith(NO_ARTICLE) != converted
    assert done.returncode == (3 if level == "error" and not converted else 0)
    assert run("validate", source).returncode == (3 if level == "error" else 0)


@pytest.mark.slow
@pytest.mark.parametrize("to", ["epub", "html", "jsonl", "pdf"])
def test_a_book_goes_on_without_it(to: str, tmp_path: Path) -> None:
    source = folder(tmp_path, "pages.md", WRAPPER.format(title="空", body="").replace("n1.htm", "n3.htm"))
    other = WRAPPER.replace("n1.htm", "n2.htm")
    link = '<p>见<ok href="https://www.epochtimes.com/gb/23/9/12/n3.htm">前文</ok></p>'
    (source / "next.md").write_text(other.format(title="又", body=link), "utf-8")
    out = tmp_path / f"book.{to}"
    done = run("--to", to, source, "-o", out)
    assert done.returncode == 3, done.stderr.decode()
    assert TRACEBACK not in done.stderr
    assert out.stat().st_size > 100
    if to == "epub":
        from helpers.epub import epubcheck

        assert epubcheck(out) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("titles", "said"),
    [
        (("好纸", "空"), "这里没有收入这篇文章：保存下来的网页里没有正文。它也许还在原来的网址，见下面的链接。"),
        (
            ("Paper", "Empty"),
            "This article is missing here: the page that was saved has no text. It may still be at its original "
            "address; see the link below.",
        ),
    ],
)
@pytest.mark.parametrize("locale", ["C.UTF-8", "zh_CN.UTF-8"])
def test_a_page_for_what_was_left_out_is_in_the_language_of_its_book(
    locale: str, titles: tuple[str, str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "good.md").write_text(WRAPPER.format(title=titles[0], body=f"<p>{titles[0]}</p>"), "utf-8")
    (tmp_path / "bad.md").write_text(WRAPPER.replace("n1.htm", "n2.htm").format(title=titles[1], body=""), "utf-8")
    done = run("--to", "html", "-q", tmp_path, env={"LC_ALL": locale})
    assert f"<p>{said}</p>" in done.stdout.decode()


@pytest.mark.rule("SRC009")
@pytest.mark.parametrize("where", ["convert.document.clean", "convert.writers.markdown.blocks"])
def test_a_fault_of_ours_hides_no_other_document(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder(tmp_path, "x.md", GOOD.replace("纸和墨", "砚"))
    module, _, name = where.rpartition(".")
    original = getattr(importlib.import_module(module), name)

    def broken(*arguments: object) -> object:
        if "砚" in str(arguments[0]) + str(getattr(arguments[0], "article", "")):
            raise ZeroDivisionError("a bug")
        return original(*arguments)

    monkeypatch.setattr(where, broken)
    findings: list[Finding] = []
    with Folder(str(tmp_path / "out")) as out:
        summary = pipeline.convert(survey([str(source)]), "markdown", out, Settings(), findings.append)
    assert [each.code for each in findings if each.level == "error"] == ["SRC009"]
    assert (summary.articles, summary.left_out) == (1, 1)
    assert sorted(os.listdir(tmp_path / "out")) == ["contents.md", "good.md", "x.md"]
    assert (tmp_path / "out/x.md").read_text("utf-8").startswith(NO_ARTICLE)


def test_messages_have_a_place(tmp_path: Path) -> None:
    data = GOOD.encode().replace("和墨".encode(), b"\xff\xfe")
    line = data[: data.index(b"\xff")].count(b"\n") + 1
    done = run("validate", folder(tmp_path, "x.md", data))
    assert f"x.md:{line}:5: error SRC005 invalid-utf8: byte 0xff" in done.stdout.decode()


def test_an_unreadable_file(tmp_path: Path) -> None:
    source = folder(tmp_path, "x.md", GOOD)
    (source / "x.md").unlink()
    os.mkfifo(source / "x.md")
    done = run("--to", "json", source, "-o", tmp_path / "out")
    assert "SRC001" in done.stderr.decode()
    assert (tmp_path / "out" / "good.json").is_file()
    assert done.returncode == 3


def test_a_name_with_newlines(tmp_path: Path) -> None:
    source = folder(tmp_path, "a\nb\t.md", GOOD)
    done = run("--to", "markdown", source, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").iterdir())) == 3
    done = run("validate", source, "--level", "info")
    assert all(line.count(":") >= 3 or "article(s)" in line for line in done.stdout.decode().splitlines())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_message_is_one_line_whatever_the_document_holds(language: str, tmp_path: Path) -> None:
    page = GOOD.replace("纸和墨", '<ok href="file:///a&#10;&#8232;b&#27;[31m\u202ec">纸和墨</ok>')
    done = run("--to", "json", "--lang", language, folder(tmp_path, "x.md", page), "-o", tmp_path / "out")
    [told, _] = done.stderr.decode().splitlines()
    assert "file:///a\\u2028b\\x1b[31m\\u202ec " in told


def test_an_output_folder_that_is_a_file(tmp_path: Path) -> None:
    source = folder(tmp_path, "x.md", GOOD)
    (tmp_path / "out").write_text("mine", "utf-8")
    done = run("--to", "markdown", source, "-o", tmp_path / "out")
    assert done.returncode == 4
    assert str(tmp_path / "out") in done.stderr.decode()
    assert TRACEBACK not in done.stderr
    assert (tmp_path / "out").read_text("utf-8") == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("to", ["markdown", "epub"])
def test_a_full_disk(to: str, tmp_path: Path) -> None:
    """No file of this process may grow beyond a limit, which is how a full disk looks from inside."""
    out = tmp_path / ("out" if to == "markdown" else "out.epub")
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000));"
        "import convert.cli; sys.argv[0] = 'convert'; convert.cli.main()"
    )
    arguments = ["--to", to, str(SEEDS), "-o", str(out), "--workers", "1", "-q"]
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, *arguments], capture_output=True, check=False, timeout=120, env=untraced()
    )
    assert resource.RLIMIT_FSIZE is not None
    assert done.returncode == 4, done.stderr
    assert TRACEBACK not in done.stderr
    assert b"out" in done.stderr
    assert not [name for name in os.listdir(tmp_path if to == "epub" else out) if "part" in name or name == "out.epub"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--to", "markdown", "nowhere"], 2, "no such file or folder: 'nowhere'"),
        (["--to", "docx", "."], 2, "docx"),
        (["validate"], 2, "SOURCE"),
        (["--to", "epub"], 2, "SOURCE"),
        (["explain", "IMG0001"], 2, "did you mean IMG001?"),
        (["--to", "markdown", ".", "--base-url", "ftp://x"], 2, "http"),
        (["--to", "markdown", "readme.txt"], 4, "nothing to convert"),
    ],
)
def test_wrong_usage(arguments: list[str], status: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("hello", "utf-8")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == status
    assert message in done.stderr.decode()
    assert TRACEBACK not in done.stderr


def test_strict_writes_nothing_if_anything_is_wrong(tmp_path: Path) -> None:
    source = folder(tmp_path, "x.md", nested(200))
    done = run("--to", "markdown", source, "-o", tmp_path / "out", "--strict")
    assert done.returncode == 3
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("convert.cli.ending", "interrupted before anything was written\n"),
        ("convert.building.pipeline", "\ninterrupted; nothing half-written is left"),
    ],
)
def test_interrupting_while_it_is_still_being_imported(module: str, words: str) -> None:
    code = f"""
import os, signal, sys
class Finder:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["convert", "--to", "json", "x"]
from convert.__main__ import start
start()
"""
    done = subprocess.run([sys.executable, "-c", code], env=untraced(), capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stderr.startswith(words)
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupting_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    page = (SEEDS / "pages" / "nf9000001" / "n90000007.md").read_text("utf-8")
    for count in range(3000):
        (source / f"{count}.md").write_text(page.replace("n90000007", f"n9{count:07}"), "utf-8")
    out = tmp_path / "book.epub"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "convert",
            "--to",
            "epub",
            str(source),
            "-o",
            str(out),
            "--workers",
            "2",
            "--duplicates",
            "keep",
        ],
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=untraced(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs in the background ignores it
    )
    deadline = time.monotonic() + 60
    while not any(name.endswith(".part") for name in os.listdir(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    if number is signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert TRACEBACK not in said
    assert os.listdir(tmp_path) == ["source"]
    with pytest.raises(ProcessLookupError):  # nobody of the group is left
        for _ in range(100):
            os.killpg(process.pid, 0)
            time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "--report", "json=page.md", "page.md"],
        ["validate", "--report", "text", "--report", "json=link.md", "page.md"],
        ["validate", "--write-baseline", "page.md", "link.md"],
        ["--to", "json", "page.md", "-o", "x.json", "--ledger", "./page.md"],
        ["--to", "markdown", "page.md", "-o", "page.md"],
        ["--to", "markdown", "page.md", "-o", "hard.md"],
        ["--to", "markdown", "page.md", "-o", "."],
        ["--to", "epub", "page.md", "-o", "link.md"],
    ],
    ids=" ".join,
)
def test_output_over_a_source_is_refused(arguments: list[str], tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(GOOD, "utf-8")
    (tmp_path / "link.md").symlink_to("page.md")
    (tmp_path / "hard.md").hardlink_to(page)
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(
        r"convert: .* would overwrite the source '(page|link)\.md'; name another file, such as '[^']+'$",
        done.stderr.decode(),
        re.M,
    )
    assert page.read_text("utf-8") == GOOD
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hard.md", "link.md", "page.md"]


@pytest.mark.parametrize("out", [".", "../pages", "../link"])
def test_output_over_a_folder_that_is_a_source_is_refused(out: str, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "page.md").write_text(GOOD, "utf-8")
    (tmp_path / "link").symlink_to("pages")
    done = run("--to", "markdown", ".", "-o", out, cwd=folder)
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"convert: -o names '{out}/', inside a folder that is a source: ")
    assert [(path.name, path.read_text("utf-8")) for path in folder.iterdir()] == [("page.md", GOOD)]
    assert run("--to", "json", ".", "-o", out, cwd=folder).returncode == 2  # the next run would read it too


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize(
    "arguments",
    [
        ["validate"],
        ["validate", "--report", "json"],
        ["--to", "markdown"],
        ["--to", "epub"],
    ],
    ids=" ".join,
)
def test_standard_output_that_is_full(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(GOOD, "utf-8")
    with open("/dev/full", "r+b", buffering=0) as full:
        done = subprocess.run(
            [sys.executable, "-m", "convert", *arguments, "page.md"],
            cwd=tmp_path,
            env={**untraced(), "LC_ALL": "C.UTF-8"},
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=120,
            check=False,
        )
    assert (done.returncode, TRACEBACK in done.stderr) == (4, False)
    said = done.stderr.decode().splitlines()
    assert said[-1] == "convert: standard output: no space left on device; write to a file on another disk"
