"""The manifest of a job, which is written last: only with it the output is there."""

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from convert import __version__
from convert.building.choices import libraries
from convert.errors import UsageError
from convert.sharding.job import Job
from convert.sharding.listing import ShardList
from convert.sharding.receipts import (
    FINDINGS,
    PARTS,
    RECEIPTS,
    WORK,
    Count,
    Counts,
    File,
    Receipt,
    Sha256,
    is_there,
    put_file_once,
)
from convert.storage import Storage, is_address
from convert.text import printable

SCHEMA_NAME = "parts.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:parts:1"
VERSION = "1"
MANIFEST = "manifest.json"
LISTS = "lists"


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The program that made the parts."""

    name: Annotated[str, Meta(title="Name", description="Name of the program.", examples=["archive-convert"])]
    version: Annotated[str, Meta(title="Version", description="Version of the program.", examples=["0.1.0"])]
    libraries: Annotated[
        dict[str, str],
        Meta(
            title="Libraries", description="Version of each library that affects the bytes.", examples=[{"lxml": "6"}]
        ),
    ]


class Inputs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list of the objects that were read, with their hashes."""

    list: Annotated[File, Meta(title="List", description="A copy of the list, beside the parts.")]
    root: Annotated[
        str, Meta(title="Root", description="Folder or address that it is relative to.", examples=["s3://archive"])
    ]
    shards: Annotated[Count, Meta(title="Shards", description="Number of its shards.", examples=[41])]
    objects: Annotated[Count, Meta(title="Objects", description="Number of its objects.", examples=[41])]
    bytes: Annotated[Count, Meta(title="Bytes", description="Sum of their sizes.", examples=[194000000])]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Result of a shard."""

    shard: Annotated[Count, Meta(title="Shard", description="Number of the shard.", examples=[7])]
    articles: Annotated[Count, Meta(title="Articles", description="Number of articles in the part.", examples=[500])]
    part: Annotated[File | None, Meta(title="Part", description="The part; null for a shard without an article.")]
    findings: Annotated[
        File | None, Meta(title="Findings", description="Every finding and every removal; null if there is none.")
    ]


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Manifest of an output in parts."""

    schema_version: Annotated[Literal["1"], Meta(title="Version", description="Version of this form.")] = "1"
    tool: Annotated[Tool, Meta(title="Tool", description="The program that made the parts.")]
    format: Annotated[str, Meta(title="Format", description="Format of the parts.", examples=["jsonl"])]
    options: Annotated[
        dict[str, str | int | bool | tuple[str, ...] | None],
        Meta(title="Options", description="Options that affect the bytes.", examples=[{"nav": "keep"}]),
    ]
    key: Annotated[
        Sha256,
        Meta(title="Key", description="SHA-256 of all that decides the bytes of the parts.", examples=["60303ae2" * 8]),
    ]
    inputs: Annotated[Inputs, Meta(title="Inputs", description="The list of the objects that were read.")]
    counts: Annotated[Counts, Meta(title="Counts", description="The figures of all parts.")]
    contents: Annotated[
        File | None,
        Meta(title="Contents", description="Archive with the file that lists all articles, in Markdown; else null."),
    ]
    parts: Annotated[tuple[Part, ...], Meta(title="Parts", description="The shards, in the order of the list.")]
    sha256: Annotated[
        Sha256,
        Meta(
            title="SHA-256", description="SHA-256 of this file up to the line with this field.", examples=["a1b2" * 16]
        ),
    ]

    @property
    def outputs(self) -> tuple[File, ...]:
        """Return all files that it names."""
        files = [self.inputs.list, self.contents, *(file for part in self.parts for file in (part.part, part.findings))]
        return tuple(file for file in files if file)


_encode = msgspec.json.Encoder(order="deterministic").encode
_FOLDERS = (PARTS, FINDINGS, RECEIPTS, WORK, LISTS)


def guard_target(job: Job, found: ShardList, storage: Storage) -> None:
    """Check that a job writes nothing into what it reads, and replaces nothing that is not its own.

    Raises:
        UsageError: it would.
    """
    root, target = _whole(found.head.root), _whole(job.target)
    if target.startswith(root) or any(root.startswith(f"{target}{folder}/") for folder in _FOLDERS):
        raise UsageError("-o: OUT lies in what the list names, or the other way round; write elsewhere")
    if not is_address(job.target) and os.path.isfile(job.target):
        raise UsageError("{path} is a file; name a folder with -o", path=repr(printable(job.target)))
    if storage.stat(MANIFEST) and read(storage.read(MANIFEST)) is None:
        raise UsageError(
            "{path} has a {name} that is no manifest of parts; name another folder with -o",
            path=repr(printable(job.target)),
            name=MANIFEST,
        )


def _whole(where: str) -> str:
    """Return a folder or an address in one form, with a slash at its end."""
    return f"{where if is_address(where) else os.path.realpath(where)}".rstrip("/") + "/"


def finished(job: Job, storage: Storage) -> Counts | None:
    """Return the figures of a job whose manifest and parts are there; None if something is still to be done."""
    manifest = read(storage.read(MANIFEST)) if storage.stat(MANIFEST) else None
    if manifest is None or manifest.key != job.key:
        return None
    return manifest.counts if all(is_there(storage, file) for file in manifest.outputs) else None


def finish(
    job: Job, found: ShardList, storage: Storage, receipts: Iterable[Receipt], contents: File | None = None
) -> Counts:
    """Write the manifest of a job whose shards are all done, and return its figures.

    `contents` is the archive with the file that lists all articles, if there is one.

    Raises:
        ConvertError: a shard is not done; nothing is written then.
        StoreError: the manifest cannot be written.
    """
    counts = Counts()
    lines = []
    for receipt in receipts:
        counts += receipt.counts
        part = Part(shard=receipt.shard, articles=receipt.counts.articles, part=receipt.part, findings=receipt.findings)
        lines.append(_encode(part))
    inputs = Inputs(
        list=put_file_once(storage, LISTS, 0, ".jsonl", job.path, job.digest),
        root=found.head.root,
        shards=len(found),
        objects=found.end.objects,
        bytes=found.end.bytes,
    )
    body = b"".join(_body(job, inputs, counts, contents, lines))
    storage.put(MANIFEST, b'%b  "sha256": "%b"\n}\n' % (body, sha256(body).hexdigest().encode()))
    return counts


def _body(job: Job, inputs: Inputs, counts: Counts, contents: File | None, lines: list[bytes]) -> Iterator[bytes]:
    """Yield the content of the file up to the line with its hash."""
    tool = Tool(name="archive-convert", version=__version__, libraries=libraries(frozenset()))
    fields = {
        "schema_version": VERSION, "tool": tool, "format": job.to, "options": job.options, "key": job.key,
        "inputs": inputs, "counts": counts, "contents": contents,
    }  # fmt: skip
    yield b"{\n"
    for name, value in fields.items():
        yield b'  "%b": %b,\n' % (name.encode(), _encode(value))
    yield b'  "parts": [\n    %b\n  ],\n' % b",\n    ".join(lines)


def read(data: bytes) -> Manifest | None:
    """Return a manifest of parts; None if it is damaged, or another file."""
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    body, _, _ = data.rpartition(b'  "sha256"')
    return found if sha256(body).hexdigest() == found.sha256 else None


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of a manifest of parts, made from the declarations above."""
    (_,), definitions = msgspec.json.schema_components([Manifest], ref_template="#/$defs/{name}")
    top = definitions.pop("Manifest")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **top,
        "title": "Manifest of parts",
        "$defs": dict(sorted(definitions.items())),
    }
