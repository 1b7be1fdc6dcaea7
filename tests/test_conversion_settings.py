"""The table [conversion] of the settings: what the command line would say, in a file."""

from pathlib import Path
from typing import Any

import click
import pytest
from helpers.data import SEEDS
from helpers.program import run
from msgspec.structs import fields

from convert.cli.conversion import Conversion
from convert.cli.settings import make_schema
from convert.cli.to import to

SETTINGS = """
base-url = "https://example.org/mirror/"
cache = "facts"

[conversion]
to = "epub"
output = "books"
split = "channel"
title = "集"
channel = ["nf9000001", "nf9000003"]
order = "newest"
exclude = "lists/exclude.txt"
update = true
changes = "changes.txt"
page = "a5"
"""
OPTIONS = (
    "--to", "epub", "--split", "channel", "--title", "集", "--channel", "nf9000001", "--channel", "nf9000003",
    "--order", "newest", "--exclude", "lists/exclude.txt", "--update", "--changes", "changes2.txt",
    "--base-url", "https://example.org/mirror/",
)  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "convert.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "exclude.txt").write_text("n90000001\n")
    (tmp_path / "seeds").symlink_to(SEEDS)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_every_key_is_an_option_with_the_same_values() -> None:
    parameters = {each.name: each for each in to.params}
    properties = make_schema()["$defs"]["Conversion"]["properties"]
    for field in fields(Conversion):
        kind = properties[field.encode_name].get("type")
        value: Any = ("x",) if kind == "array" else True if kind == "boolean" else "x"
        ((name, _),) = Conversion(**{field.name: value}).defaults("/folder").items()
        option = parameters[name]
        assert isinstance(option, click.Option)
        assert f"--{field.encode_name}" in option.opts
        choices = list(option.type.choices) if isinstance(option.type, click.Choice) else None
        assert properties[field.encode_name].get("enum") == choices
        assert (kind == "array") is option.multiple
        assert kind != "boolean" or f"--no-{field.encode_name}" in option.secondary_opts, "the command line wins"


def test_settings_do_what_the_options_do(archive: Path) -> None:
    done = run("seeds", "-q", cwd=archive)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")
    done = run("seeds", "-q", "--isolated", *OPTIONS, "-o", "others", cwd=archive)
    assert (done.returncode, done.stderr) == (0, b"")
    assert contents(archive / "books") == contents(archive / "others")
    assert (archive / "changes.txt").read_bytes() == (archive / "changes2.txt").read_bytes()
    assert (archive / "facts" / ".cache.sqlite3").exists()
    assert not (archive / "books" / ".convert-cache").exists()


def test_paths_are_relative_to_the_settings(archive: Path) -> None:
    below = archive / "below"
    below.mkdir()
    done = run("../seeds", "-q", "--config", "../convert.toml", cwd=below)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(below.iterdir()) == []
    assert (archive / "books" / "nf9000001.epub").exists()


def test_command_line_wins(archive: Path) -> None:
    options = ("--split", "none", "--channel", "nf9000002", "--no-update", "-o", "one.epub", "--changes", "c.txt")
    done = run("seeds", "-q", *options, cwd=archive)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (archive / "one.epub").exists()
    assert not (archive / "books").exists()
    assert not (archive / "changes.txt").exists()


def test_output_of_another_format_is_not_touched(archive: Path) -> None:
    assert run("seeds", "-q", cwd=archive).returncode == 0
    before = contents(archive / "books")
    done = run("--to", "html", "seeds", "-q", cwd=archive)
    assert done.returncode == 2
    assert done.stderr.decode() == ("convert: the settings name 'books' for epub; name an output for html with -o\n")
    assert contents(archive / "books") == before
    assert run("--to", "html", "seeds", "-q", "-o", "pages", cwd=archive).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            'to = "mobi"',
            'conversion.to: "mobi" is not known; choose one of: '
            "epub, html, json, jsonl, markdown, parquet, pdf, site, zim",
        ),
        ('order = "oldst"', "conversion.order: \"oldst\" is not known; did you mean 'oldest'?"),
        ("update = 1", "conversion.update: 1 should be true or false"),
        ('channel = "nf1"', 'conversion.channel: "nf1" should be a list, such as ["LNK"]'),
        ('outptu = "x"', "conversion.outptu: there is no such key; did you mean 'output'?"),
        ('output = ""', "conversion.output: must not be empty"),
    ],
)
@pytest.mark.parametrize("name", ["convert.toml", "pyproject.toml"])
def test_faults_are_reported_with_their_key(name: str, table: str, said: str, archive: Path) -> None:
    (archive / "convert.toml").unlink()
    above = "tool.convert." if name == "pyproject.toml" else ""
    (archive / name).write_text(f"[{above}conversion]\n{table}\n")
    for command in (["seeds", "-o", "x"], ["validate", "seeds"]):
        done = run(*command, cwd=archive)
        assert done.returncode == 2
        assert done.stderr.decode().splitlines()[0] == f"convert: {name}: {above}{said}"
