"""SET010 stray-picture

## What it finds
The picture of a page for sharing, `pages/CHANNEL/ID.md.png`, without the page.

It is asked only where the archive given holds the channel as a whole (see SET003).

## Why it matters
It leads readers to a page that is not there.

## What to do
Fetch the page again, or delete the picture.
"""

from convert.rules.rule import Rule

RULE = Rule("SET010", "stray-picture", "warning", __doc__)
