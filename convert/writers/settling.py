"""Links between posts: a link to a post that is not in the build, or has no address, is its text."""

from typing import Any, NamedTuple
from urllib.parse import unquote

from msgspec.structs import replace

from convert.model import CHILDREN, Article, Link
from convert.urls import OF_NOTE, UNKNOWN_SITE
from convert.writers.options import Page


class Settled(NamedTuple):
    """Article without links to `UNKNOWN_SITE`, but for those that lead to a file or a page of the same build."""

    article: Article
    lost: tuple[str, ...] = ()
    """Names of posts that links lead to and the build does not have, without those of notes, which may have no post."""


def settled(article: Article, page: Page, *, relative: bool) -> Settled:
    """Return an article as an output can have it; `relative` is True if that may hold links to other articles of it."""
    lost: dict[str, None] = {}

    def made(link: Link) -> tuple[Any, ...]:
        target = page.links.settled(link.target, page.entry)
        if target and (relative or not target.startswith(UNKNOWN_SITE)):
            return (replace(link, target=target),)
        if not target and not link.target.endswith(OF_NOTE):
            lost[unquote(link.target.removeprefix(UNKNOWN_SITE).partition("#")[0].strip("/"))] = None
        return link.children

    return Settled(_rebuilt(article, made), tuple(lost))


def _rebuilt(node: Any, made: Any) -> Any:
    """Return a node with other nodes in the place of its links between posts."""
    changes = {}
    for field in CHILDREN.get(type(node), ()):
        if children := getattr(node, field):
            several = type(children) is tuple
            rebuilt = _all(children, made) if several else _rebuilt(children, made)
            if rebuilt is not children:
                changes[field] = rebuilt
    return replace(node, **changes) if changes else node


def _all(nodes: tuple[Any, ...], made: Any) -> tuple[Any, ...]:
    out: list[Any] = []
    changed = False
    for node in nodes:
        if type(node) is tuple:
            rebuilt = (_all(node, made),)
        else:
            rebuilt = (_rebuilt(node, made),)
            if type(node) is Link and node.target.startswith(UNKNOWN_SITE):
                rebuilt = made(rebuilt[0])
        changed = changed or len(rebuilt) != 1 or rebuilt[0] is not node
        out += rebuilt
    return tuple(out) if changed else nodes
