"""Pages of HTML for people: structure, colours, sizes, and words for those who miss an article."""

import re
from itertools import pairwise
from typing import Any

import pytest
from helpers.data import ROOT, SEEDS
from helpers.program import run
from lxml import html as lxml_html

from convert.bundle.links import Links
from convert.model import (
    SCHEMA_VERSION,
    Article,
    Block,
    Cell,
    Embed,
    Entry,
    Formula,
    Heading,
    Link,
    Paragraph,
    Provenance,
    Section,
    Table,
    Text,
    Volume,
)
from convert.readers import read
from convert.words import WORDS
from convert.writers import html
from convert.writers.alone import file_of
from convert.writers.book.pages import WHY
from convert.writers.options import Omission, Options, Page

BOOK = ROOT / "convert" / "writers" / "book"
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
ADDRESS = "https://paper.example/gb/23/3/6/a.htm"


def article(*body: Block) -> Article:
    source = Provenance(address=ADDRESS, path="a.md", dialect="x", sha256="0" * 64)
    return Article(schema_version=SCHEMA_VERSION, id="n1", title="纸样", language="zh-Hans", source=source, body=body)


def page(*body: Block) -> str:
    return file_of(article(*body), "html", Options()).decode()


def parsed(source: str | bytes) -> Any:
    return lxml_html.fromstring(source)


def line(text: str) -> Paragraph:
    return Paragraph((Text(text),))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("html") / "seeds.html"
    assert run("--to", "html", SEEDS, "-o", out).returncode == 0
    return parsed(out.read_bytes())


# --- structure -------------------------------------------------------------------------------------------------------


def test_a_wide_formula_scrolls_in_a_box_that_keys_reach() -> None:
    def formula(tex: str) -> Paragraph:
        mathml = f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>{tex}</mi></math>'
        return Paragraph((Formula(tex, display=True, mathml=mathml),))

    wide, narrow = parsed(page(formula("q+" * 30 + "q"), formula("q+q"))).xpath("//math")
    box = wide.getparent()
    assert (box.tag, box.get("class"), box.get("tabindex"), box.get("aria-label")) == ("span", "wide", "0", "公式")
    assert narrow.getparent().tag == "p"


def levels(root: Any) -> list[int]:
    return [int(each.tag[1]) for each in root.iter(*HEADINGS)]


def test_a_book_has_one_title_and_no_gap_between_headings(book: Any) -> None:
    found = levels(book)
    assert found.count(1) == 1 == found[0]
    assert all(below - above <= 1 for above, below in pairwise(found))
    assert {each.tag for each in book.xpath("//article/header/*[self::h1 or self::h2 or self::h3 or self::h4]")} == {
        "h3"
    }
    assert len(book.xpath("//main")) == 1


def test_the_first_link_leads_to_the_articles(book: Any) -> None:
    first = next(book.iter("a"))
    assert (first.get("href"), first.text) == ("#main", "跳到正文")
    assert book.get_element_by_id("main").tag == "main"


def test_each_channel_is_a_box_of_the_contents(book: Any) -> None:
    contents = book.get_element_by_id("contents")
    titles = [each.text.strip() for each in contents.xpath("details/summary")]
    assert titles == [each.text for each in book.xpath("//main/section/h2[@class='section']")]
    assert all(each.get("open") == "" for each in contents.iter("details")), "37 articles are few"
    ids = set(book.xpath("//@id"))
    assert {each.get("href")[1:] for each in contents.iter("a")} <= ids
    assert {"dates", "authors", "about"} <= {each.get("href")[1:] for each in contents.iter("a")}


def test_lists_by_date_and_by_author_name_articles(book: Any) -> None:
    articles = set(book.xpath("//article/@id"))
    dates = {each.get("href")[1:] for each in book.get_element_by_id("dates").iter("a")}
    assert dates == articles
    authors = book.get_element_by_id("authors")
    assert {each.get("href")[1:] for each in authors.iter("a")} <= articles
    assert "方胶泥" in authors.text_content()


def test_links_between_articles_are_no_contents(book: Any) -> None:
    assert [each.get("aria-label") for each in book.iter("nav")] == ["目录"]
    found = book.xpath("//article/div[@class='mirror']")
    assert len(found) == len(book.xpath("//article"))
    assert {each.get("aria-label") for each in found} == {"目录和前后文章", "目錄和前後文章", WORDS["en"]["between"]}


def test_a_long_book_is_closed_at_first() -> None:
    entries = tuple(Entry(f"pages/nf1/n{n}.md", f"n{n}", f"第{n}篇", "", f"2023-{n // 8 + 1:02}-01") for n in range(90))
    volume = Volume("书", "zh-Hans", (Section("nf1", "栏", entries),))
    front = "".join(html._Document(volume, {}).front())
    assert front.count("<details>") == 1 + 12
    assert "<details open" not in front


@pytest.mark.parametrize("given", [(2, 3, 2), (4, 2, 6), (3, 5, 4)])
def test_levels_of_one_article_have_no_gap_and_are_read_back(given: tuple[int, ...]) -> None:
    written = page(*(Heading(level, (Text(f"第{level}级"),)) for level in given))
    found = levels(parsed(written))
    assert found[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(found))
    back = read(written.encode(), "a.html", "").article.body
    assert [each.level for each in back if isinstance(each, Heading)] == list(given)


# --- colours and sizes -----------------------------------------------------------------------------------------------


def test_all_languages_of_a_page_have_one_kind_of_type() -> None:
    """Without a family, a browser takes that of each language: English inside Chinese would have serifs."""
    assert re.search(r"^html \{ font-family: sans-serif;", (BOOK / "screen.css").read_text("utf-8"), re.M)


def palettes() -> list[dict[str, str]]:
    """Return the colours of the style sheet: light, dark, and those of paper."""
    sheet = (BOOK / "screen.css").read_text("utf-8")
    found = [
        dict(re.findall(r"--(\w+): (#[0-9a-f]+)", each)) for each in re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    ]
    assert len(found) == 3
    return found


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("number", range(3), ids=["light", "dark", "paper"])
@pytest.mark.parametrize("ink", ["ink", "soft", "link"])
@pytest.mark.parametrize("ground", ["paper", "shade"])
def test_every_colour_of_text_has_contrast(ink: str, ground: str, number: int) -> None:
    palette = palettes()[number]
    low, high = sorted((luminance(palette[ink]), luminance(palette[ground])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_small_type_has_sixteen_pixels_on_a_screen() -> None:
    """Whatever book.css makes smaller than the text, but for notes above and below the line."""
    book, screen = ((BOOK / name).read_text("utf-8") for name in ("book.css", "screen.css"))
    small = re.findall(r"([^{};]+)\{[^{}]*font-size: \.\d+em", re.sub(r"/\*.*?\*/", "", book, flags=re.DOTALL))
    names = {name.strip() for each in small for name in each.split(",")} - {"sup", "sub", "rt"}
    sized = re.search(r"\n(\.byline,[^{]+)\{ font-size: 1rem; \}", screen)
    assert sized
    assert names <= {each.strip() for each in sized[1].split(",")}
    assert "font-size: 1.125rem" in screen


# --- tables, addresses and boxes -------------------------------------------------------------------------------------


def table(*rows: str, head: bool = True) -> Table:
    return Table(
        tuple(
            tuple(Cell((line(text),) if text else (), header=head and not number) for text in row.split("|"))
            for number, row in enumerate(rows)
        )
    )


def test_numbers_stand_at_the_end_of_their_column() -> None:
    found = parsed(page(table("年份|地方|数目|比例", "1298|旌德|60,000|12%", "1377|清州||3.5％")))
    ends = [[each.get("class") == "number" for each in row] for row in found.iter("tr")]
    assert ends == [[True, False, False, True]] * 3
    assert [each.get("scope") for each in found.iter("th")] == ["col"] * 4


def test_a_wide_table_scrolls_in_a_box_that_keys_reach() -> None:
    found = parsed(page(table("一|二|三|四|五|六", "1|2|3|4|5|6"), table("一|二", "1|2")))
    (box,) = found.xpath("//div[@class='wide']")
    assert (box.get("tabindex"), box.get("role"), box.get("aria-label")) == ("0", "group", "表格")
    assert len(list(found.iter("table"))) == 2


def test_a_cell_spans_no_column_that_does_not_exist() -> None:
    wide = Cell((line("纸"),), colspan=8)
    rows = ((wide,), (Cell((line("一"),)), Cell((line("二"),), colspan=3)))
    found = parsed(page(Table(rows)))
    assert [each.get("colspan") for each in found.iter("td")] == ["2", None, None]


def test_a_long_address_breaks_behind_a_slash_and_is_copied_whole() -> None:
    written = page(Paragraph((Text(f"见{ADDRESS}。"),)))
    assert "见https://paper.example/<wbr/>gb/<wbr/>23/<wbr/>3/<wbr/>6/<wbr/>a.htm。" in written
    assert parsed(written).xpath("string(//article/p)") == f"见{ADDRESS}。"
    assert read(written.encode(), "a.html", "").article.body == (Paragraph((Text(f"见{ADDRESS}。"),)),)


@pytest.mark.parametrize(
    ("embed", "shown"),
    [
        (Embed("video", ADDRESS), [f"视频： {ADDRESS}"]),
        (Embed("video"), ["〔视频：镜像没有保留〕"]),
        (Embed("audio", children=(Paragraph((Link(ADDRESS, (Text("一首歌"),)),)),)), ["音频：", "一首歌"]),
        (Embed("tweet", ADDRESS, (line("短短一句"),)), ["短短一句", f"推文： {ADDRESS}"]),
    ],
)
def test_a_box_says_what_it_holds(embed: Embed, shown: list[str]) -> None:
    written = page(embed)
    (box,) = parsed(written).xpath("//blockquote")
    assert [each.text_content() for each in box] == shown
    assert read(written.encode(), "a.html", "").article.body == (embed,)


# --- left out --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("code", [*WHY, "ART009"])
def test_a_missing_article_is_explained_to_readers(code: str, language: str) -> None:
    entry = Entry("pages/nf1/n1.md", "n1", "空文", ADDRESS, "2023-03-06")
    volume = Volume("书", language, (Section("", "", (entry,)),))
    made = html.stand_in(entry, Omission(code, "fetch the page again"), Page(entry, Links(volume), Options()), language)
    text = parsed(made.decode()).text_content()
    assert "fetch the page again" not in text
    assert "{}" not in text
    assert f'<a href="{ADDRESS}">' in made.decode()


def test_a_missing_article_without_an_address_promises_no_link() -> None:
    entry = Entry("pages/nf1/n1.md", "n1", "空文", "", "")
    volume = Volume("书", "zh-Hans", (Section("", "", (entry,)),))
    made = html.stand_in(entry, Omission("ART002", ""), Page(entry, Links(volume), Options()), "zh-Hans").decode()
    assert "这里没有收入这篇文章：保存下来的网页里没有正文。</p>" in made
    assert "<a " not in made
