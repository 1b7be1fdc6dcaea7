"""HTM002 hidden-text

## What it finds
Text in an element that is never shown (`display: none`).

## Why it matters
A reader of the original page did not see it either: it is a pop-up, a pay wall or a watermark.

## Fix
It is taken out and listed.  Text that mirrors hide by mistake, such as the editor's line in `#popupMenu`, stays.
"""

from convert.rules.rule import Rule

RULE = Rule("HTM002", "hidden-text", "warning", __doc__)
