"""A picture inside the page itself (`data:`) that is no picture."""

import binascii
import re

from msgspec.structs import replace

from convert.messages import Message, message
from convert.model import Image
from convert.rules.rule import Context, Rule

_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,(?P<bytes>[A-Za-z0-9+/=\s]+)\Z", re.A | re.I)
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def decoded(address: str) -> bytes | None:
    """Return the bytes of the picture in a `data:` address (RFC 2397), or None if it holds no picture."""
    if not (match := _DATA.match(address)):
        return None
    try:
        data = binascii.a2b_base64(match["bytes"], strict_mode=False)
    except binascii.Error:
        return None
    return data if data.startswith(_MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP") else None


def check(image: Image, context: Context) -> Message | None:
    if not image.address.startswith("data:") or decoded(image.address) is not None:
        return None
    return message("broken-data-image", address=f"{image.address[:40]}…")


def fix(image: Image, context: Context) -> Image | None:
    return replace(image, address="") if image.alt else None


RULE = Rule("IMG004", "broken-data-image", "warning", node_types=(Image,), check=check, fix=fix)
