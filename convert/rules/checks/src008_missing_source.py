"""An article without its original address."""

from convert.model import Article
from convert.rules.rule import Context, Rule
from convert.rules.where import last_line


def check(article: Article, context: Context) -> str | None:
    if article.source.address:
        return None
    if context.source_format == "markdown":
        return "the article has no original address: its front matter should have a line 'source: https://…'"
    if context.source_format == "html":
        return 'the article has no original address: <p class="source"> in its <footer> should hold it'
    return "the article has no original address: the last line should read '原文链接（需翻墙）：https://…'"


RULE = Rule("SRC008", "missing-source", "error", on=(Article,), check=check, where=last_line)
