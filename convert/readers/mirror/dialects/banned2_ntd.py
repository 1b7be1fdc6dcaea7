"""banned2/ntd.  Articles of 新唐人, which name reporter and editor together at their end."""

from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import BYLINE, CREDIT, DATELINE, EDITOR, REPRINT

DIALECT = BANNED2._replace(
    name="banned2/ntd",
    host="ntdtv.com/",
    lead=".featured_image img",
    publisher="新唐人",
    publishers={"en": "NTD"},
    dateline=DATELINE,
    byline=BYLINE,
    credits=(CREDIT, EDITOR, REPRINT),
)
