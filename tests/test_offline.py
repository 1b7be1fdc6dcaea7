"""Nothing phones home: converting opens no socket, and no output loads anything by itself."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.data import CORPUS, SEEDS, real_articles
from helpers.soak import some
from lxml import html as lxml_html

from convert.building import pipeline
from convert.building.survey import survey
from convert.building.target import File
from convert.settings import Settings
from convert.writers import WRITERS

pytestmark = pytest.mark.slow

WATCHED = """
import socket, sys, tempfile
def watch(event, arguments):
    if not event.startswith("socket.") or event == "socket.gethostname":
        return
    made = event == "socket.__new__"
    ours = arguments and socket.AF_UNIX == (arguments[1] if made else getattr(arguments[0], "family", None))
    if ours and event in ("socket.bind", "socket.connect"):
        ours = arguments[1].startswith(tempfile.gettempdir() + "/cvrun-")
    sys.stderr.write(f"{'PROCESSES' if ours else 'SOCKET'} {event} {arguments}\\n")
sys.addaudithook(watch)
from convert.cli import main
main()
"""

FORMATS = sorted(WRITERS)
ALONE, SHARED = [(to, "1") for to in FORMATS], [(to, "2") for to in (*FORMATS[1:], FORMATS[0])]
"""Formats, each in one process and in several, in such an order that each other one of both has all."""


@pytest.mark.parametrize(("to", "workers"), [*some(ALONE, 2), *some(SHARED, 2)])
def test_converting_opens_no_socket(to: str, workers: str, tmp_path: Path) -> None:
    """Bar those of Unix by which its own processes talk to each other, where there are several."""
    writer = WRITERS[to]
    out = tmp_path / ("out" if writer.bind is None else f"out{writer.suffix}")
    source = SEEDS / "pages" / "nf9000001" if to == "pdf" else SEEDS
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, "--to", to, str(source), "-o", str(out), "--workers", workers],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "SOCKET" not in done.stderr
    assert "PROCESSES" not in done.stderr or to == "pdf" or workers == "2"


@pytest.fixture(scope="module", params=["seeds", "corpus"])
def sources(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "seeds":
        return SEEDS
    if not real_articles():
        pytest.skip(f"the corpus of real articles is not at {CORPUS}")
    folder = tmp_path_factory.mktemp("corpus")
    for path in real_articles():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((CORPUS / path).read_bytes())
    return folder


def pages(to: str, source: Path, folder: Path) -> Iterator[tuple[str, bytes]]:
    out = folder / f"book.{to}"
    with File(str(out)) as target:
        pipeline.convert(survey([str(source)]), to, target, Settings(), lambda _: None)
    if to == "html":
        yield out.name, out.read_bytes()
        return
    with zipfile.ZipFile(out) as book:
        for name in book.namelist():
            yield name, book.read(name)


@pytest.mark.parametrize("to", ["epub", "html"])
def test_pages_of_a_book_load_nothing(to: str, sources: Path, tmp_path: Path) -> None:
    loading = (
        "//script|//iframe|//object|//embed|//audio|//video|//source|//track|//base|//form|//input|//meta[@http-equiv='refresh']"
        "|//*[@srcset]|//*[@poster]|//*[@background]|//*[@ping]|//*[starts-with(name(@*), 'on')]"
    )
    seen = 0
    for name, data in pages(to, sources, tmp_path):
        if name.endswith(".svg"):
            assert not re.search(rb"(?:href|src|<script|<image|<foreignObject|@import|url\()", data), name
        if name.endswith(".css") or to == "html":
            assert not re.search(rb"@import|url\((?!['\"]?data:)", data), name
        if not name.endswith(("html", "xhtml")):
            continue
        seen += 1
        tree: Any = lxml_html.document_fromstring(data)
        assert tree.xpath(loading) == [], name
        for element in tree.xpath("//*[@src]"):
            assert element.get("src").startswith("data:image/") or (to, element.get("src")) == ("epub", "cover.svg"), (
                name
            )
        for element in tree.xpath("//link"):
            assert not re.match(r"[a-z]+:|//", element.get("href")), name
    assert seen


def test_html_says_so_itself(tmp_path: Path) -> None:
    ((_, data),) = pages("html", SEEDS, tmp_path)
    tree: Any = lxml_html.document_fromstring(data)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_the_package_of_an_epub_declares_nothing_remote(tmp_path: Path) -> None:
    for name, data in pages("epub", SEEDS, tmp_path):
        if name.endswith(".opf"):
            assert b"remote-resources" not in data
            assert not re.search(rb'href="[a-z]+:', data)
