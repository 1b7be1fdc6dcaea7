"""IMG005 lazy-placeholder

## What it finds
A picture whose address is that of a placeholder, and whose own stands in an attribute for a script: `data-src`.

## Why it matters
Without the script the reader sees a white box.

## Fix
The picture's own address is taken.
"""

from convert.rules.rule import Rule

RULE = Rule("IMG005", "lazy-placeholder", "info", __doc__)
