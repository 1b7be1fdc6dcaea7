"""Our own HTML read back: nothing of an article's text is lost, whatever its shape."""

import re
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from helpers.data import CORPUS, SEEDS, needs_corpus, real_articles
from helpers.saved import written
from helpers.soak import examples
from helpers.strategies import ARTICLES
from hypothesis import given
from msgspec import structs

from convert import readers
from convert.api import parse, write
from convert.document import read_and_clean
from convert.errors import DocumentError
from convert.fidelity.visible import of_article, visible
from convert.model import (
    SCHEMA_VERSION,
    Anchor,
    Article,
    Entry,
    Image,
    Link,
    Paragraph,
    Provenance,
    Reading,
    Strong,
    Text,
    texts,
)
from convert.readers.saved import own
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.sources import Source
from convert.urls import resolve


def text(article: Article) -> str:
    """Captions and body, as a reader sees them: white space beside markup is not told apart."""
    shown = "".join(texts((*((article.lead,) if article.lead else ()), *article.body)))
    return re.sub(r"[\s\u3000\xa0]+", "", shown)


def targets(node: object) -> list[str]:
    """The addresses of the links in a node, in order."""
    if isinstance(node, tuple):
        return [each for child in node for each in targets(child)]
    found = [str(getattr(node, "target", ""))] if hasattr(node, "target") else []
    for field in ("children", "items", "rows", "caption"):
        found += targets(getattr(node, field, ()))
    return found


def web(article: Article) -> list[str]:
    return [resolve(each, "") for each in targets(article.body) if each.startswith("http")]


def navigation(article: Article) -> list[tuple[str, str]]:
    return [(link.label, resolve(link.target, "") if link.target else "") for link in article.nav]


@pytest.mark.slow
@needs_corpus
def test_real_articles_come_back_equal_in_text() -> None:
    for path in real_articles():
        article, *_ = read_and_clean(Source("", path, (CORPUS / path).read_bytes()))
        assert article is not None
        back = readers.read(written(article), "a.html", "").article
        assert visible("".join(of_article(back).texts)) == visible("".join(of_article(article).texts)), path


ONE = readers.read((SEEDS / "pages" / "nf9000001" / "n90000002.md").read_bytes(), "a.md", "").article


def spaceless(value: str) -> str:
    return "".join(value.split())


@pytest.mark.slow
@examples(100)
@given(ARTICLES)
def test_our_html_comes_back_equal_in_text(article: Article) -> None:
    article, _ = clean(
        Reading(article, readers.read(written(article), "a.html", "").places), Context("https://e.org/"), ""
    )
    back = readers.read(written(article), "a.html", "").article
    assert text(back) == text(article)
    assert spaceless(back.title) == spaceless(article.title)
    assert (back.language, back.published, back.source.address) == (
        article.language,
        article.published,
        article.source.address,
    )


@pytest.mark.parametrize("path", sorted(SEEDS.glob("pages/*/*.md")), ids=lambda path: path.stem)
def test_the_seeds_come_back(path: Path) -> None:
    article, *_ = read_and_clean(Source("", path.name, path.read_bytes()))
    assert article is not None
    data = written(article)
    back = readers.read(data, "a.html", "").article
    assert "".join(texts(back.body)) == "".join(texts(article.body))
    assert navigation(back) == navigation(article)
    for field in ("id", "title", "language", "published", "publisher", "authors"):
        assert getattr(back, field) == getattr(article, field), field
    assert back.source.address == article.source.address
    linked = readers.read(written(article, tag_links=True), "a.html", "").article
    assert web(linked) == web(article)
    entry = readers.peek(data, "a.html")
    assert entry == Entry("a.html", back.id, back.title, back.source.address, back.published)
    again = readers.read(written(back), "a.html", "").article
    assert written(back) == written(again)  # settled after once


@pytest.mark.parametrize("name", ["ftn1", "注一", "sec 1", "sec:1", "a..b", "..6ce8.", "😀"])
def test_identifiers_come_back(name: str) -> None:
    link = Link(f"#{quote(name)}", (Text("见"),))
    article = Article(
        schema_version=SCHEMA_VERSION,
        id="n1",
        title="纸",
        language="zh-Hans",
        source=Provenance(address="https://example.org/n1"),
        body=(Paragraph((Anchor(name), Text("纸"), link)),),
    )
    match readers.read(written(article), "a.html", "").article.body:
        case (Paragraph((Anchor(back), _, Link(target))),):
            assert (back, unquote(target)) == (name, f"#{name}")
        case body:
            pytest.fail(repr(body))


def test_a_book_of_several_says_what_to_do() -> None:
    articles = [
        readers.read(path.read_bytes(), path.name, "").article for path in sorted(SEEDS.glob("pages/*/*.md"))[:2]
    ]
    data = written(*articles)
    assert readers.peek(data, "a.html") is None
    assert readers.why_not(data) == own.NOT_ONE_ARTICLE
    with pytest.raises(DocumentError, match="several articles"):
        readers.read(data, "a.html", "")


def test_a_page_that_only_says_what_was_left_out_is_no_article() -> None:
    assert readers.peek(written(ONE).replace(b"<article id", b'<article class="left-out" id'), "a.html") is None


@pytest.mark.parametrize(
    ("left", "right"), [("纸。", " 帘"), ("▼ ", "纸"), ("纸 ", "“帘”"), ("so ", ", it"), ("（ ", "纸")]
)
def test_white_space_beside_marks_comes_back(left: str, right: str) -> None:
    """Our pages are not prettified: what a program may add to others is the article's there."""
    bodies = [
        (Strong((Text(left.strip()),)), Text(right)) if right[0] == " " else (Text(left), Strong((Text(right),))),
        (Link("https://e.org/", (Text(left.strip()),)), Text(f" {right.strip()}")),
    ]
    for body in bodies:
        article = structs.replace(ONE, body=(Paragraph(body),))
        assert readers.read(written(article), "a.html", "").article.body == article.body


@pytest.mark.parametrize(("language", "alt"), [("en", "A vat"), ("en", "[1] A vat"), ("en", ""), ("zh-Hans", "纸浆")])
def test_the_words_for_a_picture_are_its_alternative_text_again(language: str, alt: str) -> None:
    images = tuple(Image(f"https://a.example/{name}.jpg", alt) for name in "ab")
    source = Provenance("https://a.example/1")
    given = Article(
        schema_version=SCHEMA_VERSION, id="n1", title="a", language=language, source=source,
        body=(Paragraph((Text("x"), *images)),),
    )  # fmt: skip
    read, _ = parse(write(given, "html").decode(), path="a.html")
    assert read and read.body == given.body
