"""The DIALECTS table: a new dialect is one file here and one row."""

from collections.abc import Mapping
from types import MappingProxyType

from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.dialects import (
    banned1_epoch_rss,
    banned1_reuters,
    banned1_voa,
    banned2_epoch,
    banned2_ntd,
    banned2_rfa,
    banned2_sc,
    banned2_soh,
    epoch_news_headpixel,
    epoch_news_oldlabel,
    epoch_news_pixel,
    epoch_news_plain,
    epoch_news_promo_injected,
    mh_news,
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        dialect.name: dialect
        for dialect in (  # in the order in which they are tried: stricter ones first
            epoch_news_promo_injected.DIALECT,
            epoch_news_headpixel.DIALECT,
            epoch_news_pixel.DIALECT,
            epoch_news_oldlabel.DIALECT,
            epoch_news_plain.DIALECT,
            banned2_sc.DIALECT,
            banned2_ntd.DIALECT,
            banned2_epoch.DIALECT,
            banned2_soh.DIALECT,
            banned2_rfa.DIALECT,
            mh_news.DIALECT,
            banned1_epoch_rss.DIALECT,
            banned1_voa.DIALECT,
            banned1_reuters.DIALECT,
        )
    }
)
