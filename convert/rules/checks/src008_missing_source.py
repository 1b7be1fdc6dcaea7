"""A page of a mirror without its original address."""

from convert.messages import Message, message
from convert.model import Article
from convert.rules.rule import Context, Rule
from convert.rules.where import last_line


def check(article: Article, context: Context) -> Message | None:
    if article.source.address or context.address or context.source_format != "mirror":
        return None
    return message("missing-source-mirror")


RULE = Rule("SRC008", "missing-source", "error", node_types=(Article,), check=check, where=last_line)
