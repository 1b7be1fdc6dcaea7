"""Saved web pages: sites of several shapes and encodings, and pages that mean harm.

A case is a folder in tests/pages/: a page that we wrote, and what becomes of it as JSON and as findings.  `make accept`
(ACCEPT=1) rewrites what is expected; the diff is the review.
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.data import ACCEPT
from helpers.growth import grows_with_it, seconds
from helpers.soak import some

from benchmarks import main_text
from convert import readers
from convert.codec import article_json
from convert.document import read_and_clean
from convert.errors import DocumentError
from convert.model import Article, Image, Link, Reading, texts, walk
from convert.readers.saved import encoding
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.sources import Source

FOLDER = Path(__file__).parent / "pages"
CASES = sorted(path for path in FOLDER.iterdir() if path.is_dir())
TEXT = "抄纸工早晨第一件事是看水，水浑，纸就灰；水里有铁，纸放几年会起黄斑，所以作坊都建在上游。"
HEAD = '<html><head><title>纸</title><link rel="canonical" href="https://example.org/news/1.html"></head><body>'


def page(body: str, head: str = HEAD) -> bytes:
    return f"{head}{body}</body></html>".encode()


def read(data: bytes) -> Reading:
    return readers.read(data, "saved/a.html", "")


def shown(article: Article) -> str:
    return "".join(texts(article.body))


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_case(folder: Path) -> None:
    reading = readers.read((folder / "source.html").read_bytes(), "source.html", "")
    article, findings = clean(reading, Context(reading.article.source.address), "source.html")
    got = {
        "article.json": article_json.indent(article_json.encode(article)),
        "findings.txt": "".join(
            f"{each.line}:{each.column} {each.code} {each.message}\n" for each in findings
        ).encode(),
    }
    for name, data in got.items():
        if ACCEPT:
            (folder / name).write_bytes(data)
        assert data.decode() == (folder / name).read_text("utf-8"), f"{folder.name}: if this is right: make accept"


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_the_first_look_tells_what_reading_tells(folder: Path) -> None:
    data = (folder / "source.html").read_bytes()
    entry, article = readers.peek(data, "source.html"), readers.read(data, "source.html", "").article
    assert entry is not None
    assert (entry.id, entry.title, entry.address, entry.published, entry.section) == (
        article.id,
        article.title,
        article.source.address,
        article.published,
        article.section,
    )


def test_the_main_text_is_found_in_sites_of_every_shape() -> None:
    """The floor under docs/decisions.md: nothing is ever lost, and where a main text is told, next to no noise."""
    noises = []
    for article in main_text.seeds():
        for shape, (source, site) in main_text.pages(article).items():
            if (found := main_text.ours(source)) is not None:
                kept, noise = main_text.score(article, site, found)
                assert kept == 1, (article.id, shape)
                noises.append(noise)
    assert len(noises) > 500
    assert sum(noises) / len(noises) < 0.01


@pytest.mark.parametrize(
    "data",
    [
        *(b"<!DOCTYPE html><p>x", b"\xef\xbb\xbf \n<HTML>", b"<!-- x -->\n<html lang=en>", "<html>".encode("utf-16")),
        *(b'<?xml version="1.0"?>\n<!DOCTYPE html>', b"<body class=a>", b"<head>"),
    ],
)
def test_looks_like_html_accepts_web_pages(data: bytes) -> None:
    assert encoding.looks_like_html(data)


@pytest.mark.parametrize(
    "data", [b"", b"### <html>", b"<div>", b"<htmlx>", b"<rss>", b'{"a": "<html>"}', b"text <html>", b"<?xml?><svg>"]
)
def test_looks_like_html_refuses_other_data(data: bytes) -> None:
    assert not encoding.looks_like_html(data)


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("https://example.org/news/1.html#n1", "#n1"),
        ("1.html#n1", "#n1"),
        ("2.html#n1", "https://example.org/news/2.html#n1"),
        ("https://example.org/news/1.html#talk", "https://example.org/news/1.html#talk"),
    ],
)
def test_a_link_to_a_place_of_its_own_page_leads_there(href: str, target: str) -> None:
    data = page(f'<article><p>{TEXT}<a href="{href}">1</a></p><p>{TEXT}</p><ol><li id="n1">{TEXT}</li></ol></article>')
    article, _ = clean(read(data), Context("https://example.org/news/1.html"), "a.html")
    assert [each.target for each in walk(article.body) if isinstance(each, Link)] == [target]


@pytest.mark.parametrize(
    "quotation",
    [
        "<blockquote><p>纸会说话。</p><footer>佚名</footer></blockquote>",
        "<blockquote><p>纸会说话，墨也会。</p><div class='author'>佚名，<a href='/x'>作者</a></div></blockquote>",
        "<figure><blockquote><p>纸会说话。</p></blockquote><footer>佚名</footer></figure>",
    ],
)
def test_the_source_of_a_quotation_stays(quotation: str) -> None:
    reading = read(page(f"<article><p>{TEXT}</p><p>{TEXT}</p>{quotation}<p>{TEXT}</p></article>"))
    assert "佚名" in shown(reading.article)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<label><input type=checkbox>二两米</label>", "二两米"),
        ("<input type=checkbox id=a><label for=a>二两米</label>", "二两米"),
        ("<label><input type=checkbox disabled checked>二两米</label>", "☑二两米"),
        ("<form><label><input type=checkbox>订阅</label></form>", ""),
    ],
)
def test_labels_of_a_list_to_tick_off_stay(item: str, expected: str) -> None:
    reading = read(page(f"<article><p>{TEXT}</p><ul><li>{item}</li></ul><p>{TEXT}</p></article>"))
    assert shown(reading.article) == f"{TEXT}{expected}{TEXT}"


def test_notes_outside_of_the_main_text_are_at_its_end() -> None:
    text = f'<article><p>{TEXT}<a id="r1" href="#n1">1</a></p><p>{TEXT}<a href="#talk">9</a></p></article>'
    notes = (
        '<div><ol><li id="n1">注一<a href="#r1">回</a></li></ol></div><div id="talk">评论<a href="#talk">1</a></div>'
    )
    reading = read(page(f"{text}<h3>注释</h3>{notes}"))
    assert shown(reading.article) == f"{TEXT}1{TEXT}9注一回"
    assert not any("注一" in note.removed for note in reading.notes)


def test_rows_of_a_table_that_is_the_article_are_apart() -> None:
    rows = "".join(f"<tr><td>{number}</td><td>{TEXT}</td></tr>" for number in (1, 2, 3))
    article = read(page(f"<table>{rows}</table>")).article
    assert ["".join(texts((each,))) for each in article.body] == ["1", TEXT, "2", TEXT, "3", TEXT]


LINKS = "".join(f'<li><a href="/{name}">{name}语言的样例全文</a></li>' for name in ("Python", "Java", "Rust"))


@pytest.mark.parametrize(("label", "kept"), [(f"{TEXT[:-1]}，用这些语言写的样例有：", True), ("相关阅读：", False)])
def test_a_list_of_links_that_a_sentence_introduces_stays(label: str, kept: bool) -> None:
    article = read(page(f"<article><p>{TEXT}</p><p>{label}</p><ul>{LINKS}</ul><p>{TEXT}</p></article>")).article
    assert ("Rust" in shown(article)) is kept


def test_a_formula_that_only_a_script_would_draw_stays() -> None:
    formula = '<script type="math/tex; mode=display">x^2</script>'
    reading = read(page(f"<article><p>{TEXT}</p>{formula}<p>{TEXT}</p><script>f()</script></article>"))
    assert shown(reading.article) == f"{TEXT}x^2{TEXT}"


@pytest.mark.parametrize("name", ["gb18030", "big5", "utf-16", "utf-8-sig", "gbk"])
def test_encodings_without_a_declaration(name: str) -> None:
    text = page(f"<h1>纸</h1><p>{TEXT}</p><p>{TEXT}</p>").decode()
    if name == "big5":
        text = text.replace(TEXT, "抄紙工早晨第一件事是看水，水渾，紙就灰，紙放幾年會起黃斑。").replace("纸", "紙")
    article = read(text.encode(name)).article
    assert article.title in "纸紙"
    assert "第一件事是看水" in shown(article)


def test_a_wrong_byte_in_the_article_has_a_place() -> None:
    text = HEAD.replace("<head>", '<head><meta charset="gbk">') + f"\n<article><p>{TEXT}</p>\n<p>{TEXT}坏</p></article>"
    good = text.encode("gbk")
    bad = good.replace("坏".encode("gbk"), b"\xff")
    assert not [note for note in read(good).notes if note.code == "SRC005"]
    (note,) = [note for note in read(bad).notes if note.code == "SRC005"]
    assert (note.place.line, note.place.column) == (3, 4 + len(TEXT))
    assert "gb18030" in str(note.message)


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: good.replace("坏".encode(), "坏".encode()[:2]),
        lambda good: good.replace("坏".encode(), b"\xed\xa0\x80"),
    ],
)
@pytest.mark.parametrize("declared", ['<head><meta charset="utf-8">', "<head>"])
def test_a_wrong_byte_in_utf_8_is_no_other_encoding(damage: Callable[[bytes], bytes], declared: str) -> None:
    text = HEAD.replace("<head>", declared) + f"\n<article><p>{TEXT}</p>\n<p>{TEXT}坏</p></article>"
    found = read(damage(text.encode()))
    assert TEXT in shown(found.article)
    assert [note.place.line for note in found.notes if note.code == "SRC005"][:1] == [3]


def test_a_wrong_byte_elsewhere_on_the_page_harms_nobody() -> None:
    text = f"{HEAD}<article><p>{TEXT}</p><p>{TEXT}</p></article><footer>坏</footer>"
    data = text.encode().replace("坏".encode(), b"\xff\xfe")
    assert not [note for note in read(data).notes if note.code == "SRC005"]


def test_addresses_are_relative_to_the_base_of_the_page() -> None:
    head = HEAD.replace("<body>", '<base href="//cdn.example.org/deep/"><body>')
    article = read(
        page(f'<article><p>{TEXT}</p><p><a href="b.html">{TEXT}</a><a href="#c">丙</a></p></article>', head)
    ).article
    assert article_json.encode(article).count(b"https://cdn.example.org/deep/b.html") == 1
    assert b'"#c"' in article_json.encode(article)


def test_embedded_pictures_are_no_placeholders() -> None:
    picture = "data:image/png;base64," + "A" * 4000
    article = read(
        page(f'<article><p>{TEXT}</p><img src="{picture}" data-src="https://e.org/a.png"><p>{TEXT}</p></article>')
    )
    assert picture.encode() in article_json.encode(article.article)


def test_a_page_without_main_text_says_so() -> None:
    reading = read(page("<p>短。</p><nav><a href=/>首页</a></nav>"))
    assert shown(reading.article) == "短。"
    assert [note.code for note in reading.notes] == ["SRC006", "NAV005"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html>", "SRC004"),
    ],
)
def test_page_that_cannot_be_an_article_is_refused_with_its_code(data: bytes, code: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read(data)
    assert refused.value.code == code


def test_an_empty_page_is_passed_over() -> None:
    assert readers.peek(b"<html>", "a.html") is None
    assert "neither a title nor text" in str(readers.why_not(b"<html>"))


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>深圳-香港的路 - 示例网</title><meta property=og:site_name content=示例网>", "深圳-香港的路"),
        ("<title>纸的历史与水-示例网</title><h1>纸的历史与水</h1>", "纸的历史与水"),
        ("<title>纸-示例网</title><meta name=application-name content=示例网>", "纸"),
        ("<title>T-shirts: a history</title>", "T-shirts: a history"),
        ("<title>COVID-19 | 示例网</title><h1>COVID-19</h1>", "COVID-19"),
        ("<title>示例网 | 一张纸从山里走到城里的故事</title><h1>示例网</h1>", "示例网 | 一张纸从山里走到城里的故事"),
        ("<title>COVID-19</title><b>COVID</b>", "COVID-19"),
        ("<title>Site</title><meta property=og:title content='A &amp;amp; B'>", "A & B"),
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(head: str, title: str) -> None:
    page_head = f'<html><head><link rel=canonical href="https://example.org/1">{head}'
    assert read(page(f"<article><p>{TEXT}</p><p>{TEXT}</p></article>", page_head)).article.title == title


HOSTILE: dict[str, bytes] = {
    "random bytes": b"<html>" + random.Random(1).randbytes(200_000),
    "random bytes with a title": HEAD.encode() + random.Random(2).randbytes(200_000),
    "unterminated tag": page(f"<p>{TEXT}<a href='"),
    "unterminated comment": page(f"<p>{TEXT}<!-- "),
    "unterminated script": page(f"<p>{TEXT}<script>"),
    "cyclic JSON-LD": HEAD.replace(
        "</head>",
        '<script type="application/ld+json">{"@type":"Article","@id":"#a","author":{"@id":"#b"}}</script>'
        '<script type="application/ld+json">{"@id":"#b","name":{"@id":"#c"},"x":1}</script>'
        '<script type="application/ld+json">{"@id":"#c","name":{"@id":"#b"},"x":1}</script></head>',
    ).encode(),
    "circular names": HEAD.replace(
        "</head>",
        '<script type="application/ld+json">{"@type":"Article","author":{"@id":"#b"}, "@graph":['
        '{"@id":"#b","name":[{"@id":"#b"}, "x"]}]}</script></head>',
    ).encode(),
    "comments without end": b"<!---->" * 580 + b"<htm",
    "comments before a page": b"<!---->" * 500 + HEAD.encode() + TEXT.encode(),
    "wrong types": HEAD.replace(
        "</head>",
        '<script type="application/ld+json">[{"@type":["Article",3],"headline":7,"author":[1,null,{"name":[]}],'
        '"image":{"url":{}},"datePublished":{},"publisher":[[]],"@graph":"x"}, 5]</script></head>',
    ).encode(),
    "bad addresses": b'<html><title>t</title><link rel=canonical href="http://[::1"><meta name="og:url" content="::">',
    "NULs": page(f"<p>{TEXT}\0\0{TEXT}"),
    "declares UTF-16 but is not": b'<html><head><meta charset="utf-16"><title>t</title><body><p>x',
    "declares nonsense": b'<html><head><meta charset="klingon"><title>t</title><body><p>x',
}


def read_or_refused(data: bytes) -> None:
    source = Source("", "a.html", data)
    readers.peek(source.data, "a.html")
    article, findings, *_ = read_and_clean(source)
    assert article is not None or findings
    assert article is None or article_json.violation(article) is None  # conversion relies on it
    assert not [each for each in findings if each.code == "SRC009"], findings


@pytest.mark.slow
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_pages_are_read_or_refused(case: str) -> None:
    assert seconds(read_or_refused, HOSTILE[case]) < 10  # a hundred times what it takes


LARGE: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "nested": (25_000, lambda size: page("<div>" * size + TEXT)),
    "nested articles": (25_000, lambda size: page("<article>" * size + f"<p>{TEXT * 9}")),
    "nested asides": (25_000, lambda size: page('<div class="share">' * size + TEXT)),
    "head without end": (25_000, lambda size: b"<html><head><title>" + b"x" * size),
    "links": (2_500, lambda size: page("<a href=x>y</a>" * size)),
    "empty links": (2_500, lambda size: page(f"<article><p>{TEXT * 5}</p>" + "<p><a href=x></a>" * size)),
    "lazy pictures": (
        2_500,
        lambda size: page(f"<article><p>{TEXT * 5}</p>" + "<img data-srcset='a 1w, b 2w'>" * size),
    ),
    "declared": (5_000, lambda size: page(f"<div itemprop=articleBody>{TEXT}</div>" * size)),
    "alike": (5_000, lambda size: page(f"<section class=a><p>{TEXT}</p></section>" * size)),
    "a chain of boxes of the site": (
        6_000,
        lambda size: page(f"<article>{f'<p>{TEXT * 3}</p>' * 5}" + "<div class=newsletter>" * size + f"<p>{TEXT * 4}"),
    ),
    "a chain of galleries": (
        6_000,
        lambda size: page(f"<article>{f'<p>{TEXT * 3}</p>' * 5}" + "<div class=gallery>" * size + f"<p>{TEXT * 6}"),
    ),
    "a chain of tables of links": (
        1_000,
        lambda size: page(f"<article>{f'<p>{TEXT * 3}</p>' * 5}" + "<table><tr><td><a href=x>yyyyyyyy</a>" * size),
    ),
    "a day in a chain above the text": (
        6_000,
        lambda size: page("<div>" * size + "2023-03-14" + "</div>" * size + f"<p>{TEXT * 3}</p>" * 5),
    ),
    "deep JSON-LD": (
        12_500,
        lambda size: HEAD.replace("</head>", f"<script type=application/ld+json>{'[' * size}</script></head>").encode(),
    ),
}
"""Pages of one thing, many times over: how many times, and the page."""


@pytest.mark.slow
@pytest.mark.parametrize("case", some(LARGE, 4))
def test_the_time_for_a_hostile_page_grows_with_it(case: str) -> None:
    size, make = LARGE[case]
    assert grows_with_it(read_or_refused, make, size)


@pytest.mark.slow
@pytest.mark.parametrize("count", [40_000, pytest.param(140_000, marks=pytest.mark.soak)])
def test_a_page_of_some_megabytes(count: int) -> None:
    data = page(f"<article>{f'<p>{TEXT}</p>' * count}</article>")
    assert len(data) > 130 * count
    assert seconds(lambda data: readers.peek(data, "a.html"), data) < 1
    assert len(shown(read(data).article)) == len(TEXT) * count


@pytest.mark.parametrize("width", ["", " width=60"])
def test_picture_between_title_and_text_is_the_articles_but_for_a_small_one(width: str) -> None:
    top = f"<div class=top><h1>一张纸的重量</h1><figure><img src=/v.jpg{width}></figure></div>"
    head = HEAD.replace("<title>纸", "<title>一张纸的重量")
    article = read(page(f"{top}<div class=text>{f'<p>{TEXT}</p>' * 4}</div>", head)).article
    pictures = [node.address for node in walk(article.body) if isinstance(node, Image)]
    assert pictures == ([] if width else ["/v.jpg"])


@pytest.mark.parametrize(
    "box", ["<p>{}</p>", "<dl><dt>纸</dt><dd>{}</dd></dl>", "<details><summary>{}</summary><p>纸</p></details>"]
)
def test_lead_that_the_body_has_anywhere_is_not_repeated(box: str) -> None:
    head = HEAD.replace("<head>", '<head><meta property="og:image" content="https://example.org/vat.jpg">')
    article = read(page(f"<article><h1>纸</h1><p>{TEXT}</p>{box.format('<img src=/vat.jpg>')}</article>", head)).article
    assert article.lead is None


def test_pictures_that_singlefile_keeps_once_are_in_all_their_places() -> None:
    """Such pictures are variables in a style, and their places show an empty drawing."""
    empty = "data:image/svg+xml,<svg xmlns=&quot;http://www.w3.org/2000/svg&quot; width=&quot;9&quot;></svg>"
    places = [
        f'<img src="{empty}" alt="{each}" style="color:red;background-image:var(--sf-img-{each})!important">'
        for each in (4, 12, 4, 7)
    ]
    styles = ':root{--sf-img-4:url("data:image/png;base64,AAAA");--sf-img-12: url( data:image/gif;base64,BBBB )}'
    text = HEAD.replace("<title>", f"<style>{styles}</style><title>") + f"<p>{TEXT}</p>" * 4 + "<hr>".join(places)
    found = {image.alt: image.address for image in walk(read(text.encode()).article.body) if isinstance(image, Image)}
    assert found["4"] == "data:image/png;base64,AAAA"
    assert found["12"] == "data:image/gif;base64,BBBB"
    assert found["7"].startswith("data:image/svg+xml")
