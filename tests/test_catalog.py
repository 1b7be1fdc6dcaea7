"""The catalogue of a build: feeds that reading systems can read, a page for people, and nothing of others replaced."""

import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import pytest
from helpers.crawl import crawl
from helpers.data import ROOT
from helpers.feeds import faults
from helpers.program import run
from lxml import etree, html as lxml_html
from PIL import Image

from convert import api, manifest
from convert.store.digest import digest_file
from convert.writers import catalog
from convert.writers.catalog import Book, Shelf

GRAMMAR = etree.RelaxNG(etree.parse(ROOT / "tests" / "catalog" / "opds.rng"))
BASE = "http://catalogue.example/books/"
ATOM = {"a": "http://www.w3.org/2005/Atom", "dc": "http://purl.org/dc/terms/"}
OPDS = "http://opds-spec.org/"
HOSTILE = '"><script>alert(1)</script> & ]]> <!-- 纸\x00\x1b\ud800\ufffe\u202e -->'
SPLIT = ("--to", "epub", "-q", "--split", "channel,month")
ARTICLES = {
    "paper/a.md": ("2023-03-14", "造纸", "李四"),
    "paper/b.md": ("2023-04-02T08:00:00+08:00", "造纸", "李四"),
    "ink/c.md": ("2023-04-01", "Ink & <more>", "Ann"),
    "d.md": ("", "", "Ann"),
}


def write_article(path: Path, day: str, channel: str, author: str, text: str = "") -> None:
    front = [f"title: '纸张与文字 \"><script>&{path.stem}'", *([f"date: {day}"] if day else [])]
    front += [f"author: {author}"] if author else []
    front += [f"categories: ['{channel}']"] if channel else []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["---", *front, "---", "", f"一篇关于纸的文章。{path.stem}{text}", ""]), "utf-8")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for name, facts in ARTICLES.items():
        write_article(folder / name, *facts)
    return folder


@pytest.fixture(scope="module")
def books(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "books"
    assert run(*SPLIT, "--catalog", source, "-o", folder).returncode == 0
    return folder


def parsed(page: bytes) -> Any:
    return lxml_html.fromstring(page)


def parsed_feed(data: bytes) -> Any:
    return etree.fromstring(data)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".convert") for part in path.parts)
    }


def crawled(files: Mapping[str, bytes], url: str = BASE) -> dict[str, Any]:
    """Follow every link from the catalogue's root and from the feed of new books; return the feeds by path."""
    feeds: dict[str, Any] = {}
    waiting = ["opds.xml", "feed.xml"]
    while waiting:
        if (path := waiting.pop()) in feeds:
            continue
        feed = feeds[path] = parsed_feed(files[path])
        GRAMMAR.assertValid(etree.ElementTree(feed))
        assert faults(feed) == []
        for link in feed.iter("{*}link"):
            target = urljoin(url + path, link.get("href"))
            assert target.startswith(url), target
            name = unquote(target.removeprefix(url))
            assert name in files, f"{path} leads to {name}"
            if link.get("type", "").startswith("application/atom+xml"):
                waiting.append(name)
            if link.get("length"):
                assert int(link.get("length", "")) == len(files[name])
    return feeds


def links(element: Any, rel: str) -> list[str]:
    return [str(each) for each in element.xpath("a:link[@rel=$rel]/@href", namespaces=ATOM, rel=rel)]


def titles(feed: Any) -> list[str]:
    return [str(each) for each in feed.xpath("a:entry/a:title/text()", namespaces=ATOM)]


def kinds_of(feed: Any) -> set[str]:
    acquired = {bool(links(entry, f"{OPDS}acquisition")) for entry in feed.iterfind("a:entry", ATOM)}
    return {"acquisition" if each else "navigation" for each in acquired}


# --- feeds -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    """Return books with something hostile in every field, and more of them than a page of a feed has."""
    made = tuple(
        Book(
            path=f"a b#?%纸-{number}.epub",
            title=f"{number} {HOSTILE}",
            language="zh-Hans",
            media_type="application/epub+zip",
            identifier="urn:uuid:ad7b9caf-6d37-5081-9e2c-a4505d113d39",
            bytes=1,
            newest=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(number * 7 % 123) if number % 9 else None,
            summary=HOSTILE,
            creators=(HOSTILE, "\u200b"),
            publishers=(HOSTILE,),
            channels=((HOSTILE, HOSTILE), *((("b", ""),) if number % 2 else ())),
            series=HOSTILE,
            cover=f"catalog/covers/纸 {number}.png",
        )
        for number in range(123)
    )
    return Shelf(HOSTILE, "zh-Hans", made, {HOSTILE: "x-1", "b": "x-1-"}, identity=HOSTILE)


def files_of(shelf: Shelf) -> dict[str, bytes]:
    files = dict(catalog.files(shelf))
    return files | {name: b"x" for book in shelf.books for name in (book.path, book.cover)}


def test_feeds_of_hostile_books_are_valid_and_lead_to_all_of_them(shelf: Shelf) -> None:
    files = files_of(shelf)
    feeds = crawled(files)
    assert feeds.keys() == {name for name in files if name.endswith(".xml")}
    assert not any(each in data.decode() for name, data in files.items() for each in ("<script", "onload", "\u202e<"))
    for path, feed in feeds.items():
        (own,) = links(feed, "self")
        assert urljoin(BASE + path, own) == BASE + path
        if path != "feed.xml":
            assert [urljoin(BASE + path, each) for each in links(feed, "start")] == [f"{BASE}opds.xml"]
            (kind,) = feed.xpath("a:link[@rel='self']/@type", namespaces=ATOM)
            assert {f"application/atom+xml;profile=opds-catalog;kind={each}" for each in kinds_of(feed)} == {kind}
    identifiers = [feed.findtext("a:id", "", ATOM) for feed in feeds.values()]
    assert len({*identifiers}) == len(identifiers)


@pytest.mark.parametrize("first", ["catalog/all.xml", "catalog/newest.xml", "catalog/channel-x-1.xml"])
def test_pages_lead_to_each_other_and_have_each_book_once(shelf: Shelf, first: str) -> None:
    feeds, path, found = crawled(files_of(shelf)), first, list[str]()
    before = ""
    while path:
        feed = feeds[path]
        named = {rel: [urljoin(path, each) for each in links(feed, rel)] for rel in ("first", "previous", "next")}
        assert named["first"] == [first]
        assert named["previous"] == ([before] if before else [])
        assert 0 < len(titles(feed)) <= 50
        found += titles(feed)
        before, path = path, next(iter(named["next"]), "")
    assert sorted(found) == sorted({*found})
    assert len(found) == 123


def test_newest_come_first_and_those_without_a_date_last(shelf: Shelf) -> None:
    feed = parsed_feed(files_of(shelf)["feed.xml"])
    dates = [str(each) for each in feed.xpath("a:entry/a:updated/text()", namespaces=ATOM)]
    assert len(dates) == 50
    assert dates == sorted(dates, reverse=True)
    assert feed.findtext("a:updated", "", ATOM) == dates[0]
    assert shelf.newest[-1].newest is None


def test_links_are_absolute_with_an_address(shelf: Shelf) -> None:
    url = "https://books.example/a%20b/"
    absolute = Shelf(shelf.title, shelf.language, shelf.books, shelf.channels, url, shelf.identity)
    files = files_of(absolute)
    for feed in crawled(files, url).values():
        assert all(link.get("href", "").startswith(url) for link in feed.iter("{*}link"))
    page = parsed(files["index.html"])
    assert not [each for each in page.xpath("//@href | //@src") if "//" in each], "the page works on a stick too"


def test_identifiers_stay_when_a_book_grows(shelf: Shelf) -> None:
    one = shelf.books[1]
    grown = Book(
        one.path, "another title", "en", one.media_type, one.cover, "urn:x", 9, datetime(2026, 1, 1, tzinfo=UTC)
    )
    before, after = (
        parsed_feed(dict(catalog.files(Shelf("t", "en", (each,), shelf.channels)))["catalog/all.xml"])
        for each in (one, grown)
    )
    assert before.findtext("a:entry/a:id", "", ATOM) == after.findtext("a:entry/a:id", "", ATOM)


def test_grammar_would_find_a_fault(shelf: Shelf) -> None:
    feed = dict(catalog.files(shelf))["catalog/all.xml"]
    faults = (
        (b"<updated>2020", b"<updated>20"),
        (b'type="application/epub+zip"', b'type="epub"'),
        (b"<dc:language>zh-Hans</dc:language>", b""),
        (b"</feed>", b"<title>two</title></feed>"),
    )
    for old, new in faults:
        assert old in feed
        assert not GRAMMAR.validate(etree.ElementTree(parsed_feed(feed.replace(old, new))))


# --- builds ----------------------------------------------------------------------------------------------------------


def test_catalogue_lists_every_book_of_a_build(books: Path) -> None:
    files = contents(books)
    feeds = crawled(files)
    found = crawl(books)
    assert (found.broken, found.files - found.reached) == ([], {"convert-manifest.json"})
    made = {name for name in files if name.endswith(".epub")}
    listed = [urljoin("catalog/", each) for each in re.findall(r'"(\S+\.epub)"', files["catalog/all.xml"].decode())]
    assert sorted(listed) == sorted(made)
    assert len(made) == 4
    entry = next(each for each in feeds["catalog/newest.xml"].iterfind("a:entry", ATOM))
    assert entry.findtext("a:author/a:name", "", ATOM) == "李四"
    assert entry.findtext("dc:issued", "", ATOM) == "2023-04-02"
    assert entry.findtext("a:updated", "", ATOM) == "2023-04-02T00:00:00Z"
    assert entry.findtext("dc:language", "", ATOM) == "zh-Hans"
    assert entry.findtext("dc:isPartOf", "", ATOM) == "造纸"
    assert {*titles(feeds["catalog/channels.xml"])} == {"造纸", "Ink & <more>", "其他"}
    with Image.open(books / "catalog" / "covers" / "other-other.png") as cover:
        assert cover.size == (300, 480)
    assert run("verify", "--strict", books / "convert-manifest.json").returncode == 0


def test_page_needs_no_script_and_loads_only_covers(books: Path) -> None:
    page = parsed((books / "index.html").read_bytes())
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    assert not page.xpath("//script | //@onclick | //iframe")
    assert len(page.xpath("//main//details//a")) == 4
    for each in page.xpath("//@href[not(starts-with(., '#'))] | //@src"):
        assert (books / unquote(each)).is_file()
    assert run("audit", books / "index.html").returncode == 0


def test_catalogue_is_the_same_with_any_number_of_workers(source: Path, books: Path, tmp_path: Path) -> None:
    again = run(*SPLIT, "--catalog", "--workers", "3", source, "-o", tmp_path / "books")
    assert again.returncode == 0
    assert contents(tmp_path / "books") == contents(books)


def test_catalogue_is_added_to_books_that_stay(source: Path, books: Path, tmp_path: Path) -> None:
    out = tmp_path / "books"
    assert run(*SPLIT, "--update", source, "-o", out).returncode == 0
    times = {path: path.stat().st_mtime_ns for path in out.glob("*.epub")}
    assert run(*SPLIT, "--update", "--catalog", source, "-o", out).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert contents(out) == contents(books)


@pytest.mark.slow
def test_update_makes_what_a_whole_build_makes(source: Path, books: Path, tmp_path: Path) -> None:
    mirror, out = tmp_path / "mirror", tmp_path / "books"
    shutil.copytree(source, mirror)
    given = (*SPLIT, "--catalog", "--update", mirror, "-o", out)
    assert run(*given).returncode == 0
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*.*") if path.suffix in (".xml", ".png", ".html")}
    assert run(*given).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in times} == times, "nothing is written again"
    shutil.rmtree(mirror / "ink")
    write_article(mirror / "paper/e.md", "2023-05-01", "造纸", "王五")
    write_article(mirror / "paper/a.md", "2023-03-14", "造纸", "赵六", "修订")
    assert run(*given).returncode == 0
    assert run(*SPLIT, "--catalog", mirror, "-o", tmp_path / "anew").returncode == 0
    assert contents(out) == contents(tmp_path / "anew")
    assert not [name for name in contents(out) if "ink" in name], "what is stale is gone"
    assert "赵六" in (out / "catalog/all.xml").read_text("utf-8")
    assert run(*SPLIT, "--update", mirror, "-o", out).returncode == 0
    assert {name for name in contents(out) if not name.endswith(".epub")} == {"convert-manifest.json"}
    assert run(*given).returncode == 0
    assert contents(out) == contents(tmp_path / "anew")


def test_channels_whose_names_differ_in_case_have_feeds_of_their_own(tmp_path: Path) -> None:
    for number, channel in enumerate(("Other", "OTHER", "other", "")):
        write_article(tmp_path / "src" / f"{number}.md", "2023-03-14", channel, "Ann")
    assert run("--to", "html", "-q", "--catalog", "src", "-o", "a.html", cwd=tmp_path).returncode == 0
    feeds = crawled(contents(tmp_path) | {"a.html": (tmp_path / "a.html").read_bytes()})
    assert sum(path.startswith("catalog/channel-") for path in feeds) == 4


@pytest.mark.parametrize("name", ["index.html", "catalog", "catalog/covers/other-other.png"])
def test_file_of_somebody_else_is_not_replaced(source: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "books"
    (out / name).parent.mkdir(parents=True)
    (out / name).write_text("<p>my own page</p>\n", "utf-8")
    done = run(*SPLIT, "--catalog", source, "-o", out)
    assert done.returncode == 2
    assert b"which it did not write; move it away" in done.stderr
    assert [*contents(out)] == [name]
    assert contents(out)[name] == b"<p>my own page</p>\n"


def test_catalogue_replaces_its_own_files_without_a_manifest(source: Path, books: Path, tmp_path: Path) -> None:
    shutil.copytree(books, tmp_path / "books")
    (tmp_path / "books" / "convert-manifest.json").unlink()
    assert run(*SPLIT, "--catalog", source, "-o", tmp_path / "books").returncode == 0
    assert contents(tmp_path / "books") == contents(books)


def test_catalogue_in_a_folder_that_is_read_is_no_article(source: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    shutil.copytree(source, mirror)
    given = ("--to", "html", "-q", "--split", "channel", "--catalog", "--update", mirror, "-o", mirror / "books")
    assert run(*given).returncode == 0
    before = contents(mirror)
    assert run(*given).returncode == 0
    assert contents(mirror) == before


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--to", "markdown", "--catalog", "-o", "out"), b"--catalog lists books: epub, html, pdf"),
        (("--to", "html", "--catalog", "-o", "-"), b"--catalog writes files beside the books"),
        (("--to", "html", "--catalog", "-o", "index.html"), b"--catalog and -o both write 'index.html'"),
        (("--to", "html", "--catalog-url", "books", "-o", "a.html"), b"no absolute http or https address"),
        (("--to", "html", "--catalog-url", "https://a:b@c.example/", "-o", "a.html"), b"leave out user name"),
        (("--to", "html", "--catalog-url", "https://c.example/?x=1", "-o", "a.html"), b"leave out ? and #"),
    ],
)
def test_catalogue_that_cannot_be_is_refused(
    source: Path, tmp_path: Path, given: tuple[str, ...], words: bytes
) -> None:
    done = run(*given, source, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert not [*tmp_path.iterdir()]


def test_one_book_has_a_catalogue_with_absolute_links(source: Path, tmp_path: Path) -> None:
    done = api.convert(source, tmp_path / "a b.html", "html", title=HOSTILE[:27], catalog_url="https://books.example/x")
    files = contents(tmp_path)
    feeds = crawled(files, "https://books.example/x/")
    assert [word for word, _ in done.changes] == ["made"] * len(files)
    assert titles(feeds["catalog/all.xml"]) == [HOSTILE[:27]]
    listed = manifest.read(str(tmp_path / "a b.html.manifest.json"))
    assert {each.path for each in listed.outputs} == files.keys() - {"a b.html.manifest.json"}
    assert all(digest_file(str(tmp_path / each.path)).sha256 == each.sha256 for each in listed.outputs)


def test_settings_have_a_catalogue_that_the_command_line_declines(source: Path, tmp_path: Path) -> None:
    settings = '[conversion]\ncatalog = true\ncatalog-url = "https://books.example/"\n'
    (tmp_path / "convert.toml").write_text(settings, "utf-8")
    for given, there in (
        (["--to", "html"], True),
        (["--to", "html", "--no-catalog"], False),
        (["--to", "jsonl"], False),
    ):
        out = tmp_path / f"{len(given)}{given[1]}" / f"a.{given[1]}"
        assert run(*given, "-q", source, "-o", out, cwd=tmp_path).returncode == 0
        assert (out.parent / "opds.xml").exists() is there
    assert run("--to", "jsonl", "--catalog", source, "-o", "a.jsonl", cwd=tmp_path).returncode == 2


def test_cover_of_the_user_is_that_of_every_book(source: Path, tmp_path: Path) -> None:
    Image.new("RGB", (900, 1200), "red").save(tmp_path / "own.jpg")
    out = tmp_path / "books"
    assert run(*SPLIT, "--catalog", "--cover", tmp_path / "own.jpg", source, "-o", out).returncode == 0
    assert [path.name for path in (out / "catalog" / "covers").iterdir()] == ["own.png"]
    crawled(contents(out))
    with Image.open(out / "catalog/covers/own.png") as cover:
        assert cover.size == (300, 400)
