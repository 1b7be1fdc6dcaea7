"""HTM008 text-in-attribute

## What it finds
Text that slipped into the names of an element's attributes: `<img <="" p="" 责任编辑：林妍="">`.

## Why it matters
A tag that was not closed swallowed the line after it, often the one that names the editor.

## Fix
The text stands after the element again.
"""

from convert.rules.rule import Rule

RULE = Rule("HTM008", "text-in-attribute", "warning", __doc__)
