"""Laws of cleaning and reading, over articles and HTML of any shape."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
from helpers.data import SEEDS
from helpers.mirror import WRAPPER
from helpers.soak import examples
from helpers.strategies import ARTICLES, TEXTS
from hypothesis import given, strategies as st
from lxml import html as lxml_html

from convert import readers
from convert.codec import article_json
from convert.model import MAX_DEPTH, Article, Block, Places, Reading, texts
from convert.readers.html import blocks as html_blocks
from convert.readers.html.handlers import Builder
from convert.readers.mirror.repair import repair
from convert.rules.engine import clean
from convert.rules.rule import Context


def visible(text: str) -> str:
    return re.sub(r"[\s\u3000\xa0]+", "", text)


def context(article: Article) -> Context:
    return Context(article.source.address)


@pytest.mark.slow
@examples(150)
@given(ARTICLES)
def test_cleaning_what_is_clean_changes_nothing(article: Article) -> None:
    once, _ = clean(Reading(article, Places()), context(article), "a.md")
    twice, findings = clean(Reading(once, Places()), context(once), "a.md")
    assert twice == once
    assert not [finding for finding in findings if finding.fixed]


@pytest.mark.slow
@examples(150)
@given(ARTICLES)
def test_json_comes_back_equal(article: Article) -> None:
    data = article_json.indent(article_json.encode(article))
    assert readers.read(data, "a.json", "").article == article


@dataclass
class Tag:
    start: str
    end: str


NAMES = [
    *("p", "div", "b", "strong", "em", "u", "sup", "span", "font", "o:p", "cetner", "center", "section"),
    *("h2", "h4", "ul", "ol", "li", "table", "tr", "td", "blockquote", "figure", "figcaption", "pre"),
    *("ruby", "ruby", "rb", "rt", "rt"),
    *("ok|href='https://example.org/'", "a|href=x", "a|name=q"),
]
TAGS = st.sampled_from(NAMES).map(lambda tag: Tag(f"<{tag.replace('|', ' ')}>", f"</{tag.partition('|')[0]}>"))
PIECES = [
    *("<br/>", "<br>", "</br>", "<img src='https://example.org/a.jpg' alt='x'/>", "<hr/>", "\n  ", " ", "<wbr/>"),
    *("<!-- x -->", "<input/>", "</p>", "&nbsp;", "<div class='video_fit_container'>"),
    "<blockquote class='twitter-tweet'>",
]
TOKENS = st.one_of(
    TEXTS.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    TAGS.map(lambda tag: tag.start),
    TAGS.map(lambda tag: tag.end),
    st.sampled_from(PIECES),
)
SOUP = st.lists(TOKENS, max_size=25).map("".join)


@pytest.mark.slow
@examples(400)
@given(SOUP)
def test_reading_any_tags_loses_no_text(body: str) -> None:
    builder = Builder()
    root = builder.parse(body)
    blocks = builder.footnotes(builder.blocks(root))
    assert visible("".join(texts(blocks))) == visible(root.text)


@pytest.mark.slow
@examples(150)
@given(SOUP.map(lambda body: body.replace("#", "＃").replace("---", "－－－")))  # which end a body of the mirror
def test_cleaning_any_tags_keeps_the_text_or_lists_it_as_removed(body: str) -> None:
    """Against lxml, another parser, which leaves text between the rows of a table where it stands."""
    data = WRAPPER.format(title="纸", body=body).encode()
    reading = readers.read(data, "pages/c/n1.md", "")
    article, findings = clean(reading, context(reading.article), "n1.md")
    assert article_json.violation(article) is None
    tree = lxml_html.fragment_fromstring(body, create_parent="div")
    shown, wanted = visible("".join(texts(article.body))), visible(tree.text_content())
    removed = "".join(visible(finding.removed) for finding in findings)
    assert Counter(wanted) - Counter(shown + removed) == Counter()
    if not removed and "<t" not in body:
        assert shown == wanted


def test_blocks_never_nest_deeper_than_the_model_allows() -> None:
    def depth(nodes: tuple[object, ...]) -> int:
        deepest = 0
        for node in nodes:
            inside = getattr(node, "children", ()) or tuple(
                child for item in getattr(node, "items", ()) for child in item.children
            )
            deepest = max(deepest, 1 + depth(inside))
        return deepest

    builder = Builder()
    blocks = builder.blocks(builder.parse("<blockquote><ul><li>" * 50 + "纸"))
    assert "纸" in "".join(texts(tuple(blocks)))
    assert depth(tuple(blocks)) <= MAX_DEPTH + 2  # and the paragraph and text in the innermost
    assert [note.code for note in builder.notes] == ["HTM003"]


class Slow(Builder):
    """The reader without its short ways."""

    def line(self, nodes: object) -> None:
        return None


def slowly(body: str, builder: Builder) -> list[Block]:
    with mock.patch.object(html_blocks, "plain_figure", lambda builder, element: None):
        return builder.blocks(builder.parse(body))


@pytest.mark.slow
@examples(400)
@given(SOUP)
def test_the_short_ways_lead_to_the_same_place(body: str) -> None:
    quick = Builder()
    assert quick.blocks(quick.parse(body)) == slowly(body, Slow())


@pytest.mark.parametrize("path", sorted(SEEDS.glob("pages/*/*.md")), ids=lambda path: path.stem)
def test_the_short_ways_on_the_seeds(path: Path) -> None:
    content = repair(path.read_text("utf-8")).html
    quick = Builder()
    assert quick.blocks(quick.parse(content)) == slowly(content, Slow())
