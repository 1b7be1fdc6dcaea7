"""epoch-news/plain.  The page without any tracker; also one that has lost its last line."""

from convert.readers.mirror.dialects.epoch_news import EPOCH_NEWS, NAV, SISTER

DIALECT = EPOCH_NEWS._replace(name="epoch-news/plain", recognise=(SISTER, NAV))
