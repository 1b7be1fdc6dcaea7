"""Rows: flat JSON Lines and Parquet, loaded by the programs that people load them with."""

import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from helpers.docs import blocks
from helpers.program import run
from jsonschema import Draft202012Validator

from convert.codec import article_json, row
from convert.codec.plain import plain_text
from convert.fidelity.visible import of_article, visible
from convert.model import (
    SCHEMA_VERSION,
    Article,
    Break,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Description,
    Details,
    Embed,
    Figure,
    Formula,
    Image,
    Item,
    Link,
    List,
    Paragraph,
    Provenance,
    Quote,
    Ruby,
    Table,
    Term,
    Text,
)
from convert.rules.checks.img004_broken_data_image import decoded
from convert.sources.pictures import content_address

ROOT = Path(__file__).parents[1]
COLUMNS = (
    "id", "title", "text", "url", "authors", "publisher", "date", "published", "language", "section", "section_name",
    "links", "images", "characters",
)  # fmt: skip


def article(*body: Any, **fields: Any) -> Article:
    known = {"id": "n1", "title": "纸", "language": "zh-Hans", "source": Provenance("https://example.org/1")}
    return Article(schema_version=SCHEMA_VERSION, body=tuple(body), **{**known, **fields})


def p(*children: Any) -> Paragraph:
    return Paragraph(tuple(Text(each) if isinstance(each, str) else each for each in children))


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (p("一", Break(), " 二 "), "一\n二"),
        (p(Ruby((Text("纸"),), (Text("zhǐ"),)), Formula("x^2")), "纸（zhǐ）x^2"),
        (Code("  a\n\n  b\n"), "  a\n\n  b"),
        (Quote((p("一"), p("二"))), "一\n\n二"),
        (Figure((Image("https://example.org/a.jpg", "alt"),), (Text("说明"),)), "说明"),
        (
            List((Item((p("一"), List((Item((p("内"),)),)))), Item((p("二"),), value=9)), ordered=True),
            "1. 一\n  - 内\n9. 二",
        ),
        (Table(((Cell((p("a"),)), Cell((p("b"), p("c")))), (Cell(()),)), (Text("表"),)), "表\n\na\tb c"),
        (Table(((Cell(()), Cell(())), (Cell((p("a"),)), Cell(())), (Cell(()),), (Cell((p("b"),)),))), "a\t\nb"),
        (
            DefinitionList((Definition((Term((Text("纸"),)),), (Description((p("一"), p("二"))),)),)),
            "纸\n: 一\n  二",
        ),
        (Details((Text("摘要"),), (p("内"),)), "摘要\n\n内"),
        (Embed("video", "https://example.org/v", (p("话"),)), "话"),
        (p(" "), ""),
    ],
)
def test_plain_text_of_each_block(block: Any, text: str) -> None:
    assert plain_text(article(block)) == text
    assert plain_text(article(p("前"), block, p("后"))) == "\n\n".join(filter(None, ("前", text, "后")))


def test_the_lead_comes_first() -> None:
    lead = Figure((Image("https://example.org/lead.jpg"),), (Text("首图"),))
    picture = p(Image("https://example.org/b.jpg"), Link("https://example.org/x", (Text("链接"),)))
    made = row.row_of(article(picture, Embed("video", "https://example.org/v"), lead=lead))
    assert made.text == "首图\n\n链接"
    assert made.images == ("https://example.org/lead.jpg", "https://example.org/b.jpg")
    assert made.links == ("https://example.org/x", "https://example.org/v")
    assert made.characters == len(made.text)


def test_data_in_addresses_is_named_by_its_hash() -> None:
    gif = b"GIF89a" + bytes(300_000)
    address = f"data:image/gif;base64,{b64encode(gif).decode()}"
    made = row.row_of(
        article(
            p(Image(address), Image("data:image/svg+xml,%3Csvg/%3E"), Image("DATA:image/png;base64,A")),
            p(Link("data:text/plain,a", (Text("a"),))),
        )
    )
    svg, damaged, text = (f"sha256:{sha256(data).hexdigest()}" for data in (b"<svg/>", b"A", b"a"))
    assert made.images == (content_address(gif), svg, damaged)
    assert made.links == (text,)
    assert content_address(decoded(address) or b"") == content_address(gif)


@pytest.mark.parametrize(
    ("published", "date", "moment"),
    [
        ("", None, None),
        ("2023-09-12", "2023-09-12", None),
        ("2023-02-30", None, None),
        ("2018-08-31T06:55:16+08:00", "2018-08-31", "2018-08-31T06:55:16+08:00"),
        ("2018-08-31T06:55Z", "2018-08-31", "2018-08-31T06:55:00+00:00"),
        ("2018-08-31T26:55Z", None, None),
    ],
)
def test_days_and_moments(published: str, date: str | None, moment: str | None) -> None:
    made = row.row_of(article(published=published))
    assert (made.date, made.published) == (date, moment)


def test_what_is_not_known_is_null() -> None:
    made = json.loads(row.encode(row.row_of(article(source=Provenance("")))))
    assert tuple(made) == COLUMNS
    assert [name for name, value in made.items() if value is None] == [
        "url", "publisher", "date", "published", "section", "section_name",
    ]  # fmt: skip
    assert made["authors"] == made["links"] == made["images"] == []


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_identifiers_are_unique_and_no_numbers(tmp_path: Path) -> None:
    whole = article_json.encode(article(p("一"), id="00012")) + b"\n"
    source = tmp_path / "in.jsonl"
    source.write_bytes(whole * 3)
    first = run("--to", "jsonl", "--flat", source, "-o", tmp_path / "out.jsonl", "--quiet")
    assert first.returncode == 0, first.stderr
    found = [each["id"] for each in rows(tmp_path / "out.jsonl")]
    assert found[0] == "id-00012"
    assert len(set(found)) == 3
    assert all(each.startswith("id-00012-") for each in found[1:])


def test_rows_follow_the_schema(seeds_rows: Path) -> None:
    schema = json.loads((ROOT / "schemas" / row.SCHEMA_NAME).read_text("utf-8"))
    assert tuple(schema["properties"]) == tuple(schema["required"]) == COLUMNS
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    found = rows(seeds_rows / "articles.jsonl")
    assert [error.message for each in found for error in validator.iter_errors(each)] == []
    assert {each["section_name"] for each in found} >= {"造纸与印刷", None}


def test_rows_hold_every_visible_character(seeds_rows: Path) -> None:
    out = seeds_rows / "whole.jsonl"
    assert run("--to", "jsonl", ROOT / "seeds", "-o", out, "--quiet").returncode == 0
    whole = [article_json.decode(line) for line in out.read_bytes().splitlines()]
    for each, made in zip(whole, rows(seeds_rows / "articles.jsonl"), strict=True):
        seen, at = visible(made["text"]), 0
        for text in of_article(each).texts:
            at = seen.index(text, at) + len(text)
    assert [each.section_name or None for each in whole] == [
        each["section_name"] for each in rows(seeds_rows / "articles.jsonl")
    ]


def test_the_name_of_a_channel_survives_json(tmp_path: Path) -> None:
    run("--to", "json", ROOT / "seeds", "-o", tmp_path / "json", "--quiet")
    run("--to", "json", tmp_path / "json", "-o", tmp_path / "again", "--quiet")
    for file in sorted((tmp_path / "json").rglob("*.json")):
        assert file.read_bytes() == (tmp_path / "again" / file.relative_to(tmp_path / "json")).read_bytes()
    book = tmp_path / "book.html"
    run("--to", "html", tmp_path / "json", "-o", book, "--quiet")
    assert "造纸与印刷" in book.read_text("utf-8")


def test_parquet_is_the_same_bytes_with_any_workers(seeds_rows: Path) -> None:
    for workers in (1, 2):
        out = seeds_rows / f"{workers}.parquet"
        run("--to", "parquet", ROOT / "seeds", "-o", out, "--quiet", "--workers", str(workers))
        assert out.read_bytes() == (seeds_rows / "articles.parquet").read_bytes()


def test_parquet_has_the_rows_and_types_of_the_schema(seeds_rows: Path) -> None:
    from pyarrow import parquet

    table = parquet.read_table(seeds_rows / "articles.parquet")
    assert tuple(table.column_names) == COLUMNS
    lines = rows(seeds_rows / "articles.jsonl")
    for column in ("id", "text", "url", "authors", "links", "images", "characters", "section_name"):
        assert table.column(column).to_pylist() == [each[column] for each in lines]
    days = [None if each is None else each.isoformat() for each in table.column("date").to_pylist()]
    assert days == [each["date"] for each in lines]
    assert {str(field.type) for field in table.schema} == {
        "string", "list<element: string>", "date32[day]", "timestamp[us, tz=UTC]", "int64",
    }  # fmt: skip


def test_row_groups_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyarrow import parquet as reading

    from convert.writers import parquet
    from convert.writers.part import RenderedArticle

    monkeypatch.setattr(parquet, "ROWS", 3)
    lines = [RenderedArticle(row.encode(row.row_of(article(id=f"n{number}")))) for number in range(8)]
    out = io.BytesIO()
    parquet.bind(None, iter(lines), out, None, None)  # type: ignore[arg-type]
    file = reading.ParquetFile(io.BytesIO(out.getvalue()))
    assert [file.metadata.row_group(each).num_rows for each in range(file.num_row_groups)] == [3, 3, 2]


def test_without_the_extra_parquet_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    code = (
        "import sys\nclass Gone:\n def find_spec(self, name, *rest):\n"
        "  if name == 'pyarrow': raise ModuleNotFoundError(name)\nsys.meta_path.insert(0, Gone())\n"
        "import importlib.util\nfound = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'pyarrow' else found(name, *rest)\n"
        "from convert.__main__ import start\nstart()\n"
    )
    command = [sys.executable, "-c", code, "--to", "parquet", "nowhere", "-o", str(tmp_path / "x.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    assert done.returncode == 2
    assert "archive-convert[parquet]" in done.stderr


@pytest.mark.parametrize("form", ["json", "epub", "parquet"])
def test_only_lines_are_flat(form: str, tmp_path: Path) -> None:
    done = run("--to", form, "--flat", ROOT / "seeds", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert b"--flat is for jsonl" in done.stderr


@pytest.fixture(scope="module")
def seeds_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rows")
    for options in (("--to", "jsonl", "--flat"), ("--to", "parquet")):
        out = folder / ("articles.jsonl" if "--flat" in options else "articles.parquet")
        done = run(*options, ROOT / "seeds", "-o", out, "--quiet")
        assert done.returncode == 0, done.stderr
    return folder


EXAMPLES = {each.split()[1].split(".")[0]: each for each in blocks(ROOT / "docs" / "data.md", "python")}


TYPES = {
    **dict.fromkeys(COLUMNS, "VARCHAR"),
    **dict.fromkeys(("authors", "links", "images"), "VARCHAR[]"),
    "date": "DATE",
    "published": "TIMESTAMP WITH TIME ZONE",
    "characters": "BIGINT",
}


def test_duckdb_finds_the_same_columns_and_values_in_both_forms(seeds_rows: Path) -> None:
    import duckdb

    tables = [duckdb.read_parquet(f"{seeds_rows}/articles.parquet"), duckdb.read_json(f"{seeds_rows}/articles.jsonl")]
    for table in tables:
        assert dict(zip(table.columns, map(str, table.types), strict=True)) == TYPES
    assert tables[0].except_(tables[1]).fetchall() == tables[1].except_(tables[0]).fetchall() == []


@pytest.mark.parametrize(
    "library", [each if each == "duckdb" else pytest.param(each, marks=pytest.mark.soak) for each in EXAMPLES]
)
def test_the_examples_of_the_documentation(library: str, seeds_rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not importlib.util.find_spec(library):
        pytest.skip(f"{library} is not installed")
    monkeypatch.chdir(seeds_rows)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(EXAMPLES[library], "data.md", "exec"), {})
    assert out.getvalue().strip()
