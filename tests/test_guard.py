"""Nothing that a run writes replaces or joins what it reads: every option that writes, over every kind of source."""

import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import click
import pytest
from helpers.mirror import WRAPPER
from helpers.program import git
from helpers.soak import SOAK

from convert import api
from convert.building.survey import survey
from convert.building.update import IncrementalBuild
from convert.cli import cli
from convert.errors import ConvertError, StoreError, UsageError
from convert.guard import KINDS, Guard
from convert.pictures.store import PictureStore
from convert.report import REPORTERS
from convert.sources import Ref, walk
from convert.store import lock, locked
from convert.writers import WRITERS

PAGE = WRAPPER.format(title="一张纸", body="<p>一张纸重五克。</p>")

PAGES = {"html"}
"""Forms of reports that a walk would read as articles."""

ARTICLES = tuple(name for name, writer in WRITERS.items() if not writer.binary)
"""Formats that a walk reads back."""
FORMATS = (*ARTICLES, "epub")  # PDF is made the same way, and takes seconds

READ = {
    "file": "s/pages/nf1/n1.md", "folder": "s/", "archive": "s.zip", "lines": "s.jsonl", "link": "s/", "checkout": "s/",
    "channel": "s/pages/nf1/",
}  # fmt: skip
"""Kinds of sources, and the beginning of the names of the files that are read."""
READ_OPTIONS = {
    "--store",
    "--baseline",
    "--config",
    "--stylesheet",
    "--exclude",
    "--articles",
    "--addresses",
    "--dialect",
}
OF_KEYS = {"--key", "--new-key"}
"""Options of `sign`, which has no sources, and makes a key only where there is no file (tests/test_signing.py)."""
WRITE_OPTIONS = {"--assets", "--output", "--ledger", "--changes", "--cache", "--report", "--write-baseline"}


def make(kind: str, folder: Path) -> Path:
    """Make a source of a kind in a folder, and return it."""
    mirror = folder / "s"
    for name in ("pages/nf1/n1.md", "pages/nf1/n2.md", "pages/nf2/n3.md"):
        path = mirror / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.replace("/n1.htm", f"/{path.stem}.htm").replace("一张", f"第{path.stem}张"), "utf-8")
    (mirror / "README.md").write_text("# 目录\n", "utf-8")
    (mirror / "indexes").mkdir()
    (mirror / "indexes/nf1.csv").write_text("n1,第n1张纸\n", "utf-8")
    (mirror / ".gitignore").write_text("out\n")
    match kind:
        case "file":
            return mirror / "pages/nf1/n1.md"
        case "channel":
            return mirror / "pages/nf1"
        case "archive":
            with zipfile.ZipFile(folder / "s.zip", "w") as archive:
                for path in sorted(mirror.rglob("*.md")):
                    archive.write(path, path.relative_to(mirror))
            return folder / "s.zip"
        case "lines":
            assert call("--to", "jsonl", mirror, "-o", folder / "s.jsonl") == 0
            return folder / "s.jsonl"
        case "link":
            (folder / "link").symlink_to("s")
            (mirror / "pages/nf2/n4.md").symlink_to("../nf1/n1.md")
            return folder / "link"
        case "checkout":
            git(mirror, "init", "-q", "-b", "main")
            git(mirror, "add", ".")
            git(mirror, "commit", "-qm", "all")
    return mirror


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, hidden ones too, and where links lead."""
    return {
        path.relative_to(folder).as_posix(): os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def call(*arguments: str | Path) -> int:
    """Run the command line in this process, and return the status."""
    given = ["--workers", "1", "-q", *map(str, arguments)]
    if given[3] == "validate":
        given.insert(0, given.pop(3))
    try:
        return int(cli.main(given, standalone_mode=False) or 0)
    except ConvertError as error:
        return error.exit_code


def commands(source: Path, place: Path, aside: Path) -> Iterator[list[str | Path]]:
    """Yield a command for each option that writes, with `place` as its value; `aside` is free for other outputs."""
    for to in FORMATS:
        yield ["--to", to, source, "-o", place]
        yield ["--to", to, source, "-o", place, "--update"]
    yield ["--to", "markdown", source, "-o", place, "--manifest", "--channel", "nf1"]
    yield ["--to", "html", source, "-o", place, "--split", "channel"]
    yield ["--to", "markdown", source, "-o", aside / "o", "--ledger", place]
    yield ["--to", "markdown", source, "-o", aside / "o", "--changes", place]
    yield ["--to", "markdown", source, "-o", aside / "o", "--cache", place]
    yield ["--to", "json", source, "-o", place, "--store", aside / "store", "--assets", place / "pictures"]
    for form in REPORTERS:
        yield ["validate", source, "--report", f"{form}={place}"]
    yield ["validate", source, "--write-baseline", place]
    yield ["validate", source, "--cache", place]


def test_the_options_that_write_are_all_tried() -> None:
    files = {
        option
        for command in cli.commands.values()
        for each in command.params
        if isinstance(each, click.Option) and each.metavar in ("FILE", "DIR", "OUT", "FORM[=FILE]", "FORMAT[=FILE]")
        for option in each.opts[-1:]
    }
    assert files - READ_OPTIONS - OF_KEYS == WRITE_OPTIONS


PLACES = (
    "{source}", "s", "s/pages", "s/pages/nf1/n1.md", "s/pages/nf1/new.md", "s/pages/nf1/new.json", "s/indexes/nf1.csv",
    "s/README.md", "s/.gitignore", "s/out", "s/deep/er.jsonl", "alias.md", "alias", ".",
)  # fmt: skip
"""Places over, in and above a source, by their names and by links."""


def articles(source: Path) -> list[str]:
    """Return the paths of the articles of a source."""
    seen = survey([str(source)])
    return [entry.path for entry in seen.index.entries]


@pytest.mark.slow
@pytest.mark.parametrize("kind", READ)
def test_every_option_that_writes_leaves_the_source_as_it_was(kind: str, tmp_path: Path) -> None:
    """The source has the same bytes and the same articles, also after a second run, and a refusal writes nothing."""
    fresh, box = tmp_path / "fresh", tmp_path / "box"
    fresh.mkdir()
    name = make(kind, fresh).relative_to(fresh)
    (fresh / "alias.md").symlink_to("s/pages/nf1/n1.md")
    (fresh / "alias").symlink_to("s/pages")
    before = snapshot(fresh)
    source = box / name
    every = [
        command for place in PLACES for command in commands(source, box / place.format(source=name), tmp_path / "aside")
    ]
    refused = 0
    with PictureStore(str(tmp_path / "aside" / "store")):
        pass
    for command in every if SOAK else every[list(READ).index(kind) :: 4 * len(READ)]:
        shutil.copytree(fresh, box, symlinks=True)
        there = articles(source)
        for again in range(2):
            status, files = call(*command), snapshot(box)
            old, new = ({file: each[file] for file in each if file.startswith(READ[kind])} for each in (before, files))
            assert {file: new.get(file) for file in old} == old, command
            assert articles(source) == there, command
            assert status in (0, 2, 3, 4), command
            if status == 2 and not again:
                assert new == old, command
                refused += 1
        shutil.rmtree(box)
    assert refused


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror `s` in the current folder."""
    monkeypatch.chdir(tmp_path)
    return make("folder", tmp_path)


REFUSED = {
    "--to markdown s -o s": "'s-markdown'",
    "--to markdown s/pages -o s/pages --manifest": "'pages-markdown'",
    "--to markdown s -o s/out": "'out'",
    "--to json s -o S/../s/out/": "'out'",
    "--to html s -o s/all.html": "'all.html'",
    "--to jsonl s/ -o s/pages/all.jsonl": "'all.jsonl'",
    "--to markdown s/pages s/indexes -o s": "'s-markdown'",
    "--to json s s/pages -o s/out": "'out'",
    "--to epub s -o s/README.md": "'README.epub'",
    "--to jsonl . -o all.jsonl": "'../all.jsonl'",
    "--to epub s -o b.epub --ledger s/README.md": "'README.md'",
    "--to epub s -o b.epub --ledger b.epub": "give each a file of its own",
    "validate s --report sarif=s/pages/nf1/n1.md": "'n1.md'",
    "validate s --report json=s/.git": "'.git'",
    "validate s --report text=r.txt --write-baseline r.txt": "give each a file of its own",
    "validate s --write-baseline s/indexes/nf1.csv": "'nf1.csv'",
    "validate s --from markdown --report json=s/r.json": "'r.json'",
    "validate s/README.md s/pages/nf1/n1.md --write-baseline s/README.md": "'README.md'",
    "--to markdown s.zip -o s": "'s-markdown'",
    "--to markdown s/pages/nf1/n1.md -o s/pages/nf2/n3.md": "'n3.md'",
    "validate s/indexes --report json=s/pages/nf1/n1.md": "'n1.md'",
    "validate s/pages/nf1 --report json=s/indexes/nf1.csv": "'nf1.csv'",
    "--to epub s/pages/nf1 -o b.epub --ledger s/README.md": "'README.md'",
    "--to epub s/pages/nf1/n1.md -o s/indexes/nf1.csv": "'nf1.epub'",
    "validate s .x --write-baseline .x/README.md": "'README.md'",
    "--to markdown .x -o .x/out": "'out'",
    "--to markdown . .x -o .x/out": "'.x/.out'",
    "validate s --config c.toml --report json=c.toml": "c-2.toml'",
    "--to epub s -o b.epub --config c.toml --changes c.toml": "c-2.toml'",
    "validate s --baseline c.json --report json=c.json": "'c-2.json'",
    "--to pdf s -o b.pdf --stylesheet c.css --ledger c.css": "'c-2.css'",
}
"""Commands that are refused, and a part of the message: mostly the name to use instead."""


@pytest.mark.parametrize("command", REFUSED)
def test_an_output_in_place_of_a_source_is_refused_before_anything_is_written(
    command: str, mirror: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (mirror / ".git").write_text("gitdir: elsewhere\n")
    for name, text in {"c.toml": "", "c.json": '{"version": 2, "findings": []}', "c.css": "p {}"}.items():
        Path(name).write_text(text)
    Path("S").symlink_to("s")
    shutil.copytree("s", ".x")
    with zipfile.ZipFile("s.zip", "w") as archive:
        for path in mirror.rglob("*.md"):
            archive.write(path, path.relative_to(mirror))
    before = snapshot(Path())
    with pytest.raises(UsageError) as refused:
        cli.main(command.split(), standalone_mode=False)
    assert REFUSED[command] in str(refused.value)
    assert snapshot(Path()) == before


def test_the_name_to_use_instead_is_taken(mirror: Path) -> None:
    with pytest.raises(UsageError, match="such as 's-markdown'"):
        cli.main(["--to", "markdown", "s", "-o", "s"], standalone_mode=False)
    assert call("--to", "markdown", "s", "-o", "s-markdown") == 0


@pytest.mark.parametrize(("sources", "output"), [("s", "s"), ("s/pages/nf1/n1.md", "s/pages/nf1/n1.md"), ("s", "s/a")])
def test_the_python_interface_refuses_it_too(sources: str, output: str, mirror: Path) -> None:
    before = snapshot(mirror)
    with pytest.raises(UsageError, match="such as"):
        api.convert(sources, output, "markdown")
    assert snapshot(mirror) == before


@pytest.mark.parametrize("form", sorted(REPORTERS.keys() - PAGES))
@pytest.mark.parametrize("findings", [True, False])
def test_a_report_in_a_source_replaces_the_last_one(form: str, findings: bool, mirror: Path) -> None:
    if not findings:
        shutil.rmtree(mirror / "pages/nf2")
    there = articles(mirror)
    for level in ("info", "error", "info"):
        arguments = ["validate", "s", "--level", level, "--report", f"{form}=s/report", "--write-baseline", "s/b.json"]
        assert call(*arguments) in (0, 3)
    assert articles(mirror) == there


@pytest.mark.parametrize("form", sorted(PAGES))
def test_a_report_that_would_be_read_as_an_article_is_refused_in_a_source(form: str, mirror: Path) -> None:
    assert call("validate", "s", "--report", f"{form}=s/report") == 2
    assert call("validate", "s", "--report", f"{form}=report") in (0, 3)
    assert articles(Path("report")) == ["report"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_recognised_by_its_own_beginning(kind: str) -> None:
    if kind != "manifest":
        assert re.match(KINDS[kind].pattern, KINDS[kind].sample, re.S)
    assert not re.match(KINDS[kind].pattern, PAGE.encode(), re.S)


PICTURES = {"picture", "index of pictures"}


def test_every_output_that_no_reader_takes_is_a_kind() -> None:
    expected = {name for name, writer in WRITERS.items() if writer.binary} | {
        f"{form} report" for form in REPORTERS.keys() - PAGES
    }
    others = {"manifest", "cache", "ledger", "catalog", "changes", "baseline", "github summary"}
    assert KINDS.keys() - others - PICTURES == expected


def test_books_reports_and_caches_in_a_source_are_allowed_and_passed_over(mirror: Path) -> None:
    before, there = snapshot(mirror), articles(mirror)
    for _ in range(2):
        assert call("--to", "epub", "s", "-o", "s/book.epub", "--ledger", "s/ledger.jsonl", "--cache", "s/c") == 0
        assert call("--to", "epub", "s", "-o", "s/books", "--split", "channel", "--update") == 0
    assert articles(mirror) == there
    assert {name: data for name, data in snapshot(mirror).items() if name in before} == before


# --- outputs that a walk passes over ----------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ARTICLES)
def test_outputs_in_a_manifest_are_passed_over(to: str, mirror: Path) -> None:
    there = articles(mirror)
    for options in (["--manifest"], ["--update"], ["--update"]):
        out = f"s/out{WRITERS[to].suffix if WRITERS[to].bind else ''}"
        assert call("--to", to, "s", "-o", out, *options) == 0
        assert articles(mirror) == there


def test_an_output_that_somebody_changed_is_a_document_that_is_not_overwritten(mirror: Path) -> None:
    assert call("--to", "markdown", "s", "-o", "s/out", "--manifest") == 0
    mine = mirror / "out/pages/nf1/n1.md"
    mine.write_text(mine.read_text("utf-8") + "\n我的。\n", "utf-8")
    before = snapshot(mirror)
    assert "out/pages/nf1/n1.md" in articles(mirror)
    assert call("--to", "markdown", "s", "-o", "s/out", "--update") == 2
    assert snapshot(mirror) == before


def test_a_folder_of_outputs_can_be_a_source(mirror: Path) -> None:
    assert call("--to", "markdown", "s", "-o", "md", "--manifest") == 0
    assert articles(Path("md")) == articles(mirror)


def test_outputs_among_their_sources_are_passed_over(mirror: Path) -> None:
    there = articles(mirror)
    for _ in range(2):
        assert call("--to", "html", "s", "-o", "s/", "--split", "channel", "--update") == 0
        assert articles(mirror) == there
    (mirror / "nf2.html").write_text("mine")
    assert call("--to", "html", "s", "-o", "s/", "--split", "channel", "--update") == 2


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"tool": {"name": "x"}, "inputs": [], "outputs": []}', b"\xff", b"[" * 5000]
)
def test_another_file_with_the_name_of_a_manifest_is_a_document(data: bytes, mirror: Path) -> None:
    (mirror / "convert-manifest.json").write_bytes(data)
    found = {item.path for item in walk(["s"]) if isinstance(item, Ref)}
    assert "convert-manifest.json" in found


# --- updates ----------------------------------------------------------------------------------------------------------


def test_an_update_removes_only_what_a_build_of_the_same_options_wrote(
    mirror: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert call("--to", "markdown", "s", "-o", "out", "--update") == 0
    whole = snapshot(Path("out"))
    assert cli.main(["--to", "markdown", "s", "-o", "out", "--update", "--channel", "nf1"], standalone_mode=False) == 0
    assert "1 file(s) of an earlier build with other options stay in out/" in capfd.readouterr().err
    assert snapshot(Path("out")).keys() == whole.keys()
    (mirror / "pages/nf1/n1.md").unlink()
    assert call("--to", "markdown", "s", "-o", "out", "--update", "--channel", "nf1") == 0
    assert not Path("out/pages/nf1/n1.md").exists()
    assert Path("out/pages/nf2/n3.md").exists()


def test_an_update_removes_no_source(mirror: Path) -> None:
    """The folder of an earlier build is now a part of the source of another."""
    assert call("--to", "markdown", "s", "-o", "out", "--update") == 0
    before = snapshot(Path("out/pages"))
    assert call("--to", "markdown", "out/pages", "-o", "out", "--update") == 0
    assert {name: data for name, data in snapshot(Path("out/pages")).items() if name in before} == before


def test_outputs_of_other_options_that_would_be_read_are_refused(mirror: Path) -> None:
    assert call("--to", "markdown", "s", "-o", "s/out", "--update") == 0
    before = snapshot(mirror / "out/pages")
    assert call("--to", "markdown", "s", "-o", "s/out", "--update", "--channel", "nf1") == 2
    assert snapshot(mirror / "out/pages") == before


# --- other names ------------------------------------------------------------------------------------------------------


def test_a_hard_link_of_a_source_is_the_source(mirror: Path) -> None:
    Path("hard.md").hardlink_to(mirror / "pages/nf1/n1.md")
    with pytest.raises(UsageError, match="would overwrite the source"):
        Guard(["s/pages/nf1/n1.md"]).check("-o", "hard.md", "markdown")


@pytest.mark.slow
def test_standard_input_is_a_source(mirror: Path) -> None:
    page = mirror / "pages/nf1/n1.md"
    script = f'"{sys.executable}" -m convert validate -q --report json=s/pages/nf1/n1.md - < s/pages/nf1/n1.md'
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=False)
    assert (done.returncode, b"would overwrite the source" in done.stderr) == (2, True)
    assert page.read_text("utf-8").startswith("### ")


@pytest.mark.slow
@pytest.mark.parametrize("place", ["mounted", "channels/nf1"])
def test_a_mount_of_a_source_is_the_source(place: str, mirror: Path) -> None:
    script = (
        "mkdir mounted channels && mount --bind s mounted && mount --bind s/pages channels || exit 77; "
        f'exec "{sys.executable}" -m convert --to markdown s -o {place}'
    )
    done = subprocess.run(["unshare", "-Urm", "sh", "-c", script], capture_output=True, check=False)
    if done.returncode in (1, 77, 127):
        pytest.skip("no mounts here")
    assert done.returncode == 2, done.stderr.decode()
    assert b"inside a folder that is a source" in done.stderr


def test_outputs_of_an_interrupted_build_are_passed_over_and_completed(
    mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = articles(mirror)
    with monkeypatch.context() as patch:
        patch.setattr(IncrementalBuild, "finish", interrupted)
        with pytest.raises(click.exceptions.Abort):
            call("--to", "markdown", "s", "-o", "s/out", "--update")
    assert (mirror / "out/pages/nf1/n1.md").exists()
    assert articles(mirror) == there
    assert call("--to", "markdown", "s", "-o", "s/out", "--update") == 0
    assert articles(mirror) == there


def interrupted(_: object) -> None:
    raise KeyboardInterrupt


# --- two runs to one place --------------------------------------------------------------------------------------------

TO_ONE_PLACE = [
    ["--to", "markdown", "s", "-o", "place"],
    ["--to", "epub", "s", "-o", "place"],
    ["--to", "html", "s", "-o", "place", "--split", "channel"],
    ["--to", "markdown", "s", "-o", "o", "--ledger", "place"],
    ["validate", "s", "--report", "json=place"],
    ["validate", "s", "--write-baseline", "place"],
]


@pytest.mark.parametrize("command", TO_ONE_PLACE, ids=" ".join)
def test_a_second_run_to_one_place_is_refused(
    command: list[str], mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = (command[1] == "markdown" and "--ledger" not in command) or "--split" in command
    if folder:
        Path("place").mkdir()
    monkeypatch.setattr(lock, "WAIT", 0.1)
    with locked("place") if folder else locked(str(Path.cwd()), "place"):
        before = snapshot(Path())
        with pytest.raises(StoreError, match=r"another run is writing to '.*place/?'; run again when it has ended"):
            cli.main(["--workers", "1", *command] if command[0] == "--to" else command, standalone_mode=False)
        assert snapshot(Path()) == before
    assert call(*command) in (0, 3)
    assert not [name for name in snapshot(Path()) if name.endswith(".lock")]


def test_a_second_run_waits_for_one_that_ends_soon(mirror: Path) -> None:
    with ExitStack() as held:
        held.enter_context(locked(str(Path.cwd()), "b.epub"))
        threading.Timer(0.2, held.pop_all().close).start()
        assert call("--to", "epub", "s", "-o", "b.epub") == 0


def test_a_run_that_was_killed_leaves_no_lock(mirror: Path) -> None:
    code = "import os; from convert.store import locked; x = locked('out'); x.__enter__(); os.kill(os.getpid(), 9)"
    Path("out").mkdir()
    subprocess.run([sys.executable, "-c", code], check=False)
    assert [name for name in os.listdir("out") if name.endswith(".lock")]
    assert call("--to", "markdown", "s", "-o", "out") == 0
    assert not [name for name in os.listdir("out") if name.endswith(".lock")]


@pytest.mark.slow
def test_runs_at_once_make_what_one_makes(mirror: Path) -> None:
    command = [sys.executable, "-m", "convert", "-q", "--to", "markdown", "s", "-o"]
    subprocess.run([*command, "one"], check=True)
    runs = [subprocess.Popen([*command, "out", "--update"], stderr=subprocess.PIPE) for _ in range(4)]
    said = [process.communicate()[1] for process in runs]
    assert {process.returncode for process in runs} <= {0, 4}, said
    assert {name: data for name, data in snapshot(Path("out")).items() if name.endswith(".md")} == snapshot(Path("one"))
