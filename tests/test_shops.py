"""What Kindle, Kobo and Apple ask of a book (docs/books.md), asked of the seeds as one book with a drawn cover."""

import io
import re
import zipfile
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Any

import pytest
from helpers.data import ROOT, SEEDS
from helpers.program import run
from lxml import etree
from PIL import Image

from convert.pictures.profiles import PROFILES

NAMES = {
    "h": "http://www.w3.org/1999/xhtml",
    "o": "http://www.idpf.org/2007/opf",
    "n": "http://www.daisy.org/z3986/2005/ncx/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
PIXELS = 4_000_000
"""Most pixels of a picture inside a book for Apple."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a book, whose name is that of Kobo's own."""
    path = tmp_path_factory.mktemp("shops") / "seeds.kepub.epub"
    done = run("--to", "epub", "-q", SEEDS, "-o", path, "--cover", "png")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(path) as book:
        return {name.removeprefix("EPUB/"): book.read(name) for name in book.namelist()}


def found(data: bytes, path: str) -> Any:
    return etree.fromstring(data).xpath(path, namespaces=NAMES)


def pages(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    return ((name, data) for name, data in files.items() if name.endswith(".xhtml"))


def test_each_test_that_the_table_names_is_there() -> None:
    named = re.findall(r"`(test_\w+)` in \[(\w+)\]", (ROOT / "docs" / "books.md").read_text("utf-8"))
    assert len(named) >= 12
    for test, module in named:
        assert f"def {test}(" in (ROOT / "tests" / f"{module}.py").read_text("utf-8"), (module, test)


def test_the_cover_is_a_picture_large_enough_and_not_too_large(files: dict[str, bytes]) -> None:
    (item,) = found(files["content.opf"], "//o:item[@properties='cover-image']")
    assert (item.get("media-type"), item.get("href")) == ("image/png", "cover.png")
    assert found(files["content.opf"], "//o:meta[@name='cover']/@content") == [item.get("id")]
    data = files[item.get("href")]
    cover = Image.open(io.BytesIO(data))
    assert min(cover.size) >= 1000
    assert cover.width * cover.height <= PIXELS
    assert cover.height / cover.width == 1.6
    assert len(data) < 127 * 1024
    assert not cover.has_transparency_data


def test_the_cover_has_a_page_of_its_own_and_the_guide_names_it(files: dict[str, bytes]) -> None:
    first = "//o:item[@id = //o:itemref[1]/@idref]/@href"
    assert found(files["content.opf"], first) == ["cover.xhtml"]
    assert found(files["content.opf"], "//o:guide/o:reference[@type='cover']/@href") == ["cover.xhtml"]
    assert found(files["cover.xhtml"], "string(//h:body)").strip() == ""
    assert found(files["cover.xhtml"], "//h:img/@src") == ["cover.png"]


def test_the_ncx_has_the_contents_too_and_each_target_is_there(files: dict[str, bytes]) -> None:
    ncx, nav = files["toc.ncx"], files["nav.xhtml"]
    links = found(nav, "//h:nav[@id='contents']//h:a/@href")
    targets = found(ncx, "//n:content/@src")
    assert set(targets) == set(links)
    assert len(targets) >= 3
    for target in targets:
        name, _, fragment = target.partition("#")
        assert name in files
        assert not fragment or found(files[name], f"//*[@id='{fragment}']")
    unique = found(files["content.opf"], "string(//dc:identifier)")
    assert found(ncx, "//n:meta[@name='dtb:uid']/@content") == [unique]
    assert found(nav, "//h:nav[@id='contents']/h:h1")


def test_contents_have_three_levels_at_most(files: dict[str, bytes]) -> None:
    assert found(files["nav.xhtml"], "//h:nav//h:ol/h:li/h:ol/h:li/h:ol")
    assert not found(files["nav.xhtml"], "//h:nav//h:ol/h:li/h:ol/h:li/h:ol/h:li/h:ol")
    (told,) = found(files["toc.ncx"], "//n:meta[@name='dtb:depth']/@content")
    assert told == "3"


def test_package_and_pages_say_their_language(files: dict[str, bytes]) -> None:
    (language,) = found(files["content.opf"], "//dc:language/text()")
    assert language == "zh-Hans"
    for name, data in pages(files):
        html = etree.fromstring(data)
        assert html.get("lang") == html.get("{http://www.w3.org/XML/1998/namespace}lang"), name
        assert re.fullmatch(r"(zh-Han[st]|en)", html.get("lang") or ""), name


def test_each_page_says_that_it_is_utf_8(files: dict[str, bytes]) -> None:
    for name, data in pages(files):
        assert re.match(rb"<\?xml version=.1\.0. encoding=.utf-8.\?>", data), name
        assert data.decode("utf-8")


def test_nothing_in_it_runs_plays_or_brings_a_font(files: dict[str, bytes]) -> None:
    for name, data in pages(files):
        refused = ["script", "form", "input", "object", "embed", "iframe", "audio", "video", "canvas"]
        assert not found(data, " | ".join(f"//h:{each}" for each in refused)), name
        assert not found(data, "//@*[starts-with(name(), 'on')] | //h:img[not(@src)]"), name
    assert b"@font-face" not in files["style.css"]
    assert not [name for name in files if name.endswith((".otf", ".ttf", ".woff", ".woff2", ".js"))]


def test_little_is_hidden(files: dict[str, bytes]) -> None:
    for name, data in pages(files):
        hidden = found(data, "//*[@hidden]")
        assert sum(len("".join(each.itertext())) for each in hidden) < 10_000, name


def test_font_colour_and_size_are_the_readers(files: dict[str, bytes]) -> None:
    css = re.sub(r"/\*.*?\*/", "", files["style.css"].decode(), flags=re.DOTALL)
    assert set(re.findall(r"font-family:\s*([^;}]+)", css)) == {"monospace, monospace"}
    assert not re.findall(r"[{;\s](?:background(?:-color)?|color):(?!\s*inherit)", css)
    assert not re.findall(r"font-size:\s*[\d.]+(?:px|pt)", css)


def test_names_of_files_are_plain(files: dict[str, bytes]) -> None:
    for name in files:
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", name), name
    for name, data in pages(files):
        for href in found(data, "//h:a/@href"):
            path = href.partition("#")[0]
            if path and ":" not in path:
                assert normpath(join(dirname(name), path)) in files, (name, href)


@pytest.mark.parametrize("name", ["phone", "ereader", "kindle", "grey"])
def test_pictures_of_a_profile_are_small_enough(name: str) -> None:
    treatment = PROFILES[name]
    assert treatment
    for size in ((9000, 9000), (9000, 4000), (1000, 9000)):
        width, height = treatment.fitted(*size)
        assert width * height <= PIXELS
