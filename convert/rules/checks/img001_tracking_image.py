"""IMG001 tracking-image

## What it finds
Images declared no larger than one pixel in both directions, by attributes or by style, whatever their address.

## Why it matters
They report to a server that this page is being read.  An offline copy must be silent.

## Fix
The image is removed; the ledger names its address and line.
"""

from convert.model import Image
from convert.rules.rule import Context, Rule, remove


def check(image: Image, context: Context) -> str | None:
    if image.width is None or image.height is None or image.width > 1 or image.height > 1:
        return None
    return f"tracking image {image.address}"


RULE = Rule("IMG001", "tracking-image", "info", __doc__, on=(Image,), check=check, fix=remove)
