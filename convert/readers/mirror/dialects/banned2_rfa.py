"""banned2/rfa.  Articles of 自由亚洲电台, whose paragraphs are mostly lines with empty lines between them."""

import re

from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import REPRINT

DIALECT = BANNED2._replace(
    name="banned2/rfa",
    host="rfa.org/",
    lead="#headerimg img",
    publisher="自由亚洲电台",
    publishers={"zh-Hant": "自由亞洲電台", "en": "Radio Free Asia"},
    published=re.compile(r"-(?P<month>\d{2})(?P<day>\d{2})(?P<year>\d{4})\d{4,6}"),
    credits=(
        re.compile(r"^[（(]?(?:记者|記者)\s*[：:]\s*(?P<names>.{2,40}?)\s+责编\s*[：:]\s*(?P<editor>[^\s）)]+)"),
        re.compile(r"责编\s*[：:]\s*(?P<editor>[^\s）)]+)"),
        REPRINT,
    ),
    series=re.compile(r"(?:专栏|專欄|特约评论|评论)\s*[|｜]\s*(?P<series>[^：:|｜]{1,20})[：:]"),
)
