"""SRC002 file-too-large

## What it finds
A file of more than 16 MiB.

## Why it matters
The largest article of the real archive has 1.7 MB.  Something this large is no article, and reading it could take all
memory.

## What to do
Take it out of the source, or split it.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC002", "file-too-large", "error", __doc__)
