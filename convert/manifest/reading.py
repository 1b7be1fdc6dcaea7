"""Reading a manifest that anybody may have written, and telling what is wrong with it."""

import os
import re
import stat
from typing import Literal

import msgspec
from msgspec import Struct

from convert.errors import ConvertError
from convert.manifest.model import VERSION, Manifest, Whole
from convert.manifest.writing import hash_of
from convert.text import printable

MAX_BYTES = 512 << 20
"""Of a manifest; that of a million documents has about 250 MB."""

_LONGEST = 200
"""Characters of a message of the decoder."""

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

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


_decoder = msgspec.json.Decoder(Whole)


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
    return printable(message[:1].lower() + message[1 : _LONGEST - 1])  # it repeats names that stand there


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
    if hash_of(manifest) != sha256:
        return "its content is not that of its own hash"
    return ""
