"""A picture inside the page itself (`data:`) that is no picture."""

import binascii
import re

from msgspec.structs import replace

from convert.inert import inert
from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Image
from convert.rules.rule import Context, Rule
from convert.urls import unquote_to_bytes

_DATA = late_pattern(r"data:image/(?:png|jpe?g|gif|webp|avif);base64,(?P<bytes>[A-Za-z0-9+/=\s]+)\Z", re.A | re.I)
_SVG = late_pattern(
    r"data:image/svg\+xml(?:;(?!base64)[\w\-=]+)*(?P<base64>;base64)?,(?P<data>.+)\Z", re.A | re.I | re.S
)
_DRAWN = late_pattern(rb"<svg\b.*<(?:circle|ellipse|image|line|path|polygon|polyline|rect|text|use)\b", re.S)
"""SVG that draws something; without, it keeps the place of a picture that a script would load."""
_ACTIVE = late_pattern(rb"<script|javascript:|<!entity|\son[a-z]+\s*=", re.I)
"""SVG that does more than drawing."""
_AVIF = (b"ftypavif", b"ftypavis", b"ftypmif1")
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def decoded(address: str) -> bytes | None:
    """Return the bytes of the picture in a `data:` address (RFC 2397), or None if it holds no picture."""
    if match := _SVG.match(address):
        return _svg(match)
    if not (match := _DATA.match(address)):
        return None
    try:
        data = binascii.a2b_base64(match["bytes"], strict_mode=False)
    except binascii.Error:
        return None
    known = data.startswith(_MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or data[4:12] in _AVIF
    return data if known else None


def _svg(match: re.Match[str]) -> bytes | None:
    data = unquote_to_bytes(match["data"])
    if match["base64"]:
        try:
            data = binascii.a2b_base64(data, strict_mode=False)
        except binascii.Error:
            return None
    return data if _DRAWN.search(data) and not _ACTIVE.search(data) and inert(data) is not None else None


def check(image: Image, context: Context) -> Message | None:
    if not image.address.startswith("data:") or decoded(image.address) is not None:
        return None
    return message("broken-data-image", address=f"{image.address[:40]}…")


def fix(image: Image, context: Context) -> Image | None:
    return replace(image, address="") if image.alt else None


RULE = Rule("IMG004", "broken-data-image", "warning", node_types=(Image,), check=check, fix=fix)
