"""A picture inside the page itself (`data:`) that says more than it shows: of a place, a person or a camera."""

from binascii import b2a_base64
from functools import lru_cache

from msgspec.structs import replace

from convert.bare import bare
from convert.messages import Message, message
from convert.model import Image
from convert.rules.checks.img004_broken_data_image import decoded
from convert.rules.rule import Context, Rule

SHOWN = 40
"""Characters of an address that a message quotes."""


@lru_cache(maxsize=1)  # asked for the check and for the fix
def without_metadata(address: str) -> str:
    """Return a `data:` address of a picture without what no program needs to show it; the same if there is none."""
    data = decoded(address)
    if not data or (less := bare(data)) == data:
        return address
    return f"{address.partition(',')[0]},{b2a_base64(less, newline=False).decode()}"


def check(image: Image, context: Context) -> Message | None:
    address = image.address
    if not address.startswith("data:") or (less := without_metadata(address)) == address:
        return None
    return message("picture-metadata", address=f"{address[:SHOWN]}…", size=(len(address) - len(less)) * 3 // 4)


def fix(image: Image, context: Context) -> Image:
    return replace(image, address=without_metadata(image.address))


RULE = Rule("IMG010", "picture-metadata", "info", node_types=(Image,), check=check, fix=fix)
