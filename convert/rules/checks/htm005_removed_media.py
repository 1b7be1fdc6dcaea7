"""HTM005 removed-media

## What it finds
A video, a recording or a post of another site of which the mirror kept neither text nor address.

## Why it matters
The article speaks of something that the reader cannot see.  One report a document, at the first.

## What to do
Look it up at the original address.  Every output says at the place that something is missing.
"""

from convert.model import Embed
from convert.rules.rule import Context, Rule


def check(embed: Embed, context: Context) -> str | None:
    return None if embed.address or embed.children else f"{embed.kind} not kept by the mirror"


RULE = Rule("HTM005", "removed-media", "warning", __doc__, on=(Embed,), check=check, once=True)
