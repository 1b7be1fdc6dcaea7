"""SRC005 invalid-utf8

## What it finds
Bytes that are no UTF-8; in a saved web page, bytes that are no characters of the encoding that it names.

## Why it matters
Some characters of the article are lost, and nothing tells which.

## What to do
Save the file as UTF-8, or the page again.  The place of the first wrong byte is given.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC005", "invalid-utf8", "error", __doc__)
