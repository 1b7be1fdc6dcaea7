"""SRC006 unknown-wrapper

## What it finds
A page without the wrapper lines of any dialect known here.  The message names the lines that it has instead.

## Why it matters
Where the article begins and ends has to be guessed, so that lines of the mirror may stand in its text.

## What to do
Look at what came out.  docs/formats.md lists the dialects; a new one is one file in convert/readers/mirror/dialects/.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC006", "unknown-wrapper", "warning", __doc__)
