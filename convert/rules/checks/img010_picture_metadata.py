"""A picture inside the page itself (`data:`) that says more than it shows: of a place, a person or a camera."""

import re
from binascii import b2a_base64
from functools import lru_cache

from msgspec.structs import replace

from convert.bare import bare
from convert.inert import inert
from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Image
from convert.rules.checks.img004_broken_data_image import decoded
from convert.rules.rule import Context, Rule

_DRAWING = late_pattern(r"data:image/svg", re.I)
SHOWN = 40
"""Characters of an address that a message quotes."""


@lru_cache(maxsize=1)  # asked for the check and for the fix
def without_metadata(address: str) -> tuple[str, int]:
    """Return a `data:` address of a picture without what no program needs to show it, and how many bytes were left out.

    The address is the same if there are none.
    """
    data = decoded(address)
    if not data:
        return address, 0
    less = inert(data) or b"" if _DRAWING.match(address) else bare(data)
    if less == data:
        return address, 0
    kind = address.partition(",")[0].partition(";")[0]
    return f"{kind};base64,{b2a_base64(less, newline=False).decode()}", max(1, len(data) - len(less))


def check(image: Image, context: Context) -> Message | None:
    address = image.address
    if not address.startswith("data:") or not (size := without_metadata(address)[1]):
        return None
    return message("picture-metadata", address=f"{address[:SHOWN]}…", size=size)


def fix(image: Image, context: Context) -> Image:
    return replace(image, address=without_metadata(image.address)[0])


RULE = Rule("IMG010", "picture-metadata", "info", node_types=(Image,), check=check, fix=fix)
