"""SRC006 unknown-wrapper

## What it finds
A page with a title and an original address, but without the wrapper lines of any dialect known here.

## Why it matters
Where the article begins and ends cannot be told, so the mirror's own lines would be taken for its text.

## What to do
docs/formats.md lists the dialects; a new one is one file in convert/readers/mirror/dialects/.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC006", "unknown-wrapper", "error", __doc__)
