"""Pictures: what they say of places, people and machines, and bytes after their end; read in parts, not decoded."""

import struct
from collections.abc import Iterator

from convert.audit.found import Found, Scope

_EXIF = {
    0x8825: "picture-place",
    0xA431: "picture-serial",
    0xA435: "picture-serial",
    0xC62F: "picture-serial",
    0x013B: "picture-owner",
    0x8298: "picture-owner",
    0xA430: "picture-owner",
    0x9C9D: "picture-owner",
    0x010E: "picture-comment",
    0x9286: "picture-comment",
    0x9C9B: "picture-comment",
    0x9C9C: "picture-comment",
    0x9C9E: "picture-comment",
    0x9C9F: "picture-comment",
    0x010F: "picture-camera",
    0x0110: "picture-camera",
    0x0131: "picture-camera",
    0x0132: "picture-camera",
    0x9003: "picture-camera",
    0x927C: "picture-maker-note",
    0x0201: "picture-thumbnail",
    0x02BC: "picture-xmp",
    0x83BB: "picture-iptc",
}
"""Vector of each tag of Exif (Exif 2.32, section 4.6)."""
_OTHERS = (b"BM", b"II", b"MM")
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")


def judge(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield what a picture says besides what it shows."""
    if data.startswith(b"\xff\xd8"):
        parts = _jpeg(data)
    elif data.startswith(b"\x89PNG"):
        parts = _png(data)
    elif data.startswith(b"GIF8"):
        parts = _gif(data)
    elif data[8:12] == b"WEBP":
        parts = _webp(data)
    elif data[4:8] == b"ftyp":
        parts = _heif(data)
    else:
        parts = _exif(data) if data[:4] in (b"II*\0", b"MM\0*") else iter(())
    try:
        for vector, quote in parts:
            yield Found(vector, quote[:200], entry=scope.entry)
        if data[:2] in _OTHERS or data[4:8] == b"ftyp":  # without an end that is looked for
            at = data.rfind(b"PK\x05\x06")
            if at >= 0 and at + 22 + int.from_bytes(data[at + 20 : at + 22], "little") == len(data):
                yield Found("picture-trailing", "zip", entry=scope.entry)
    except (IndexError, struct.error):  # it ends in the middle
        yield Found("broken-document", "", entry=scope.entry)


def _jpeg(data: bytes) -> Iterator[tuple[str, str]]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        part = data[at + 4 : at + 2 + length]
        if marker in (0xDA, 0xD9):
            break
        if marker == 0xE1 and part.startswith(b"Exif\0\0"):
            yield from _exif(part[6:])
        elif marker == 0xE1 and part.startswith(b"http://ns.adobe.com/"):
            yield "picture-xmp", f"{len(part)} bytes"
        elif marker == 0xEB:
            yield "picture-provenance", f"{len(part)} bytes"
        elif marker == 0xED:
            yield "picture-iptc", f"{len(part)} bytes"
        elif marker == 0xFE:
            yield "picture-comment", part.decode("utf-8", "replace")
        at += 2 + length
    end = data.find(b"\xff\xd9", at)
    if end >= 0:
        last = data.rfind(b"\xff\xd9")
        after = len(data) - last - 2
        held = next((name for name, magic in _HELD.items() if magic in data[end + 2 :]), "")
        if after > 16 or held:
            yield "picture-trailing", f"{len(data) - end - 2} bytes {held}".strip()


_HELD = {"zip": b"PK\x03\x04", "rar": b"Rar!\x1a", "7z": b"7z\xbc\xaf", "pdf": b"%PDF-"}


def _png(data: bytes) -> Iterator[tuple[str, str]]:
    at = 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        part = data[at + 8 : at + 8 + length]
        if kind == b"iTXt" and part.startswith(b"XML:com.adobe.xmp"):
            yield "picture-xmp", f"{length} bytes"
        elif kind in _TEXTS:
            yield "picture-comment", part.replace(b"\0", b" ").decode("utf-8", "replace")
        elif kind == b"eXIf":
            yield from _exif(part)
        elif kind == b"caBX":
            yield "picture-provenance", f"{length} bytes"
        at += 12 + length
        if kind == b"IEND":
            break
    else:
        raise IndexError
    if at < len(data):
        yield "picture-trailing", f"{len(data) - at} bytes"


def _gif(data: bytes) -> Iterator[tuple[str, str]]:
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while at < len(data) and data[at] != 0x3B:
        comment = b""
        if data[at : at + 14] == b"!\xff\x0bXMP DataXMP":
            yield "picture-xmp", ""
        if data[at] == 0x21:
            label, at = data[at + 1], at + 2
        elif data[at] == 0x2C:
            label, at = 0, at + 11 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0)
        else:
            return
        while at < len(data) and data[at]:
            comment += data[at + 1 : at + 1 + data[at]] if label == 0xFE else b""
            at += 1 + data[at]
        at += 1
        if comment:
            yield "picture-comment", comment.decode("utf-8", "replace")
    if at + 1 < len(data):
        yield "picture-trailing", f"{len(data) - at - 1} bytes"


def _webp(data: bytes) -> Iterator[tuple[str, str]]:
    end = 8 + int.from_bytes(data[4:8], "little")
    at = 12
    while at + 8 <= min(end, len(data)):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        part = data[at + 8 : at + 8 + length]
        if kind == b"EXIF":
            yield from _exif(part.removeprefix(b"Exif\0\0"))
        elif kind == b"XMP ":
            yield "picture-xmp", f"{length} bytes"
        elif kind == b"C2PA":
            yield "picture-provenance", f"{length} bytes"
        at += 8 + length + (length & 1)
    if end + 1 < len(data):
        yield "picture-trailing", f"{len(data) - end} bytes"


def _heif(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield what AVIF and HEIC hold: their boxes point to it from afar, so it is found by its beginning."""
    for head in (b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"):
        at = data.find(head)
        if at >= 0:
            yield from _exif(data[at:])
    if b"<x:xmpmeta" in data:
        yield "picture-xmp", ""


def _exif(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the tags of Exif that are in the table, of all directories."""
    order = "<" if data.startswith(b"II") else ">"
    ahead = [int.from_bytes(data[4:8], "little" if order == "<" else "big")]
    seen: set[int] = set()
    while ahead and len(seen) < 20:
        at = ahead.pop()
        if at in seen or not 0 < at <= len(data) - 2:
            continue
        seen.add(at)
        (count,) = struct.unpack(f"{order}H", data[at : at + 2])
        for number in range(count):
            entry = data[at + 2 + 12 * number : at + 14 + 12 * number]
            if len(entry) < 12:
                return
            tag, kind, length, value = struct.unpack(f"{order}HHLL", entry)
            if tag == 0x8769:
                ahead.append(value)
            elif tag in _EXIF:
                text = data[value : value + length] if kind == 2 and length > 4 else b""
                yield _EXIF[tag], f"{tag:#06x} {text.rstrip(bytes(1)).decode('utf-8', 'replace')}".strip()
        after = data[at + 2 + 12 * count : at + 6 + 12 * count]
        if len(after) == 4:
            ahead.append(struct.unpack(f"{order}L", after)[0])
