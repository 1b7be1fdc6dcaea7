"""Scripts of our own search: a page may load them if its policy confines it to its own site.

The policy is asked for, because markup can lead any script astray: an element named `currentScript` takes the place of
the property of that name, from which a script learns its own address.
"""

from convert.audit.found import Scope
from convert.audit.markup import Tag
from convert.audit.target import within

IN_HEAD = frozenset({"html", "head", "meta", "title", "link"})
"""Elements before which a policy holds for every script, as they neither are scripts nor begin the body."""
_ATTRIBUTES = frozenset({"src", "defer"})
_HERE = frozenset({"'none'", "'self'", "zim:"})
"""Sources that lead nowhere else; the scheme is that of Kiwix's programs for what is in the same archive."""
_FURTHER = {
    "font-src": frozenset({"data:"}),
    "img-src": frozenset({"data:", "blob:"}),
    "style-src": frozenset({"'unsafe-inline'", "data:", "blob:"}),
}
"""Further sources by directive."""


def confines(tag: Tag) -> bool:
    """Return True if an element is a policy that lets a page load and run files of its own site alone.

    >>> policy = ("http-equiv", "Content-Security-Policy")
    >>> confines(Tag("meta", [policy, ("content", "default-src 'none'; script-src 'self'")]))
    True
    >>> confines(Tag("meta", [policy, ("content", "default-src 'none'; script-src 'self' https://a.example")]))
    False
    """
    attributes = dict(tag.attributes)
    if tag.name != "meta" or attributes.get("http-equiv", "").strip().lower() != "content-security-policy":
        return False
    directives = [each.split() for each in attributes.get("content", "").lower().split(";") if each.strip()]
    return any(name == "default-src" for name, *_ in directives) and all(
        {*sources} <= _HERE | _FURTHER.get(name, frozenset()) for name, *sources in directives
    )


def is_loaded(tag: Tag, scope: Scope) -> bool:
    """Return True if an element loads a script of our own, by a plain relative address, and does nothing else."""
    attributes = dict(tag.attributes)
    address = attributes.get("src", "")
    return attributes.keys() <= _ATTRIBUTES and not tag.text and within(address, scope) in scope.own
