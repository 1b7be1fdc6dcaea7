"""banned2/sc.  Articles of 看中国.  The container of the body closes early, so only the wrapper's lines show where the
article ends; a call for members comes after it, inside the same page."""

import re
from types import MappingProxyType

from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import BYLINE, DATELINE, EDITOR, REPRINT

# The same lines, and nothing else, follow it on all of 3,959 pages.
MEMBERSHIP = re.compile(
    r'<p style="margin-bottom:\d+px;"(?=>\s*<hr style="border-top: 1px dashed[^>]*>\s*<br/>\s*【[诚誠][征徵])'
)

DIALECT = BANNED2._replace(
    name="banned2/sc",
    host="secretchina.com/",
    asides=MappingProxyType({MEMBERSHIP: "membership"}),
    publisher="看中国",
    publishers={"zh-Hant": "看中國", "en": "Vision Times"},
    dateline=DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
)
