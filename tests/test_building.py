"""`--update`: what changed is made again, and the result is that of a whole build, byte for byte."""

import hashlib
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.mirror import WRAPPER
from helpers.program import run

import convert.api
from convert.api import BuildOptions
from convert.building.build import Request, build as build_request
from convert.building.render import Outcome, RenderWorker, Task
from convert.bundle.gathering import gathering
from convert.messages import Message
from convert.settings import Settings, Step

MANIFEST = "convert-manifest.json"


def page(folder: Path, channel: int, number: int, day: str, text: str = "", link: int = 0) -> Path:
    path = folder / f"pages/nf{channel}/n{number}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    year, month, date = day.split("-")
    address = f"gb/{year[2:]}/{int(month)}/{int(date)}/n"
    body = f"<p>第{number}篇的文字。{text}</p>"
    if link:
        body += f'<p>参见<ok href="https://www.epochtimes.com/gb/23/1/1/n{link}.htm">另一篇</ok>。</p>'
    source = WRAPPER.format(title=f"第{number}篇", body=body)
    path.write_text(source.replace("gb/23/9/12/n1.htm", f"{address}{number}.htm"), "utf-8")
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two channels with two months each; one article links to another volume, one to nothing."""
    folder = tmp_path / "archive"
    for channel in (1, 2):
        for number in range(8):
            month = number % 2 + 1
            page(folder, channel, channel * 100 + number, f"2023-0{month}-{number + 1:02}")
    page(folder, 1, 120, "2023-01-20", link=101)
    page(folder, 2, 220, "2023-01-20", link=999)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".convert-cache" not in path.parts
    }


def build(archive: Path, out: Path, *options: str, to: str = "epub", update: bool = True) -> str:
    arguments = ["--update"] if update else ["--manifest"]
    done = run("--to", to, archive, "-o", f"{out}/", "--split", "channel,month", *arguments, *options)
    assert done.returncode == 0, done.stderr.decode()
    return done.stderr.decode()


def anew(archive: Path, tmp_path: Path, *options: str, to: str = "epub") -> dict[str, bytes]:
    """Return the outputs of a full build of an archive."""
    out = tmp_path / "anew"
    shutil.rmtree(out, ignore_errors=True)
    build(archive, out, *options, to=to, update=False)
    return contents(out)


def untouched(before: dict[str, int], out: Path) -> set[str]:
    return {name for name, inode in before.items() if (out / name).exists() and (out / name).stat().st_ino == inode}


def inodes(out: Path) -> dict[str, int]:
    return {name: (out / name).stat().st_ino for name in contents(out) if name != MANIFEST}


FIRST = {"nf1-2023-01", "nf1-2023-02", "nf2-2023-01", "nf2-2023-02"}


@pytest.mark.slow
@pytest.mark.parametrize("to", ["epub", "html", "jsonl"])
def test_only_the_volume_of_a_changed_article_is_made_again(to: str, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(archive, out, to=to)
    assert {name.removesuffix(f".{to}") for name in contents(out)} == FIRST | {MANIFEST}
    before = inodes(out)
    assert "4 file(s) left as they are" in build(archive, out, to=to)
    assert untouched(before, out) == set(before)
    page(archive, 1, 102, "2023-01-03", "改过。")
    assert "3 file(s) left as they are" in build(archive, out, to=to)
    assert untouched(before, out) == set(before) - {f"nf1-2023-01.{to}"}
    assert contents(out) == anew(archive, tmp_path, to=to)


@pytest.mark.slow
def test_other_fonts_and_other_looks_make_a_pdf_again(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "book.pdf"
    arguments = ("--to", "pdf", archive / "pages" / "nf1", "-o", out, "--update", "--pdf-engine", "typst")
    run(*arguments)
    assert b"1 file(s) left" in run(*arguments).stderr
    assert b"left" not in run(*arguments, "--page", "a5").stderr
    bare = tmp_path / "fonts.conf"
    bare.write_text(f"<fontconfig><cachedir>{tmp_path}/fonts</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(bare))
    assert b"left" not in run(*arguments, "--page", "a5").stderr
    assert b"1 file(s) left" in run(*arguments, "--page", "a5").stderr


@pytest.mark.slow
@pytest.mark.parametrize("to", ["markdown", "json"])
def test_only_the_file_of_a_changed_article_is_made_again(to: str, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(archive, out, to=to)
    before = inodes(out)
    page(archive, 1, 102, "2023-01-03", "改过。")
    build(archive, out, to=to)
    changed = set(before) - untouched(before, out)
    assert {Path(name).stem for name in changed} == {"n102"}
    assert contents(out) == anew(archive, tmp_path, to=to)


@pytest.mark.slow
def test_new_and_removed_articles(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(archive, out)
    before = inodes(out)
    page(archive, 2, 300, "2023-03-01")
    for path in archive.glob("pages/nf1/n10[1357].md"):
        path.unlink()
    build(archive, out)
    now = contents(out)
    assert {name.removesuffix(".epub") for name in now} == FIRST - {"nf1-2023-02"} | {"nf2-2023-03", MANIFEST}
    assert now == anew(archive, tmp_path)
    # The article of January that linked to one of February has lost its neighbour, the others have lost nothing.
    assert untouched(before, out) == {"nf2-2023-01.epub", "nf2-2023-02.epub"}


@pytest.mark.slow
def test_links_lead_to_another_volume_once_the_copy_in_their_own_is_gone(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    page(archive, 2, 230, "2023-01-21", link=101)
    copy = archive / "pages" / "nf2" / "n101.md"
    copy.write_bytes((archive / "pages" / "nf1" / "n101.md").read_bytes())
    by_channel = ("--split", "channel")  # of two options the later one counts
    build(archive, out, *by_channel, to="markdown")
    linking = next(out.rglob("n230.md"))
    assert "](n101.md " in linking.read_text("utf-8")
    copy.unlink()
    build(archive, out, *by_channel, to="markdown")
    assert "/nf1/n101.md " in linking.read_text("utf-8")
    assert contents(out) == anew(archive, tmp_path, *by_channel, to="markdown")


@pytest.mark.slow
def test_a_volume_is_made_again_when_an_article_that_it_links_to_comes(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(archive, out)
    before = inodes(out)
    page(archive, 1, 999, "2023-04-01")
    build(archive, out)
    assert untouched(before, out) == set(before) - {"nf2-2023-01.epub"}
    assert contents(out) == anew(archive, tmp_path)
    listed = json.loads((out / MANIFEST).read_bytes())["outputs"]
    links = {output["path"]: output["links"] for output in listed}
    assert links["nf2-2023-01.epub"] == {"epochtimes:n999": "nf1-2023-04.epub"}


@pytest.mark.slow
def test_a_volume_is_made_again_when_the_title_of_one_that_it_links_to_changes(tmp_path: Path) -> None:
    archive, out = tmp_path / "archive", tmp_path / "out"
    by_month = "--split", "month"
    page(archive, 1, 101, "2023-01-02")
    page(archive, 1, 102, "2023-02-03", link=101)
    page(archive, 1, 103, "2023-03-04")
    build(archive, out, *by_month)
    before = inodes(out)
    page(archive, 2, 201, "2023-01-05")  # the volume of January is now one of two channels
    build(archive, out, *by_month)
    assert untouched(before, out) == {"2023-03.epub"}
    assert contents(out) == anew(archive, tmp_path, *by_month)


@pytest.mark.slow
def test_a_volume_is_made_again_when_a_copy_that_links_led_to_is_gone(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    copy = page(archive, 1, 130, "2023-01-20")
    copy.write_text((archive / "pages/nf1/n100.md").read_text("utf-8").replace("n100.htm", "n130.htm"), "utf-8")
    page(archive, 1, 140, "2023-01-21", link=130)
    build(archive, out)
    before = inodes(out)
    copy.unlink()
    build(archive, out)
    assert untouched(before, out) == set(before) - {"nf1-2023-01.epub"}
    assert contents(out) == anew(archive, tmp_path)


@pytest.mark.slow
def test_a_changed_option_makes_everything_again(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(archive, out)
    assert "left as they are" not in build(archive, out, "--nav", "drop")
    assert contents(out) == anew(archive, tmp_path, "--nav", "drop")


@pytest.mark.slow
def test_another_version_of_the_program_makes_everything_again(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(archive, out)
    code = (
        "import convert.building.keys as b, sys; b.program = lambda: 'another'; "
        "from convert.cli import main; sys.argv = ['convert', *sys.argv[1:]]; main()"
    )
    arguments = ["--to", "epub", str(archive), "-o", f"{out}/", "--split", "channel,month", "--update"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert "left as they are" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["missing", "longer", "bit"])
def test_a_damaged_output_is_repaired(damage: str, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(archive, out)
    whole = contents(out)
    book = out / "nf2-2023-01.epub"
    data = bytearray(book.read_bytes())
    if damage == "missing":
        book.unlink()
    else:
        data[100] ^= 1
        book.write_bytes(bytes(data) if damage == "bit" else bytes(data) + b"x")
    if damage != "missing":
        assert run("verify", out / MANIFEST).returncode == 3
    assert "3 file(s) left as they are" in build(archive, out)
    assert contents(out) == whole
    assert run("verify", "--strict", out / MANIFEST).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("data", [b"", b"{", b'{"schema_version": "1", "tool": 5'])
def test_a_damaged_manifest_is_repaired(data: bytes, archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(archive, out)
    whole = contents(out)
    manifest = out / MANIFEST
    manifest.write_bytes(data)
    done = run("--to", "epub", archive, "-o", f"{out}/", "--split", "channel,month", "--update")
    assert done.returncode == (0 if data != b"{" else 2)
    if data != b"{":
        assert contents(out) == whole
        assert b"was damaged: " in done.stderr


@pytest.mark.slow
def test_update_counts_a_left_out_article_until_it_is_fixed(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    bad = page(archive, 1, 102, "2023-01-03")
    good = bad.read_bytes()
    bad.write_bytes(good.replace("第102篇的文字。".encode(), b""))
    options = ("--to", "epub", archive, "-o", f"{out}/", "--split", "channel,month", "--update")
    for kept in (b"17 article(s)", b"17 article(s)"):
        done = run(*options)
        assert done.returncode == 3
        assert kept in done.stderr
        assert b"1 left out with errors" in done.stderr
    bad.write_bytes(good)
    done = run(*options)
    assert done.returncode == 0
    assert b"18 article(s)" in done.stderr


def test_update_refuses_to_overwrite_a_foreign_manifest(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / MANIFEST).write_text('{"name": "mine"}')
    done = run("--to", "epub", archive, "-o", f"{out}/", "--split", "month")
    assert done.returncode == 2
    assert b"is no manifest of outputs" in done.stderr
    assert contents(out) == {MANIFEST: b'{"name": "mine"}'}


def test_a_file_that_is_not_the_builds_own_is_not_removed(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(archive, out)
    (out / "nf2-2023-01.epub").write_bytes(b"mine")
    shutil.rmtree(archive / "pages/nf2")
    build(archive, out)
    assert (out / "nf2-2023-01.epub").read_bytes() == b"mine"
    assert not (out / "nf2-2023-02.epub").exists()


@pytest.mark.slow
@pytest.mark.parametrize("to", ["epub", "markdown"])
def test_changes_are_what_became_of_the_files(to: str, archive: Path, tmp_path: Path) -> None:
    out, listed = tmp_path / "out", tmp_path / "changes.txt"
    build(archive, out, to=to)
    before = contents(out)
    page(archive, 1, 102, "2023-01-03", "改过。")
    page(archive, 3, 301, "2023-01-03")
    shutil.rmtree(archive / "pages/nf2")
    (out / next(name for name in before if "nf1" in name)).write_bytes(b"damaged")  # made again with the same bytes
    build(archive, out, "--changes", str(listed), to=to)
    after = contents(out)
    words = {}
    for line in listed.read_text("utf-8").splitlines():
        word, path = line.split(" ", 1)
        words[path] = word
    assert words == {
        path: "removed" if path not in after else "kept" if before.get(path) == after[path] else "made"
        for path in before | after
    }
    assert set(words.values()) == {"made", "kept", "removed"}


def test_manifest_of_a_single_book_is_written_beside_it(tmp_path: Path) -> None:
    book = tmp_path / "seeds.epub"
    assert run("--to", "epub", SEEDS, "-o", book, "--update", "-q").returncode == 0
    manifest = tmp_path / "seeds.epub.manifest.json"
    (output,) = json.loads(manifest.read_bytes())["outputs"]
    assert output["path"] == "seeds.epub"
    assert output["sha256"] == hashlib.sha256(book.read_bytes()).hexdigest()
    before = book.stat().st_ino
    assert run("--to", "epub", SEEDS, "-o", book, "--update", "-q").returncode == 0
    assert book.stat().st_ino == before


def test_standard_output_has_no_place_for_a_manifest() -> None:
    done = run("--to", "html", SEEDS, "--update")
    assert done.returncode == 2
    assert b"name a file or a folder" in done.stderr


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the articles that builds in this process render, as they do it."""
    paths: list[str] = []
    work = RenderWorker.__call__

    def recorded(worker: RenderWorker, task: Task) -> Outcome:
        paths.append(task.entry.path)
        return work(worker, task)

    monkeypatch.setattr(RenderWorker, "__call__", recorded)
    return paths


def interrupted(archive: Path, out: Path, to: str, after: int) -> None:
    """Build, and press Ctrl-C after so many articles."""
    settings = Settings(workers=1, gathering=gathering(split="channel,month"))

    @contextmanager
    def progress(label: Message, length: int | None) -> Iterator[Step]:
        done = 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            if length is not None and done >= after:
                raise KeyboardInterrupt

        yield step

    with pytest.raises(KeyboardInterrupt):
        build_request(Request((str(archive),), to, f"{out}/", settings, update=True), lambda _: None, progress)


@pytest.mark.slow
@pytest.mark.parametrize("before", ["nothing", "a build", "another interrupted build"])
@pytest.mark.parametrize("to", ["epub", "html", "markdown", "json"])
def test_interrupted_build_goes_on_from_where_it_was(
    to: str, before: str, archive: Path, tmp_path: Path, rendered: list[str]
) -> None:
    out, anew = tmp_path / "out", tmp_path / "anew"
    options: BuildOptions = {"split": "channel,month", "update": True}
    if before == "a build":
        convert.api.convert(archive, out, to, **options)
        for path in archive.glob("pages/nf*/*.md"):
            path.write_text(path.read_text("utf-8").replace("的文字", "的新文字"), "utf-8")
    elif before == "another interrupted build":
        interrupted(archive, out, to, 6)
    rendered.clear()
    interrupted(archive, out, to, 12)
    rendered.clear()
    done = convert.api.convert(archive, out, to, **options)
    kept = {"epub": 9, "html": 9, "markdown": 11, "json": 11}[to]  # of books the one that was begun is lost
    assert len(rendered) == 18 - kept
    assert done.articles == 18
    convert.api.convert(archive, anew, to, **options)
    assert contents(out) == contents(anew)
    made = {path for word, path in done.changes if word == "made"}
    listing = {path for path in contents(out) if path.endswith("contents.md") and before == "a build"}
    assert made == contents(out).keys() - listing, "compared with the last build that was finished"
    rendered.clear()
    assert convert.api.convert(archive, out, to, **options).unchanged > 0
    assert not rendered


def test_what_an_interrupted_build_made_is_removed_if_it_is_no_output_any_more(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    interrupted(archive, out, "markdown", 12)
    assert list(out.rglob("n100.md"))
    shutil.rmtree(archive / "pages/nf1")
    convert.api.convert(archive, out, "markdown", split="channel,month", update=True)
    assert not list(out.rglob("n1*.md"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"\0" * len(data),
        lambda data: data.replace(b".epub", b"/../../x.epub"),
        lambda data: re.sub(rb'"[0-9a-f]{64}"', b'"' + b"0" * 64 + b'"', data),
        lambda data: b"[" * 100_000 + data,
    ],
)
def test_damaged_journal_costs_only_time(damage: Callable[[bytes], bytes], archive: Path, tmp_path: Path) -> None:
    out, anew = tmp_path / "out", tmp_path / "anew"
    interrupted(archive, out, "epub", 12)
    (journal,) = out.glob(".convert-*.journal")
    journal.write_bytes(damage(journal.read_bytes()))
    for folder in (out, anew):
        convert.api.convert(archive, folder, "epub", split="channel,month", update=True)
    assert contents(out) == contents(anew)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.slow
@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.soak)])
def test_killed_at_any_moment(kills: int, archive: Path, tmp_path: Path) -> None:
    """Each output is the old one or the new one, and the next run repairs everything."""
    for number in range(400, 640):
        page(archive, 1 + number % 3, number, f"2023-0{1 + number % 6}-{1 + number % 28:02}")
    out = tmp_path / "out"
    build(archive, out, "-q")
    old = contents(out)
    for path in sorted(archive.glob("pages/nf*/n*0.md")):
        path.write_text(path.read_text("utf-8").replace("的文字", "的新文字"), "utf-8")
    new = anew(archive, tmp_path)
    assert new.keys() == old.keys()
    command = [sys.executable, "-m", "convert", "--to", "epub", str(archive), "-o", f"{out}/", "-q"]
    command += ["--split", "channel,month", "--update"]
    began = time.monotonic()
    subprocess.run([*command[:-1]], check=True, stderr=subprocess.DEVNULL)
    whole = time.monotonic() - began
    chance = random.Random(5)
    kinds = set()
    for _ in range(kills):
        for name, data in old.items():
            (out / name).write_bytes(data)
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            process.wait(chance.uniform(0.3, 1.1) * whole)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for name, data in contents(out).items():
            if not name.rpartition("/")[2].startswith(".convert-"):
                assert data in (old[name], new[name]), name
                kinds.add(data == new[name])
    subprocess.run(command, check=True)
    assert contents(out) == new, "the next run repairs everything, and leaves nothing of those that were killed"
    assert kinds == {True, False}
