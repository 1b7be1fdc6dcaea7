"""The types of a manifest, and its JSON Schema."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

SCHEMA_NAME = "manifest.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:manifest:1"
VERSION = "1"

_EXACT = (1 << 53) - 1
"""Largest integer that every JSON parser reads exactly (RFC 8259, section 6)."""

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64)]
Bytes = Annotated[int, Meta(ge=0, le=_EXACT)]
Number = Annotated[int, Meta(ge=-_EXACT, le=_EXACT)]
Inside = Annotated[
    str,
    Meta(
        # no part that is empty, '.' or '..', no character that leads elsewhere on some system, no line end after `$`
        pattern=r"^(?!.*(^|/)\.{0,2}(/|$))[^\\:\x00-\x1f\x7f]+$(?!\n)",
        max_length=4096,
    ),
]
"""Path that cannot lead out of the folder that it is relative to."""


OPTIONAL = ("pictures", "stored", "fitted", "beside", "credits", "omitted")
"""Fields of outputs that are left away if they say nothing: no pictures, no book, no article left out."""


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The program that made the outputs."""

    name: Annotated[
        str, Meta(title="Name", description="Name of the program.", min_length=1, examples=["archive-convert"])
    ]
    version: Annotated[
        str, Meta(title="Version", description="Version of the program.", min_length=1, examples=["0.1.0"])
    ]
    libraries: Annotated[
        dict[str, str],
        Meta(
            title="Libraries",
            description="Version of each library that affects the bytes of the outputs.",
            examples=[{"ebooklib": "0.20"}],
        ),
    ] = {}


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A document that was read."""

    path: Annotated[
        str,
        Meta(
            title="Path",
            description="Path of the document in its source.",
            min_length=1,
            examples=["pages/nf9000001/n90000002.md"],
        ),
    ]
    sha256: Annotated[
        Sha256, Meta(title="SHA-256", description="SHA-256 of the content, in hexadecimal.", examples=["888fef4e" * 8])
    ]
    bytes: Annotated[Bytes, Meta(title="Bytes", description="Size in bytes.", examples=[4753])]


class Output(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that was written."""

    path: Annotated[
        Inside,
        Meta(
            title="Path", description="POSIX path relative to the manifest's folder.", examples=["nf9000001-2023.epub"]
        ),
    ]
    sha256: Annotated[
        Sha256, Meta(title="SHA-256", description="SHA-256 of the content, in hexadecimal.", examples=["9f86d081" * 8])
    ]
    bytes: Annotated[Bytes, Meta(title="Bytes", description="Size in bytes.", examples=[81920])]
    key: Annotated[
        Sha256,
        Meta(
            title="Key",
            description="SHA-256 of everything that affects the bytes; with the same key, the file is the same.",
            examples=["60303ae2" * 8],
        ),
    ]
    title: Annotated[
        str, Meta(title="Title", description="Title of the book or the article.", examples=["造纸与印刷"])
    ] = ""
    articles: Annotated[
        tuple[str, ...],
        Meta(
            title="Articles",
            description="Paths of the inputs whose articles it contains, or that show it, in reading order.",
            examples=[["pages/nf9000001/n90000002.md"]],
        ),
    ] = ()
    left_out: Annotated[
        Bytes,
        Meta(
            title="Left out",
            description="Number of articles that could not be converted; a page in place of each gives the reason.",
            examples=[0],
        ),
    ] = 0
    links: Annotated[
        dict[str, str],
        Meta(
            title="Links",
            description="Links out of this output: the key of each linked article, and the path of the output that "
            "contains it, empty if none does.",
            examples=[{"n90000003": "nf9000002-2023.epub", "n90000099": ""}],
        ),
    ] = {}

    fitted: Annotated[
        dict[str, int],
        Meta(
            title="Fitted",
            description="Rung to which its pictures were reduced so that it keeps to a size: most bytes; number of "
            "pictures; longer edge, quality and colour on the lowest rung, and how many are on it; how many are left "
            "out.  Left away if none was reduced.",
            examples=[
                {"limit": 45000000, "pictures": 900, "edge": 480, "quality": 60, "grey": 0, "on_this_rung": 700,
                 "left_out": 0}
            ],
        ),
    ] = {}  # fmt: skip
    pictures: Annotated[
        dict[str, str],
        Meta(
            title="Pictures",
            description="Pictures that it shows or lacks: the address of each, and the SHA-256 of the bytes that are "
            "shown, or the reason why there are none; left away if there are no pictures.",
            examples=[
                {"https://img.example.org/press.jpg": "5e884898" * 8, "https://img.example.org/b.jpg": "not-found"}
            ],
        ),
    ] = {}
    stored: Annotated[
        str,
        Meta(
            title="Stored",
            description="SHA-256 of the answers of the store of pictures, by which the next build sees whether one has "
            "changed; left away if there are no pictures.",
            examples=["6b86b273" * 8],
        ),
    ] = ""
    beside: Annotated[
        dict[str, dict[str, str]],
        Meta(
            title="Beside",
            description="References to pictures beside documents, by article: each reference, and the address of the "
            "content that it led to, empty if it led to none; left away if there are no such pictures.",
            examples=[{"notes/press.md": {"press.jpg": "sha256:" + "5e884898" * 8}}],
        ),
    ] = {}
    credits: Annotated[
        dict[str, tuple[str, ...]],
        Meta(
            title="Credits",
            description="Creators and publishers of a book, by the terms of Dublin Core, as a catalogue names them; "
            "left away in formats that a catalogue cannot list.",
            examples=[{"creator": ["大纪元"], "publisher": ["大纪元"]}],
        ),
    ] = {}
    omitted: Annotated[
        tuple[str, ...],
        Meta(
            title="Omitted",
            description="Paths of those of its articles that could not be converted, which a later addition has once "
            "they can be; left away if there are none.",
            examples=[["pages/nf9000001/n90000009.md"]],
        ),
    ] = ()


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Inputs, options and outputs of a build."""

    schema_version: Annotated[
        Literal["1"], Meta(title="Schema version", description="Version of this schema.", examples=["1"])
    ] = "1"
    tool: Annotated[
        Tool,
        Meta(
            title="Tool",
            description="Program that made the outputs.",
            examples=[{"name": "archive-convert", "version": "0.1.0"}],
        ),
    ]
    format: Annotated[str, Meta(title="Format", description="Format of the outputs.", min_length=1, examples=["epub"])]
    options: Annotated[
        dict[str, str | Number | bool | tuple[str, ...] | None],
        Meta(
            title="Options",
            description="Options that affect the bytes of the outputs.",
            examples=[{"nav": "keep", "split": ["channel", "month"], "tag_links": False}],
        ),
    ] = {}
    inputs: Annotated[
        tuple[Input, ...],
        Meta(
            title="Inputs",
            description="Documents that were read, sorted by path.",
            examples=[[{"path": "a.md", "sha256": "888fef4e" * 8, "bytes": 4753}]],
        ),
    ] = ()
    outputs: Annotated[
        tuple[Output, ...],
        Meta(
            title="Outputs",
            description="Files that were written, sorted by path.",
            examples=[[{"path": "a.epub", "sha256": "9f86d081" * 8, "bytes": 81920, "key": "60303ae2" * 8}]],
        ),
    ] = ()


class Whole(Manifest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Inputs, options and outputs of a build."""

    sha256: Annotated[
        Sha256,
        Meta(
            title="SHA-256",
            description="SHA-256 of this file up to the line with this field.",
            examples=["a1b2c3d4" * 8],
        ),
    ]


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of a manifest, made from the declarations above."""
    (_,), definitions = msgspec.json.schema_components([Whole], ref_template="#/$defs/{name}")
    for struct in definitions.values():  # `encode` writes every field but the optional ones; the hash covers them
        struct["required"] = [name for name in struct["properties"] if name not in OPTIONAL]
        for each in struct["properties"].values():
            each.pop("default", None)
    top = definitions.pop("Whole")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **top,
        "title": "Manifest",
        "$defs": dict(sorted(definitions.items())),
    }
