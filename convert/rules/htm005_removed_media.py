"""HTM005 removed-media

## What it finds
A video, a recording or a post of another site of which the mirror kept neither text nor address.

## Why it matters
The article speaks of something that the reader cannot see.  One report a document.

## What to do
Look it up at the original address.  Every output says at the place that something is missing.
"""

from convert.model import Article, Embed
from convert.rules.rule import Context, Rule


def check(article: Article, context: Context) -> str | None:
    missing = [
        block.kind for block in article.body if isinstance(block, Embed) and not (block.address or block.children)
    ]
    if not missing:
        return None
    return f"{len(missing)} embedded piece(s) not kept by the mirror: {', '.join(sorted(set(missing)))}"


RULE = Rule("HTM005", "removed-media", "warning", __doc__, on=(Article,), check=check)
