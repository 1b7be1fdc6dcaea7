"""HTM009 structure-lost

## What it finds
Fewer cells of tables or items of lists in the article than in the source.  Looked for with `--fidelity`.

## Why it matters
A table with a cell less puts every figure after it into the wrong column.

## What to do
Report the document as a fault of this program.
"""

from convert.rules.rule import Rule

RULE = Rule("HTM009", "structure-lost", "error", __doc__)
