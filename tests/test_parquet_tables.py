"""Tables in Parquet as sources: what is read of their columns, and what is said of tables that cannot be read."""

import datetime
import random
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from helpers.program import run
from helpers.soak import SOAK

from convert import sources
from convert.codec.plain import plain_text
from convert.document import read_and_clean
from convert.errors import DocumentError, MissingExtraError, SourceError
from convert.model import Article, Image, walk
from convert.sharding.listing import is_archive
from convert.sources import Reader, Ref, Refusal
from convert.sources.parquet import own
from convert.sources.parquet.rows import row

pytestmark = pytest.mark.skipif(not find_spec("pyarrow"), reason="pyarrow is not installed")
ROOT = Path(__file__).parents[1]
TEXT = "Paper begins as a slurry of fibres in water, and the mould is dipped into the vat and lifted level."
ADDRESS = "https://press.example.org/paper"


def table(file: Path, columns: dict[str, Any], **options: Any) -> Path:
    """Write a table, and return its path."""
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(columns), file, **options)
    return file


def sheets(count: int) -> dict[str, Any]:
    numbers = range(count)
    return {
        "url": [f"{ADDRESS}/{number}" for number in numbers],
        "title": [f"Sheet {number}" for number in numbers],
        "html": [f"<p>{TEXT}</p><p>{number}</p>" for number in numbers],
    }


def articles(file: Path) -> tuple[list[Article], list[tuple[str, str]]]:
    """Return the articles of a table, and the codes and messages of what is reported."""
    found: list[Article] = []
    said: list[tuple[str, str]] = []
    with Reader() as reader:
        for ref in sources.walk([str(file)]):
            if isinstance(ref, Refusal):
                said.append((ref.code, str(ref.message)))
                continue
            article, findings, *_ = read_and_clean(reader.read(ref))
            assert article
            found.append(article)
            said += [(each.code, str(each.message) + "".join(each.removed)) for each in findings]
    return found, said


# --- our own rows -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("rows") / "seeds.parquet"
    assert run("--to", "parquet", ROOT / "seeds", "-o", file, "--quiet").returncode == 0
    return file


@pytest.mark.slow
def test_own_rows_come_back_as_they_were_written(rows: Path) -> None:
    from pyarrow import parquet

    written = parquet.read_table(rows).to_pylist()
    found, said = articles(rows)
    assert len(found) == len(written) > 30
    for article, each in zip(found, written, strict=True):
        assert plain_text(article) == each["text"]
        assert (article.id, article.title, article.language) == (each["id"], each["title"], each["language"])
        assert (article.source.address or None, list(article.authors)) == (each["url"], each["authors"])
        assert article.published[:10] == (each["date"].isoformat() if each["date"] else "")
        names = (article.publisher, article.section, article.section_name)
        assert tuple(name or None for name in names) == (each["publisher"], each["section"], each["section_name"])
        assert [node.address for node in walk(article.body) if isinstance(node, Image)] == each["images"]
    (words,) = [words for code, words in said if code == "SRC004"]
    assert "links" in words


@pytest.mark.parametrize(
    "text",
    [
        "one\ntwo\n\nthree",
        "a <b> & [[c]](d) {{ e }}\n\n```\nf",
        "\tif x:\n\t\treturn  y\n\n\n\nmake",
        "ink\t3\nfelt\t\npulp\t7\n\nend",
        "  spaces  at\nedges ",
    ],
)
def test_text_of_an_own_row_is_kept_to_the_character(text: str) -> None:
    lists: dict[str, list[str]] = {"authors": [], "links": [], "images": []}
    fields = dict.fromkeys(own.COLUMNS) | {"id": "n1", "title": "Paper", "text": text, "language": "en"} | lists
    found, findings, *_ = read_and_clean(sources.Source("", "1.html", row(fields).data))
    assert found
    assert plain_text(found) == text
    assert not findings or {each.code for each in findings} == {"SRC017"}


# --- columns ----------------------------------------------------------------------------------------------------------


def test_columns_of_each_type_have_their_places(tmp_path: Path) -> None:
    import pyarrow as pa

    moment = datetime.datetime(2023, 3, 14, 6, 30, tzinfo=datetime.UTC)
    columns = {
        "URL": pa.array([ADDRESS]).dictionary_encode(),
        "title": pa.array(["How paper is made"], pa.large_string()),
        "content": [f"<h2>The vat</h2><p>{TEXT}</p>"],
        "author": [["Ann Writer", "Bob Setter"]],
        "published_at": pa.array([moment], pa.timestamp("ns", "Asia/Shanghai")),
        "created_at": pa.array([datetime.date(2024, 1, 2)]),
        "tags": [["craft", "paper"]],
        "lang": ["en"],
        "score": [0.5],
        "seen": [True],
        "none": pa.nulls(1),
        "vector": [[0.25, 0.5]],
        "meta": [{"a": 1}],
        "image": [b"\xff\xd8\xff"],
    }
    (article,), said = articles(table(tmp_path / "x.parquet", columns))
    assert (article.title, article.source.address, article.language) == ("How paper is made", ADDRESS, "en")
    assert (article.authors, article.keywords) == (("Ann Writer", "Bob Setter"), ("craft", "paper"))
    assert article.published == "2023-03-14T14:30:00+08:00"
    assert article.source.captured == "2024-01-02"
    assert plain_text(article) == f"The vat\n\n{TEXT}"
    words = " ".join(text for _, text in said)
    for each in ("score: 0.5", "seen: true", "vector, meta, image"):
        assert each in words


def test_page_in_binary_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    text = "帘在水里，纸从洛阳来。" * 10
    page = f"<!doctype html><html><head><meta charset=gbk><title>纸</title></head><body><p>{text}</p></body></html>"
    columns = {
        "url": [ADDRESS, f"{ADDRESS}/2", f"{ADDRESS}/3"],
        "content": [page.encode("gbk"), f"<p>{text}</p>".encode(), None],
        "title": ["", "纸", "帘"],
        "date": [datetime.date(2020, 1, 2)] * 3,
    }
    found, said = articles(table(tmp_path / "x.parquet", columns))
    assert [(plain_text(each), each.title, each.published) for each in found] == [(text, "纸", "2020-01-02")] * 2
    assert [each.source.address for each in found] == [ADDRESS, f"{ADDRESS}/2"]
    assert [words for code, words in said if code == "SRC004" and f"{ADDRESS}/3" in words]


@pytest.mark.slow
def test_text_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    import pyarrow as pa

    wrong = pa.array([b"<p>ink \xff</p>", b"<p>ink</p>"]).view(pa.string())
    file = table(tmp_path / "x.parquet", {"url": [ADDRESS, f"{ADDRESS}/2"], "title": ["a", "b"], "html": wrong})
    with Reader() as reader:
        first, second = (reader.read(each) for each in sources.walk([str(file)]) if isinstance(each, Ref))
    assert [each.code for each in read_and_clean(first).findings] == ["SRC005"]
    assert read_and_clean(second)[0]


@pytest.mark.slow
def test_cell_that_is_too_large_is_passed_over(tmp_path: Path) -> None:
    columns = sheets(3)
    columns["html"][1] = "x" * (sources.MAX_BYTES + 1)
    found, said = articles(table(tmp_path / "x.parquet", columns))
    assert [each.title for each in found] == ["Sheet 0", "Sheet 2"]
    assert [code for code, _ in said] == ["SRC002"]


# --- order ------------------------------------------------------------------------------------------------------------


def test_rows_are_read_in_any_order(tmp_path: Path) -> None:
    file = table(tmp_path / "x.parquet", sheets(2500), row_group_size=1100)
    refs = [each for each in sources.walk([str(file)]) if isinstance(each, Ref)]
    assert [each.path for each in refs] == [f"{number}.html" for number in range(2500)]
    some = [2499, 0, 1099, 1100, 7, 2200, 1500, 8, 2199]
    with Reader() as reader:
        for number in some:
            assert f'"title":"Sheet {number}"'.encode() in reader.read(refs[number]).data


@pytest.mark.slow
def test_same_bytes_with_any_number_of_workers(tmp_path: Path) -> None:
    columns = sheets(450)
    columns["date"] = [datetime.date(2023, 1, 1) + datetime.timedelta(number * 7 % 450) for number in range(450)]
    table(tmp_path / "x.parquet", columns, row_group_size=100)
    for workers in ("1", "2"):
        done = run("--to", "epub", "--workers", workers, "x.parquet", "-o", f"{workers}.epub", cwd=tmp_path)
        assert (done.returncode, done.stderr[:14]) == (0, b"450 article(s)")
    assert (tmp_path / "1.epub").read_bytes() == (tmp_path / "2.epub").read_bytes()


# --- what cannot be read ----------------------------------------------------------------------------------------------


def test_table_without_texts_says_which_columns_it_has(tmp_path: Path) -> None:
    for columns in ({"city": ["Luoyang"], "sheets": [7]}, {"text": ["good paper"], "label": [1]}):
        (said,) = sources.walk([str(table(tmp_path / "x.parquet", columns))])
        assert isinstance(said, Refusal)
        assert said.code == "SRC004"
        assert str(said.message).endswith(f"; it has {', '.join(columns)}")


def test_table_without_rows_says_so(tmp_path: Path) -> None:
    (said,) = sources.walk([str(table(tmp_path / "x.parquet", sheets(0) | {"html": [], "title": []}))])
    assert isinstance(said, Refusal)


def test_cut_table_is_refused(tmp_path: Path) -> None:
    data = table(tmp_path / "x.parquet", sheets(5)).read_bytes()
    for wrong in (data[:-1], data[: len(data) // 2], data[:4], b"PARE" + data[4:-4] + b"PARE"):
        (tmp_path / "x.parquet").write_bytes(wrong)
        with pytest.raises(SourceError, match="this table in Parquet cannot be read"):
            list(sources.walk([str(tmp_path / "x.parquet")]))
    done = run("--to", "json", "x.parquet", "-o", "out.json", cwd=tmp_path)
    assert done.returncode == 4
    assert b"encrypted" in done.stderr


def test_table_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    import pyarrow as pa

    columns = {"url": [ADDRESS] * 100, "text": pa.DictionaryArray.from_arrays([0] * 100, ["paper " * 200_000])}
    file = table(tmp_path / "x.parquet", columns, compression="zstd")
    assert file.stat().st_size < 10_000
    with pytest.raises(SourceError, match="unpacks to more than 200 times"):
        list(sources.walk([str(file)]))


def test_damaged_row_group_costs_no_other(tmp_path: Path) -> None:
    file = table(tmp_path / "x.parquet", sheets(6), row_group_size=2, compression="none", write_page_checksum=True)
    data = file.read_bytes()
    file.write_bytes(data.replace(b"<p>2</p>", b"<p>9</p>"))
    found, said = articles(file)
    assert [each.title for each in found] == ["Sheet 0", "Sheet 1", "Sheet 4", "Sheet 5"]
    ((code, words),) = said
    assert code == "SRC001"
    assert "row group 2 of this table cannot be read from its row 1 on" in words


def test_row_that_is_gone_is_reported(tmp_path: Path) -> None:
    file = table(tmp_path / "x.parquet", sheets(6), row_group_size=2)
    refs = [each for each in sources.walk([str(file)]) if isinstance(each, Ref)]
    table(file, sheets(1))
    with Reader() as reader, pytest.raises(DocumentError) as caught:
        reader.read(refs[5])
    assert caught.value.code == "SRC001"


def test_table_without_the_extra_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = table(tmp_path / "x.parquet", sheets(1))
    (tmp_path / "a.html").write_text("<title>Paper</title>", "utf-8")
    monkeypatch.setattr("convert.sources.parquet.table.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"archive-convert\[parquet\]"):
        list(sources.walk([str(file)]))
    page, said = sources.walk([str(tmp_path)])
    assert (page.path, said.path) == ("a.html", "x.parquet")
    assert isinstance(said, Refusal)
    assert said.code == "SRC001"


def test_table_in_a_folder_is_opened(tmp_path: Path) -> None:
    table(tmp_path / "x.parquet", sheets(2))
    assert [each.path for each in sources.walk([str(tmp_path)])] == ["0.html", "1.html"]
    assert is_archive("2023/part-0.parquet")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *(pytest.param(each, marks=pytest.mark.soak) for each in range(1, 21))])
def test_table_with_damage_is_read_or_reported(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    ways: list[dict[str, Any]] = [
        {"compression": "none"},
        {"compression": "zstd", "row_group_size": 5},
        {"compression": "snappy", "use_dictionary": False, "data_page_version": "2.0"},
        {"use_dictionary": False, "column_encoding": {"html": "DELTA_LENGTH_BYTE_ARRAY", "url": "DELTA_BYTE_ARRAY"}},
    ]
    columns = sheets(12) | {"author": [["Ann", "Bob"]] * 12, "number": list(range(12)), "body": [b"x", None] * 6}
    written = [table(tmp_path / "x.parquet", columns, **way).read_bytes() for way in ways]
    (file := tmp_path / "x.parquet").unlink()
    for _ in range(100 if SOAK else 5):
        data = bytearray(chance.choice(written))
        for _ in range(chance.choice((1, 2, 4, 16))):
            data[chance.randrange(4, len(data) - 4)] = chance.choice((0, 127, 255, chance.randrange(256)))
        file.write_bytes(data[: chance.choice((len(data), len(data), len(data), chance.randrange(4, len(data))))])
        try:
            refs = list(sources.walk([str(file)]))
        except SourceError:
            continue
        with Reader() as reader:
            for ref in refs:
                if isinstance(ref, Ref):
                    try:
                        assert reader.read(ref).data
                    except DocumentError as error:
                        assert error.code in ("SRC001", "SRC002")
