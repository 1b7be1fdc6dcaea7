"""SET001 duplicate-article

## What it finds
An article that stands in the archive more than once with the same text, mostly in several channels.  Told at each copy
after the first.

## Why it matters
A book holds it as often as the archive does.

## What to do
Nothing, if a mirror lists it in several channels on purpose.
"""

from convert.rules.rule import Rule

RULE = Rule("SET001", "duplicate-article", "info", __doc__)
