"""A CommonMark parser reads in the Markdown what the writer meant."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from helpers.pages import page_of, visible
from helpers.soak import examples
from helpers.strategies import ARTICLES
from hypothesis import given
from lxml import html
from markdown_it import MarkdownIt

from convert.model import (
    Article,
    Aside,
    Embed,
    Emphasis,
    Figure,
    Formula,
    Heading,
    Image,
    InlineCode,
    Link,
    List,
    Quote,
    Strong,
    Table,
    Text,
    ThematicBreak,
    texts,
)
from convert.writers import markdown
from convert.writers.book import pages
from convert.writers.book.names import FileNames
from convert.writers.markdown.inline import inlines

COMMONMARK = MarkdownIt("commonmark").enable("table")


def body_of(text: str) -> Any:
    """The rendered page below the front matter, as a tree."""
    rendered = COMMONMARK.render(text.split("\n---\n", 1)[1])
    return html.fragment_fromstring(rendered, create_parent="div")


def nodes(article: Article) -> Iterator[Any]:
    waiting: list[Any] = [*([article.lead] if article.lead else []), *article.body]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, tuple):
            waiting[:0] = node
            continue
        yield node
        fields = ("images", "summary", "terms", "descriptions", "items", "rows", "children", "annotation", "caption")
        waiting[:0] = [value for name in fields if (value := getattr(node, name, None))]


def count(article: Article, kinds: Any) -> int:
    return sum(isinstance(node, kinds) for node in nodes(article))


def said(article: Article) -> str:
    """All text that must be visible, in order, with what an output says of embeds."""

    def parts() -> Iterable[str]:
        if article.lead:
            yield from texts(article.lead.caption)
        yield from texts(article.body)

    return visible("".join(parts()))


@pytest.mark.slow
@examples(300)
@given(ARTICLES)
def test_a_commonmark_parser_reads_what_was_meant(article: Article) -> None:
    tree = body_of(markdown.render(article, page_of(article)).decode())
    for extra in tree.xpath(".//img"):
        assert extra.get("src")
    links = [node.target for node in nodes(article) if isinstance(node, Link)]
    written = [anchor.get("href") for anchor in tree.xpath(".//a[@href]")]
    assert len(tree.xpath(".//strong")) == count(article, Strong)
    assert len(tree.xpath(".//em")) == count(article, Emphasis)
    assert len(tree.xpath(".//img")) == count(article, Image)
    assert len(tree.xpath(".//h2|.//h3|.//h4|.//h5|.//h6")) == count(article, Heading)
    assert len(tree.xpath(".//ul|.//ol")) == count(article, List)
    assert len(tree.xpath(".//table")) == count(article, Table)
    assert len(tree.xpath(".//hr")) == count(article, ThematicBreak) + 1
    assert len(tree.xpath(".//blockquote")) == count(article, Quote | Embed | Aside)
    assert len(written) >= len(links)
    quiet = [node for node in nodes(article) if isinstance(node, Embed)]
    if not quiet:
        for each in tree.xpath(".//rp"):  # which a browser does not show
            each.drop_tree()
        text = visible(tree.text_content())
        assert said(article).replace("$", "") in text.replace("$", "")  # which are around a formula
        assert text.startswith(visible(article.title))


@pytest.mark.slow
@given(ARTICLES)
def test_front_matter_is_read_as_it_was_written(article: Article) -> None:
    import json

    text = markdown.render(article, page_of(article)).decode()
    lines = text.split("\n---\n", 1)[0].splitlines()[1:]
    front = {key: json.loads(value) for key, _, value in (line.partition(": ") for line in lines)}
    assert front["title"] == article.title
    assert front["source"] == article.source.address
    assert front.get("authors", []) == list(article.authors)


@pytest.mark.slow
@examples(200)
@given(ARTICLES)
def test_a_page_of_xhtml_is_well_formed_and_says_everything(article: Article) -> None:
    from lxml import etree

    chapter = pages.chapter(article, page_of(article), FileNames(), epub=True)
    tree = etree.fromstring(f'<x xmlns:epub="http://www.idpf.org/2007/ops">{chapter}</x>')
    assert not tree.xpath("//img[starts-with(@src, 'http')]")
    etree.strip_elements(tree, "rp", with_tail=False)  # brackets that are only shown where ruby is unknown
    text = visible(str(tree.xpath("string()")))
    if not any(isinstance(node, Embed | Figure | Formula | InlineCode) for node in nodes(article)):
        assert said(article) in text


def test_a_line_end_in_json_from_elsewhere_is_a_space() -> None:
    text = "一张\n---\nA4 \r\n# 纸"
    assert inlines((Text(text),)) == "一张 --- A4 # 纸"
