"""The bytes of a picture that it is shown by, without those that say who made it, where, when and with what.

Nothing is decoded and no pixel changes.  The parts of a file that a picture is drawn from are known for each kind, and
all others are left out, whatever they are called; a turn that a camera noted stays, alone.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from itertools import islice

from convert.late import late_pattern

_ENTROPY = late_pattern(rb"\xff[^\x00\xd0-\xd7\xff]")
"""End of the coded lines of a JPEG: a marker that is neither a stuffed byte nor a restart (T.81, B.1.1.2)."""
_ALONE = frozenset((*range(0xD0, 0xD9), 0x01))
"""Markers of JPEG without a length."""
_PNG = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs hIST acTL fcTL fdAT CgBI".split()
)
"""Chunks of PNG that decide how it looks (PNG 3rd edition, section 11); `CgBI` marks those of iOS."""
_GIF = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
"""Application extensions of GIF that decide how it looks: how often it moves, and its colours."""
_WEBP = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_FRAME = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
_NOTED = 0x0C
"""Flags of a WebP that say that it has Exif and XMP."""
_TAG = b"\x01\x12\0\x03\0\0\0\x01"
"""Tag of Exif for the turn of a picture, and the type and number of its values."""
_ROUNDS = 9
"""Most times that what an overwritten AVIF says is looked at again."""
_NO_EXIF = b"\0\0\0\0MM\0*\0\0\0\x08"
"""Item of AVIF with Exif that says nothing."""
_TOP = frozenset((b"ftyp", b"meta", b"mdat", b"moov", b"moof", b"mfra", b"sidx", b"free", b"skip"))
"""Boxes of AVIF; the content of others at the top is overwritten."""
_EXTENTS = 10_000
"""Most parts of items of an AVIF that are looked at; cameras write three."""


def bare(data: bytes) -> bytes:
    """Return a picture without what no program needs to show it, and without bytes after its end.

    A file that ends too soon stays as far as it goes; of no known kind, it stays as it is.

    >>> bare(b"GIF89a" + bytes(7) + b"!\\xfe\\x05Anna!\\0" + b";hidden")
    b'GIF89a\\x00\\x00\\x00\\x00\\x00\\x00\\x00;'
    """
    return next((strip(data) for is_of, strip in _KINDS if is_of(data)), data)


def _jpeg(data: bytes) -> bytes:
    out, at, turned = [b"\xff\xd8"], 2, False
    while (at := data.find(b"\xff", at)) >= 0:
        while data[at + 1 : at + 2] == b"\xff":  # fill bytes
            at += 1
        marker, length = data[at + 1 : at + 2], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == b"\xd9":
            out.append(b"\xff\xd9")
            break
        if not marker:
            break
        if marker[0] in _ALONE or not marker[0]:
            at += 2
            continue
        end = at + 2 + length
        part = data[at + 4 : end]
        if length < 2 or end > len(data):  # no decoder finds anything behind it
            break
        if kept := _segment(marker[0], part):
            out.append(kept)
        elif marker == b"\xe1" and not turned and (turn := _turn(part.removeprefix(b"Exif\0\0"))):
            turned = True
            out.append(_marked(0xE1, b"Exif\0\0" + turn))
        at = end
        if marker == b"\xda":
            match = _ENTROPY.search(data, at)
            at = match.start() if match else len(data)
            out.append(data[end:at])
    return b"".join(out if len(out) > 1 else (*out, b"\xff\xd9"))


def _segment(marker: int, part: bytes) -> bytes:
    """Return a segment of a JPEG as it stays, b"" if it goes: of what programs add, JFIF, the profile and Adobe's."""
    if marker == 0xE0:  # JFIF without its small picture
        return _marked(marker, part[:12] + b"\0\0") if part.startswith(b"JFIF\0") and len(part) >= 14 else b""
    if marker == 0xE2:
        return _marked(marker, part) if part.startswith(b"ICC_PROFILE\0") else b""
    if marker == 0xEE:
        return _marked(marker, part[:12]) if part.startswith(b"Adobe") and len(part) >= 12 else b""
    return b"" if 0xE0 <= marker <= 0xEF or marker == 0xFE else _marked(marker, part)


def _marked(marker: int, part: bytes) -> bytes:
    return b"\xff" + bytes((marker,)) + (len(part) + 2).to_bytes(2, "big") + part


def _turn(exif: bytes) -> bytes:
    """Return Exif with nothing but the turn of a picture, b"" if it is upright."""
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(exif[:4])
    if not order:
        return b""

    def number(start: int, size: int) -> int:
        return int.from_bytes(exif[start : start + size], order)  # type: ignore[arg-type]

    first = number(4, 4)
    for at in range(first + 2, min(first + 2 + 12 * number(first, 2), len(exif) - 11), 12):
        if number(at, 2) == 0x0112:
            value = number(at + 8, 2)
            return _exif(value) if 2 <= value <= 8 else b""
    return b""


def _exif(turn: int) -> bytes:
    return b"MM\0*\0\0\0\x08\0\x01" + _TAG + bytes((0, turn, 0, 0)) + bytes(4)


def _png(data: bytes) -> bytes:
    out, at = [data[:8]], 8
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if kind in _PNG:
            out.append(data[at:end])
        elif kind == b"eXIf" and (turn := _turn(data[at + 8 : end - 4])):
            out.append(len(turn).to_bytes(4, "big") + kind + turn + zlib.crc32(kind + turn).to_bytes(4, "big"))
        at = end
        if kind == b"IEND":
            break
    return b"".join(out)


def _gif(data: bytes) -> bytes:
    at = 13 + _colours(data[10:11])
    out = [data[:at]]
    if at > len(data):
        return data
    while at < len(data) and data[at] in b"!,":
        start, label = at, data[at + 1 : at + 2]
        at += 2 if data[at] == 0x21 else 11 + _colours(data[at + 9 : at + 10])
        if at >= len(data):
            break
        head = data[start:at]
        body, at = _blocks(data, at)
        shown = label == b"\xf9" or (label == b"\xff" and body[1:12] in _GIF)
        if head[:1] == b"," or shown:
            out += (head, body)
    return b"".join(out) + b";"


def _colours(flags: bytes) -> int:
    """Return the number of bytes of a table of colours."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _blocks(data: bytes, at: int) -> tuple[bytes, int]:
    """Return blocks of a GIF up to the empty one, and the position behind it; the last may end too soon."""
    start = at
    while at < len(data) and data[at]:
        last, at = at, at + 1 + data[at]
        if at > len(data):
            left = data[last + 1 :]
            return data[start:last] + (bytes((len(left),)) + left if left else b"") + b"\0", at
    return data[start:at] + b"\0", at + 1


def _webp(data: bytes) -> bytes:
    parts, turn = b"", b""
    body = data[12 : max(12, 8 + int.from_bytes(data[4:8], "little"))]
    for kind, part, whole in _riff(body):
        if kind == b"VP8X" and part:
            parts += whole[:8] + bytes((part[0] & ~_NOTED,)) + whole[9:]
        elif kind == b"ANMF":
            frame = part[:16] + b"".join(each for name, _, each in _riff(part[16:]) if name in _FRAME)
            parts += kind + len(frame).to_bytes(4, "little") + frame + whole[8 + len(part) :]
        elif kind in _WEBP:
            parts += whole
        elif kind == b"EXIF":
            turn = turn or _turn(part.removeprefix(b"Exif\0\0"))
    if turn and parts.startswith(b"VP8X"):
        parts = parts[:8] + bytes((parts[8] | 0x08,)) + parts[9:] + b"EXIF" + len(turn).to_bytes(4, "little") + turn
    return b"RIFF" + (len(parts) + 4).to_bytes(4, "little") + b"WEBP" + parts


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield the name of each chunk, its content, and all of its bytes."""
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + length + (length & 1)
        yield data[at : at + 4], data[at + 8 : at + 8 + length], data[at:end]
        at = end


def _avif(data: bytes) -> bytes:
    for _ in range(_ROUNDS):  # once, but where boxes of a damaged file overlap
        less = _overwritten(data)
        if less == data:
            break
        data = less
    return data


def _overwritten(data: bytes) -> bytes:
    """Return an AVIF of the same length, or shorter at its end, with what is personal overwritten."""
    out = bytearray(data)
    end = 0
    for kind, start, end in _boxes(data, 0, len(data)):
        if kind == b"meta":
            _blank_items(out, data, start + 4, end)
        elif kind == b"moov":
            _blank_inner(out, data, start, end)
        elif kind not in _TOP or kind in (b"free", b"skip"):
            _blank(out, start, end)
    return bytes(out[: end or len(out)])


def _blank(out: bytearray, start: int, end: int) -> None:
    """Overwrite the content of a box, and call it free space."""
    out[start - 4 : end] = b"free" + bytes(end - start)


def _blank_inner(out: bytearray, data: bytes, start: int, end: int) -> None:
    for kind, first, last in _boxes(data, start, end):
        if kind in (b"udta", b"uuid", b"meta"):
            _blank(out, first, last)
        elif kind == b"trak":
            _blank_inner(out, data, first, last)


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each box, and where its content begins and ends (ISO 14496-12, 4.2)."""
    while at + 8 <= end:
        length, kind, start = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
        if length == 1:
            length, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        last = min(at + length, end) if length else end
        if last < start or not re.fullmatch(rb"[\x20-\xff]{4}", kind):
            return
        yield kind, start, last
        at = last


def _blank_items(out: bytearray, data: bytes, start: int, end: int) -> None:
    """Overwrite the items of a picture that are no pixels: Exif, XMP, and others with the type of a file."""
    inside = {kind: (first, last) for kind, first, last in _boxes(data, start, end)}
    if b"iinf" not in inside or b"iloc" not in inside:
        return
    noted = dict(_noted(data, *inside[b"iinf"]))
    stored, left = inside.get(b"idat", (0, 0))[0], len(data)
    for number, first, length in islice(_extents(data, *inside[b"iloc"], stored), _EXTENTS):
        if number in noted and length <= min(len(data) - first, left):
            left -= length
            empty = _NO_EXIF.ljust(length, b"\0") if noted[number] == b"Exif" else b" " * length
            out[first : first + length] = empty[:length]


def _noted(data: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the type of each item that is no picture."""
    first = start + (6 if data[start : start + 1] == b"\0" else 8)
    for kind, at, last in _boxes(data, first, end):
        version = data[at] if at < last else 0
        if kind == b"infe" and version >= 2:
            wide = 2 if version == 2 else 4
            name = data[at + 6 + wide : at + 10 + wide]
            if name in (b"Exif", b"mime", b"uri "):
                yield int.from_bytes(data[at + 4 : at + 4 + wide], "big"), name


def _extents(data: bytes, start: int, end: int, stored: int) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each item, and where each part of it begins and how long it is (ISO 14496-12, 8.11.3)."""
    if end - start < 8:
        return
    version, at = data[start], start + 4
    sizes = data[at] >> 4, data[at] & 15, data[at + 1] >> 4, data[at + 1] & 15 if version else 0
    at += 2

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at], "big")

    for _ in range(number(4 if version == 2 else 2)):
        if at >= end:
            return
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(sizes[2]) + (stored if method == 1 else 0)
        for _ in range(number(2)):
            number(sizes[3])
            yield item, base + number(sizes[0]), number(sizes[1])


_KINDS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], bytes]], ...] = (
    (lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg),
    (lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    (lambda data: data.startswith((b"GIF87a", b"GIF89a")), _gif),
    (lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP", _webp),
    (lambda data: data[4:12] in (b"ftypavif", b"ftypavis", b"ftypmif1", b"ftypmsf1"), _avif),
)
