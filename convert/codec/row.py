"""An article as a row of a table, for programs that work on many: every column in every row, each of one type."""

import binascii
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Meta, Struct

from convert.codec.plain import plain_text
from convert.model import Article, Embed, Image, Link, walk

SCHEMA_NAME = "row.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:row:1"

_encoder = msgspec.json.Encoder()


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A row: plain text and metadata of an article."""

    id: Annotated[
        str,
        Meta(
            pattern="[^0-9]",
            title="Identifier",
            description="The article's identifier, never of digits alone, and unique in the file.",
            examples=["n14072129"],
        ),
    ]
    title: Annotated[str, Meta(min_length=1, title="Title", description="The headline.", examples=["纸的历史"])]
    text: Annotated[
        str,
        Meta(
            title="Text",
            description="The plain text below the title, a blank line between paragraphs.",
            examples=["纸从洛阳来。\n\n帘在水里。"],
        ),
    ]
    url: Annotated[
        str | None,
        Meta(
            title="Address",
            description="The address at which the publisher put the article.",
            examples=["https://www.epochtimes.com/gb/23/9/12/n14072129.htm"],
        ),
    ]
    authors: Annotated[
        tuple[str, ...], Meta(title="Authors", description="Reporters and writers, in order.", examples=[["徐简"]])
    ]
    publisher: Annotated[str | None, Meta(title="Publisher", description="The publisher's name.", examples=["大纪元"])]
    date: Annotated[
        Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$", extra_json_schema={"format": "date"})] | None,
        Meta(
            title="Date",
            description="The day of publication, where it was published (ISO 8601).",
            examples=["2023-09-12"],
        ),
    ]
    published: Annotated[
        Annotated[str, Meta(extra_json_schema={"format": "date-time"})] | None,
        Meta(
            title="Published",
            description="The moment of publication with its zone, null if only the day is known (RFC 3339).",
            examples=["2018-08-31T06:55:16+00:00"],
        ),
    ]
    language: Annotated[str, Meta(title="Language", description="A BCP 47 tag.", examples=["zh-Hans"])]
    section: Annotated[str | None, Meta(title="Section", description="The channel.", examples=["nf1412576"])]
    section_name: Annotated[
        str | None, Meta(title="Section name", description="The channel's name.", examples=["文化百科"])
    ]
    links: Annotated[
        tuple[str, ...],
        Meta(
            title="Links",
            description="Targets of the links of the text, in order.",
            examples=[["https://example.org/"]],
        ),
    ]
    images: Annotated[
        tuple[str, ...],
        Meta(
            title="Images",
            description="Addresses of the pictures, the lead's first; of one in the page, the hash of its bytes.",
            examples=[["https://example.org/press.jpg"]],
        ),
    ]
    characters: Annotated[int, Meta(ge=0, title="Characters", description="Length of the text.", examples=[1024])]


def row_of(article: Article, name: str = "") -> Row:
    """Return an article as a row; `name` is the identifier if the article's own is taken."""
    text = plain_text(article)
    moment = _moment(article.published)
    return Row(
        id=name or named(article.id),
        title=article.title,
        text=text,
        url=article.source.address or None,
        authors=article.authors,
        publisher=article.publisher or None,
        date=article.published[:10] if moment else None,
        published=moment.isoformat() if moment and "T" in article.published else None,
        language=article.language,
        section=article.section or None,
        section_name=article.section_name or None,
        links=tuple(_links(article)),
        images=tuple(_pictures(article)),
        characters=len(text),
    )


def _moment(published: str) -> datetime | None:
    """Return a day or a moment; None if there is none, or no calendar has it."""
    try:
        return datetime.fromisoformat(published) if published else None
    except ValueError:
        return None


def named(identifier: str) -> str:
    """Return an identifier that no program takes for a number.

    >>> named("n14072129"), named("14072129")
    ('n14072129', 'id-14072129')
    """
    return f"id-{identifier}" if identifier.isdecimal() else identifier


def unique(identifier: str, path: str, taken: set[str]) -> str:
    """Return the identifier of a row, and add it to those that are taken; where it is, a hash of the path follows it.

    >>> taken = set()
    >>> unique("7", "a/7.md", taken), unique("7", "b/7.md", taken), unique("7", "b/7.md", set())
    ('id-7', 'id-7-a4e6abf2fb17', 'id-7')
    """
    name = named(identifier)
    if name in taken:
        name = f"{name}-{sha256(path.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    taken.add(name)
    return name


def encode(row: Row) -> bytes:
    """Return a row's JSON on one line, in UTF-8, with all columns."""
    return _encoder.encode(row)


def _nodes(article: Article) -> list[Any]:
    return walk((*((article.lead,) if article.lead else ()), *article.body))


def _links(article: Article) -> Iterator[str]:
    for node in _nodes(article):
        if isinstance(node, Link) and node.target:
            yield without_data(node.target)
        elif isinstance(node, Embed) and node.address:
            yield without_data(node.address)


def _pictures(article: Article) -> Iterator[str]:
    return (without_data(node.address) for node in _nodes(article) if isinstance(node, Image) and node.address)


def without_data(address: str) -> str:
    """Return an address; instead of one that has the bytes of a file in it (RFC 2397), the hash of those bytes.

    It is the address by which archives and stores know a picture that has no other.

    >>> without_data("data:image/gif;base64,R0lGODlh") == f"sha256:{sha256(b'GIF89a').hexdigest()}"
    True
    >>> without_data("https://example.org/a.gif")
    'https://example.org/a.gif'
    """
    if address[:5].lower() != "data:":
        return address
    kind, _, content = address.partition(",")
    data = unquote_to_bytes(content)
    if kind.rstrip().lower().endswith(";base64"):
        with suppress(binascii.Error):  # of damaged data the letters count
            data = binascii.a2b_base64(data, strict_mode=False)
    return f"sha256:{sha256(data).hexdigest()}"


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of `Row`."""
    (_,), definitions = msgspec.json.schema_components([Row], ref_template="#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **definitions["Row"]}
