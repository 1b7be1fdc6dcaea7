"""No command, and no document, makes this program open, start or write what the command is not for."""

import io
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click
import pytest
from helpers.data import SEEDS
from helpers.program import git, run, untraced
from PIL import Image

from convert.cli import cli
from convert.cli.abilities import ABILITIES
from convert.sandbox.places import Places, is_in, of_interpreter
from convert.sandbox.process import ForbiddenError, SealedProcess

PAGE = (SEEDS / "pages" / "nf9000001" / "n90000007.md").read_text("utf-8")
PATHS = ("FILE", "DIR", "FOLDER", "OUT", "SOURCE", "MANIFEST", "OTHER", "FORM[=FILE]")
"""Words of the help for arguments and options that name files."""
NAMED = {"config"}
"""Options that are read before a command is held."""

# --- the table --------------------------------------------------------------------------------------------------------


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    """Yield each command with its name."""
    for name in group.commands:
        command = group.commands[name]
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name)), command


def test_table_has_each_command_and_each_option_that_names_a_file() -> None:
    known = dict(commands(cli))
    assert list(ABILITIES) == list(known)
    for name, row in ABILITIES.items():
        params = {str(each.name): each for each in known[name].params}
        used = {*row.reads, *row.writes, *row.keeps, *(each for pair in row.edits for each in pair)}
        assert used <= set(params), name
        files = {key for key, each in params.items() if (each.metavar or "").rstrip("…") in PATHS}
        assert files - NAMED <= used, name


def test_only_fetch_has_the_network_only_serve_listens_and_only_validate_starts_git() -> None:
    assert [name for name, row in ABILITIES.items() if row.network] == ["fetch"]
    assert [name for name, row in ABILITIES.items() if row.clusters] == ["to", "finish"]
    assert [name for name, row in ABILITIES.items() if row.serves] == ["serve"]
    assert {name: row.programs for name, row in ABILITIES.items() if row.programs} == {"validate": ("git",)}


def test_places_have_what_is_below_and_our_own_files_beside(tmp_path: Path) -> None:
    places = Places.of([str(tmp_path / "out" / "book.epub")], str(tmp_path / "tmp"))
    inside = {
        "out/book.epub": True,
        "out/book.epub/x": True,
        "out/book.epub.manifest.json": True,
        "out/.convert-1234abcd-1.part": True,
        "out/.convert-cache/survey.sqlite": True,
        "out/other.epub": False,
        "out": False,
        ".convert-1234abcd-1.part": False,
        "tmp/cvrun-1/x": True,
        "tmp/other": False,
    }
    assert {path: places.has(str(tmp_path / path)) for path in inside} == inside
    assert places.is_above(str(tmp_path / "out"))
    assert not places.is_above(str(tmp_path / "outer"))


SERVER = """
import os, socket, sys
from convert.sandbox import abilities
from convert.sandbox.places import NOWHERE

def refused(action):
    try:
        action().close()
    except PermissionError:
        return True
    return False

def bound(family, host):
    made = socket.socket(family)
    try:
        made.bind((host, 0))
        return made
    except BaseException:
        made.close()
        raise

abilities.hold(abilities.Abilities(writes=NOWHERE, kept=NOWHERE, reads=NOWHERE, serves=True))
actions = [
    lambda: bound(socket.AF_INET, "0.0.0.0"),
    lambda: bound(socket.AF_INET6, "::"),
    lambda: bound(socket.AF_INET, ""),
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.getaddrinfo("localhost", 80),
    lambda: open(sys.argv[1], "w"),
]
assert not refused(lambda: bound(socket.AF_INET, "127.0.0.1"))
assert [refused(each) for each in actions] == [True] * len(actions)
with abilities.document():
    assert refused(lambda: bound(socket.AF_INET, "127.0.0.1"))
"""


def test_server_listens_at_loopback_alone(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", SERVER, tmp_path / "made"], check=True)


# --- what a document tries --------------------------------------------------------------------------------------------

MISBEHAVING = """
import os, socket, sqlite3, subprocess, urllib.request
from convert import readers

OUTSIDE = os.environ["OUTSIDE"]
ACTIONS = {
    "connects": lambda: socket.socket(socket.AF_INET),
    "resolves": lambda: socket.getaddrinfo("localhost", 80),
    "requests": lambda: urllib.request.urlopen("http://127.0.0.1:9/"),
    "starts": lambda: subprocess.run(["true"]),
    "shells": lambda: os.system("true"),
    "replaces": lambda: os.execv("/bin/true", ["true"]),
    "writes": lambda: open(OUTSIDE + "/made", "w"),
    "output": lambda: open(os.environ["OUT"], "w"),
    "edits": lambda: open(os.environ["SOURCE"] + "/good.md", "a"),
    "reads": lambda: open(OUTSIDE + "/secret"),
    "climbs": lambda: open(os.environ["SOURCE"] + "/../outside/secret"),
    "stores": lambda: sqlite3.connect(OUTSIDE + "/made.sqlite"),
    "removes": lambda: os.remove(OUTSIDE + "/secret"),
    "renames": lambda: os.rename(OUTSIDE + "/secret", OUTSIDE + "/made"),
    "links": lambda: os.symlink("/", OUTSIDE + "/made"),
    "changes": lambda: os.chmod(OUTSIDE + "/secret", 0),
}
honest = readers.read

def read(data, path, *rest):
    name = os.path.basename(path).partition(".")[0]
    try:
        ACTIONS.get(name, lambda: None)()
    except OSError:
        pass  # as a library would that can do without
    return honest(data, path, *rest)

readers.read = read
"""
"""A module that each process of the program imports first: its reader acts by the name of a document."""
EVENTS = {
    "changes": "os.chmod",
    "climbs": "open",
    "connects": "socket.__new__",
    "edits": "open",
    "links": "os.symlink",
    "output": "open",
    "reads": "open",
    "removes": "os.remove",
    "renames": "os.rename",
    "replaces": "os.exec",
    "requests": "urllib.Request",
    "resolves": "socket.getaddrinfo",
    "shells": "os.system",
    "starts": "subprocess.Popen",
    "stores": "sqlite3.connect",
    "writes": "open",
}
"""What each of these documents tries."""


def program(tmp_path: Path, code: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the program in a new interpreter, each of whose processes begins with `code`."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(code, "utf-8")
    variables = {
        "PYTHONPATH": os.pathsep.join([str(site), *sys.path[1:]]),
        "OUTSIDE": str(tmp_path / "outside"),
        "OUT": str(tmp_path / "out.jsonl"),
        "SOURCE": str(tmp_path / "source"),
        "LC_ALL": "C.UTF-8",
    }
    command = [sys.executable, "-m", "convert", *map(str, arguments)]
    with tempfile.TemporaryDirectory(prefix="t-") as temporary:  # a short path, for sockets of multiprocessing
        variables["TMPDIR"] = temporary
        return subprocess.run(command, env={**untraced(), **variables}, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.rule("SRC020")
@pytest.mark.parametrize("workers", [1, 2])
def test_document_that_tries_more_is_left_out_and_the_others_go_on(workers: int, tmp_path: Path) -> None:
    source, outside = tmp_path / "source", tmp_path / "outside"
    outside.mkdir()
    source.mkdir()
    (outside / "secret").write_text("secret")
    for name in (*EVENTS, "good"):
        number = 10_000_000 + len(list(source.iterdir()))
        (source / f"{name}.md").write_text(PAGE.replace("n90000007", f"n{number}"), "utf-8")
    before = (source / "good.md").read_bytes()
    out, ledger = tmp_path / "out.jsonl", tmp_path / "ledger"
    options: list[str | Path] = ["--workers", str(workers), "--duplicates", "keep", "--ledger", ledger, "-o", out, "-q"]
    done = program(tmp_path, MISBEHAVING, "--to", "jsonl", *options, source)
    assert done.returncode == 3, done.stderr
    rows = [json.loads(line) for line in ledger.read_text("utf-8").splitlines()]
    found = {row["path"].rpartition("/")[2][:-3]: row for row in rows if row["level"] == "error"}
    assert {row["code"] for row in found.values()} == {"SRC020"}
    assert {
        name: row["message"].partition("refused: ")[2].split()[0].rstrip(";") for name, row in found.items()
    } == EVENTS
    assert "Traceback" not in done.stderr
    assert len(out.read_text("utf-8").splitlines()) == 1
    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_text() == "secret"
    assert (source / "good.md").read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_import_of_pictures_tells_of_a_document_that_tries_more(workers: int, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (tmp_path / "outside").mkdir()
    for name in ("writes", "good"):
        (source / f"{name}.md").write_text(PAGE, "utf-8")
    options: list[str | Path] = ["--workers", str(workers), "--store", tmp_path / "store"]
    done = program(tmp_path, MISBEHAVING, "images", "import", *options, source)
    assert done.returncode == 3, done.stderr
    assert "writes.md: " in done.stderr
    assert "refused: open" in done.stderr
    assert "good.md" not in done.stderr
    assert "Traceback" not in done.stderr


# --- what the program tries by itself ---------------------------------------------------------------------------------

FAULTY = """
import os, socket
from convert.building import pipeline

honest = pipeline.convert

def convert(*arguments, **options):
    try:
        socket.create_connection(("127.0.0.1", 9))
    except OSError:
        pass
    open(os.environ["OUTSIDE"], "w")

pipeline.convert = convert
"""


@pytest.mark.slow
def test_fault_of_a_command_is_refused_and_reported(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(SEEDS / "pages" / "nf9000001" / "n90000007.md", source)
    done = program(tmp_path, FAULTY, "--to", "jsonl", "-o", tmp_path / "out.jsonl", source)
    assert done.returncode == 4, done.stderr
    first, *others = done.stderr.splitlines()
    assert first.startswith("convert: a fault of this program: BeyondError: beyond what this command is for: open '")
    assert [each.partition("refused: ")[2].split()[0].rstrip(";") for each in others] == ["socket.getaddrinfo", "open"]
    assert all("please report this line" in each for each in (first, *others))
    assert not (tmp_path / "outside").exists()


# --- sealed processes -------------------------------------------------------------------------------------------------


def try_more(outside: str, request: bytes) -> bytes:
    """Try in a sealed process what a request names, with a file that is outside."""
    actions: dict[bytes, Callable[[], object]] = {
        b"socket.__new__": lambda: socket.socket(socket.AF_UNIX),
        b"subprocess.Popen": lambda: subprocess.run(["true"], check=False),
        b"os.fork": os.fork,
        b"open": lambda: Path(outside).read_bytes(),
        b"os.remove": lambda: os.remove(outside),
        b"sqlite3.connect": lambda: sqlite3.connect(outside),
        b"nothing": lambda: tempfile.NamedTemporaryFile().close(),
    }
    try:
        actions[request]()
    except OSError:
        return b"refused"
    return b"done"


@pytest.mark.slow
def test_sealed_process_that_tries_more_gives_no_answer(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    process = SealedProcess(partial(try_more, str(secret)), 1 << 30)
    for event in ("socket.__new__", "subprocess.Popen", "os.fork", "open", "os.remove", "sqlite3.connect"):
        with pytest.raises(ForbiddenError) as error:
            process.ask(event.encode(), 10)
        assert error.value.tried.split()[0] == event
    assert process.ask(b"nothing", 10) == b"done"
    process.close()
    assert secret.read_text() == "secret"


# --- other programs ---------------------------------------------------------------------------------------------------

HOST = """
import socket, sys
from convert import api
assert [each.article for each in api.read(sys.argv[1])]
socket.socket(socket.AF_INET).close()
open(sys.argv[2], "w").close()
"""


def test_program_that_calls_the_api_is_not_held(tmp_path: Path) -> None:
    page = SEEDS / "pages" / "nf9000001" / "n90000007.md"
    subprocess.run([sys.executable, "-c", HOST, str(page), str(tmp_path / "made")], check=True)
    assert (tmp_path / "made").exists()


# --- what documents may have read -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_pages_may_have_read_what_is_around_them(tmp_path: Path) -> None:
    blog, store = tmp_path / "blog", tmp_path / "store"
    posts = blog / "_posts"
    posts.mkdir(parents=True)
    (blog / "_config.yml").write_text("url: https://blog.example\npermalink: /:title/\n")
    git(blog, "init", "-q")
    (posts / "2023-05-01-a.md").write_text(
        "---\ntitle: 甲\nlayout: post\n---\n一二三四五六七八九十。\n\n![图](a.png)\n", "utf-8"
    )
    (posts / "a.png").write_bytes(picture())
    for source in (posts / "2023-05-01-a.md", posts):
        done = run("images", "import", source, "--store", store)
        assert done.returncode == 0, done.stderr.decode()
        for workers in ("1", "2"):
            out, ledger = tmp_path / "out.html", tmp_path / "ledger"
            done = run("--to", "html", source, "--store", store, "-o", out, "--ledger", ledger, "--workers", workers)
            assert done.returncode == 0, done.stderr.decode()
            assert b"1 picture(s) shown" in done.stderr
            assert "SRC020" not in ledger.read_text("utf-8")
            shutil.rmtree(out, ignore_errors=True)


def picture() -> bytes:
    """Draw a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (90, 60), (200, 30, 30)).save(stream, "PNG")
    return stream.getvalue()


def test_checkout_is_no_place_but_its_schemas_are(monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = SEEDS.parent
    monkeypatch.chdir(checkout)
    places = of_interpreter.__wrapped__()
    assert is_in(str(checkout / "schemas/article.schema.json"), places)
    assert not is_in(str(checkout / "seeds/README.md"), places)
