"""Books of many articles: no list is long, every article is there once, and every line leads somewhere."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

import pytest
from helpers.epub import epubcheck
from helpers.strategies import entry
from lxml import etree
from msgspec.structs import replace

from convert.bundle.index import Index
from convert.bundle.parts import LIMIT
from convert.bundle.volumes import Gathering, gather
from convert.model import Entry, Volume
from convert.writers import epub
from convert.writers.book import outline
from convert.writers.book.names import file_name
from convert.writers.book.pages import document
from convert.writers.options import Options
from convert.writers.packed import pack
from convert.writers.part import RenderedArticle, Tally

pytestmark = pytest.mark.slow

NAMES = {
    "h": "http://www.w3.org/1999/xhtml",
    "o": "http://www.idpf.org/2007/opf",
    "n": "http://www.daisy.org/z3986/2005/ncx/",
}
FEW = 24
"""Entries that the list of the book itself has besides: what it says of itself, its indexes."""

CHANNELS, AUTHORS = 3, 300


def archive(count: int, months: int, copied: int = 0) -> list[Entry]:
    """Articles of three channels and some months; every day of the second has more than a list holds where there are
    enough, the third month is one day, some have no date, and some stand in the next channel too."""
    first, made = date(2018, 1, 1), []
    for number in range(count):
        place = number // CHANNELS * months * 30 // (count // CHANNELS + 1)
        day = str(first + timedelta(days=place))
        if number % 9 == 0:
            day = "2018-02-05" if number % 2 else f"2018-02-{number % 28 + 1:02}"
        elif number % 50 == 0:
            day = ""
        made.append(entry(number, day, f"nf{number % CHANNELS}", f"第{number}篇：纸与墨"))
        if copied and number % copied == 0:
            twin = entry(number, day, f"nf{(number + 1) % CHANNELS}", f"第{number}篇：纸与墨")
            made.append(replace(twin, text=number + 1))
            made[-2] = replace(made[-2], text=number + 1)
    return made


def chapters(volume: Volume) -> Iterator[RenderedArticle]:
    style = "../../style.css"
    for number, each in enumerate(volume.entries()):
        body = f"<section><h1>{each.title}</h1></section>"
        authors = (f"作者{number % AUTHORS}",) + (("常写的人",) if number % 3 == 0 else ())
        yield RenderedArticle(
            *pack(document(body, title=each.title, language="zh-Hans", style=style).encode()), "大纪元", authors
        )


def bound(volume: Volume) -> dict[str, bytes]:
    out = io.BytesIO()
    epub.bind(volume, chapters(volume), out, Options(), Tally())
    with zipfile.ZipFile(out) as made:
        assert len(made.namelist()) == len({name.casefold() for name in made.namelist()})
        return {name.removeprefix("EPUB/"): made.read(name) for name in made.namelist()}


def planned(entries: list[Entry], order: str = "oldest") -> Volume:
    index = Index()
    for each in entries:
        index.add(each)
    (volume,) = gather(index, Gathering(title="纸", order=order, once=True)).volumes
    return volume


def sizes(page: bytes, path: str) -> list[int]:
    """Return the number of entries of each list of a page."""
    tree: Any = etree.fromstring(page)
    return [
        len(each.xpath("*[not(self::n:navLabel or self::n:content)]", namespaces=NAMES))
        for each in tree.xpath(path, namespaces=NAMES)
    ]


def months(inside: dict[str, bytes]) -> Iterator[str]:
    """Yield the place of each month: a page of its own, or a heading."""
    for name, data in inside.items():
        if name.startswith("sections/") or name == "articles.xhtml":
            if re.search(r"/\d{4}-\d\d\.xhtml$", name):
                yield name
            yield from (f"{name}#{each}" for each in re.findall(r'id="(part-\d{4}-\d\d)"', data.decode()))


def steps(inside: dict[str, bytes], contents: list[str]) -> set[str]:
    """Return the places to which two steps at most lead from the contents; a heading is seen on its page."""
    found = set(contents)
    for place in contents:
        name = place.partition("#")[0]
        page: Any = etree.fromstring(inside[name])
        found |= {f"{name}#{each}" for each in page.xpath("//@id")}
        found |= {normpath(join(dirname(name), each)) for each in page.xpath("//h:a/@href", namespaces=NAMES)}
    pages = ((name, inside[name].decode()) for name in found if name in inside)
    return found | {f"{name}#{each}" for name, text in pages for each in re.findall(r'id="([^"]+)"', text)}


def check(volume: Volume) -> dict[str, bytes]:
    """Everything that a book promises of its lists."""
    inside = bound(volume)
    for name, data in inside.items():
        if name == "toc.ncx":
            found = sizes(data, "//n:navMap|//n:navPoint")
        elif name.endswith(".xhtml") and not name.startswith(("text/", "texts/")):
            found = sizes(data, "//h:ol|//h:ul")
        else:
            continue
        assert max(found, default=0) <= LIMIT + FEW, name

    files = sorted(file_name(each.path) for each in volume.entries())
    package: Any = etree.fromstring(inside["content.opf"])
    hrefs = dict(
        zip(
            package.xpath("//o:item/@id", namespaces=NAMES),
            package.xpath("//o:item/@href", namespaces=NAMES),
            strict=True,
        )
    )
    spine = [hrefs[each] for each in package.xpath("//o:itemref/@idref", namespaces=NAMES)]
    assert len(spine) == len(set(spine))
    assert sorted(name for name in spine if name.startswith(("text/", "texts/"))) == files
    assert set(hrefs.values()) | {"mimetype", "content.opf", "META-INF/container.xml"} == set(inside)
    assert {name for name in inside if name.endswith(".xhtml")} == set(spine)

    nav: Any = etree.fromstring(inside["nav.xhtml"])
    contents = nav.xpath("//h:nav[not(@hidden)]//h:a/@href", namespaces=NAMES)
    assert not nav.xpath("//h:nav[not(@hidden)]//h:li/h:span", namespaces=NAMES), "a line that leads nowhere"
    if len(files) <= outline.FEW:
        lines = nav.xpath("//h:nav[not(@hidden)]//h:li[not(h:ol)]/h:a/@href", namespaces=NAMES)
        assert sorted(name for name in lines if name.startswith(("text/", "texts/"))) == files
    else:
        assert not [name for name in contents if name.startswith(("text/", "texts/"))]
        assert len(contents) <= max(outline.FEW, len(volume.sections) * (1 + 1 / outline.GROUP)) + FEW
        assert set(months(inside)) <= steps(inside, contents)
    in_order = [place.partition("#")[0] for place in contents]
    named = set(in_order)
    assert [name for name in spine if name in named] == [name for name, _ in groupby(in_order)]
    ncx: Any = etree.fromstring(inside["toc.ncx"])
    told = ncx.xpath("//n:content/@src", namespaces=NAMES)
    assert sorted(set(told)) == sorted(set(contents))

    listed: Counter[str] = Counter()
    for name, data in inside.items():
        if not name.endswith(".xhtml") or name.startswith(("text/", "texts/")) or name == "nav.xhtml":
            continue
        page: Any = etree.fromstring(data)
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), name
        assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", each) for each in ids), name
        for href in page.xpath("//h:a/@href", namespaces=NAMES):
            target = normpath(join(dirname(name), href.partition("#")[0]))
            assert target in inside, (name, href)
            listed[f"{'index' if name.startswith('index/') else 'sections'} {target}"] += 1
    again = Counter(each.entry.path for section in volume.sections for each in section.elsewhere)
    for each in volume.entries():
        assert listed[f"sections {file_name(each.path)}"] == 1 + again[each.path]
        assert listed[f"index {file_name(each.path)}"] >= 1
    return inside


@pytest.fixture(scope="module")
def big() -> Volume:
    return planned(archive(20_000, 80, copied=100))


def test_20_000_articles(big: Volume) -> None:
    assert sum(len(section.elsewhere) for section in big.sections) == 200
    dated = Counter(each.published[:7] for each in big.sections[0].entries)
    assert max(dated.values()) > LIMIT, "a month that does not fit into a list"
    days = Counter(each.published[:10] for each in big.sections[0].entries)
    assert sum(1 for day, count in days.items() if count > LIMIT and day) >= 1
    assert days[""] > 0
    inside = check(big)
    assert {
        "sections/nf0.xhtml",
        "sections/nf0/2018.xhtml",
        "sections/nf0/2018-02.xhtml",
        "index/authors/letter-z-g1-1.xhtml",
    } <= {*inside}
    nav: Any = etree.fromstring(inside["nav.xhtml"])
    assert nav.xpath("//h:nav[@id='contents']/h:ol/h:li[1]/h:a/text()", namespaces=NAMES) == ["nf0"]
    years = nav.xpath("//h:nav[@id='contents']/h:ol/h:li[1]/h:ol/h:li/h:a/@href", namespaces=NAMES)
    assert years[:2] == ["sections/nf0/2018.xhtml", "sections/nf0/2019.xhtml"]
    channel: Any = etree.fromstring(inside["sections/nf0.xhtml"])
    in_2018 = channel.xpath("//h:ol[@class='row'][1]/h:li/h:a", namespaces=NAMES)
    assert [each.text for each in in_2018[:3]] == ["1月", "2月", "3月"]
    assert in_2018[1].get("href") == "nf0/2018-02.xhtml"
    month: Any = etree.fromstring(inside["sections/nf0/2018-02.xhtml"])
    above = month.xpath("//h:p[@class='trail']/h:a", namespaces=NAMES)
    assert [(each.text, each.get("href")) for each in above] == [("nf0", "../nf0.xhtml"), ("2018年", "2018.xhtml")]
    assert not channel.xpath("//h:p[@class='trail']", namespaces=NAMES)


@pytest.mark.parametrize(("count", "listed"), [(300, True), (301, False)])
def test_contents_list_articles_only_of_a_short_book(count: int, listed: bool) -> None:
    inside = check(
        planned([entry(number, f"2023-{number % 3 + 1:02}-01", f"nf{number % 2}") for number in range(count)])
    )
    assert (b"<time>" in inside["nav.xhtml"]) is listed
    assert (b'sections/nf1.xhtml#part-2023-02"' in inside["nav.xhtml"]) is not listed


@pytest.mark.parametrize(
    ("channels", "months", "each", "levels"),
    [(1, 60, 96, 3), (2, 30, 150, 3), (250, 1, 1, 3), (700, 2, 2, 2)],
    ids=["years of few", "years of a long list", "many channels of few", "many channels"],
)
def test_contents_of_many_months_or_channels(channels: int, months: int, each: int, levels: int) -> None:
    numbers = range(channels * each)
    days = [f"{2015 + n // channels % months // 12}-{n // channels % months % 12 + 1:02}-01" for n in numbers]
    entries = [entry(n, days[n], f"nf{n % channels:03}", f"第{n}篇") for n in numbers]
    ncx: Any = etree.fromstring(check(planned(entries))["toc.ncx"])
    assert ncx.xpath("//n:meta[@name='dtb:depth']/@content", namespaces=NAMES) == [str(levels)]


@pytest.mark.parametrize("order", ["newest", "title"])
def test_other_orders(order: str) -> None:
    check(planned(archive(3_000, 40, copied=50), order))


@pytest.mark.parametrize(
    ("days", "files"),
    [
        (["2023-09-12"] * 450, ["sections/nf1/2023-09.xhtml", "sections/nf1/2023-09-201.xhtml"]),
        ([f"2023-09-{n % 28 + 1:02}" for n in range(450)], ["sections/nf1/2023-09.xhtml"]),
        ([""] * 450, ["sections/nf1/undated.xhtml", "sections/nf1/undated-401.xhtml"]),
        ([f"{2000 + n % 23}-0{n % 9 + 1}-01" for n in range(300)] + [""] * 300, ["sections/nf1/undated-201.xhtml"]),
        ([f"{2000 + n % 23}-0{n % 9 + 1}-01" for n in range(300)] + [""] * 3, ["sections/nf1/undated.xhtml"]),
    ],
    ids=["a day", "a month", "undated", "years and many undated", "years and few undated"],
)  # fmt: skip
def test_lists_of_a_channel(days: list[str], files: list[str]) -> None:
    volume = planned([entry(number, day) for number, day in enumerate(days)] + [entry(9999, "2023-01-01", "nf2")])
    assert set(files) <= set(check(volume))


def test_channels_that_are_called_as_our_own_pages_are() -> None:
    keys = ("", "articles", "Articles", "nf1", "nf1/2023", "cover", "index", "dates", "纸")
    volume = planned([entry(n * 1000 + m, "2023-09-12", key) for n, key in enumerate(keys) for m in range(220)])
    check(volume)


@pytest.mark.soak
@pytest.mark.parametrize("order", ["oldest", "path"])
def test_epubcheck_finds_nothing_in_1_500_chapters(order: str, tmp_path: Path) -> None:
    volume = planned(archive(1_500, 40, copied=25), order)
    check(volume)
    out = tmp_path / "book.epub"
    with out.open("wb") as stream:
        epub.bind(volume, chapters(volume), stream, Options(), Tally())
    assert epubcheck(out) == []
