"""Matter of the publisher's page that is no part of the article."""

from collections.abc import Mapping
from types import MappingProxyType

from convert.messages import Message, message
from convert.model import Aside, AsideKind, Figure, Image
from convert.rules.rule import Context, Rule

KINDS: Mapping[AsideKind, Message] = MappingProxyType({
    "share": message("aside-share"), "membership": message("aside-membership"), "related": message("aside-related"),
    "advertisement": message("aside-advertisement"), "furniture": message("aside-furniture"),
})  # fmt: skip


def check(aside: Aside, context: Context) -> Message | None:
    return message("page-furniture", kind=KINDS[aside.kind]) if aside.kind != "promotion" else None


def fix(aside: Aside, context: Context) -> Figure | None:
    if aside.kind != "membership":
        return None
    images = tuple(image for image in _images(aside.children) if "/ad/" not in image.address)
    return Figure(images) if images else None


def _images(nodes: tuple[object, ...]) -> list[Image]:
    images: list[Image] = []
    for node in nodes:
        if isinstance(node, Image):
            images.append(node)
        for field in ("images", "children"):
            images += _images(getattr(node, field, ()))
    return images


RULE = Rule("NAV005", "page-furniture", "info", node_types=(Aside,), check=check, fix=fix, before_children=True)
