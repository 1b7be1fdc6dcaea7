"""A link of the mirror itself that is relative, on a page that does not reveal the mirror's address."""

from msgspec.structs import replace

from convert.messages import Message, message
from convert.model import NavLink
from convert.rules.rule import Context, Rule
from convert.urls import linkable


def check(link: NavLink, context: Context) -> Message | None:
    if not link.target or (linkable(link.target) and not link.target.startswith("#")):
        return None
    return message("unresolved-navigation", label=link.label, target=link.target)


def fix(link: NavLink, context: Context) -> NavLink:
    return replace(link, target="")


RULE = Rule("NAV003", "unresolved-navigation", "info", node_types=(NavLink,), check=check, fix=fix)
