"""Text stays text: whatever an article says, no program that shows its Markdown loads or runs any of it."""

from collections.abc import Callable, Iterator

import pytest
from helpers.live import live, rendered
from helpers.live_payloads import OWN, PAYLOADS, STRANGE, TRAP, UNSAFE
from hypothesis import given, strategies as st
from msgspec.structs import replace

from convert.model import (
    SCHEMA_VERSION,
    Anchor,
    Article,
    Block,
    Break,
    Cell,
    Code,
    Definition,
    DefinitionList,
    Description,
    Details,
    Embed,
    Emphasis,
    Figure,
    Footnote,
    Heading,
    Image,
    Inline,
    InlineCode,
    Item,
    Link,
    List,
    NavLink,
    Paragraph,
    Provenance,
    Quote,
    Ruby,
    Strong,
    Table,
    Term,
    Text,
)
from convert.writers.alone import file_of
from convert.writers.options import Options


def text(value: str) -> tuple[Inline, ...]:
    return (Text(value),)


def paragraph(value: str) -> Paragraph:
    return Paragraph(text(value))


BLOCKS: dict[str, Callable[[str], Block]] = {
    "paragraph": paragraph,
    "strong": lambda value: Paragraph((Strong(text(value)), Emphasis(text(value)), Text(value))),
    "split": lambda value: Paragraph((Text(value[: len(value) // 2] or "a"), InlineCode("a"), Text(value))),
    "after a break": lambda value: Paragraph((Text("a"), Break(), Text(value))),
    "beside code": lambda value: Paragraph((Text(value), InlineCode(value), Text(value), InlineCode("`"))),
    "link": lambda value: Paragraph((Text(value), Link("https://a.example/", text(value)), Text(value))),
    "ruby": lambda value: Paragraph((Ruby(text(value), text(value)),)),
    "anchor": lambda value: Paragraph((Anchor(value), Text("a"))),
    "footnote": lambda value: Footnote(value, (paragraph(value),)),
    "heading": lambda value: Heading(2, text(value)),
    "code": Code,
    "quoted code": lambda value: Quote((Code(value), paragraph(value))),
    "listed code": lambda value: List((Item((Code(value),)), Item((paragraph(value), Code(value))))),
    "numbers": lambda value: List((Item((paragraph(value),), value=7),), ordered=True),
    "table": lambda value: Table((((Cell((paragraph(value),)), Cell((paragraph("a"),)))),)),
    "large table": lambda value: Table(((Cell((paragraph(value), Code(value)), colspan=2),),), caption=text(value)),
    "definitions": lambda value: DefinitionList(
        (Definition((Term(text(value)),), (Description((paragraph(value), Code(value))),)),)
    ),
    "details": lambda value: Details(text(value), (paragraph(value), Code(value))),
    "figure": lambda value: Figure((Image(OWN, value, value),), text(value)),
    "picture in a cell": lambda value: Table(
        ((Cell((paragraph("a"), Figure((Image(OWN, value, value),), text(value)))),),)
    ),
    "embed": lambda value: Embed("tweet", "https://a.example/1", (paragraph(value),)),
}

HOLDERS: dict[str, Callable[[str], Block]] = {
    "link": lambda value: Paragraph((Link(value, text("a")),)),
    "its own text": lambda value: Paragraph((Link(value, text(value)),)),
    "picture": lambda value: Figure((Image(value, "a"),)),
    "full size": lambda value: Figure((Image(OWN, "a", full_size=value),)),
    "embed": lambda value: Embed("video", value),
    "in a table": lambda value: Table(
        ((Cell((Paragraph((Link(value, text("a")),)), Figure((Image(value, "a", full_size=value),)))),),)
    ),
}


def article(title: str, *body: Block) -> Article:
    return Article(
        schema_version=SCHEMA_VERSION,
        id="n1",
        title=title,
        language="zh-Hans",
        source=Provenance("https://a.example/1"),
        body=body,
    )


def found(made: Article, *own: str) -> Iterator[str]:
    data = file_of(made, "markdown", Options()).decode()
    for html, program in rendered(data):
        yield from (f"{program}: {each}" for each in live(html, frozenset({OWN, *own})))


@pytest.mark.parametrize("place", BLOCKS)
def test_text_is_text(place: str) -> None:
    for payload in PAYLOADS:
        assert not list(found(article("a", BLOCKS[place](payload)))), payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_metadata_is_text(payload: str) -> None:
    made = Article(
        schema_version=SCHEMA_VERSION,
        id=payload,
        body=(paragraph("a"),),
        title=payload,
        language="zh-Hans",
        source=Provenance(payload),
        publisher=payload,
        authors=(payload, f"({payload}"),
        description=payload,
        keywords=(payload,),
        editor=payload,
        section_name=payload,
        nav=(NavLink(payload, "https://a.example/"), NavLink("a", payload)),
    )
    assert not list(found(made))


@pytest.mark.parametrize("place", HOLDERS)
def test_an_address_runs_nothing(place: str) -> None:
    for address in UNSAFE + STRANGE:
        made = replace(article("a", HOLDERS[place](address)), source=Provenance(address), nav=(NavLink("a", address),))
        loaded = [each for each in found(made) if address in UNSAFE or " src=" not in each or f"src='{TRAP}" in each]
        assert not loaded, address


@given(st.sampled_from(sorted(BLOCKS)), st.lists(st.sampled_from(PAYLOADS), min_size=1, max_size=3))
def test_text_is_text_in_any_mixture(place: str, payloads: list[str]) -> None:
    value = "".join(payloads)
    assert not list(found(article(value, BLOCKS[place](value))))
