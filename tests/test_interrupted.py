"""Ctrl-C in the middle of a whole mirror: the next run does only what was left."""

import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from helpers.data import ROOT
from helpers.program import run, untraced

from benchmarks.mirror import write

pytestmark = [pytest.mark.soak, pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")]

PAGES = 20_000


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mirror") / "m"
    write(folder, PAGES)
    return folder


def interrupt(done: Callable[[], int], half: int, *arguments: str | Path) -> None:
    """Start the program, and interrupt it as soon as half is done."""
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads would hold up the run
        process = subprocess.Popen(
            [sys.executable, "-m", "convert", *map(str, arguments)],
            env={**untraced(), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
            stdout=subprocess.DEVNULL,
            stderr=said,
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),  # a background ignores it
        )
        while done() < half and process.poll() is None:
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        status = process.wait()
        said.seek(0)
        last = said.read()[-2000:]
    assert status == 130, last
    assert b"the same command goes on from here" in last


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return inode and time of each output: a file that is made again has others."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.parts[len(folder.parts) :])
    }


@pytest.mark.parametrize(("to", "split"), [("markdown", "none"), ("epub", "channel,month")])
def test_build_makes_only_what_was_left(to: str, split: str, mirror: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ("--to", to, "--split", split, "--update", mirror, "-o", out)
    whole = run("--to", to, "--split", split, "-q", mirror, "-o", tmp_path / "whole", timeout=1800)
    assert whole.returncode in (0, 3)
    names = files(tmp_path / "whole").keys() - {"convert-manifest.json"}
    interrupt(lambda: len(files(out)), len(names) // 2, *options)
    before = files(out)
    assert len(names) // 2 <= len(before) < len(names)
    done = run(*options, timeout=1800)
    assert done.returncode in (0, 3)
    after = files(out)
    assert after.keys() - {"convert-manifest.json"} == names
    kept = {name for name in before if after[name] == before[name]}
    left = re.search(rb"(\d+) file\(s\) left as they are", done.stderr)
    assert left
    assert len(kept) >= int(left[1]) > 0
    assert len(before) - len(kept) <= len(names) // 50 + 1, (
        "placeholders, and what was written while it was interrupted"
    )
    assert all((out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes() for name in names)


def test_check_looks_only_at_what_was_left(mirror: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"

    def entries() -> dict[bytes, int]:
        """Return the beginning of the run that looked at each document, by its key."""
        if not (cache / ".cache.sqlite3").exists():
            return {}
        with closing(sqlite3.connect(cache / ".cache.sqlite3")) as database:
            try:
                return dict(database.execute("SELECT key, began FROM entry").fetchall())
            except sqlite3.OperationalError:  # there is no table yet
                return {}

    pages = sum(1 for path in mirror.rglob("*") if path.is_file())
    options = ("validate", "--cache", cache, mirror)
    interrupt(lambda: len(entries()), pages // 2, *options)
    before = entries()
    assert pages // 2 <= len(before) < pages
    assert run(*options, "-q", timeout=1800).returncode in (0, 3)
    after = entries()
    assert len(after) > len(before)
    assert all(after[key] == began for key, began in before.items())
