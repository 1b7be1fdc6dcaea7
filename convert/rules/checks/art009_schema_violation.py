"""An article whose JSON does not satisfy schemas/article.schema.json."""

from msgspec.structs import replace

from convert.codec.article_json import violation
from convert.messages import Message
from convert.model import Article
from convert.rules import where
from convert.rules.rule import Context, Rule


def check(article: Article, context: Context) -> Message | None:
    if not article.title or not article.source.address:
        return None  # rules of their own say this better
    found = violation(article if context.thorough else replace(article, body=(), lead=None))
    return found.message if found else None


RULE = Rule("ART009", "schema-violation", "error", on=(Article,), check=check, where=where.violation)
