"""banned2/rfa.  Articles of 自由亚洲电台, whose paragraphs are mostly lines with empty lines between them."""

from convert.late import late_pattern
from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import DESK, REPRINT, STAFF

DIALECT = BANNED2._replace(
    name="banned2/rfa",
    host="rfa.org/",
    lead="#headerimg img",
    publisher="自由亚洲电台",
    publishers={"zh-Hant": "自由亞洲電台", "en": "Radio Free Asia"},
    published=late_pattern(r"-(?P<month>\d{2})(?P<day>\d{2})(?P<year>\d{4})\d{4,6}"),
    credits=(
        *DESK,
        REPRINT,
        STAFF,
    ),
    series=late_pattern(
        r"\s*(?:(?:专栏|專欄)\s*[|｜]\s*(?P<series>[^：:|｜（(]{1,20})[：:（(]|(?P<rubric>禁书解读|聚焦维吾尔|读者广场)\s*[|｜])"
    ),
    commentator=late_pattern(
        r"\s*(?:评论|特约评论|禁书解读|聚焦维吾尔|读者广场)\s*[|｜]\s*(?P<author>[^\s：:|｜，。？！]{2,12})\s*[：:]"
    ),
)
