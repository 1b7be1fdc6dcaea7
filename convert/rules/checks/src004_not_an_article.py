"""SRC004 not-an-article

## What it finds
A file that is no article: an index page, a README, a table, an empty file, a picture.

## Why it matters
It is left out, and nothing is wrong with that.  Articles are told by their content: a first line `### TITLE` and a last
line with the original address; the front matter of our Markdown; JSON with a `schema_version`; a web page.

## What to do
Nothing, unless you meant it to be an article.  Other Markdown is read with `--from markdown`.
"""

from convert.rules.rule import Rule

RULE = Rule("SRC004", "not-an-article", "info", __doc__)
