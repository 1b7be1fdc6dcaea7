"""SET001 duplicate-article

## What it finds
An article that stands in the archive more than once with the same text, mostly in several channels.  Told at each copy
after the first.

## Why it matters
A book has it once, in the first channel that has it, and names it in the lists of the others; files of their own are
made of every copy.

## What to do
Nothing, if a mirror lists it in several channels on purpose. `--duplicates` says how often it is in an output.
"""

from convert.rules.rule import Rule

RULE = Rule("SET001", "duplicate-article", "info", __doc__)
