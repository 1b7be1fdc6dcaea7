"""Lists of authors and publishers: names that are one, their order, and the letters that they are listed under."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from helpers.program import run

from convert.model import Entry, Section, Volume
from convert.writers.book.han import readings
from convert.writers.book.people import authors, key_of, publishers

SURNAMES = """
    单田芳 shan4, 曾国藩 zeng1, 解缙 xie4, 仇英 qiu2, 区大相 ou1, 區大相 ou1, 查良镛 zha1, 盖叫天 ge3, 蓋叫天 ge3,
    任正非 ren2, 朴槿惠 piao2, 尉迟恭 yu4, 尉遲恭 yu4, 万俟卨 mo4, 翟让 zhai2, 缪荃孙 miao4, 覃文 qin2, 乐毅 yue4,
    员半千 yun4, 宁静 ning4, 华罗庚 hua4, 燕青 yan1, 种师道 chong2, 长孙无忌 zhang3, 單于 chan2, 应昌期 ying1,
    葛优 ge3, 纪晓岚 ji4, 逄先知 pang2, 冼星海 xian3, 单 shan4, 王祯 wang2, 未曾 wei4
"""


@pytest.mark.parametrize("each", SURNAMES.strip().split(","))
def test_a_surname_has_its_own_reading(each: str) -> None:
    name, reading = each.split()
    assert "".join(readings(name)[0]) == reading


def test_a_reading_of_a_surname_is_for_the_first_place_and_for_names() -> None:
    assert readings("任单单") == [("ren", "2"), ("dan", "1"), ("dan", "1")]
    assert readings("单位的纸工")[0] == ("dan", "1")
    assert readings("尉迟迟")[1:] == [("chi", "2"), ("chi", "2")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("方膠泥", "方胶泥"),
        ("方　胶泥", "方胶泥"),
        ("Ann Writer", "ANN WRITER"),
        ("Ａｎｎ　Ｗｒｉｔｅｒ", "Ann Writer"),
        ("Ann\u00a0 Writer\u200b", "Ann Writer"),
        ("安·写手", "安・写手"),
        ("É. Papier", "E\u0301. papier"),
    ],
)
def test_forms_of_a_name_are_one(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_other_names_stay_apart() -> None:
    assert len({key_of(name) for name in ("方胶泥", "方交泥", "Ann Writer", "Anna Writer", "Эмиль", "Емиль")}) == 6


def test_the_form_of_most_articles_is_shown_and_of_equal_ones_the_first() -> None:
    named = {"方膠泥": (0, 3), "方胶泥": (1, 2, 4), "BO": (6,), "Bo": (5,)}
    assert authors(named) == [("B", [("Bo", (5, 6))]), ("F", [("方胶泥", (0, 1, 2, 3, 4))])]
    assert authors(dict(reversed(named.items()))) == authors(named)


def test_one_article_by_two_forms_of_a_name_is_listed_once() -> None:
    assert authors({"方膠泥": (0,), "方胶泥": (0,)}) == [("F", [("方胶泥", (0,))])]


def test_names_are_in_the_order_of_letters_and_tones() -> None:
    names = (
        "曾纸 zoe 张墨 章墨 掌墨 丈墨 Ann 安纸 Émile 啊墨 Яша 単かな 山田ゆき 김 123 “Ink” Øre Łuk 李 里 吕 卢 女 查"
    )
    listed = authors({name: (place,) for place, name in enumerate(names.split())})
    assert [(letter, " ".join(author.name for author in group)) for letter, group in listed] == [
        ("A", "Ann 啊墨 安纸"),
        ("E", "Émile"),
        ("I", "“Ink”"),
        ("L", "Łuk 李 里 卢 吕"),
        ("N", "女"),
        ("O", "Øre"),
        ("Z", "zoe 曾纸 查 张墨 章墨 掌墨 丈墨"),
        ("#", "123 Яша 単かな 山田ゆき 김"),
    ]


def volume(*addresses: str) -> Volume:
    entries = tuple(Entry(f"{number}.md", str(number), "纸", address) for number, address in enumerate(addresses))
    return Volume("纸", "zh-Hans", (Section("", "", entries),))


def test_publishers_are_counted_once() -> None:
    names = (
        "大纪元",
        "大紀元",
        "大纪元",
        "Quire",
        "QUIRE",
        "quire.example",
        "www.Quire.Example",
        "ink.example",
        "",
        "",
    )
    quire = "https://www.quire.example/"
    book = volume("", "", "", f"{quire}1", "", f"{quire}2", "", "https://ink.example/", "http://[", "")
    assert publishers(book, names) == [("Quire", 4), ("大纪元", 3), ("", 2), ("ink.example", 1)]


def test_names_of_one_house_in_two_languages_are_one_publisher() -> None:
    names = ("大纪元", "The Epoch Times", "大纪元", "NTD", "新唐人", "NTD", "Radio Free Asia", "Ink", "墨")
    sites = ("www.epochtimes.com", "www.theepochtimes.com", "cn.epochtimes.com", "www.ntd.com", "www.ntdtv.com")
    others = ("ntd.example", "rfa.example", "ink.example", "ink.example")  # the same name elsewhere, one site of many
    book = volume(*(f"https://{site}/1" for site in (*sites, *others)))
    assert publishers(book, names) == [
        ("大纪元", 3),
        ("NTD", 2),
        ("Ink", 1),
        ("Radio Free Asia", 1),
        ("墨", 1),
        ("新唐人", 1),
    ]


@pytest.mark.slow
def test_the_list_of_a_book_has_letters(tmp_path: Path) -> None:
    for number, author in enumerate(("单墨", "單墨", "Ann Writer", "ANN WRITER", "ann writer", "王纸")):
        (tmp_path / f"{number}.md").write_text(
            f"---\ntitle: 第{number}篇\nurl: https://example.org/{number}\nauthor: {author}\n---\n\n纸的历史很长。\n",
            "utf-8",
        )
    book = tmp_path / "book.epub"
    done = run("--to", "epub", tmp_path, "-o", book)
    assert done.returncode == 0, done.stderr
    page = ZipFile(book).read("EPUB/index/authors.xhtml").decode()
    headings = [line for line in page.splitlines() if line.startswith(("<h2", "<h3"))]
    assert [heading.partition(">")[2].partition("<")[0] for heading in headings] == [
        "A",
        "Ann Writer",
        "S",
        "单墨",
        "W",
        "王纸",
    ]
    assert page.count("<li>") == 6
