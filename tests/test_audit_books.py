"""The audit of EPUB and ZIP: every vector of books, and every vector of pages inside a book."""

import subprocess
import sys
from html import escape
from pathlib import Path

import pytest
from helpers.audit import ADDRESS, SPECIAL, carriers
from helpers.audited_books import book, found_in_book, spoilt, with_example
from helpers.data import SEEDS
from helpers.program import run

from convert.audit.judging import judged
from convert.audit.vector import vectors

TABLE = vectors()


def severe(data: bytes, folder: Path) -> list[tuple[str, str]]:
    return [(each.vector, each.entry) for each in found_in_book(data, folder) if TABLE[each.vector].code[3] != "4"]


def test_the_small_book_is_sealed(tmp_path: Path) -> None:
    assert severe(book(), tmp_path) == []


@pytest.mark.parametrize(
    "name", [each.name for each in TABLE.values() if each.kind == "epub" and each.example[0] != "{"]
)
def test_a_vector_of_books_is_found_in_its_entry(name: str, tmp_path: Path) -> None:
    entry, data = with_example(TABLE[name], ADDRESS)
    found = found_in_book(data, tmp_path)
    assert (name, entry) in [(each.vector, each.entry) for each in found]
    if entry.endswith((".xhtml", ".opf", ".ncx")) and name != "opf-foreign-item":
        assert all(each.line for each in found if each.vector == name)


@pytest.mark.parametrize("name", [each.name for each in TABLE.values() if each.kind == "zip"])
def test_a_vector_of_archives_is_found(name: str, tmp_path: Path) -> None:
    assert name in [each.vector for each in found_in_book(spoilt(name), tmp_path)]


@pytest.mark.slow
def test_every_vector_of_pages_is_found_inside_a_book(tmp_path: Path) -> None:
    wrong = []
    for vector in TABLE.values():
        if vector.kind not in ("html", "svg", "css") or vector.name in SPECIAL | {"unjudged-file"}:
            continue
        for carrier in carriers(vector):
            if carrier.place in ("xhtml", "svg", "css"):
                path = f"EPUB/z.{carrier.place}"
                found = found_in_book(book(files={path: carrier.data}), tmp_path)
                if (vector.name, path, carrier.line) not in [(each.vector, each.entry, each.line) for each in found]:
                    wrong.append((vector.name, carrier.place, found))
    assert wrong == []


def test_a_file_is_judged_as_the_book_declares_it(tmp_path: Path) -> None:
    item = '<item id="z" href="z.png" media-type="application/xhtml+xml"/>'
    page = b'<html xmlns="http://www.w3.org/1999/xhtml"><body><img src="http://a.example/x"/></body></html>'
    assert ("img-src", "EPUB/z.png") in severe(book({"manifest": item}, {"EPUB/z.png": page}), tmp_path)


def test_a_book_without_a_package_is_not_judged(tmp_path: Path) -> None:
    container = b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"/>'
    found = severe(book(files={"META-INF/container.xml": container}), tmp_path)
    assert ("epub-incomplete", "META-INF/container.xml") in found


LIKE = {
    "source of the book": ("metadata", "<dc:source>http://b.example/x</dc:source>"),
    "rights": ("metadata", "<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>"),
    "identifier": ("metadata", "<dc:identifier>http://b.example/x</dc:identifier>"),
    "property of a vocabulary": ("metadata", '<meta property="dcterms:modified">2020-01-01T00:00:00Z</meta>'),
    "series": ("metadata", '<meta name="calibre:series" content="a"/>'),
    "cover": ("metadata", '<meta name="cover" content="c"/>'),
    "picture": ("manifest", '<item id="z" href="z.png" media-type="image/png"/>'),
    "formulas": (
        "manifest",
        '<item id="z" href="page.xhtml" media-type="application/xhtml+xml" properties="mathml svg"/>',
    ),
    "font": ("manifest", '<item id="z" href="z.otf" media-type="font/otf"/>'),
    "link in text": ("html", '<p><a href="page.xhtml">a</a> http://b.example/x</p>'),
    "overlay": ("smil", '<par><text src="page.xhtml#b"/><audio src="a.mp3" clipBegin="0s" clipEnd="1s"/></par>'),
    "line of the contents": (
        "ncx",
        '<navPoint id="q"><navLabel><text>http://b.example</text></navLabel><content src="page.xhtml"/></navPoint>',
    ),
}


@pytest.mark.parametrize("name", LIKE)
def test_look_alikes_in_books_are_silent(name: str, tmp_path: Path) -> None:
    part, text = LIKE[name]
    assert severe(book({part: text}), tmp_path) == []


@pytest.mark.slow
def test_books_of_ours_are_sealed(tmp_path: Path) -> None:
    assert run("--to", "epub", SEEDS, "-o", tmp_path / "seeds.epub").returncode == 0
    done = run("audit", "--strict", tmp_path / "seeds.epub")
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 1)


@pytest.mark.slow
def test_a_finding_in_a_book_has_its_entry_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "a.epub").write_bytes(book({"html": "\n<p>b<img src='http://a.example/x'/></p>"}))
    done = run("audit", "a.epub", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stdout.startswith(b"a.epub/EPUB/page.xhtml:6:5: error AUD101 img-src: ")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["html", "epub", pytest.param("pdf", marks=pytest.mark.soak)])
def test_books_of_ours_with_pictures_are_sealed(form: str, tmp_path: Path) -> None:
    script = Path(__file__).parents[1] / "scripts" / "draw_pictures.py"
    subprocess.run([sys.executable, script, SEEDS, tmp_path / "store"], check=True, capture_output=True)
    made = tmp_path / f"a.{form}"
    assert run("--to", form, SEEDS, "--store", tmp_path / "store", "-o", made).returncode == 0
    done = run("audit", "--strict", made)
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 1)


def test_an_address_in_the_title_of_a_reference_is_text(tmp_path: Path) -> None:
    guide = '<guide><reference type="text" title="http://a.example/x" href="page.xhtml"/></guide>'
    assert severe(book({"opf": guide}), tmp_path) == []


METHOD = '<EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/>'
PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><body><script>x()</script></body></html>'
OTHERS = {
    "an item in its address": ({"manifest": f"<item id='z' href='data:text/html,{PAGE}' media-type='text/html'/>"}, ""),
    "a base of the package": ({"opf": '<guide xml:base="http://a.example/"/>'}, "base-address"),
    "a page that is said to be a font": ({"encryption": "<EncryptedData>{}{}</EncryptedData>"}, "epub-encrypted"),
    "a script by an old type": (
        {"manifest": '<item id="z" href="c.css" media-type="application/x-javascript"/>'},
        "opf-script-item",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_written_in_another_way_is_found(name: str, tmp_path: Path) -> None:
    parts, vector = OTHERS[name]
    cipher = '<CipherData><CipherReference URI="EPUB/page.xhtml"/></CipherData>'
    parts = {key: text.replace("{}{}", METHOD + cipher).replace(PAGE, escape(PAGE)) for key, text in parts.items()}
    assert (vector or "script-inline") in [each[0] for each in severe(book(parts), tmp_path)]


def test_names_that_are_one_on_some_disks_are_found(tmp_path: Path) -> None:
    assert severe(book(files={"EPUB/E\u0301.txt": b"", "EPUB/\u00e9.txt": b""}), tmp_path) == [
        ("zip-name-twice", "EPUB/E\u0301.txt"),
        ("zip-name-twice", "EPUB/\u00e9.txt"),
    ]


def test_a_server_for_rights_is_found(tmp_path: Path) -> None:
    path = "META-INF/rights.xml"
    rights = b'<rights xmlns="http://ns.adobe.com/adept"><operatorURL>http://a.example/</operatorURL></rights>'
    assert severe(book(files={path: rights}), tmp_path) == [("rights-link", path)]


def test_an_archive_before_another_is_found(tmp_path: Path) -> None:
    assert [each[0] for each in severe(book() * 2, tmp_path)] == ["zip-hidden-bytes", "zip-nested"]


@pytest.mark.parametrize("before", [b"GIF89a", b"%PDF-1.7\n", b"OggS"])
def test_a_book_is_judged_after_another_beginning(before: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(before + book({"html": "<script>x()</script>"}))
    assert "script-inline" in [each.vector for each in judged(str(path), "", None).found]
