"""A link whose address identifies a reader or a click, or leads through a site that counts clicks."""

from msgspec.structs import replace

from convert.messages import Message, message
from convert.model import Embed, Image, Link
from convert.rules.rule import Context, Rule


def check(node: Link | Embed | Image, context: Context) -> Message | None:
    if not context.clean_links:
        return None
    from convert.tracking import cleaned  # few runs ask for it

    target = _target(node)
    if "?" not in target and "#" not in target:
        return None
    return message("tracking-link", target=target, clean=clean) if (clean := cleaned(target)) != target else None


def _target(node: Link | Embed | Image) -> str:
    if isinstance(node, Link):
        return node.target
    return node.full_size if isinstance(node, Image) else node.address


def fix(node: Link | Embed | Image, context: Context) -> Link | Embed | Image:
    from convert.tracking import cleaned

    clean = cleaned(_target(node))
    if isinstance(node, Link):
        return replace(node, target=clean)
    return replace(node, full_size=clean) if isinstance(node, Image) else replace(node, address=clean)


RULE = Rule("LNK005", "tracking-link", "info", node_types=(Link, Embed, Image), check=check, fix=fix)
