"""An article with neither text nor picture."""

from convert.model import Article, Embed, ThematicBreak
from convert.rules.rule import Context, Rule


def check(article: Article, context: Context) -> str | None:
    if article.lead or any(not isinstance(block, ThematicBreak) and block != Embed("video") for block in article.body):
        return None
    return "the article has no text and no picture; fetch the page again, or leave it out"


RULE = Rule("ART002", "empty-body", "error", on=(Article,), check=check)
