"""SRC009 failed-conversion

## What it finds
A document on which this program itself failed.

## Why it matters
It is missing from the output; the others go on.

## What to do
This is a fault of the program, not of the document.  Please report it, with the message and the document.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC009", "failed-conversion", "error", __doc__)
