"""mh-news.  Articles of 明慧网, whose paragraphs are inside one another; datelines are in Chinese numerals."""

from convert.late import late_pattern
from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import ANY_DATELINE, BYLINE, EDITOR, REPRINT, SIGNS

DIALECT = BANNED2._replace(
    name="mh-news",
    host="minghui.org/",
    publisher="明慧网",
    publishers={"zh-Hant": "明慧網", "en": "Minghui"},
    identifier=late_pattern(r"(?:.*[/\-])?(?P<identifier>\d{4,8})\.html?"),
    dated=ANY_DATELINE,
    dateline=ANY_DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
    credit_signs=SIGNS,
    expects=("dateline",),
)
