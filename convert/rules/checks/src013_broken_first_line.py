"""SRC013 broken-first-line

## What it finds
A mirror's page whose first line is not `### TITLE`: `###TITLE`, `# TITLE`, an empty line, the mark of a merge conflict.

## Why it matters
By that line an article is known.  The page is read all the same, with the first line of text as its title, but other
programs pass it over.

## What to do
Write the first line as the message says.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC013", "broken-first-line", "warning", __doc__)
