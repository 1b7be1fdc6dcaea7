"""epoch-news/oldlabel.  The older page, whose last line does not warn of the firewall."""

from convert.readers.mirror.dialects.epoch_news import EPOCH_NEWS, NAV, OLD_LABEL, SISTER

DIALECT = EPOCH_NEWS._replace(name="epoch-news/oldlabel", recognise=(SISTER, NAV), label=OLD_LABEL)
