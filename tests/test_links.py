"""Links inside a book: to its articles, its sections and its contents, in whatever way they are written."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from helpers.mirror import WRAPPER
from helpers.program import run
from lxml import html as lxml_html

from convert.bundle.links import Inside, Links, _path_in_mirror
from convert.cli import cli
from convert.model import Entry, Section, Volume

HOME = "https://github.com/OWNER/epoch-news/blob/master/"
ONE = Entry("pages/nf1/n1.md", "n1", "一", "https://www.epochtimes.com/gb/23/9/12/n1.htm")
TWO = Entry("pages/nf2/n2.md", "n2", "二", "https://www.epochtimes.com/gb/23/9/13/n2.htm")
VOLUME = Volume("书", "zh-Hans", (Section("nf1", "甲", (ONE,)), Section("nf2", "乙", (TWO,))))
LINKS = Links(VOLUME)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.epochtimes.com/gb/23/9/13/n2.htm",
        "http://www.epochtimes.com/b5/23/9/13/n2.htm",
        "https://epochtimes.com/gb/23/9/13/n2p.htm",
        "https://www.epochtimes.com/gb/23/9/13/n2_3.htm?from=x#top",
    ],
)
def test_article_is_found_however_its_address_is_written(address: str) -> None:
    assert LINKS.article(address, ONE) == Inside("article", TWO.path)


def test_article_outside_the_book_is_not_found() -> None:
    assert LINKS.article("https://www.epochtimes.com/gb/23/9/13/n3.htm", ONE) is None
    assert LINKS.article("https://example.org/n2.htm", ONE) is None


@pytest.mark.parametrize(
    ("target", "inside"),
    [
        ("https://github.com/OWNER/epoch-news", Inside("contents")),
        ("https://github.com/OWNER/epoch-news/", Inside("contents")),
        (HOME, Inside("contents")),
        (HOME + "indexes/nf2/README.md", Inside("section", "nf2")),
        (HOME + "indexes/nf2/3.md", Inside("section", "nf2")),
        (HOME + "indexes/nf2.md", Inside("section", "nf2")),
        (HOME + "pages/nf2/n2.md", Inside("article", TWO.path)),
        (HOME + "indexes/nf9/1.md", None),
        ("https://github.com/OWNER/epoch-comment", None),
        ("https://github.com/gfw-breaker/nogfw/blob/master/README.md", None),
    ],
)
def test_navigation(target: str, inside: object) -> None:
    assert LINKS.navigation(target, ONE, HOME + ONE.path) == inside


def test_neighbours() -> None:
    assert LINKS.neighbours(ONE) == ("", TWO.path)
    assert LINKS.neighbours(TWO) == (ONE.path, "")


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mirror")
    for number, other in ((1, 2), (2, 1)):
        page = folder / f"pages/nf{number}/n{number}.md"
        page.parent.mkdir(parents=True)
        link = f'<p>见<ok href="http://www.epochtimes.com/b5/23/9/12/n{other}.htm">另一篇</ok>。</p>'
        page.write_text(WRAPPER.format(title=f"第{number}篇", body=link).replace("n1.htm", f"n{number}.htm"), "utf-8")
    (folder / "indexes/nf1").mkdir(parents=True)
    (folder / "indexes/nf1/README.md").write_text("### 造纸\n\n---\n", "utf-8")
    return folder


def test_in_an_epub(mirror: Path, tmp_path: Path) -> None:
    out = tmp_path / "book.epub"
    assert run("--to", "epub", mirror, "-o", out, "--base-url", HOME).returncode == 0
    with zipfile.ZipFile(out) as book:
        page: Any = lxml_html.document_fromstring(book.read("EPUB/text/nf1/n1.xhtml"))
        contents = book.read("EPUB/nav.xhtml").decode()
    hrefs = {anchor.text: anchor.get("href") for anchor in page.xpath("//a")}
    assert hrefs["另一篇"] == "../nf2/n2.xhtml"
    assert hrefs["首页"] == hrefs["目录"] == "../../nav.xhtml"
    assert hrefs["下一篇"] == "../nf2/n2.xhtml"
    assert hrefs["评论"] == "https://github.com/OWNER/epoch-comment"
    assert "造纸" in contents


@pytest.mark.parametrize(
    ("to", "nav", "there"), [("epub", "drop", False), ("html", "keep", True), ("html", "drop", False)]
)
def test_navigation_can_be_left_out(to: str, nav: str, there: bool, mirror: Path, tmp_path: Path) -> None:
    out = tmp_path / f"book.{to}"
    assert run("--to", to, mirror, "-o", out, "--nav", nav).returncode == 0
    if to == "epub":
        with zipfile.ZipFile(out) as book:
            text = book.read("EPUB/text/nf1/n1.xhtml").decode()
    else:
        text = out.read_text("utf-8")
    assert ("首页" in text) == there
    assert "另一篇" in text


@pytest.mark.parametrize("nav", ["keep", "drop"])
def test_navigation_in_text_formats(nav: str, mirror: Path) -> None:
    page = mirror / "pages/nf1/n1.md"
    for to in ("markdown", "json"):
        done = CliRunner().invoke(cli, ["--to", to, str(page), "--nav", nav, "--base-url", HOME])
        assert done.exit_code == 0
        assert ("首页" in done.stdout) == (nav == "keep")


@pytest.mark.parametrize("branch", ["HEAD", "master", "main"])
@pytest.mark.parametrize(
    ("path", "home", "target", "expected"),
    [
        ("pages/nf1/n1.md", "", "pages/nf1/n2.md", "pages/nf1/n2.md"),
        ("n1.md", "pages/nf1/", "pages/nf1/n2.md", "n2.md"),
        ("nf1/n1.md", "pages/", "pages/nf2/n3.md", "nf2/n3.md"),
        ("n1.md", "pages/nf1/", "pages/nf2/n3.md", None),
        ("n1.md", "pages/nf1/", "indexes/nf1.md", "indexes/nf1.md"),
        ("n1.md", "pages/nf1/", "indexes/nf1/2.md", "indexes/nf1/2.md"),
        ("pages/nf1/n1.md", "", "README.md", "README.md"),
    ],
)
def test_links_within_the_mirror_lead_there_by_any_name_of_its_branch(
    branch: str, path: str, home: str, target: str, expected: str | None
) -> None:
    repository = "https://github.com/OWNER/epoch-news"
    entry = Entry(path, "n1", "", "")
    address = f"{repository}/blob/HEAD/{home}{path}"
    assert _path_in_mirror(f"{repository}/blob/{branch}/{target}", entry, address) == expected
    assert _path_in_mirror(f"{repository}/blob/{branch}-2/{target}", entry, address) is None
    assert _path_in_mirror(repository, entry, address) == ""
