"""SRC003 unsafe-member

## What it finds
A member of an archive with an absolute path, a path through `..`, a link, a device, or an encrypted one.

## Why it matters
Such a name could lead out of the archive.  It is never followed.

## What to do
Make the archive again with relative names.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC003", "unsafe-member", "error", __doc__)
