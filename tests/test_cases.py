"""Quirks of real pages, a folder for each: source.md, its article as JSON and as Markdown, and the findings about it.

`make accept` (ACCEPT=1) rewrites what is expected; the diff is the review.
"""

import difflib
from functools import cache
from pathlib import Path

import pytest
from helpers.data import ACCEPT

from convert import readers
from convert.bundle.index import Index
from convert.bundle.links import Links
from convert.bundle.volumes import gather
from convert.document import read_and_clean
from convert.readers.mirror.own.load import load
from convert.readers.options import ReadOptions
from convert.sources import Source
from convert.writers import WRITERS
from convert.writers.book.names import FileNames
from convert.writers.book.pages import chapter
from convert.writers.options import Options, Page

FOLDER = Path(__file__).parent / "cases"
SOURCE = "source.md"
DIALECT = "dialect.toml"
"""The file of a dialect that a user describes; only some folders have this file."""
EXPECTED = ("article.json", "article.md", "findings.txt")
PAGE = "page.xhtml"
"""The article in a book; only some folders have this file."""


def expectations() -> list[object]:
    folders = sorted(path for path in FOLDER.iterdir() if path.is_dir())
    names = [f"{folder.name}/{name}" for folder in folders for name in EXPECTED]
    names += [f"{folder.name}/{PAGE}" for folder in folders if (folder / PAGE).is_file()]
    return [pytest.param(name, id=name) for name in names]


@cache
def made(folder: Path) -> dict[str, bytes]:
    """Return the outputs for the folder's document, by the name of the file with the expected one."""
    source = Source("", SOURCE, (folder / SOURCE).read_bytes())
    dialect = folder / DIALECT
    how = ReadOptions(dialects=(load(str(dialect)),) if dialect.is_file() else ())
    # without an address of the mirror: no git checkout counts
    article, findings, home, *_ = read_and_clean(source, "", how=how)
    entry = readers.peek(source.data, SOURCE, how)
    assert article is not None
    assert entry is not None
    index = Index()
    index.add(entry)
    page = Page(entry, Links(*gather(index).volumes), Options(), home)
    return {
        "article.json": WRITERS["json"].render(article, page),
        "article.md": WRITERS["markdown"].render(article, page),
        PAGE: chapter(article, page, FileNames(), epub=True, below=0).encode(),
        "findings.txt": "".join(f"{each}\n" for each in findings).encode(),
    }


@pytest.mark.parametrize("name", expectations())
def test_case(name: str) -> None:
    path = FOLDER / name
    got = made(path.parent)[path.name]
    if ACCEPT:
        path.write_bytes(got)
    expected = path.read_bytes() if path.is_file() else b""
    if got != expected:
        pytest.fail(f"{difference(expected, got)}\nIf this is what it should be: make accept", pytrace=False)


def difference(expected: bytes, got: bytes) -> str:
    before, after = (each.decode("utf-8", "backslashreplace").split("\n") for each in (expected, got))
    return "\n".join(difflib.unified_diff(before, after, "expected", "made", lineterm=""))


def test_git_leaves_line_ends_alone() -> None:
    assert "* -text" in (FOLDER / ".gitattributes").read_text("utf-8")
    assert b"\r\n" in (FOLDER / "crlf" / SOURCE).read_bytes()
