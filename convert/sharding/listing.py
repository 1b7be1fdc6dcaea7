"""The list of a storage: JSON Lines with a head, a line for each object or range of one, and an end.

Lines are in the order of the shards, so that one shard is found by bisection, and nothing of the list but its end is in
memory.
"""

import os
from collections.abc import Iterator
from functools import cached_property
from hashlib import file_digest
from typing import Annotated, Any, BinaryIO, Literal, NoReturn

import msgspec
from msgspec import Meta, Struct

from convert.errors import SourceError, UsageError, reason
from convert.messages import Message, message
from convert.sources.ref import safe_parts
from convert.text import printable

SCHEMA_NAME = "list.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:list:1"
VERSION = "1"
MOST = 1_000_000
"""Largest number of shards."""
_LONGEST = 1 << 16
"""Longest line, in bytes."""

Count = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
Shard = Annotated[int, Meta(ge=0, lt=MOST, title="Shard", description="Number of the shard, from 0.", examples=[7])]


class Head(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """First line of a list."""

    version: Annotated[
        str, Meta(title="Version", description="Version of the form of the list.", examples=[VERSION])
    ] = msgspec.field(name="list")
    root: Annotated[
        str,
        Meta(
            min_length=1,
            title="Root",
            description="Folder or address that the names of objects are relative to.",
            examples=["s3://archive/mirror"],
        ),
    ]


class Object(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Object of a storage, or a range of one, that a shard reads."""

    shard: Shard
    name: Annotated[
        str,
        Meta(
            min_length=1,
            title="Name",
            description="Name of the object, relative to the root.",
            examples=["mirror-0007.tar"],
        ),
    ]
    offset: Annotated[
        Count, Meta(title="Offset", description="First byte that is read; 0 for a whole object.", examples=[0])
    ] = 0
    length: Annotated[Count, Meta(title="Length", description="Number of bytes that are read.", examples=[4853760])]
    hash: Annotated[
        str,
        Meta(
            pattern="^(sha256:[0-9a-f]{64}|etag:[^\n]*)$",
            title="Hash",
            description="Content when it was listed: `sha256:` of these bytes, or `etag:` of the object.",
            examples=["etag:5e8af1c9"],
        ),
    ]
    line: Annotated[
        Count,
        Meta(title="Line", description="Number of the first line of a range of JSON Lines, from 1.", examples=[20001]),
    ] = 0
    at: Annotated[
        str,
        Meta(
            title="At",
            description="Beginning of the paths of its documents, where it is not the object's own name.",
            examples=["2023/mirror.tar"],
        ),
    ] = ""

    @property
    def tag(self) -> str:
        """Return the tag of the object, "" if the hash is of its bytes."""
        return self.hash.removeprefix("etag:") if self.hash.startswith("etag:") else ""

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the bytes, "" if the hash is a tag."""
        return self.hash.removeprefix("sha256:") if self.hash.startswith("sha256:") else ""


class End(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Last line of a list."""

    shards: Annotated[Count, Meta(title="Shards", description="Number of shards.", examples=[41])]
    objects: Annotated[Count, Meta(title="Objects", description="Number of lines of objects.", examples=[41])]
    bytes: Annotated[Count, Meta(title="Bytes", description="Sum of their lengths.", examples=[194000000])]
    roots: Annotated[
        Count,
        Meta(
            title="Roots",
            description="Number of sources that they are: all small files are one, each archive is another.",
            examples=[41],
        ),
    ]


_head, _object, _end = msgspec.json.Decoder(Head), msgspec.json.Decoder(Object), msgspec.json.Decoder(End)
encode = msgspec.json.Encoder().encode


class _AnyVersion(Struct):
    version: str = msgspec.field(name="list")


class ShardList:
    """List in a file of this machine.

    Raises:
        UsageError: it is no list, is of another version, or was cut short.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            with open(path, "rb") as file:
                first = file.readline(_LONGEST)
                self._start = file.tell()
                self._size = os.fstat(file.fileno()).st_size
                last = _last_line(file, self._start, self._size)
        except OSError as error:
            raise SourceError(
                "cannot read the list {path}: {reason}; make one with `convert list`",
                path=repr(printable(path)),
                reason=reason(error),
            ) from error
        self.head = self._head(first)
        try:
            self.end = _end.decode(last)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._wrong(message("its last line is missing: it was cut short"))
        self._size -= len(last)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the whole file."""
        with open(self.path, "rb") as file:
            return file_digest(file, "sha256").hexdigest()

    def __len__(self) -> int:
        return self.end.shards

    def objects(self, shard: int) -> list[Object]:
        """Return the objects of a shard.

        Raises:
            UsageError: there is no such shard, or the list is damaged there.
        """
        if not 0 <= shard < len(self):
            raise UsageError(
                "{path} has no shard {shard}; give a number from 0 to {last}",
                path=repr(printable(self.path)),
                shard=shard,
                last=len(self) - 1,
            )
        with open(self.path, "rb") as file:
            file.seek(self._find(file, shard))
            found = []
            while file.tell() < self._size and (each := self._object(file.readline(_LONGEST))).shard == shard:
                found.append(each)
        if not found:
            self._wrong(message("shard {shard} has no line", shard=shard))
        return found

    def check(self) -> None:
        """Read the whole list.

        Raises:
            UsageError: a line is damaged, names something outside of the root, or is not in the order of the shards.
        """
        with open(self.path, "rb") as file:
            file.seek(self._start)
            number, before, objects = 1, -1, 0
            while file.tell() < self._size:
                number, objects = number + 1, objects + 1
                shard = self._object(file.readline(_LONGEST), number).shard
                if shard not in (before, before + 1):
                    self._wrong(message("shard {shard} is not in its order", shard=shard), number)
                before = shard
        if (before + 1, objects) != (self.end.shards, self.end.objects):
            self._wrong(message("lines are missing"))

    def _find(self, file: BinaryIO, shard: int) -> int:
        """Return where the first line of a shard begins."""
        low, high = self._start, self._size
        while low < high:
            middle = (low + high) // 2
            file.seek(max(middle - 1, self._start))
            if middle > self._start:
                file.readline(_LONGEST)  # the rest of the line before
            at = file.tell()
            if at >= high:
                high = middle
            elif self._object(file.readline(_LONGEST)).shard < shard:
                low = file.tell()
            else:
                high = middle
        return low

    def _head(self, line: bytes) -> Head:
        try:
            if (found := msgspec.json.decode(line, type=_AnyVersion).version) != VERSION:
                self._wrong(
                    message(
                        "it is of version {found}, and this program reads version {known}", found=found, known=VERSION
                    )
                )
            return _head.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise UsageError(
                "{path} is no list of shards; make one with `convert list`", path=repr(printable(self.path))
            ) from None

    def _object(self, line: bytes, number: int = 0) -> Object:
        try:
            found = _object.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._wrong(message("a line cannot be read: {reason}", reason=str(error)[:200]), number)
        if "/".join(safe_parts(found.name)) != found.name or (found.at and "/".join(safe_parts(found.at)) != found.at):
            self._wrong(message("the name {name} leads out of the root", name=repr(found.name)), number)
        return found

    def _wrong(self, why: Message, number: int = 0) -> NoReturn:
        place = f"{printable(self.path)}:{number}" if number else printable(self.path)
        raise UsageError("{place}: damaged list: {why}; make it again with `convert list`", place=place, why=why)


def root_of(path: str) -> str:
    """Return the root of the list in a file, "" if it is no list."""
    try:
        with open(path, "rb") as file:
            return _head.decode(file.readline(_LONGEST)).root
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _last_line(file: BinaryIO, start: int, size: int) -> bytes:
    at = max(start, size - _LONGEST)
    file.seek(at)
    tail = file.read(_LONGEST)
    if not tail.endswith(b"\n"):
        return b""
    return tail[tail.rfind(b"\n", 0, -1) + 1 :]


def lines(head: Head, objects: Iterator[Object]) -> Iterator[bytes]:
    """Yield the lines of a list."""
    yield encode(head) + b"\n"
    shards = count = size = 0
    small, archives = False, 0
    for each in objects:
        shards, count, size = each.shard + 1, count + 1, size + each.length
        yield encode(each) + b"\n"
        if is_archive(each.name):
            archives += each.line <= 1
        else:
            small = True
    yield encode(End(shards=shards, objects=count, bytes=size, roots=archives + small)) + b"\n"


ARCHIVES = (
    ".tar", ".tar.gz", ".tgz", ".zip", ".warc", ".warc.gz", ".warc.zst", ".wacz", ".zim", ".epub", ".parquet",
    ".jsonl", ".ndjson",
)  # fmt: skip
"""Ends of the names of objects that hold many documents; each is a shard, or several."""
LINES = (".jsonl", ".ndjson")
"""Ends of the names of those that can be divided."""


def is_archive(name: str) -> bool:
    """Return whether an object holds many documents, by the end of its name."""
    return name.lower().endswith(ARCHIVES)


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of a line of a list, made from the declarations above."""
    kinds: list[Literal["Head", "Object", "End"]] = ["Head", "Object", "End"]
    _, definitions = msgspec.json.schema_components([Head, Object, End], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Line of a list of shards",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in kinds],
        "$defs": dict(sorted(definitions.items())),
    }
