"""What elements of a page mean, told by their identifiers and classes.  Data, for the walk in html.py."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.model import AsideKind, EmbedKind


class Markup(NamedTuple):
    """What elements of a family of pages mean, told by their identifiers and classes."""

    asides: Mapping[str, AsideKind] = MappingProxyType({})
    """Matter that stands on the page but not in the article."""
    embeds: Mapping[str, EmbedKind] = MappingProxyType({})
    """Boxes of other sites; one without text or address says that the mirror did not keep it."""
    captions: frozenset[str] = frozenset()
    """Elements whose text is the caption of the picture before them."""
    shown: frozenset[str] = frozenset()
    """Hidden elements whose text belongs to the article all the same."""


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
