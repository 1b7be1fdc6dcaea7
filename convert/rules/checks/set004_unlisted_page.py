"""SET004 unlisted-page

## What it finds
An article in a channel whose index pages and tables do not list it.  Told at the page.

It is asked only where the archive given holds the channel as a whole (see SET003), and where its index lists at least
half of the pages that are there: some mirrors list only the newest.

## Why it matters
Readers of the mirror do not find it, and in a book nothing tells its place among the articles of its day.

## What to do
Make the index again.
"""

from convert.rules.rule import Rule

RULE = Rule("SET004", "unlisted-page", "info", __doc__)
