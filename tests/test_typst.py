"""The typst engine: no text is markup, nothing is lost, errors name the article, and it is the same each time.
What both engines keep to is in test_layout.py."""

import hashlib
import io
import os
import subprocess
import sys
from collections import Counter
from html import escape
from xml.etree import ElementTree

import pikepdf
import pytest
from helpers.printed import LOOKS, article, picture, tags, texts
from helpers.soak import examples
from hypothesis import given, strategies as st
from pypdf import PdfReader

from convert.errors import ConvertError
from convert.printing.drawing import drawable
from convert.printing.model import Chunk, Design, PrintSection
from convert.printing.tables import columns, grid
from convert.printing.tree import ParsedSection, headings, read
from convert.printing.typst import engine
from convert.printing.typst.sections import Translator
from convert.printing.variants import VARIANTS

POINTS = 72 / 25.4


def chunk(*leaves: PrintSection, alone: bool = False, **design: str) -> Chunk:
    return Chunk(leaves, "书名", "zh-Hans", Design(engine="typst", **design), alone=alone)


def sheets(of: Chunk) -> list[ParsedSection]:
    found = drawable(of)
    for sheet in found:
        list(headings(sheet))
    return found


def drawn(*leaves: PrintSection | str, alone: bool = False, **design: str) -> bytes:
    given = chunk(*(article(leaf) if isinstance(leaf, str) else leaf for leaf in leaves), alone=alone, **design)
    return engine.draw(sheets(given), given)[0]


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


@pytest.mark.slow
@examples(60)
@given(st.lists(st.tuples(st.sampled_from(PLACES), WORDS), min_size=1, max_size=8), WORDS, WORDS)
def test_text_with_typst_syntax_is_drawn_as_it_is(parts: list[tuple[str, str]], title: str, section: str) -> None:
    body = "".join(place.format(escape(text)) for place, text in parts)
    leaf = article(body, shown=title, heading=section, heading_anchor="s")
    element = ElementTree.fromstring(leaf.html)
    for item in element.iter("li"):
        item.text = "•" + item.text if item.text and item.text.strip() else item.text
    expected = "".join((section + "".join(element.itertext())).split())
    # Not by PDFium, which orders characters by position: typst sets the blank half of 「 over the one before it.
    pages = PdfReader(io.BytesIO(drawn(leaf))).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    assert text.replace("•", "") == expected.replace("•", "")


@pytest.mark.parametrize(
    "text", ['#panic("x")', '"); panic("x', "\\", '\\"', "\\u{41}", "*/ /* //", "#import x", '"+read("/etc/passwd")+"']
)
def test_code_is_text(text: str) -> None:
    leaf = article(f"<p>{escape(text)}</p>", title=text, section_title=text, heading=text, heading_anchor=text)
    assert "".join(texts(drawn(leaf))).count("".join(text.split())) >= 2


def test_names_of_places_and_addresses_are_strings() -> None:
    hostile = '"),panic("x'
    body = f'<p id="{escape(hostile)}"><a href="{escape("#" + hostile)}">甲</a><a href="https://a.example/{escape(hostile)}">乙</a></p>'
    with pikepdf.open(io.BytesIO(drawn(body))) as pdf:
        notes = list(pdf.pages[0].Annots)
    assert sorted("/A" in note and "/URI" in note.A for note in notes) == [False, True]


# --- structure --------------------------------------------------------------------------------------------------------


def test_tags_that_only_typst_has() -> None:
    found = tags(drawn("<p><strong>甲</strong><em>乙</em></p><pre><code>x = 1\n  y</code></pre>"))
    assert (found["Strong"], found["Em"], found["Code"]) == (1, 1, 1)


def test_passages_inside_a_line_have_their_language() -> None:
    span = '<span lang="en">of rags</span>'
    cells = f"<table><tr><td>丙{span}</td></tr></table>"
    markup = f"<p>纸，{span}。<strong>甲{span}</strong></p><ul><li>乙{span}</li></ul>{cells}"
    with pikepdf.open(io.BytesIO(drawn(markup))) as pdf:
        content = b"".join(page.Contents.read_bytes() for page in pdf.pages)
    assert content.count(b"/Lang(en)") == 4


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants(variant: str) -> None:
    data = drawn(article("<p>\uef00</p>", heading="\uef00", heading_anchor="s"), variant=variant)
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_metadata() as told:
        assert told.get("pdfaid:part", "0") == str(VARIANTS[variant].part)
        assert told.get("pdfuaid:part") == "1"


def test_a_chunk_that_goes_on_with_a_section_has_the_levels_of_the_book() -> None:
    found = tags(drawn(article("<h2>甲</h2><p>乙</p>")))
    assert (found["H1"], found["H2"], found["H3"]) == (0, 1, 1)


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
    assert not found.width or abs(sum(columns(found, 40, 1.2)) - 40) < 0.01


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
def test_deeply_nested_text_is_drawn_once(case: str) -> None:
    before, after = NESTED[case]
    inside = "<strong><em><u>" * 40 + "深处" + "</u></em></strong>" * 40
    found = "".join(texts(drawn(before * 40 + inside + after * 40)))
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
    data, told = engine.draw(sheets(of), of)
    assert texts(data) == ["题甲替代乙"]
    assert told == ("a.md: a picture that cannot be read; its text stands for it",)
    assert tags(data)["Figure"] == 1


def test_an_error_names_the_article(monkeypatch: pytest.MonkeyPatch) -> None:
    translate = Translator.section
    monkeypatch.setattr(Translator, "section", lambda self, one: "1/0" if one.anchor == "b" else translate(self, one))
    of = chunk(article("<p>好</p>", "a"), article("<p>坏</p>", "b"))
    with pytest.raises(ConvertError, match=r"^b\.md: typst cannot draw this: .*--pdf-engine weasyprint"):
        engine.draw(sheets(of), of)


def test_a_character_that_no_font_has_names_the_article() -> None:
    of = chunk(article("<p>好</p>", "a", heading="栏", heading_anchor="s"), article("<p>\U0001f9ff\U0010fffd</p>", "b"))
    with pytest.raises(ConvertError, match=r"^b\.md: typst cannot draw this"):
        engine.draw([read(leaf, of) for leaf in of.sections], of)


# --- the same bytes ---------------------------------------------------------------------------------------------------

SAME = """
import hashlib, sys
sys.path[:0] = {path!r}
import test_typst
print(test_typst.digest())
"""


def digest() -> str:
    body = LOOKS + "<p>ελ русский 한국어 สวัสดี</p>"
    return hashlib.sha256(drawn(article(body, heading="栏", heading_anchor="s"), article("<p>二</p>", "b"))).hexdigest()


@pytest.mark.slow
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
