"""The file of a dialect: what may be in it, and the dialect that it describes."""

import re
from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta, Struct

from convert.messages import Message, message
from convert.model import AsideKind
from convert.readers.markup import COMMON
from convert.readers.mirror.dialect import Dialect, Lines
from convert.readers.mirror.dialects import DIALECTS
from convert.readers.mirror.family import UNKNOWN
from convert.readers.mirror.own.template import TemplateError, compiled, frame

SCHEMA_NAME = "dialect.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:dialect:1"
MOST = 50
"""Number of items of the longest list."""

DAY = ("year", "month", "day")
CREDITS = ("authors", "editor", "agency", "text")

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Templates = Annotated[tuple[Text, ...], Meta(max_length=MOST)]


class DialectFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Dialect of a mirror: how its pages look.  Lines are given by their beginnings; templates have placeholders."""

    name: Annotated[
        str,
        Meta(
            title="Name",
            description="The dialect's name, in metadata and messages.",
            pattern=r"^[a-z0-9][a-z0-9._/-]{0,39}$",
            examples=["night-paper"],
        ),
    ]
    source: Annotated[
        Text,
        Meta(
            title="Source",
            description="Template of the line with the original address.",
            examples=["Taken from: {address}"],
        ),
    ]
    title: Annotated[
        Text, Meta(title="Title", description="Template of the line with the title.", examples=["# {title}"])
    ] = "### {title}"
    links: Annotated[
        str,
        Meta(
            max_length=200,
            title="Links",
            description="Beginning of each line of the mirror's own links.",
            examples=["[Front page]("],
        ),
    ] = ""
    start: Annotated[
        str,
        Meta(
            max_length=200,
            title="Start",
            description="Beginning of the line above the article, if that is not the line of links.",
            examples=["<!-- text -->"],
        ),
    ] = ""
    end: Annotated[
        str,
        Meta(
            max_length=200,
            title="End",
            description="Beginning of the last line below the article, if that is not the source line.",
            examples=["Share this page:"],
        ),
    ] = ""
    contains: Annotated[
        Templates,
        Meta(
            title="Contains",
            description="Texts that every page of the dialect contains, as they are.",
            examples=[["class='paper'"]],
        ),
    ] = ()
    host: Annotated[
        str,
        Meta(
            max_length=200,
            title="Host",
            description="Text that the original address contains.",
            examples=["paper.example/"],
        ),
    ] = ""
    drop: Annotated[
        Templates,
        Meta(
            title="Drop",
            description="Templates of lines inside the article that are the mirror's.",
            examples=[["More papers: {text}"]],
        ),
    ] = ()
    asides: Annotated[
        dict[Annotated[str, Meta(pattern=r"^[.#][A-Za-z_][\w-]*$")], AsideKind],
        Meta(
            title="Asides",
            description="Elements that do not belong to the article, by class or identifier, and their kinds.",
            examples=[{".promo": "advertisement", "#share": "share"}],
        ),
    ] = {}
    publisher: Annotated[
        str, Meta(max_length=80, title="Publisher", description="The publisher's name.", examples=["Night Paper"])
    ] = ""
    published: Annotated[
        str,
        Meta(
            max_length=200,
            title="Published",
            description="Template of the day in the original address.",
            examples=["/{year}-{month}-{day}/"],
        ),
    ] = ""
    identifier: Annotated[
        str,
        Meta(
            max_length=200,
            title="Identifier",
            description="Template of the publisher's identifier in the original address, if that is not its last part.",
            examples=["?article={id}"],
        ),
    ] = ""
    datelines: Annotated[
        Templates,
        Meta(
            title="Datelines",
            description="Templates of datelines, which begin a paragraph.",
            examples=[["Bamboo, {month} {day}, {year}"]],
        ),
    ] = ()
    bylines: Annotated[
        Templates,
        Meta(
            title="Bylines",
            description="Templates of bylines and credits, which are lines or follow a dateline.",
            examples=[["By {authors}", "(edited by {editor})"]],
        ),
    ] = ()


Place = tuple[str | int, ...]


def faults(file: DialectFile) -> list[tuple[Place, Message]]:
    """Return what is wrong with the templates and names of a file, with the path of each key."""
    found: list[tuple[Place, Message]] = []
    if file.name in DIALECTS or file.name == UNKNOWN.name:
        found.append((("name",), message("the program has a dialect of this name; choose another")))

    def attempt(place: Place, make: Any, *arguments: Any) -> None:
        try:
            make(*arguments)
        except TemplateError as wrong:
            found.append((place, wrong.problem))

    attempt(("title",), frame, file.title, "title")
    attempt(("source",), frame, file.source, "address")
    if file.published:
        attempt(("published",), compiled, file.published, DAY, DAY)
    if file.identifier:
        attempt(("identifier",), compiled, file.identifier, ("id",), ("id",))
    for name in ("links", "start", "end"):
        if "\n" in getattr(file, name):
            found.append(((name,), message("has a line break; give one line")))
    for name, allowed in (("drop", ("text",)), ("datelines", (*DAY, *CREDITS)), ("bylines", CREDITS)):
        for number, template in enumerate(getattr(file, name)):
            attempt((name, number), compiled, template, allowed)
    return found


@cache
def dialect_of(data: bytes) -> Dialect:
    """Return the dialect that a file describes; `data` is the file as JSON, which has no faults."""
    file = msgspec.json.decode(data, type=DialectFile)
    title, source = frame(file.title, "title"), frame(file.source, "address")
    start, end = file.start and f"\n{file.start}", file.end and f"\n{file.end}"
    return UNKNOWN._replace(
        name=file.name,
        title=title,
        nav=file.links and f"\n{file.links}",
        label=f"\n{source[0]}",
        label_end=source[1],
        start=start,
        end=end or f"\n{source[0]}",
        recognise=file.contains,
        host=file.host,
        drop=tuple(compiled(each, ("text",), whole=True) for each in file.drop),
        markup=COMMON._replace(asides=MappingProxyType({**COMMON.asides, **file.asides})),
        publisher=file.publisher,
        published=compiled(file.published, DAY) if file.published else UNKNOWN.published,
        identifier=_identifier(file.identifier),
        trim=not file.end,
        lines=Lines(
            tuple(compiled(each, (*DAY, *CREDITS)) for each in file.datelines),
            tuple(compiled(each, CREDITS) for each in file.bylines),
        ),
    )


def _identifier(template: str) -> re.Pattern[str] | None:
    """Return the pattern that finds the identifier anywhere in an address."""
    if not template:
        return None
    return re.compile(".*?" + compiled(template, ("id",)).pattern.replace("(?P<id>", "(?P<identifier>"))


def dialects_of(files: Sequence[bytes]) -> tuple[Dialect, ...]:
    """Return the dialects that files describe, in their order."""
    return tuple(map(dialect_of, files))


@cache
def make_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of a dialect's file, made from the declarations above."""
    (_,), definitions = msgspec.json.schema_components([DialectFile], ref_template="#/$defs/{name}")
    definitions = msgspec.json.decode(msgspec.json.encode(definitions))  # defaults are tuples, in JSON lists
    top = definitions.pop("DialectFile")
    top["properties"]["asides"]["additionalProperties"]["enum"] = list(get_args(AsideKind))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **top,
        "title": "Dialect",
        **({"$defs": definitions} if definitions else {}),
    }
