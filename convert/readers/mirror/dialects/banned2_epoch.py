"""banned2/epoch.  Articles of 大纪元."""

from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import BYLINE, DATELINE, EDITOR, NOTICES, REPRINT, SIGNS

DIALECT = BANNED2._replace(
    name="banned2/epoch",
    host="epochtimes.com/",
    lead="img.wp-post-image",
    publisher="大纪元",
    publishers={"zh-Hant": "大紀元", "en": "The Epoch Times"},
    notices=NOTICES,
    dateline=DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
    credit_signs=SIGNS,
    expects=("dateline", "editor"),
)
