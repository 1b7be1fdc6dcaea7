"""Our EPUB as calibre converts it for Kindle and for Word: nothing that a reader sees is missing afterwards."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.books import Seen
from helpers.data import CORPUS, ROOT, SEEDS, needs_corpus
from helpers.program import run
from lxml import etree
from PIL import Image

CALIBRE, META = shutil.which("ebook-convert"), shutil.which("ebook-meta")
MANY = 420
"""Articles of the book whose contents list months only."""
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
UNSEEN = "\ufeff"
"""Character without width, which MOBI does not keep."""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.slow,
    pytest.mark.skipif(not CALIBRE or not META, reason="needs calibre (apt-get install calibre)"),
]


def calibre(program: str | None, *arguments: str | Path) -> str:
    """Return what a program of calibre prints."""
    assert program
    sandbox = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    given = [program, *map(str, arguments)]
    done = subprocess.run(given, env=sandbox, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def lines(contents: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield the lines of contents, at whatever level: the title and the beginning of the text to which it leads."""
    for title, place, below in contents:
        yield re.sub(r"\s", "", title), place[:6]
        yield from lines(below)


class Read(Seen):
    """Book in EPUB, of ours or of calibre."""

    @property
    def text(self) -> str:
        """The visible characters of all pages, without white space."""
        return "".join(self.texts())

    @property
    def count(self) -> int:
        """The number of pictures, without the cover."""
        pages = [self.page(path) for path in self.spine[1:]]
        return sum(1 for page in pages for _ in page.iter("{*}img", "{*}image"))

    def points(self) -> list[tuple[str, str]]:
        """The lines of the NCX, as `lines` has them."""
        (ncx,) = [each.get("href") for each in self.items.values() if each.get("href").endswith(".ncx")]
        path, found = self._path(ncx), []
        for point in self.page(path).iter("{*}navPoint"):
            title, target = point.findtext("{*}navLabel/{*}text"), point.find("{*}content").get("src")
            found.append((re.sub(r"\s", "", title), self.at(path, target)[:6]))
        return found


class Document:
    """Book as a document of Word."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            tree = etree.fromstring(archive.read("word/document.xml"))
        self.text = re.sub(r"[\s“”]+", "", "".join(each.text or "" for each in tree.iter(f"{WORD}t")))
        self.count = sum(1 for _ in tree.iter(PICTURE)) - 1  # the first is the cover
        marks = {each.get(f"{WORD}name") for each in tree.iter(f"{WORD}bookmarkStart")}
        self.links = [
            re.sub(r"\s", "", "".join(each.text or "" for each in link.iter(f"{WORD}t")))
            for link in tree.iter(f"{WORD}hyperlink")
            if link.get(f"{WORD}anchor") in marks
        ]


@pytest.fixture(scope="module", params=["seeds", "many", pytest.param("corpus", marks=needs_corpus)])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with pictures, one of many articles, and the real articles."""
    folder = tmp_path_factory.mktemp("calibre")
    sources = {"seeds": SEEDS, "many": folder / "mirror", "corpus": CORPUS}
    given: tuple[str | Path, ...] = ("--cover", "png", "--title", "纸与书")
    if request.param == "seeds":
        script, store = ROOT / "scripts" / "draw_pictures.py", folder / "store"
        subprocess.run([sys.executable, script, SEEDS, store], check=True, capture_output=True)
        given += ("--store", store)
    if request.param == "many":
        command = [sys.executable, "-m", "benchmarks.mirror", str(MANY), str(folder / "mirror")]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    done = run("--to", "epub", "-q", sources[request.param], "-o", folder / "book.epub", *given)
    assert (folder / "book.epub").is_file(), done.stderr
    return folder / "book.epub"


@pytest.fixture(scope="module", params=["azw3", "mobi", "docx"])
def converted(book: Path, request: pytest.FixtureRequest) -> Path:
    """The book in another format, by calibre."""
    path = book.with_suffix(f".{request.param}")
    calibre(CALIBRE, book, path)
    return path


@pytest.fixture(scope="module")
def back(converted: Path) -> Read | Document:
    """That book as it is read back."""
    if converted.suffix == ".docx":
        return Document(converted)
    path = converted.with_suffix(f"{converted.suffix}.epub")
    calibre(CALIBRE, converted, path)
    return Read(path.read_bytes())


def test_every_character_of_every_page_is_there(book: Path, back: Read | Document) -> None:
    ours = Read(book.read_bytes())
    pages = [path for path in ours.spine if not path.endswith("nav.xhtml")]
    assert len(pages) > 40
    shown = back.text.replace(UNSEEN, "")
    texts = (text.replace(UNSEEN, "") for text in ours.texts())
    missing = [path for path, text in zip(ours.spine, texts, strict=True) if text not in shown]
    assert [path for path in missing if path in pages] == []


def test_every_picture_is_there(book: Path, back: Read | Document) -> None:
    ours = Read(book.read_bytes())
    assert ours.count == back.count


def test_contents_lead_where_ours_do(book: Path, back: Read | Document) -> None:
    ours = [*lines(Read(book.read_bytes()).contents())]
    if isinstance(back, Document):
        at = iter(back.links)
        assert [title for title, _ in ours if title not in at] == []
    else:
        assert back.points() == ours


def test_title_author_language_and_cover_are_known(book: Path, converted: Path) -> None:
    cover = converted.with_name("cover.jpg")
    ours, theirs = (
        dict(re.findall(r"(?m)^([A-Z][^:\n]*?) *: (.+)$", calibre(META, path, *given)))
        for path, given in ((book, ()), (converted, ("--get-cover", cover)))
    )
    for name in ("Title", "Publisher", "Languages", "Tags", "Comments"):
        assert theirs.get(name) == ours.get(name), name
    assert theirs["Author(s)"].partition(" [")[0] == ours["Author(s)"]
    with Image.open(cover) as image:
        assert image.height / image.width == pytest.approx(1.6, abs=0.01)
        assert image.width >= 1000


def test_volumes_are_a_series_and_say_so_in_their_titles(tmp_path: Path) -> None:
    done = run("--to", "epub", "-q", SEEDS, "-o", tmp_path, "--split", "year", "--title", "纸与书")
    assert done.returncode == 0, done.stderr
    assert re.search(r"(?m)^Series +: 纸与书 #2019$", calibre(META, tmp_path / "2019.epub"))
    for ending in ("azw3", "mobi", "docx"):  # none of them has a place for a series
        calibre(CALIBRE, tmp_path / "2019.epub", path := tmp_path / f"2019.{ending}")
        assert re.search(r"(?m)^Title +: 纸与书 2019年$", calibre(META, path))
