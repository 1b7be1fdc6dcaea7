"""epoch-news/pixel.  The page with a tracking picture just before its last rule."""

from convert.readers.mirror.dialects.epoch_news import EPOCH_NEWS, NAV, PIXEL, SISTER

DIALECT = EPOCH_NEWS._replace(name="epoch-news/pixel", recognise=(PIXEL, SISTER, NAV))
