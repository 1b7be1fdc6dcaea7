"""ART001 missing-title

## What it finds
An article whose first line has no title.

## Why it matters
Tables of contents, file names and catalogues are made of titles.

## What to do
Write the title into the first line, after `### `.
"""

from convert.model import Article
from convert.rules.rule import Context, Rule


def check(article: Article, context: Context) -> str | None:
    return None if article.title else "the article has no title: the first line should read '### TITLE'"


RULE = Rule("ART001", "missing-title", "error", __doc__, on=(Article,), check=check)
