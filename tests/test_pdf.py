"""The PDF book: all its text, its outline and its links, the same bytes each time, and no look outside."""

import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from html import escape
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from helpers.pdf import SENTENCES, article, drawn, made, python, read, text, text_of, volume
from pypdf import PdfReader

from convert.errors import ConvertError, MissingError
from convert.printing.engines import ENGINES
from convert.printing.fonts import chain as fonts, system
from convert.printing.model import Design
from convert.printing.weasy import engine as weasy
from convert.text import visible
from convert.writers import pdf
from convert.writers.options import Options
from convert.writers.part import RenderedArticle, Tally

HOSTILE = ("<b>&amp; \"q\" 'a'", "\x00控制\x1f", "长" * 2000, "", "\x07")


def outline(items: list[Any]) -> list[Any]:
    return [outline(item) if isinstance(item, list) else item.title for item in items]


def addresses(reader: PdfReader) -> list[str]:
    notes = (note.get_object() for page in reader.pages for note in page.get("/Annots", ()))
    return [str(note["/A"]["/URI"]) for note in notes if "/A" in note and "/URI" in note["/A"]]


@pytest.mark.slow
@pytest.mark.parametrize("language", SENTENCES)
def test_an_article_alone_is_its_text(language: str) -> None:
    reader = read(made(volume(1), article("n0", language)))
    assert text(reader) == "标题" + "".join(SENTENCES[language].split())


@pytest.mark.slow
def test_every_character_in_order_over_pages() -> None:
    paragraphs = [f"{number}、{SENTENCES['zh-Hans']}" for number in range(60)]
    reader = read(made(volume(1), article("n0", more="".join(f"<p>{escape(it)}</p>" for it in paragraphs))))
    assert len(reader.pages) > 2
    found = iter(text(reader))
    assert all(char in found for char in "标题" + SENTENCES["zh-Hans"] + "".join(paragraphs))


@pytest.mark.slow
def test_outline_of_sections_and_articles() -> None:
    reader = read(made(volume(2, 0, 3)))
    assert outline(reader.outline) == [
        "目录",
        "栏目0",
        ["第0篇", "第1篇"],
        "栏目2",
        ["第2篇", "第3篇", "第4篇"],
        "关于本书",
    ]
    first = "".join(reader.pages[0].extract_text().split())
    assert first == "纸与印刷2021-03-01–2021-03-055篇文章"
    contents = "".join(reader.pages[1].extract_text().split()).replace(".", "")
    assert contents == "目录栏目01第0篇1第1篇2栏目23第2篇3第3篇4第4篇5"
    assert reader.page_labels == ["i", "ii", "1", "2", "3", "4", "5", "6"]


def test_outline_of_an_article_alone() -> None:
    reader = read(made(volume(1), article("n0", more="<h2>甲</h2><h3>乙</h3><h2>丙</h2>")))
    assert outline(reader.outline) == ["第0篇", ["甲", ["乙"], "丙"]]


@pytest.mark.slow
def test_language_title_dates_and_tags() -> None:
    reader = read(made(volume(1, 1)))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "zh-Hans"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "纸与印刷"
    assert str(reader.metadata["/CreationDate"]) == "D:20210302000000Z"


def test_fonts_are_embedded() -> None:
    resources: Any = read(made(volume(1))).pages[0]["/Resources"]
    drawn = [font.get_object()["/DescendantFonts"][0].get_object() for font in resources["/Font"].values()]
    assert drawn
    assert all({"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"]) for font in drawn)


@pytest.mark.slow
def test_links_are_those_of_the_text() -> None:
    link = '<p><a href="https://paper.example/a?b&amp;c">纸</a><img src="https://pics.example/x.png" alt="图"/></p>'
    assert addresses(read(made(volume(2), article("n0", more=link), article("n1")))) == ["https://paper.example/a?b&c"]


@pytest.mark.slow
def test_hostile_titles() -> None:
    book = volume(len(HOSTILE), 0, title=HOSTILE[2], titles=HOSTILE)
    chapters = [article(f"n{n}", title=visible(title)) for n, title in enumerate(HOSTILE)]
    reader = read(made(book, *chapters))
    labels = outline(reader.outline)[-2]
    assert labels[:2] == ["<b>&amp; \"q\" 'a'", "控制"]
    assert labels[2].endswith("…")
    assert labels[3:] == ["n3", "n4"]


def test_empty_elements_are_not_left_open() -> None:
    reader = read(made(volume(1), article("n0", more='<p><a id="x"/>甲</p><p><span/>乙<br/>丙</p>')))
    assert text(reader).endswith("甲乙丙")


def test_lists_begin_where_they_say() -> None:
    reader = read(made(volume(1), article("n0", more='<ol start="7"><li>甲</li><li>乙</li></ol>')))
    assert text(reader).endswith("甲乙7.8."), "the numbers, which WeasyPrint paints last"


@pytest.mark.slow
def test_a_chapter_that_is_no_xml_is_told_and_the_others_are_drawn() -> None:
    tally, out = Tally(), io.BytesIO()
    pdf.bind(volume(2), map(RenderedArticle, [b"<article><p></article>", article("n1")]), out, Options(), tally)
    ((entry, reason),) = tally.undrawn
    assert entry.id == "n0"
    assert "no XHTML" in str(reason)
    pages = [text_of(page) for page in read(out.getvalue()).pages[-3:-1]]
    assert "这里没有收入这篇文章：它的版面无法印成书页。" in pages[0]
    assert SENTENCES["zh-Hans"] in pages[1]


def test_chapters_and_entries_must_agree() -> None:
    with pytest.raises(ValueError, match="zip"):
        made(volume(2), article("n0"))


def test_a_book_without_articles_is_an_error() -> None:
    with pytest.raises(ConvertError, match="at least one article"):
        made(volume(0))


@pytest.mark.slow
def test_a_character_without_glyph_is_told_and_spelt_out(capfd: pytest.CaptureFixture[str]) -> None:
    tally, out = Tally(), io.BytesIO()
    pdf.bind(
        volume(2),
        map(RenderedArticle, [article("n0", more="<p>\ue123\ue123</p>"), article("n1")]),
        out,
        Options(),
        tally,
    )
    assert [(entry.id, gap.character, gap.times) for entry, gap in tally.gaps] == [("n0", "\ue123", 2)]
    assert "〔U+E123〕〔U+E123〕" in text(read(out.getvalue()))
    assert capfd.readouterr() == ("", "")


WATCH = """
import io, json, sys, tempfile
from helpers import pdf as made
tempfile.gettempdir()  # which tries out where it may write, once
from convert.printing.fonts import chain as fonts
from convert.printing.weasy import engine as weasy
weasy.engine(), fonts.chain("zh-Hans")
seen = []
sys.addaudithook(lambda name, args: seen.append((name, str(args[0]), str(args[1]) if name == "open" else ""))
    if name == "open" or name.split(".")[0] in ("socket", "urllib", "subprocess", "http", "ftplib") else None)
more = ('<p><img src="https://a.example/x.png" alt="x"/><img src="file:///etc/passwd" alt="x"/>'
    '<img src="x.png" alt="x"/>'
    '<img alt="x" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC"/></p>'
    '<p style="background: url(http://a.example/b.png)">x</p><object data="http://a.example/o"></object>'
    '<link rel="stylesheet" href="http://a.example/s.css"/><style>@import "http://a.example/i.css";</style>')
made.drawn(made.article("n0", "en", more=more))
print(json.dumps(seen))
"""


@pytest.mark.slow
def test_drawing_opens_only_fonts_and_packages() -> None:
    events = json.loads(python(WATCH))
    asked = [(name, path) for name, path, _ in events if name != "open"]
    assert [event for event in asked if not (event[0] == "urllib.Request" and event[1].startswith("data:"))] == []
    known = [Path(it) for it in {*sys.path, sys.prefix, sys.base_prefix} if it] + [Path(fonts.__file__).parent]
    roots = tuple(str(it.resolve()) for it in known)
    fonts_kept = "weasyprint-"  # the folder in which WeasyPrint hands our own fonts to fontconfig
    for name, path, mode in events:
        if name == "open" and fonts_kept not in path:
            assert str(Path(path).resolve()).startswith(roots), path
            assert not {"w", "a", "x", "+"} & set(mode.replace("None", "")), path


@pytest.mark.slow
def test_same_bytes_twice() -> None:
    code = "import sys; from helpers import pdf as t; sys.stdout.buffer.write(t.made(t.volume(2, 2)))"
    digests = {
        hashlib.sha256(python(code, PYTHONHASHSEED=seed, TZ=zone)).hexdigest()
        for seed, zone in (("0", "UTC"), ("1", "Asia/Shanghai"))
    }
    assert digests == {hashlib.sha256(made(volume(2, 2))).hexdigest()}


@pytest.fixture
def afresh() -> Iterator[None]:
    """Nothing that is found once in a process is remembered, before and after."""
    for each in (fonts.chain, fonts.bundled, weasy.engine):
        each.cache_clear()
    yield
    for each in (fonts.chain, fonts.bundled, weasy.engine):
        each.cache_clear()


def without(name: str, error: Exception) -> Callable[[str], ModuleType]:
    """`import_module` in a world in which `name` cannot be imported."""

    def importing(wanted: str) -> ModuleType:
        if wanted == name:
            raise error
        return import_module(wanted)

    return importing


@pytest.mark.usefixtures("afresh")
@pytest.mark.parametrize(
    ("name", "error", "step"),
    [
        ("weasyprint", OSError("cannot load library 'libpango-1.0-0': x"), "apt-get install libpango-1.0-0"),
        ("weasyprint", ImportError("No module named 'weasyprint'"), "pip install"),
    ],
)
def test_missing_library_is_an_error_with_the_next_step(
    monkeypatch: pytest.MonkeyPatch, name: str, error: Exception, step: str
) -> None:
    monkeypatch.setattr(weasy, "import_module", without(name, error))
    with pytest.raises(MissingError, match=step):
        drawn(article("n0"))


@pytest.mark.usefixtures("afresh")
def test_without_a_chinese_font_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "installed", lambda: ())
    monkeypatch.setattr(fonts, "PACKAGES", ())
    with pytest.raises(ConvertError, match="fonts-noto-cjk"):
        made(volume(1))


# --- what is told -----------------------------------------------------------------------------------------------------


def told(engine: str, chapter: bytes, variant: str = "pdf/ua-1") -> tuple[str, Tally]:
    out, tally = io.BytesIO(), Tally()
    design = Design(engine=engine, variant=variant)
    pdf.bind(volume(1), iter([RenderedArticle(chapter)]), out, Options(design=design), tally)
    return text(read(out.getvalue())), tally


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_character_for_private_use_is_spelled_out_and_told_where_each_must_mean_something(engine: str) -> None:
    """ISO 19005-2, 6.2.11.7.3.  A font may have a glyph for it all the same, as DejaVu Sans has for some."""
    private = "".join(map(chr, range(0xE000, 0xF8FF)))
    lacking = fonts.chain("zh-Hans").missing(private)
    char = next((char for char in private if char not in lacking), "\ue000")
    shown, tally = told(engine, article("n0", more=f"<p>甲{char}乙</p>"), "pdf/a-2a")
    assert f"甲〔U+{ord(char):04X}〕乙" in shown
    assert [(entry.id, gap.character, gap.times) for entry, gap in tally.gaps] == [("n0", char, 1)]


@pytest.mark.slow
def test_warnings_of_the_engine_are_reported() -> None:
    address = "data:image/png;base64,AAAA"
    shown, tally = told("typst", article("n0", more=f'<p>甲<img src="{address}" alt="替代"/>乙</p>'))
    assert "替代" in shown
    assert list(tally.notes) == ["typst: s/n0.md: a picture that cannot be read; its text stands for it"]
    shown, tally = told("weasyprint", article("n0", more=f'<p>甲<img src="{address}" alt="替代"/>乙</p>'))
    assert "替代" in shown
    assert len(tally.notes) == 1
    assert next(iter(tally.notes)).startswith(f"weasyprint: Failed to load image at '{address}'")
