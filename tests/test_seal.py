"""Sealed copies of others' books and pages: all of the text and the pictures, and nothing that loads or runs."""

import json
import zipfile
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import pytest
from helpers.books import Seen, epub, page, picture, visible
from helpers.program import run

from convert.sealing.epub import EpubOriginal
from convert.sealing.seal import seal

PAGES = {
    "text/cover.xhtml": page(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 300 400">'
        '<image width="300" height="400" xlink:href="../img/cover.png"/></svg>'
    ),
    "text/half.xhtml": page("<p>HALF TITLE</p>"),
    "text/empty.xhtml": page("<div></div>"),
    "text/plate.xhtml": page('<div><img src="../img/a.png" alt="Plate"/></div>'),
    "text/one.xhtml": page(
        '<h1 id="top">Chapter One</h1><p id="p1">First <a href="two.xhtml#s2">to two</a>, a note<a '
        'epub:type="noteref" href="#n1" id="r1">1</a> <ruby>漢<rt>kan</rt>字<rt>ji</rt></ruby> H<sub>2</sub>O</p>'
        "<table><caption>Tab</caption><thead><tr><th>H1</th><th>H2</th></tr></thead><tbody><tr>"
        '<td id="cell">A</td><td>B</td></tr></tbody></table><aside epub:type="footnote" id="n1"><p>The note. '
        '<a href="#r1">back</a></p></aside><p><math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mi>a</mi>'
        '<mn>2</mn></mfrac></math></p><figure id="fig"><img src="../img/a.png" alt=""/><figcaption>Caption'
        "</figcaption></figure>"
    ),
    "text/two.xhtml": page(
        '<h1>Chapter Two</h1><h2 id="s1">Part A</h2><p>Alpha</p><h2 id="s2">Part B</h2><div><p>Line a<br/>Line b</p>'
        '<p>Line c<br/>&#160;&#160;Line d</p></div><dl><dt id="ink">ink</dt><dd>black, see <a '
        'href="one.xhtml#cell">cell</a></dd></dl><blockquote><p>Quote</p></blockquote><ol start="3"><li id="li">three'
        '</li></ol><p><a href="one.xhtml">whole</a> <a href="one.xhtml#fig">figure</a></p>'
    ),
    "text/same.xhtml": page("<p>* * *</p>"),
    "text/same2.xhtml": page("<p>* * *</p>"),
    "text/arabic.xhtml": page("<h1>كتاب</h1><p>نص عربي هنا</p>", "ar", further=' dir="rtl"'),
    "text/links.xhtml": page(
        '<ul><li><a href="one.xhtml">One</a></li><li><a href="two.xhtml#s1">A</a></li>'
        '<li><a href="two.xhtml#ink">ink</a></li><li><a href="two.xhtml#li">3</a></li></ul>'
    ),
}
FILES: dict[str, bytes | str] = {
    "img/cover.png": picture(90, 120),
    "img/a.png": picture(80, 40),
}
CONTENTS = (
    '<li><a href="text/half.xhtml">Half</a></li><li><span>Part I</span><ol><li><a href="text/one.xhtml">One</a><ol>'
    '<li><a href="text/one.xhtml#fig">The figure</a></li></ol></li><li><a href="text/two.xhtml">Two</a><ol>'
    '<li><a href="text/two.xhtml#s2">Part B</a></li></ol></li></ol></li>'
)
COVER = '<item id="cover" href="img/cover.png" properties="cover-image" media-type="image/png"/>'


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Seen]:
    """A book of many shapes and its sealed copy."""
    folder = tmp_path_factory.mktemp("seal")
    source, output = folder / "book.epub", folder / "sealed.epub"
    source.write_bytes(epub(PAGES, CONTENTS, FILES, items=COVER))
    assert seal(str(source), str(output)).sealed
    return Seen(source.read_bytes()), Seen(output.read_bytes())


@pytest.mark.slow
def test_each_page_of_a_book_keeps_its_text_in_its_order(both: tuple[Seen, Seen]) -> None:
    before, after = both
    assert after.texts() == before.texts()


def test_each_page_of_a_book_keeps_its_pictures(both: tuple[Seen, Seen]) -> None:
    before, after = both
    assert [after.pictures(path) for path in after.spine] == [before.pictures(path) for path in before.spine]


def test_links_in_a_book_lead_to_the_same_places(both: tuple[Seen, Seen]) -> None:
    before, after = both
    assert [[*after.links(path)] for path in after.spine] == [[*before.links(path)] for path in before.spine]


def test_contents_stay_a_tree(both: tuple[Seen, Seen]) -> None:
    before, after = both
    assert after.contents() == before.contents()


def test_metadata_and_cover_stay(both: tuple[Seen, Seen]) -> None:
    before, after = both
    for name in ("title", "creator", "language", "identifier", "publisher", "date"):
        assert after.statements(name) == before.statements(name)
    metas = {(each.get("property"), each.text) for each in after.package.iter("{*}meta")}
    assert {("role", "aut"), ("file-as", "Ink, Ann"), ("dcterms:modified", "2020-01-01T00:00:00Z")} <= metas
    assert [each for each in after.items.values() if each.get("properties") == "cover-image"]


@pytest.mark.slow
def test_a_page_keeps_its_text_and_the_picture_beside_it(tmp_path: Path) -> None:
    (tmp_path / "p_files").mkdir()
    (tmp_path / "p_files" / "x.png").write_bytes(picture())
    source, output = tmp_path / "p.html", tmp_path / "out.html"
    source.write_text(
        '<!DOCTYPE html><html lang="de"><title>Seite</title><script src="http://a.example/x.js"></script><body>'
        '<nav><a href="/b">Menü</a></nav><h1>Über</h1><p>Text <img src="p_files/x.png"></p><button>Los</button>'
        '<label>Name <input value="Wert"></label><img src="http://t.example/p.gif"><footer>Ende</footer>'
    )
    result = run("seal", source, "-o", output, "--ledger", tmp_path / "ledger.jsonl")
    assert (result.returncode, result.stderr) == (0, b"")
    made = output.read_text()
    assert made.count("<img ") == 1 and 'src="data:image/png;base64,' in made
    assert visible(made.encode()) == "MenüÜberText" + "LosNameWert" + "[Picture2of2:notstored]" + "Ende"
    codes = {json.loads(line)["code"] for line in (tmp_path / "ledger.jsonl").read_text().splitlines()}
    assert {"SEA001", "SEA007", "SEA011", "AUD101", "AUD202"} <= codes


MHTML = """From: <Saved by Blink>
Snapshot-Content-Location: https://www.example.org/a/b.html
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="X"

--X
Content-Type: text/html
Content-Location: https://www.example.org/a/b.html

<!DOCTYPE html><html lang="en"><title>Saved</title><body><h1>Head</h1>
<p>Text <img src="https://www.example.org/a/x.png">
<a href="https://www.example.org/a/b.html#t">down</a></p><iframe src="cid:f@x"></iframe>
<p id="t">Target</p></body></html>
--X
Content-Type: text/html
Content-ID: <f@x>
Content-Location: about:blank

<html><body><p>In the frame</p><script>x()</script></body></html>
--X
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://www.example.org/a/x.png

{picture}
--X--
"""


@pytest.mark.soak
def test_a_page_saved_as_one_file_keeps_its_frames_and_pictures(tmp_path: Path) -> None:
    source, output = tmp_path / "a.mhtml", tmp_path / "out.html"
    source.write_text(MHTML.replace("{picture}", b64encode(picture()).decode()))
    result = seal(str(source), str(output))
    made = output.read_text()
    assert result.sealed and visible(made.encode()) == "HeadTextdownIntheframeTarget"
    assert 'src="data:image/png;base64,' in made and 'href="#page..t"' in made and 'id="page..t"' in made
    assert "script-inline" in {each.name for each in result.findings}


@pytest.mark.soak
@pytest.mark.parametrize("ending", ["html", "md", "json", "pdf"])
def test_a_book_can_become_every_kind(ending: str, tmp_path: Path) -> None:
    source, output = tmp_path / "book.epub", tmp_path / f"out.{ending}"
    source.write_bytes(epub(PAGES, CONTENTS, FILES, items=COVER))
    assert seal(str(source), str(output)).sealed
    if ending == "html":
        assert visible(output.read_bytes()).endswith("".join(Seen(source.read_bytes()).texts()))
    elif ending != "pdf":
        assert all(word in output.read_text() for word in ("HALF TITLE", "Chapter Two", "Caption", "data:image/png"))


def test_an_encrypted_book_is_refused(tmp_path: Path) -> None:
    encryption = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
        'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="http://www.w3.org/2001/04/'
        'xmlenc#aes256-cbc"/><CipherData><CipherReference URI="OPS/a.xhtml"/></CipherData></EncryptedData></encryption>'
    )
    source = tmp_path / "a.epub"
    source.write_bytes(epub({"a.xhtml": page("<p>a</p>")}, files={"META-INF/encryption.xml": encryption}))
    result = run("seal", source, "-o", tmp_path / "out.epub")
    assert result.returncode == 4 and "a.epub/OPS/a.xhtml: it is encrypted (DRM)" in result.stderr.decode()
    assert not (tmp_path / "out.epub").exists()


@pytest.mark.parametrize("name", ["cut", "page", "text", "folder", "absent"])
def test_a_file_that_cannot_be_read_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    source, data = tmp_path / "a.epub", epub({"a.xhtml": page("<p>" + "word " * 999 + "</p>")})
    place = "a.epub"
    match name:
        case "cut":
            source.write_bytes(data[: len(data) // 2])
        case "page":
            at = data.index(b"OPS/a.xhtml") + 20
            source.write_bytes(data[:at] + bytes(8) + data[at + 8 :])
            place = "a.epub/OPS/a.xhtml"
        case "text":
            source.write_text("words")
        case "folder":
            source.mkdir()
        case _:
            pass
    result = run("seal", source, "-o", tmp_path / "out.epub")
    assert (result.returncode, result.stdout) == (4, b"")
    assert f"{place}: " in result.stderr.decode() and "Traceback" not in result.stderr.decode()
    assert not (tmp_path / "out.epub").exists()


def test_the_output_never_replaces_the_source(tmp_path: Path) -> None:
    source = tmp_path / "a.epub"
    source.write_bytes(data := epub({"a.xhtml": page("<p>a</p>")}))
    result = run("seal", source, "-o", source)
    assert result.returncode == 2 and source.read_bytes() == data


@pytest.mark.soak
def test_a_sealed_book_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    source = tmp_path / "a.epub"
    source.write_bytes(epub({"a.xhtml": page('<p>a <img src="a.png"/></p>')}, files={"a.png": picture()}))
    made = []
    for name in ("b.epub", "c.epub"):
        seal(str(source), str(tmp_path / name))
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "b.epub") as archive:
        assert archive.namelist()[0] == "mimetype"


@pytest.mark.parametrize("half", ["&#xD800;", "&#56000;", "&#x00dfff;"])
def test_half_a_character_in_a_package_is_no_fault_of_ours(half: str, tmp_path: Path) -> None:
    source = tmp_path / "a.epub"
    source.write_bytes(epub({"a.xhtml": page("<p>a</p>")}, metadata=f"<dc:title>a{half}b</dc:title>"))
    with closing(EpubOriginal(str(source))) as book:
        assert book.facts.title == "a\ufffdb"
