"""HTM006 stray-end-tag

## What it finds
End tags of elements that have none: `</br>`, `</img>`, `</input>`.

## Why it matters
Read by the letter of the HTML Standard, `</br>` is one more line break, and two of them end a paragraph.

## Fix
They are passed over; but a `</br>` that ends no `<br>` is a line break, as in browsers.  One report a document.
"""

from convert.rules.rule import Rule

RULE = Rule("HTM006", "stray-end-tag", "info", __doc__)
