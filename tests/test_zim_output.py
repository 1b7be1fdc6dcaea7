"""`--to zim`: the pages of a site in one file that Kiwix opens and searches, the same bytes each time."""

import hashlib
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

import pytest
from helpers.data import SEEDS
from helpers.pictures import drawn
from helpers.program import run

from convert.codec import article_json
from convert.fidelity.visible import of_article

if not find_spec("libzim"):
    pytest.skip("libzim is not installed", allow_module_level=True)

pytestmark = pytest.mark.slow

PAGES = SEEDS / "pages" / "nf9000001"
LINK = re.compile(r'\b(?:href|src|action)="([^"]*)"')
LIMITS = {"Title": 30, "Description": 80, "LongDescription": 4000}


def convert(source: Path, out: Path, *options: str) -> None:
    done = run("--to", "zim", source, "-o", out, "-q", *options, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    assert b"stemming" not in done.stderr


def mirror(folder: Path) -> Path:
    """A mirror of one channel."""
    shutil.copytree(PAGES, folder / "mirror" / "pages" / PAGES.name)
    return folder / "mirror"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ZIM of some articles."""
    folder = tmp_path_factory.mktemp("zim")
    convert(mirror(folder), folder / "book.zim", "--manifest")
    return folder / "book.zim"


@pytest.fixture(scope="module")
def archive(book: Path) -> Any:
    """The same, opened by libzim."""
    from libzim.reader import Archive

    return Archive(book)


def entries(archive: Any) -> dict[str, bytes | None]:
    """The content of each entry by its path; None for redirects."""
    found = [archive._get_entry_by_id(number) for number in range(archive.entry_count)]
    return {each.path: None if each.is_redirect else bytes(each.get_item().content) for each in found}


def articles(lines: bytes) -> dict[str, str]:
    read = map(article_json.decode, lines.splitlines())
    return {each.source.address: f"{each.title}\n{of_article(each).text}" for each in read}


def test_articles_are_read_back_with_all_of_their_text(book: Path) -> None:
    back, direct = (run("--to", "jsonl", "-q", each) for each in (book, book.parent / "mirror"))
    assert b"stemming" not in back.stderr
    assert articles(back.stdout) == articles(direct.stdout)
    assert len(articles(back.stdout)) == len([*PAGES.iterdir()])


def test_bytes_are_the_same_each_time_with_any_number_of_workers(book: Path, tmp_path: Path) -> None:
    convert(mirror(tmp_path), tmp_path / "again.zim", "--workers", "2")
    assert (tmp_path / "again.zim").read_bytes() == book.read_bytes()


def test_manifest_names_the_book_and_an_update_keeps_it(book: Path) -> None:
    assert run("verify", f"{book}.manifest.json").returncode == 0
    named = json.loads(Path(f"{book}.manifest.json").read_text("utf-8"))
    assert hashlib.sha256(book.read_bytes()).hexdigest() in json.dumps(named)
    before = book.stat().st_mtime_ns
    convert(book.parent / "mirror", book, "--update")
    assert book.stat().st_mtime_ns == before


def test_metadata_keeps_to_the_list_of_openzim(archive: Any) -> None:
    given = {name: archive.get_metadata(name) for name in archive.metadata_keys}
    needed = {"Name", "Title", "Language", "Creator", "Publisher", "Date", "Description", "Illustration_48x48@1"}
    assert needed <= given.keys()
    assert all(given.values())
    assert given["Language"] == b"zho"
    assert re.fullmatch(rb"2023-\d\d-\d\d", given["Date"])  # of the newest article, not of today
    assert given["Source"] == b"www.epochtimes.com"
    assert all(len(given[name].decode()) <= most for name, most in LIMITS.items() if name in given)
    for name, side in (("Illustration_48x48@1", 48), ("Illustration_48x48@2", 96)):
        assert struct.unpack(">II", given[name][16:24]) == (side, side)
    assert archive.check()


def test_every_entry_is_reached_from_the_main_page_and_nothing_is_remote(archive: Any) -> None:
    held = entries(archive)
    start = archive.main_entry.get_item().path
    reached, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        content = held[here]
        if content is None or not here.endswith(".html"):
            continue
        for written in LINK.findall(content.decode()):
            target = re.split("[?#]", written)[0]
            if re.match(r"[a-z]+:", target):
                assert f'src="{written}"' not in content.decode()
                continue
            inside = normpath(join(dirname(here), unquote(target))) if target else here
            assert inside in held, (here, written)
            if inside not in reached:
                reached.add(inside)
                ahead.append(inside)
    pages = {path for path, content in held.items() if content is not None and path.endswith(".html")}
    assert pages - reached == set()
    assert len([path for path in pages if path.startswith("text/")]) == len([*PAGES.iterdir()])


def test_pages_have_the_policy_that_programs_of_kiwix_need(archive: Any) -> None:
    for path, content in entries(archive).items():
        if content is not None and path.endswith(".html"):
            (policy,) = re.findall(rb'<meta http-equiv="Content-Security-Policy" content="([^"]*)"/>', content)
            assert policy.startswith(b"default-src 'none'; script-src 'self' zim:; ")
            assert b"http" not in policy
            assert b"application/atom+xml" not in content
    assert not archive.has_entry_by_path("feed.xml")


def test_index_of_kiwix_finds_chinese_in_texts_and_titles(archive: Any) -> None:
    from libzim.search import Query, Searcher
    from libzim.suggestion import SuggestionSearcher

    found = Searcher(archive).search(Query().set_query("活字"))
    paths = set(found.getResults(0, 50))
    texts = {path: content.decode() for path, content in entries(archive).items() if content and "text/" in path}
    wanted = {
        path for path, text in texts.items() if "活字" in text.partition("<article")[2].partition("</article>")[0]
    }
    assert paths == wanted
    assert any("首页</a>" in text for text in texts.values()), "a link of the mirror"
    assert Searcher(archive).search(Query().set_query("首页")).getEstimatedMatches() == 0
    assert SuggestionSearcher(archive).suggest("活字的故事").getEstimatedMatches() == 1
    lists = Searcher(archive).search(Query().set_query("按日期"))
    assert not [path for path in lists.getResults(0, 50) if not path.startswith("text/")]


def test_address_of_an_article_leads_to_its_page(archive: Any) -> None:
    entry = archive.get_entry_by_path("www.epochtimes.com/gb/23/3/14/n90000002.htm")
    assert entry.is_redirect
    assert entry.get_redirect_entry().path == "text/nf9000001/n90000002.html"


def test_list_by_title_has_every_entry_in_order(book: Path, archive: Any) -> None:
    data = book.read_bytes()
    count, titles, end = (*struct.unpack_from("<I", data, 24), *struct.unpack_from("<Q", data, 40),
                          *struct.unpack_from("<Q", data, 72))  # fmt: skip
    assert end == len(data) - 16
    assert hashlib.md5(data[:end], usedforsecurity=False).digest() == data[end:]
    numbers = struct.unpack_from(f"<{count}I", data, titles)
    assert sorted(numbers) == list(range(count))
    assert titles + 4 * count <= end


def test_pictures_are_inside_once(tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    for name in ("a", "b"):
        words = f"---\ntitle: {name}甲\ndate: 2023-05-01\n---\n一二三四五六七八九十。\n\n![图](p.png)\n"
        (posts / f"{name}.md").write_text(words, "utf-8")
    (posts / "p.png").write_bytes(drawn("png", 90, 60))
    assert run("images", "import", posts, "--store", tmp_path / "store").returncode == 0
    convert(posts, tmp_path / "book.zim", "--store", str(tmp_path / "store"))
    from libzim.reader import Archive

    archive = Archive(tmp_path / "book.zim")
    pictures = [path for path in entries(archive) if path.startswith("pictures/")]
    assert len(pictures) == 1
    assert archive.get_entry_by_path(pictures[0]).get_item().mimetype.startswith("image/")
    assert archive.get_metadata("Flavour") == b"maxi"
    shown = [path for path, content in entries(archive).items() if content and pictures[0].encode() in content]
    assert len(shown) == 2


def test_text_about_html_has_no_link(tmp_path: Path) -> None:
    from convert.writers.zim.pages import for_kiwix

    page = b'<head></head><body><p>&lt;a href="x"&gt; and src=\'y\'</p><a href="z">a="b"</a></body>'
    made = for_kiwix(page)
    assert made == page.replace(b'="x"', b'=&quot;x"').replace(b"='y", b"=&#39;y").replace(b'a="b"', b'a=&quot;b"')


def test_file_of_another_form_is_copied_as_it_is(book: Path, tmp_path: Path) -> None:
    import io

    from convert.writers.zim.reproducible import UnknownFormError, copy

    data = book.read_bytes()
    for number, damaged in enumerate((b"ZIM\4" + bytes(200), data[:-1], data + b"x")):
        path = tmp_path / f"{number}.zim"
        path.write_bytes(damaged)
        with pytest.raises(UnknownFormError):
            copy(str(path), io.BytesIO())
    again = io.BytesIO()
    copy(str(book), again)  # what has its list already is not changed again, but for its identity
    assert len(again.getvalue()) == len(data)


@pytest.mark.skipif(not shutil.which("zimcheck"), reason="needs zimcheck (apt-get install zim-tools)")
def test_zimcheck_finds_nothing(book: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.zim"
    convert(SEEDS, whole)
    for path in (book, whole):
        done = subprocess.run(["zimcheck", "-A", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "Overall Test Status: Pass" in done.stdout


@pytest.fixture
def served(book: Path) -> Iterator[str]:
    """The address of a server of Kiwix."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["kiwix-serve", "-i", "127.0.0.1", "-p", str(port), str(book)]
    process = subprocess.Popen(
        command, env={**os.environ, "XAPIAN_CJK_NGRAM": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.soak
@pytest.mark.skipif(not shutil.which("kiwix-serve"), reason="needs kiwix-serve (apt-get install kiwix-tools)")
def test_kiwix_serve_shows_the_pages_and_finds_chinese(served: str) -> None:
    def get(path: str) -> str:
        with urllib.request.urlopen(f"{served}{path}") as answer:
            text: str = answer.read().decode()
            return text

    assert "活字的故事" in get("/book/A/index.html")
    assert "<article" in get("/book/A/text/nf9000001/n90000002.html")
    assert "text/nf9000001/n90000002.html" in get("/search?content=book&pattern=%E6%B4%BB%E5%AD%97")


@pytest.mark.soak
@pytest.mark.skipif(not shutil.which("kiwix-serve"), reason="needs kiwix-serve (apt-get install kiwix-tools)")
def test_browser_shows_pages_and_search_in_kiwix_serve_and_asks_for_nothing_else(served: str, tmp_path: Path) -> None:
    from test_search_browser import browse
    from test_site_browser import opened

    home = f"{served}/book/A/"
    article = f"{home}text/nf9000001/n90000002.html"
    seen = opened(tmp_path, [f"{home}index.html", article], "chrome")
    assert [each["heading"] for each in seen["seen"]][1] == "一个字一个印：活字的故事"
    assert all(each["styled"] and each["search"] and not each["sideways"] for each in seen["seen"])
    found = browse(tmp_path, [home], ["活字"])
    (shown,) = found["answers"][0]["queries"]
    assert article in shown["cold"]["links"]
    assert set(shown["cold"]["marks"]) == {"活字"}
    assert [each for each in (*seen["asked"], *found["asked"]) if not each.startswith((f"{served}/", "data:"))] == []
    others = [each for each in (*seen["logged"], *found["logged"]) if "404" not in each]  # favicon
    assert all("inline event handler" in each for each in others)  # jQuery of Kiwix tries which events there are


def test_book_that_fails_or_is_interrupted_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import tempfile

    from convert.model import Entry, Section, Volume
    from convert.writers.options import Options
    from convert.writers.part import RenderedArticle, Tally
    from convert.writers.zim import book as module

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    volume = Volume("A", "en", (Section("", "", (Entry("a.md", "a", "A", ""),)),))

    class Interrupted(Iterator[RenderedArticle]):
        def __next__(self) -> RenderedArticle:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        module.bind(volume, Interrupted(), io.BytesIO(), Options(), Tally(volume))
    assert list(tmp_path.iterdir()) == []


def test_titles_addresses_and_names_of_any_kind_do_no_harm(tmp_path: Path) -> None:
    from libzim.reader import Archive

    from convert.model import Entry, Section, Volume
    from convert.writers.options import Options
    from convert.writers.part import RenderedArticle, Tally
    from convert.writers.site.pages import document
    from convert.writers.zim import book as module

    addresses = (
        "http://text/nf1/n0.html", "http://a.example/\udcff", "http://[::1/x", "http://b.example/x?y", "nothing",
        "http://c.example/x/", "https://c.example/x", f"http://d.example/{'长' * 3000}",
    )  # fmt: skip
    title = f"<{'长' * 40}&\udcff"
    entries = tuple(Entry(f"pages/nf1/n{at}.md", f"n{at}", title, each) for at, each in enumerate(addresses))
    page = document("<article>x</article>\n", title=title, language="zh-Hans", here="text/nf1/n0.html")
    volume = Volume(title, "zh-Hans", (Section("nf1", title, entries),))
    parts = (
        RenderedArticle(page.encode("utf-8", "replace"), authors=("\udcfe",), publisher="甲" * 90) for _ in entries
    )
    with (tmp_path / "x.zim").open("wb") as out:
        module.bind(volume, parts, out, Options(), Tally(volume))
    archive = Archive(tmp_path / "x.zim")
    assert archive.check()
    assert all(len(archive.get_metadata(name).decode()) <= most for name, most in LIMITS.items())
    assert len(archive.get_metadata("Title").decode()) == LIMITS["Title"]
    assert archive.get_entry_by_path("text/nf1/n0.html").is_redirect is False
    assert archive.get_entry_by_path("c.example/x").is_redirect
    assert archive.get_entry_by_path("text/nf1/n0.html").title.startswith("<长")
