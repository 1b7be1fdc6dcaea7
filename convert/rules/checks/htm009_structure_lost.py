"""HTM009 structure-lost

## What it finds
Fewer cells of tables or items of lists in the article than in the source, or in an output than in the article; a
paragraph that is not one in an output.  Looked for with `--fidelity`.

## Why it matters
A table with a cell less puts every figure after it into the wrong column; paragraphs that run together read wrong.

## What to do
Report the document as a fault of this program.
"""

from convert.rules.rule import Rule

RULE = Rule("HTM009", "structure-lost", "error", __doc__)
