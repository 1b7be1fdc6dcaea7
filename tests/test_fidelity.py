"""The fidelity meter: what was lost is told, what was listed or moved is not, and nothing of the seeds is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SEEDS
from msgspec.structs import replace

from convert import readers
from convert.document import read_and_clean
from convert.fidelity import findings, measure
from convert.model import (
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
from convert.readers.html import Builder
from convert.sources import Source

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
    article = Article(schema_version="1", id="paper", title="纸", language="zh-Hans", source=source, body=body)
    return Reading(article, builder.places, html=html), article


def without(article: Article, which: Callable[[Block], bool]) -> Article:
    kept = tuple(block for block in article.body if not which(block))
    assert len(kept) == len(article.body) - 1
    return replace(article, body=kept)


def told(reading: Reading, article: Article, *taken: Finding) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in findings(reading, article, taken, "paper.md")]


def removed(text: str) -> Finding:
    return Finding("NAV005", "page-furniture", "info", "furniture of the page", "paper.md", fixed=True, removed=text)


def holds(block: Block, kind: type) -> bool:
    return isinstance(block, Paragraph) and any(isinstance(each, kind) for each in block.children)


def test_nothing_is_missing_of_what_was_read() -> None:
    reading, article = made()
    found = measure(reading, article, ())
    assert (found.missing, found.added, found.pictures, found.links) == ((), (), (), ())
    assert (found.cells, found.items, found.kept) == (0, 0, 1.0)
    assert told(reading, article) == []


def test_text_that_was_lost_is_reported() -> None:
    """TXT006, an error: a paragraph less."""
    reading, article = made()
    less = replace(article, body=article.body[1:])
    assert measure(reading, less, ()).missing == ("纸在水里散开，在书里留下。",)
    assert measure(reading, less, ()).kept < 1
    (finding,) = findings(reading, less, (), "paper.md")
    assert (finding.code, finding.level, finding.fixed) == ("TXT006", "error", False)
    assert finding.message == "13 character(s) of the source are not in the article: 纸在水里散开，在书里留下。"


def test_half_a_paragraph_that_was_lost_is_reported() -> None:
    reading, article = made()
    less = replace(article, body=(Paragraph((Text("纸在水里散开。"),)), *article.body[1:]))
    assert "".join(measure(reading, less, ()).missing) == "，在书里留下"


def test_a_picture_that_was_lost_is_reported() -> None:
    """IMG006, and LNK003 for the link to its full size."""
    reading, article = made()
    less = without(article, lambda block: isinstance(block, Figure))
    assert told(reading, less) == [
        ("IMG006", "the picture https://example.org/small.jpg is not in the article"),
        ("LNK003", "the link to https://example.org/large.jpg is not in the article"),
    ]


def test_a_link_that_was_lost_is_reported() -> None:
    """LNK003: the text is there, the target is not."""
    reading, article = made()
    less = without(article, lambda block: holds(block, Link))
    plain = replace(less, body=(less.body[0], Paragraph((Text("缣贵而简重，蔡伦造意。"),)), *less.body[1:]))
    assert told(reading, plain) == [("LNK003", "the link to https://example.org/cai-lun is not in the article")]


@pytest.mark.parametrize(("kind", "text"), [(Table, "笔墨纸砚"), (List, "楮皮麻头")])
def test_a_cell_or_an_item_that_was_lost_is_reported(kind: type, text: str) -> None:
    """HTM009: all the text is there, but no longer in its cells or items."""
    reading, article = made()
    body = tuple(Paragraph((Text(text),)) if isinstance(block, kind) else block for block in article.body)
    cells, items = (4, 0) if kind is Table else (0, 2)
    expected = f"{cells} table cell(s) and {items} list item(s) are not in the article"
    assert told(reading, replace(article, body=body)) == [("HTM009", expected)]


def test_what_is_listed_is_not_missing() -> None:
    reading, article = made()
    assert told(reading, replace(article, body=article.body[1:]), removed("纸在水里散开，在书里留下。")) == []
    less = without(article, lambda block: isinstance(block, Figure))
    assert told(reading, less, removed("抄纸 <https://example.org/small.jpg> <https://example.org/large.jpg>")) == []
    less = without(article, lambda block: holds(block, Link))
    assert told(reading, less, removed("缣贵而简重， 蔡伦 <https://example.org/cai-lun> 造意。")) == []


def test_what_is_listed_once_and_missing_twice_is_told() -> None:
    reading, article = made("<p>纸</p><p>墨</p><p>纸</p>")
    less = replace(article, body=(article.body[1],))
    assert measure(reading, less, [removed("纸")]).missing == ("纸",)


def test_what_moved_is_neither_missing_nor_added() -> None:
    reading, article = made()
    first, *rest = article.body
    found = measure(reading, replace(article, body=(*rest, first)), ())
    assert (found.missing, found.added) == ((), ())


def test_what_the_source_does_not_have_is_added() -> None:
    reading, article = made()
    found = measure(reading, replace(article, body=(*article.body, Paragraph((Text("笔误"),)))), ())
    assert (found.missing, found.added) == ((), ("笔误",))


def test_a_long_picture_in_the_page_is_listed_by_its_beginning() -> None:
    address = "data:image/png;base64," + "5Lit5paH" * 200
    html = f'<p><img src="{address}" alt="不是图"/></p>'
    reading, article = made(html)
    less = replace(article, body=(Figure((Image("", "不是图"),)),))
    assert [code for code, _ in told(reading, less)] == ["IMG006"]
    message = f"no picture in the data address {address[:40]}…"
    assert told(reading, less, Finding("IMG004", "broken-data-image", "warning", message, "paper.md", fixed=True)) == []


def documents() -> list[Path]:
    return sorted([*SEEDS.glob("pages/*/*.md"), *Path(__file__).parent.glob("cases/*/source.md")])


@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_of_our_own_documents_is_missing(path: Path) -> None:
    data = path.read_bytes()
    article, taken, _ = read_and_clean(Source("", path.name, data), "")
    assert article is not None
    assert findings(readers.read(data, path.name, ""), article, taken, path.name) == []
