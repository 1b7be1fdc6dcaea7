"""The first pass finds the same with any number of processes, and what is only counted is counted in full."""

import errno
import json
import os
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import msgspec
import pytest
from helpers.dying import DyingIdentify
from helpers.program import run

from benchmarks.mirror import write
from convert.building import survey as module
from convert.building.survey import Survey, survey
from convert.bundle.article_list import ArticleList
from convert.errors import ConvertError, SourceError
from convert.model import LEVELS
from convert.runner import pool
from convert.settings import Settings

PAGES = 60
FEW, BATCH = 8, 7
"""Documents after which there are processes, and in a batch, here."""


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a mirror with index pages, copies, and files of every other fate."""
    monkeypatch.setattr(module, "SERIAL", FEW)
    monkeypatch.setattr(module, "_MEANWHILE", 1)
    monkeypatch.setattr(module, "_BATCH", BATCH)
    folder = tmp_path / "mirror"
    write(folder, PAGES)
    pages = folder / "pages"
    (pages / "away.md").symlink_to("/etc/hostname")
    (pages / "gone.md").symlink_to("nowhere.md")
    (pages / "note.md").write_text("Nothing of an article.\n", "utf-8")
    (pages / "more.jsonl").write_text('{"title": 1}\nno JSON\n', "utf-8")
    os.mkfifo(pages / "pipe.md")
    return folder


def facts(seen: Survey) -> list[Any]:
    """Return all that a survey knows, as values that can be compared, in its order."""
    index = seen.index
    return [
        [msgspec.structs.astuple(entry) for entry in index.entries],
        list(seen.refs.items()),
        list(seen.others.items()),
        list(seen.excluded),
        list(map(str, seen.findings)),
        [seen.summary.documents, seen.summary.not_articles, seen.summary.excluded, seen.summary.unmatched],
        list(index.channels.items()),
        list(index.places().items()),
        index.listed,
        index.sites,
    ]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 3])
def test_any_number_of_processes_finds_the_same(workers: int, mirror: Path, tmp_path: Path) -> None:
    roots = [str(mirror), str(mirror / "pages" / "note.md")]
    one = facts(survey(roots, Settings(workers=1)))
    assert len(one[0]) > PAGES / 2 and len(one[4]) > 3
    cache = str(tmp_path / "cache")
    for times in range(3):
        assert facts(survey(roots, Settings(workers=workers), cache=cache)) == one, f"cached {times} times"
        page = next(mirror.glob(f"pages/*/*{times}.md"))
        os.utime(page, ns=(times, times))  # so that one document is identified anew


@pytest.mark.slow
def test_lists_of_the_user_mean_the_same_with_any_number_of_processes(mirror: Path) -> None:
    names = [page.stem for page in sorted(mirror.glob("pages/*/*.md"))]
    exclude = ArticleList("--exclude", "list", ((1, names[3]), (2, names[-4]), (3, "pages/note.md"), (4, "none")))
    articles = ArticleList("--articles", "list", tuple(enumerate((*names[:20], "nobody"), start=1)))
    one, two = (
        facts(survey([str(mirror)], Settings(workers=each, exclude=exclude, articles=articles))) for each in (1, 2)
    )
    assert one == two
    assert one[3] and one[8]
    assert {"'none'", "'nobody'"} <= {value for each in one[5][3] for _, value in each.arguments}


@pytest.mark.slow
def test_a_document_that_kills_its_process_is_reported(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SERIAL", 1)
    whole = survey([str(mirror / "pages")], Settings(workers=1))
    monkeypatch.setattr(module, "IdentifyWorker", DyingIdentify)
    seen = survey([str(mirror / "pages")], Settings(workers=2))
    gone = {path for path in whole.refs if path.endswith("5.md")}
    assert gone
    assert list(seen.refs) == [path for path in whole.refs if path not in gone]
    assert {each.path.split("/pages/")[1] for each in seen.findings if each.message.id == "dead-process"} == gone
    assert seen.summary.documents == whole.summary.documents


@pytest.mark.slow
def test_processes_that_cannot_start_are_reported(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(forkserver, "ensure_running", refuse)
    monkeypatch.setattr(pool, "Process", refuse)
    with pytest.raises(ConvertError, match="run with --workers 1"):
        survey([str(mirror)], Settings(workers=2))


@pytest.mark.slow
def test_an_archive_that_must_not_be_read_leaves_no_process(mirror: Path) -> None:
    damaged = mirror.parent / "damaged.tar"
    damaged.write_bytes(b"pages/n1.md".ljust(257, b"\0") + b"ustar\x0000".ljust(2000, b"\xff"))
    with pytest.raises(SourceError):
        survey([str(mirror), str(damaged)], Settings(workers=2))


@pytest.mark.slow
def test_findings_that_nobody_is_told_of_are_counted(tmp_path: Path) -> None:
    write(tmp_path / "mirror", 40)
    statuses, figures, books = set(), set(), set()
    for number, options in enumerate((["-q"], [], ["-v"], ["--ledger", str(tmp_path / "ledger")], ["--workers", "2"])):
        out = tmp_path / f"{number}.epub"
        done = run("--to", "epub", "mirror", "-o", out.name, "--manifest", *options, cwd=tmp_path)
        statuses.add(done.returncode)
        figures |= set() if "-q" in options else {figures_of(done.stderr)}
        books.add(out.read_bytes())
    assert len(statuses) == len(figures) == len(books) == 1
    assert "tracking image(s) removed" in figures.pop()
    ledger = (tmp_path / "ledger").read_text("utf-8")
    assert {json.loads(line)["level"] for line in ledger.splitlines()} == set(LEVELS)


def figures_of(output: bytes) -> str:
    """Return the figures in the last line of a run's output, without the time that it took."""
    return output.decode().splitlines()[-1].partition(" s; ")[2]
