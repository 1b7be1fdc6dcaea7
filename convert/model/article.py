"""The article: its metadata, its navigation and its body."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from convert.model.nodes import MOMENT, Block, Blocks, Figure, Name  # noqa: F401 -- msgspec looks up here what `Blocks` names

SCHEMA_VERSION: Final = "1.1"
"""Version of the contract that this program writes; it reads all older ones."""


class Provenance(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Origin of an article."""

    address: Annotated[
        str,
        Meta(
            title="Original address",
            description="The address at which the publisher put the article; empty if nothing gives it.",
            examples=["https://www.epochtimes.com/gb/23/9/12/n14072129.htm"],
        ),
    ]
    path: Annotated[
        str,
        Meta(title="Path", description="The document's path in its source.", examples=["pages/nf1412576/n14072129.md"]),
    ] = ""
    dialect: Annotated[
        str, Meta(title="Dialect", description="The form of the source document.", examples=["epoch-news/pixel"])
    ] = ""
    captured: Annotated[
        str,
        Meta(
            pattern=MOMENT,
            title="Captured",
            description="Moment at which it was fetched for an archive, or saved by a program (ISO 8601).",
            examples=["2018-08-31T06:55:16+00:00"],
        ),
    ] = ""
    sha256: Annotated[
        str,
        Meta(pattern="^([0-9a-f]{64})?$", title="SHA-256", description="Of the document's bytes.", examples=["0" * 64]),
    ] = ""


class NavLink(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """A link of the mirror itself.  Its target is empty if the page does not give it."""

    label: Annotated[str, Meta(min_length=1, title="Label", description="The link's text.", examples=["首页"])]
    target: Annotated[
        str,
        Meta(
            title="Target",
            description="Its address.",
            examples=["https://github.com/OWNER/epoch-news"],
        ),
    ] = ""


class Article(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """An article: metadata and body."""

    schema_version: Annotated[
        Literal["1", "1.1"],
        Meta(
            title="Schema version",
            description="Version of this contract; 1.1 added nodes and fields to 1.",
            examples=[SCHEMA_VERSION],
        ),
    ]
    id: Annotated[
        str,
        Meta(
            min_length=1,
            title="Identifier",
            description="The publisher's own, else the file's name.",
            examples=["n14072129"],
        ),
    ]
    title: Annotated[str, Meta(min_length=1, title="Title", description="The headline.", examples=["纸的历史"])]
    language: Annotated[
        str,
        Meta(
            pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
            title="Language",
            description="A BCP 47 tag.",
            examples=["zh-Hans", "zh-Hant", "en"],
        ),
    ]
    published: Annotated[
        str,
        Meta(
            pattern=MOMENT,
            title="Published",
            description="Date, or date and time with zone (ISO 8601).",
            examples=["2023-09-12", "2018-08-31T06:55:16+00:00"],
        ),
    ] = ""
    modified: Annotated[
        str,
        Meta(
            pattern=MOMENT,
            title="Modified",
            description="Date and time of the last change (ISO 8601).",
            examples=["2018-09-12T08:10:00+08:00"],
        ),
    ] = ""
    publisher: Annotated[str, Meta(title="Publisher", description="The publisher's name.", examples=["大纪元"])] = ""
    authors: Annotated[
        tuple[Name, ...], Meta(title="Authors", description="Reporters and writers, in order.", examples=[["徐简"]])
    ] = ()
    report_type: Annotated[
        str,
        Meta(title="Report type", description="The kind of report, in the article's own words.", examples=["综合报导"]),
    ] = ""
    agency: Annotated[
        str, Meta(title="Agency", description="The agency that the report is from.", examples=["中央社"])
    ] = ""
    dateline: Annotated[
        str,
        Meta(
            title="Dateline",
            description="As printed; it also stays in the body.",
            examples=["大纪元2023年09月12日讯"],
        ),
    ] = ""
    editor: Annotated[str, Meta(title="Editor", description="The editor in charge.", examples=["林妍"])] = ""
    section: Annotated[str, Meta(title="Section", description="The mirror's channel.", examples=["nf1412576"])] = ""
    section_name: Annotated[
        str,
        Meta(title="Section name", description="The channel's name.", examples=["文化百科"]),
    ] = ""
    series: Annotated[
        str, Meta(title="Series", description="The series that the title names.", examples=["新闻看点"])
    ] = ""
    media: Annotated[
        tuple[Name, ...],
        Meta(title="Media", description="The media besides text that the title announces.", examples=[["图"]]),
    ] = ()
    keywords: Annotated[
        tuple[Name, ...],
        Meta(title="Keywords", description="The tags that the source gives it, in order.", examples=[["造纸"]]),
    ] = ()
    description: Annotated[
        str, Meta(title="Description", description="The source's summary of it.", examples=["纸从洛阳来。"])
    ] = ""
    source: Annotated[
        Provenance,
        Meta(
            title="Source",
            description="The origin of the article.",
            examples=[{"address": "https://www.epochtimes.com/gb/23/9/12/n14072129.htm"}],
        ),
    ]
    lead: Annotated[
        Figure | None,
        Meta(
            title="Lead",
            description="The picture above the article.",
            examples=[{"type": "figure", "images": [{"type": "image", "address": "https://example.org/press.jpg"}]}],
        ),
    ] = None
    nav: Annotated[
        tuple[NavLink, ...],
        Meta(title="Navigation", description="The mirror's own links.", examples=[[{"label": "首页"}]]),
    ] = ()
    body: Blocks
