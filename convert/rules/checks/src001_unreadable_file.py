"""SRC001 unreadable-file

## What it finds
A file that cannot be opened or read: no permission, gone meanwhile, or no file at all but a device or a pipe.

## Why it matters
Nothing of it reaches the output.

## What to do
The message holds the system's reason.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC001", "unreadable-file", "error", __doc__)
