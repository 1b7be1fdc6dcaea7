"""A manifest as a file: JSON in one fixed layout."""

import hashlib
from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec

from convert.manifest.model import Manifest, Output


def encode(manifest: Manifest) -> bytes:
    """The manifest as a file: JSON in UTF-8, in one fixed order, a line for each document and each output, so that a
    change can be read."""
    body = b"".join(_body(manifest))
    return b'%b  "sha256": "%b"\n}\n' % (body, hashlib.sha256(body).hexdigest().encode())


def hash_of(manifest: Manifest) -> str:
    """What the last line of its file says."""
    return hashlib.sha256(b"".join(_body(manifest))).hexdigest()


_encode = msgspec.json.Encoder(order="deterministic").encode


def _body(manifest: Manifest) -> Iterator[bytes]:
    """All but the last line and its bracket."""
    yield b"{\n"
    for name in ("schema_version", "tool", "format", "options"):
        yield b'  "%b": %b,\n' % (name.encode(), _encode(getattr(manifest, name)))
    yield b'  "inputs": [' + _lines(map(_encode, sorted(manifest.inputs, key=_path)), 4) + b"],\n"
    yield b'  "outputs": [' + _lines(map(_output, sorted(manifest.outputs, key=_path)), 4) + b"],\n"


def _output(output: Output) -> bytes:
    scalars = {name: getattr(output, name) for name in ("path", "sha256", "bytes", "key", "title", "left_out")}
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
