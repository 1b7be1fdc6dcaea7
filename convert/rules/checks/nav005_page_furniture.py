"""Matter of the publisher's page that is no part of the article."""

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


RULE = Rule("NAV005", "page-furniture", "info", on=(Aside,), check=check, fix=fix, first=True)
