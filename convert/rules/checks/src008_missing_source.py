"""SRC008 missing-source

## What it finds
An article without its original address.

## Why it matters
The address names the article: duplicates, links between articles and citations all need it.

## What to do
The last line of a mirror's page should read `原文链接（需翻墙）：https://…`; the front matter of Markdown should have a
line `source: https://…`, a web page `<link rel="canonical" href="https://…"/>` in its head.
"""

from convert.model import Article
from convert.rules.rule import Context, Rule
from convert.rules.where import last_line


def check(article: Article, context: Context) -> str | None:
    if article.source.address:
        return None
    if context.form == "markdown":
        return "the article has no original address: its front matter should have a line 'source: https://…'"
    if context.form == "html":
        return 'the article has no original address: <p class="source"> in its <footer> should hold it'
    return "the article has no original address: the last line should read '原文链接（需翻墙）：https://…'"


RULE = Rule("SRC008", "missing-source", "error", __doc__, on=(Article,), check=check, where=last_line)
