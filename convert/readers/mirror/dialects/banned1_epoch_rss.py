"""banned1/epoch-rss.  Articles of 大纪元 from its feed: raw HTML, one paragraph a line, scripts and frames with it."""

from convert.readers.mirror.dialects.banned1 import BANNED1
from convert.readers.mirror.dialects.lines import BYLINE, DATELINE, EDITOR, NOTICES, REPRINT, SIGNS

DIALECT = BANNED1._replace(
    name="banned1/epoch-rss",
    host="epochtimes.com/",
    publisher="大纪元",
    publishers={"zh-Hant": "大紀元", "en": "The Epoch Times"},
    notices=NOTICES,
    dateline=DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
    credit_signs=SIGNS,
    expects=("dateline",),
)
