"""Books that are drawn in several chunks and joined: one outline, one count of pages, links, tags, attachments."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import outloud  # type: ignore[import-untyped]
import pdfua
import pikepdf
import pytest
from click.testing import CliRunner
from helpers.data import SEEDS
from helpers.pdf import text_of
from helpers.printed import grids
from helpers.program import run
from helpers.soak import SOAK, some
from pypdf import PdfReader

from convert.cli import cli
from convert.codec import article_json
from convert.printing import engines
from convert.printing.engines import ENGINES
from convert.printing.pages import MM, PAGES
from convert.printing.variants import VARIANTS

pytestmark = pytest.mark.slow

ENGINE = sorted(ENGINES)


@pytest.fixture(autouse=True)
def three_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few articles are drawn together, so that a small book has several chunks."""
    monkeypatch.setattr(engines, "FEWEST", 3)
    monkeypatch.setattr(engines, "PROCESSES", 100)


def made(out: Path, *options: object, source: Path = SEEDS) -> bytes:
    arguments = ["--to", "pdf", source, "-o", out, "--workers", "2", "-q", *options]
    done = CliRunner().invoke(cli, [*map(str, arguments)])
    assert done.exit_code == 0, (done.output, done.exception)
    return out.read_bytes()


@pytest.fixture(scope="module", params=ENGINE)
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """All seeds, drawn three by three, with their JSON."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "FEWEST", 3)
        patch.setattr(engines, "PROCESSES", 100)
        out = tmp_path_factory.mktemp("book") / "book.pdf"
        return made(out, "--pdf-engine", request.param, "--pdf-variant", "pdf/a-3a")


def read(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data), strict=True)


def test_no_font_is_slanted_in_name_only(book: bytes) -> None:
    """Pango's oblique faces are upright in the PDF, and so show no emphasis."""
    with pikepdf.open(io.BytesIO(book)) as document:
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
    assert fonts
    assert not [name for name in fonts if name.endswith("-Oblique")]


def marks(reader: PdfReader, items: list[Any], level: int = 1) -> list[tuple[int, str, int]]:
    """The outline: levels, labels, pages from 0."""
    found = []
    for item in items:
        if isinstance(item, list):
            found += marks(reader, item, level + 1)
        else:
            number = reader.get_destination_page_number(item)
            assert number is not None
            found.append((level, str(item.title), number))
    return found


BEYOND = {"LST-002", "PAG-001"}
"""Rules of outloud that no standard has, and that are kept: lists' items have bodies, running heads are artifacts."""
WRONG = {"TBL-004"}
"""Wrong rules of outloud: this one ignores cells of rows above that reach into the last columns, which
`test_tables_are_grids` counts."""


def test_book_conforms_to_pdf_ua(book: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(book)
    assert [finding for outcome in pdfua.validate(str(path)).outcomes for finding in outcome.findings] == []
    told = outloud.check(str(path), layers=["conformance"], skip=WRONG)
    told.findings += outloud.check(str(path), only=BEYOND).findings
    assert (told.error, [(each.rule, each.message) for each in told.findings]) == (None, [])


def test_tables_are_grids(book: bytes) -> None:
    found = list(grids(book))
    assert len(found) > 5
    for places, rows, columns in found:
        assert places == {(row, column): 1 for row in range(rows) for column in range(columns)}


def test_book_has_sound_pdf_syntax(book: bytes) -> None:
    with pikepdf.open(io.BytesIO(book)) as pdf_:
        assert pdf_.check_pdf_syntax() == []


def test_the_outline_leads_to_the_articles(book: bytes) -> None:
    reader = read(book)
    found = marks(reader, reader.outline)
    pages = [text_of(page) for page in reader.pages]
    assert [found[0][1], found[-1][1]] == ["目录", "关于本书"]
    assert [number for _, _, number in found] == sorted(number for _, _, number in found)
    assert len([1 for level, _, _ in found if level == 1]) > 5
    for at, (level, label, number) in enumerate(found[1:], 1):
        if at + 1 < len(found) and found[at + 1][0] > level:  # a channel, or a month: where its first article is
            assert found[at + 1][2] == number
        if level == 1 or at + 1 == len(found) or found[at + 1][0] <= level:
            assert "".join(label.removesuffix("…").split())[:8] in pages[number], (label, number)


def test_page_labels_and_the_numbers_in_the_contents(book: bytes) -> None:
    reader = read(book)
    labels = reader.page_labels
    first = labels.index("1")
    assert labels[:2] == ["i", "ii"]
    assert labels[first:] == [str(number + 1) for number in range(len(labels) - first)]
    links = 0
    for page in reader.pages[1:first]:
        shown = text_of(page)
        for note in page.get("/Annots", ()):
            to = note.get_object().get("/Dest")
            assert to is not None
            number = next(n for n, each in enumerate(reader.pages) if each.indirect_reference == to[0])
            assert labels[number] in shown
            links += 1
    assert links > 30


def test_links_between_chunks_are_destinations(book: bytes) -> None:
    reader = read(book)
    first = reader.page_labels.index("1")
    inside = 0
    for number, page in enumerate(reader.pages[first:], first):
        for note in page.get("/Annots", ()):
            link = note.get_object()
            assert not str(link.get("/A", {}).get("/URI", "")).startswith("leaf:")
            if "/Dest" in link:
                to = next(n for n, each in enumerate(reader.pages) if each.indirect_reference == link["/Dest"][0])
                inside += to != number
    assert inside > 1


def test_a_copy_is_named_in_the_contents(book: bytes) -> None:
    reader = read(book)
    shown = "".join(text_of(page) for page in reader.pages[: reader.page_labels.index("1")])
    assert "亚历山大图书馆究竟怎样消失的〔见“造纸与印刷”〕" in shown
    assert shown.count("亚历山大图书馆究竟怎样消失的") == 2


def test_the_articles_travel_with_it(book: bytes, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["--to", "json", str(SEEDS), "-o", str(tmp_path), "-q"])
    assert done.exit_code == 0
    paths = tmp_path.rglob("*.json")
    wanted = {hashlib.sha256(article_json.encode(article_json.decode(path.read_bytes()))).digest() for path in paths}
    with pikepdf.open(io.BytesIO(book)) as found:
        names = list(found.attachments)
        assert len(names) > 30
        assert [str(each.AFRelationship) for each in found.Root.AF] == ["/Data"] * len(names)
        for name in names:
            data = found.attachments[name].get_file().read_bytes()
            article = article_json.decode(data)
            assert hashlib.sha256(article_json.encode(article)).digest() in wanted, name
            json.loads(data)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two seeds."""
    source = tmp_path / "pages" / "nf9000001"
    source.mkdir(parents=True)
    for name in ("n90000003.md", "n90000006.md"):
        shutil.copy(SEEDS / "pages" / "nf9000001" / name, source)
    return source


@pytest.mark.parametrize("variant", sorted(VARIANTS))
@pytest.mark.parametrize("engine", ENGINE)
def test_variants(engine: str, variant: str, two: Path, tmp_path: Path) -> None:
    data = made(tmp_path / "x.pdf", "--pdf-engine", engine, "--pdf-variant", variant, source=two)
    with pikepdf.open(io.BytesIO(data)) as found:
        metadata = found.open_metadata()
        assert metadata.get("pdfuaid:part") == "1"
        given = VARIANTS[variant]
        assert metadata.get("pdfaid:part", "0") == str(given.part)
        assert metadata.get("pdfaid:conformance", "") == given.conformance
        assert ("/OutputIntents" in found.Root) == bool(given.part)
        assert bool(len(found.attachments)) == given.attaches
        assert found.check_pdf_syntax() == []


def test_one_engine_after_the_other_in_one_process(two: Path, tmp_path: Path) -> None:
    """The second is imported by sealed processes, because the first has started their server."""
    code = (
        "import sys; from click.testing import CliRunner; from convert.cli import cli\n"
        f"for engine in {ENGINE}:\n"
        "    given = ['--to', 'pdf', '--pdf-engine', engine, '-o', engine + '.pdf']\n"
        f"    done = CliRunner().invoke(cli, [*given, {str(two)!r}])\n"
        "    assert done.exit_code == 0, (engine, done.output, done.exception)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == [f"{engine}.pdf" for engine in ENGINE]


@pytest.mark.parametrize("engine", ENGINE)
@pytest.mark.parametrize("size", sorted(PAGES))
def test_sizes_of_pages(engine: str, size: str, two: Path, tmp_path: Path) -> None:
    reader = read(made(tmp_path / "x.pdf", "--pdf-engine", engine, "--page", size, source=two))
    for page in reader.pages:
        assert abs(float(page.mediabox.width) - PAGES[size].width * MM) < 1
        assert abs(float(page.mediabox.height) - PAGES[size].height * MM) < 1


@pytest.mark.parametrize("engine", ENGINE)
def test_styles_differ(engine: str, tmp_path: Path) -> None:
    source = SEEDS / "pages" / "nf9000001" / "n90000002.md"
    options = ["--pdf-engine", engine, "--style"]
    indent = made(tmp_path / "a.pdf", *options, "indent", source=source)
    spaced = made(tmp_path / "b.pdf", *options, "spaced", source=source)
    assert indent != spaced
    assert indent == made(tmp_path / "c.pdf", "--pdf-engine", engine, source=source)


def test_a_style_sheet_takes_effect(tmp_path: Path) -> None:
    css = tmp_path / "my.css"
    css.write_text("@page { size: 100mm 100mm } @font-face { font-family: x; src: url(x.ttf) }", "utf-8")
    source = SEEDS / "pages" / "nf9000001" / "n90000002.md"
    reader = read(made(tmp_path / "x.pdf", "--stylesheet", css, source=source))
    assert {round(float(page.mediabox.width)) for page in reader.pages} == {round(100 * MM)}


def test_mistakes_in_a_style_sheet_are_told(tmp_path: Path) -> None:
    css = tmp_path / "my.css"
    css.write_text("p { colour: red }\n.l1 { background: url(file:///etc/passwd) }", "utf-8")
    source = SEEDS / "pages" / "nf9000001" / "n90000006.md"
    done = run("--to", "pdf", source, "-o", tmp_path / "x.pdf", "--stylesheet", css)
    assert done.returncode == 0
    told = [line for line in done.stderr.decode().splitlines() if line.startswith("convert: --stylesheet: ")]
    assert ["colour" in told[0], "file:///etc/passwd" in told[1], len(told)] == [True, True, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--to", "epub", "--page", "a5"], "go with --to pdf only"),
        (["--to", "pdf", "--page", "a3"], "a4"),
        (["--to", "pdf", "--pdf-engine", "word"], "weasyprint"),
        (["--to", "pdf", "--pdf-variant", "pdf/x"], "pdf/a-3u"),
        (["--to", "pdf", "--stylesheet", "no.css"], "no.css"),
        (["--to", "pdf", "--stylesheet", "bad.css"], "bad.css:2: not UTF-8"),
        (["--to", "pdf", "--stylesheet", "big.css"], "no style sheet is"),
        (["--to", "pdf", "--stylesheet", "my.css", "--pdf-engine", "typst"], "typst reads no CSS"),
    ],
)
def test_wrong_usage(options: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "bad.css").write_bytes(b"p {}\n\xff")
    (tmp_path / "big.css").write_bytes(b" " * ((1 << 20) + 1))
    (tmp_path / "my.css").write_bytes(b"p {}")
    done = run(*options, SEEDS, "-o", tmp_path / "x.out", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "x.out").exists()


@pytest.mark.parametrize(("most", "engine"), [(1, "typst"), (100, "weasyprint")])
def test_auto_takes_what_suits(
    most: int, engine: str, two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "AUTO", most)
    reader = read(made(tmp_path / "x.pdf", "--pdf-engine", "auto", source=two))
    assert reader.metadata is not None
    assert f", {engine} " in str(reader.metadata.producer)


@pytest.mark.law
@pytest.mark.parametrize("engine", some(ENGINE, 2))
def test_same_bytes_whatever_is_around(engine: str, tmp_path: Path) -> None:
    digests = set()
    around = (("0", "UTC", "a"), ("7", "Asia/Tokyo", "二"), ("9", "EST", "c"))
    for workers, (seed, zone, folder) in enumerate(around if SOAK else around[1:], 1):
        here = tmp_path / folder
        shutil.copytree(SEEDS / "pages" / "nf9000001", here / "source")
        environment = {"PYTHONHASHSEED": seed, "TZ": zone, "COVERAGE_PROCESS_START": ""}
        options = ["--workers", str(workers), "--pdf-engine", engine, "--pdf-variant", "pdf/a-3u"]
        done = run("--to", "pdf", "source", "-o", "x.pdf", *options, cwd=here, env=environment)
        assert done.returncode == 0, done.stderr.decode()
        digests.add(hashlib.sha256((here / "x.pdf").read_bytes()).hexdigest())
    assert len(digests) == 1
