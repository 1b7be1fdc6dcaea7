"""Search in the browser: the index, and what the program of the page finds in it."""

import base64
import json
import os
import subprocess
import sys
import unicodedata
import zlib
from pathlib import Path

import msgspec
import pytest
from helpers.data import ROOT, SEEDS
from helpers.dying import DyingGroup
from helpers.program import run
from helpers.search import NODE, Scan, address, article, ask, canonical, drawn, index_of, made_up, write_site
from msgspec.structs import replace

from convert import readers
from convert.errors import ConvertError
from convert.model import (
    Article,
    Break,
    Cell,
    Code,
    Figure,
    Footnote,
    Image,
    Link,
    Paragraph,
    Ruby,
    Strong,
    Table,
    Text,
)
from convert.search import index
from convert.search.index import Index, Page
from convert.search.postings import gamma, rice
from convert.search.programs import is_own
from convert.search.shards import articles_script, is_shard
from convert.search.tokens import tokens, unpack
from convert.search.visible import lines

needs_node = pytest.mark.skipif(not NODE, reason="needs node")

HOSTILE = [
    article(1, "</script><script>alert(1)</script>", "纸上的</script>字", published="2021-01-01"),
    article(2, "引号\"'`与\u2028行\u2029尾", 'x");archiveSearch("about","', published="2021-01-02"),
    article(3, "\u202eשלום\u202c 右到左", "العربية نص", "&lt;b&gt;<b>粗</b>", published="2021-01-03"),
    article(4, "𠮷野家的𠮷", "𠀀𠀁字，葛\U000e0100城", published="2021-01-04"),
    article(5, "半\u200b角ＡＢＣ和ﬁ", "Ça va, Müller? ΣΊΣΥΦΟΣ İstanbul", published="2021-01-05"),
    article(6, "零", "x" * 100, "constructor __proto__ toString", published=""),
    article(7, "한국어 기사", "ภาษาไทย กับ កម្ពុជា", "がぎぐ カタカナ", published="2021-01-06"),
]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    paths = sorted(SEEDS.glob("pages/*/*.md"))
    assert len(paths) > 30
    return [readers.read(path.read_bytes(), str(path), "").article for path in paths if path.stem != "n90000008"]


@pytest.fixture(scope="module")
def site(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("search"), [*articles, *HOSTILE])


# --- what is found ---------------------------------------------------------------------------------------------------


@needs_node
def test_search_finds_what_a_scan_finds(articles: list[Article], site: Path) -> None:
    scan = Scan([*articles, *HOSTILE])
    queries = list(dict.fromkeys(drawn(articles, 180)))
    assert len(queries) > 90
    found = ask(site, queries).found
    different = [
        (query, set(each) ^ scan.find(query))
        for query, each in zip(queries, found, strict=True)
        if set(each) != scan.find(query)
    ]
    assert not different
    assert sum(map(bool, found)) > len(queries) * 0.8, "most queries are from one text"


@needs_node
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("</script>", [1]),
        ("alert", [1]),
        ("行尾", []),  # a line separator lies between them
        ("引号", [2]),
        ("שלום", [3]),
        ("العربية", [3]),
        ("𠮷野家", [4]),
        ("𠮷", [4]),
        ("𠀀𠀁", [4]),
        ("葛城", [4]),
        ("半角abc和fi", [5]),
        ("ca MULLER σισυφος istanbul", [5]),
        ("x" * 100, [6]),
        ("constructor", [6]),
        ("__proto__", [6]),
        ("국어", [7]),
        ("ไทย", [7]),
        ("がぎ ｶﾀｶﾅ", [7]),
        ("零 -constructor", []),
        ("字 -粗", [4, 1]),
        ('"纸上的 script"', [1]),
        ("“上纸”", []),
        ("-字", []),
        ("，", []),
        ("", []),
    ],
)
def test_hostile_and_rare_texts_are_found(query: str, numbers: list[int], answers: dict[str, list[str]]) -> None:
    assert answers[query] == [f"a/n{number}.html" for number in numbers]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    (mark,) = (each for each in test_hostile_and_rare_texts_are_found.pytestmark if each.name == "parametrize")  # type: ignore[attr-defined]
    queries = [query for query, _ in mark.args[1]]
    folder = write_site(tmp_path_factory.mktemp("hostile"), HOSTILE)
    return dict(zip(queries, ask(folder, queries).found, strict=True))


@needs_node
def test_results_have_titles_first_then_frequent_then_new(tmp_path: Path) -> None:
    some = [
        article(1, "其他", "造纸。", published="2020-01-01"),
        article(2, "其他", "造纸。" * 9, published="2019-01-01"),
        article(3, "造纸", "别的。", published="2018-01-01"),
        article(4, "其他", "造纸。", published="2021-01-01"),
        article(5, "其他", "造纸。", published=""),
    ]
    assert ask(write_site(tmp_path, some), ["造纸"]).found == [[f"a/n{number}.html" for number in (3, 2, 4, 1, 5)]]


@needs_node
def test_shards_that_were_cut_short_find_nothing_and_end(tmp_path: Path) -> None:
    site = write_site(tmp_path, HOSTILE)
    for path in site.glob("search/index/*.js"):
        call, name, argument, data, end = path.read_text().split('"')
        path.write_text('"'.join((call, name, argument, data[: len(data) // 3], end)))
    ask(site, ["引号", "constructor", "粗"])


def texts_of(site: Path) -> list[str]:
    """The texts of articles in the files of a search."""
    packed = [
        each for path in site.glob("search/articles/*.js") for each in path.read_text().split("[")[1].split('"')[1::2]
    ]
    return [zlib.decompress(base64.b64decode(each), -zlib.MAX_WBITS).decode() if each else "" for each in packed]


@needs_node
def test_index_of_titles_finds_titles_alone(articles: list[Article], tmp_path: Path) -> None:
    site = write_site(tmp_path, articles, full=False)
    assert texts_of(site) == [""] * len(articles)
    title = next(each for each in articles if each.id == "n90000002")
    assert ask(site, ["活字的故事", "梦溪笔谈"]).found == [[address(title)], []]


@needs_node
@pytest.mark.slow
def test_program_of_the_page_folds_as_the_index_does(site: Path) -> None:
    assigned = [
        chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")
    ]
    known = [each for each in assigned if unicodedata.ucd_3_2_0.category(each) != "Cn" or each > "\u3000"]
    found = ask(site, ["纸"], [f"纸{each}a" for each in known]).texts
    assert [(each, one) for each, one in zip(known, found, strict=True) if one != canonical(f"纸{each}a")] == []


def test_lines_hold_every_visible_text_and_break_no_word() -> None:
    whole = article(1, "纸", "")
    ruby = Paragraph((Text("造"), Ruby((Text("纸"),), (Text("zhǐ"),)), Strong((Text("术"),)), Break(), Text("二")))
    cells = Table(((Cell((Paragraph((Text("一格"),)),)), Cell((Paragraph((Text("二格"),)),))),), (Text("表"),))
    notes = Footnote("n", (Paragraph((Link("#x", (Text("注"),)),)),))
    body = (ruby, Figure((Image("a.jpg", "图中字", "提示"),), (Text("图说"),)), cells, Code("a\nb"), notes)
    whole = replace(whole, body=body, authors=("作者",), editor="编辑", keywords=("标签",), description="摘要")
    assert lines(whole) == [
        *("造纸术", "二", "zhǐ", "图中字", "提示", "图说", "表", "一格", "二格", "a", "b", "注"),
        *("作者", "编辑", "标签", "摘要"),
    ]


# --- the files -------------------------------------------------------------------------------------------------------


def test_index_has_the_same_bytes_twice_and_from_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    some = list(made_up(40, length=300))
    before = index_of(some)
    monkeypatch.setattr(index, "_SPILL", 1000)
    assert index_of(some) == before


def test_shards_hold_no_text_that_could_be_markup() -> None:
    for name, data in index_of(HOSTILE).items():
        if "/" in name:
            assert data.startswith(f'archiveSearch("{name.removesuffix(".js")}",'.encode()), name
            assert is_shard(data), name
            assert not set(data) & set(b"<\\"), name
            assert data.isascii(), name
        else:
            assert is_own(data), name


@pytest.mark.soak
@pytest.mark.timeout(1800)  # each takes two minutes of a processor of its own
def test_index_of_20_000_articles_keeps_to_memory_and_size_and_is_the_same_twice() -> None:
    program = [sys.executable, "-c", "from helpers.search import weighed; print(weighed(20_000))"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "MALLOC_ARENA_MAX": "1"}
    runs = [subprocess.Popen(program, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    first, second = (json.loads(run.communicate(timeout=1700)[0]) for run in runs)
    assert first["sha256"] == second["sha256"]
    assert first["memory"] < 400
    sizes = first["sizes"]
    assert sizes["index"] <= 1.2 * first["characters"], "two fifths of what they take as UTF-8"


@pytest.mark.slow
def test_shards_are_of_one_size() -> None:
    files = index_of(made_up(300, length=1200))
    sizes = [len(data) for name, data in files.items() if name.startswith("index/")]
    assert len(sizes) >= 32
    assert max(sizes) < 20_000
    assert max(sizes) < 2 * min(sizes)


@pytest.mark.slow
def test_any_number_of_processes_makes_the_same_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_FEW", 0)
    articles = [*made_up(80), *HOSTILE]
    assert index_of(articles, workers=3) == index_of(articles)


@pytest.mark.slow
def test_a_killed_process_leaves_no_index_without_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_FEW", 0)
    monkeypatch.setattr(index, "_GroupWorker", DyingGroup)
    with pytest.raises(ConvertError, match="--search titles"):
        index_of(made_up(20), workers=2)


def test_tokens_of_another_version_are_refused() -> None:
    with pytest.raises(ValueError, match="version 0"):
        unpack(msgspec.msgpack.encode((0, [[b""] * 16] * 2, b"")))
    with pytest.raises(ValueError, match="truncated"):
        Index().add(Page("a/1.html", "纸"), tokens(HOSTILE[0])[:-5])


def test_distances_take_as_few_bits_as_their_mean_needs() -> None:
    assert [len("".join(rice([mean] * 9, mean * 9))) for mean in (1, 2, 8, 1000, 2**24)] == [9, 18, 36, 99, 225]
    assert [len(gamma(number)) for number in (1, 2, 4, 2**20)] == [1, 3, 5, 41]


def test_text_that_cannot_be_encoded_breaks_nothing() -> None:
    assert is_shard(articles_script("articles/0", 0, [["a", "\ud800"]], [b""]))


# --- in a site -------------------------------------------------------------------------------------------------------


@needs_node
def test_site_has_the_search_that_is_asked_for(tmp_path: Path) -> None:
    pages = SEEDS / "pages" / "nf9000001"
    for choice, found in (("full", 2), ("titles", 1)):
        site = tmp_path / choice
        assert run("--to", "site", "--search", choice, pages, "-o", site).returncode == 0
        (hits,) = ask(site, ["活字"]).found
        assert len(hits) >= found
        assert all((site / hit).is_file() for hit in hits)
        assert any("活字印刷" in text for text in texts_of(site)) is (choice == "full")
    assert run("--to", "site", "--search", "none", pages, "-o", tmp_path / "none").returncode == 0
    assert not list(tmp_path.glob("none/search*"))
    assert "search" not in (tmp_path / "none" / "index.html").read_text("utf-8")
