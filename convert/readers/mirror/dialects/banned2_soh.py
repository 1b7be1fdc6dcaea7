"""banned2/soh.  Articles of 希望之声.  Addresses have no date, datelines have."""

from types import MappingProxyType

from convert.late import late_pattern
from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import BYLINE, DATELINE, EDITOR, REPRINT, SIGNS

# Three wordings, in both scripts, below the editor's name.
COPYRIGHT = late_pattern(
    r"[（(]?希望之[声聲]版[权權]所有[^。]{0,40}?[转轉][载載][^。]{0,40}。?[）)]?"
    r"|[（(]?本篇?(?:文章|[节節]目)[^。]{0,12}[经經]希望之[声聲][编編][辑輯][制製]作[，,]\s*[转轉][载載][请請][^。]{0,60}。?[）)]?"
)

DIALECT = BANNED2._replace(
    name="banned2/soh",
    host="soundofhope.org/",
    lead="div > img",
    notices=MappingProxyType({COPYRIGHT: "furniture"}),
    publisher="希望之声",
    publishers={"zh-Hant": "希望之聲", "en": "Sound of Hope"},
    dated=late_pattern(r"【希望之[声聲](?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    dateline=DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
    credit_signs=SIGNS,
    expects=("dateline",),
)
