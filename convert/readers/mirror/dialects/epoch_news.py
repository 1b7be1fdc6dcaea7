"""Data that the five epoch-news dialects share: pages of the mirror `epoch-news` and its copies."""

from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.dialects.lines import BYLINE, DATELINE, EDITOR, NOTICES, REPRINT, SIGNS

NAV = "\n#### [首页]("
SISTER = "/epoch-comment"
LABEL = "\n原文链接（需翻墙）："
OLD_LABEL = "\n原文链接："
PIXEL = "\n<img src='http://gfw-breaker.win/epoch-news/pages/"
HEAD_PIXEL = "\n<img src='http://gfw-breaker.win/epoch-news/../pages/"
PROMOTION = "\n#### [ "

EPOCH_NEWS = Dialect(
    name="epoch-news/plain",
    recognise=(SISTER, NAV),
    nav=NAV,
    label=LABEL,
    end="\n---\n",
    lead="img.wp-post-image",
    end_marker="<!-- article content end -->",
    publisher="大纪元",
    publishers={"zh-Hant": "大紀元", "en": "The Epoch Times"},
    notices=NOTICES,
    dateline=DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
    credit_signs=SIGNS,
    expects=("dateline", "editor"),
)
