"""A link that cannot lead anywhere."""

from msgspec.structs import replace

from convert.messages import Message, message
from convert.model import Link
from convert.rules.rule import Context, Rule
from convert.urls import garbled, linkable, meant, resolve


def check(link: Link, context: Context) -> Message | None:
    target = link.target
    if not target or not link.children or (target.startswith("#") and len(target) > 1):
        return None
    if linkable(target) and resolve(target, "") and not garbled(target):
        return None
    if whole := meant(target):
        return message("incomplete-link", target=target, whole=whole)
    return message("unusable-link", target=target)


def fix(link: Link, context: Context) -> Link:
    return replace(link, target=meant(link.target))


RULE = Rule("LNK002", "unusable-link", "warning", node_types=(Link,), check=check, fix=fix)
