"""Updates of a site: after any edit, an update makes what a whole build makes, and writes no file whose bytes stay."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.mirror import WRAPPER
from helpers.pictures import drawn
from helpers.program import run
from helpers.soak import some

from convert.pictures.model import Facts
from convert.pictures.store import PictureStore
from convert.sources.pictures import content_address

TAGS = ["纸", "墨", "刀", "罕", "新", "旧"]


class Archive:
    """A mirror that is edited at random, and its site, which is updated."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.site, self.whole = folder / "archive", folder / "site", folder / "whole"
        self.chance = random.Random(seed)
        self.number = 100
        self.name_channel()
        for _ in range(14):
            self.add()

    def add(self) -> None:
        """Add an article of any day and channel, so that it may come between others."""
        self.number += 1
        self.write(self.folder / f"pages/nf{self.chance.randint(1, 3)}/n{self.number}.md")

    def write(self, path: Path) -> None:
        month, day, text = self.chance.randint(1, 5), self.chance.randint(1, 28), f"第{self.chance.randint(1, 99)}篇"
        links = "".join(
            f'<ok href="https://www.epochtimes.com/gb/tag/{tag}.html">{tag}</ok>，'
            for tag in self.chance.sample(TAGS, self.chance.randint(0, 3))
        )
        source = WRAPPER.format(title=text, body=f"<p>{links}{text}的文字。</p>")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.replace("gb/23/9/12/n1.htm", f"gb/23/{month}/{day}/{path.stem}.htm"), "utf-8")

    def any_article(self) -> Path:
        return self.chance.choice(sorted(self.folder.glob("pages/*/*.md")))

    def change(self) -> None:
        """Write an article anew, with another title, day and keywords."""
        self.write(self.any_article())

    def remove(self) -> None:
        self.any_article().unlink()

    def empty(self) -> None:
        """Leave an article without text, so that it cannot be converted."""
        path = self.any_article()
        path.write_text(path.read_text("utf-8").replace("的文字", "").partition("<p>")[0], "utf-8")

    def name_channel(self) -> None:
        path = self.folder / f"indexes/nf{self.chance.randint(1, 3)}/1.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"### 栏目{self.chance.randint(1, 9)}\n", "utf-8")

    def damage(self) -> None:
        """Change a byte of an output, and set its time back."""
        if self.site.exists():
            path = self.chance.choice(sorted(self.site.rglob("*.html")))
            before = path.stat()
            path.write_bytes(path.read_bytes()[:-2] + b"#\n")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def lose(self) -> None:
        """Remove an output, or all that the cache knows."""
        if self.site.exists():
            paths = [*sorted(self.site.rglob("*.html")), *self.site.rglob(".cache.sqlite3")]
            self.chance.choice(paths).unlink()

    def nothing(self) -> None:
        """Leave all as it is."""

    def update(self, *options: str) -> None:
        build(self.folder, self.site, "--update", *options)
        shutil.rmtree(self.whole, ignore_errors=True)
        build(self.folder, self.whole, "--manifest", *options)
        assert contents(self.site) == contents(self.whole)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".convert-cache" not in path.parts
    }


def build(source: Path, out: Path, *options: str) -> None:
    done = run("--to", "site", str(source), "-o", str(out), "--quiet", "--workers", "1", *options)
    assert done.returncode in (0, 1, 3), done.stderr.decode()


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(range(24), 12))
def test_updates_after_random_edits_make_what_whole_builds_make(seed: int, tmp_path: Path) -> None:
    archive = Archive(tmp_path, seed)
    edits: tuple[Callable[[], None], ...] = (
        archive.add, archive.add, archive.change, archive.remove, archive.empty, archive.name_channel,
        archive.damage, archive.lose, archive.nothing,
    )  # fmt: skip
    for _ in range(8):
        for edit in archive.chance.choices(edits, k=archive.chance.randint(1, 2)):
            edit()
        archive.update(*(("--search", "none") if seed % 2 else ()))


# --- pictures ---------------------------------------------------------------------------------------------------------


def note(folder: Path, name: str, day: str, size: int) -> None:
    """A note with a picture beside it, whose bytes the store has."""
    data = drawn("png", size, 8)
    (folder / "notes").mkdir(exist_ok=True)
    (folder / "notes" / f"{name}.png").write_bytes(data)
    text = "The vatman dips the mould, lifts it, and lets the water run, until a sheet of paper is left on it. " * 4
    head = f"title: Felt {name}\ndate: {day}"
    (folder / "notes" / f"{name}.md").write_text(f"---\n{head}\n---\n\n{text}\n\n![x]({name}.png)\n\n{text}\n")
    with PictureStore(str(folder / "store")) as store:
        store.put(content_address(data), data, Facts("png", size, 8))


@pytest.mark.slow
def test_an_update_with_pictures_makes_what_a_whole_build_makes_and_writes_only_what_changed(tmp_path: Path) -> None:
    for number in range(6):
        note(tmp_path, f"n{number}", f"2023-0{1 + number % 3}-1{number}", 8 + number)
    out, options = tmp_path / "site", ("--store", str(tmp_path / "store"))
    build(tmp_path / "notes", out, "--update", *options)
    edits: list[Callable[[], None]] = [
        lambda: note(tmp_path, "n9", "2023-02-20", 40),
        lambda: note(tmp_path, "n3", "2023-01-13", 50),
        lambda: (tmp_path / "notes/n1.md").unlink(),
        lambda: None,
    ]
    for edit in edits:
        edit()
        times = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
        bytes_before = {path: path.read_bytes() for path in times}
        build(tmp_path / "notes", out, "--update", *options)
        whole = tmp_path / "whole"
        shutil.rmtree(whole, ignore_errors=True)
        build(tmp_path / "notes", whole, "--manifest", *options)
        assert contents(out) == contents(whole)
        assert any(name.startswith("pictures/") for name in contents(out))
        own = [path for path in times if path.exists() and ".convert-cache" not in path.parts]
        rewritten = {path.name for path in own if path.stat().st_mtime_ns != times[path]}
        same = {path.name for path in own if path.read_bytes() == bytes_before[path]}
        assert rewritten & same <= {"convert-manifest.json"}
