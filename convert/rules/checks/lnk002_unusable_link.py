"""A link that cannot lead anywhere."""

from msgspec.structs import replace

from convert.messages import Message, message
from convert.model import Article, Embed, Link, NavLink
from convert.rules.rule import Context, Rule
from convert.urls import garbled, linkable, meant, resolve, unsafe


def check(node: Link | NavLink | Embed | Article, context: Context) -> Message | None:
    if isinstance(node, Link):
        return _check_link(node)
    address = _address(node)
    return message("unusable-link", target=address) if unsafe(address) else None


def _address(node: NavLink | Embed | Article) -> str:
    if isinstance(node, NavLink):
        return node.target
    return node.source.address if isinstance(node, Article) else node.address


def _check_link(link: Link) -> Message | None:
    target = link.target
    if not target or not link.children or (target.startswith("#") and len(target) > 1):
        return None
    if linkable(target) and resolve(target, "") and not garbled(target):
        return None
    if whole := meant(target):
        return message("incomplete-link", target=target, whole=whole)
    return message("unusable-link", target=target)


def fix(node: Link | NavLink | Embed | Article, context: Context) -> Link | NavLink | Embed | Article:
    if isinstance(node, Link):
        return replace(node, target=meant(node.target))
    if isinstance(node, NavLink):
        return replace(node, target="")
    if isinstance(node, Article):
        return replace(node, source=replace(node.source, address=""))
    return replace(node, address="")


RULE = Rule("LNK002", "unusable-link", "warning", node_types=(Link, NavLink, Embed, Article), check=check, fix=fix)
