"""`convert validate --fix` and `--diff`: edits of the source that leave the article as it is."""

from functools import cache
from pathlib import Path

import pytest
from helpers.data import ACCEPT, CORPUS, ROOT, SEEDS, needs_corpus, real_articles
from helpers.growth import grows_with_it
from helpers.soak import examples, some
from hypothesis import example, given, strategies as st
from msgspec import json

from convert import readers
from convert.cli.fixing import difference
from convert.codec import article_json
from convert.document import read_and_clean
from convert.errors import DocumentError
from convert.fidelity.visible import of_html
from convert.fixes import FIXERS, in_source
from convert.fixes.draft import Draft, Edit
from convert.fixes.fix import FixResult, fix_document
from convert.model import Finding
from convert.readers.mirror import cut, first_line
from convert.readers.mirror.repair import _normal, repair
from convert.readers.options import ReadOptions
from convert.rules import RULES
from convert.rules.rule import Context
from convert.sources import Source
from convert.text import of_windows_1252, recompose

FOLDER = Path(__file__).parent
ALL = frozenset(FIXERS)
Sample = tuple[str, bytes]
"""A document: its path in a mirror, and its bytes."""


def placed(path: Path) -> Sample:
    """A document of the tests as if it stood where its mirror has it, which decides on its channel."""
    data = path.read_bytes()
    if path.is_relative_to(SEEDS):
        return path.relative_to(SEEDS).as_posix(), data
    try:
        section = readers.read(data, path.name, "").article.section
    except DocumentError:
        section = ""
    return f"pages/{section or 'nf91100001'}/{path.name}", data


@cache
def names() -> list[str]:
    """Return the paths of all documents of the project that could be fixed."""
    found = [
        *SEEDS.glob("pages/*/*.md"),
        *FOLDER.glob("cases/*/source.md"),
        *FOLDER.glob("pages/*/source.html"),
        *FOLDER.glob("rules/*/*.md"),
    ]
    return [path.relative_to(ROOT).as_posix() for path in sorted(found)]


@cache
def samples() -> dict[str, Sample]:
    """Return those documents by their paths."""
    return {name: placed(ROOT / name) for name in names()}


def fix(sample: Sample, codes: frozenset[str] = ALL) -> FixResult:
    path, data = sample
    return fix_document(Source("", path, data), "", codes)


def contents(sample: Sample) -> tuple[dict[str, object], list[tuple[str, ...]], list[str]]:
    """Return the article as JSON data, the findings that no fixer fixes, and the codes of the others."""
    path, data = sample
    article, findings, *_ = read_and_clean(Source("", path, data), thorough=True)
    article_data = {} if article is None else json.decode(article_json.encode(article))
    if article_data:
        article_data["source"] = {**article_data["source"], "sha256": "", "dialect": ""}
    others = sorted(identity(each) for each in findings if each.code not in FIXERS)
    return article_data, others, [each.code for each in findings if each.code in FIXERS]


def identity(finding: Finding) -> tuple[str, ...]:
    """Return what must stay of a finding; SRC006 quotes lines of the page, which may be fixed themselves."""
    return finding.code, *((finding.removed,) if finding.code == "SRC006" else finding.substance)


def visible(sample: Sample) -> tuple[str, int]:
    """Return what another parser reads of the article: its text, and the number of its links."""
    text = readers.normal(sample[1].decode())
    page = None
    if readers.read(sample[1], "a", "").source_format == "mirror":
        text = first_line.repair(text)[0]
        page = cut.split_page(text, cut.recognise(text) or cut.UNKNOWN)
    seen = of_html(of_windows_1252(recompose(page.content if page else text)[0]))
    return seen.text, seen.links.total()


def judge(sample: Sample) -> FixResult:
    """Assert the laws of fixing for a document, and return the result."""
    done = fix(sample)
    assert fix(sample) == done
    if done.data is None:
        return done
    after = (sample[0], done.data)
    assert contents(after)[:2] == contents(sample)[:2]
    assert len(contents(sample)[2]) - len(contents(after)[2]) == done.count > 0
    assert fix(after) == FixResult()
    if "TXT004" not in contents(sample)[2]:
        assert visible(after) == visible(sample)
    for spoil in (crlf, bom):
        assert fix((sample[0], spoil(sample[1]))).data == spoil(done.data)
    return done


def crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def bom(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data.removeprefix(b"\xef\xbb\xbf")


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_the_article_stays_and_nothing_is_left_to_fix(name: str) -> None:
    judge(samples()[name])


@pytest.mark.slow
@needs_corpus
@pytest.mark.parametrize("number", some(range(8), 4))
def test_the_article_stays_on_the_real_archive(number: int) -> None:
    for path in sorted(real_articles())[number::8]:
        done = judge((path.partition("/")[2], (CORPUS / path).read_bytes()))
        assert done.reason is None


# --- what becomes of each quirk ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("tests/cases/")])
def test_fixes_of_a_case_are_as_accepted(name: str) -> None:
    """`make accept` rewrites fixed.diff, which is there only where something is fixed."""
    sample = samples()[name]
    done = fix(sample)
    got = b"" if done.data is None else difference("source.md", sample[1], done.data)
    path = (ROOT / name).with_name("fixed.diff")
    if ACCEPT:
        path.unlink(missing_ok=True)
        if got:
            path.write_bytes(got)
    assert got == (path.read_bytes() if path.exists() else b"")


@pytest.mark.slow
@pytest.mark.parametrize("code", FIXERS)
def test_each_rule_with_an_edit_is_fixed_alone_somewhere(code: str) -> None:
    assert any(done.count for sample in samples().values() if (done := fix(sample, frozenset({code}))).data)


def test_only_rules_that_fix_have_an_edit_and_say_so() -> None:
    assert all(RULES[code].fixable for code in FIXERS)
    assert [bool(in_source(code)) for code in RULES] == [code in FIXERS for code in RULES]


def test_a_picture_gets_the_address_that_is_its_own() -> None:
    first = (
        '<p><img src="/blank.gif" data-src="https://example.org/1.jpg" data-lazy-src="https://example.org/2.jpg"></p>'
    )
    second = '<p><img src="/blank.gif" data-src="https://example.org/2.jpg"></p>'
    wanted = [each.replace("/blank.gif", f"https://example.org/{n}.jpg") for n, each in ((1, first), (2, second))]
    mirror = (SEEDS / BASES[0]).read_text("utf-8").replace(" <p>", f"{first}\n{second} <p>", 1)
    for path, text in (("a.html", WEB_PAGE.replace("<h3>", f"{first}\n{second}<h3>")), (BASES[0], mirror)):
        done = fix((path, text.encode()), frozenset({"IMG005"}))
        assert done.data is not None
        assert "\n".join(wanted) in done.data.decode()


def test_characters_are_fixed_in_text_alone() -> None:
    """An address with another character leads elsewhere; so it is for names, scripts and comments."""
    markup = (
        '<!-- ⼀ --><!--><p class="⼀"><a href="https://example.org/?q=⼀e\u0301&amp;t=>⼀" id=\'⼀>\'>{}</a>'
        "<br title=⼀>{}"
        '<img alt="{}" src="https://example.org/⼀.jpg" title={}><script>"⼀"</script><style>/* ⼀ */</style></p>'
    )
    before = (SEEDS / BASES[2]).read_text("utf-8")
    page = before.replace(" <p>", markup.format(*"⽂⼀⼈⽑") + "\n <p>", 1)
    content = cut.split_page(page, cut.recognise(page) or cut.UNKNOWN).content
    assert markup.format("文", "一", "人", "毛") in repair(content).html
    done = fix((BASES[2], page.encode()), frozenset({"TXT005"}))
    assert done.data is not None
    assert done.data.decode() == before.replace(" <p>", markup.format(*"文一人毛") + "\n <p>", 1)


@pytest.mark.slow
@pytest.mark.parametrize("start", some(["<a <a", "<!--", "<script>", '<a "', "<img '\" alt=", "<a>⼀<img alt"], 2))
def test_the_time_for_characters_in_broken_markup_grows_with_it(start: str) -> None:
    def work(content: str) -> object:
        return _normal(content, lambda code, message, at: None)

    assert grows_with_it(work, lambda size: "⼀" + start * (size // len(start)), 50_000)


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    some(
        [
            "<a ",
            "<a x",
            "<a x>y",
            "<pre>",
            "&lt;a href=http://x&gt;<pre>",
            "&amp;#39;<pre></pre>",
            "\n# [x](y)<pre></pre>",
            "</br>",
        ],
        2,
    ),
)
def test_the_time_for_a_repair_grows_with_the_markup(part: str) -> None:
    assert grows_with_it(repair, lambda size: "</br>" + part * (size // len(part)), 50_000)


def test_of_edits_at_one_place_the_first_is_made() -> None:
    draft = Draft("纸".encode(), ReadOptions("markdown"), Context("", ""))
    assert draft.apply([Edit(0, 1, each) for each in "hgfedcba"]) == b"h"


def test_the_time_for_empty_elements_grows_with_them() -> None:
    source = (SEEDS / BASES[0]).read_text("utf-8")

    def draft(size: int) -> Draft:
        return Draft(source.replace(" <p>", "<h2></h2>" * size, 1).encode(), ReadOptions("mirror"), Context("", ""))

    def work(draft: Draft) -> None:
        assert sum(draft.blank(each.start, each.end) for each in draft.tags) > 4000

    assert grows_with_it(work, draft, 2000)


# --- faults in any place ----------------------------------------------------------------------------------------------

FAULTS = (
    *(
        "\u200b",
        "\u2060",
        "&#8203;",
        "&ZeroWidthSpace;",
        "\u200e",
        "&lrm;",
        "\x01",
        "&#1;",
        "\x85",
        "\u2028",
        "&#x2029;",
    ),
    *(
        "</br>",
        "</img>",
        "\n</br>\n",
        "<h4></h4>",
        "<h4> <span></span></h4>\n",
        "<ul></ul>",
        "<blockquote>\n</blockquote>",
    ),
    *(
        "<img src='http://a.example/p' width=0 height=0>",
        "<a href='../a?b=1&c'>纸</a>",
        '<ok href="/gb/纸.htm">纸</ok>',
    ),
    *(
        "<img src=/i/纸.jpg>",
        "<a class=x href=https://example.org/>纸</ok>",
        "<img src='https:https://example.org/1.jpg'/>",
    ),
    *(
        "<img alt='\u200b纸' data-src='https://example.org/2.jpg' src='/blank.gif'>",
        "\u2f42",
        "\uf900",
        "ä¸\xadå\x9b½" * 6,
    ),
    *(
        "<!-- \u200b -->",
        "<a href='#\u200b'>纸</a>",
        "العربية\u200f",
        "<b>\u200e纸</b>",
        "\0",
        "&amp;nbsp;",
        "<pre>\u200b",
        "</p>",
    ),
    *(
        "&lt;a href='/x'&gt;",
        "\u00a0\u200b\u3000",
        " \u200b ",
        "\n\u2028\n",
        "<iframe src=//example.org/v></iframe>",
        "<td>",
        "]]>",
    ),
)
BASES = tuple(
    name for name in ("pages/nf9000001/n90000002.md", "pages/p91/99001014.md", "pages/nf9000001/n90000001.md")
)


@pytest.mark.slow
@examples(120)
@given(st.sampled_from(BASES), st.lists(st.tuples(st.floats(0, 1), st.sampled_from(FAULTS)), min_size=1, max_size=6))
@example(BASES[1], [(0.0, "\u2028"), (0.0, "<b>\u200e纸</b>")])
def test_faults_in_any_place_are_fixed_or_left(base: str, faults: list[tuple[float, str]]) -> None:
    text = (SEEDS / base).read_text("utf-8")
    for where, fault in faults:
        at = int(where * len(text))
        text = text[:at] + fault + text[at:]
    judge((base, text.encode()))


# --- saved web pages and Markdown -------------------------------------------------------------------------------------

WEB_PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>纸\u200b的历史</title>
<link rel="canonical" href="https://example.org/news/1.html">
<script>var shown = "\u200b";</script></head>
<body><nav><a href="/top">首\u200b页</a><img src="/n.gif" width="1" height="1"></nav>
<div itemprop="articleBody">
<p>造纸的<a href="../tag/纸">匠人</a>\u200b把纸浆倒进水里。</p>
<h3> </h3>
<p>帘子提起来，<img src="/white.png" data-src="https://example.org/laid.jpg" alt="帘纹">水就漏下去。</p>
<p><img src="https://count.example.org/?1" width="1" height="1"><!-- \u200b --><a href="#\u200b">再来一张</a></p>
</div>
<footer><a href="/about">关\u200b于</a></footer></body></html>
"""

FIXED_WEB_PAGE = (
    WEB_PAGE.replace("纸\u200b的历史", "纸的历史")
    .replace("</a>\u200b把", "</a>把")
    .replace("../tag/纸", "https://example.org/tag/%E7%BA%B8")
    .replace("<h3> </h3>\n", "")
    .replace('"/white.png"', '"https://example.org/laid.jpg"')
    .replace('<img src="https://count.example.org/?1" width="1" height="1"><!--', "<!--")
)


def test_of_a_saved_page_only_the_article_is_fixed() -> None:
    done = judge(("a.html", WEB_PAGE.encode()))
    assert done.data is not None
    assert done.data.decode() == FIXED_WEB_PAGE


def test_markdown_is_fixed_where_it_is_named_as_such() -> None:
    data = "---\ntitle: 纸\nsource: https://example.org/1\n---\n\n纸\u200b的 [历史](b.html)。\r\n".encode()
    done = fix_document(Source("", "a.md", data), "", ALL, ReadOptions("markdown"))
    assert done.data == data.replace("\u200b".encode(), b"")


def test_edits_touch_nothing_else() -> None:
    draft = Draft("\ufeff### 一\r\n二\r三\r\n四".encode(), ReadOptions("markdown"), Context(""))
    assert draft.text == "### 一\n二 三\n四"
    assert draft.apply([Edit(8, 9, "3"), Edit(4, 5, "1")]) == "\ufeff### 1\r\n二\r3\r\n四".encode()
    assert draft.apply([draft.without(6, 9)]) == "\ufeff### 一\r\n四".encode()
    assert draft.apply([draft.without(10, 11)]) == "\ufeff### 一\r\n二\r三".encode()
    assert draft.apply([draft.without(6, 7)]) == "\ufeff### 一\r\n\r三\r\n四".encode()
