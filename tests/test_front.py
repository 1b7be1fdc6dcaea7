"""Pages about the book itself: cover, title page, and the page about its sources."""

import hashlib
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers.data import SEEDS
from helpers.mirror import WRAPPER
from helpers.program import run

from convert.model import Entry, Section, Volume
from convert.rules import RULES
from convert.text import is_unspaced
from convert.words import WORDS
from convert.writers.book import cover
from convert.writers.book.removals import REMOVALS, removal

SVG, HTML = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("front")
    done = run("--to", "epub", "-q", SEEDS, "-o", folder / "seeds.epub", "--ledger", folder / "ledger.jsonl")
    assert done.returncode == 0
    with zipfile.ZipFile(folder / "seeds.epub") as book:
        book.extractall(folder / "book")
    return folder


def page(built: Path, name: str) -> str:
    return "".join(ElementTree.parse(built / "book" / "EPUB" / name).getroot().itertext())


def test_the_page_about_the_book_counts_what_it_holds(built: Path) -> None:
    chapters = list((built / "book" / "EPUB").glob("text*/**/*.xhtml"))
    about = page(built, "about.xhtml")
    assert f"篇数：{len(chapters)}" in about
    sources, sections = about.partition("栏目")[0], about.partition("栏目")[2].partition("清除的内容")[0]
    for part in (sources.partition("来源")[2], sections):
        assert sum(map(int, re.findall(r"：(\d+)篇", part))) == len(chapters)


def test_front_page_counts_removals_as_the_ledger_does(built: Path) -> None:
    ledger = [json.loads(line) for line in (built / "ledger.jsonl").read_text("utf-8").splitlines()]
    taken = [each["code"] for each in ledger if each.get("removed") and not each["code"].startswith("SET")]
    about = page(built, "about.xhtml")
    told = dict(re.findall(r"(.+)：(\d+)处", about))
    assert told == {REMOVALS["zh-Hans"][code]: str(taken.count(code)) for code in set(taken)}
    assert int(told["看不见的跟踪图片"]) > 20
    assert not re.search(r"[A-Z]{3}\d{3}", about), "codes are for those who convert, not for those who read"


def test_removals_have_words_in_each_language() -> None:
    codes = {language: set(known) for language, known in REMOVALS.items()}
    assert codes.keys() == WORDS.keys()
    assert len(set(map(frozenset, codes.values()))) == 1
    assert codes["en"] <= RULES.keys()
    for known in REMOVALS.values():
        assert len(set(known.values())) == len(known)
    assert removal("TXT001", "zh-Hant") == RULES["TXT001"].title_in("zh")


def test_front_page_has_the_sha256sum_of_the_sources() -> None:
    done = run("--to", "html", "-q", SEEDS, "--channel", "nf9000001")
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(SEEDS).as_posix()}\n"
        for path in sorted((SEEDS / "pages" / "nf9000001").glob("*.md"))
    )
    whole = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert f"<code>{whole}</code>" in done.stdout.decode()


def test_front_page_counts_left_out_articles_to_no_publisher(tmp_path: Path) -> None:
    for number, body in enumerate(("<p>纸和墨。</p>", "")):
        text = WRAPPER.replace("n1.htm", f"n{number}.htm").format(title=f"第{number}篇", body=body)
        (tmp_path / f"n{number}.md").write_text(text, "utf-8")
    done = run("--to", "html", "-q", tmp_path)
    about = done.stdout.decode().partition('id="about"')[2]
    assert "大纪元：1篇" in about
    assert "未能转换：1" in about
    assert "其他来源" not in about


def test_each_article_names_its_channel_and_links_to_its_list(built: Path) -> None:
    for path in sorted((built / "book" / "EPUB").glob("text*/**/*.xhtml")):
        link = ElementTree.parse(path).find(f".//{HTML}p[@class='byline']/{HTML}a[@class='section']")
        assert link is not None, path
        listed = ElementTree.parse(path.parent / link.get("href", "")).getroot()
        names = [Path(each.get("href", "")).name for each in listed.iter(f"{HTML}a")]
        assert path.name in names


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("纸", ["纸"]),
        ("造纸与印刷等12个栏目", ["造纸与印刷等", "12个栏目"]),
        ("The history of paper", ["The history", "of paper"]),
    ],
)
def test_the_cover_breaks_a_title_where_it_may(title: str, lines: list[str]) -> None:
    entries = (Entry("a.md", "a", "甲", "", "2023-09-01"), Entry("b.md", "b", "乙", "", "2023-09-30"))
    drawn = ElementTree.fromstring(cover.svg(Volume(title, "zh-Hans", (Section("s", "s", entries),))))
    texts = [each.text for each in drawn.iter(f"{SVG}text")]
    assert texts == [*lines, "2023-09-01 – 2023-09-30", "2 篇文章"]


@pytest.mark.parametrize("title", ["长" * 120, "Internationalization " * 6, "x" * 130, "<&\"'>" * 20])
def test_cover_keeps_any_title_within_its_edges(title: str) -> None:
    drawn = ElementTree.fromstring(cover.svg(Volume(title, "en", (Section("s", "s", (Entry("a.md", "a", "A", ""),)),))))
    for each in drawn.iter(f"{SVG}text"):
        size = int(each.get("font-size", ""))
        wide = sum(2 if is_unspaced(char) else 1 for char in each.text or "") * size / 2
        assert int(each.get("x", "")) + wide <= cover.WIDTH
        assert int(each.get("y", "")) <= cover.HEIGHT
