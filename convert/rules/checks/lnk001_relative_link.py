"""A link of the article, or the address of a video or its like, that is relative to the publisher's site."""

from msgspec.structs import replace

from convert.messages import Message, message
from convert.model import Embed, Link
from convert.rules.rule import Context, Rule
from convert.urls import meant, resolve, scheme


def check(node: Link | Embed, context: Context) -> Message | None:
    target = _target(node)
    if target.startswith(("http://", "https://", "#")) or not target or scheme(target) or not context.address:
        return None
    if isinstance(node, Link) and target[0] not in "/.?" and meant(target):
        return None  # a miswritten absolute address, which LNK002 reports
    resolved = resolve(target, context.address)
    if scheme(resolved) not in ("http", "https"):
        return None  # white space hid a scheme, which LNK002 reports
    return message("relative-link", target=target, resolved=resolved)


def fix(node: Link | Embed, context: Context) -> Link | Embed:
    target = resolve(_target(node), context.address)
    return replace(node, target=target) if isinstance(node, Link) else replace(node, address=target)


def _target(node: Link | Embed) -> str:
    return node.target if isinstance(node, Link) else node.address


RULE = Rule("LNK001", "relative-link", "info", node_types=(Link, Embed), check=check, fix=fix)
