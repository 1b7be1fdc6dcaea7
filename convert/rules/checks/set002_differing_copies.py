"""SET002 differing-copies

## What it finds
An article that stands in the archive more than once, with different texts.  Told at each copy that differs from the
first.

## Why it matters
The publisher changed it between two crawls, and readers of one channel read another text than those of the next.
A book has only the newest: the one that tells the latest date, of those the longest.

## What to do
Fetch the older one again.
"""

from convert.rules.rule import Rule

RULE = Rule("SET002", "differing-copies", "warning", __doc__)
