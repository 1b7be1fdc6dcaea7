"""Hostile documents and full disks: each ends in a finding or a sentence, and the rest is converted."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run, untraced
from helpers.soak import some

TRACEBACK = "Traceback"

# --- halves of characters ---------------------------------------------------------------------------------------------

TEXT = "<p>" + "纸和墨，石头上磨一刻钟，写得满三张。" * 10


def saved_page(address: str, **fields: object) -> str:
    """A saved page whose JSON-LD has these fields, with halves of characters escaped."""
    data = json.dumps({"@type": "NewsArticle", "url": address, **fields})
    return (
        f'<!DOCTYPE html><html><head><link rel="canonical" href="{address}">'
        f'<script type="application/ld+json">{data}</script></head><body><article>{TEXT}</article></body></html>'
    )


@pytest.mark.slow
@pytest.mark.rule("TXT010")
@pytest.mark.parametrize(
    ("field", "value", "reported"),
    [
        ("headline", "纸\ud800墨", True),
        ("headline", "纸\udc00墨", True),
        ("headline", "\ud800", True),
        ("author", {"name": "造\ud83d"}, True),
        ("articleSection", "\ude00", True),
        ("publisher", {"name": "\ud800\ud800\udc00"}, True),
        ("headline", "纸\U0001f600墨", False),
    ],
)
def test_half_of_a_character_is_replaced(field: str, value: object, reported: bool, tmp_path: Path) -> None:
    """Two pages that are alike, so that what identifies copies meets it too."""
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        fields = {"headline": "纸", "datePublished": "2023-03-14", field: value}
        (tmp_path / "in" / f"{name}.html").write_text(
            saved_page("https://news.example.org/a", **fields) + name, "utf-8"
        )
    for arguments in (
        ["--to", "epub", "in", "-o", "book.epub", "--ledger", "ledger.jsonl"],
        ["--to", "markdown", "in", "-o", "out", "--split", "channel", "--update", "--duplicates", "keep"],
        ["validate", "in", "--report", "json=report.json", "--report", "sarif=report.sarif", "--cache", "cache"],
    ):
        done = run(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr.decode()
    codes = [each["code"] for each in json.loads((tmp_path / "report.json").read_bytes())["findings"]]
    assert codes.count("TXT010") == 2 * reported
    assert "SRC009" not in codes


# --- full disks -------------------------------------------------------------------------------------------------------

FORMATS = {"markdown": "out/", "json": "out/", "jsonl": "b.jsonl", "html": "b.html", "epub": "b.epub", "pdf": "b.pdf"}
SIZES = ("4k", "8k", "16k", "32k", "64k", "96k", "128k", "160k", "192k", "256k")


@pytest.fixture
def mounted() -> Iterator[Path]:
    """A folder to mount small disks on, which are taken away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="disk-"))  # a short path, because sockets of processes are in it
    yield folder
    subprocess.run(["umount", "-q", str(folder)], check=False, capture_output=True)
    folder.rmdir()


def mount(folder: Path, size: str) -> None:
    """Mount a disk of a size in place of the one that is there."""
    subprocess.run(["umount", "-q", str(folder)], check=False, capture_output=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if (
        not hasattr(os, "geteuid")
        or os.geteuid()
        or subprocess.run(command, check=False, capture_output=True).returncode
    ):
        pytest.skip("no disk can be mounted here: that needs root and a system with tmpfs")


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [("16k", "64k"), pytest.param(SIZES, marks=pytest.mark.soak)], ids=len)
@pytest.mark.parametrize("full", ["output", "temporary folder"])
@pytest.mark.parametrize("to", some(FORMATS, 3))
def test_disk_that_is_full_is_named_and_left_clean(
    to: str, full: str, sizes: tuple[str, ...], tmp_path: Path, mounted: Path
) -> None:
    options = ["--pdf-engine", "typst"] if to == "pdf" else []
    statuses = set()
    for size in sizes:
        mount(mounted, size)
        out = (mounted if full == "output" else tmp_path) / FORMATS[to]
        environment = {**untraced(), "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path)}
        if full != "output":
            environment["TMPDIR"] = str(mounted)
        command = [sys.executable, "-m", "convert", "--to", to, str(SEEDS), "-o", str(out), "-q", *options]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert TRACEBACK not in done.stderr
        assert done.returncode in (0, 4), done.stderr
        if done.returncode:
            assert str(mounted) in done.stderr
            assert "no space left on device" in done.stderr
            assert not out.is_file()
        left = [name for _, folders, names in os.walk(mounted) for name in (*folders, *names)]
        assert not [name for name in left if "part" in name or full != "output"]
        statuses.add(done.returncode)
    if full == "output":
        assert 4 in statuses
