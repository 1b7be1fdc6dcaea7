"""The manifest of a build: what went in, what decided the bytes, and what came out, each file by its hash.

It stands beside the outputs, tells whether they are still what they were (`convert verify`), and what a new build need
not make again.  The same build has the same manifest, byte for byte: it holds no time, no host and no absolute path.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from convert.errors import ConvertError

SCHEMA_NAME = "manifest.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:manifest:1"
VERSION = "1"

MAX_BYTES = 512 << 20
"""Of a manifest; that of a million documents has about 250 MB."""

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

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


class _File(Manifest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a build read and wrote."""

    sha256: Annotated[
        Sha256,
        Meta(
            title="SHA-256",
            description="Of this file as it was written, up to the line that says this.",
            examples=["a1b2c3d4" * 8],
        ),
    ]


Kind = Literal["missing", "unreadable", "foreign", "newer", "damaged"]


class ManifestError(ConvertError):
    """A manifest that cannot be taken.  `kind` and `reason` tell why, without the path and the next step."""

    def __init__(self, path: str, kind: Kind, reason: str) -> None:
        super().__init__(_MESSAGES[kind].format(path=repr(path), reason=reason))
        self.kind: Kind = kind
        self.reason = reason


_MESSAGES: dict[Kind, str] = {
    "missing": "there is no manifest {path}; name the one that stands beside the outputs",
    "unreadable": "cannot read the manifest {path}: {reason}; name the one that stands beside the outputs",
    "foreign": "{path} is no manifest of outputs: {reason}; name the one that stands beside the outputs",
    "newer": "{path}: {reason}; install a newer version of this program",
    "damaged": "the manifest {path} is damaged: {reason}; convert again to make it anew",
}


# --- writing ---------------------------------------------------------------------------------------------------------


def encode(manifest: Manifest) -> bytes:
    """The manifest as a file: JSON in UTF-8, in one fixed order, a line for each document and each output, so that a
    change can be read."""
    body = b"".join(_body(manifest))
    return b'%b  "sha256": "%b"\n}\n' % (body, hashlib.sha256(body).hexdigest().encode())


_encode = msgspec.json.Encoder(order="deterministic").encode


def _body(manifest: Manifest) -> Iterator[bytes]:
    """All but the last line and its bracket."""
    yield b"{\n"
    for name in ("schema_version", "tool", "format", "options"):
        yield b'  "%b": %b,\n' % (name.encode(), _encode(getattr(manifest, name)))
    yield b'  "inputs": [' + _lines(map(_encode, sorted(manifest.inputs, key=_path)), 4) + b"],\n"
    yield b'  "outputs": [' + _lines(map(_output, sorted(manifest.outputs, key=_path)), 4) + b"],\n"


def _output(output: Output) -> bytes:
    scalars = {name: getattr(output, name) for name in ("path", "sha256", "bytes", "key", "title")}
    links = (b"%b:%b" % (_encode(key), _encode(value)) for key, value in sorted(output.links.items()))
    return b'%b,\n      "articles":[%b],\n      "links":{%b}}' % (
        msgspec.json.encode(scalars)[:-1],
        _lines(map(_encode, output.articles), 8),
        _lines(links, 8),
    )


def _lines(items: Iterable[bytes], indent: int) -> bytes:
    """Items with their commas, a line each, as they stand between brackets; nothing if there are none."""
    between = b"\n" + b" " * indent
    joined = (b"," + between).join(items)
    return between + joined + between[:-2] if joined else b""


_path = attrgetter("path")

# --- reading ---------------------------------------------------------------------------------------------------------


def read(path: str) -> Manifest:
    """The manifest in a file.

    It is believed in nothing but its form: paths of outputs lead into its own folder, articles are inputs, links lead
    to outputs.

    Raises:
        ManifestError: it is not there, cannot be read, is something else, of a newer version of this program, or
            damaged.
    """
    try:
        with open(path, "rb", opener=lambda name, _: os.open(name, _READ)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ManifestError(path, "unreadable", "not a regular file")
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ManifestError(path, "missing", "there is none") from None
    except (OSError, ValueError) as error:  # ValueError: a name with NUL
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ManifestError(path, "unreadable", reason.lower()) from None
    if len(data) > MAX_BYTES:
        raise ManifestError(path, "unreadable", f"more than {MAX_BYTES:,} bytes")
    try:
        whole = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as refused:
        raise ManifestError(path, *_diagnosis(data, refused)) from None
    manifest = Manifest(**{name: getattr(whole, name) for name in Manifest.__struct_fields__})
    if fault := _fault(manifest, whole.sha256):
        raise ManifestError(path, "damaged", fault)
    return manifest


_decoder = msgspec.json.Decoder(_File)


class _Name(Struct):
    name: str = ""


class _Head(Struct):
    schema_version: str = ""
    tool: _Name = msgspec.field(default_factory=_Name)
    inputs: msgspec.Raw = msgspec.Raw()
    outputs: msgspec.Raw = msgspec.Raw()


def _diagnosis(data: bytes, refused: Exception) -> tuple[Kind, str]:
    """What is the matter with what is no manifest of this version."""
    if not data.strip(b"\0 \t\r\n"):  # what a disk may leave after the power failed
        return "damaged", "it is empty"
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        head = _Head()
        if re.match(rb'\s*\{\s*"schema_version": ?"', data) and b'"tool"' in data[:4096]:  # the rest is broken
            return "damaged", _first(refused)
    if not (head.schema_version and head.inputs and head.outputs):
        return "foreign", "it tells no inputs and outputs"
    if head.schema_version.isdecimal() and int(head.schema_version[:9]) > int(VERSION):
        return "newer", f"a manifest of version {head.schema_version[:9]}, and this program reads version {VERSION}"
    return "damaged", _first(refused)


def _first(refused: Exception) -> str:
    """Why the decoder refused, in its words."""
    match refused:
        case RecursionError():
            return "too many brackets inside one another"
        case UnicodeDecodeError():
            return "not UTF-8"
    message = str(refused).removeprefix("JSON is malformed: ")
    return message[:1].lower() + message[1:]


def _fault(manifest: Manifest, sha256: str) -> str:
    """What of a manifest contradicts the rest; nothing in one that `encode` wrote."""
    inputs = {each.path for each in manifest.inputs}
    outputs = {each.path for each in manifest.outputs}
    if len(inputs) < len(manifest.inputs) or len(outputs) < len(manifest.outputs):
        return "it names a file twice"
    for each in manifest.outputs:
        if not inputs.issuperset(each.articles):
            return f"{each.path!r} has an article that is no input"
        if not outputs.issuperset(filter(None, each.links.values())):
            return f"a link of {each.path!r} leads to what is no output"
    if hashlib.sha256(b"".join(_body(manifest))).hexdigest() != sha256:
        return "its content is not that of its own hash"
    return ""


# --- the schema ------------------------------------------------------------------------------------------------------


def make_schema() -> dict[str, Any]:
    """The JSON Schema 2020-12 of a manifest, made from the declarations above."""
    (_,), definitions = msgspec.json.schema_components([_File], ref_template="#/$defs/{name}")
    for struct in definitions.values():  # `encode` writes all of it, and its hash covers all of it
        struct["required"] = list(struct["properties"])
        for each in struct["properties"].values():
            each.pop("default", None)
    top = definitions.pop("_File")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **top,
        "title": "Manifest",
        "$defs": dict(sorted(definitions.items())),
    }
