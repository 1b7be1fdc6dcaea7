"""A link of the mirror itself that is relative to the page's place in the mirror, such as `../../../..`."""

from functools import lru_cache

from convert.messages import Message, message
from convert.model import NavLink
from convert.rules.rule import Context, Rule
from convert.urls import UNKNOWN_REPOSITORY, resolve, scheme


def resolved(target: str, home: str) -> str:
    """Return the absolute address of a target, or "" if the mirror's address is unknown."""
    return _resolved(target, home[: home.rfind("/") + 1])


@lru_cache(maxsize=1024)  # all pages of a channel share the folder, and most of them the targets
def _resolved(target: str, folder: str) -> str:
    address = resolve(target, folder) if folder else ""
    return "" if UNKNOWN_REPOSITORY in address else address.rstrip("/")


def check(link: NavLink, context: Context) -> Message | None:
    return _offence(link, context.home[: context.home.rfind("/") + 1])


@lru_cache(maxsize=1024)
def _offence(link: NavLink, folder: str) -> Message | None:
    if not link.target or scheme(link.target):
        return None
    address = _resolved(link.target, folder)
    return message("relative-navigation", label=link.label, address=address) if address else None


def fix(link: NavLink, context: Context) -> NavLink:
    return NavLink(link.label, resolved(link.target, context.home))


RULE = Rule("NAV002", "relative-navigation", "info", node_types=(NavLink,), check=check, fix=fix)
