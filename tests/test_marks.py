"""Byte order marks, as editors of Windows write them: a file is the same with one and without."""

import codecs
import json
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run
from helpers.soak import examples
from hypothesis import given, strategies as st

from convert import api, readers
from convert.bundle.article_list import read_list
from convert.bundle.index import Index
from convert.cli.settings import load
from convert.control import baseline
from convert.manifest import read as read_manifest
from convert.printing.design import make_design
from convert.sources import Reader, Ref, Refusal, walk
from convert.text import utf8

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
every_mark = pytest.mark.parametrize("encoding", MARKS)
PAGE = SEEDS / "pages" / "nf9000001" / "n90000002.md"


def marked(data: bytes, encoding: str) -> bytes:
    """Return UTF-8 in another encoding, with its mark."""
    return MARKS[encoding] + data.decode().encode(encoding)


@examples(100)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.sampled_from(sorted(MARKS)))
def test_text_is_the_same_in_each_encoding(text: str, encoding: str) -> None:
    assert utf8(marked(text.encode(), encoding)) == text.encode()
    if not text.startswith("\ufeff"):
        assert utf8(text.encode()) == text.encode()


@pytest.mark.parametrize("data", [b"\xff\xfe{", b"\xff\xfe\x00\xd8a\x00", b"\xfe\xff\xd8\x00", b"\xff", b"\xef\xbb"])
def test_text_that_is_not_in_its_declared_encoding_stays(data: bytes) -> None:
    assert utf8(data) == data


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Eight articles as JSON Lines."""
    out = tmp_path_factory.mktemp("lines") / "all.jsonl"
    api.convert(SEEDS / "pages" / "nf9000001", out, "jsonl")
    return out.read_bytes()


@every_mark
@pytest.mark.parametrize("name", ["a.json", "a.md", "a"])
def test_an_article_as_json_is_read_with_any_mark(encoding: str, name: str, lines: bytes, tmp_path: Path) -> None:
    one = lines.partition(b"\n")[0]
    (tmp_path / name).write_bytes(marked(one, encoding))
    (found,) = api.read(tmp_path / name)
    (expected,) = [api.parse(one, path=name)]
    assert found.article == expected.article is not None
    assert found.findings == []
    assert readers.peek(marked(one, encoding), name) == readers.peek(one, name)


@every_mark
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_json_lines_are_read_with_any_mark(encoding: str, end: str, name: str, lines: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(marked(lines.replace(b"\n", end.encode()), encoding))
    with Reader() as reader:
        refs = [ref for ref in walk([str(tmp_path / name)]) if isinstance(ref, Ref)]
        read = {ref.line: reader.read(ref).data for ref in reversed(refs)}
    assert [read[number] for number in sorted(read)] == lines.splitlines()


HARD = ["上", "纸", "\u0a00", "\u0a0a", "\u000a"[:0], "਀ੁ", "\U0001f600", "䨊", "ਊ"]
"""Characters with a byte 0A, which ends a line in ASCII."""


@examples(100)
@given(st.lists(st.lists(st.sampled_from(HARD), max_size=6).map("".join), max_size=5), st.sampled_from(sorted(MARKS)))
def test_a_line_ends_only_at_a_line_feed(titles: list[str], encoding: str) -> None:
    import tempfile

    text = "\n".join(json.dumps({"schema_version": "1", "title": each}, ensure_ascii=False) for each in titles)
    with tempfile.TemporaryDirectory() as folder, Reader() as reader:
        root = Path(folder) / "a.jsonl"
        root.write_bytes(marked(text.encode(), encoding))
        found = [reader.read(ref).data.decode() for ref in walk([str(root)]) if isinstance(ref, Ref)]
    assert found == (text.split("\n") if text else [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_line_that_is_not_in_its_encoding_is_refused_alone(encoding: str, tmp_path: Path) -> None:
    good = '{"schema_version":"1"}\n'.encode(encoding)
    bad = "x".encode(encoding) + b"\xd8\xd8\xd8\xd8" + "\n".encode(encoding)
    (tmp_path / "a.jsonl").write_bytes(MARKS[encoding] + good + bad + good)
    found = list(walk([str(tmp_path / "a.jsonl")]))
    assert [(type(each), each.line) for each in found] == [(Ref, 1), (Refusal, 2), (Ref, 3)]
    refused = found[1]
    assert isinstance(refused, Refusal)
    assert refused.code == "SRC007"
    assert "as its byte order mark says" in str(refused.message)


@every_mark
def test_a_mirrors_page_is_read_with_any_mark(encoding: str) -> None:
    expected, found = (
        api.parse(data, path="n.md") for data in (PAGE.read_bytes(), marked(PAGE.read_bytes(), encoding))
    )
    assert found.article is not None
    assert expected.article is not None
    assert found.article.body == expected.article.body
    assert found.article.title == expected.article.title
    assert [(each.code, each.line, each.column) for each in found.findings] == [
        (each.code, each.line, each.column) for each in expected.findings
    ]


@every_mark
def test_foreign_markdown_is_read_with_any_mark(encoding: str) -> None:
    page = "---\ntitle: 纸\nsource: https://e.org/a\n---\n\n一张纸。\n".encode()
    expected, found = (api.parse(data, path="n.md") for data in (page, marked(page, encoding)))
    assert found.article is not None
    assert expected.article is not None
    assert found.article.body == expected.article.body


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_fix_names_the_encoding_that_it_does_not_write(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "n90000002.md").write_bytes(marked(PAGE.read_bytes(), encoding))
    before = (tmp_path / "n90000002.md").read_bytes()
    done = run("validate", "--fix", tmp_path)
    assert f"it is in {encoding.upper()}, and only UTF-8 is fixed" in done.stderr.decode()
    assert (tmp_path / "n90000002.md").read_bytes() == before


@every_mark
@pytest.mark.parametrize("name", ["convert.toml", "pyproject.toml"])
def test_settings_are_read_with_any_mark(encoding: str, name: str, tmp_path: Path) -> None:
    table = "[tool.convert]\n" if name.startswith("py") else ""
    (tmp_path / name).write_bytes(marked(f'# 纸\n{table}level = "error"\n'.encode(), encoding))
    found = load(str(tmp_path / name))
    assert found
    assert found.file.level == "error"


@every_mark
def test_a_baseline_and_a_manifest_are_read_with_any_mark(encoding: str, tmp_path: Path) -> None:
    empty = b"".join(baseline.encode(baseline.Baseline().now))
    assert baseline.decode(marked(empty, encoding), "a.json") == baseline.decode(empty, "a.json")
    api.convert(PAGE, tmp_path / "out", "json", manifest=True)
    (path,) = tmp_path.rglob("*manifest*.json")
    expected = read_manifest(str(path))
    path.write_bytes(marked(path.read_bytes(), encoding))
    assert read_manifest(str(path)) == expected


INDEXES = {
    "indexes/names.csv": "nf1,甲\nnf2,乙\n",
    "indexes/nf1.md": "### 甲\n\n[一](../pages/nf1/n1.md)\n[二](../pages/nf1/n2.md)\n",
    "indexes/nf1.csv": "n1,一\nn2,二\n",
    "README.md": "[甲](indexes/nf1.md)\n",
}


@every_mark
@pytest.mark.parametrize("path", INDEXES)
def test_index_pages_and_tables_are_read_with_any_mark(encoding: str, path: str) -> None:
    plain, found = Index(), Index()
    plain.look_at(path, INDEXES[path].encode())
    found.look_at(path, marked(INDEXES[path].encode(), encoding))
    assert (found.channels, found._places) == (plain.channels, plain._places)
    assert plain.channels or plain._places


@every_mark
def test_lists_of_articles_and_style_sheets_are_read_with_any_mark(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(marked("# 纸\npages/nf1/n1.md\n".encode(), encoding))
    assert read_list("--exclude", str(tmp_path / "list.txt")).lines == ((2, "pages/nf1/n1.md"),)
    (tmp_path / "a.css").write_bytes(marked(b"p { color: red }", encoding))
    css = str(tmp_path / "a.css")
    design = make_design("pdf", {"stylesheet": css, "page": None, "style": None, "engine": None, "variant": None})
    assert design.stylesheet == "p { color: red }"
