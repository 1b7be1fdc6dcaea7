"""Round trip of our own Markdown: the article is equal in everything that Markdown can express."""

import contextlib
import re
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from helpers.data import CORPUS, SEEDS, needs_corpus, real_articles
from helpers.growth import grows_with_it
from helpers.pages import page_of
from helpers.soak import examples
from helpers.strategies import ARTICLES
from hypothesis import given, strategies as st
from msgspec import structs

from convert import readers
from convert.codec import article_json, frontmatter
from convert.document import read_and_clean
from convert.errors import DocumentError
from convert.model import (
    CHILDREN,
    SCHEMA_VERSION,
    Anchor,
    Article,
    Aside,
    Block,
    Cell,
    Code,
    Embed,
    Emphasis,
    Figure,
    Footnote,
    Formula,
    Heading,
    Image,
    InlineCode,
    Item,
    Link,
    List,
    NavLink,
    Paragraph,
    Provenance,
    Quote,
    Reading,
    Ruby,
    Strong,
    Table,
    Term,
    Text,
    Underline,
)
from convert.readers.options import ReadOptions
from convert.rules.engine import clean
from convert.rules.rule import Context
from convert.sources import Source
from convert.urls import linkable
from convert.writers import markdown

# --- what Markdown says of an article --------------------------------------------------------------------------------


def inlines(children: tuple[Any, ...], around: tuple[type, ...] = ()) -> tuple[Any, ...]:
    """Inlines in the one spelling that readers give: neighbouring texts joined, no mark inside its own kind, no
    declared sizes, and a link without target or a picture without address as the text that it shows."""
    out: list[Any] = []
    for child in children:
        made: tuple[Any, ...] = (child,)
        if isinstance(child, Image):
            made = picture(child)
        elif (isinstance(child, Link) and not child.target) or type(child) in around:
            made = inlines(child.children, around)
        elif isinstance(child, Formula):  # Markdown has its TeX
            made = (structs.replace(child, mathml=""),)
        elif hasattr(child, "children"):
            made = (structs.replace(child, children=inlines(child.children, (*around, type(child)))),)
            if isinstance(child, Ruby):
                made = (structs.replace(made[0], annotation=inlines(child.annotation, (*around, Ruby))),)
        for each in made:
            if isinstance(each, Text) and out and isinstance(out[-1], Text):
                each = Text(out.pop().text + each.text)
            out.append(each)
    return tuple(out)


def picture(image: Image) -> tuple[Any, ...]:
    if not image.address:
        return (Text(image.alt),) if image.alt else ()
    return (Image(image.address, image.alt, image.title, full_size=image.full_size),)


def block(node: Any) -> tuple[Any, ...]:
    if isinstance(node, Figure):
        images = tuple(made for image in node.images for made in picture(image))
        return (Figure(images, inlines(node.caption)),)
    if isinstance(node, Table):
        return (table(node),)
    if isinstance(node, Aside):
        return (Quote(blocks(node.children)),)
    if isinstance(node, Embed):
        inside = blocks(node.children)
        if inside and not (node.address and linkable(node.address)):
            return (Quote(inside),)  # nothing was left to say what it was
        return (Embed(node.kind, node.address if linkable(node.address) else "", inside),)
    fields = {}
    for field in CHILDREN.get(type(node), ()):
        line = field == "summary" or (field == "children" and isinstance(node, Paragraph | Heading | Term))
        fields[field] = (inlines if line else blocks)(getattr(node, field))
    return (structs.replace(node, **fields),) if fields else (node,)


def blocks(nodes: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(made for node in nodes for made in block(node))


def table(node: Table) -> Table:
    """A table whose rows have one length if it is written in GitHub's form: HTML shows missing cells as empty ones."""
    rows = [[structs.replace(cell, children=blocks(cell.children)) for cell in row] for row in node.rows]
    return Table(tuple(map(tuple, rows)), inlines(node.caption))


def padded(node: Any) -> Any:
    """`node` with all rows of all tables as long as the longest."""
    if isinstance(node, tuple):
        return tuple(map(padded, node))
    if isinstance(node, Table):
        width = max((len(row) for row in node.rows), default=0)
        rows = []
        for row in padded(node.rows):
            head = bool(row) and all(cell.header for cell in row)
            rows.append((*row, *[Cell((), header=head)] * (width - len(row))))
        return Table(tuple(rows), node.caption)
    for field in ("items", "descriptions", "children"):
        if inside := getattr(node, field, None):
            node = structs.replace(node, **{field: padded(inside)})
    return node


def normal(article: Article) -> Article:
    """`article` as Markdown can say it."""
    lead = block(article.lead)[0] if article.lead else None
    return structs.replace(article, lead=lead, body=padded(blocks(article.body)))


def back(article: Article, nav: str = "keep") -> Article:
    return readers.read(markdown.render(article, page_of(article, nav)), "a.md", "").article


def differences(article: Article) -> list[str]:
    """Return the differences after the round trip, shortened: pytest takes minutes to explain two unequal articles."""
    read, meant = normal(back(article)), normal(article)
    pairs: list[tuple[Any, Any]] = list(zip(read.body, meant.body, strict=False))
    pairs += [(getattr(read, name), getattr(meant, name)) for name in Article.__struct_fields__ if name != "body"]
    pairs.append((len(read.body), len(meant.body)))
    return [f"{ours!r:.500} instead of {theirs!r:.500}" for ours, theirs in pairs if ours != theirs]


@pytest.mark.slow
@examples(150)
@given(ARTICLES)
def test_our_markdown_comes_back_equal(article: Article) -> None:
    assert differences(article) == []


INSIDE = (
    Text("a"),
    Text("纸"),
    Text("。"),
    Underline((Text("x"),)),
    Ruby((Text("纸"),), (Text("y"),)),
    InlineCode("c"),
)


@pytest.mark.slow
@pytest.mark.parametrize("outer", [Emphasis, Strong])
@pytest.mark.parametrize("inner", [Emphasis, Strong])
def test_emphasis_inside_emphasis_comes_back_whole(outer: type[Any], inner: type[Any]) -> None:
    """The opening mark of the inner one could close the outer one, whatever is around it."""
    source = Provenance(address="https://example.org/a")
    for before, held, after in product(INSIDE, repeat=3):
        nested = outer((before, inner((held,)), after))
        deep = outer((before, Underline((inner((held,)),)), inner((outer((after,)),))))
        body = (Paragraph((nested,)), Paragraph((Text("x"), deep, Text("y"))))
        article = Article(
            schema_version=SCHEMA_VERSION, id="a", title="b", language="zh-Hans", source=source, body=body
        )
        assert differences(article) == []


@pytest.mark.parametrize("path", sorted(SEEDS.glob("pages/*/*.md")), ids=lambda path: path.stem)
def test_the_seeds_come_back_equal(path: Path) -> None:
    article, *_ = read_and_clean(Source("", f"pages/{path.parent.name}/{path.name}", path.read_bytes()))
    assert article is None or differences(article) == []


@pytest.mark.slow
@needs_corpus
def test_real_articles_come_back_equal() -> None:
    wrong: dict[str, list[str]] = {}
    read = 0
    for row in (CORPUS / "MANIFEST.tsv").read_text("utf-8").splitlines()[1:]:
        path = row.split("\t")[0]
        if not (CORPUS / path).is_file():
            continue
        article, *_ = read_and_clean(Source("", path, (CORPUS / path).read_bytes()))
        if article is not None:
            read += 1
            if found := differences(article):
                wrong[path] = found
    assert wrong == {}
    assert read >= len(real_articles())


def test_without_the_mirrors_links_there_are_none() -> None:
    article = structs.replace(BARE, nav=(NavLink("首页", "https://example.org/"),))
    assert back(article, "drop") == BARE
    assert back(article).nav == article.nav


BARE = Article(
    schema_version=SCHEMA_VERSION,
    id="n1",
    title="纸",
    language="zh-Hans",
    source=Provenance("https://example.org/n1"),
    body=(Paragraph((Text("纸的历史"),)),),
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param((Figure((Image("https://example.org/a.jpg"),)),), id="a picture that is no lead"),
        pytest.param(
            (
                Paragraph((Text("见"), Anchor("_ref1"), Link("#_ftn1", (Text("[1]"),)))),
                Footnote("_ftn1", (Paragraph((Link("#_ref1", (Text("[1]"),)), Text("注"))),)),
            ),
            id="a footnote",
        ),
        pytest.param(
            (Embed("tweet", "https://x.com/a/status/1", (Paragraph((Text("推"),)),)), Embed("video")), id="embeds"
        ),
        pytest.param(
            (
                List(
                    (Item((Paragraph((Text("a"),)), List((Item((Paragraph((Text("b"),)),)),), ordered=True, start=5))),)
                ),
            ),
            id="a list that begins with 5 under a line",
        ),
        pytest.param((Quote((Code("a\n> \n\n   \nb"),)),), id="code of marks and spaces in a quote"),
        pytest.param(
            (
                Paragraph(
                    (
                        Text("读"),
                        Ruby((Ruby((Strong((Text("長"),)),), (Text("cháng"),)), Text("城")), (Text("a*b"),)),
                        Link("https://example.org/", (Ruby((Text("日"),), (Text("rì"),)),)),
                        Ruby((Text("月"),), (Link("#x", (Text("yuè"),)),)),
                        Anchor("x"),
                    )
                ),
            ),
            id="ruby in ruby, with marks and links",
        ),
        pytest.param(
            (
                Table(
                    (
                        (Cell((Paragraph((Text("a"),)),), header=True), Cell((Paragraph((Anchor("x"), Text("b"))),))),
                        (Cell((), rowspan=2), Cell((Paragraph((Link("#x", (Text("c"),)),)),))),
                    )
                ),
            ),
            id="a table with heads of rows, places and links to them",
        ),
    ],
)
def test_blocks_that_need_care_come_back_equal(body: tuple[Block, ...]) -> None:
    article = structs.replace(BARE, body=body)
    assert back(article) == article


# --- Markdown of others ----------------------------------------------------------------------------------------------


def read(text: str) -> Reading:
    return readers.read(text.encode(), "notes/a.md", "", ReadOptions("markdown"))


def codes(text: str) -> set[str]:
    _, findings = clean(read(text), Context(""), "a.md")
    return {finding.code for finding in findings}


@pytest.mark.slow
def test_the_time_for_a_paragraph_of_many_lines_grows_with_it() -> None:
    assert grows_with_it(read, lambda size: "# 纸\n\n" + "水\n" * size, 5000)


def test_plain_commonmark() -> None:
    reading = read("# 纸\n\n纸的\n历史 and\npaper\n\n### 一\n\n##### 二\n\n<div>\n<b>粗</b>\n</div>\n")
    article = reading.article
    assert (article.title, article.language) == ("纸", "zh-Hans")
    assert re.fullmatch("[0-9a-f]{16}", article.id)
    assert article.body == (
        Paragraph((Text("纸的历史 and paper"),)),
        Heading(2, (Text("一"),)),
        Heading(3, (Text("二"),)),
        Paragraph((Strong((Text("粗"),)),)),
    )
    assert [reading.places.of(block).line for block in article.body] == [3, 7, 9, 11]


def test_a_document_without_title_or_address_says_so() -> None:
    assert {"ART001", "SRC017"} <= codes("纸\n")
    assert "ART001" not in codes("---\ntitle: 纸\n---\n\n正文\n")


@pytest.mark.parametrize("text", ["", "\n", "a\0b"])
def test_markdown_without_an_article_is_refused(text: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(text)
    assert caught.value.code == "SRC004"


def test_only_our_own_is_taken_without_asking() -> None:
    for text in ("# 纸\n\n正文\n", "---\ntitle: README\nlayout: page\n---\n\n# README\n", "---\n\n- a\n"):
        assert readers.peek(text.encode(), "a.md") is None
        assert readers.peek(text.encode(), "a.md", ReadOptions("markdown")) is not None


@pytest.mark.parametrize("value", ['"纸', "[1, 2]", "{a: b}", "\n  a: b", "\n  - a", '["a"]', "'a"])
def test_front_matter_that_cannot_be_read_has_a_place(value: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(f"---\nid: a\ntitle: {value}\n---\n")
    assert (caught.value.code, caught.value.line) == ("SRC007", 3)


def test_front_matter_in_the_hand_of_a_person() -> None:
    lines = ["# a note", "title: 纸 # the short one", "id: 'it''s'", "authors: [甲, 乙]", "tags:", "  - x", "series: ~"]
    text = "\n".join(["---", *lines, "---", "", "正文"])
    article = read(text).article
    assert (article.title, article.id, article.authors, article.series) == ("纸", "it's", ("甲", "乙"), "")


PLACES: list[tuple[str, tuple[int, int], str]] = [
    ("authors:\n  - 甲\n  - [乙]", (3, 1), "neither a text nor a list of texts"),
    ("authors:\n  - 甲\n  - *all", (3, 1), "an alias"),
    ("title: &all [a]", (3, 8), "it is a list"),
    ("language: &all zh\ntitle: *all", (4, 8), "an alias"),
    ("section: a\nsection: b", (4, 10), "there twice"),
    ('section: "a"\nsection: "b"', (4, 10), "there twice"),
    ("title: '纸': 史", (3, 11), "it is not YAML: mapping values"),
    ("title: '纸", (3, 8), "quotation mark"),
    ("title: !!python/object:os.system a", (3, 8), "neither a text"),
    ("title: " + "[" * 20_000, (3, 1007), "it is not YAML: exceeded maximum nesting depth"),
    ("title: " + "[" * 200 + "]" * 200, (3, 8), "it is neither a text"),
    ('"a:b": ' + "[" * 20_000, (3, 1007), "it is not YAML: exceeded maximum nesting depth"),
    ("title: |\n  纸\x07", (4, 4), "the character U+0007"),
    ("authors:\n" + "  - 甲\n" * 200_000, (2, 1), "more than 1048576 characters"),
]


@pytest.mark.parametrize("fault", PLACES, ids=lambda fault: fault[2])
def test_hostile_front_matter_is_an_error_with_its_place(fault: tuple[str, tuple[int, int], str]) -> None:
    lines, place, why = fault
    with pytest.raises(DocumentError, match=re.escape(why)) as caught:
        read(f"---\nid: a\n{lines}\n---\n")
    assert (caught.value.code, (caught.value.line, caught.value.column)) == ("SRC007", place)


@pytest.mark.parametrize("title", ["纸: 史", "纸:", "- 纸", "? 纸", ", 纸", "50% 的纸", "纸、墨: 笔: 砚", "http://纸"])
def test_a_plain_title_is_read_as_its_author_means_it_though_yaml_refuses_some(title: str) -> None:
    assert read(f"---\nid: a\ntitle: {title} # a note\n---\n").article.title == title


NESTED = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" if n else "a0: &a0 x" for n in range(30))


@pytest.mark.parametrize("tags", ["x: {{ y }}", "x: @y", "标签: @y", "x:\n  y:\n  - z", "x: 1\nx: 2", NESTED])
def test_unknown_fields_of_front_matter_are_skipped(tags: str) -> None:
    article = read(f"---\nid: a\n{tags}\nauthors:\n- 甲\n# a note\n-   '乙'\n{tags}\ntitle: 纸\n---\n").article
    assert (article.id, article.title, article.authors) == ("a", "纸", ("甲", "乙"))


@pytest.mark.parametrize(
    ("lines", "title", "authors"),
    [
        ("title: 纸\nauthors:\n  - 甲\n  - 乙", "纸", ("甲", "乙")),
        ("authors: [\n  甲, # first\n  '乙',\n]\ntitle: |\n  纸的\n  历史", "纸的历史", ("甲", "乙")),
        ("title: >-\n  a\n  b\nauthors:\n-\n- 甲", "a b", ("甲",)),
        ('title: "纸\\x41"\nauthors: 甲', "纸A", ("甲",)),
        ('title: "\u2028"\nauthors: [甲, "乙"]', "\u2028", ("甲", "乙")),
        ("'title': 3.50\nauthors: ~", "3.50", ()),
        ("title: yes\nauthors: [2024-01-02, null, '~']", "yes", ("2024-01-02", "~")),
        ("title: !!str null\nauthors:", "null", ()),
    ],
)
def test_front_matter_is_read_as_other_programs_write_it(lines: str, title: str, authors: tuple[str, ...]) -> None:
    front = frontmatter.decode(f"---\nid: a\n{lines}\n---\n")
    assert front is not None
    assert (front.fields["title"], front.fields["authors"]) == (title, authors)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2024-01-02", "2024-01-02"),
        ("2024-1-2", "2024-01-02"),
        ("2024-01-02 09:42:00 +0800", "2024-01-02T09:42:00+08:00"),
        ("2024-01-02T04:14:54-08:00", "2024-01-02T04:14:54-08:00"),
        ("2024-01-02T10:30", "2024-01-02T10:30Z"),
        ("2024-01-02t9:42:00.25 -5", "2024-01-02T09:42:00-05:00"),
        ('"2024-01-02 09:42:00 +0800"', "2024-01-02T09:42:00+08:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_dates_of_front_matter(written: str, told: str) -> None:
    assert read(f"---\nid: a\ntitle: b\npublished: {written}\n---\n").article.published == told


def test_front_matter_of_toml() -> None:
    lines = ["# Hugo", 'title = "纸"', 'id="a"', "published = 2024-01-02T09:42:00+08:00", "modified = 2024-01-02"]
    lines += ["authors = [", '  "甲",', '  "乙",', "]", "weight = 3", "lead = false", "[params]", 'title = "x"']
    text = "\n".join(["+++", *lines, "+++", "", "正文"])
    assert readers.peek(text.encode(), "a.md") is not None
    article = read(text).article
    assert (article.id, article.title, article.authors) == ("a", "纸", ("甲", "乙"))
    assert (article.published, article.modified) == ("2024-01-02T09:42:00+08:00", "2024-01-02")
    assert len(article.body) == 1


@pytest.mark.parametrize(
    ("line", "place"),
    [("title = ", (3, 9)), ("title = {}", (3, 1)), ("title = 1\ntitle = 2", (4, 10)), ('title = """', (3, 12))],
)
def test_front_matter_of_toml_that_cannot_be_read_has_a_place(line: str, place: tuple[int, int]) -> None:
    with pytest.raises(DocumentError) as caught:
        read(f"+++\nid = 'a'\n{line}\n+++\n")
    assert (caught.value.code, (caught.value.line, caught.value.column)) == ("SRC007", place)


def test_our_own_front_matter_is_read_without_yaml() -> None:
    text = '---\ntitle: "纸"\nid: "a"\nauthors: ["甲"]\ntags: {a: b}\nlead: false\n---\n'
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "yaml", None)
        assert frontmatter.decode(text) == frontmatter.FrontMatter(
            {"title": "纸", "id": "a", "authors": ("甲",)}, 7, lead=False
        )


@given(st.text("ab:-[]{}\"'&*!|>%@?# \t\n,~\\\x07\u2028", max_size=40))
def test_front_matter_of_any_text_raises_only_document_errors(text: str) -> None:
    for fence in ("---", "+++"):
        for key in ("title: ", "title = "):
            with contextlib.suppress(DocumentError):
                frontmatter.decode(f"{fence}\n{key}{text}\n{fence}\n")


@given(st.text("纸a *_`<>[]()!#-=|:\n\\&~1.", max_size=60))
def test_markdown_of_any_text_is_read_or_refused(text: str) -> None:
    try:
        reading = read(text)
    except DocumentError:
        return
    clean(reading, Context(""), "a.md")
    told = structs.replace(reading.article, title="t", source=Provenance("https://example.org/"))
    assert article_json.violation(told) is None  # conversion relies on it
