"""What lists say of each article below its title: its first sentence, and the minutes that it takes."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from convert.api import convert, parse
from convert.model import Article
from convert.writers.book.briefs import WIDTH, cut, minutes, summary

FIRST = "洛阳的纸贵了三倍，抄书的人还是每天来排队。"


def article(*paragraphs: str, title: str = "纸的历史") -> Article:
    data = f"---\ntitle: {title}\nurl: https://example.org/a\n---\n\n" + "\n\n".join(paragraphs)
    found, _ = parse(data, path="a.md")
    assert found
    return found


@pytest.mark.parametrize(
    "paragraphs",
    [
        (f"{FIRST}后来不排了。",),
        (f"【大纪元2023年03月15日讯】（大纪元记者方胶泥报导）{FIRST}后来不排了。",),
        (f"（英文大纪元记者Ann Writer报导／方胶泥编译）{FIRST}",),
        (f"【新唐人北京时间2023年3月15日讯】{FIRST}",),
        (f"中央社台北3月15日电，{FIRST}",),
        (f"（编辑：方正一）{FIRST}",),
        ("![纸](https://example.org/a.png)", "图：晒纸的人。（示意图）", FIRST),
        ("## 一、洛阳", FIRST),
        ("纸的历史。", FIRST),
        ("责任编辑：方正一", FIRST),
        (f"> {FIRST}", "纸。"),
        ("12.", FIRST),
    ],
)
def test_the_first_sentence_is_that_of_the_text(paragraphs: tuple[str, ...]) -> None:
    assert summary(article(*paragraphs)) == FIRST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“纸在哪里？”他问。没有人答。", "“纸在哪里？”他问。"),
        ("Paper came from Mr. Cai of Luoyang. It went west.", "Paper came from Mr. Cai of Luoyang."),
        ("Paper is made of rags, e.g. linen. It went west.", "Paper is made of rags, e.g. linen."),
        ("城里的纸很贵……没有人买。", "城里的纸很贵……"),
        ("", ""),
        ("纸。", ""),
    ],
)
def test_a_sentence_ends_with_its_mark(text: str, expected: str) -> None:
    assert summary(article(text or "![](https://example.org/a.png)")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("纸" * 60, "纸" * 60),
        ("纸" * 61, "纸" * 59 + "…"),
        ("纸" * 50 + "，" + "墨" * 20, "纸" * 50 + "…"),
        ("纸" * 50 + "（" + "墨" * 20 + "）", "纸" * 50 + "…"),
        ("paper " * 15, "paper paper paper paper paper paper paper paper paper paper…"),
    ],
)
def test_a_long_sentence_is_cut_after_a_clause_or_a_word(text: str, expected: str) -> None:
    assert cut(text.strip()) == expected
    assert len(cut(text)) <= WIDTH


def test_minutes_are_those_of_characters_and_words() -> None:
    assert minutes(article("纸" * 3_300)) == 10
    assert minutes(article("paper " * 2_380)) == 10
    assert minutes(article("纸" * 1_650 + " paper" * 1_190)) == 10
    assert minutes(article("纸")) == 1


def test_lists_of_books_have_a_line_of_each_article(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(2):
        text = f"---\ntitle: 第{number}篇\nurl: https://example.org/{number}\n---\n\n{FIRST}\n\n" + "纸" * 900
        (source / f"{number}.md").write_text(text, "utf-8")
    book, page = tmp_path / "book.epub", tmp_path / "book.html"
    convert(source, book, "epub")
    convert(source, page, "html")
    for listing in (ZipFile(book).read("EPUB/articles.xhtml").decode(), page.read_text("utf-8").partition("<main")[0]):
        assert listing.count(f'<span class="summary">{FIRST}</span>') == 2
        assert listing.count('<span class="length">约3分钟</span>') == 2
    assert 'class="summary"' not in ZipFile(book).read("EPUB/nav.xhtml").decode()
