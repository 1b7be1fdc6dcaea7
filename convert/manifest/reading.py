"""Reading of manifests, which may be forged or damaged, with the reason why one is rejected."""

import os
import re
import stat
from typing import Literal

import msgspec
from msgspec import Struct

from convert.errors import ConvertError, reason
from convert.manifest.model import VERSION, Manifest, Whole
from convert.manifest.writing import hash_of, is_own
from convert.messages import Message, message
from convert.text import is_utf8, printable, utf8

MAX_BYTES = 512 << 20
"""Largest manifest, in bytes; that of a million documents has about 250 MB."""

_LONGEST = 200
"""Largest number of characters of a decoder's message."""

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

Kind = Literal["missing", "unreadable", "foreign", "newer", "damaged"]


class ManifestError(ConvertError):
    """Error of a manifest that cannot be used: `kind` and `reason`, and `fault`, the message without advice."""

    def __init__(self, path: str, kind: Kind, reason: Message) -> None:
        self.kind: Kind = kind
        self.reason = reason
        self.fault = message(_FAULTS[kind].id, path=repr(path), reason=reason)
        super().__init__(message("{fault}; {advice}", fault=self.fault, advice=_ADVICE[kind]))


_FAULTS: dict[Kind, Message] = {
    "missing": message("there is no manifest {path}"),
    "unreadable": message("cannot read the manifest {path}: {reason}"),
    "foreign": message("{path} is no manifest of outputs: {reason}"),
    "newer": message("{path}: {reason}"),
    "damaged": message("the manifest {path} is damaged: {reason}"),
}
_OTHER = message("name the one beside the outputs")
_ADVICE: dict[Kind, Message] = {
    "missing": _OTHER,
    "unreadable": _OTHER,
    "foreign": _OTHER,
    "newer": message("install a newer version of this program"),
    "damaged": message("convert again to make it anew"),
}


def read(path: str) -> Manifest:
    """Return the manifest in a file.

    Its form is checked: paths of outputs are inside its folder, articles are inputs, links lead to outputs.

    Raises:
        ManifestError: it is missing, unreadable, not a manifest, of a newer version of this program, or damaged.
    """
    try:
        with open(path, "rb", opener=lambda name, _: os.open(name, _READ)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ManifestError(path, "unreadable", message("not a regular file"))
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ManifestError(path, "missing", message("there is none")) from None
    except OSError as error:
        raise ManifestError(path, "unreadable", reason(error)) from None
    except ValueError:
        raise ManifestError(path, "unreadable", message("its name has a NUL")) from None
    if len(data) > MAX_BYTES:
        raise ManifestError(path, "unreadable", message("more than {limit:,} bytes", limit=MAX_BYTES))
    data = utf8(data)
    try:
        whole = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as refused:
        raise ManifestError(path, *_diagnosis(data, refused)) from None
    manifest = Manifest(**{name: getattr(whole, name) for name in Manifest.__struct_fields__})
    if fault := _fault(manifest, "" if is_own(data, whole.sha256) else whole.sha256):
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


def _diagnosis(data: bytes, refused: Exception) -> tuple[Kind, Message]:
    """Return why the decoder rejected a file: kind and reason."""
    if not data.strip(b"\0 \t\r\n"):  # a file may look like this after a power failure
        return "damaged", message("it is empty")
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        head = _Head()
        if re.match(rb'\s*\{\s*"schema_version": ?"', data) and b'"tool"' in data[:4096]:  # it begins as a manifest
            return "damaged", _shortened(data, refused)
    if not (head.schema_version and head.inputs and head.outputs):
        return "foreign", message("it lists no inputs and outputs")
    if head.schema_version.isdecimal() and int(head.schema_version[:9]) > int(VERSION):
        return "newer", message(
            "a manifest of version {version}, and this program reads version {known}",
            version=head.schema_version[:9],
            known=VERSION,
        )
    return "damaged", _shortened(data, refused)


def _shortened(data: bytes, refused: Exception) -> Message:
    """Return the decoder's reason, shortened."""
    if isinstance(refused, RecursionError):
        return message("too many brackets inside one another")
    if not is_utf8(data):
        return message("not UTF-8")
    words = str(refused).removeprefix("JSON is malformed: ")
    return Message(printable(words[:1].lower() + words[1 : _LONGEST - 1]))  # it may quote names of the file


def _fault(manifest: Manifest, sha256: str) -> Message | None:
    """Return a contradiction in a manifest; None for one that `encode` wrote.

    `sha256` is the hash that it names, "" if its bytes are known to have it.
    """
    inputs = {each.path for each in manifest.inputs}
    outputs = {each.path for each in manifest.outputs}
    if len(inputs) < len(manifest.inputs) or len(outputs) < len(manifest.outputs):
        return message("it names a file twice")
    for each in manifest.outputs:
        if not inputs.issuperset(each.articles):
            return message("{path} has an article that is no input", path=repr(each.path))
        if not outputs.issuperset(filter(None, each.links.values())):
            return message("a link of {path} leads to what is no output", path=repr(each.path))
    if sha256 and hash_of(manifest) != sha256:
        return message("its content does not match its own hash")
    return None
