"""An article with neither text nor picture."""

from convert.messages import Message, message
from convert.model import Article, Embed, ThematicBreak
from convert.rules.rule import Context, Rule


def check(article: Article, context: Context) -> Message | None:
    if article.lead or any(not isinstance(block, ThematicBreak) and block != Embed("video") for block in article.body):
        return None
    return message("empty-body")


RULE = Rule("ART002", "empty-body", "error", node_types=(Article,), check=check)
