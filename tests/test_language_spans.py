"""Recognition of passages in another language, and their marks in pages."""

import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from helpers.epub import epubcheck
from helpers.program import run
from helpers.saved import written

from convert import readers
from convert.api import convert
from convert.document import read_and_clean
from convert.sources import Source
from convert.writers.book.passages import attributes, foreign, runs, usual
from convert.writers.book.xhtml import Renderer

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "cases"
CASES = [FOLDER / "ruby", FOLDER / "passages-in-other-languages", FOLDER / "passages-in-an-english-article"]


@pytest.mark.parametrize(
    ("text", "language", "tag"),
    [
        ("", "zh-Hans", ""),
        ("1298", "zh-Hans", ""),
        ("——", "zh-Hans", ""),
        ("王祯用木活字试印了《旌德县志》", "zh-Hans", ""),
        ("Johannes Gutenberg 是 Mainz 人", "zh-Hans", ""),
        ("The Art of Paper and Ink（《纸与墨》）", "zh-Hans", ""),
        ("日文的「の」和「は」", "zh-Hans", ""),
        ("《となりのトトロ》这部电影讲的是两个孩子和龙猫", "zh-Hans", ""),
        ("紙は木の皮から作られました", "zh-Hans", "ja"),
        ("「ひらがな」", "zh-Hans", "ja"),
        ("製紙法の歴史", "zh-Hans", ""),
        ("한지는 닥나무로 만든다", "zh-Hans", "ko"),
        ("한지（韩国的纸）", "zh-Hans", ""),
        ("Книга и бумага", "zh-Hant", "ru"),
        ("Москва (Moscow)", "zh-Hans", ""),
        ("я", "zh-Hans", ""),
        ("الورق والحبر", "zh-Hans", "ar"),
        ("נייר ודיו", "zh-Hans", "he"),
        ("काग़ज़ और स्याही", "zh-Hans", "hi"),
        ("กระดาษและหมึก", "zh-Hans", "th"),
        ("ཤོག་བུ་དང་སྣག་ཚ།", "zh-Hans", "bo"),
        ("Paper was made from rags, and rags were scarce.", "zh-Hans", "en"),
        ("“Paper and ink,” said the printer’s wife", "zh-Hans", "en"),
        ("BBC News", "zh-Hans", ""),
        ("Agence Presse Beijing Bureau", "zh-Hans", "en"),
        ("Das Papier und die Tinte im Buch", "zh-Hans", "de"),
        ("Das Papier und die Tinte im Buch", "en", "de"),
        ("Kirjapaino on vanha talo", "fi", ""),
        ("[1] Ada Paper, Printing’s Quiet Makers, 2nd Ed. (London: Quire, 2004), 149.", "zh-Hans", "en"),
        ("Couldn’t wait for the paper to dry… Hopefully soon…", "zh-Hant", "en"),
        ("PAPER IS MADE OF RAGS", "zh-Hans", "en"),
        ("UN Commission on Printing Rights", "zh-Hans", "en"),
        ("La Trobe Printing House, Melbourne", "zh-Hans", "und-Latn"),
        ("L’imprimerie n’est pas un luxe dans la ville", "zh-Hans", "fr"),
        ("Los hijos del impresor no saben leer", "zh-Hans", "es"),
        ("O papel é feito de trapos velhos", "zh-Hans", "pt"),
        ("I maestri della stampa di Venezia", "zh-Hans", "it"),
        ("Het papier wordt van lompen gemaakt", "zh-Hans", "nl"),
        ("Buku ini tidak untuk dijual", "zh-Hans", "id"),
        ("Giấy được làm từ vải vụn", "zh-Hans", "vi"),
        ("Bu kitap bir hediye için", "zh-Hans", "tr"),
        ("Nie ma papieru do książek", "zh-Hans", "pl"),
        ("Det är inte en bok som jag kan läsa", "zh-Hans", "sv"),
        ("Quod non est in libro non est in mundo", "zh-Hans", "la"),
        ("Zhongguo renmin jiefang jun", "zh-Hans", "und-Latn"),
        ("Om mani padme hum", "ja", "und-Latn"),
        ("Om mani padme hum", "en", ""),
        ("Om mani padme hum", "und", ""),
        (
            "https://example.org/ink https://example.org/and https://example.org/the https://example.org/of",
            "zh-Hans",
            "",
        ),
        ("https://example.org/the/history/of/paper", "zh-Hans", ""),
        ("纸的历史，从洛阳说起", "en", "zh-Hans"),
        ("紙的歷史，從洛陽說起", "en", "zh-Hant"),
        ("Cai Lun (蔡伦) of Luoyang", "en", ""),
        ("Paper was made from rags, and rags were scarce.", "en", ""),
        ("Paper was made from rags, and rags were scarce.", "en-GB", ""),
        ("Книга и бумага", "ru", ""),
        ("纸的历史，从洛阳说起", "ja", "zh-Hans"),
        ("قەغەزنىڭ تارىخى", "ug", ""),
        ("تاریخ کاغذ در ایران", "fa", ""),
        ("کاغذ کی تاریخ", "ur", ""),
        ("قەغەزنىڭ تارىخى", "uk", "ar"),
        ("Історія паперу в Україні", "uk", ""),
        ("Цаасны түүх", "mn", ""),
        ("कागजको इतिहास", "ne", ""),
        ("רוסישער פּאַפּיר", "yi", ""),
        ("The history of paper and of ink", "ug", "en"),
        ("Kniha není pro město, ale na stole je to", "cs", ""),
        ("Det er ikke en bok som jeg kan lese", "nb", ""),
        ("Buku ini tidak untuk dijual", "ms", ""),
    ],
)
def test_only_what_is_clear_is_told(text: str, language: str, tag: str) -> None:
    assert foreign(text, language) == tag


@pytest.mark.parametrize(
    "marked",
    [
        "他写道：“{en:Paper is made of rags.}”又说BBC News报道过。",
        "见{en:Ada Paper, “Quiet Makers,” Ink Weekly (London: Quire)}一文",
        "（{en:Photo by Ann Writer/Quire Images}）",
        "字盘({en:Type cases of the shop})里",
        "他说 “{fr:Le papier est fait de chiffons}” ，又说 “{de:Das Papier ist nicht aus Holz}”",
        "蒲甘的{und-Latn:Om mani padme hum}刻本",
        "纸 / 墨 / 笔 / 砚 / Ink",
        "Ada Paper 与 Bo Binder 在 Mainz 见面",
        "2023 年 3 月 15 日 A 座 B 座",
    ],
)
def test_passages_inside_a_chinese_sentence(marked: str) -> None:
    text = re.sub(r"\{[\w-]+:(.*?)\}", r"\1", marked)
    for start, end, tag in reversed([*runs(text)]):
        text = f"{text[:start]}{{{tag}:{text[start:end]}}}{text[end:]}"
    assert text == marked


def test_marks_of_a_passage_are_not_repeated_inside_it() -> None:
    data = """---\ntitle: 纸\nurl: https://example.org/纸\n---\n
纸从洛阳走到西方，用了一千年。那里的人起初不相信布头能做成纸，后来学会了，再后来连书也用它来印。\n
书上说：Paper is made of rags，又见*Paper is made of rags*。\n
Paper is *made* of rags by hand\n"""
    article, *_ = read_and_clean(Source("", "source.md", data.encode()), "")
    assert article is not None
    assert Renderer(article=article).blocks(article.body) == (
        "<p>纸从洛阳走到西方，用了一千年。那里的人起初不相信布头能做成纸，后来学会了，再后来连书也用它来印。</p>\n"
        '<p>书上说：<span lang="en" xml:lang="en">Paper is made of rags</span>，'
        '又见<em lang="en" xml:lang="en">Paper is made of rags</em>。</p>\n'
        '<p lang="en" xml:lang="en">Paper is <em class="latin">made</em> of rags by hand</p>\n'
    )


def test_the_short_way_is_taken_for_chinese_alone() -> None:
    assert usual("王祯用木活字试印了")
    assert usual("1298 年，王祯用木活字试印")
    assert usual("纸")
    assert not any(map(usual, ("Paper", "“Paper”", "1298", "紙は木の皮から作られました", "한지는", "")))


def test_a_direction_is_told_where_it_changes() -> None:
    assert attributes("en", "zh-Hans") == ' lang="en" xml:lang="en"'
    assert attributes("ar", "zh-Hans").endswith(' dir="rtl"')
    assert attributes("he", "ar") == ' lang="he" xml:lang="he"'
    assert attributes("en", "ar").endswith(' dir="ltr"')


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_languages_on_a_page_do_not_change_what_is_read_of_it(folder: Path) -> None:
    article, *_ = read_and_clean(Source("", "source.md", (folder / "source.md").read_bytes()), "")
    assert article is not None
    page = written(article).decode()
    head, header, body = page.partition("<header>")
    without = head + header + re.sub(r' (?:xml:lang|lang|dir)="[^"]*"', "", body)
    assert (without != page) == ("passages" in folder.name)
    assert readers.read(without.encode(), "a.html", "").article == readers.read(page.encode(), "a.html", "").article


def test_titles_in_contents_have_their_language(tmp_path: Path) -> None:
    for number, title in enumerate(
        ("Paper is made of rags", "纸从洛阳来，走到西方，用了一千年，说起来话长", "BBC News")
    ):
        text = f"---\ntitle: {title}\nurl: https://example.org/{number}\n---\n\n他说，纸从洛阳走到西方，用了一千年。\n"
        (tmp_path / f"{number}.md").write_text(text, "utf-8")
    book = tmp_path.parent / "titles.epub"
    convert(tmp_path, book, "epub")
    for name in ("nav.xhtml", "articles.xhtml"):
        page = ZipFile(book).read(f"EPUB/{name}").decode()
        assert re.findall(r'<a href="[^"]*" lang="(\w+)" xml:lang="\w+">([^<]*)', page) == [
            ("en", "Paper is made of rags")
        ]


@pytest.mark.slow
def test_epubcheck_finds_nothing(tmp_path: Path) -> None:
    book = tmp_path / "cases.epub"
    done = run("--to", "epub", *(folder / "source.md" for folder in CASES), "-o", book)
    assert done.returncode == 0, done.stderr
    assert epubcheck(book) == []


def test_the_style_of_books_leaves_colours_and_places_to_the_reader() -> None:
    style = re.sub(r"/\*.*?\*/", "", (ROOT / "convert/writers/book/book.css").read_text("utf-8"), flags=re.S)
    said = re.findall(r"([a-z-]+)\s*:\s*([^;{}()]+)[;}]", style)
    assert len(said) > 100
    values = {name: {value.strip() for each, value in said if each == name} for name, _ in said}
    assert values["color"] == {"inherit"}
    assert values["font-family"] == {"monospace, monospace"}
    assert values["height"] == {"auto", "1.2em", "100vh"}  # of pictures in a line, and of the cover
    assert not values.keys() & {"background", "background-color", "position", "float", "writing-mode"}
    assert not re.search(r"#[0-9a-f]{3,6}\s*[;}]|\d(?:pt|cm|mm|in|pc)\b|rgb|hsl", style)


def test_right_to_left_book_keeps_dates_and_code_from_left_to_right(tmp_path: Path) -> None:
    text = """---
title: قەغەزنىڭ تارىخى
date: 2023-04-05
publisher: قەغەز
lang: ug
url: https://example.org/1
---

قەغەز `f(x)` قەدىمكى يىپەك يولى ئارقىلىق تارقالغان.

    f(x); g(y)
"""
    (tmp_path / "1.md").write_text(text, "utf-8")
    (tmp_path / "2.md").write_text(text.replace("org/1", "org/2"), "utf-8")
    book = tmp_path.parent / "right.epub"
    convert(tmp_path, book, "epub")
    with ZipFile(book) as archive:
        texts = {name.rpartition("/")[2]: archive.read(name).decode() for name in archive.namelist()}
    assert 'page-progression-direction="rtl"' in texts["content.opf"]
    for name in ("nav.xhtml", "articles.xhtml"):
        assert '<time dir="ltr">2023-04-05</time>' in texts[name]
    page = texts["1.xhtml"]
    assert '<article id="b-1" lang="ug" xml:lang="ug" dir="rtl">' in page
    assert '<time datetime="2023-04-05" dir="ltr">' in page
    assert '<code dir="ltr">f(x)</code>' in page
    assert '<pre dir="ltr"><code>f(x); g(y)' in page
    assert 'lang="ar"' not in page
