"""SET008 broken-row

## What it finds
A row of a table of a mirror, `indexes/CHANNEL.csv`, that is no identifier and a title: one column, an empty field,
quotation marks that do not close the field, bytes that are not UTF-8.  Told with line and column of the table.

## Why it matters
Nothing tells which article it lists, or what that is called.

## What to do
Mend the row.
"""

from convert.rules.rule import Rule

RULE = Rule("SET008", "broken-row", "warning", __doc__)
