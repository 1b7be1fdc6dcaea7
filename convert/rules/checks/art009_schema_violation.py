"""An article whose JSON does not satisfy schemas/article.schema.json."""

from msgspec.structs import replace

from convert.codec.article_json import violation
from convert.messages import Message
from convert.model import Article
from convert.rules import where
from convert.rules.rule import Context, Rule


def check(article: Article, context: Context) -> Message | None:
    if not article.title:
        return None  # ART001 reports this in clearer words
    fault = violation(article if context.thorough else replace(article, body=(), lead=None))
    return fault.message if fault else None


RULE = Rule("ART009", "schema-violation", "error", node_types=(Article,), check=check, where=where.violation)
