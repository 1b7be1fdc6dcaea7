"""A video, a recording or a post of another site of which the mirror preserved neither text nor address."""

from collections.abc import Mapping
from types import MappingProxyType

from convert.messages import Message, message
from convert.model import Embed, EmbedKind
from convert.rules.rule import Context, Rule

KINDS: Mapping[EmbedKind, Message] = MappingProxyType({
    "tweet": message("media-tweet"), "instagram": message("media-instagram"), "facebook": message("media-facebook"),
    "video": message("media-video"), "audio": message("media-audio"), "document": message("media-document"),
    "other": message("media-other"),
})  # fmt: skip


def check(embed: Embed, context: Context) -> Message | None:
    return None if embed.address or embed.children else message("removed-media", kind=KINDS[embed.kind])


RULE = Rule("HTM005", "removed-media", "warning", node_types=(Embed,), check=check, first_only=True)
