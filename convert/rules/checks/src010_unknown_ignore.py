"""SRC010 unknown-ignore

## What it finds
A comment `<!-- convert: ignore … -->` that names no rule, or one that does not exist.

## Why it matters
Somebody meant to silence a finding, and it is still told; or a code was mistyped, and nobody sees it.

## What to do
Write the code of the finding as it is told, such as `<!-- convert: ignore LNK001 -->`; several stand with commas
between them. A family such as `LNK` and a name such as `relative-link` can stand there too. `convert explain` lists
all.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC010", "unknown-ignore", "warning", __doc__)
