"""epoch-news/plain.  The page without any tracker."""

from convert.readers.mirror.dialects.epoch_news import EPOCH_NEWS, LABEL, NAV, SISTER

DIALECT = EPOCH_NEWS._replace(name="epoch-news/plain", recognise=(LABEL, SISTER, NAV), label=LABEL)
