"""Same input, same bytes: whatever the hash seed, time zone, locale, folder, umask and number of workers."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from helpers.data import CORPUS, SEEDS, needs_corpus, real_articles
from helpers.program import run
from helpers.soak import SOAK, some

from convert.writers import WRITERS

pytestmark = pytest.mark.slow

SURROUNDINGS = [
    ({"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}, "one", ["--workers", "1"], 0o022),
    ({"PYTHONHASHSEED": "4711", "TZ": "Asia/Shanghai", "LC_ALL": "C"}, "another folder", ["--workers", "2"], 0o077),
    ({"PYTHONHASHSEED": "99", "TZ": "America/New_York", "LC_ALL": "POSIX"}, "三", ["--workers", "3"], 0o002),
]
AROUND = SURROUNDINGS if SOAK else SURROUNDINGS[:2]
"""What is tried: two that differ in everything, and in `make soak` one more."""
UNMEASURED = {"COVERAGE_PROCESS_START": ""}  # coverage doubles the time of 30 conversions that other tests measure


def digest(path: Path) -> str:
    """Of a file, or of all files of a folder with their names."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    total = hashlib.sha256()
    for file in files:
        if file.is_file():
            total.update(str(file.relative_to(path)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def digests(source: Path, to: str, tmp_path: Path, *chosen: str) -> set[str]:
    """Of what is made in each of the surroundings; with options that are chosen, in a folder of volumes."""
    made = set()
    writer = WRITERS[to]
    for env, folder, options, umask in AROUND:
        here = tmp_path / folder
        here.mkdir(exist_ok=True)
        copy = here / "source"
        if not copy.exists():
            shutil.copytree(source, copy)
        out = here / ("out" if writer.bind is None or chosen else f"out{writer.suffix}")
        before = os.umask(umask)
        try:
            done = run("--to", to, "source", "-o", out.name, *options, *chosen, cwd=here, env={**env, **UNMEASURED})
        finally:
            os.umask(before)
        assert done.returncode == 0, done.stderr.decode()
        made.add(digest(out))
    return made


@pytest.mark.law
@pytest.mark.parametrize(
    "to", [pytest.param(each, marks=pytest.mark.soak if each == "pdf" else ()) for each in sorted(WRITERS)]
)
def test_the_seeds(to: str, tmp_path: Path) -> None:
    """Of PDF, `test_printed_books.py` says the same of fewer pages."""
    assert len(digests(SEEDS, to, tmp_path)) == 1


@pytest.mark.parametrize(
    ("to", "split"),
    some([("epub", "size=60kB"), ("epub", "channel,month"), ("html", "size=100kB"), ("jsonl", "channel,year")], 4),
)
def test_volumes_of_the_seeds(to: str, split: str, tmp_path: Path) -> None:
    assert len(digests(SEEDS, to, tmp_path, "--split", split)) == 1
    made = [path.stat().st_size for path in (tmp_path / "one" / "out").iterdir()]
    assert len(made) > 1
    _, equals, limit = split.partition("size=")
    assert not equals or max(made) <= int(limit.removesuffix("kB")) * 1000


@needs_corpus
@pytest.mark.parametrize("to", some(["epub", "markdown", "json"], 3))
def test_the_real_articles(to: str, tmp_path: Path) -> None:
    source = tmp_path / "corpus"
    for path in sorted(real_articles())[::3]:
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((CORPUS / path).read_bytes())
    assert len(digests(source, to, tmp_path)) == 1


def test_a_folder_and_an_archive_of_it_give_the_same(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")
    made = set()
    for kind in ("", "zip", "tar", "gztar"):
        source = (
            shutil.make_archive(str(tmp_path / "seeds"), kind, tmp_path / "seeds") if kind else str(tmp_path / "seeds")
        )
        out = tmp_path / f"out{kind}"
        assert run("--to", "markdown", source, "-o", out).returncode == 0
        made.add(digest(out))
    assert len(made) == 1
