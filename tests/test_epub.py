"""The EPUB book: valid, the same bytes each time, in order, and nothing remote."""

import hashlib
import io
import os
import posixpath
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers.epub import epubcheck
from msgspec.structs import replace

from convert.bundle.index import Index
from convert.bundle.split import parse
from convert.bundle.volumes import Gathering, gather
from convert.errors import ConvertError
from convert.model import Entry, Section, Volume
from convert.text import visible
from convert.writers import epub
from convert.writers.book.names import STYLE_FILE, file_name
from convert.writers.book.pages import document
from convert.writers.book.volume import identifier
from convert.writers.options import Options
from convert.writers.packed import pack
from convert.writers.part import RenderedArticle, Tally

HTML, OPF = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/opf}"
NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
DC, TYPE = "{http://purl.org/dc/elements/1.1/}", "{http://www.idpf.org/2007/ops}type"

BODY = """<article id="{id}" lang="zh-Hans" xml:lang="zh-Hans"><h1>{title}</h1>
<p class="byline">林墨</p><p>造纸的原料并不神秘：青檀皮、稻草、<strong>楮树皮</strong>、竹子。<a href="https://paper.example/a?b&amp;c">链接</a></p>
<figure><figcaption>抄纸</figcaption></figure><blockquote><p>凡造竹纸，事出南方。</p></blockquote>
<table><tr><th>纸</th><td>竹</td></tr></table></article>"""

HOSTILE = (
    "<b>&amp; \"quoted\" 'too' ]]> <!-- -->",
    "\x00\x08\x1f\ufffe控制\x0b字符\n换行\t",
    "长" * 2000,
    "",
    "\x07 \u3000",
    "{name} {0} %s \\g<0>",
    "a\ud800b",
)


def entry(number: int, title: str, section: str = "s", published: str = "2023-09-12") -> Entry:
    return Entry(f"{section}/n{number}.md", f"n{number}", title, f"https://a.example/n{number}.htm", published, section)


def book(sections: int, each: int) -> Volume:
    groups = (
        Section(f"s{s}", f"栏目{s}", tuple(entry(s * each + n, f"第{n}篇", f"s{s}") for n in range(each)))
        for s in range(sections)
    )
    return Volume("纸与印刷", "zh-Hans", tuple(groups))


def hostile() -> Volume:
    titles = tuple(entry(n, title) for n, title in enumerate(HOSTILE))
    return Volume(HOSTILE[0], "zh-Hant", (Section("s", HOSTILE[1], titles), Section("empty", "空", ())))


def chapters(volume: Volume) -> Iterator[RenderedArticle]:
    for item in volume.entries():
        title = visible(item.title, item.id)
        style = posixpath.relpath("/" + STYLE_FILE, posixpath.dirname("/" + file_name(item.path)))
        body = BODY.format(id=escape(item.id), title=escape(title))
        yield RenderedArticle(*pack(document(body, title=title, language="zh-Hans", style=style).encode()))


def made(volume: Volume) -> bytes:
    out = io.BytesIO()
    epub.bind(volume, chapters(volume), out, Options(), Tally())
    return out.getvalue()


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "volume", [pytest.param(book(3, 10), marks=pytest.mark.soak), book(1, 1), hostile()], ids=["30", "alone", "hostile"]
)
def test_epubcheck_finds_nothing(volume: Volume, tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(made(volume))
    assert epubcheck(path) == []


def test_mimetype_is_first_and_stored() -> None:
    data = made(book(2, 2))
    # EPUB 3.3, section 4.2.2: the type can be read at a fixed place, byte 38.
    assert data[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {(info.create_system, info.external_attr) for info in infos} == {(3, 0o100644 << 16)}


def order_of(package: ElementTree.Element) -> list[str]:
    hrefs = {item.get("id"): item.get("href", "") for item in package.iter(f"{OPF}item")}
    return [hrefs[item.get("idref")] for item in package.iter(f"{OPF}itemref")]


def test_pages_and_pictures_have_short_identifiers() -> None:
    """foliate-js compares the identifier of each page with those of all, character by character."""
    package = ElementTree.fromstring(files(made(book(1, 2)))["EPUB/content.opf"])
    ids = [item.get("idref", "") for item in package.iter(f"{OPF}itemref")]
    assert ids[2] == "nav"
    assert [*ids[:2], *ids[3:-1]] == [f"p{n}" for n in range(len(ids) - 1) if n != 2]


def test_contents_and_reading_order_of_300_chapters() -> None:
    volume = book(3, 100)
    inside = files(made(volume))
    package = ElementTree.fromstring(inside["EPUB/content.opf"])
    spine = order_of(package)
    assert spine[:3] == ["cover.xhtml", "title.xhtml", "nav.xhtml"]
    dates = [
        "index/dates.xhtml",
        "index/dates/2023-09.xhtml",
        "index/dates/2023-09-1.xhtml",
        "index/dates/2023-09-201.xhtml",
    ]
    assert spine[-5:] == [*dates, "about.xhtml"], "300 of one day do not fit on one page"
    assert len(spine) == len(set(spine)) == 4 + 3 + 300 + 4
    assert set(inside) == {f"EPUB/{item.get('href')}" for item in package.iter(f"{OPF}item")} | {
        "mimetype",
        "META-INF/container.xml",
        "EPUB/content.opf",
    }
    nav = ElementTree.fromstring(inside["EPUB/nav.xhtml"])
    toc = next(element for element in nav.iter(f"{HTML}nav") if element.get(TYPE) == "toc")
    assert [link.get("href") for link in toc.iter(f"{HTML}a")] == [*spine[3:-5], dates[0], "about.xhtml"]
    top = toc.findall(f"{HTML}ol/{HTML}li")
    assert [len(item.findall(f"{HTML}ol/{HTML}li")) for item in top] == [100, 100, 100, 0, 0]
    ncx = ElementTree.fromstring(inside["EPUB/toc.ncx"])
    assert [content.get("src") for content in ncx.iter(f"{NCX}content")] == [
        link.get("href") for link in toc.iter(f"{HTML}a")
    ]
    assert [each.get("content") for each in ncx.iter(f"{NCX}meta") if each.get("name") == "dtb:depth"] == ["2"]
    page = inside[f"EPUB/{spine[3]}"].decode()
    assert page.count("<li>") == page.count("<time>2023-09-12</time>") == 100
    first = inside[f"EPUB/{file_name(next(volume.entries()).path)}"]
    assert pack(first)[0] == next(chapters(volume)).data, "chapters pass untouched"


def test_an_article_alone_has_no_pages_but_its_own() -> None:
    inside = files(made(book(1, 1)))
    package = ElementTree.fromstring(inside["EPUB/content.opf"])
    assert order_of(package) == ["cover.xhtml", "texts/s0/n0.xhtml", "about.xhtml"]
    assert "EPUB/title.xhtml" not in inside


def test_metadata_comes_from_the_articles() -> None:
    items = (entry(1, "一", published="2023-09-12T01:00:00+08:00"), entry(2, "二", published="no date"))
    volume = Volume("纸", "zh-Hans", (Section("s", "栏目", items),))
    package = ElementTree.fromstring(files(made(volume))["EPUB/content.opf"])
    properties = [(meta.get("property"), meta.text) for meta in package.iter(f"{OPF}meta")]
    assert ("dcterms:modified", "2023-09-11T17:00:00Z") in properties
    assert ("schema:accessibilityFeature", "tableOfContents") in properties
    assert [element.text for element in package.iter(f"{DC}date")] == ["2023-09-11"]
    assert [element.text for element in package.iter(f"{DC}language")] == ["zh-Hans"]
    undated = Volume("纸", "zh-Hans", (Section("s", "栏目", (entry(1, "一", published="0001-01-01"),)),))
    assert b">1980-01-01T00:00:00Z<" in files(made(undated))["EPUB/content.opf"]


def described(volume: Volume, *parts: tuple[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Terms of Dublin Core and series of a book whose articles have these publishers and authors."""
    given = zip(chapters(volume), parts, strict=True)
    rendered = (replace(part, publisher=publisher, authors=authors) for part, (publisher, authors) in given)
    out = io.BytesIO()
    epub.bind(volume, rendered, out, Options(), Tally())
    package = ElementTree.fromstring(files(out.getvalue())["EPUB/content.opf"])
    terms = [(each.tag.removeprefix(DC), each.text or "") for each in package.iter() if each.tag.startswith(DC)]
    series = [
        (each.get("property") or each.get("name") or "", each.get("content") or each.text or "")
        for each in package.iter(f"{OPF}meta")
    ]
    wanted = ("belongs-to-collection", "collection-type", "group-position", "calibre:series", "calibre:series_index")
    return [each for each in terms if each[0] in ("creator", "publisher", "description")] + [
        each for each in series if each[0] in wanted
    ]


def test_a_book_names_its_few_authors_its_publishers_and_its_content() -> None:
    told = described(book(3, 1), ("大纪元", ("林墨",)), ("大纪元", ("林墨", "方胶泥")), ("看中国", ()))
    assert told == [
        ("creator", "方胶泥"),
        ("creator", "林墨"),
        ("publisher", "大纪元"),
        ("publisher", "看中国"),
        ("description", "2023-09-12 · 3 篇文章 · 栏目：栏目0、栏目1、栏目2"),
    ]


def test_a_book_of_many_authors_is_by_its_publishers() -> None:
    told = described(book(1, 5), *(("大纪元" if number else "看中国", (f"作者{number}",)) for number in range(5)))
    assert [value for term, value in told if term == "creator"] == ["大纪元", "看中国"]


@pytest.mark.parametrize(
    ("split", "title", "series"),
    [
        ("channel,month", "", ["造纸", "series", "2023.09", "造纸", "2023.09"]),
        ("year", "", []),
        ("year", "我的书", ["我的书", "series", "2023", "我的书", "2023"]),
        ("channel", "", []),
        ("month,count=1", "书", ["书", "series", "2023.09.001", "书"]),
    ],
)
def test_volumes_of_a_subject_are_a_series(split: str, title: str, series: list[str]) -> None:
    index = Index()
    for number in (1, 2):
        index.add(entry(number, f"第{number}篇", "nf1"))
    index.channels["nf1"] = "造纸"
    first = gather(index, Gathering(title=title, split=parse(split), once=True)).volumes[0]
    told = described(first, *[("", ())] * sum(1 for _ in first.entries()))
    assert [value for term, value in told if term not in ("creator", "publisher", "description")] == series


def test_identifier_follows_the_content() -> None:
    assert identifier(book(1, 2)) == identifier(book(1, 2))
    assert len({identifier(book(*size)) for size in ((1, 2), (2, 1), (1, 3))}) == 3


def test_hostile_titles_stay_text() -> None:
    nav = ElementTree.fromstring(files(made(hostile()))["EPUB/nav.xhtml"])
    titles = [next(link.itertext(), "").rstrip() for link in nav.iter(f"{HTML}a")]
    assert titles[1] == "<b>&amp; \"quoted\" 'too' ]]> <!-- -->"
    assert titles[2] == "控制字符 换行"
    assert len(titles[3]) <= 122
    assert titles[3].endswith("…")
    assert titles[4:6] == ["n3", "n4"], "a title that shows nothing gives way to the identifier"
    assert titles[6] == "{name} {0} %s \\g<0>"
    assert "空" not in titles, "an empty section has no page"


def test_epub_refers_to_nothing_remote() -> None:
    for name, content in files(made(book(2, 3))).items():
        text = content.decode()
        assert not re.search(r"<(script|iframe|object|embed|audio|video|base)\b", text), name
        assert not re.search(r"\bsrc=[\"'](?:[A-Za-z]+:|//)", text), name
        assert not re.search(r"url\(|@import|expression\(", text), name
        for tag in re.findall(r"<link\b[^>]*>", text):
            assert "//" not in tag, name


def test_chapters_are_taken_one_by_one() -> None:
    volume, out, written = book(2, 20), io.BytesIO(), [0]

    def watched() -> Iterator[RenderedArticle]:
        for chapter in chapters(volume):
            assert out.tell() > written[-1], "the chapter before must be in the archive before the next is made"
            written.append(out.tell())
            yield chapter

    epub.bind(volume, watched(), out, Options(), Tally())
    assert len(written) == 41


@pytest.mark.parametrize("surplus", [-1, 1])
def test_chapters_and_entries_must_agree(surplus: int) -> None:
    volume = book(1, 3)
    given = list(chapters(book(1, 3 + surplus)))
    with pytest.raises(ValueError, match="chapters than entries"):
        epub.bind(volume, iter(given), io.BytesIO(), Options(), Tally())


def test_a_book_without_articles_is_an_error() -> None:
    with pytest.raises(ConvertError, match="at least one article"):
        epub.bind(Volume("x", "en", (Section("s", "s", ()),)), iter(()), io.BytesIO(), Options(), Tally())


@pytest.mark.slow
def test_more_members_than_a_plain_archive_counts() -> None:
    """ZIP64 (APPNOTE, section 4.5.3) begins at 65,535 members."""
    count = 65_600
    volume = Volume("x", "en", (Section("s", "s", tuple(entry(n, f"{n}") for n in range(count))),))
    out = io.BytesIO()
    epub.bind(volume, (RenderedArticle(*pack(b"<x/>")) for _ in range(count)), out, Options(), Tally())
    with zipfile.ZipFile(out) as archive:
        assert len(archive.namelist()) > count


@pytest.mark.slow
def test_same_bytes_whatever_the_surroundings(tmp_path: Path) -> None:
    code = "import sys, test_epub; sys.stdout.buffer.write(test_epub.made(test_epub.book(3, 10)))"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    digests = set()
    for seed, zone, locale in (
        ("0", "UTC", "C"),
        ("1", "Asia/Shanghai", "C.UTF-8"),
        ("2", "America/New_York", "POSIX"),
    ):
        folder = tmp_path / seed
        folder.mkdir()
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": path}
        run = subprocess.run([sys.executable, "-c", code], env=env, cwd=folder, capture_output=True, check=True)
        digests.add(hashlib.sha256(run.stdout).hexdigest())
    assert digests == {hashlib.sha256(made(book(3, 10))).hexdigest()}
