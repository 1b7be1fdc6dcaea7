"""The fidelity meter reports what was lost, not what was listed or moved, and finds nothing missing in the seeds."""

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run
from msgspec.structs import replace

from convert import readers
from convert.checking.archive import check
from convert.document import read_and_clean
from convert.fidelity import OUTPUTS, findings, measure
from convert.fidelity.outputs import losses
from convert.messages import message
from convert.model import (
    SCHEMA_VERSION,
    Article,
    Block,
    Figure,
    Finding,
    Image,
    Link,
    List,
    Paragraph,
    Provenance,
    Reading,
    Table,
    Text,
)
from convert.readers.html.handlers import Builder
from convert.readers.mirror.own.load import load
from convert.readers.options import ReadOptions
from convert.settings import Settings
from convert.sources import Source
from convert.writers import WRITERS

HTML = """
<p>纸在水里散开，在书里留下。</p>
<p>缣贵而简重，<a href="https://example.org/cai-lun">蔡伦</a>造意。</p>
<p><a href="https://example.org/large.jpg"><img src="https://example.org/small.jpg" alt="抄纸"/></a></p>
<table><tr><td>笔</td><td>墨</td></tr><tr><td>纸</td><td>砚</td></tr></table>
<ul><li>楮皮</li><li>麻头</li></ul>
"""


def made(html: str = HTML) -> tuple[Reading, Article]:
    """A reading of a fragment, and its article, with all there is."""
    builder = Builder()
    body = tuple(builder.blocks(builder.parse(html)))
    source = Provenance(address="https://example.org/2023/5/6/paper.html", path="paper.md", dialect="unknown")
    article = Article(
        schema_version=SCHEMA_VERSION, id="paper", title="纸", language="zh-Hans", source=source, body=body
    )
    return Reading(article, builder.places, html=html), article


def without(article: Article, which: Callable[[Block], bool]) -> Article:
    kept = tuple(block for block in article.body if not which(block))
    assert len(kept) == len(article.body) - 1
    return replace(article, body=kept)


def lost(reading: Reading, article: Article, *taken: Finding) -> list[tuple[str, str]]:
    return [(each.code, str(each.message)) for each in findings(reading, article, taken, "paper.md")]


def removed(text: str) -> Finding:
    return Finding("NAV005", "page-furniture", "info", message("furniture-after"), "paper.md", fixed=True, removed=text)


def is_figure(block: Block) -> bool:
    return isinstance(block, Figure)


def holds(block: Block, kind: type) -> bool:
    return isinstance(block, Paragraph) and any(isinstance(each, kind) for each in block.children)


def test_measure_of_the_article_as_read_finds_nothing() -> None:
    reading, article = made()
    found = measure(reading, article, ())
    assert (found.missing, found.added, found.pictures, found.links) == ((), (), (), ())
    assert (found.cells, found.items, found.preserved) == (0, 0, 1.0)
    assert lost(reading, article) == []


def test_text_and_pictures_around_the_region_are_in_the_ledger_or_lost() -> None:
    """TXT006, IMG006: a paragraph and a picture beside the region that the reader chose, and did not list."""
    reading, article = made()
    page = f"<body><p>首页</p><p>旁边还有一段。</p><img src='https://e.org/b.png'>{reading.html}</body>"
    around = replace(reading, page=page)
    assert measure(around, article, [removed("首页")]).missing == ("旁边还有一段。",)
    assert measure(around, article, [removed("首页")]).pictures == ("https://e.org/b.png",)
    assert lost(around, article, removed("首页"), removed("旁边还有一段。 <https://e.org/b.png>")) == []


@pytest.mark.rule("TXT006")
def test_text_that_was_lost_is_reported() -> None:
    """TXT006, an error: a paragraph less."""
    reading, article = made()
    less = replace(article, body=article.body[1:])
    assert measure(reading, less, ()).missing == ("纸在水里散开，在书里留下。",)
    assert measure(reading, less, ()).preserved < 1
    (finding,) = findings(reading, less, (), "paper.md")
    assert (finding.code, finding.level, finding.fixed) == ("TXT006", "error", False)
    assert str(finding.message) == "13 character(s) of the source are not in the article: 纸在水里散开，在书里留下。"


def test_an_annotation_that_was_lost_is_reported() -> None:
    """TXT006; what only browsers without ruby show is no text."""
    reading, article = made("<p>造纸用<ruby>楮<rp>（</rp><rt>chǔ</rt><rp>）</rp></ruby>树</p>")
    assert lost(reading, article) == []
    less = replace(article, body=(Paragraph((Text("造纸用楮树"),)),))
    assert measure(reading, less, ()).missing == ("chǔ",)


def test_half_a_paragraph_that_was_lost_is_reported() -> None:
    reading, article = made()
    less = replace(article, body=(Paragraph((Text("纸在水里散开。"),)), *article.body[1:]))
    assert "".join(measure(reading, less, ()).missing) == "，在书里留下"


@pytest.mark.rule("IMG006")
def test_a_picture_that_was_lost_is_reported() -> None:
    """IMG006, and LNK003 for the link to its full size."""
    reading, article = made()
    less = without(article, is_figure)
    assert lost(reading, less) == [
        ("IMG006", "the picture https://example.org/small.jpg is not in the article"),
        ("LNK003", "the link to https://example.org/large.jpg is not in the article"),
    ]


@pytest.mark.rule("LNK003")
def test_a_link_that_was_lost_is_reported() -> None:
    """LNK003: the text is there, the target is not."""
    reading, article = made()
    less = without(article, lambda block: holds(block, Link))
    plain = replace(less, body=(less.body[0], Paragraph((Text("缣贵而简重，蔡伦造意。"),)), *less.body[1:]))
    assert lost(reading, plain) == [("LNK003", "the link to https://example.org/cai-lun is not in the article")]


@pytest.mark.slow
@pytest.mark.rule("HTM009")
@pytest.mark.parametrize(("kind", "text"), [(Table, "笔墨纸砚"), (List, "楮皮麻头")])
def test_a_cell_or_an_item_that_was_lost_is_reported(kind: type, text: str) -> None:
    """HTM009: all the text is there, but no longer in its cells or items."""
    reading, article = made()
    body = tuple(Paragraph((Text(text),)) if isinstance(block, kind) else block for block in article.body)
    cells, items = (4, 0) if kind is Table else (0, 2)
    expected = f"{cells} table cell(s) and {items} list item(s) are not in the article"
    assert lost(reading, replace(article, body=body)) == [("HTM009", expected)]


@pytest.mark.slow
def test_text_listed_as_removed_is_not_missing() -> None:
    reading, article = made()
    assert lost(reading, replace(article, body=article.body[1:]), removed("纸在水里散开，在书里留下。")) == []
    less = without(article, is_figure)
    assert lost(reading, less, removed("抄纸 <https://example.org/small.jpg> <https://example.org/large.jpg>")) == []
    less = without(article, lambda block: holds(block, Link))
    assert lost(reading, less, removed("缣贵而简重， 蔡伦 <https://example.org/cai-lun> 造意。")) == []


def test_text_listed_once_and_missing_twice_is_missing() -> None:
    reading, article = made("<p>纸</p><p>墨</p><p>纸</p>")
    less = replace(article, body=(article.body[1],))
    assert measure(reading, less, [removed("纸")]).missing == ("纸",)


def test_moved_text_is_neither_missing_nor_added() -> None:
    reading, article = made()
    first, *rest = article.body
    found = measure(reading, replace(article, body=(*rest, first)), ())
    assert (found.missing, found.added) == ((), ())


def test_text_that_the_source_lacks_is_added() -> None:
    reading, article = made()
    found = measure(reading, replace(article, body=(*article.body, Paragraph((Text("笔误"),)))), ())
    assert (found.missing, found.added) == ((), ("笔误",))


def test_a_long_picture_in_the_page_is_listed_by_its_beginning() -> None:
    address = "data:image/png;base64," + "5Lit5paH" * 200
    html = f'<p><img src="{address}" alt="不是图"/></p>'
    reading, article = made(html)
    less = replace(article, body=(Figure((Image("", "不是图"),)),))
    assert [code for code, _ in lost(reading, less)] == ["IMG006"]
    said = message("broken-data-image", address=f"{address[:40]}…")
    assert lost(reading, less, Finding("IMG004", "broken-data-image", "warning", said, "paper.md", fixed=True)) == []


def documents() -> list[Path]:
    return sorted([*SEEDS.glob("pages/*/*.md"), *Path(__file__).parent.glob("cases/*/source.md")])


@pytest.mark.slow
@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_fidelity_of_our_own_documents_finds_nothing(path: Path) -> None:
    data = path.read_bytes()
    dialect = path.with_name("dialect.toml")
    how = ReadOptions(dialects=(load(str(dialect)),) if dialect.is_file() else ())
    article, taken, *_ = read_and_clean(Source("", path.name, data), "", how=how)
    assert article is not None
    formats = [to for to in OUTPUTS if to != "pdf"]  # half a second each, so below
    assert findings(readers.read(data, path.name, "", how), article, taken, path.name, formats) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", ["pages/nf9000001", "pages/z_paper_vqp", pytest.param(".", marks=pytest.mark.soak)])
def test_fidelity_of_the_seeds_in_pdf_has_no_errors(part: str) -> None:
    found: list[Finding] = []
    check([str(SEEDS / part)], Settings(fidelity=("pdf",), workers=2), found.append)
    assert [str(each) for each in found if each.level == "error"] == []


@pytest.mark.slow
def test_command_reads_every_format_back_and_tries_nothing_that_it_may_not() -> None:
    done = run("validate", "--fidelity", SEEDS / "pages" / "nsc9000001")
    assert (done.returncode, done.stderr) == (0, b""), done.stdout.decode()


EMBEDDED = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

LESS: dict[str, tuple[Callable[[Article], Article], set[str], set[str]]] = {
    "a paragraph": (lambda article: replace(article, body=article.body[1:]), {"TXT006", "HTM009"}, {"TXT006"}),
    "a picture": (lambda article: without(article, is_figure), {"IMG006", "LNK003"}, set()),
    "a link": (
        lambda article: replace(article, body=tuple(unlinked(block) for block in article.body)), {"LNK003"}, set()
    ),
    "a cell": (
        lambda article: replace(article, body=tuple(shorter(block) for block in article.body)),
        {"TXT006", "HTM009"},
        {"TXT006"},
    ),
    "what is between two paragraphs": (
        lambda article: replace(article, body=(joined(*article.body[:2]), *article.body[2:])), {"HTM009"}, set()
    ),
}  # fmt: skip
"""Losses of a writer: a function that makes one, the codes that the meter reports at least, and those for PDF."""


def unlinked(block: Block) -> Block:
    if not isinstance(block, Paragraph):
        return block
    return Paragraph(tuple(child.children[0] if isinstance(child, Link) else child for child in block.children))


def shorter(block: Block) -> Block:
    return replace(block, rows=(block.rows[0], block.rows[1][:1])) if isinstance(block, Table) else block


def joined(one: Block, other: Block) -> Block:
    assert isinstance(one, Paragraph)
    assert isinstance(other, Paragraph)
    return Paragraph(one.children + other.children)


@pytest.mark.slow
@pytest.mark.parametrize("what", LESS)
@pytest.mark.parametrize("to", OUTPUTS)
def test_loss_in_a_writer_is_reported(to: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, article = made()
    assert list(losses(article, to)) == []
    less, codes, printed = LESS[what]
    writer = WRITERS[to]
    lossy = writer._replace(render=lambda article, page: writer.render(less(article), page))
    monkeypatch.setattr("convert.fidelity.outputs.WRITERS", {to: lossy})
    lost_codes = {loss.code for loss in losses(article, to)}
    if to == "pdf":
        assert lost_codes >= printed
    else:
        assert lost_codes & codes
        assert lost_codes <= codes


@pytest.mark.parametrize("to", ["html", "epub", "pdf"])
def test_a_picture_in_the_page_is_in_a_book_with_the_link_to_its_full_size(
    to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, article = made(f'<p><a href="https://example.org/large.gif"><img src="{EMBEDDED}" alt="一点"/></a></p>')
    assert list(losses(article, to)) == []
    writer = WRITERS[to]
    lossy = writer._replace(render=lambda article, page: writer.render(replace(article, body=()), page))
    monkeypatch.setattr("convert.fidelity.outputs.WRITERS", {to: lossy})
    assert {loss.code for loss in losses(article, to)} == {"IMG006", "LNK003"}


PIXEL = '<p><img src="http://counter.example/x" width="0" height="0"/></p>'


@pytest.mark.parametrize(("kind", "text"), [(Table, "笔墨纸砚"), (List, "楮皮麻头")])
def test_removal_elsewhere_hides_no_lost_cell_or_item(kind: type, text: str) -> None:
    reading, article = made(HTML + PIXEL)
    body = tuple(Paragraph((Text(text),)) if isinstance(block, kind) else block for block in article.body)
    assert {code for code, _ in lost(reading, replace(article, body=body), removed("<http://counter.example/x>"))} == {
        "HTM009"
    }


def test_paragraphs_that_run_together_are_told() -> None:
    reading, article = made()
    together = replace(article, body=(joined(*article.body[:2]), *article.body[2:]))
    count = "1 paragraph(s) of the source are not paragraphs of the article"
    assert lost(reading, together) == [("HTM009", count)]


def test_paragraphs_around_what_was_taken_out_may_be_one() -> None:
    reading, article = made("<p>纸</p><div>广告</div><p>墨</p>")
    assert lost(reading, replace(article, body=(Paragraph((Text("纸墨"),)),)), removed("广告")) == []


def test_loss_of_one_of_two_equal_links_is_reported() -> None:
    reading, article = made('<p><a href="https://example.org/a">纸</a>和<a href="https://example.org/a">墨</a></p>')
    (block,) = article.body
    assert isinstance(block, Paragraph)
    less = replace(article, body=(Paragraph((block.children[0], Text("和墨"))),))
    assert lost(reading, less) == [("LNK003", "the link to https://example.org/a is not in the article")]
    listed = removed("墨 <https://example.org/a>")
    assert lost(reading, replace(article, body=(Paragraph((block.children[0], Text("和"))),)), listed) == []


def test_a_longer_address_in_the_list_is_another() -> None:
    reading, article = made('<p>纸<a href="https://example.org/a">和</a>墨</p>')
    less = replace(article, body=(Paragraph((Text("纸和墨"),)),))
    listed = removed("<https://example.org/abc>")
    assert lost(reading, less, listed) == [("LNK003", "the link to https://example.org/a is not in the article")]


def test_a_page_that_is_left_out_is_not_read_back() -> None:
    page = (SEEDS / "pages" / "nf9000001" / "n90000002.md").read_text("utf-8")
    source = Source("", "a.md", page[: page.rindex("原文链接")].encode())
    article, found, *_ = read_and_clean(source, fidelity=tuple(OUTPUTS))
    assert article is None
    assert [each.code for each in found if each.level == "error"] == ["SRC008"]


def test_paragraphs_are_counted_as_they_are() -> None:
    """Two line breaks end one, also around the beginning of an inline element; what moved is whole."""
    reading, article = made("<p>纸<br/><br/>墨<br/><b><br/>笔<br/></b><br/>砚</p><p>印<br/>刷</p>")
    found = measure(reading, article, ())
    assert (found.paragraphs, found.whole) == (5, 5)
    moved = measure(reading, replace(article, body=article.body[::-1]), ())
    assert (moved.missing, moved.whole) == ((), 5)
    together = replace(article, body=(Paragraph((Text("纸墨笔砚"),)), article.body[-1]))
    assert (measure(reading, together, ()).missing, measure(reading, together, ()).whole) == ((), 2)


def test_right_to_left_text_is_read_back_from_pdf() -> None:
    _, article = made("<p>书 الكتاب (كتب) 和 ספר。</p><p>legal-deposit laws re-education</p><p>一⼀ …⋯ 👩\u200d🔧</p>")
    assert list(losses(article, "pdf")) == []
