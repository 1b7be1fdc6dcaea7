"""IMG006 picture-lost

## What it finds
A picture of the source that is neither in the article nor in the list of what was taken out.  Looked for with
`--fidelity`.

## Why it matters
As TXT006.

## What to do
Report the document as a fault of this program.
"""

from convert.rules.rule import Rule

RULE = Rule("IMG006", "picture-lost", "error", __doc__)
