"""The commands about a store of pictures."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.pictures import drawn
from helpers.program import run

from convert.errors import StoreError
from convert.pictures import lock, upkeep
from convert.pictures.gallery import Gallery, Profile
from convert.pictures.making import made_folder
from convert.pictures.model import Facts, Missing, Ready, Stored
from convert.pictures.store import PictureStore
from convert.sources.pictures import content_address

FACTS = Facts("png", 8, 8)
A, B, C = (drawn("png", 8 + number, 8) for number in range(3))
HERE, THERE = "https://a.example/a.png", "https://b.example/b.png"


def good(data: bytes) -> Facts:
    return FACTS


def store_of(folder: Path, *rows: tuple[str, bytes | str, int]) -> Path:
    """Return a store with addresses, each with its bytes or the reason why it is missing, and when it was asked."""
    with PictureStore(str(folder)) as store:
        for address, content, asked in rows:
            if isinstance(content, bytes):
                store.put(address, content, FACTS, asked=asked)
            else:
                store.miss(address, Missing(content), asked=asked)
    return folder


def file_of(folder: Path, address: str) -> Path:
    with PictureStore(str(folder), write=False) as store:
        found = store.of(address)
        assert isinstance(found, Stored)
        return Path(store.path(found))


def contents(folder: Path) -> dict[str, bytes | str]:
    """Return the bytes of each address, or why it is missing."""
    with PictureStore(str(folder), write=False) as store:
        return {
            each.address: (store.read(each.found) or b"") if isinstance(each.found, Stored) else each.found.reason
            for each in store.index.records()
        }


def test_list_counts_by_host(tmp_path: Path) -> None:
    store = store_of(
        tmp_path / "s", (HERE, A, 1), (f"{HERE}?b", A, 1), (THERE, "not-found", 2), (content_address(B), B, 1)
    )
    shown = run("images", "list", "--store", store).stdout.decode()
    assert [line.partition(":")[0] for line in shown.splitlines()[:-1]] == [
        "a.example",
        "b.example",
        "inside documents",
    ]
    assert "b.example: 0 stored, 0 B; 1 missing: its server has it no more" in shown
    assert shown.splitlines()[-1].startswith("3 picture(s) stored")
    missing = run("images", "list", "--missing", "--store", store).stdout.decode()
    assert missing == f"{THERE}: its server has it no more\n"


def test_list_as_json_lines_has_all(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", (HERE, A, 5), (THERE, "not-found", 6), (content_address(B), B, 0))
    rows = [
        json.loads(line) for line in run("images", "list", "--report", "jsonl", "--store", store).stdout.splitlines()
    ]
    assert [(row["address"][:9], row.get("missing", ""), row["asked"]) for row in rows] == [
        (HERE[:9], "", 5), (THERE[:9], "not-found", 6), ("sha256:" + rows[2]["sha256"][:2], "", 0),
    ]  # fmt: skip
    assert rows[0]["bytes"] == len(A)


def test_check_finds_what_differs_and_repair_makes_it_be_fetched_again(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", (HERE, A, 1), (THERE, B, 1), (f"{THERE}?2", B, 1), ("https://c.example/c", C, 1))
    damaged, lost = file_of(store, HERE), file_of(store, THERE)
    damaged.write_bytes(A[:-1] + b"x")
    lost.unlink()
    (stray := lost.with_name("0" * 64 + ".png")).write_bytes(b"x")
    (foreign := lost.with_name("readme.txt")).write_bytes(b"x")
    found = run("images", "check", "--store", store)
    said = found.stdout.decode()
    assert found.returncode == 3
    assert f"{damaged}: the file is damaged" in said
    assert f"{lost}: the file is missing" in said
    assert f"{stray}: no address leads to this file" in said
    assert f"{foreign}: this is no file of the store" in said
    assert "3 picture(s): 1 whole, 2 not; 2 file(s) that the index does not know" in said
    assert run("images", "check", "--repair", "--store", store).returncode == 0
    assert contents(store) == {"https://c.example/c": C}
    assert not damaged.exists()
    assert foreign.exists()
    assert run("images", "check", "-q", "--store", store).returncode == 0


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        (None, (A, 1), A),
        ((A, 1), (B, 2), B),
        ((A, 2), (B, 1), A),
        ((A, 1), ("not-found", 2), A),
        (("not-found", 2), (A, 1), A),
        (("robots", 1), ("not-found", 2), "not-found"),
        (("robots", 2), ("not-found", 1), "robots"),
        (None, ("robots", 1), "robots"),
    ],
)
def test_merge_takes_the_newest_answer_but_hides_no_picture(
    mine: tuple[bytes | str, int] | None, theirs: tuple[bytes | str, int], merged: bytes | str, tmp_path: Path
) -> None:
    store = store_of(tmp_path / "s", *([(HERE, *mine)] if mine else []))
    other = store_of(tmp_path / "o", (HERE, *theirs))
    for _ in range(2):  # a second time changes nothing
        with PictureStore(str(store)) as ours, PictureStore(str(other), write=False) as another:
            upkeep.merge(ours, another, good)
        assert contents(store) == {HERE: merged}


def test_merge_judges_and_refuses_damaged_pictures(tmp_path: Path) -> None:
    other = store_of(
        tmp_path / "o", (HERE, A, 1), (THERE, B, 1), ("https://c.example/c", b"<html>", 1), (content_address(C), C, 1)
    )
    file_of(other, HERE).write_bytes(b"x")
    merged = run("images", "merge", other, "--store", tmp_path / "s")
    assert merged.returncode == 3
    assert b"2 picture(s) and 1 address(es)" in merged.stdout
    assert b"2 refused" in merged.stdout
    assert contents(tmp_path / "s") == {THERE: B}
    assert run("images", "merge", tmp_path / "s", "--store", tmp_path / "s").returncode == 2


def test_prune_removes_what_no_article_needs(tmp_path: Path) -> None:
    body = f'<article><h1>Felt</h1><p>{"Felt. " * 90}</p><img src="{HERE}" alt="a"></article>'
    page = f"<!doctype html><title>Felt</title><body>{body}"
    (tmp_path / "a.html").write_text(page)
    store = store_of(tmp_path / "s", (HERE, A, 1), (THERE, B, 1), (f"{THERE}?2", A, 1), (content_address(C), C, 1))
    (stray := file_of(store, THERE).with_name("0" * 64 + ".png")).write_bytes(b"xy")
    would = run("images", "prune", tmp_path / "a.html", "--store", store, "--dry-run")
    assert would.stdout.startswith(b"2 picture(s), 2 address(es) and 1 unknown file(s) would be removed")
    assert len(contents(store)) == 3
    assert run("images", "prune", tmp_path / "a.html", "--store", store).returncode == 0
    assert contents(store) == {HERE: A}
    assert len(list((store / "files").rglob("*.png"))) == 1
    assert not stray.exists()


def test_prune_without_articles_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    store = store_of(tmp_path / "s", (HERE, A, 1))
    pruned = run("images", "prune", tmp_path / "empty", "--store", store)
    assert (pruned.returncode, contents(store)) == (2, {HERE: A})


def test_prune_removes_what_was_made_of_a_picture(tmp_path: Path) -> None:
    store = store_of(tmp_path / "s", (HERE, A, 1), (THERE, B, 1))
    gallery = Gallery(Profile(str(store), made=made_folder(str(store))))
    kept, gone = gallery.of(HERE), gallery.of(THERE)
    gallery.close()
    assert isinstance(kept, Ready)
    assert isinstance(gone, Ready)
    with PictureStore(str(store), alone=True) as pictures:
        upkeep.prune(pictures, upkeep.unneeded(pictures, {HERE}))
    assert Path(kept.path).exists()
    assert not Path(gone.path).exists()
    assert not list(store.rglob(f"{content_address(B).removeprefix('sha256:')}*"))


@pytest.mark.parametrize("command", ["list", "check", "prune ."])
def test_a_store_that_is_not_there_is_not_made(command: str, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    done = run("images", *command.split(), "--store", tmp_path / "s", cwd=tmp_path / "here")
    assert done.returncode == 2
    assert b"is no store of pictures" in done.stderr
    assert not (tmp_path / "s").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks")
def test_a_run_that_removes_waits_for_those_that_add(tmp_path: Path) -> None:
    folder = str(store_of(tmp_path / "s", (HERE, A, 1)))
    with PictureStore(folder), PictureStore(folder), pytest.raises(StoreError, match="another run is using"):
        lock.hold(folder, alone=True, wait=0.1)
    held = lock.hold(folder, alone=True)
    with pytest.raises(StoreError, match="another run is using"):
        lock.hold(folder, wait=0.1)
    lock.release(held)


def notes(folder: Path, count: int) -> Path:
    """Write notes with a picture each."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.md").write_text(
            f"---\ntitle: Felt\ndate: 2024-01-02\n---\n\n{'Felt. ' * 60}\n\n![x]({number}.png)\n"
        )
        (folder / f"{number}.png").write_bytes(drawn("png", 20 + number, 9))
    return folder


@pytest.mark.slow
def test_two_imports_at_once_store_all(tmp_path: Path) -> None:
    source, store = notes(tmp_path / "n", 40), tmp_path / "s"
    command = [sys.executable, "-m", "convert", "images", "import", "-q", str(source), "--store", str(store)]
    assert [each.wait(120) for each in [subprocess.Popen(command) for _ in range(2)]] == [0, 0]
    checked = run("images", "check", "--store", store)
    assert checked.stdout == b"40 picture(s): 40 whole, 0 not\n"


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_an_import_that_is_killed_leaves_nothing_half(tmp_path: Path) -> None:
    source, store = notes(tmp_path / "n", 60), tmp_path / "s"
    command = [sys.executable, "-m", "convert", "images", "import", "-q", str(source), "--store", str(store)]
    for more in range(1, 4):
        with subprocess.Popen(command) as process:
            while process.poll() is None and len(list(store.rglob("*.png"))) < 12 * more:
                time.sleep(0.01)
            process.kill()
        checked = run("images", "check", "--store", store)
        assert checked.returncode in (0, 2), checked.stdout  # 2: it had not begun
        assert b"damaged" not in checked.stdout
    assert run("images", "import", "-q", source, "--store", store).returncode == 0
    assert run("images", "check", "--store", store).stdout == b"60 picture(s): 60 whole, 0 not\n"
