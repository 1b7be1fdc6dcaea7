"""A file with several chapters is divided where the contents of its book say: nothing is lost, and nothing twice."""

import random
import re
import zipfile
from pathlib import Path

import pytest
from helpers.soak import SOAK

from convert.document import read_and_clean
from convert.model import Article, Link, texts, walk
from convert.sources import Reader, Ref, walk as documents
from convert.sources.fragments import Division

HEAD = "<html><head><title>The Vat</title></head>\n<body>"


def bare(page: str) -> str:
    """Return what a page shows, and where its pictures are."""
    return re.sub(r"<img[^>]*>", "*", page.partition("<body>")[2]).replace("\n", "")


def shown(page: str) -> str:
    return re.sub(r"<[^>]*>", "", bare(page))


DIVIDED = {  # name: body, identifiers, what the parts show
    "headings": ("<h2 id='a'>A</h2><p>one</p><h2 id='b'>B</h2><p>two</p>", "ab", ["", "Aone", "Btwo"]),
    "before the first": ("<p>first</p><h2 id='a'>A</h2><p>one</p>", "a", ["first", "Aone"]),
    "anchors in headings": ("<h2><a id='a'></a>A</h2><p>one</p><h2><a name='b'/>B</h2>", "ab", ["", "Aone", "B"]),
    "anchors before headings": ("<p><a id='a'></a></p><h2>A</h2><p><a id='b'/></p><h2>B</h2>", "ab", ["", "A", "B"]),
    "boxes": ("<div><div id='a'><h2>A</h2></div><div id='b'><h2>B</h2></div></div>", "ab", ["", "A", "B"]),
    "boxes around": ("<div><div><h2 id='a'>A</h2></div></div><div><h2 id='b'>B</h2></div>", "ab", ["", "A", "B"]),
    "picture before": ("<div><img src='x'/><h2 id='a'>A</h2></div>", "a", ["*", "A"]),
    "in the middle of text": ("<p>one <a id='a'></a>two</p>", "a", ["one ", "two"]),
    "the same place": ("<div id='a'><h2 id='b'>A</h2></div><p id='c'>C</p>", "abc", ["", "A", "C"]),
    "not there": ("<p id='a'>A</p><p>B</p>", "axy", ["", "AB"]),
    "twice": ("<p id='a'>A</p><p id='a'>B</p>", "a", ["", "AB"]),
    "in a comment": ("<p>A<!-- <p id='a'> --></p><p id='b'>B</p>", "ab", ["A", "B"]),
}


@pytest.mark.parametrize("name", DIVIDED)
def test_page_is_divided_at_its_elements(name: str) -> None:
    body, names, parts = DIVIDED[name]
    division = Division(f"{HEAD}{body}</body></html>", frozenset(names))
    found = [re.sub(r"<!--.*?-->|<[^>]*>", "", bare(division.part(at))) for at in range(division.count)]
    assert found == parts


def test_part_has_the_elements_around_it_and_its_lines() -> None:
    page = f"{HEAD}<div class='x' id='y'>\n<blockquote>\n<p>one</p>\n<p id='a'>two</p></blockquote></div></body></html>"
    part = Division(page, {"a"}).part(1)
    assert part.count("\n", 0, part.index("two")) == page.count("\n", 0, page.index("two"))
    assert "<div class='x'><blockquote><p id='a'>two" in part.replace("\n", "")


def random_body(chance: random.Random, depth: int = 0) -> str:
    """Return elements inside each other, some with identifiers, some ends of elements missing."""
    parts = []
    for _ in range(chance.randrange(1, 5)):
        name = chance.choice(("div", "p", "h2", "a", "blockquote", "li", "span"))
        identifier = f" id='i{chance.randrange(12)}'" if chance.random() < 0.4 else ""
        inside = random_body(chance, depth + 1) if depth < 4 and chance.random() < 0.6 else ""
        words = f"w{chance.randrange(10**6)} " if chance.random() < 0.6 else ""
        end = "" if chance.random() < 0.1 else f"</{name}>"
        parts.append(
            chance.choice((f"<{name}{identifier}>{words}{inside}{end}", f"<a{identifier}/>{words}", "<br/>\n"))
        )
    return "".join(parts)


def test_parts_of_any_page_hold_all_of_it_once() -> None:
    for seed in range(10_000 if SOAK else 300):
        chance = random.Random(seed)
        page = f"{HEAD}{random_body(chance)}</body></html>"
        division = Division(page, {f"i{n}" for n in range(chance.randrange(12))})
        parts = [division.part(at) for at in range(division.count)]
        assert "".join(map(shown, parts)) == shown(page), seed
        for part, text in ((at, shown(each)) for at, each in enumerate(parts)):
            for word in text.split():
                assert division.part(part).count(word) == 1


# --- in a book --------------------------------------------------------------------------------------------------------

CONTAINER = '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
ONE = (
    '<p>To the reader.</p><div><h2 id="a">The vat</h2><p>Ink is wet, see <a href="#b1">drying</a>.</p></div>'
    '<div><h2 id="b">The loft</h2><p id="b1">Paper dries, see '
    '<a href="two.xhtml">more</a> and <a href="#b">here</a>.</p></div>'
)
TWO = '<h2>The press</h2><p>It presses, see <a href="one.xhtml#a">the vat</a> and <a href="one.xhtml">all</a>.</p>'


def book(folder: Path, entries: str, *, ncx: bool = False) -> Path:
    """Write a book of two files; `entries` are those of its contents."""
    kind = 'media-type="application/xhtml+xml"'
    toc = '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    nav = toc if ncx else f'<item id="n" href="nav.xhtml" properties="nav" {kind}/>'
    items = "".join(f'<item id="{name}" href="{name}.xhtml" {kind}/>' for name in ("one", "two"))
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "book.opf": f"<package><metadata/><manifest>{items}{nav}</manifest>"
        '<spine toc="n"><itemref idref="one"/><itemref idref="two"/></spine></package>',
        "toc.ncx" if ncx else "nav.xhtml": entries,
        **{f"{name}.xhtml": f"{HEAD}{body}</body></html>" for name, body in (("one", ONE), ("two", TWO))},
    }
    with zipfile.ZipFile(folder / "vat.epub", "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return folder / "vat.epub"


def nav(*entries: tuple[str, str]) -> str:
    listed = "".join(f'<li><a href="{href}">{title}</a></li>' for title, href in entries)
    return f'<html><body><nav xmlns:epub="x" epub:type="toc"><ol>{listed}</ol></nav></body></html>'


def articles(root: Path) -> list[Article]:
    with Reader() as reader:
        read = [read_and_clean(reader.read(ref)).article for ref in documents([str(root)]) if isinstance(ref, Ref)]
    return [each for each in read if each is not None]


ENTRIES = (("The vat", "one.xhtml#a"), ("The loft", "one.xhtml#b"), ("The press", "two.xhtml"))
NCX = "".join(
    f'<navPoint><navLabel><text>{title}</text></navLabel><content src="{href}"/></navPoint>' for title, href in ENTRIES
)


@pytest.mark.parametrize("ncx", [False, True])
def test_file_of_several_chapters_is_as_many_articles(tmp_path: Path, ncx: bool) -> None:
    found = articles(book(tmp_path, f"<ncx><navMap>{NCX}</navMap></ncx>" if ncx else nav(*ENTRIES), ncx=ncx))
    assert [(each.title, each.source.path, "".join(texts(each.body))) for each in found][1:] == [
        ("The vat", "1-one-1.xhtml", "Ink is wet, see drying."),
        ("The loft", "1-one-2.xhtml", "Paper dries, see more and here."),
        ("The press", "2-two.xhtml", "It presses, see the vat and all."),
    ]
    assert (found[0].source.path, "".join(texts(found[0].body))) == ("1-one-0.xhtml", "To the reader.")


def test_links_lead_to_the_chapter_of_their_element(tmp_path: Path) -> None:
    found = articles(book(tmp_path, nav(*ENTRIES)))
    targets = [
        [each.target.rpartition("/vat/")[2] for each in walk(one.body) if isinstance(each, Link)] for one in found
    ]
    assert targets == [
        [],
        ["1-one-2.xhtml/#b1"],
        ["2-two.xhtml/", "#b"],
        ["1-one-1.xhtml/#a", "1-one-0.xhtml/"],
    ]


NESTED = (
    '<html><body><nav type="toc"><ol><li><a href="one.xhtml">One</a><ol><li><a href="one.xhtml#a">The vat</a></li>'
    '<li><a href="one.xhtml#b">The loft</a></li></ol></li><li><a href="two.xhtml">'
    "The press</a></li></ol></nav></body></html>"
)


@pytest.mark.parametrize(
    "entries",
    [NESTED, nav(("One", "one.xhtml"), ("Two", "two.xhtml")), nav(("One", "one.xhtml#x"), ("Two", "one.xhtml#y"))],
)
def test_sections_of_a_chapter_are_no_chapters(tmp_path: Path, entries: str) -> None:
    found = articles(book(tmp_path, entries))
    assert [each.source.path for each in found] == ["1-one.xhtml", "2-two.xhtml"]
