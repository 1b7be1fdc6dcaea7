"""The table `[conversion]` of the settings: format, options and output of `convert --to`."""

import os
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from convert.bundle.volumes import ORDERS
from convert.pictures.profiles import PROFILES
from convert.printing.design import CHOICES
from convert.storage.address import is_address
from convert.writers import WRITERS
from convert.writers.options import COVERS, SEARCHES

Text = Annotated[str, Meta(min_length=1)]
Texts = Annotated[tuple[Text, ...], Meta(min_length=1)]


class Conversion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Settings of a conversion."""

    to: Annotated[
        Text | UnsetType,
        Meta(
            title="To",
            description="Format of the outputs.",
            examples=["epub"],
            extra_json_schema={"enum": sorted(WRITERS)},
        ),
    ] = UNSET
    output: Annotated[
        Text | UnsetType,
        Meta(
            title="Output",
            description="File or folder of the outputs, from the folder of the settings, or their address.",
            examples=["books"],
        ),
    ] = UNSET
    split: Annotated[
        Text | UnsetType,
        Meta(
            title="Split",
            description="Ways to divide the articles into volumes, with commas.",
            examples=["channel,month"],
        ),
    ] = UNSET
    title: Annotated[
        Text | UnsetType,
        Meta(
            title="Title", description="Title of the book; of several volumes its beginning.", examples=["造纸与印刷"]
        ),
    ] = UNSET
    since: Annotated[
        Text | UnsetType,
        Meta(title="Since", description="First day, month or year of the articles.", examples=["2023"]),
    ] = UNSET
    until: Annotated[
        Text | UnsetType,
        Meta(title="Until", description="Last day, month or year of the articles.", examples=["2023-09"]),
    ] = UNSET
    channel: Annotated[
        Texts | UnsetType,
        Meta(title="Channel", description="Channels to take, by folder or name.", examples=[["nf9000001"]]),
    ] = UNSET
    query: Annotated[
        Texts | UnsetType,
        Meta(title="Query", description="Terms that an article must all meet.", examples=[["publisher:大纪元"]]),
    ] = UNSET
    articles: Annotated[
        Text | UnsetType,
        Meta(
            title="Articles",
            description="File that lists the articles to take, from the folder of the settings.",
            examples=["chosen.txt"],
        ),
    ] = UNSET
    exclude: Annotated[
        Text | UnsetType,
        Meta(
            title="Exclude",
            description="File that lists the documents to leave out, from the folder of the settings.",
            examples=["exclude.txt"],
        ),
    ] = UNSET
    since_manifest: Annotated[
        Texts | UnsetType,
        Meta(
            title="Since manifest",
            description="Manifests of the builds to which this one is an addition, from the folder of the settings.",
            examples=[["yesterday.json"]],
        ),
    ] = UNSET
    order: Annotated[
        Text | UnsetType,
        Meta(
            title="Order",
            description="Order of the articles of a channel.",
            examples=["newest"],
            extra_json_schema={"enum": sorted(ORDERS)},
        ),
    ] = UNSET
    duplicates: Annotated[
        Text | UnsetType,
        Meta(
            title="Duplicates",
            description="`once` to write an article of several channels once, `keep` to write it each time.",
            examples=["keep"],
            extra_json_schema={"enum": ["once", "keep"]},
        ),
    ] = UNSET
    nav: Annotated[
        Text | UnsetType,
        Meta(
            title="Nav",
            description="`keep` to keep the mirror's own links, `drop` to leave them out.",
            examples=["drop"],
            extra_json_schema={"enum": ["keep", "drop"]},
        ),
    ] = UNSET
    tag_links: Annotated[
        bool | UnsetType,
        Meta(title="Tag links", description="True to keep links to keyword pages in books.", examples=[True]),
    ] = UNSET
    clean_links: Annotated[
        bool | UnsetType,
        Meta(
            title="Clean links", description="True to take campaigns and click counters out of links.", examples=[True]
        ),
    ] = UNSET
    flat: Annotated[
        bool | UnsetType,
        Meta(title="Flat", description="True for JSON Lines of plain text and metadata.", examples=[True]),
    ] = UNSET
    search: Annotated[
        Text | UnsetType,
        Meta(
            title="Search",
            description="Contents of the search index of a site: titles and texts, titles alone, or nothing.",
            examples=["titles"],
            extra_json_schema={"enum": list(SEARCHES)},
        ),
    ] = UNSET
    script: Annotated[
        Text | UnsetType,
        Meta(
            title="Script",
            description="Characters to which Chinese is converted: simplified or traditional.",
            examples=["hant"],
            extra_json_schema={"enum": ["hans", "hant"]},
        ),
    ] = UNSET
    store: Annotated[
        Text | UnsetType,
        Meta(
            title="Store",
            description="Store of the pictures to show, from the folder of the settings.",
            examples=["pictures"],
        ),
    ] = UNSET
    images: Annotated[
        Text | UnsetType,
        Meta(
            title="Images",
            description="Size and colour of the pictures.",
            examples=["ereader"],
            extra_json_schema={"enum": list(PROFILES)},
        ),
    ] = UNSET
    fit: Annotated[
        Text | UnsetType,
        Meta(title="Fit", description="Size to which a book's pictures are reduced.", examples=["45MB"]),
    ] = UNSET
    cover: Annotated[
        Text | UnsetType,
        Meta(
            title="Cover",
            description="EPUB: `svg`, `png` or `lead`, or the file of a picture, from the folder of the settings.",
            examples=["png"],
        ),
    ] = UNSET
    page: Annotated[
        Text | UnsetType,
        Meta(
            title="Page",
            description="PDF: size of the pages.",
            examples=["a5"],
            extra_json_schema={"enum": list(CHOICES["page"])},
        ),
    ] = UNSET
    style: Annotated[
        Text | UnsetType,
        Meta(
            title="Style",
            description="PDF: how Chinese paragraphs are marked.",
            examples=["spaced"],
            extra_json_schema={"enum": list(CHOICES["style"])},
        ),
    ] = UNSET
    stylesheet: Annotated[
        Text | UnsetType,
        Meta(
            title="Stylesheet", description="PDF: file of CSS, from the folder of the settings.", examples=["print.css"]
        ),
    ] = UNSET
    pdf_engine: Annotated[
        Text | UnsetType,
        Meta(
            title="PDF engine",
            description="PDF: engine that draws the pages.",
            examples=["typst"],
            extra_json_schema={"enum": list(CHOICES["engine"])},
        ),
    ] = UNSET
    pdf_variant: Annotated[
        Text | UnsetType,
        Meta(
            title="PDF variant",
            description="PDF: standard besides PDF/UA-1.",
            examples=["pdf/a-2u"],
            extra_json_schema={"enum": list(CHOICES["variant"])},
        ),
    ] = UNSET
    manifest: Annotated[
        bool | UnsetType,
        Meta(title="Manifest", description="True to write a manifest beside the outputs.", examples=[True]),
    ] = UNSET
    update: Annotated[
        bool | UnsetType,
        Meta(
            title="Update", description="True to rebuild only outputs whose inputs or options changed.", examples=[True]
        ),
    ] = UNSET
    ledger: Annotated[
        Text | UnsetType,
        Meta(
            title="Ledger",
            description="File of every finding and every removal, from the folder of the settings.",
            examples=["ledger.jsonl"],
        ),
    ] = UNSET
    changes: Annotated[
        Text | UnsetType,
        Meta(
            title="Changes",
            description="File of the outputs that were made, kept and removed, from the folder of the settings.",
            examples=["changes.txt"],
        ),
    ] = UNSET
    catalog: Annotated[
        bool | UnsetType,
        Meta(title="Catalog", description="True to write a catalogue of the books beside them.", examples=[True]),
    ] = UNSET
    catalog_url: Annotated[
        Text | UnsetType,
        Meta(
            title="Catalog URL",
            description="Address at which the folder of the books is published, for absolute links in the catalogue.",
            examples=["https://example.org/books/"],
        ),
    ] = UNSET
    strict: Annotated[
        bool | UnsetType,
        Meta(title="Strict", description="True to write nothing if there is any error or warning.", examples=[True]),
    ] = UNSET

    def defaults(self, folder: str) -> dict[str, Any]:
        """Return the values by the names of the command line's parameters; paths are relative to `folder`."""
        return {
            _PARAMETERS.get(name, name): _from(folder, value) if _is_path(name, value) else value
            for name, value in msgspec.structs.asdict(self).items()
            if value is not UNSET
        }

    def unknown(self) -> bool:
        """Return True if a value is none of those that its key can have."""
        return any(getattr(self, name) is not UNSET and getattr(self, name) not in known for name, known in _KNOWN)


def _from(folder: str, value: Any) -> Any:
    """Return a path, or several, from a folder; an address stays."""
    if isinstance(value, tuple):
        return tuple(_from(folder, each) for each in value)
    return value if is_address(value) else os.path.join(folder, value)


def _is_path(name: str, value: object) -> bool:
    return name in _PATHS and value not in (COVERS if name == "cover" else ("-",))


_KNOWN = (
    ("to", sorted(WRITERS)),
    ("order", sorted(ORDERS)),
    ("duplicates", ("once", "keep")),
    ("nav", ("keep", "drop")),
    ("script", ("hans", "hant")),
    ("images", PROFILES),
    ("page", CHOICES["page"]),
    ("style", CHOICES["style"]),
    ("pdf_engine", CHOICES["engine"]),
    ("pdf_variant", CHOICES["variant"]),
)
_PATHS = frozenset(
    {"output", "articles", "exclude", "since_manifest", "store", "stylesheet", "ledger", "changes", "cover"}
)
_PARAMETERS = {
    "to": "to_", "channel": "channels", "query": "queries", "pdf_engine": "engine", "pdf_variant": "variant",
}  # fmt: skip
"""Names of parameters that differ from their keys."""

CHOOSING = ("since", "until", "channels", "queries", "articles", "exclude")
"""Parameters that choose articles, which `convert fetch` has too."""
PRINTING = ("page", "style", "stylesheet", "engine", "variant")
"""Parameters that only formats with pages have."""
