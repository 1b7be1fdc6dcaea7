"""banned2/soh.  Articles of 希望之声.  Addresses have no date, datelines have."""

import re

from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import BYLINE, DATELINE, EDITOR, REPRINT

DIALECT = BANNED2._replace(
    name="banned2/soh",
    host="soundofhope.org/",
    lead="div > img",
    publisher="希望之声",
    publishers={"zh-Hant": "希望之聲", "en": "Sound of Hope"},
    dated=re.compile(r"【希望之[声聲](?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    dateline=DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
    expects=("dateline",),
)
