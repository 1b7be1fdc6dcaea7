"""Whatever an article has for title, identifiers, section and name: the book is valid, links lead to their places."""

import io
import re
import zipfile
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from helpers.anything import NAMES, SECTIONS, UNSEEN, article
from helpers.epub import epubcheck
from helpers.program import run
from helpers.soak import SOAK, TIMES, examples
from hypothesis import given, strategies as st
from lxml import etree, html as lxml_html

from convert.codec import article_json
from convert.fidelity.outputs import losses
from convert.model import (
    SCHEMA_VERSION,
    Anchor,
    Article,
    Footnote,
    Link,
    Paragraph,
    Places,
    Provenance,
    Reading,
    Text,
)
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.text import shows
from convert.writers.alone import file_of
from convert.writers.book.names import PageNames, anchor, file_name, section_file
from convert.writers.options import Options
from convert.writers.references import section_anchor, xml_name

DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(10))}
PATHS = (
    *("pages/nf1/n1.md", "pages/nf1/n1-x.md", "pages/nf1/n1/x.md", "pages/nf1/n1/h/1.md", "nf1/n1.md", "pages/nf1/n1"),
    *("pages/nf1/N1.md", "pages/nf1/n1.html", "pages/nf1/n1 x.md", "pages/nf1/n1_x.md", "pages//nf1/n1.md"),
    *(
        "a/\udcff.md",
        "a/\udcfe.md",
        "a/?.md",
        "纸/一.md",
        "纸/二.md",
        "con.md",
        "aux/n1.md",
        "nul.tar.md",
        "com1/com1.md",
    ),
    *("../n1.md", "a/../n1.md", ".md", "-.md", "a-.md", "-a.md", f"pages/{'a' * 300}.md", f"pages/{'a' * 301}.md"),
    *("pages/nf1/n1-0123456789abcdef.md", "纸.jsonl/1", "纸.jsonl/2", "a/b/c.d/e.md", "%2e.md", "a#b.md"),
)
"""Paths of sources that could be folded to the same name."""


def paragraph(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def made(**fields: object) -> Article:
    known = {
        "schema_version": SCHEMA_VERSION,
        "id": "n1",
        "title": "纸",
        "language": "zh-Hans",
        "body": (paragraph("墨"),),
    }
    return Article(**{"source": Provenance("https://e.example/1"), **known, **fields})  # type: ignore[arg-type]


# --- names ------------------------------------------------------------------------------------------------------------


@examples(100)
@given(st.lists(st.text("_-.ax1A :#%纸\u0301", min_size=1) | st.sampled_from(NAMES), unique=True))
def test_identifiers_stay_different_and_are_names_of_xml(names: list[str]) -> None:
    written = [f"x-{xml_name(name)}" for name in names]
    assert len(set(written)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_\-.]*", name) for name in written)
    assert [name for name in names if re.fullmatch(r"\w+", name, re.ASCII) and xml_name(name) != name] == []


def test_all_identifiers_of_a_page_of_several_articles_are_different() -> None:
    ids = [f"{PageNames().prefix(path)}{xml_name(name)}" for path, name in product(PATHS, NAMES)]
    ids += [anchor(path) for path in PATHS]
    ids += [f"{anchor(path)}.-h-{number}" for path in PATHS for number in range(3)]
    ids += [section_anchor(key) for key in SECTIONS] + ["contents", "about", "cover"]
    assert len(set(ids)) == len(ids)


def test_files_in_a_book_are_different_and_safe_on_every_disk() -> None:
    names = [file_name(path) for path in PATHS] + [section_file(key) for key in SECTIONS]
    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(r"(?:[a-z0-9_][a-z0-9_\-]*/)*[a-z0-9_][a-z0-9_\-]*\.xhtml", name) for name in names)
    parts = [part.partition(".")[0] for name in names for part in name.split("/")]
    assert DEVICES.isdisjoint(parts)
    assert max(map(len, names)) < 255
    assert [file_name(path) for path in ("pages/nf1/n1.md", "nf1/n1.md")] == ["text/nf1/n1.xhtml", "texts/nf1/n1.xhtml"]
    lists = {name.removesuffix(".xhtml") for name in names if name.startswith("sections/")}
    assert not [name for name in names if name.rpartition("/")[0] in lists], "there are the parts of a list"


# --- links ------------------------------------------------------------------------------------------------------------


def linked(names: tuple[str, ...]) -> Article:
    """An article with a link to each of its places, all of which it names in their text, the notes among them."""
    links = tuple(paragraph_of_link(f"#{name}", f"→{number}") for number, name in enumerate(names))
    places = tuple(
        Footnote(name, (paragraph(f"note {number}"),)) if number % 3 == 2 else Paragraph((Anchor(name), Text("place")))
        for number, name in enumerate(names)
    )
    return made(body=(*links, *places))


def paragraph_of_link(target: str, text: str) -> Paragraph:
    return Paragraph((Link(target, (Text(text),)),))


@pytest.mark.parametrize("to", ["epub", "html"])
def test_each_link_leads_to_its_own_place(to: str) -> None:
    data = file_of(linked(NAMES), to, Options())
    if to == "epub":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (page,) = (name for name in archive.namelist() if "/text" in name)
            data = archive.read(page)
    root = lxml_html.fromstring(data)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    hrefs = [str(link.get("href"))[1:] for link in root.iter("a") if (link.text or "").startswith("→")]
    assert hrefs == [each for each in ids if each in hrefs]
    assert len(hrefs) == len(NAMES)


@pytest.mark.parametrize("target", ["magnet:?xt=urn:btih:0", "geo:1,2", "ftps://e.example/a"])
def test_link_of_a_scheme_that_epub_lacks_is_words_there_and_a_link_elsewhere(target: str) -> None:
    article = made(body=(paragraph_of_link(target, "去"),))
    with zipfile.ZipFile(io.BytesIO(file_of(article, "epub", Options()))) as archive:
        assert not [name for name in archive.namelist() if target.encode() in archive.read(name)]
    assert f'<a href="{target}">去</a>' in file_of(article, "html", Options()).decode()
    assert [list(losses(article, to)) for to in ("epub", "html", "markdown")] == [[], [], []]


def test_link_to_a_percent_encoded_name_is_followed() -> None:
    article = made(body=(paragraph_of_link("#%E6%B3%A8%E4%B8%80", "一"), Paragraph((Anchor("注一"), Text("甲")))))
    page = file_of(article, "html", Options()).decode()
    (href,) = re.findall(r'href="#([^"]+)">一', page)
    assert f'id="{href}"' in page


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["weasyprint", "typst"])
def test_each_link_leads_to_its_own_place_in_print(engine: str, tmp_path: Path) -> None:
    names = tuple(name for number, name in enumerate(NAMES) if number % 3 != 2)
    body = (
        *(paragraph_of_link(f"#{name}", f"→{number}") for number, name in enumerate(names)),
        *(Paragraph((Anchor(name), Text(f"place {number}"))) for number, name in enumerate(names)),
    )
    (tmp_path / "a.json").write_bytes(article_json.encode(made(body=body)))
    done = run("--to", "pdf", "--pdf-engine", engine, "a.json", "-o", "a.pdf", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        pages: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages)}
        notes = [note for page in pdf.pages for note in page.get("/Annots", ()) if "/Dest" in note or "/A" in note]
        places = [note.get("/Dest") or note.A.get("/D") for note in notes if "/URI" not in note.get("/A", {})]
        spots = [(pages[place[0].objgen], -float(place[3])) for place in places if isinstance(place, pikepdf.Array)]
    assert len(spots) == len(names), "a link without a place"
    assert spots == sorted(set(spots)), "two links to one place, or in another order"


# --- titles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", UNSEEN)
def test_title_of_nothing_visible_is_reported_and_replaced(title: str) -> None:
    for body, wanted in (((paragraph("松烟制墨"),), "松烟制墨"), ((paragraph(title),), "n1")):
        article, findings = clean(Reading(made(title=title, body=body), Places()), Context(""), "a.json")
        assert article.title == wanted
        assert "ART001" in [finding.code for finding in findings]


@pytest.mark.slow
def test_contents_say_something_where_titles_do_not(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, (unseen, section) in enumerate(product(UNSEEN[:4], UNSEEN[4:7])):
        fields = {"title": unseen, "authors": (unseen,), "publisher": unseen, "section": section, "id": unseen}
        article = made(**fields, source=Provenance(f"https://e.example/{number}"))
        (tmp_path / "in" / f"{number}.json").write_bytes(article_json.encode(article))
    for name, more in (("all", "in"), ("alone", "in/0.json")):
        run("--to", "epub", more, "--title", UNSEEN[1], "-o", f"{name}.epub", cwd=tmp_path)
        with zipfile.ZipFile(tmp_path / f"{name}.epub") as archive:
            nav = etree.fromstring(archive.read("EPUB/nav.xhtml"))
            package = archive.read("EPUB/content.opf").decode()
            headings = {
                name.removeprefix("EPUB/"): "".join(
                    map(str, next(etree.fromstring(archive.read(name)).iter("{*}h1")).itertext())
                )
                for name in archive.namelist()
                if name.startswith("EPUB/text")
            }
        labels = {each.get("href"): "".join(map(str, each.itertext())) for each in nav.iter("{*}a")}
        assert {to: labels[to] for to in headings if to in labels} == headings
        lines = list(nav.iter("{*}a", "{*}span"))
        assert len(lines) > 1
        assert [each.get("href") for each in lines if not shows("".join(map(str, each.itertext())))] == []
        assert shows(unescape(package.partition("<dc:title>")[2].partition("</dc:title>")[0]).replace("—", ""))
    assert epubcheck(tmp_path / "all.epub") == []


# --- any article ------------------------------------------------------------------------------------------------------


def batch(folder: Path, first: int, count: int) -> Path:
    """Write articles of any kind, one a file, into a folder."""
    (folder / "in").mkdir()
    for number in range(first, first + count):
        data = article_json.encode(article(number))
        assert article_json.decode(data)
        (folder / "in" / f"{number}.json").write_bytes(data)
    return folder


@pytest.mark.slow
@pytest.mark.law
@pytest.mark.parametrize("first", range(0, 100 * (TIMES if SOAK else 1), 100))
def test_book_of_any_articles_is_valid(first: int, tmp_path: Path) -> None:
    batch(tmp_path, first, 100)
    done = run("--to", "epub", "--duplicates", "keep", "--nav", "keep", "in", "-o", "a.epub", cwd=tmp_path)
    assert (tmp_path / "a.epub").exists(), done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert b"SRC009" not in done.stderr
    assert epubcheck(tmp_path / "a.epub") == []


@pytest.mark.slow
@pytest.mark.law
@pytest.mark.parametrize("engine", ["weasyprint", "typst"])
@pytest.mark.parametrize("first", range(0, 5 * (TIMES if SOAK else 1), 5))
def test_any_articles_are_printed(first: int, engine: str, tmp_path: Path) -> None:
    batch(tmp_path, first, 5)
    options = ("--duplicates", "keep", "--pdf-engine", engine)
    done = run("--to", "pdf", *options, "in", "-o", "a.pdf", cwd=tmp_path, timeout=600)
    assert (tmp_path / "a.pdf").exists(), done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert re.findall(rb".*(?:PDF002|SRC009).*", done.stderr) == []
