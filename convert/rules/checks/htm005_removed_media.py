"""A video, a recording or a post of another site of which the mirror kept neither text nor address."""

from convert.model import Embed
from convert.rules.rule import Context, Rule


def check(embed: Embed, context: Context) -> str | None:
    return None if embed.address or embed.children else f"{embed.kind} not kept by the mirror"


RULE = Rule("HTM005", "removed-media", "warning", on=(Embed,), check=check, once=True)
