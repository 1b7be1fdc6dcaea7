"""NAV005 page-furniture

## What it finds
Matter of the publisher's page that is no part of the article: related articles, share buttons, calls for members,
advertising.

## Why it matters
It is the same on every page, and would fill a book with itself.

## Fix
It is removed and listed.
"""

from convert.model import Aside
from convert.rules.rule import Context, Rule, remove


def check(aside: Aside, context: Context) -> str | None:
    return f"{aside.kind} matter of the page" if aside.kind != "promotion" else None


RULE = Rule("NAV005", "page-furniture", "info", __doc__, on=(Aside,), check=check, fix=remove)
