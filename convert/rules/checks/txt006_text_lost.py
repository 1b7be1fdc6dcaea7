"""TXT006 text-lost

## What it finds
Characters of the source that are neither in the article nor in the list of what was taken out. Looked for with
`--fidelity`, by another parser than the one that reads.

## Why it matters
This program lost them.  It promises to lose nothing.

## What to do
Report the document as a fault of this program.
"""

from convert.rules.rule import Rule

RULE = Rule("TXT006", "text-lost", "error", __doc__)
