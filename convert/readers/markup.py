"""Tables of the meaning of elements by their identifiers and classes, for the walk in readers/html."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.model import AsideKind, EmbedKind


class Markup(NamedTuple):
    """Meaning of elements in a family of pages, by selector: `#identifier` or `.class`."""

    asides: Mapping[str, AsideKind] = MappingProxyType({})
    """Content of the page that does not belong to the article."""
    lines: Mapping[str, AsideKind] = MappingProxyType({})
    """Classes of `<p>` that do not belong to the article."""
    embeds: Mapping[str, EmbedKind] = MappingProxyType({})
    """Embedded content of other sites; an embed without text and address is one that the mirror dropped."""
    captions: frozenset[str] = frozenset()
    """Elements that hold the caption of the picture before them."""
    shown: frozenset[str] = frozenset()
    """Elements that are hidden, but whose text belongs to the article."""


COMMON = Markup(
    asides={
        "#below_article_ad": "advertisement",
        "#inarticle_ad": "advertisement",
        ".adsbygoogle": "advertisement",
        ".related-posts": "related",
        ".StandardArticleBody_trustBadgeContainer": "furniture",
        ".published": "furniture",
        ".switcher-trigger": "furniture",
    },
    embeds={
        ".twitter-tweet": "tweet",
        ".twitter-video": "tweet",
        ".instagram-media": "instagram",
        ".fb-post": "facebook",
        ".video_fit_container": "video",
        ".epoch_player": "video",
        ".player-container": "video",
        "#story_video": "video",
        ".videobox": "video",
        ".soh-embed": "other",
        ".infogram-embed": "other",
        ".DC-embed": "document",
        ".wp-playlist": "audio",
    },
    captions=frozenset(
        {".wp-caption-text", ".caption", ".image-caption", "#headerimgcaption", ".additionalimgcaption"}
    ),
    shown=frozenset({"#popupMenu"}),
)
