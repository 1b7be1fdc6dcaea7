"""SET006 repeated-row

## What it finds
A table of a mirror, `indexes/CHANNEL.csv`, lists one identifier twice.  Told at the second row.

## Why it matters
Programs that read the table count the article twice, or keep the title of the wrong row.

## What to do
Take one of the rows out.
"""

from convert.rules.rule import Rule

RULE = Rule("SET006", "repeated-row", "warning", __doc__)
