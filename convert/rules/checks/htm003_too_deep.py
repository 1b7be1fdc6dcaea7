"""HTM003 too-deep

## What it finds
Elements that nest more than 120 deep, or blocks more than 8 deep.

## Why it matters
Every later tool has a limit.  The deepest page of the real archive nests 25 elements.

## Fix
Inner blocks are unwrapped; below 120 elements only the text is kept.
"""

from convert.rules.rule import Rule

RULE = Rule("HTM003", "too-deep", "warning", __doc__)
