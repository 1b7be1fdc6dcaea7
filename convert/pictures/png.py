"""Pixels → PNG, alike on every machine: only the chunks that it needs, packed by libdeflate."""

import io
import struct
import zlib
from collections.abc import Iterator

import deflate
from PIL import Image

LEVEL = 6
"""Level of libdeflate for PNG; 9 makes it 5 % smaller in four times the time."""
_CHUNKS = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
"""Chunks that a PNG needs, in their order."""


_HEADER = 8 + 25
"""Bytes of the signature and of IHDR."""


def encoded(image: Image.Image) -> bytes:
    """Return a PNG of the chunks that it needs; libdeflate packs the lines, alike everywhere."""
    out = io.BytesIO()
    bare(image).save(out, "PNG", compress_level=0)
    chunks = dict.fromkeys(_CHUNKS, b"")
    for kind, content in _chunks(out.getvalue()):
        if kind in chunks:
            chunks[kind] += content
    chunks[b"IDAT"] = bytes(deflate.zlib_compress(zlib.decompress(chunks[b"IDAT"]), LEVEL))
    written = (_chunk(kind, content) for kind, content in chunks.items() if content or kind != b"PLTE")
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def marked(png: bytes, words: str) -> bytes:
    """Return a PNG that says which software made it (PNG, section 11.3.3.2), behind its header."""
    return png[:_HEADER] + _chunk(b"tEXt", b"Software\0" + words.encode("latin-1")) + png[_HEADER:]


def bare(image: Image.Image) -> Image.Image:
    """Return the pixels of an image, without all that Pillow would write beside them."""
    copied = image.copy()
    copied.info = {}
    return copied


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
