"""HTM007 escaped-markup

## What it finds
HTML that was escaped once more than it should be, so that readers see tags: `&lt;br /&gt;`.

## Why it matters
The links in it are lost, and the text cannot be read.

## Fix
Tags that articles use are read as markup; anything else in angle brackets stays text.  One report a document.
"""

from convert.rules.rule import Rule

RULE = Rule("HTM007", "escaped-markup", "warning", __doc__)
