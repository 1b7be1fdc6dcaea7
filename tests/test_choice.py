"""--url and --mime: records of web archives by address and media type, in each command and in the settings."""

import json
from pathlib import Path

import pytest
from helpers.program import run
from helpers.warc import answer, packed, page, record, response

from convert import api
from convert.errors import UsageError
from convert.sources import Ref, walk
from convert.sources.choice import choice_of

NAMES = ("pulp", "mould", "felt")


@pytest.fixture
def root(tmp_path: Path) -> str:
    """An archive of three pages and one in XHTML."""
    xhtml = record("http://other.example/pulp?page=1", answer(page("other").encode(), mime="application/xhtml+xml"))
    (tmp_path / "press.warc.gz").write_bytes(packed([*map(response, NAMES), xhtml]))
    return str(tmp_path / "press.warc.gz")


CHOICES = [
    (["*"], [], ["pulp", "mould", "felt", "other"]),
    (["https://press.example/pulp.html"], [], ["pulp"]),
    (["press.example/*l*"], [], ["pulp", "mould", "felt"]),
    (["PRESS.example/pulp.html", "other.example/*"], [], ["pulp", "other"]),
    (["press.example"], [], []),
    (["*pulp"], [], []),
    (["other.example/pulp?page=1"], [], ["other"]),
    (["other.example/pulp.page=1"], [], []),
    (["https://*"], [], ["pulp", "mould", "felt"]),
    ([], ["text/html"], ["pulp", "mould", "felt"]),
    ([], ["text/html,application/xhtml+xml"], ["pulp", "mould", "felt", "other"]),
    ([], ["application/*"], ["other"]),
    (["*pulp*"], ["text/html"], ["pulp"]),
]


@pytest.mark.parametrize(("urls", "mimes", "expected"), CHOICES)
def test_choice_takes_the_records_that_match(root: str, urls: list[str], mimes: list[str], expected: list[str]) -> None:
    refs = [ref for ref in walk([root], choice=choice_of(urls, mimes)) if isinstance(ref, Ref)]
    titles = {"press.example/pulp.html": "pulp", "press.example/mould.html": "mould", "press.example/felt.html": "felt"}
    assert [titles.get(ref.path, "other") for ref in refs] == expected


@pytest.mark.parametrize(("urls", "mimes"), [([""], []), (["*"], ["html"]), ([], ["text/html,"]), (["https://"], [])])
def test_pattern_that_can_match_nothing_is_refused(urls: list[str], mimes: list[str]) -> None:
    with pytest.raises(UsageError, match=r"--url|--mime"):
        choice_of(urls, mimes)


def test_documents_in_folders_are_not_concerned(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page("a"))
    assert len(list(walk([str(tmp_path)], choice=choice_of(["nothing.example/*"])))) == 1


def test_commands_take_the_same_records_and_name_patterns_without_one(tmp_path: Path, root: str) -> None:
    given = ("--url", "press.example/*l?.html", "--url", "*pulp.html", "press.warc.gz")
    done = run("--to", "jsonl", *given, cwd=tmp_path)
    assert [json.loads(line)["title"] for line in done.stdout.splitlines()] == ["pulp"]
    assert b"convert: no record of a web archive matches 'press.example/*l?.html'" in done.stderr
    checked = run("validate", *given, cwd=tmp_path)
    assert checked.stdout.startswith(b"1 article(s)")
    assert b"no record of a web archive matches 'press.example/*l?.html'" in checked.stderr
    assert len(api.validate(root, urls="*pulp.html")) == len(api.validate(root, urls=["*pulp.html"], mimes="text/html"))
    assert [each.article.title for each in api.read(root, urls="*pulp.html") if each.article] == ["pulp"]


def test_settings_choose_and_an_update_heeds_the_choice(tmp_path: Path, root: str) -> None:
    (tmp_path / "convert.toml").write_text('url = ["press.example/*"]\nmime = ["text/html"]\n')
    given = ("--to", "json", "--update", "press.warc.gz", "-o", "out")
    assert b"3 article(s)" in run(*given, cwd=tmp_path).stderr
    assert b"3 file(s) left as they are" in run(*given, cwd=tmp_path).stderr
    (tmp_path / "convert.toml").write_text('url = ["*pulp*"]\n')
    run(*given, cwd=tmp_path)
    made = sorted(json.loads(file.read_text())["title"] for file in (tmp_path / "out").rglob("pulp*.json"))
    assert made == ["other", "pulp"]
    assert not list((tmp_path / "out").rglob("felt*"))
