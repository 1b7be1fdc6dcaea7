"""SET007 unquoted-comma

## What it finds
A title in a table of a mirror, `indexes/CHANNEL.csv`, holds a comma, and no quotation marks are around it (RFC 4180,
section 2).  Told at the comma.

## Why it matters
Programs that read CSV take the row for one of more columns, and cut the title at the comma.

## What to do
Write the title in quotation marks: `n1,"纸, 墨"`.  This program takes everything after the first comma for the title,
with or without them.
"""

from convert.rules.rule import Rule

RULE = Rule("SET007", "unquoted-comma", "warning", __doc__)
