"""epoch-news/promo-injected.  The page with lines of promotion inside the article."""

from convert.readers.mirror.dialects.epoch_news import EPOCH_NEWS, NAV, PIXEL, PROMOTION, SISTER

DIALECT = EPOCH_NEWS._replace(name="epoch-news/promo-injected", recognise=(PROMOTION, PIXEL, SISTER, NAV))
