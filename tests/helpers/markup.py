"""A fragment of HTML as an article, and the Markdown of its blocks."""

from convert.model import SCHEMA_VERSION, Article, Provenance
from convert.readers.html.handlers import Builder
from convert.words import words
from convert.writers import markdown


def blocks_of(html: str) -> tuple[Builder, Article]:
    builder = Builder()
    body = tuple(builder.blocks(builder.parse(html)))
    source = Provenance("https://example.org/a")
    return builder, Article(
        schema_version=SCHEMA_VERSION, id="a", title="纸", language="zh-Hans", source=source, body=body
    )


def written(article: Article) -> str:
    return "\n".join(markdown.blocks(article.body, words("zh-Hans"))).strip("\n")
