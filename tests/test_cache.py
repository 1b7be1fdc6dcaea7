"""`convert validate --cache`: the same report with it and without, whatever happened in between."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, nullcontext
from itertools import count
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run, untraced
from helpers.soak import some
from hypothesis import given, strategies as st
from msgspec.structs import replace

from convert import cache, readers
from convert.cache import database, identity
from convert.cache.database import NAME, Database
from convert.cache.surveyed import SurveyCache, Surveyed
from convert.checking import archive as checking, document
from convert.checking.archive import check
from convert.checking.cache import KIND, CheckCache
from convert.control import Control
from convert.errors import StoreError
from convert.model import Entry, Finding
from convert.readers.options import ReadOptions
from convert.settings import Settings
from convert.sources import Reader, Ref, walk

pytestmark = pytest.mark.slow

Said = tuple[list[Finding], object]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages in JSON Lines."""
    out = tmp_path_factory.mktemp("lines") / "more.jsonl"
    assert run("--to", "jsonl", SEEDS / "pages" / "soh901", "-o", out).returncode == 0
    return out


@pytest.fixture
def archive(lines: Path, tmp_path: Path) -> Path:
    """A small mirror; some pages of another also in a zip and in JSON Lines."""
    root = tmp_path / "archive"
    for folder in ("indexes/nf9000001", "pages/nf9000001", "pages/p91"):
        shutil.copytree(SEEDS / folder, root / folder)
    shutil.copy(SEEDS / "indexes" / "nf9000001.csv", root / "indexes")
    shutil.make_archive(str(root / "more"), "zip", SEEDS / "pages" / "nf9000002")
    shutil.copyfile(lines, root / "more.jsonl")
    return root


def said(root: Path, folder: Path | None, **more: object) -> Said:
    found: list[Finding] = []
    settings = replace(Settings(cache=str(folder or ""), workers=1), **more)
    summary = check([str(root), str(root / "more.zip"), str(root / "more.jsonl")], settings, found.append)
    return found, (summary.documents, summary.articles, summary.not_articles, summary.left_out, summary.codes)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that were looked at."""
    paths: list[str] = []
    examine = document.examine

    def noted(ref, reader, settings, pictures):  # type: ignore[no-untyped-def]
        paths.append(ref.path)
        return examine(ref, reader, settings, pictures)

    monkeypatch.setattr(checking, "examine", noted)
    return paths


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every run begin long after the last change of any file."""
    times = count((SEEDS.stat().st_mtime_ns + os.stat(".").st_mtime_ns) * 2)
    monkeypatch.setattr(cache, "now_in", lambda _: next(times))


def rows(folder: Path) -> list[database.Entry]:
    """Return the cached checks, in the order in which they were written."""
    with closing(Database(str(folder))) as opened:
        return [entry for _, entry in opened.entries(KIND, CheckCache(Settings())._identity)]


PAGE = Path("pages", "nf9000001", "n90000002.md")


def edit(root: Path) -> None:
    """Same size, same time: only the inode's own time tells."""
    before = (root / PAGE).stat()
    data = (root / PAGE).read_bytes()
    (root / PAGE).write_bytes(data.replace("木头的字".encode(), "铁头的字".encode()))
    os.utime(root / PAGE, ns=(before.st_atime_ns, before.st_mtime_ns))


def swap(root: Path) -> None:
    one, other = root / PAGE, root / PAGE.with_name("n90000003.md")
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)


def replace_archive(root: Path) -> None:
    (root / "more.zip").unlink()
    shutil.make_archive(str(root / "more"), "zip", SEEDS / "pages" / "nf9000003")


def shorten_lines(root: Path) -> None:
    lines = (root / "more.jsonl").read_bytes().splitlines(keepends=True)
    (root / "more.jsonl").write_bytes(lines[-1] + b"{}\n" + lines[0])


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda root: None,
    "old": lambda root: os.utime(root / PAGE, ns=(-1, -1)),
    "edited": edit,
    "broken": lambda root: (root / PAGE).write_text("### 纸\n\n原文链接（需翻墙）：", "utf-8"),
    "touched": lambda root: os.utime(root / PAGE),
    "renamed": lambda root: (root / PAGE).rename(root / PAGE.with_name("n90000999.md")),
    "swapped": swap,
    "removed": lambda root: (root / PAGE).unlink(),
    "added": lambda root: shutil.copy(root / PAGE, root / "pages" / "p91"),
    "first of all": lambda root: shutil.copy(root / PAGE, root / "0.md"),
    "index": lambda root: (root / "indexes" / "nf9000001.csv").write_text("n1,一\nn1,一, 二\n", "utf-8"),
    "archive": replace_archive,
    "lines": shorten_lines,
    "unreadable": lambda root: (root / PAGE).unlink() or (root / PAGE).symlink_to("nowhere"),  # type: ignore[func-returns-value]
}


@pytest.mark.parametrize("change", some(CHANGES, 3))
def test_the_report_is_the_same_with_it_and_without(archive: Path, tmp_path: Path, change: str) -> None:
    said(archive, tmp_path / "cache")
    CHANGES[change](archive)
    fresh = said(archive, None)
    assert said(archive, tmp_path / "cache") == fresh
    assert said(archive, tmp_path / "cache") == fresh


@pytest.mark.parametrize("change", some(CHANGES, 3))
def test_only_what_changed_is_looked_at(
    archive: Path, tmp_path: Path, looked: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    later(monkeypatch)
    said(archive, tmp_path / "cache")
    looked.clear()
    CHANGES[change](archive)
    said(archive, tmp_path / "cache")
    few = {"nothing": 0, "touched": 0, "removed": 0, "swapped": 2, "archive": 9, "lines": 4}
    assert len(looked) <= few.get(change, 1)
    looked.clear()
    said(archive, tmp_path / "cache")
    assert looked == ([PAGE.as_posix()] if change in ("old", "unreadable") else [])


SETTINGS: tuple[dict[str, object], ...] = (
    {"fidelity": ("markdown",)},
    {"how": ReadOptions("mirror")},
    {"base_url": "https://github.com/a/b/blob/main/"},
    {"control": Control(frozenset({"SET001", "NAV003"}))},
    {"control": Control(comments=False)},
    {"workers": 2},
)


@pytest.mark.parametrize("settings", SETTINGS, ids=["fidelity", "form", "base-url", "select", "comments", "workers"])
def test_other_settings_give_another_report(archive: Path, tmp_path: Path, settings: dict[str, object]) -> None:
    text = (archive / PAGE).read_text("utf-8")
    (archive / PAGE).write_text(text.replace("<h4>", "<!-- convert: ignore NAV003 --><h4>", 1), "utf-8")
    usual = said(archive, tmp_path / "cache")
    assert said(archive, tmp_path / "cache", **settings) == said(archive, None, **settings)
    assert said(archive, tmp_path / "cache") == usual


def test_what_is_told_is_chosen_after_the_cache(
    archive: Path, tmp_path: Path, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    said(archive, tmp_path / "cache", control=Control(frozenset({"TXT001"})))
    fresh = said(archive, None)
    looked.clear()
    assert said(archive, tmp_path / "cache") == fresh
    assert looked == []


def test_another_version_of_the_program_starts_again(
    archive: Path, tmp_path: Path, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    usual = said(archive, tmp_path / "cache")
    looked.clear()
    monkeypatch.setattr(identity, "program", lambda: "another")
    assert said(archive, tmp_path / "cache") == usual
    assert PAGE.as_posix() in looked


def test_times_are_not_believed_of_what_is_too_new(
    archive: Path, tmp_path: Path, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Racily clean: the status is the same, and the bytes are not."""
    monkeypatch.setattr(cache, "now_in", lambda _: 0)
    monkeypatch.setattr(cache, "status_of", lambda file: (1, 1, 1, 1, 1))
    said(archive, tmp_path / "cache")
    looked.clear()
    edit(archive)
    assert said(archive, tmp_path / "cache") == said(archive, None)
    assert looked[:1] == [PAGE.as_posix()]


def test_nor_of_what_another_run_did_not_look_at(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry that is not believed is not believed because the file was written again meanwhile."""
    monkeypatch.setattr(cache, "status_of", lambda file: (1, 1, 1, 1, 1))
    monkeypatch.setattr(cache, "now_in", lambda _: 0)
    said(archive, tmp_path / "cache")
    monkeypatch.setattr(cache, "now_in", lambda _: 2)
    check([str(archive / "pages" / "p91")], Settings(cache=str(tmp_path / "cache"), workers=1), lambda _: None)
    edit(archive)
    assert said(archive, tmp_path / "cache") == said(archive, None)


# --- the first pass of a conversion -----------------------------------------------------------------------------------


def surveyed(root: Path, folder: Path | None, form: str = "") -> tuple[list[Surveyed], list[str]]:
    """Return the facts about each document of the archive, and the paths of the documents that were read for them."""
    known: list[Surveyed] = []
    read: list[str] = []
    with SurveyCache(str(folder or ""), form) if folder else nullcontext() as kept, Reader() as reader:
        for ref in walk([str(root), str(root / "more.zip"), str(root / "more.jsonl")]):
            if not isinstance(ref, Ref):
                continue
            looked = kept.lookup(ref) if kept else None
            value = looked.value if looked else None
            if value is None:
                data = reader.read(ref).data
                read.append(ref.path)
                entry = readers.peek(data, ref.path, ReadOptions(form))
                value = Surveyed(hashlib.sha256(data).digest(), entry)
            if kept and looked:
                kept.save(looked, value)
            known.append(value)
    return known, read


@pytest.mark.parametrize("change", some(CHANGES, 3))
def test_what_is_known_of_documents_is_the_same_with_a_cache(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    later(monkeypatch)
    assert surveyed(archive, tmp_path / "cache")[0] == surveyed(archive, None)[0]
    CHANGES[change](archive)
    fresh, everything = surveyed(archive, None)
    known, read = surveyed(archive, tmp_path / "cache")
    assert known == fresh
    few = {"nothing": 0, "touched": 0, "removed": 0, "unreadable": 0, "swapped": 2, "archive": 9, "lines": 4}
    assert len(read) <= few.get(change, 1) < len(everything)
    again, read = surveyed(archive, tmp_path / "cache")
    assert (again, read) == (fresh, [PAGE.as_posix()] if change == "old" else [])


def test_a_survey_for_another_reader_starts_again(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    surveyed(archive, tmp_path / "cache")
    assert surveyed(archive, tmp_path / "cache", "markdown") == surveyed(archive, None, "markdown")


def test_a_survey_and_a_check_share_a_folder(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch)
    usual, fresh = said(archive, tmp_path / "cache"), surveyed(archive, tmp_path / "cache")[0]
    assert said(archive, tmp_path / "cache") == usual
    assert surveyed(archive, tmp_path / "cache") == (fresh, [])


def test_what_no_file_can_hold_is_not_kept(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch)
    entry = Entry(path="a", id="a", title="half a \ud800 pair", address="")
    for _ in range(2):
        with SurveyCache(str(tmp_path / "cache"), "") as kept:
            for ref in walk([str(archive / "pages" / "p91")]):
                looked = kept.lookup(ref)
                assert looked.value is None
                kept.save(looked, Surveyed(bytes(32), entry))


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("small")
    shutil.copytree(SEEDS / "pages" / "p91", root / "pages")
    check([str(root / "pages")], Settings(cache=str(root / "cache"), workers=1), lambda _: None)
    shutil.copy(root / "cache" / NAME, root / "whole")
    return root


def of_small(root: Path, folder: Path | None) -> list[Finding]:
    found: list[Finding] = []
    check([str(root / "pages")], Settings(cache=str(folder or ""), workers=1), found.append)
    return found


@given(st.data())
def test_a_damaged_file_counts_as_empty(small: Path, data: st.DataObject) -> None:
    whole = (small / "whole").read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from(
            [
                whole[:at],
                whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
                whole + b"x",
                whole[at:],
                b"",
                b"\0" * at,
            ]
        )
    )
    (small / "cache" / NAME).write_bytes(damaged)
    assert of_small(small, small / "cache") == of_small(small, None)


def test_what_is_gone_is_dropped_and_what_was_not_asked_for_is_kept(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    root = tmp_path / "root"
    shutil.copytree(SEEDS / "pages", root)
    folder = tmp_path / "cache"

    def entries(path: Path) -> int:
        check([str(path)], Settings(cache=str(folder), workers=1), lambda _: None)
        return len(rows(folder))

    first = entries(root)
    assert first == len(list(root.rglob("*.md")))
    (root / "p91" / "99001013.md").unlink()
    assert entries(root / "p91") == first - 1 + 1  # a root of its own: another name for the same page
    assert entries(root) == first - 1 + 1
    shutil.rmtree(root / "p91")
    assert entries(root) == first - 2


def test_an_interrupted_run_keeps_what_it_did(
    archive: Path, tmp_path: Path, looked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch)
    monkeypatch.setattr(checking, "CHUNK", 3)

    def stop(count: int) -> None:
        if len(looked) > 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check([str(archive)], Settings(cache=str(tmp_path / "cache"), workers=1), lambda _: None, stop)
    assert sorted(os.listdir(tmp_path / "cache")) == [NAME, ".gitignore"]
    done = set(looked)
    looked.clear()
    check([str(archive)], Settings(cache=str(tmp_path / "cache"), workers=1), lambda _: None)
    assert looked
    assert len(done & set(looked)) <= 3
    assert said(archive, tmp_path / "cache") == said(archive, None)


def test_a_run_that_is_killed_keeps_what_it_wrote(archive: Path, tmp_path: Path) -> None:
    """SIGKILL right after a transaction, and in the middle of one."""
    for at in ("COMMIT", "middle"):
        folder = tmp_path / at
        code = f"""
import os, signal
from convert.cache import database
from convert.checking.archive import check
from convert.settings import Settings

database.ROWS, database.SECONDS = 2, 1e9

class Killed(database.Database):
    count = 0
    def write(self):
        if self._rows:
            Killed.count += 1
        if Killed.count == 3 and {at!r} == "middle":
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(database._PUT, list(self._rows.values()))
            os.kill(os.getpid(), signal.SIGKILL)
        super().write()
        if Killed.count == 3:
            os.kill(os.getpid(), signal.SIGKILL)

import convert.cache
convert.cache.Database = Killed
check([{str(archive)!r}], Settings(cache={str(folder)!r}, workers=1), lambda _: None)
"""
        done = subprocess.run([sys.executable, "-c", code], env=untraced())
        assert done.returncode == -9
        assert len(rows(folder)) == (6 if at == "COMMIT" else 4)
        assert said(archive, folder) == said(archive, None)


def test_what_is_kept_is_the_same_for_any_number_of_workers(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "now_in", lambda _: 0)
    kept = []
    for workers in (1, 2):
        said(archive, tmp_path / str(workers), workers=workers)
        kept.append(rows(tmp_path / str(workers)))
    assert kept[0] == kept[1]


OPENED: list[str] = []


def _opens(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        OPENED.append(os.fsdecode(arguments[0]) if isinstance(arguments[0], str | bytes) else "")


def test_an_unchanged_archive_is_neither_read_nor_written_again(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's audit events say which files are opened."""
    later(monkeypatch)
    sys.addaudithook(_opens)  # which stays
    pages = {str(path) for path in archive.rglob("*.md")}
    OPENED.clear()
    said(archive, tmp_path / "cache")
    assert pages <= set(OPENED)
    before = (tmp_path / "cache" / NAME).stat().st_mtime_ns, (tmp_path / "cache" / NAME).read_bytes()
    OPENED.clear()
    said(archive, tmp_path / "cache")
    assert pages.isdisjoint(OPENED)
    assert ((tmp_path / "cache" / NAME).stat().st_mtime_ns, (tmp_path / "cache" / NAME).read_bytes()) == before


def test_a_damaged_file_is_replaced_with_a_word(
    archive: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "cache"
    said(archive, folder)
    whole = rows(folder)
    (folder / NAME).write_bytes(b"no database at all" * 1000)
    assert said(archive, folder) == said(archive, None)
    assert [each.getMessage() for each in caplog.records] == [
        f"convert: the cache {folder / NAME} was damaged; it is made anew"
    ]
    assert [row.value for row in rows(folder)] == [row.value for row in whole]


def test_a_table_of_another_version_is_replaced(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    with closing(sqlite3.connect(folder / NAME)) as other:
        other.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, other TEXT)")
    assert said(archive, folder) == said(archive, None)
    with closing(sqlite3.connect(folder / NAME)) as other:
        other.execute("DROP TABLE entry")
    assert said(archive, folder) == said(archive, None)
    assert rows(folder)


def test_a_full_disk_is_said(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = Database._connected

    def small(self: Database) -> sqlite3.Connection:
        connection = connect(self)
        connection.execute("PRAGMA max_page_count = 4")
        return connection

    monkeypatch.setattr(Database, "_connected", small)
    with pytest.raises(StoreError, match=r"disk is full; name another folder with --cache"):
        said(archive, tmp_path / "cache")


def test_a_run_waits_for_another_that_writes(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said(archive, tmp_path / "cache")
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.1)
    edit(archive)
    with closing(sqlite3.connect(tmp_path / "cache" / NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"locked; name another folder"):
            said(archive, tmp_path / "cache")
        other.execute("ROLLBACK")
    assert said(archive, tmp_path / "cache") == said(archive, None)


def test_two_runs_at_once_do_not_disturb_each_other(archive: Path, tmp_path: Path) -> None:
    options = ["validate", "--level", "info", "--cache", str(tmp_path / "cache"), str(archive)]
    command = [sys.executable, "-m", "convert", *options]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, env=untraced()) for _ in range(3)]
    told = {each.communicate()[0] for each in running}
    assert told == {run("validate", "--level", "info", archive).stdout}
    assert told == {run(*options).stdout}


# --- where it is -----------------------------------------------------------------------------------------------------


def test_a_cache_in_the_archive_is_no_part_of_it(archive: Path) -> None:
    fresh = run("validate", "--level", "info", ".", cwd=archive)
    for _ in range(2):
        assert run("validate", "--level", "info", "--cache", "cache", ".", cwd=archive).stdout == fresh.stdout
    assert (archive / "cache" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("folder", [".", "pages"])
def test_a_folder_in_use_is_not_hidden_from_git(archive: Path, folder: str) -> None:
    (archive / "new").mkdir()
    for name in (folder, "new"):
        run("validate", "--cache", name, "pages", cwd=archive)
        assert (archive / name / NAME).is_file()
    assert not (archive / folder / ".gitignore").exists()
    assert (archive / "new" / ".gitignore").is_file()


def test_nothing_is_written_unless_asked(archive: Path) -> None:
    before = sorted(archive.rglob("*"))
    run("validate", "pages", cwd=archive)
    assert sorted(archive.rglob("*")) == before


def test_the_settings_may_name_it(archive: Path) -> None:
    (archive / "convert.toml").write_text('cache = ".cache"\n')
    run("validate", "nf9000001", cwd=archive / "pages")
    (archive / ".git").mkdir()
    run("validate", "nf9000001", cwd=archive / "pages")
    assert (archive / ".cache" / NAME).is_file()
    assert not (archive / "pages" / ".cache").exists()


def test_a_place_that_cannot_be_written_to_is_said(archive: Path) -> None:
    done = run("validate", "--cache", "more.jsonl", "pages", cwd=archive)
    assert done.returncode == 4
    assert b"a file has the name of a folder that is needed" in done.stderr


def test_a_folder_that_takes_no_file_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(StoreError, match="no space left on device; name another folder"):
        check([str(SEEDS)], Settings(cache=str(tmp_path), workers=1), lambda _: None)
