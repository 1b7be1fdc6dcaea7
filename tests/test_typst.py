"""The typst engine: no text is markup, everything is there, tagged, on the page, and the same each time."""

import base64
import hashlib
import io
import os
import struct
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any
from xml.etree import ElementTree

import pdfua
import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convert.errors import ConvertError
from convert.printing import typst
from convert.printing.drawing import drawable
from convert.printing.model import Chunk, Design, Leaf
from convert.printing.pages import PAGES
from convert.printing.tree import Sheet, headings, read
from convert.printing.typst_leaves import Translator
from convert.printing.typst_tables import columns, grid
from convert.printing.variants import VARIANTS

POINTS = 72 / 25.4


def article(body: str, anchor: str = "a", shown: str = "题", **more: str) -> Leaf:
    html = f'<article id="{anchor}" lang="zh-Hans"><h1>{escape(shown)}</h1>{body}</article>'
    return Leaf("article", anchor, html.encode(), label=f"{anchor}.md", **more)


def chunk(*leaves: Leaf, alone: bool = False, **design: str) -> Chunk:
    return Chunk(leaves, "书名", "zh-Hans", Design(engine="typst", **design), alone=alone)


def sheets(of: Chunk) -> list[Sheet]:
    found = drawable(of)
    for sheet in found:
        list(headings(sheet))
    return found


def drawn(*leaves: Leaf | str, alone: bool = False, **design: str) -> bytes:
    given = chunk(*(article(leaf) if isinstance(leaf, str) else leaf for leaf in leaves), alone=alone, **design)
    return typst.draw(sheets(given), given)[0]


def pages(data: bytes) -> list[str]:
    """The text of each page without white space; where a line ends with a hyphen, PDFium tells U+FFFE."""
    pdf = pypdfium2.PdfDocument(data)
    return ["".join(page.get_textpage().get_text_range().replace("\ufffe", "-").split()) for page in pdf]


def elements(data: bytes) -> Iterator[tuple[str, str, str]]:
    """The structure elements: type, language, alternative text."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        waiting = [pdf.Root.StructTreeRoot]
        while waiting:
            kids: Any = waiting.pop().get("/K", [])
            for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                    yield str(kid.S)[1:], str(kid.get("/Lang", "")), str(kid.get("/Alt", ""))
                    waiting.append(kid)


def tags(data: bytes) -> Counter[str]:
    return Counter(tag for tag, _, _ in elements(data))


def picture(width: int, height: int) -> str:
    """A grey PNG as a data: address."""

    def piece(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", head) + piece(b"IDAT", rows) + piece(b"IEND", b"")
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


# --- text is never markup ---------------------------------------------------------------------------------------------

HOSTILE = "#\"\\$*_`<>@[]{}()/=-+~'^|:;,.!?&%"
WORDS = st.text(HOSTILE + "ab1 \n纸「」。，、…—", max_size=40)
PLACES = (
    "<p>{}</p>", "<ul><li>{}</li></ul>", "<h2>{}</h2>", "<p>x<strong>{}</strong></p>", "<p>x<em>{}</em></p>",
    "<pre><code>{}</code></pre>", "<p>x<code>{}</code></p>", '<p>x<a href="https://a.example/">{}</a></p>',
    "<table><tr><td>{}</td></tr></table>", "<table><tr><th>a</th></tr><tr><td>{}</td></tr></table>",
    "<figure><p class='picture'>x</p><figcaption>{}</figcaption></figure>",
    "<p><ruby>x<rp>（</rp><rt>{}</rt></ruby></p>",
    "<blockquote class='embed tweet'><p>{}</p></blockquote>",
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PLACES), WORDS), min_size=1, max_size=8), WORDS, WORDS)
def test_what_a_text_says_is_drawn_and_nothing_else(parts: list[tuple[str, str]], title: str, section: str) -> None:
    body = "".join(place.format(escape(text)) for place, text in parts)
    leaf = article(body, shown=title, heading=section, heading_anchor="s")
    element = ElementTree.fromstring(leaf.html)
    for item in element.iter("li"):
        item.text = "•" + item.text if item.text and item.text.strip() else item.text
    expected = "".join((section + "".join(element.itertext())).split())
    assert "".join(pages(drawn(leaf))).replace("•", "") == expected.replace("•", "")


@pytest.mark.parametrize(
    "text", ['#panic("x")', '"); panic("x', "\\", '\\"', "\\u{41}", "*/ /* //", "#import x", '"+read("/etc/passwd")+"']
)
def test_code_is_text(text: str) -> None:
    leaf = article(f"<p>{escape(text)}</p>", title=text, section=text, heading=text, heading_anchor=text)
    assert "".join(pages(drawn(leaf))).count("".join(text.split())) >= 2


def test_names_of_places_and_addresses_are_strings() -> None:
    hostile = '"),panic("x'
    body = f'<p id="{escape(hostile)}"><a href="{escape("#" + hostile)}">甲</a><a href="https://a.example/{escape(hostile)}">乙</a></p>'
    with pikepdf.open(io.BytesIO(drawn(body))) as pdf:
        notes = list(pdf.pages[0].Annots)
    assert sorted("/A" in note and "/URI" in note.A for note in notes) == [False, True]


# --- structure --------------------------------------------------------------------------------------------------------

STRUCTURE = {
    "headings": ("<h2>甲</h2><p>乙</p><h3>丙</h3><p>丁</p>", {"H2": 1, "H3": 1, "H4": 1, "P": 2}),
    "a heading is left out on the way down": ("<h4>甲</h4><p>乙</p>", {"H2": 1, "H3": 1}),
    "lists": ("<ul><li>甲<ol><li>乙</li></ol></li><li>丙</li></ul>", {"L": 2, "LI": 3, "Lbl": 3, "LBody": 3}),
    "quotation": ("<blockquote><p>甲</p></blockquote>", {"BlockQuote": 1}),
    "embed": ('<blockquote class="embed tweet"><p>甲</p></blockquote>', {"BlockQuote": 1}),
    "emphasis": ("<p><strong>甲</strong><em>乙</em></p>", {"Strong": 1, "Em": 1}),
    "code": ("<pre><code>x = 1\n  y</code></pre>", {"Code": 1}),
    "table": (
        "<table><thead><tr><th>甲</th><th>乙</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        {"Table": 1, "TR": 2, "TH": 2, "TD": 2, "THead": 1, "TBody": 1},
    ),
    "a table without a head": (
        "<table><tbody><tr><td>甲</td></tr><tr><td>1</td></tr></tbody></table>",
        {"Table": 1, "TH": 1, "TD": 1},
    ),
    "a table of one row is none": ("<table><tbody><tr><td>甲</td><td>1</td></tr></tbody></table>", {"Table": 0}),
    "picture": (f'<figure><p class="picture"><img src="{picture(9, 9)}" alt="灰"/></p></figure>', {"Figure": 1}),
    "footnote": (
        '<p>甲<a href="#n" role="doc-noteref">1</a></p><aside class="footnote" id="n"><p>注</p></aside>',
        {"Note": 1, "Link": 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STRUCTURE)
def test_tags(case: str) -> None:
    body, expected = STRUCTURE[case]
    found = tags(drawn(article(body, heading="栏", heading_anchor="s")))
    assert {tag: found[tag] for tag in expected} == expected


def test_all_of_it_keeps_to_pdf_ua(tmp_path: pytest.TempPathFactory) -> None:
    body = "".join(body for body, _ in STRUCTURE.values()).replace('id="n"', 'id="m"')
    path = tmp_path / "all.pdf"  # type: ignore[operator]
    path.write_bytes(drawn(article(body, heading="栏", heading_anchor="s", section="栏", title="题")))
    assert [finding for outcome in pdfua.validate(path).outcomes for finding in outcome.findings] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants(variant: str) -> None:
    data = drawn(article("<p>\uef00</p>", heading="\uef00", heading_anchor="s"), variant=variant)
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_metadata() as told:
        assert told.get("pdfaid:part", "0") == str(VARIANTS[variant].part)
        assert told.get("pdfuaid:part") == "1"


def test_a_chunk_that_goes_on_with_a_section_has_the_levels_of_the_book() -> None:
    found = tags(drawn(article("<h2>甲</h2><p>乙</p>")))
    assert (found["H1"], found["H2"], found["H3"]) == (0, 1, 1)


def test_passages_in_other_languages_and_alternative_texts() -> None:
    data = drawn(
        f'<p>甲</p><p lang="en">one two</p><p lang="ar" dir="rtl">سلام</p><p><img src="{picture(9, 9)}" alt="灰"/></p>'
    )
    found = list(elements(data))
    assert {"en", "ar"} <= {language for _, language, _ in found}
    assert [alternative for tag, _, alternative in found if tag == "Figure"] == ["灰"]


# --- places -----------------------------------------------------------------------------------------------------------


def test_links() -> None:
    body = (
        '<p>甲<a href="https://a.example/?x=1&amp;y=%E4%BA%8C">外</a><a href="#a-1">内</a><a href="#b">别</a></p>'
        '<p><span id="a-1"></span>这里</p><p><a href="#a-h-1">回</a></p><h2 id="a-h-1">丁</h2>'
    )
    with pikepdf.open(io.BytesIO(drawn(article(body), article("", "b")))) as pdf:
        notes = list(pdf.pages[0].Annots)
        addresses = [str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A]
        names = {str(name) for name in list(pdf.Root.Names.Dests.Names)[::2]}
    assert addresses == ["https://a.example/?x=1&y=%E4%BA%8C", "leaf:b"]
    assert len(notes) == 4
    assert names >= {"a", "b", "a-h-1"}


def test_an_address_that_wraps_is_one_link_a_line() -> None:
    address = "https://a.example/gb/23/3/14/n90000002.htm?x=1&amp;feed=paper-2023" + "/a1b2" * 20
    with pikepdf.open(io.BytesIO(drawn(f'<p><a href="{address}">{address}</a></p>'))) as pdf:
        assert len(pdf.pages[0].Annots) <= 3


def test_every_leaf_begins_a_page_and_its_section_with_it() -> None:
    data = drawn(article("<p>一</p>", "a", heading="栏", heading_anchor="s"), article("<p>二</p>", "b", "文"))
    assert pages(data) == ["栏题一", "文二"]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        names = list(pdf.Root.Names.Dests.Names)
        where = {
            str(name): pdf.pages.index(pikepdf.Page(to[0])) for name, to in zip(names[::2], names[1::2], strict=True)
        }
    assert where == {"a": 0, "s": 0, "b": 1}


def test_running_heads() -> None:
    long = "<p>长</p>" * 60
    book = pages(drawn(article(long, section="栏目", title="标题")))
    assert len(book) > 1
    assert all(page.startswith("栏目标题") for page in book)
    alone = pages(drawn(article(long, shown="标题", title="标题"), alone=True))
    assert [page.startswith("标题") for page in alone] == [True] * len(alone)
    assert [page.count("标题") for page in alone] == [1] * len(alone)  # the title on the first, the head on the others


def test_a_footnote_stands_at_the_foot_of_the_page_that_calls_it() -> None:
    body = (
        '<p>甲<a href="#n" role="doc-noteref"><sup>[1]</sup></a>乙</p><p>丙</p>'
        '<aside class="footnote" id="n"><p><a href="#a">[1]</a>注一</p><p>注二</p></aside><p>丁</p>' + "<p>长</p>" * 60
    )
    first, *rest = pages(drawn(body))
    assert first.startswith("题甲[1]乙丙丁")
    assert first.endswith("[1]注一注二")
    assert "注" not in "".join(rest)


def test_contents_have_leaders_and_numbers_at_the_right() -> None:
    rows = "".join(
        f'<li><a href="leaf:a{number}">{"很长的题目" * number}<span class="folio">{number * 111}</span></a></li>'
        for number in range(1, 9)
    )
    html = f'<nav class="contents"><h1>目录</h1><ol><li>栏<ol>{rows}</ol></li></ol></nav>'
    data = drawn(Leaf("contents", "contents", html.encode()), page="phone")
    pdf = pypdfium2.PdfDocument(data)
    ends = []
    for page in pdf:
        text = page.get_textpage()
        whole = text.get_text_range()
        for number in range(1, 9):
            at = whole.find(str(number * 111))
            ends += [round(text.get_charbox(at + len(str(number * 111)) - 1)[2])] if at >= 0 else []
    assert len(ends) == 8
    assert max(ends) - min(ends) <= 1
    assert "." not in "".join(pages(data))
    with pikepdf.open(io.BytesIO(data)) as found:
        linked = [str(note.A.URI) for page in found.pages for note in page.get("/Annots", ())]
    assert list(dict.fromkeys(linked)) == [f"leaf:a{number}" for number in range(1, 9)]


def test_a_part_of_the_contents_without_a_heading_and_the_cover() -> None:
    rest = Leaf("contents", "contents-1", '<nav class="contents"><ol><li>甲</li></ol></nav>'.encode())
    cover = Leaf("cover", "cover", '<section class="cover"><h1>书</h1><p>一</p><p>二</p></section>'.encode())
    assert pages(drawn(cover, rest)) == ["书一二", "甲"]


# --- looks ------------------------------------------------------------------------------------------------------------


def lefts(data: bytes, marks: str) -> list[int]:
    """How far from the left margin, in tenths of a point, the first of each character stands."""
    text = pypdfium2.PdfDocument(data)[0].get_textpage()
    whole = text.get_text_range()
    return [round(text.get_charbox(whole.index(mark))[0] * 10) for mark in marks]


def test_two_characters_of_indent_or_none() -> None:
    body = '<p>国国</p><p>园园</p><p lang="en">Hand made</p><ul><li><p>表</p></li></ul>'
    first, second, english = lefts(drawn(body), "国园H")
    assert first == second
    assert abs(first - english - 210) < 12
    first, second, english = lefts(drawn(body, style="spaced"), "国园H")
    assert abs(first - english) < 12


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "text",
    ["https://a.example/" + "long-path_" * 40, "x" * 400, "—" * 200, "！" * 200, "……" * 100, "A1" * 300, "（" * 90],
    ids=lambda text: text[-2:],
)
def test_nothing_leaves_the_page(page: str, text: str) -> None:
    body = f"<p>{text}</p><ul><li>{text}</li></ul><pre><code>{text}</code></pre><p><a href='https://a.example/'>{text}</a></p>"
    body += f"<table><tbody><tr><th>甲</th><th>乙</th></tr><tr><td>{text}</td><td>2</td></tr></tbody></table>"
    data = drawn(body, page=page)
    size = PAGES[page]
    pdf = pypdfium2.PdfDocument(data)
    assert [round(side / POINTS) for side in pdf[0].get_size()] == [size.width, size.height]
    for sheet in pdf:
        found = sheet.get_textpage()
        for number in range(found.count_rects()):
            left, bottom, right, top = (edge / POINTS for edge in found.get_rect(number))
            assert size.side - 2 < left < right < size.width - size.side + 2
            assert size.bottom - 3 < bottom <= top < size.height
    assert "".join(pages(data)).replace("•", "").count(text) == 5


def test_a_head_of_a_table_is_on_every_page_and_no_row_is_lost() -> None:
    rows = "".join(f"<tr><td>行{number}行</td><td>{'字' * 60}</td></tr>" for number in range(80))
    found = pages(drawn(f"<table><thead><tr><th>表头</th><th>乙</th></tr></thead><tbody>{rows}</tbody></table>"))
    assert len(found) > 2
    assert all("表头" in page for page in found)
    assert [number for number in range(80) if "".join(found).count(f"行{number}行") != 1] == []


def test_a_heading_stays_with_what_follows_and_a_caption_with_its_picture() -> None:
    shown = f'<p class="picture"><img src="{picture(300, 300)}" alt="灰"/></p>'
    figure = f"<figure>{shown}<figcaption>说明</figcaption></figure>"
    for lines in range(20, 40):
        found = pages(drawn("<p>行</p>" * lines + "<h2>小标题</h2><p>后文</p>"))
        assert any("小标题后文" in page for page in found)
    for lines in range(16, 30, 2):
        pdf = pypdfium2.PdfDocument(drawn("<p>行</p>" * lines + figure))
        kinds = [any(each.type == 3 for each in page.get_objects()) for page in pdf]
        assert kinds == ["说明" in page.get_textpage().get_text_range() for page in pdf]


# --- tables -----------------------------------------------------------------------------------------------------------

GRIDS = {
    "<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>": ["a0 b1", "c0 -1"],
    '<tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr>': ["a0:2", "b0 c1"],
    '<tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr>': ["a0x2 b1", "c1"],
    '<tr><td rowspan="9">a</td><td>b</td></tr><tr><td>c</td></tr>': ["a0x2 b1", "c1"],
    '<tr><td colspan="1000">a</td></tr><tr><td>b</td></tr>': ["a0", "b0"],
    '<tr><td>a</td><td rowspan="2">b</td></tr><tr><td colspan="3">c</td></tr>': ["a0 b1x2", "c0"],
    '<tr><td colspan="99999999999">a</td></tr>': ["a0"],
    '<tr><td rowspan="x">a</td><td colspan="0">b</td></tr><tr></tr>': ["a0 b1", "-0:2"],
}


@pytest.mark.parametrize("rows", GRIDS)
def test_grid(rows: str) -> None:
    found = grid(ElementTree.fromstring(f"<table><tbody>{rows}</tbody></table>"))
    shown = [
        " ".join(
            f"{'-' if slot.element is None else slot.element.text}{slot.column}"
            f"{f':{slot.width}' if slot.width > 1 else ''}{f'x{slot.height}' if slot.height > 1 else ''}"
            for slot in row
        )
        for row in found.rows
    ]
    assert shown == GRIDS[rows]


@given(st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=5), min_size=1, max_size=5))
def test_every_place_of_a_grid_belongs_to_one_cell(rows: list[list[tuple[int, int]]]) -> None:
    cells = ("".join(f'<td colspan="{width}" rowspan="{height}">x</td>' for width, height in row) for row in rows)
    found = grid(ElementTree.fromstring(f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"))
    places = Counter(
        (number + down, slot.column + right)
        for number, row in enumerate(found.rows)
        for slot in row
        for down in range(slot.height)
        for right in range(slot.width)
    )
    assert set(places.values()) <= {1}
    assert len(places) == len(found.rows) * found.width
    assert sum(slot.element is not None for row in found.rows for slot in row) == sum(map(len, rows))
    assert not found.width or abs(sum(columns(found, 40)) - 40) < 0.01


# --- what is hostile or broken ----------------------------------------------------------------------------------------

NESTED = {
    "blockquote": ("<blockquote>", "</blockquote>"),
    "ul": ("<ul><li>", "</li></ul>"),
    "ol": ("<ol><li><p>甲</p>", "</li></ol>"),
    "embed": ('<blockquote class="embed other">', "</blockquote>"),
    "aside": ('<aside class="x">', "</aside>"),
    "table": ("<table><tr><td>", "</td><td>乙</td></tr></table>"),
    "div": ("<div>", "</div>"),
    "strong": ("<p>", "</p>"),
}


@pytest.mark.parametrize("case", NESTED)
def test_what_is_nested_40_deep_is_there_once(case: str) -> None:
    before, after = NESTED[case]
    inside = "<strong><em><u>" * 40 + "深处" + "</u></em></strong>" * 40
    found = "".join(pages(drawn(before * 40 + inside + after * 40)))
    assert found.count("深处") == 1
    assert (found.count("甲"), found.count("乙")) == (
        (before + after).count("甲") * 40,
        (before + after).count("乙") * 40,
    )


@pytest.mark.parametrize(
    "address", ["data:image/png;base64,AAAA", "data:image/png;base64,A", "https://a.example/x.png", "x.png"]
)
def test_a_picture_that_is_none_is_its_text(address: str) -> None:
    of = chunk(article(f'<p>甲<img src="{address}" alt="替代"/>乙</p><p><img src="{picture(3, 3)}" alt="好"/></p>'))
    data, told = typst.draw(sheets(of), of)
    assert pages(data) == ["题甲替代乙"]
    assert told == ("a.md: a picture that cannot be read; its text stands for it",)
    assert tags(data)["Figure"] == 1


def test_an_error_names_the_article(monkeypatch: pytest.MonkeyPatch) -> None:
    leaf = Translator.leaf
    monkeypatch.setattr(Translator, "leaf", lambda self, sheet: "1/0" if sheet.anchor == "b" else leaf(self, sheet))
    of = chunk(article("<p>好</p>", "a"), article("<p>坏</p>", "b"))
    with pytest.raises(ConvertError, match=r"^b\.md: typst cannot draw this: .*--pdf-engine weasyprint"):
        typst.draw(sheets(of), of)


def test_a_character_that_no_font_has_names_the_article() -> None:
    of = chunk(article("<p>好</p>", "a", heading="栏", heading_anchor="s"), article("<p>\U0001f9ff\U0010fffd</p>", "b"))
    with pytest.raises(ConvertError, match=r"^b\.md: typst cannot draw this"):
        typst.draw([read(leaf, of) for leaf in of.leaves], of)


# --- the same bytes ---------------------------------------------------------------------------------------------------

SAME = """
import hashlib, sys
sys.path[:0] = {path!r}
from tests import test_typst
print(test_typst.digest())
"""


def digest() -> str:
    body = "".join(body for body, _ in STRUCTURE.values()) + "<p>ελ русский 한국어 สวัสดี</p>"
    return hashlib.sha256(drawn(article(body, heading="栏", heading_anchor="s"), article("<p>二</p>", "b"))).hexdigest()


def test_the_same_bytes_each_time() -> None:
    found = {digest(), digest()}
    for seed in ("1", "2"):
        found.add(
            subprocess.run(
                [sys.executable, "-c", SAME.format(path=sys.path)],
                env={**os.environ, "PYTHONHASHSEED": seed, "RAYON_NUM_THREADS": seed},
                capture_output=True,
                check=True,
                text=True,
            ).stdout.strip()
        )
    assert len(found) == 1
