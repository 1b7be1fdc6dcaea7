"""TXT005 compatibility-character

## What it finds
Han characters written with the code point of a radical that stands for them (Kangxi radicals, a few CJK radicals) or of
a compatibility ideograph: they look like the character that everybody writes, and are another.

## Why it matters
No search finds them, and few fonts have them.

## Fix
The usual character is written (Unicode Standard Annex 15, form KC, for these alone).  One report a document.
"""

from convert.rules.rule import Rule

RULE = Rule("TXT005", "compatibility-character", "info", __doc__)
