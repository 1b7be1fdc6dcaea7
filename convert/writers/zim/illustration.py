"""The small picture by which a library shows a ZIM: a page on the colour of the book's cover, as PNG."""

import struct
from zlib import crc32

import deflate

from convert.writers.book.cover import colours

SIDE = 48
"""Side in pixels of the illustration that each ZIM must have."""
_LEVEL = 9
_PAGE = (12, 8, 36, 40)
"""Left, top, right and bottom of the page, in parts of 48."""
_LINES = ((16, 13, 32, 16), (16, 20, 32, 22), (16, 25, 32, 27), (16, 30, 27, 32))
"""The same of the lines on it; the first is the title."""
_GROUND, _WHITE, _ACCENT = range(3)


def png(title: str, scale: int = 1) -> bytes:
    """Return the illustration of a book, `scale` times as large as the smallest; the same bytes on every machine."""
    side = SIDE * scale
    ground, accent = (bytes.fromhex(each.lstrip("#")) for each in colours(title))
    rows = [bytearray([_GROUND]) * side for _ in range(side)]
    for index, (left, top, right, bottom) in ((_WHITE, _PAGE), *((_ACCENT, each) for each in _LINES)):
        for row in rows[top * scale : bottom * scale]:
            row[left * scale : right * scale] = bytes([index]) * ((right - left) * scale)
    lines = b"".join(b"\0" + row for row in rows)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 3, 0, 0, 0)),
        (b"PLTE", ground + b"\xff\xff\xff" + accent),
        (b"IDAT", bytes(deflate.zlib_compress(lines, _LEVEL))),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc32(kind + content))
        for kind, content in chunks
    )
