"""An article without its original address: a saved web page, a post, or Markdown.  It is read all the same."""

from convert.messages import Message, message
from convert.model import Article
from convert.rules.rule import Context, Rule


def check(article: Article, context: Context) -> Message | None:
    if article.source.address or context.source_format == "mirror" or article.source.dialect == "epub":
        return None  # a chapter of a book has none
    if context.source_format in ("html", "mhtml"):
        return message("no-address-page")
    return message("no-address-post")


RULE = Rule("SRC017", "no-address", "warning", node_types=(Article,), check=check)
