"""TXT004 misread-text

## What it finds
A page whose text is UTF-8 that somebody read as Latin-1: `ä¸­å›½` where 中国 should stand.

## Why it matters
Nobody can read it.

## Fix
The bytes are read again as what they are.  Columns on those lines are those of the mended text.
"""

from convert.rules.rule import Rule

RULE = Rule("TXT004", "misread-text", "error", __doc__)
