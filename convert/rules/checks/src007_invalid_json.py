"""SRC007 invalid-json

## What it finds
A JSON document that cannot be parsed.

## Why it matters
Nothing of it can be read.

## What to do
The message names the place where parsing stopped.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC007", "invalid-json", "error", __doc__)
