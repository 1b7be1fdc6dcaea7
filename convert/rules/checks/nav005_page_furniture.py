"""NAV005 page-furniture

## What it finds
Matter of the publisher's page that is no part of the article: related articles, share buttons, calls for members,
advertising.

## Why it matters
It is the same on every page, and would fill a book with itself.

## Fix
It is removed and listed.  Pictures in a call for members stay, if their addresses do not say that they are
advertisements: some articles end with a picture there.
"""

from convert.model import Aside, Figure, Image
from convert.rules.rule import Context, Rule


def check(aside: Aside, context: Context) -> str | None:
    return f"{aside.kind} matter of the page" if aside.kind != "promotion" else None


def fix(aside: Aside, context: Context) -> Figure | None:
    if aside.kind != "membership":
        return None
    images = tuple(image for image in _images(aside.children) if "/ad/" not in image.address)
    return Figure(images) if images else None


def _images(nodes: tuple[object, ...]) -> list[Image]:
    found: list[Image] = []
    for node in nodes:
        if isinstance(node, Image):
            found.append(node)
        for field in ("images", "children"):
            found += _images(getattr(node, field, ()))
    return found


RULE = Rule("NAV005", "page-furniture", "info", __doc__, on=(Aside,), check=check, fix=fix, first=True)
