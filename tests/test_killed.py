"""Runs killed at any moment: the next run makes the same output and leaves nothing of those that were killed."""

import fcntl
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import untraced
from helpers.soak import some

from convert.sandbox import temporary

COMMANDS = {
    "markdown": ["--to", "markdown", "-o", "out/"],
    "json": ["--to", "json", "-o", "out/"],
    "jsonl": ["--to", "jsonl", "-o", "b.jsonl"],
    "html": ["--to", "html", "-o", "b.html"],
    "epub": ["--to", "epub", "-o", "b.epub"],
    "pdf": ["--to", "pdf", "--pdf-engine", "typst", "-o", "b.pdf"],
    "update": ["--to", "epub", "--split", "channel", "--update", "-o", "books/"],
    "check": ["validate", "--cache", "cache", "--report", "json=report.json"],
}


def outputs(folder: Path) -> dict[str, bytes]:
    """The files below a folder, without those whose bytes depend on the clock."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "cache" not in str(path.relative_to(folder))
    }


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("name", some(COMMANDS, 4))
@pytest.mark.parametrize(
    "kills", [pytest.param(2, marks=pytest.mark.slow), pytest.param(13, marks=pytest.mark.soak)]
)  # thirteen for each of eight commands are a hundred
def test_killed_runs_leave_nothing_that_the_next_does_not_remove(kills: int, name: str, tmp_path: Path) -> None:
    chance = random.Random(f"{name} {kills}")
    temporary, whole, made = tmp_path / "temporary", tmp_path / "whole", tmp_path / "made"
    for folder in (temporary, whole, made):
        folder.mkdir()
    command = [sys.executable, "-m", "convert", *COMMANDS[name], "-q", "--workers", "2", str(SEEDS)]
    environment = {**untraced(), "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(sys.path)}
    began = time.monotonic()
    status = subprocess.run(command, cwd=whole, env=environment, check=False).returncode
    seconds = time.monotonic() - began
    assert list(temporary.iterdir()) == []
    for _ in range(kills):
        process = subprocess.Popen(command, cwd=made, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            process.communicate(timeout=chance.uniform(0.1, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
            assert "Traceback" not in said
    time.sleep(0.5)  # processes of the last one may be about to end
    assert subprocess.run(command, cwd=made, env=environment, check=False).returncode == status
    assert outputs(made) == outputs(whole)
    assert [path for path in temporary.iterdir() if list(path.iterdir())] == []


def test_a_folder_that_another_run_looks_at_is_held_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A run that sweeps holds each folder for a moment, also one that was made just then."""
    make = os.mkdir

    def looked_at(path: str, mode: int) -> None:
        make(path, mode)
        descriptor = os.open(path, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        threading.Timer(0.2, os.close, (descriptor,)).start()

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with monkeypatch.context() as patched:
        patched.setattr(os, "mkdir", looked_at)
        path = temporary.folder()
    descriptor = os.open(path, os.O_RDONLY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)
