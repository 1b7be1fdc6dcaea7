"""PDF002 undrawn-article

## What it finds
An article that was read, and that could not be drawn for a PDF: it takes more time or memory than drawing one article
may, or the engine fails on it.

## Why it matters
Its pages say so in its place, with its title and its address; the other articles are there.  Drawing is sealed off: one
article, whatever is in it, neither holds up a book nor takes the machine's memory.

## What to do
Look at what is unusual in it: a table of many thousands of cells, a paragraph of megabytes.  `--pdf-engine` chooses the
other engine, which may draw it; every other format has the article whole.
"""

from convert.rules.rule import Rule

RULE = Rule("PDF002", "undrawn-article", "error", __doc__)
