"""SRC008 missing-source

## What it finds
An article without its original address.

## Why it matters
The address names the article: duplicates, links between articles and citations all need it.

## What to do
The last line of the page should read `原文链接（需翻墙）：https://…`.
"""

from convert.model import Article
from convert.rules.rule import Context, Rule


def check(article: Article, context: Context) -> str | None:
    if article.source.address:
        return None
    return "the article has no original address: the last line should read '原文链接（需翻墙）：https://…'"


RULE = Rule("SRC008", "missing-source", "error", __doc__, on=(Article,), check=check)
