"""NAV004 promotion

## What it finds
A line of the mirror's own Markdown inside the article: `#### [ 🔥 …](http://…)`.

## Why it matters
It is the mirror's advertisement, not the article, and its links carry the reader's trace.

## Fix
The line is removed and listed.  Lines that begin with `#` and have no link stay as text (NAV006).
"""

from convert.model import Aside
from convert.rules.rule import Context, Rule, remove


def check(aside: Aside, context: Context) -> str | None:
    return "promotion inside the article" if aside.kind == "promotion" else None


RULE = Rule("NAV004", "promotion", "info", __doc__, on=(Aside,), check=check, fix=remove)
