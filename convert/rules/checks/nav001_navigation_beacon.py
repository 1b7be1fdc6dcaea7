"""NAV001 navigation-beacon

## What it finds
A query such as `?n14072129` on one of the mirror's own links.

## Why it matters
It tells the server which article the reader came from.

## Fix
The query is cut off; the link stays.
"""

import re

from convert.model import NavLink
from convert.rules.rule import Context, Rule

BEACON = re.compile(r"\?(?:[A-Za-z]{0,3}|t=)\d+$")


def check(link: NavLink, context: Context) -> str | None:
    beacon = BEACON.search(link.target) if "?" in link.target else None
    return f"beacon {beacon[0]} on the link {link.label}" if beacon else None


def fix(link: NavLink, context: Context) -> NavLink:
    return NavLink(link.label, link.target.rpartition("?")[0])


RULE = Rule("NAV001", "navigation-beacon", "info", __doc__, on=(NavLink,), check=check, fix=fix)
