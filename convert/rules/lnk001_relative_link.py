"""LNK001 relative-link

## What it finds
A link of the article that is relative to the publisher's site: `/gb/…`, `//host/…`, `page.html`.

## Why it matters
Outside that site it leads nowhere.

## Fix
It is resolved against the article's original address (WHATWG URL Standard).
"""

from msgspec.structs import replace

from convert.model import Link
from convert.rules.rule import Context, Rule
from convert.urls import resolve, scheme


def check(link: Link, context: Context) -> str | None:
    target = link.target
    if target.startswith(("http://", "https://", "#")) or not target or scheme(target) or not context.address:
        return None
    resolved = resolve(target, context.address)
    if scheme(resolved) not in ("http", "https"):
        return None  # white space hid a scheme, which is another rule's matter
    return f"relative link {target} resolved to {resolved}"


def fix(link: Link, context: Context) -> Link:
    return replace(link, target=resolve(link.target, context.address))


RULE = Rule("LNK001", "relative-link", "info", __doc__, on=(Link,), check=check, fix=fix)
