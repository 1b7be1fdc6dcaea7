"""Elements that browsers do not show: by attribute, by style, and by the style sheets that a page carries."""

import pytest
from helpers.markup import blocks_of, written
from turbohtml import parse

from convert import readers
from convert.model import Embed, texts
from convert.readers.html.sheets import hidden_by_sheets

HIDDEN = [
    ("<p>见<b style='display:none'>藏</b>", "见", "藏"),
    ("<p hidden>藏</p><p>见", "见", "藏"),
    ("<ul><li>见<li style='DISPLAY : none !important'>藏</ul>", "- 见", "藏"),
    ("<table><tr style='visibility:hidden'><td>藏<tr><td>见</table>", "| |\n| --- |\n| 见 |", "藏"),
    ("<p>见<a href='https://example.org/x' hidden>藏</a>", "见", "藏 <https://example.org/x>"),
    ("<p>见<img src='https://example.org/a.png' style='visibility:hidden'>", "见", "<https://example.org/a.png>"),
    ("<p>见<span class='icon sr-only'>藏</span>", "见", "藏"),
    ("<p>见<span style='position:absolute;left:-9999px'>藏</span>", "见", "藏"),
    ("<p>见<span style='position:absolute;clip:rect(0,0,0,0)'>藏</span>", "见", "藏"),
    ("<p>见</p><dialog>藏</dialog>", "见", "藏"),
    ("<p>见</p><iframe hidden src='https://example.org/f'></iframe>", "见", "<https://example.org/f>"),
    ("<p style='disp\\6C ay:none'>藏</p><p>见", "见", "藏"),
    ("<p style='height:0;overflow:hidden'>藏</p>见", "见", "藏"),
    ("<p style='width:1px;height:1px;overflow:hidden'>藏</p>见", "见", "藏"),
    ("<p style='clip-path: inset(50%)'>藏</p>见", "见", "藏"),
    ("<p style='clip-path:circle(0)'>藏</p>见", "见", "藏"),
    ("<p style='content-visibility:hidden'>藏</p>见", "见", "藏"),
    ("<p style='margin-left:-9999px'>藏</p>见", "见", "藏"),
    ("<p>见<span style='font-size:0'>藏</span>", "见", "藏"),
    ("<p>见</p><iframe src='https://example.org/f' width=1 height=1></iframe>", "见", "<https://example.org/f>"),
    ("<div style='width:1px;height:1px;overflow:hidden'><img src='https://example.org/a.png'></div>见", "见",
     "<https://example.org/a.png>"),
    # not hidden
    ("<p style='height:0;padding-bottom:56%;overflow:hidden'>见", "见", None),
    ("<p style='height:0'>见", "见", None),
    ("<p style='font-size:0'><span style='font-size:1em'>见</span>", "见", None),
    ("<p style='opacity:0'>见", "见", None),
    ("<p style='clip-path:inset(10%)'>见", "见", None),
    ("<p style='margin-left:-900px'>见", "见", None),
    ("<button>问</button><div style='display:none'>答</div>", "问\n\n答", None),
    ("<button data-bs-toggle=collapse data-bs-target='#a'>问</button><p>见</p><div id=a hidden>答</div>",
     "问\n\n见\n\n答", None),
    ("<button>问</button><div class=share-menu style='display:none'>藏</div>", "问", "藏"),
    ("<p style='backface-visibility:hidden;overflow:hidden'>见", "见", None),
    ("<p style='display:none;display:block'>见", "见", None),
    ("<p style='display:none/*x*/ ! important;display:block'>藏</p>见", "见", "藏"),
    ("<p style='/* display:none */'>见", "见", None),
    ("<p hidden=until-found>见", "见", None),
    ("<div style='visibility:hidden'><p style='visibility:visible'>见</div>", "见", None),
    ("<button aria-expanded=false aria-controls=a>问</button><div id=a hidden>答</div>", "问\n\n答", None),
    ("<p aria-hidden=true>见", "见", None),
]  # fmt: skip


@pytest.mark.parametrize(("html", "expected", "removed"), HIDDEN, ids=[html[:60] for html, *_ in HIDDEN])
def test_hidden_content_is_taken_out_and_listed(html: str, expected: str, removed: str | None) -> None:
    builder, article = blocks_of(html)
    assert written(article) == expected
    assert [note.removed for note in builder.notes if note.code == "HTM002"] == ([] if removed is None else [removed])


@pytest.mark.parametrize("kind", ["audio", "video"])
@pytest.mark.parametrize("how", ["style='display: none;'", "style='visibility:hidden'", "hidden"])
def test_hidden_player_is_no_hidden_text(kind: str, how: str) -> None:
    builder, article = blocks_of(f"<p>见<{kind} {how} controls></{kind}>")
    assert [block.kind for block in article.body if isinstance(block, Embed)] == [kind]
    assert builder.notes == []


SHEETS = [
    (".h{display:none}", True), ("p.h, .x{color:red;DISPLAY : NONE !important}", True), ("#i{visibility:hidden}", True),
    ("/* .h{} */ .x{color:red} .h{display:none}", True), ("@media screen{.h{display:none}}", True),
    ("@charset 'utf-8'; .h{display:none}", True), (".h.k{display:none}", True), ("@layer a{.h{display:none}}", True),
    (".k{display:block} .h.k{display:none}", True), ("@media print{.h{display:block}} .h{display:none}", True),
    (".h{display:none} p{display:block}", True),
    # a condition, a state, or another rule may show it
    ("@media print{.h{display:none}}", False), ("@media (max-width:9px){.h{display:none}}", False),
    (".h{display:none} .open .h{display:block}", False), (".h{display:none} .h.k{display:flex}", False),
    (".h{display:none} @media (min-width:9px){.k{display:block}}", False),
    (".h{visibility:hidden;display:block}", False),
    (".x .h{display:none}", False), (".h:hover{display:none}", False), (".hh{display:none}", False),
    (".h::after{display:none}", False), ("div.h{display:none}", False), (".h{display:none", False), ("}}.h{{", False),
    ("@supports (display:grid){.h{display:none}}", False), (".h{backface-visibility:hidden}", False),
]  # fmt: skip


@pytest.mark.parametrize(("css", "hidden"), SHEETS, ids=[css for css, _ in SHEETS])
def test_style_sheet_of_the_page_hides_by_simple_rules(css: str, hidden: bool) -> None:
    builder, article = blocks_of(f"<style>{css}</style><p class='h k' id=i>藏</p><p>见")
    assert written(article) == ("见" if hidden else "藏\n\n见")
    assert [note.removed for note in builder.notes] == ["藏"] * hidden


KEPT = [
    "<p class=h style='display:block'>见</p>", f"<div class=h>{'见' * 300}</div>", "<article class=h>见</article>",
    "<img class='h lazy' src='https://example.org/a.png'>", "<img class=h data-src='https://example.org/a.png'>",
    "<div class=h><img src='https://example.org/a.png'></div>",
]  # fmt: skip


@pytest.mark.parametrize("html", KEPT)
def test_style_sheet_hides_nothing_that_a_script_shows(html: str) -> None:
    page = parse(f"<style>.h{{display:none}}</style>{html}").select_one("html")
    assert page is not None
    assert hidden_by_sheets(page) == []


def test_style_sheet_in_the_head_of_a_saved_page_hides() -> None:
    prose = (
        "<p>纸先泡软，再捣成浆，用竹帘一张一张抄起来，贴在墙上烘干，这一段是文章的正文，读者一眼就能看出来。</p>" * 3
    )
    page = (
        f"<html><head><style>.h{{display:none}}</style></head><body><article>{prose}<p class=h>藏</p></article></body>"
    )
    reading = readers.read(page.encode(), "a.html", "")
    assert "藏" not in "".join(texts(reading.article.body))
    assert [note.removed for note in reading.notes if note.code == "HTM002"] == ["藏"]
