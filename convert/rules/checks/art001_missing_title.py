"""An article without a title, or with one of which nothing is to be seen."""

from msgspec.structs import replace

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, texts
from convert.rules.rule import Context, Rule
from convert.text import shows, squeeze, visible

LENGTH = 30
"""Number of characters of the text that replace a missing title."""

_BYLINE = late_pattern(r"\s*（[^（）]{1,60}）\s*(?=.)")


def check(article: Article, context: Context) -> Message | None:
    if shows(article.title):
        return None
    if context.source_format == "markdown":
        return message("missing-title-markdown")
    if context.source_format in ("html", "mhtml"):
        return message("missing-title-html")
    return message("missing-title-mirror")


def fix(article: Article, context: Context) -> Article:
    words = "".join(texts(article.body))
    if article.dateline and words.startswith(dated := f"【{article.dateline}】"):
        words = _BYLINE.sub("", words.removeprefix(dated), count=1) if article.authors else words.removeprefix(dated)
    return replace(article, title=squeeze(visible(words, article.id, article.source.path), LENGTH))


RULE = Rule("ART001", "missing-title", "error", node_types=(Article,), check=check, fix=fix)
