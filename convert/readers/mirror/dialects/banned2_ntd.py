"""banned2/ntd.  Articles of 新唐人, which name reporter and editor together at their end."""

from convert.late import late_pattern
from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import BYLINE, CREDIT, DATELINE, EDITOR, NOTICES, REPRINT, STAFF

# 采访/方胶泥 编辑/宋活版 后制/纸鸢
CREW = late_pattern(r"^(?:(?P<byline>采访[/／]\S{2,20})\s+)?编辑[/／](?P<editor>\S{2,12})")

DIALECT = BANNED2._replace(
    name="banned2/ntd",
    host="ntdtv.com/",
    lead=".featured_image img",
    publisher="新唐人",
    publishers={"en": "NTD"},
    notices=NOTICES,
    dateline=DATELINE,
    byline=BYLINE,
    credits=(CREDIT, EDITOR, REPRINT, STAFF, CREW),
)
