"""SET005 differing-title

## What it finds
An index page or a table lists a page under another title than the page has.  White space, character references,
characters that cannot be seen and compatibility characters make no difference.  Told at the title in the index.

## Why it matters
The publisher changed the title, or two rows were mixed up.

## What to do
Make the index again, or fetch the page again, whichever is older.
"""

from convert.rules.rule import Rule

RULE = Rule("SET005", "differing-title", "info", __doc__)
