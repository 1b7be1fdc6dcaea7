"""Progress: true totals, findings above the bar, lines where there is no terminal."""

import json
import os
import pty
import re
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from helpers.data import ROOT, SEEDS
from helpers.program import untraced

from convert.cli import progress, screen
from convert.cli.progress import Bar, Lines, Meter
from convert.messages import Language, message
from convert.sources import STDIN, count, walk_once
from convert.text import columns

LABEL = message("checking documents")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def meter(clock: Clock, total: int | None, *steps: tuple[float, int]) -> Meter:
    made = Meter(total, clock)
    for seconds, number in steps:
        clock.now += seconds
        made.add(number)
    return made


# --- figures ----------------------------------------------------------------------------------------------------------


def test_rate_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    made = meter(clock, 1000, *[(0.01, 1)] * 200, *[(1, 1)] * 40)
    assert made.rate == pytest.approx(1)
    assert made.left == pytest.approx(760)


def test_skipped_outputs_say_nothing_about_the_rate() -> None:
    clock = Clock()
    made = meter(clock, 1000, (0.1, 500), *[(0.5, 1)] * 20)
    assert made.rate == pytest.approx(2, rel=0.05)
    assert made.left == pytest.approx(240, rel=0.05)


@pytest.mark.parametrize("total", [None, 0])
def test_time_left_is_unknown_without_a_total(total: int | None) -> None:
    assert not meter(Clock(), total, (9, 1)).left


def test_time_left_is_unknown_in_the_first_seconds() -> None:
    assert meter(Clock(), 10, (1.9, 1)).left is None
    assert meter(Clock(), 10, (2.0, 1)).left == pytest.approx(18)


# --- the bar ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "language", "width", "text"),
    [
        (200, "en", 79, "checking documents [#######-----------------------]  25% 50/200 5.0/s 0:30 left"),
        (200, "en", 50, "checking documents  25% 50/200 5.0/s 0:30 left"),
        (200, "en", 20, "checking documents  "),
        (None, "en", 79, "checking documents 50 5.0/s"),
        (200, "zh", 79, "检查文档 [##########------------------------------]  25% 50/200 5.0/s 剩余 0:30"),
    ],
)
def test_bar_fits_the_terminal(total: int | None, language: Language, width: int, text: str) -> None:
    clock = Clock()
    bar = Bar(LABEL, meter(clock, total, *[(0.2, 1)] * 50), language, clock)
    assert bar.text(width) == text
    assert all(columns(bar.text(each)) <= each for each in range(100))


def test_bar_never_claims_more_than_all() -> None:
    clock = Clock()
    assert "100%" in Bar(LABEL, meter(clock, 10, *[(1, 1)] * 12), "en", clock).text(79)


def test_line_has_total_rate_and_time_left() -> None:
    clock = Clock()
    made = meter(clock, 106_362, *[(0.001, 1)] * 5000)
    lines = Lines(LABEL, made, "en", clock)
    assert lines.text() == "checking documents: 5,000 of 106,362 (5%), 1,000 a second, 1:41 left"
    made.total = None
    assert lines.text() == "checking documents: 5,000, 1,000 a second"


def test_bytes_and_their_rate_are_shown_where_they_are_counted() -> None:
    clock = Clock()
    made = meter(clock, 200, *[(0.2, 1)] * 50)
    made.bytes = 3_500_000
    assert Bar(LABEL, made, "en", clock).text(60) == "checking documents  25% 50/200 3.5 MB, 350 kB/s 0:30 left"
    assert Lines(LABEL, made, "en", clock).text().endswith(", 5.0 a second, 0:30 left, 3.5 MB, 350 kB/s")


@pytest.fixture
def spoken() -> Iterator[None]:
    with click.Context(click.Command("convert")):
        yield


def test_lines_come_at_intervals(
    spoken: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    monkeypatch.setattr(progress.Meter.__init__, "__defaults__", (clock,))
    monkeypatch.setattr(progress.Lines.__init__, "__defaults__", (clock,))
    monkeypatch.setattr(progress, "TICK", 1000)
    with progress.progress(LABEL, 100, quiet=True, lines=True) as step:
        for _ in range(100):
            clock.now += 0.25
            step(1)
    assert capsys.readouterr() == (
        "",
        "convert: checking documents: 40 of 100 (40%), 4.0 a second, 0:15 left\n"
        "convert: checking documents: 80 of 100 (80%), 4.0 a second, 0:05 left\n",
    )


def test_line_comes_also_while_one_document_takes_long(
    spoken: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "INTERVAL", 0)
    monkeypatch.setattr(progress, "TICK", 0.001)
    said = ""
    with progress.progress(LABEL, 100, quiet=True, lines=True):
        while not said:
            said = capsys.readouterr().err
    assert said.startswith("convert: checking documents: 0, 0.0 a second\n")


@pytest.mark.parametrize("options", [{"quiet": False}, {"quiet": True}])
def test_nothing_is_shown_without_a_terminal_unless_asked(
    options: dict[str, bool], spoken: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "INTERVAL", 0)
    monkeypatch.setattr(progress, "PATIENCE", 0)
    with progress.progress(LABEL, 1000, quiet=options["quiet"]) as step:
        for _ in range(1000):
            step(1)
    assert capsys.readouterr() == ("", "")


# --- the total --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    with zipfile.ZipFile(folder / "seeds.zip", "w") as archive:
        for path in sorted(SEEDS.rglob("*.md")):
            archive.write(path, path.relative_to(SEEDS))
    (folder / "pages").mkdir()
    (folder / "pages" / "a.md").write_text("### a\n")
    (folder / "pages" / ".hidden.md").write_text("### a\n")
    (folder / "pages" / "out.md").symlink_to("/etc/hostname")
    (folder / "pages" / "folder").symlink_to(".")
    (folder / "all.jsonl").write_text("\n".join(json.dumps({"a": number}) for number in range(5)) + "\n\n")
    return folder


@pytest.mark.parametrize("roots", [["seeds.zip"], ["pages"], ["all.jsonl"], ["pages", "pages/a.md", "seeds.zip"]])
def test_total_is_the_number_of_documents_of_the_walk(roots: list[str], sources: Path) -> None:
    paths = [str(sources / root) for root in roots]
    assert count(paths, lambda: False) == sum(1 for _ in walk_once(paths)) > 0
    assert count(paths, lambda: True) is None


def test_no_total_is_claimed_where_counting_is_reading(sources: Path) -> None:
    with tarfile.open(sources / "seeds.tar.gz", "w:gz") as archive:
        archive.add(SEEDS, "seeds")
    assert count([str(sources / "seeds.tar.gz")], lambda: False) is None
    assert count([str(sources / "pages"), STDIN], lambda: False) is None


def test_counting_ends_with_the_run(spoken: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    with progress.progress(LABEL, None, quiet=True, lines=True, roots=[str(SEEDS), "missing"]) as step:
        step(1)
    assert threading.active_count() == before


# --- a terminal -------------------------------------------------------------------------------------------------------


def in_terminal(*arguments: str | Path) -> str:
    """Return all that the program writes to a terminal, its bars drawn at once and always."""
    ours, theirs = pty.openpty()
    drawn = "from convert.cli import main, progress as p; p.PATIENCE = p.REDRAW = p.SETTLED = 0; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", drawn, *map(str, arguments)],
        env={**untraced(), "TERM": "xterm", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 1 << 16):
            parts.append(part)
    except OSError:  # Linux, when the last writer has closed
        pass
    os.close(ours)
    process.wait()
    return b"".join(parts).decode()


def displayed(text: str) -> list[str]:
    """Return the lines that stand on the screen in the end, as a terminal interprets carriage return and erasure."""
    lines: list[str] = []
    line, at = "", 0
    for token in re.findall(r"\x1b\[K|\x1b\[[\d;]*m|[\s\S]", text):
        if token == "\n":
            lines.append(line)
            line, at = "", 0
        elif token == "\r":
            at = 0
        elif token == "\x1b[K":
            line = line[:at]
        elif not token.startswith("\x1b"):
            line = line[:at] + token + line[at + 1 :]
            at += 1
    return [*lines, line]


BARE = re.compile(r"\r|\x1b\[K")


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("validate", "--level", "info", "--no-quote"),
        ("validate", "--level", "info", "--quote"),
        ("--to", "markdown", "-v", "-o", "OUT"),
        ("--to", "epub", "-v", "--split", "channel", "-o", "OUT"),
    ],
    ids=["validate", "quoted", "markdown", "epub"],
)
def test_findings_stand_above_the_bar_on_lines_of_their_own(command: tuple[str, ...], tmp_path: Path) -> None:
    arguments = [str(tmp_path / "out") if each == "OUT" else each for each in command]
    text = in_terminal(*arguments, SEEDS)
    lines = displayed(text.replace("\r\n", "\n"))
    assert sum(" info " in line for line in lines) > 50
    assert not [line for line in lines if re.search(r"\d/s\b|\[#*-*\]", line)], "no bar is left on the screen"
    assert lines[-1] == ""
    finding = re.compile(rf"{re.escape(str(SEEDS))}/\S+:\d+:\d+: (info|warning|error) ")
    assert all(line.startswith(str(SEEDS)) for line in lines if finding.search(line))
    assert re.search(r"\] +\d+% \d+/\d+ \S+/s \d+:\d\d left", text), "the bar has a total, a rate and the time left"
    totals = {match[1] for match in re.finditer(r"\d+/(\d+) \S+/s", text)}
    walked = str(sum(1 for _ in walk_once([str(SEEDS)])))
    assert totals <= {walked, "38", "37"}
    assert walked in totals or command[0] != "validate"


def test_what_is_printed_elsewhere_leaves_the_bar_alone(spoken: None, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden: list[str] = []

    class Line:
        def hide(self) -> None:
            hidden.append("bar")

    line = Line()
    screen.show(line)
    screen.echo("to a file")
    assert hidden == []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    screen.echo("to a terminal", err=True)
    screen.remove(line)
    assert hidden == ["bar", "bar"]
