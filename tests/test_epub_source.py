"""Books in EPUB as sources: each chapter is an article; those that we wrote come back equal in text."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run
from helpers.soak import examples
from helpers.strategies import ARTICLES
from hypothesis import given, strategies as st

from convert import readers
from convert.bundle.index import Index
from convert.bundle.links import Links
from convert.bundle.volumes import gather
from convert.codec import article_json
from convert.document import read_and_clean
from convert.errors import SourceError
from convert.model import Article, Entry, Image, Reading, texts, walk
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.sources import Reader, Ref, Refusal, Source, walk as documents
from convert.sources.addresses import Origin
from convert.sources.chapters import as_html
from convert.sources.envelope import Envelope
from convert.writers.book import chapters
from convert.writers.options import Options, Page

PICTURE = b"GIF89a\1\0\1\0\0\0\0;"
NAMED = f"sha256:{hashlib.sha256(PICTURE).hexdigest()}"
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/>'
    '<rootfile full-path="OPS/other.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
METADATA = (
    '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
    "<dc:title>The Vat</dc:title><dc:creator opf:role='aut'>Ann Ink</dc:creator>"
    "<dc:creator opf:role='ill'>Bo Brush</dc:creator><dc:publisher>Mill House</dc:publisher>"
    "<dc:language>en</dc:language><dc:date opf:event='modification'>2024-01-01</dc:date>"
    "<dc:date>2019-03-14</dc:date></metadata>"
)
NAV = (
    '<html xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol>'
    '<li><a href="text/a.xhtml">First <i>sheet</i></a></li><li><a href="text/b%20c.xhtml#s">Part of it</a></li>'
    '<li><a href="text/b%20c.xhtml">Second sheet</a></li></ol></nav></body></html>'
)
NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>First sheet</text></navLabel>'
    '<content src="text/a.xhtml"/></navPoint><navPoint><navLabel><text>Second sheet</text></navLabel>'
    '<content src="text/b%20c.xhtml"/></navPoint></navMap></ncx>'
)


def page(body: str, head: str = "<title>The Vat</title>") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head>{head}</head>\n<body>{body}</body></html>"
    )


def package(nav: bool = True, items: str = "", spine: str = "") -> str:
    contents = (
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        if nav
        else '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    )
    listed = "".join(
        f'<item id="{name}" href="{href}" media-type="application/xhtml+xml"/>'
        for name, href in (("cover", "cover.xhtml"), ("a", "text/a.xhtml"), ("b", "text/b%20c.xhtml"))
    )
    order = "".join(f'<itemref idref="{name}"/>' for name in ("cover", *(["nav"] if nav else []), "a", "b"))
    return (
        f'<package xmlns="http://www.idpf.org/2007/opf">{METADATA}<manifest>{contents}{listed}{items}'
        f'</manifest><spine toc="ncx">{order}{spine}</spine></package>'
    )


WHOLE: dict[str, str | bytes] = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OPS/book.opf": package(),
    "OPS/other.opf": "<package/>",
    "OPS/nav.xhtml": NAV,
    "OPS/toc.ncx": NCX,
    "OPS/cover.xhtml": page('<img src="pic/a.gif"/>'),
    "OPS/text/a.xhtml": page(
        '<h1>First sheet</h1><p><a id="p1"/>Ink is <span/>wet.</p><p><img src="../pic/a.gif" alt="vat"/></p>'
        "<p>All of it, <![CDATA[a < b]]>.</p>"
    ),
    "OPS/text/b c.xhtml": page("<p>Paper dries.</p>", "<title/>"),
    "OPS/pic/a.gif": PICTURE,
}


def book(folder: Path, changes: Mapping[str, str | bytes | None] = {}, name: str = "vat.epub") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in {**WHOLE, **changes}.items():
            if content is not None:
                kind = zipfile.ZIP_STORED if member == "mimetype" else zipfile.ZIP_DEFLATED
                archive.writestr(zipfile.ZipInfo(member), content, kind)
    return path


def read(path: Path) -> tuple[list[Article], list[Refusal]]:
    found = list(documents([str(path)]))
    refused = [each for each in found if isinstance(each, Refusal)]
    articles = []
    with Reader() as reader:
        for ref in found:
            if isinstance(ref, Ref):
                article = read_and_clean(reader.read(ref)).article
                assert article is not None
                articles.append(article)
    return articles, refused


def shown(article: Article) -> str:
    return " ".join("".join(texts((each,))) for each in article.body).strip()


def test_heading_of_the_contents_is_not_the_title_of_its_first_chapter(tmp_path: Path) -> None:
    first = '<li><a href="text/a.xhtml">First <i>sheet</i></a></li>'
    assert first in NAV
    nav = NAV.replace(first, f'<li><a href="text/a.xhtml">March</a><ol>{first}</ol></li>')
    articles, _ = read(book(tmp_path, {"OPS/nav.xhtml": nav}))
    assert [each.title for each in articles] == ["First sheet", "Second sheet"]


@pytest.mark.parametrize("nav", [True, False], ids=["EPUB 3", "EPUB 2"])
def test_chapters_are_articles_with_the_titles_of_the_contents(tmp_path: Path, nav: bool) -> None:
    articles, refused = read(book(tmp_path, {"OPS/book.opf": package(nav)}))
    assert [(each.title, shown(each), each.source.path) for each in articles] == [
        ("First sheet", "Ink is wet.  All of it, a < b.", "3-a.xhtml" if nav else "2-a.xhtml"),
        ("Second sheet", "Paper dries.", "4-b c.xhtml" if nav else "3-b c.xhtml"),
    ]
    first = articles[0]
    assert (first.section_name, first.section, first.authors, first.publisher, first.language, first.published) == (
        "The Vat", "vat", ("Ann Ink",), "Mill House", "en", "2019-03-14",
    )  # fmt: skip
    assert [each.address for each in walk(first.body) if isinstance(each, Image)] == [NAMED]
    assert [(each.path, each.code) for each in refused] == [
        ("1-cover.xhtml", "SRC004"), *([("2-nav.xhtml", "SRC004")] if nav else []),
    ]  # fmt: skip


def test_chapters_keep_the_order_of_the_spine(tmp_path: Path) -> None:
    names = [f"{chr(ord('z') - number)}.xhtml" for number in range(12)]
    items = "".join(f'<item id="{each}" href="{each}" media-type="application/xhtml+xml"/>' for each in names)
    spine = "".join(f'<itemref idref="{each}"/>' for each in names)
    pages = {f"OPS/{each}": page(f"<h1>{each}</h1><p>Paper, ink and a press.</p>") for each in names}
    refs = [
        ref.path for ref in documents([str(book(tmp_path, {"OPS/book.opf": package(True, items, spine), **pages}))])
    ]
    assert [path[3:] for path in refs if path[3:] in names] == names
    assert refs == sorted(refs)


@pytest.mark.slow
def test_links_between_chapters_are_links_in_a_book_and_text_without(tmp_path: Path) -> None:
    text = '<p>Paper, ink and a press, <a href="b%20c.xhtml#s">as told below</a>.</p>'
    source = book(tmp_path, {"OPS/text/a.xhtml": page(text), "OPS/text/b c.xhtml": page('<p id="s">Paper dries.</p>')})
    for to in ("epub", "json"):
        done = run(str(source), "--to", to, "-o", str(tmp_path / f"{to}-out"))
        assert (done.returncode, b"LNK" in done.stderr, b"SRC017" in done.stderr) == (0, False, False)
    with zipfile.ZipFile(tmp_path / "epub-out") as archive:
        (name,) = (each for each in archive.namelist() if "3-a" in each)
        assert 'xhtml">as told below</a>' in archive.read(name).decode().replace("#x-s", "")
    article = article_of(tmp_path / "json-out" / "3-a.json")
    assert shown(article) == "Paper, ink and a press, as told below."


ENCRYPTED = (
    '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:CipherData>'
    '<enc:CipherReference URI="OPS/{}"/></enc:CipherData></enc:EncryptedData></encryption>'
)


@pytest.mark.parametrize(
    ("changes", "titles", "codes"),
    [
        ({"META-INF/encryption.xml": ENCRYPTED.format("text/a.xhtml")}, ["Second sheet"], {"SRC003"}),
        ({"META-INF/encryption.xml": ENCRYPTED.format("font.otf")}, ["First sheet", "Second sheet"], set()),
        ({"OPS/text/a.xhtml": None}, ["Second sheet"], {"SRC001"}),
        ({"OPS/text/a.xhtml": None, "OPS/Text/A.xhtml": page("<p>x</p>")}, ["First sheet", "Second sheet"], set()),
        ({"META-INF/container.xml": None}, ["First sheet", "Second sheet"], set()),
        ({"META-INF/container.xml": "<container><rootf"}, ["First sheet", "Second sheet"], set()),
        ({"OPS/book.opf": package()[:-60]}, ["First sheet", "Second sheet"], {"SRC001"}),
        ({"OPS/nav.xhtml": NAV[:140]}, ["First sheet", "Second sheet"], set()),
        ({"OPS/book.opf": package().encode("utf-16")}, ["First sheet", "Second sheet"], set()),
        ({"OPS/book.opf": None, "OPS/other.opf": None}, ["First sheet", "Second sheet"], {"SRC001"}),
    ],
    ids=[
        "encrypted", "font", "missing", "case", "no container", "cut container", "cut package", "cut nav", "utf-16",
        "no package",
    ],
)  # fmt: skip
def test_damaged_book_is_read_as_far_as_it_is_whole(
    tmp_path: Path, changes: dict[str, str | bytes | None], titles: list[str], codes: set[str]
) -> None:
    with_title = {"OPS/text/b c.xhtml": page("<h2>Second sheet</h2><p>Paper dries.</p>")}
    articles, refused = read(book(tmp_path, {**with_title, **changes}))
    assert [each.title for each in articles if each.title not in ("The Vat",)] == titles
    assert {each.code for each in refused} - {"SRC004"} == codes


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "big5"])
@pytest.mark.parametrize("declared", [True, False])
def test_chapter_in_another_encoding_is_read(tmp_path: Path, encoding: str, declared: bool) -> None:
    text = "抄紙工早晨第一件事是看水，水渾，紙就灰；水裡有東西，紙放幾年會起黃斑，所以作坊都建在上游。" * 3
    content = page(f"<p>{text}</p>")
    content = content.replace("utf-8", encoding) if declared else content
    data = content.encode(encoding)
    if not declared and encoding == "big5":
        return  # which nothing but its frequencies distinguishes from GB 18030
    articles, _ = read(book(tmp_path, {"OPS/text/a.xhtml": data}))
    assert shown(articles[0]) == text


def test_cut_off_book_is_read_up_to_there(tmp_path: Path) -> None:
    path = book(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"PK\x01\x02") + 30])
    articles, refused = read(path)
    assert [each.title for each in articles] == ["First sheet", "Second sheet"]
    assert "SRC001" in {each.code for each in refused}
    path.write_bytes(data[: data.index(b"OPS/text/b c.xhtml") + 40])
    articles, refused = read(path)
    assert [each.title for each in articles] == ["First sheet"]
    assert "SRC001" in {each.code for each in refused}


def test_book_without_a_chapter_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
    with pytest.raises(SourceError, match="no chapter"):
        list(documents([str(path)]))


def test_book_is_opened_only_where_it_is_named(tmp_path: Path) -> None:
    book(tmp_path)
    (ref,) = documents([str(tmp_path)])
    assert isinstance(ref, Ref)
    assert isinstance(ref.member, str)


@pytest.mark.slow
@examples(30)
@given(st.data())
def test_damage_of_any_kind_is_no_fault_of_ours(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = book(tmp_path_factory.mktemp("book"))
    broken = bytearray(path.read_bytes())
    del broken[data.draw(st.integers(200, len(broken))) :]
    for _ in range(data.draw(st.integers(0, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(broken)
    try:
        found = list(documents([str(path)]))
    except SourceError:
        return
    with Reader() as reader:
        for ref in found:
            if isinstance(ref, Ref) and isinstance(ref.member, tuple):
                codes = {each.code for each in read_and_clean(reader.read(ref)).findings}
                assert "SRC009" not in codes


# --- our own books ---------------------------------------------------------------------------------------------------


def chapter(article: Article, previous: bool = False) -> bytes:
    """Return an article's file in a book of ours."""
    index = Index()
    entries = [Entry(f"{number}.md", "n", article.title, article.source.address) for number in range(1 + previous)]
    for entry in entries:
        index.add(entry)
    (volume,) = gather(index).volumes
    return chapters.epub(article, Page(entries[-1], Links(volume), Options()))


def back(data: bytes) -> Article:
    page = as_html(data).encode("utf-8", "replace")
    return readers.read(page, "a.xhtml", "", origin=Origin(envelope=Envelope(whole=True, own=True))).article


def spaceless(article: Article) -> str:
    lead = (article.lead,) if article.lead else ()
    return "".join("".join(texts((*lead, *article.body))).split()).replace("\u3000", "")


@pytest.mark.slow
@examples(60)
@given(ARTICLES)
def test_chapter_of_ours_comes_back_equal_in_text(article: Article) -> None:
    places = readers.read(b"<html><title>x</title><p>x</p></html>", "a.html", "").places
    article, _ = clean(Reading(article, places), Context("https://e.org/"), "")
    read_again = back(chapter(article))
    assert spaceless(read_again) == spaceless(article)
    assert "".join(read_again.title.split()) == "".join(article.title.split())
    assert (read_again.published, read_again.source.address) == (article.published, article.source.address)


def article_of(path: Path) -> Article:
    return article_json.decode(path.read_bytes())


@pytest.mark.slow
def test_book_of_ours_that_was_cut_off_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "seeds.epub"
    assert run(str(SEEDS / "pages"), "--to", "epub", "-o", str(path)).returncode == 0
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"EPUB/content.opf")])
    articles, refused = read(path)
    assert len(articles) == 36
    assert {each.source.dialect for each in articles} == {"html/archive-convert"}
    assert {each.code for each in refused} == {"SRC001", "SRC004"}


@pytest.mark.slow
def test_book_of_the_seeds_comes_back(tmp_path: Path) -> None:
    book_file, folder = str(tmp_path / "seeds.epub"), str(SEEDS / "pages")
    for arguments in (
        (folder, "--to", "epub", "--nav", "keep", "-o", book_file),
        (book_file, "--to", "json", "-o", str(tmp_path / "a")),
    ):
        assert run(*arguments).returncode == 0
    read_again = {each.source.address: each for each in map(article_of, (tmp_path / "a").rglob("*.json"))}
    assert len(read_again) == 36
    for path in SEEDS.glob("pages/*/*.md"):
        article = read_and_clean(Source("", path.name, path.read_bytes())).article
        assert article is not None
        other = read_again[article.source.address]
        assert shown(other) == shown(article)
        for field in ("id", "title", "language", "published", "publisher", "authors"):
            assert getattr(other, field) == getattr(article, field), field
        assert [link.label for link in other.nav] == [link.label for link in article.nav]
    channels = {(each.section, each.section_name) for each in read_again.values()}
    assert ("nf9000001", "造纸与印刷") in channels
    assert len(channels) > 9
