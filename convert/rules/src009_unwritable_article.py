"""SRC009 unwritable-article

## What it finds
An article that one output format could not be made of.

## Why it matters
It is missing from that output; the others go on.

## What to do
The message holds the reason.  If it names a fault of this program, please report it with the document.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC009", "unwritable-article", "error", __doc__)
