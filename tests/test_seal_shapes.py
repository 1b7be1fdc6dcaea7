"""Books of many shapes, sealed: an independent parser finds the same text, pictures, links and contents in both."""

import io
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
from helpers.audit import SPECIAL, carriers
from helpers.books import Seen, epub, page, picture
from helpers.epub import epubcheck
from lxml import etree

from convert.audit.vector import Vector, vectors
from convert.errors import ConvertError
from convert.pictures.model import Missing
from convert.sealing.book import SealedBook
from convert.sealing.epub import EpubOriginal
from convert.sealing.rendering import BookNames, InsideLinks, rendered
from convert.sealing.seal import Sealing, seal

pytestmark = pytest.mark.soak

POINT = '<navPoint id="p{0}"><navLabel><text>{1}</text></navLabel><content src="{2}"/>{3}</navPoint>'
HEBREW = "<h1>ספר</h1><p>טקסט <b>כאן</b></p>"


def epub2() -> bytes:
    """EPUB 2: an NCX alone, tags of XHTML 1.1, a cover by its name."""
    pages = {
        "a b.html": page('<h2><a name="x"></a>One</h2><p>a<tt>tt</tt><acronym>ABC</acronym><big>B</big></p>'),
        "c.html": page('<p><a href="a%20b.html#x">back</a> <font color="red">red</font></p><center>mid</center>'),
    }
    points = POINT.format(1, "One", "a%20b.html", POINT.format(2, "Inside", "a%20b.html#x", "")) + POINT.format(
        3, "Two", "c.html", ""
    )
    return epub(pages, files={"k.png": picture(30, 30)}, points=points, version="2.0")


def several_chapters() -> bytes:
    """Several chapters in a file, with notes at the end of another, and a dictionary."""
    words = "".join(f'<dt id="w{n}">word {n}</dt><dd>see <a href="#w{n + 1}">{n + 1}</a></dd>' for n in range(30))
    pages = {
        "all.xhtml": page(
            '<div id="c1"><h1>First</h1><p>a<a href="notes.xhtml#n1" id="r1">*</a></p></div>'
            '<div id="c2"><h1>Second</h1><p>b<sup><a href="notes.xhtml#n2" id="r2">2</a></sup></p></div>'
            '<section id="c3"><p>no heading</p></section>'
        ),
        "notes.xhtml": page(
            '<ol><li id="n1">one <a href="all.xhtml#r1">↩</a></li><li id="n2"><p>two</p><p>more '
            '<a href="all.xhtml#r2">↩</a></p></li></ol>'
        ),
        "words.xhtml": page(f'<dl>{words}<dt id="w30">last</dt><dd>end</dd></dl>'),
    }
    lines = "".join(f'<li><a href="all.xhtml#c{n}">Chapter {n}</a></li>' for n in (1, 2, 3))
    return epub(pages, f'{lines}<li><a href="words.xhtml#w7">Seven</a></li>')


def tables_and_poems() -> bytes:
    """Tables in tables, verses with spaces, code, lists in lists, details, text between blocks."""
    return epub(
        {
            "t.xhtml": page(
                "before<table><tr><td>a<table><tr><td>inner</td></tr></table></td><th>b</th></tr><tr><td><ul><li>x"
                "<ol><li>y</li></ol>z</li></ul></td><td/></tr></table>after<p>p1</p>between<p>p2</p>"
            ),
            "v.xhtml": page(
                "<div class='stanza'><p class='l'>&#8195;O&#8195;wind</p><p>of <i>all</i><br/><br/>nights</p></div>"
                "<pre>  code\n    more</pre><details><summary>open</summary><p>hidden at first</p></details>"
                "<p><q>said</q> <s>old</s> <u>new</u> <small>tiny</small> <kbd>K</kbd> <bdo dir='rtl'>abc</bdo></p>"
            ),
        }
    )


def east() -> bytes:
    """Vertical Japanese from right to left, with ruby of all forms."""
    ruby = (
        "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>を<ruby><rb>読</rb><rt>よ</rt></ruby>む。"
        "<ruby>明日<rt>あした</rt></ruby>　<span>縦中横</span>12"
    )
    return epub(
        {"j.xhtml": page(f"<h1>題</h1><p>{ruby}</p>", "ja")},
        '<li><a href="j.xhtml">題</a></li>',
        {"v.css": "html { writing-mode: vertical-rl }"},
        spine=' page-progression-direction="rtl"',
    )


def leftward() -> bytes:
    """Hebrew and Arabic, with a page that says only its language."""
    pages = {"h.xhtml": page(HEBREW, "he"), "a.xhtml": page("<p>سلام <span dir='ltr'>abc</span></p>", "ar")}
    return epub(pages, '<li><a href="h.xhtml">ספר</a></li>', spine=' page-progression-direction="rtl"')


def formulas_and_drawings() -> bytes:
    """MathML, drawings in and beside the page, with prefixes, pictures in drawings, entities of the document."""
    space = ' xmlns:svg="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink"'
    math = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><mn>4</mn></math>'
    )
    drawn = '<svg:svg width="200" height="100"><svg:image l:href="a.png" width="60" height="40"/></svg:svg>'
    entity = page("<p>Der &bottich; &#x2014; &mdash;</p>").replace(
        "<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY bottich "Vat &#38;#38; Co">\n]>'
    )
    return epub(
        {
            "m.xhtml": page(f"<p>so {math} holds</p><p>{math}</p>"),
            "s.xhtml": page(f"{drawn}<p><img src='d.svg' alt='d'/></p>", further=space),
            "e.xhtml": entity.replace("&mdash;", "x"),
            "o.xhtml": page("<object data='a.png' type='image/png'>instead</object><p>end</p>"),
        },
        files={
            "a.png": picture(),
            "d.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 9"/></svg>',
        },
    )


def bare() -> bytes:
    """No contents at all, pages without text, a picture and a drawing in the spine, a page outside it."""
    pages = {"a.xhtml": page(""), "b.xhtml": page('<p><img src="x.png" alt=""/></p>'), "c.xhtml": page("<p>c</p>")}
    return epub(
        pages, files={"x.png": picture(20, 10)}, order=["b.xhtml", "a.xhtml"], metadata="<dc:language>en</dc:language>"
    )


SHAPES: dict[str, Callable[[], bytes]] = {
    each.__name__: each
    for each in (epub2, several_chapters, tables_and_poems, east, leftward, formulas_and_drawings, bare)
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_book_keeps_text_pictures_links_and_contents(shape: str, tmp_path: Path) -> None:
    source, output = tmp_path / "book.epub", tmp_path / "sealed.epub"
    source.write_bytes(SHAPES[shape]())
    assert seal(str(source), str(output)).sealed
    before, after = Seen(source.read_bytes()), Seen(output.read_bytes())
    count = len(before.spine)
    assert after.texts()[:count] == before.texts()
    assert [after.pictures(each) for each in after.spine][:count] == [before.pictures(each) for each in before.spine]
    assert [[*after.links(each)] for each in after.spine][:count] == [[*before.links(each)] for each in before.spine]
    if any("nav" in (each.get("properties") or "") for each in before.items.values()):
        assert after.contents() == before.contents()
    assert [each for each in epubcheck(output) if " ERROR " in each or " FATAL " in each] == []


def test_the_direction_of_pages_and_lines_stays(tmp_path: Path) -> None:
    source, output = tmp_path / "book.epub", tmp_path / "sealed.epub"
    source.write_bytes(east())
    assert seal(str(source), str(output)).sealed
    after = Seen(output.read_bytes())
    assert next(after.package.iter("{*}spine")).get("page-progression-direction") == "rtl"
    assert b"vertical-rl" in after.archive.read("EPUB/style.css")


def test_contents_of_an_ncx_stay_a_tree(tmp_path: Path) -> None:
    source, output = tmp_path / "book.epub", tmp_path / "sealed.epub"
    source.write_bytes(epub2())
    assert seal(str(source), str(output)).sealed
    assert Seen(output.read_bytes()).contents() == [
        ("One", "OneattABCB", [("Inside", "OneattABCB", [])]),
        ("Two", "backredmid", []),
    ]


def test_every_vector_of_pages_in_a_book_is_left_out_and_listed(tmp_path: Path) -> None:
    pages, files, places = {"p.xhtml": page("<p>a</p>")}, dict[str, bytes | str](), dict[str, Vector]()
    for vector in vectors().values():
        if vector.kind not in ("html", "svg", "css") or vector.name in SPECIAL | {"unjudged-file"}:
            continue
        for carrier in carriers(vector):
            if carrier.place == "utf-16":
                continue
            ending = carrier.kind if carrier.kind in ("xhtml", "svg", "css") else "html"
            name = f"z{len(places)}.{ending}"
            if ending in ("svg", "css"):
                files[name] = carrier.data
            else:
                pages[name] = carrier.data.decode()
            places[f"OPS/{name}"] = vector
    source, output = tmp_path / "book.epub", tmp_path / "sealed.epub"
    source.write_bytes(epub(pages, files=files))
    result = seal(str(source), str(output))
    assert result.sealed
    listed = {(each.path.removeprefix(f"{source}/"), each.name) for each in result.findings}
    followed = {"a-href", "area-href", "tracking-link"}  # links stay links
    assert [
        (place, vector.name)
        for place, vector in places.items()
        if (place, vector.name) not in listed and vector.name not in followed
    ] == []


BITS = (
    *(b"<", b">", b"&", b'"', b"/>", b"</p>", b"<table>", b"<svg>", b"]]>", b"<![CDATA[", b"<!--", b"<!DOCTYPE", b"\0"),
    *(b"\xff\xfe", b"&#0;", b"&#xD800;", b"id=", b"href=", b"#", b"%00", b"../", b"http://[", b"<ruby><rt>", b"<li>"),
    *(b"<input value=1>", b"<iframe srcdoc='<p>'>", b"xlink:href", b"<math>", b"<a href='#a'>", b"\xe2\x80\xae"),
)


class NoPictures:
    """Pictures that nobody decodes, so that a thousand books take no longer than one that is sealed."""

    def keep(self, data: bytes) -> Missing:
        return Missing("no-picture", "")

    def is_sealed(self, svg: bytes) -> bool:
        return True

    def of(self, address: str, treatments: object = None) -> Missing:
        return Missing("not-stored", "")


def damaged(random: Random, data: bytes) -> bytes:
    """Bytes in which some are missing, others are twice, and bits of markup are added."""
    made = bytearray(data)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(made) + 1)
        match random.randrange(8):
            case 0:
                del made[at : at + random.randint(1, 30)]
            case 1:
                del made[at:]
            case 2:
                made[at:at] = made[at : at + 40]
            case _:
                made[at:at] = random.choice(BITS)
    return bytes(made)


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_book_is_sealed_well_formed_or_refused(seed: int, tmp_path: Path) -> None:
    random, source, stub = Random(seed), tmp_path / "a.epub", cast("Any", NoPictures())
    shapes = [make() for make in SHAPES.values()]
    for _ in range(60):
        with zipfile.ZipFile(io.BytesIO(random.choice(shapes))) as whole, zipfile.ZipFile(source, "w") as made:
            chosen = random.sample(whole.namelist(), 2)
            for name in whole.namelist():
                data = whole.read(name)
                made.writestr(name, damaged(random, data) if name in chosen[: 1 + seed % 2] else data)
        try:
            work = Sealing(str(source), "epub", stub, stub)
            with closing(EpubOriginal(str(source))) as original:
                reads = work.read(original)
        except ConvertError:
            continue
        links, names = InsideLinks(reads), BookNames()
        parts = [rendered(each, links, names, stub, epub=True) for each in reads]
        out = io.BytesIO()
        SealedBook(original.facts, "en", original.contents_tree, links, None).write(parts, out)
        with zipfile.ZipFile(out) as book:
            for name in book.namelist():
                if name.endswith((".xhtml", ".opf", ".ncx")):
                    etree.fromstring(book.read(name))
