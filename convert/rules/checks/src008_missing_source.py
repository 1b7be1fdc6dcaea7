"""An article without its original address."""

from convert.messages import Message, message
from convert.model import Article
from convert.rules.rule import Context, Rule
from convert.rules.where import last_line


def check(article: Article, context: Context) -> Message | None:
    if article.source.address:
        return None
    if context.source_format == "markdown":
        return message("missing-source-markdown")
    if context.source_format == "html":
        return message("missing-source-html")
    return message("missing-source-mirror")


RULE = Rule("SRC008", "missing-source", "error", node_types=(Article,), check=check, where=last_line)
