"""Writing of a manifest as JSON in one fixed layout."""

import hashlib
from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec

from convert.manifest.model import Manifest, Output


def encode(manifest: Manifest) -> bytes:
    """Return the manifest as JSON in UTF-8 and a fixed order.

    Each input, article and link is on a line of its own, so that differences are readable.
    """
    body = b"".join(_body(manifest))
    return body + _END % hashlib.sha256(body).hexdigest().encode()


def is_own(data: bytes, sha256: str) -> bool:
    """Return True if a file has the layout of `encode` and the hash `sha256`: then its content need not be encoded."""
    body = data.removesuffix(_END % sha256.encode())
    return len(body) < len(data) and hashlib.sha256(body).hexdigest() == sha256


def hash_of(manifest: Manifest) -> str:
    """Return the hash in the last line of a manifest's file."""
    return hashlib.sha256(b"".join(_body(manifest))).hexdigest()


_END = b'  "sha256": "%b"\n}\n'
_encode = msgspec.json.Encoder(order="deterministic").encode


def _body(manifest: Manifest) -> Iterator[bytes]:
    """Yield the content of the file up to the line with its hash."""
    yield b"{\n"
    for name in ("schema_version", "tool", "format", "options"):
        yield b'  "%b": %b,\n' % (name.encode(), _encode(getattr(manifest, name)))
    yield b'  "inputs": [' + _lines(map(_encode, sorted(manifest.inputs, key=_path)), 4) + b"],\n"
    yield b'  "outputs": [' + _lines(map(_output, sorted(manifest.outputs, key=_path)), 4) + b"],\n"


def _output(output: Output) -> bytes:
    scalars = {name: getattr(output, name) for name in ("path", "sha256", "bytes", "key", "title", "left_out")}
    links = (b"%b:%b" % (_encode(key), _encode(value)) for key, value in sorted(output.links.items()))
    return b'%b,\n      "articles":[%b],\n      "links":{%b}%b}' % (
        msgspec.json.encode(scalars)[:-1],
        _lines(map(_encode, output.articles), 8),
        _lines(links, 8),
        _optional(output),
    )


def _optional(output: Output) -> bytes:
    """Return the fields that an output may lack."""
    rows = b""
    if output.pictures:
        pictures = (b"%b:%b" % (_encode(key), _encode(value)) for key, value in sorted(output.pictures.items()))
        rows = b',\n      "pictures":{%b},\n      "stored":%b' % (_lines(pictures, 8), _encode(output.stored))
    if output.fitted:
        rows += b',\n      "fitted":%b' % msgspec.json.encode(output.fitted)
    if output.beside:
        beside = (b"%b:%b" % (_encode(key), _encode(value)) for key, value in sorted(output.beside.items()))
        rows += b',\n      "beside":{%b}' % _lines(beside, 8)
    if output.credits:
        rows += b',\n      "credits":%b' % _encode(output.credits)
    if output.omitted:
        rows += b',\n      "omitted":[%b]' % _lines(map(_encode, output.omitted), 8)
    return rows


def _lines(items: Iterable[bytes], indent: int) -> bytes:
    """Return items with commas, each on a line, for use between brackets; b"" if there are none."""
    between = b"\n" + b" " * indent
    joined = (b"," + between).join(items)
    return between + joined + between[:-2] if joined else b""


_path = attrgetter("path")
