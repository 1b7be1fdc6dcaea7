"""SET003 missing-page

## What it finds
An index page or a table of a mirror lists a page that is not in the archive.  Told at the row of the index.

It is asked only where the archive given holds the channel as a whole: at least half of the pages that its index pages
and tables list are there, or at least nine in ten of all that those of its mirror list.  Of a checkout of a part, or
of single files, nothing is said.

## Why it matters
The link leads nowhere, and the article may be lost.

## What to do
Fetch the page again, or take the row out of the index.
"""

from convert.rules.rule import Rule

RULE = Rule("SET003", "missing-page", "warning", __doc__)
