"""Files beside the parts: notes for other shards about one, and receipts of finished ones.

Names hold the number of a shard and a hash, so that two workers that do the same write the same.
"""

import os
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from convert.sharding.job import Job
from convert.storage import Storage

SCHEMA_NAME = "receipt.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:receipt:1"
VERSION = "1"
PARTS, FINDINGS, RECEIPTS, NOTES, WORK = "parts", "findings", "receipts", "work/notes", "work"

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]


class File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of the output."""

    path: Annotated[
        str, Meta(title="Path", description="Path below the output.", examples=["parts/0007-3f786850e387550f.jsonl"])
    ]
    sha256: Annotated[Sha256, Meta(title="SHA-256", description="SHA-256 of its bytes.", examples=["9f86d081" * 8])]
    bytes: Annotated[Count, Meta(title="Bytes", description="Size in bytes.", examples=[81920])]


class Counts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures of a shard, or of all."""

    documents: Annotated[Count, Meta(title="Documents", description="Documents that were read.", examples=[20500])] = 0
    articles: Annotated[Count, Meta(title="Articles", description="Articles that were written.", examples=[19543])] = 0
    not_articles: Annotated[
        Count, Meta(title="Other files", description="Documents that are no articles.", examples=[957])
    ] = 0
    left_out: Annotated[
        Count, Meta(title="Left out", description="Documents that are left out with an error.", examples=[0])
    ] = 0
    levels: Annotated[
        dict[str, Count], Meta(title="Levels", description="Findings by level.", examples=[{"warning": 12}])
    ] = {}
    unfixed: Annotated[
        dict[str, Count],
        Meta(title="Not fixed", description="Findings that cleaning does not fix, by level.", examples=[{"error": 1}]),
    ] = {}
    codes: Annotated[
        dict[str, Count], Meta(title="Codes", description="Findings by rule.", examples=[{"IMG001": 20500}])
    ] = {}

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            documents=self.documents + other.documents,
            articles=self.articles + other.articles,
            not_articles=self.not_articles + other.not_articles,
            left_out=self.left_out + other.left_out,
            levels=_sum(self.levels, other.levels),
            unfixed=_sum(self.unfixed, other.unfixed),
            codes=_sum(self.codes, other.codes),
        )


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}


class Note(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Note of a shard for the others."""

    key: str
    shard: int
    channels: dict[str, str] = {}
    """Names of channels that it knows, in the order in which it found them."""
    sections: tuple[str, ...] = ()
    """Channels of its articles."""
    articles: int = 0
    entries: File | None = None
    """Its survey."""
    hashes: File | None = None
    """Hashes by which other shards find its articles."""
    asks: tuple[str, ...] = ()
    """Channels that its pages link to and that it has no article of."""
    language: str = ""
    """Language of its articles, as far as their titles say, in Markdown."""
    listed: int = 0
    """Number of articles that its index pages list."""
    waits: bool = False
    """True if it is not written before others are known."""


class Receipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Receipt of a shard whose part is written."""

    receipt: Annotated[
        str, Meta(title="Version", description="Version of the form of the receipt.", examples=[VERSION])
    ] = VERSION
    key: Annotated[
        Sha256,
        Meta(
            title="Key",
            description="SHA-256 of all that decides the bytes of the part: list, format, options, versions.",
            examples=["60303ae2" * 8],
        ),
    ]
    answers: Annotated[
        str,
        Meta(
            title="Answers",
            description="SHA-256 of the answers of other shards to this one, empty if there are none.",
            examples=[""],
        ),
    ] = ""
    shard: Annotated[Count, Meta(title="Shard", description="Number of the shard.", examples=[7])]
    part: Annotated[
        File | None, Meta(title="Part", description="Its part of the output; null if it has no article.")
    ] = None
    findings: Annotated[
        File | None, Meta(title="Findings", description="Every finding and every removal; null if there is none.")
    ] = None
    counts: Annotated[Counts, Meta(title="Counts", description="Its figures.")] = Counts()


_note, _receipt = msgspec.json.Decoder(Note), msgspec.json.Decoder(Receipt)
encode = msgspec.json.Encoder(order=None).encode


def stem(shard: int, digest: str) -> str:
    """Return the beginning of the name of a file of a shard.

    >>> stem(7, "3f786850e387550fdab836ed7e6dc881de23001b")
    '0007-3f786850e387550f'
    """
    return f"{shard:04}-{digest[:16]}"


def note_name(job: Job, shard: int) -> str:
    """Return the name of a note."""
    return f"{NOTES}/{stem(shard, job.key)}.json"


def receipt_name(job: Job, shard: int, answers: str) -> str:
    """Return the name of a receipt; `answers` is the SHA-256 of the answers for it, "" for none."""
    return f"{RECEIPTS}/{stem(shard, sha256((job.key + answers).encode()).hexdigest())}.json"


def read_note(storage: Storage, job: Job, shard: int) -> Note | None:
    """Return the note of a shard, None if it is not there, or is damaged."""
    found: Note | None = _read(storage, note_name(job, shard), _note)
    return found if found and (found.key, found.shard) == (job.key, shard) else None


def read_receipt(storage: Storage, job: Job, shard: int, answers: str) -> Receipt | None:
    """Return the receipt of a shard, None if it, or a file that it names, is not there or is damaged."""
    found: Receipt | None = _read(storage, receipt_name(job, shard, answers), _receipt)
    if found is None or (found.key, found.shard, found.answers) != (job.key, shard, answers):
        return None
    files = [each for each in (found.part, found.findings) if each]
    return found if all(is_there(storage, each) for each in files) else None


def is_there(storage: Storage, file: File) -> bool:
    """Return whether a file is there with its size; its name has the hash of its bytes."""
    stored = storage.stat(file.path)
    return stored is not None and stored.size == file.bytes


def _read(storage: Storage, name: str, decoder: Any) -> Any:
    if storage.stat(name) is None:
        return None
    try:
        return decoder.decode(storage.read(name))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def put(storage: Storage, folder: str, shard: int, suffix: str, data: bytes) -> File:
    """Write a file of a shard, named by number and content, and return it."""
    digest = sha256(data).hexdigest()
    file = File(path=f"{folder}/{stem(shard, digest)}{suffix}", sha256=digest, bytes=len(data))
    if not is_there(storage, file):
        storage.put(file.path, data)
    return file


def put_file_once(storage: Storage, folder: str, shard: int, suffix: str, path: str, digest: str) -> File:
    """Write a local file with this SHA-256 under its number and content, and return it."""
    file = File(path=f"{folder}/{stem(shard, digest)}{suffix}", sha256=digest, bytes=os.path.getsize(path))
    if not is_there(storage, file):
        storage.put_file(file.path, path)
    return file


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of a receipt, made from the declarations above."""
    (_,), definitions = msgspec.json.schema_components([Receipt], ref_template="#/$defs/{name}")
    top = definitions.pop("Receipt")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **top,
        "$defs": dict(sorted(definitions.items())),
    }
