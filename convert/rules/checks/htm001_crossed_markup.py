"""HTM001 crossed-markup

## What it finds
Links that end with the end tag of another element: `<a …>` closed by `</ok>`.

## Why it matters
Read by the letter of the HTML Standard, such a link runs on to the end of the article.

## Fix
Start and end are paired before parsing.  One report a document.
"""

from convert.rules.rule import Rule

RULE = Rule("HTM001", "crossed-markup", "warning", __doc__)
