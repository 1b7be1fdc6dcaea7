"""banned1/reuters.  Articles of 路透, whose captions are beside their figures and whose datelines have no year."""

from convert.late import late_pattern
from convert.readers.mirror.dialects.banned1 import BANNED1

LABEL = "\n<br/>原文链接："

DIALECT = BANNED1._replace(
    name="banned1/reuters",
    host="reuters.com/",
    label=LABEL,
    end=LABEL,
    publisher="路透",
    publishers={"en": "Reuters"},
    published=late_pattern(r"-(?P<month>\d{2})(?P<day>\d{2})(?:-[a-z]+)*-id[A-Z]"),
    dated=late_pattern(r"路透[^\d\s]{0,12}?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    dateline=late_pattern(r"^（?(?P<dateline>路透[^\d\s]{0,12}?\d{1,2}月\d{1,2}日)\s*[-－—–]"),
    credits=(late_pattern(r"(?:审校|[编編][辑輯])\s*[：:]?\s*(?P<editor>[^\s;；,，/／]{2,12})"),),
)
