"""LNK003 link-lost

## What it finds
A link of the source, with something to see in it, whose target is neither in the article nor in the list of what was
taken out.  Looked for with `--fidelity`.

## Why it matters
As TXT006.

## What to do
Report the document as a fault of this program.
"""

from convert.rules.rule import Rule

RULE = Rule("LNK003", "link-lost", "error", __doc__)
