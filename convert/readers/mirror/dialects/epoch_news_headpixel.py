"""epoch-news/headpixel.  The page with its tracking picture above the lead."""

from convert.readers.mirror.dialects.epoch_news import EPOCH_NEWS, HEAD_PIXEL, NAV, SISTER

DIALECT = EPOCH_NEWS._replace(name="epoch-news/headpixel", recognise=(HEAD_PIXEL, SISTER, NAV))
