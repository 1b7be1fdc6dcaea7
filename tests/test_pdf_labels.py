"""Tags of notes and heads of tables in PDF, by both engines."""

import io
from collections.abc import Iterator

import outloud  # type: ignore[import-untyped]
import pikepdf
import pytest
from pikepdf import Dictionary, Name

from convert.model import (
    SCHEMA_VERSION,
    Anchor,
    Article,
    Cell,
    Emphasis,
    Footnote,
    Link,
    Paragraph,
    Provenance,
    Strong,
    Table,
    Text,
)
from convert.printing.model import Design
from convert.printing.weasy.tags import elements, listed
from convert.writers.alone import file_of
from convert.writers.options import Options

pytestmark = pytest.mark.slow


def line(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def table(*rows: str) -> Table:
    return Table(
        tuple(
            tuple(Cell((line(text),) if text else (), header=not number) for text in row.split("|"))
            for number, row in enumerate(rows)
        )
    )


@pytest.fixture(scope="module", params=["weasyprint", "typst"])
def book(request: pytest.FixtureRequest) -> bytes:
    words = Emphasis((Text("The making of paper from bamboo and bark and rags before it was made of wood"),))
    english = Link("https://paper.example/b", (Text("译自 "), words, Text("，"), Strong((words,))))
    body = (
        Paragraph((Text("纸有两种"), Anchor("up"), Link("#note", (Text("[1]"),)), Text("。"))),
        Paragraph((Text("见"), english, Text("和"), Strong((english,)), Text("。"))),
        table("|地方|数目", "一|旌德|60", "二|清州|3"),
        Paragraph((Text("又见"), Anchor("up2"), Link("#note2", (Text("[2]"),)), Text("。"))),
        Footnote("note2", (Paragraph((Link("#up2", (Text("[2]"),)), Text(" The Making of Paper, second edition."))),)),
        Footnote("note", (Paragraph((Link("#up", (Text("[1]"),)), Text("《天工开物》，卷中。"))),)),
    )
    source = Provenance(address="https://paper.example/a", path="a.md", dialect="x", sha256="0" * 64)
    made = Article(schema_version=SCHEMA_VERSION, id="n1", title="纸样", language="zh-Hans", source=source, body=body)
    return file_of(made, "pdf", Options(design=Design(engine=request.param)))


@pytest.fixture
def tree(book: bytes) -> Iterator[list[pikepdf.Object]]:
    with pikepdf.open(io.BytesIO(book)) as pdf:
        yield list(elements(pdf.Root.StructTreeRoot))


def test_the_number_of_a_note_is_its_label(tree: list[pikepdf.Object]) -> None:
    notes = [each for each in tree if Name.Note == each.S]
    assert len(notes) == 2
    for note in notes:
        (label,) = [each for each in elements(note) if Name.Lbl == each.S]
        assert [str(each.S) for each in listed(label.K) if isinstance(each, Dictionary)] == ["/Link"]
        assert label.P.S in (Name.Note, Name.P)


def test_an_empty_corner_heads_no_column(tree: list[pikepdf.Object]) -> None:
    rows = [[str(cell.S) for cell in listed(each.K)] for each in tree if Name.TR == each.S]
    assert sorted(rows) == [["/TD"] * 3, ["/TD"] * 3, ["/TD", "/TH", "/TH"]]


def test_nothing_is_read_wrongly(book: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    path.write_bytes(book)
    told = outloud.check(str(path), only={"LNK-001", "NOTE-003", "TBL-011", "TBL-004"})
    assert (told.error, [(each.rule, each.message) for each in told.findings]) == (None, [])
