"""Articles of any shape, for the laws."""

import re
from datetime import date
from typing import Any

from hypothesis import strategies as st
from msgspec import structs

from convert.model import (
    SCHEMA_VERSION,
    Article,
    Break,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Deleted,
    Description,
    Details,
    Embed,
    Emphasis,
    Entry,
    Figure,
    Formula,
    Heading,
    Image,
    Inline,
    InlineCode,
    Inserted,
    Item,
    Link,
    List,
    NavLink,
    Paragraph,
    Provenance,
    Quote,
    Ruby,
    Strong,
    Subscript,
    Superscript,
    Table,
    Term,
    Text,
    ThematicBreak,
    Underline,
)

# Letters of several scripts, and every character that some syntax gives a meaning to.
ALPHABET = "纸墨印，。：“”（）a1 _*`~[]()<>&;!#+-=|\\\"'$.…·\u3000\u00a0"
WORDS = st.text(ALPHABET, min_size=1, max_size=9)
SNIPPETS = st.sampled_from(
    ["**", "~~", "<b>", "&lt;", "1. ", "2) ", "---", "# ", "> ", "https://example.org/a_b", "😀", "纸"]
)
TEXTS = (WORDS | SNIPPETS).map(lambda text: re.sub(" +", " ", text.strip(" \u3000\u00a0"))).filter(bool)
ADDRESSES = st.sampled_from(
    ["https://example.org/", "https://example.org/a_b(c)", "https://example.org/a b", "https://example.org/?a=1&lt=2",
     "https://www.epochtimes.com/gb/23/9/12/n14072129.htm", "http://example.org/纸.jpg", "https://example.org/<x>*y*",
     "https://example.org/a[1]?b[0]=c#d#e", "https://example.org/100%?a|b^c", "https://a@b:81@example.org/\\a\\b"]
)  # fmt: skip
IMAGES = st.builds(
    Image, address=ADDRESSES, alt=st.just("") | TEXTS, title=st.just("") | TEXTS, full_size=st.just("") | ADDRESSES
)

TEX = TEXTS.map(lambda text: " ".join(text.split())).filter(bool)
FORMULAS = st.builds(Formula, TEX, st.sampled_from(["", "<math><mi>a</mi></math>", "<math><x/></math>", "x"]))
LEAVES: st.SearchStrategy[Any] = st.builds(Text, TEXTS) | st.builds(InlineCode, TEXTS) | FORMULAS
MARKS = (Emphasis, Strong, Underline, Deleted, Inserted, Subscript, Superscript)


def settle(children: list[Inline], *, breaks: bool = True) -> tuple[Inline, ...]:
    """Inlines as readers make them: no two texts in a row, no line break at an end."""
    out: list[Inline] = []
    for child in children:
        if isinstance(child, Text) and out and isinstance(out[-1], Text):
            out[-1] = Text(out[-1].text + child.text)
        elif isinstance(child, Break) and (not breaks or not out or isinstance(out[-1], Break)):
            continue
        else:
            out.append(child)
    while out and isinstance(out[-1], Break):
        out.pop()
    return tuple(out)


def marked(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    inside = st.lists(children, min_size=1, max_size=3).map(settle).filter(bool)
    return st.one_of(*(st.builds(mark, children=inside) for mark in MARKS))


LINKS = st.builds(
    Link, target=ADDRESSES, children=st.lists(LEAVES | marked(LEAVES), min_size=1, max_size=2).map(settle)
)
RUBY = st.builds(
    Ruby,
    children=st.lists(LEAVES, min_size=1, max_size=2).map(settle),
    annotation=st.lists(LEAVES, min_size=1, max_size=2).map(settle),
)
INLINES = st.recursive(LEAVES | LINKS | RUBY, marked, max_leaves=3)
LINES = st.lists(INLINES | st.just(Break()), min_size=1, max_size=4).map(settle).filter(bool)
TITLES = st.lists(INLINES, min_size=1, max_size=3).map(settle).filter(bool)

PARAGRAPHS = st.builds(Paragraph, LINES)
FIGURES = st.builds(Figure, images=st.lists(IMAGES, min_size=1, max_size=2).map(tuple), caption=st.just(()) | LINES)
SIMPLE: st.SearchStrategy[Any] = st.one_of(
    PARAGRAPHS,
    st.builds(Heading, level=st.integers(2, 6), children=TITLES),
    FIGURES,
    st.builds(Code, st.lists(WORDS, min_size=1, max_size=4).map("\n".join).map(lambda text: text.strip("\n") or "x")),
    st.just(ThematicBreak()),
    st.builds(Formula, TEX, display=st.just(True)).map(lambda formula: Paragraph((formula,))),
)


def spare(node: List) -> List:
    """Return a list in which only numbers that are not the next one are given."""
    items, expected, step = [], node.start, -1 if node.reversed else 1
    for at, (item, number) in enumerate(zip(node.items, node.numbers, strict=True)):
        value = number if at and number != expected else None
        items.append(structs.replace(item, value=value))
        expected = number + step
    start = node.numbers[0]
    down = node.reversed and len(items) > 1
    return structs.replace(node, items=tuple(items), start=start, reversed=down)


def nested(blocks: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    inside = st.lists(blocks, min_size=1, max_size=3).map(tuple)
    cells = st.builds(
        Cell,
        children=st.just(()) | inside,
        header=st.booleans(),
        colspan=st.sampled_from([1, 1, 2]),
        rowspan=st.just(1),
    )
    return st.one_of(
        st.builds(Quote, children=inside),
        st.builds(
            List,
            items=st.lists(st.builds(Item, children=inside), min_size=1, max_size=3).map(tuple),
            ordered=st.booleans(),
            start=st.just(1),
        ),
        st.builds(
            List,
            items=st.lists(
                st.builds(Item, children=inside, value=st.sampled_from([None, 9, -1])), min_size=1, max_size=3
            ).map(tuple),
            ordered=st.just(True),
            start=st.sampled_from([1, 0, 7, -2]),
            reversed=st.booleans(),
            numbering=st.sampled_from(["1", "a", "I"]),
        ).map(spare),
        st.builds(
            DefinitionList,
            items=st.lists(
                st.builds(
                    Definition,
                    terms=st.lists(st.builds(Term, TITLES), min_size=1, max_size=2).map(tuple),
                    descriptions=st.lists(st.builds(Description, inside), min_size=1, max_size=2).map(tuple),
                ),
                min_size=1,
                max_size=2,
            ).map(tuple),
        ),
        st.builds(Details, summary=st.just(()) | TITLES, children=inside),
        st.builds(
            Table,
            rows=st.lists(st.lists(cells, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
            caption=st.just(()) | st.just(()) | TITLES,
        ),
        st.builds(Embed, kind=st.sampled_from(["tweet", "video"]), address=st.just("") | ADDRESSES, children=inside),
    )


BLOCKS = st.recursive(SIMPLE, nested, max_leaves=4)
ARTICLES = st.builds(
    Article,
    schema_version=st.just(SCHEMA_VERSION),
    id=st.sampled_from(["n1", "n14072129", "a-b", "注 一", "sec:1"]),
    title=TEXTS,
    language=st.sampled_from(["zh-Hans", "zh-Hant", "en"]),
    published=st.sampled_from(["", "2023-09-12", "2018-08-31T06:55:16+00:00"]),
    publisher=st.just("") | TEXTS,
    authors=st.lists(TEXTS, max_size=2).map(tuple),
    keywords=st.lists(TEXTS, max_size=2).map(tuple),
    description=TEXTS | st.just(""),
    series=st.just("") | TEXTS,
    section=st.sampled_from(["", "nf1", "a//b", "../纸", "con"]),
    source=st.builds(
        Provenance,
        address=ADDRESSES,
        path=st.just("pages/nf1/n1.md"),
        sha256=st.sampled_from(["", "a" * 64]),
        captured=st.sampled_from(["", "2024-03-05", "2024-03-05T12:00:00+08:00"]),
    ),
    lead=st.none() | FIGURES,
    nav=st.lists(st.builds(NavLink, label=TEXTS, target=st.just("") | ADDRESSES), max_size=2).map(tuple),
    body=st.lists(BLOCKS, max_size=4).map(tuple),
)


def entry(number: int, published: str = "2023-09-12", section: str = "nf1", title: str = "") -> Entry:
    """Return an index entry of an article."""
    address = f"https://www.epochtimes.com/gb/23/9/12/n{number}.htm"
    return Entry(f"pages/{section}/n{number}.md", f"n{number}", title or f"第{number}篇", address, published, section)


DAYS = st.just("") | st.dates(date(2021, 12, 20), date(2023, 1, 10)).map(str) | st.just("2022-05-01T06:55:16+08:00")
ENTRIES = st.lists(st.tuples(DAYS, st.sampled_from(["nf1", "nf2", ""])), max_size=12).map(
    lambda told: [entry(number, day, section) for number, (day, section) in enumerate(told)]
)
"""Different articles of few channels, of a year and its ends."""
