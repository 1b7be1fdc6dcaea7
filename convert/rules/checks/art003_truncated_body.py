"""ART003 truncated-body

## What it finds
A page whose body lacks the end mark that every whole page of its dialect has.

## Why it matters
The mirror cut the article short, often after a tweet or a table: the rest of it is missing.  In the real archive the
mark tells this without one false alarm.

## What to do
Fetch the page again.  What there is of it is converted.
"""

from convert.rules.rule import Rule

RULE = Rule("ART003", "truncated-body", "warning", __doc__)
