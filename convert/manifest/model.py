"""What a manifest holds, and its JSON Schema."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

SCHEMA_NAME = "manifest.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:manifest:1"
VERSION = "1"

_EXACT = (1 << 53) - 1
"""The largest number that every reader of JSON reads exactly (RFC 8259, section 6)."""

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64)]
Bytes = Annotated[int, Meta(ge=0, le=_EXACT)]
Number = Annotated[int, Meta(ge=-_EXACT, le=_EXACT)]
Inside = Annotated[
    str,
    Meta(
        # no part that is empty, '.' or '..', nothing that is another place on some system, no line end after `$`
        pattern=r"^(?!.*(^|/)\.{0,2}(/|$))[^\\:\x00-\x1f\x7f]+$(?!\n)",
        max_length=4096,
    ),
]
"""A path that leads nowhere but into the folder that it is relative to."""


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The program that made the outputs."""

    name: Annotated[str, Meta(title="Name", description="Its name.", min_length=1, examples=["archive-convert"])]
    version: Annotated[str, Meta(title="Version", description="Its version.", min_length=1, examples=["0.1.0"])]
    libraries: Annotated[
        dict[str, str],
        Meta(
            title="Libraries",
            description="The version of each library that decides bytes of the outputs.",
            examples=[{"ebooklib": "0.20"}],
        ),
    ] = {}


class Input(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A document that was read."""

    path: Annotated[
        str,
        Meta(
            title="Path",
            description="What the build calls it: its path in its source.",
            min_length=1,
            examples=["pages/nf9000001/n90000002.md"],
        ),
    ]
    sha256: Annotated[
        Sha256, Meta(title="SHA-256", description="Of its bytes, in hexadecimal.", examples=["888fef4e" * 8])
    ]
    bytes: Annotated[Bytes, Meta(title="Bytes", description="How many it has.", examples=[4753])]


class Output(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that was written."""

    path: Annotated[
        Inside,
        Meta(title="Path", description="Relative to the manifest's folder, POSIX.", examples=["nf9000001-2023.epub"]),
    ]
    sha256: Annotated[
        Sha256, Meta(title="SHA-256", description="Of its bytes, in hexadecimal.", examples=["9f86d081" * 8])
    ]
    bytes: Annotated[Bytes, Meta(title="Bytes", description="How many it has.", examples=[81920])]
    key: Annotated[
        Sha256,
        Meta(
            title="Key",
            description="SHA-256 of all that decides its bytes. As long as it is the same, so is the file.",
            examples=["60303ae2" * 8],
        ),
    ]
    title: Annotated[
        str, Meta(title="Title", description="Of the book, or of the article.", examples=["造纸与印刷"])
    ] = ""
    articles: Annotated[
        tuple[str, ...],
        Meta(
            title="Articles",
            description="The inputs whose articles it holds, by their paths, in reading order.",
            examples=[["pages/nf9000001/n90000002.md"]],
        ),
    ] = ()
    left_out: Annotated[
        Bytes,
        Meta(
            title="Left out",
            description="How many of its articles could not be converted; a page in their place says why.",
            examples=[0],
        ),
    ] = 0
    links: Annotated[
        dict[str, str],
        Meta(
            title="Links",
            description="Where the links out of this output lead: the key of an article, and the path of the output "
            "that holds it, empty if none does.",
            examples=[{"n90000003": "nf9000002-2023.epub", "n90000099": ""}],
        ),
    ] = {}


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a build read and wrote."""

    schema_version: Annotated[
        Literal["1"], Meta(title="Schema version", description="Of this form of manifest.", examples=["1"])
    ] = "1"
    tool: Annotated[
        Tool,
        Meta(title="Tool", description="What made it.", examples=[{"name": "archive-convert", "version": "0.1.0"}]),
    ]
    format: Annotated[str, Meta(title="Format", description="Of the outputs.", min_length=1, examples=["epub"])]
    options: Annotated[
        dict[str, str | Number | bool | tuple[str, ...] | None],
        Meta(
            title="Options",
            description="What was asked for, as far as it decides bytes.",
            examples=[{"nav": "keep", "split": ["channel", "month"], "tag_links": False}],
        ),
    ] = {}
    inputs: Annotated[
        tuple[Input, ...],
        Meta(
            title="Inputs",
            description="Each document that was read, in the order of the paths.",
            examples=[[{"path": "a.md", "sha256": "888fef4e" * 8, "bytes": 4753}]],
        ),
    ] = ()
    outputs: Annotated[
        tuple[Output, ...],
        Meta(
            title="Outputs",
            description="Each file that was written, in the order of the paths.",
            examples=[[{"path": "a.epub", "sha256": "9f86d081" * 8, "bytes": 81920, "key": "60303ae2" * 8}]],
        ),
    ] = ()


class Whole(Manifest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a build read and wrote."""

    sha256: Annotated[
        Sha256,
        Meta(
            title="SHA-256",
            description="Of this file as it was written, up to the line that says this.",
            examples=["a1b2c3d4" * 8],
        ),
    ]


def make_schema() -> dict[str, Any]:
    """The JSON Schema 2020-12 of a manifest, made from the declarations above."""
    (_,), definitions = msgspec.json.schema_components([Whole], ref_template="#/$defs/{name}")
    for struct in definitions.values():  # `encode` writes all of it, and its hash covers all of it
        struct["required"] = list(struct["properties"])
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
