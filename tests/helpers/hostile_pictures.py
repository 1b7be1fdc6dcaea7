"""Hostile pictures: bombs, lies, damage, disguises and hidden baggage.  Baggage of any kind has the mark `SECRET`."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial

from PIL import Image

from helpers.pictures import FORMATS, drawn, encoded, exif, scene

SECRET = b"SECRET-7f3a"
TEXT = SECRET.decode()
PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes, crc: int | None = None) -> bytes:
    """Return a chunk of PNG."""
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc)
    )


def png(width: int, height: int, *extra: bytes, depth: int = 8, colour: int = 0, lines: bytes | None = None) -> bytes:
    """Return a grey PNG with some more chunks before its pixels."""
    lines = (b"\0" + b"\x80" * width) * height if lines is None else lines
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return PNG + b"".join([chunk(b"IHDR", head), *extra, chunk(b"IDAT", zlib.compress(lines, 1)), chunk(b"IEND", b"")])


def segment(kind: int, data: bytes) -> bytes:
    """Return a segment of JPEG."""
    return b"\xff" + bytes([kind]) + struct.pack(">H", len(data) + 2) + data


def jpeg(*segments: bytes, data: bytes | None = None) -> bytes:
    """Return a JPEG with some more segments at its beginning."""
    data = data or drawn()
    return data[:2] + b"".join(segments) + data[2:]


def archive() -> bytes:
    """Return a zip archive with a secret."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("secret.txt", SECRET)
    return out.getvalue()


def _sized(data: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose header claims another size."""
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def _gif(width: int, height: int, body: bytes) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + body


def _tiff(*entries: bytes, following: int = 0) -> bytes:
    return (
        b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", following)
    )


def _entry(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)


def _boxed(data: bytes, width: int, height: int) -> bytes:
    """Return an AVIF whose property claims another size."""
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def _frames(kind: str) -> bytes:
    first, *rest = (scene(40, 30).rotate(angle) for angle in (0, 90, 180))
    return encoded(first, kind, save_all=True, append_images=rest, duration=40)


def _with_gps() -> bytes:
    data = exif(Make=TEXT, Artist=TEXT, ImageDescription=TEXT)
    data.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0), 29: TEXT})
    return drawn(exif=data)


def _half(kind: str) -> bytes:
    data = drawn(kind)
    return data[: len(data) // 2]


def _scans(data: bytes, count: int) -> bytes:
    """Return a progressive JPEG whose last scan comes again and again."""
    return data[:-2] + data[data.rindex(b"\xff\xda") : -2] * count + data[-2:]


def _noise(head: bytes, seed: int) -> bytes:
    return head + random.Random(seed).randbytes(5000)


def _thumbnail() -> bytes:
    small = drawn(width=16, height=12, comment=SECRET)
    at = 8 + 2 + 2 * 12 + 4
    first = struct.pack("<H", 0) + struct.pack("<I", 14)
    second = struct.pack("<H", 2) + _entry(0x201, 4, 1, at + 6) + _entry(0x202, 4, 1, len(small)) + b"\0\0\0\0"
    return jpeg(segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0" + first + second + small))


def _mpo() -> bytes:
    out = io.BytesIO()
    scene(40, 30).save(out, "MPO", save_all=True, append_images=[scene(30, 40)])
    return out.getvalue() + SECRET


XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{TEXT}</x:xmpmeta>".encode()
HTML = b"<!DOCTYPE html><title>404</title><script>SECRET</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

PICTURES: Mapping[str, Callable[[], bytes]] = {
    # bombs
    "jpeg of 65,500 × 65,500": lambda: _sized(drawn(), 65_500, 65_500),
    "png of 50,000 × 50,000": lambda: png(50_000, 50_000, lines=b"\0" * 1000),
    "png of 2,147,483,647 × 2,147,483,647": lambda: png(2**31 - 1, 2**31 - 1, lines=b""),
    "png of 7,000 × 7,000, all there": lambda: png(7000, 7000),
    "gif of 65,535 × 65,535": lambda: _gif(65_535, 65_535, b",\0\0\0\0\xff\xff\xff\xff\0\2\2\x44\1\0;"),
    "gif whose frame is larger than it is": lambda: _gif(4, 4, b",\0\0\0\0\xff\xff\xff\xff\0\2\2\x44\1\0;"),
    "webp of 16,383 × 16,383": lambda: (
        b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (16_382).to_bytes(3, "little") * 2
    ),
    "avif of 30,000 × 30,000": lambda: _boxed(drawn("avif"), 30_000, 30_000),
    "png with 60 MB of text in 60 KB": lambda: png(
        8, 8, *[chunk(b"zTXt", b"k\0\0" + zlib.compress(SECRET * 200_000, 9)) for _ in range(30)]
    ),
    "png with a profile of 50 MB": lambda: png(8, 8, chunk(b"iCCP", b"k\0\0" + zlib.compress(b"\0" * 50_000_000, 9))),
    "png with 5,000 chunks": lambda: png(8, 8, *[chunk(b"tEXt", b"k\0" + SECRET)] * 5_000),
    "jpeg of a thousand scans": lambda: _scans(drawn(progressive=True), 1000),
    # sizes that are none, or strange
    "png of 0 × 8": lambda: png(0, 8),
    "jpeg of 0 × 0": lambda: _sized(drawn(), 0, 0),
    "gif of 0 × 0": lambda: _gif(0, 0, b";"),
    "png of 1 × 65,535": lambda: png(1, 65_535),
    "png of 65,535 × 1": lambda: png(65_535, 1),
    "png of 1 × 1": lambda: png(1, 1),
    "png that has fewer lines than it says": lambda: png(8, 800, lines=b"\0" * 90),
    "png that has more lines than it says": lambda: png(8, 8, lines=b"\0" * 900_000),
    "png of a depth that is none": lambda: png(8, 8, depth=7),
    "png with a wrong checksum": lambda: drawn("png")[:29] + b"\0\0\0\0" + drawn("png")[33:],
    "gif without a frame": lambda: _gif(8, 8, b";"),
    "gif with a code that is none": lambda: _gif(8, 8, b",\0\0\0\0\x08\0\x08\0\0\x0c\2\xff\xff\0;"),
    "jpeg without tables": lambda: b"\xff\xd8" + drawn()[drawn().index(b"\xff\xc0") :],
    # cut off
    **{f"{kind} cut off": partial(_half, kind) for kind in FORMATS},
    "jpeg without its end": lambda: drawn()[:-2],
    # noise behind a right beginning
    "jpeg of noise": lambda: _noise(drawn()[:200], 1),
    "png of noise": lambda: _noise(drawn("png")[:60], 2),
    "gif of noise": lambda: _noise(drawn("gif")[:60], 3),
    "webp of noise": lambda: _noise(drawn("webp")[:60], 4),
    "avif of noise": lambda: _noise(drawn("avif")[:300], 5),
    # disguises
    "svg named jpg": lambda: SVG,
    "html named jpg": lambda: HTML,
    "pdf named jpg": lambda: b"%PDF-1.7\n" + SECRET,
    "eps named jpg": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(SECRET) show",
    "fits named jpg": lambda: b"SIMPLE  =                    T".ljust(2880),
    "tiff named jpg": lambda: b"II*\0\x08\0\0\0\0\0\0\0\0\0",
    "psd named jpg": lambda: b"8BPS\0\1" + bytes(40),
    "bmp named jpg": lambda: b"BM" + bytes(60),
    "jpeg 2000 named jpg": lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40),
    "heif named avif": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40),
    "gif and script": lambda: b"GIF89a/*" + bytes(20) + b"*/=1;alert('SECRET')",
    # baggage
    "jpeg and zip": lambda: drawn() + archive(),
    "png and zip": lambda: drawn("png") + archive(),
    "gif and zip": lambda: drawn("gif") + archive(),
    "webp and zip": lambda: drawn("webp") + archive(),
    "jpeg with a zip in its comments": lambda: jpeg(segment(0xFE, archive())),
    "jpeg with a zip in its pixels": lambda: drawn()[:-2] + archive() + b"\xff\xd9",
    "jpeg with gps": _with_gps,
    "jpeg with a thumbnail": _thumbnail,
    "jpeg with xmp": lambda: jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)),
    "jpeg with iptc": lambda: jpeg(
        segment(0xED, b"Photoshop 3.0\0008BIM\4\4\0\0\0\0\0\x10\x1c\2\x78\0\x0b" + SECRET)
    ),
    "jpeg with every kind of segment": lambda: jpeg(*(segment(kind, SECRET * 9) for kind in range(0xE1, 0xEE))),
    "jpeg with a profile": lambda: jpeg(segment(0xE2, b"ICC_PROFILE\0\1\1" + SECRET * 30)),
    "png with all texts": lambda: png(
        8, 8, chunk(b"tEXt", b"Author\0" + SECRET), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0" + SECRET), chunk(b"prVt", SECRET), chunk(b"tIME", bytes(7)),
    ),
    "gif with comments": lambda: drawn("gif", comment=SECRET),
    "webp with exif and xmp": lambda: drawn("webp", exif=exif(Artist=TEXT), xmp=XMP),
    "avif with exif and xmp": lambda: drawn("avif", exif=exif(Artist=TEXT), xmp=XMP),
    # metadata that bites
    "exif that follows itself": lambda: jpeg(segment(0xE1, _tiff(_entry(0x8769, 4, 1, 8), following=8))),
    "exif of 4,000,000,000 values": lambda: jpeg(segment(0xE1, _tiff(_entry(0x10E, 2, 4_000_000_000, 8)))),
    "exif with an orientation that is none": lambda: drawn(exif=exif(Orientation=77)),
    "exif of noise": lambda: jpeg(segment(0xE1, _noise(b"Exif\0\0II*\0", 6))),
    "jpeg with half a profile": lambda: jpeg(segment(0xE2, b"ICC_PROFILE\0\1\2" + bytes(99))),
    # forms that are right, and rare
    "mpo": _mpo,
    "gif that moves": lambda: _frames("gif"),
    "webp that moves": lambda: _frames("webp"),
    "png that moves": lambda: _frames("png"),
    "avif that moves": lambda: _frames("avif"),
    "jpeg of ink": lambda: encoded(scene(40, 30).convert("CMYK")),
    "png of 16 bits": lambda: encoded(Image.new("I;16", (9, 9), 40_000), "png"),
    "png with alpha": lambda: encoded(scene(40, 30).convert("RGBA"), "png"),
}  # fmt: skip
"""What makes each picture, by its name."""
