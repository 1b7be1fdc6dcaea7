"""banned2/sc.  Articles of 看中国.  The container of the body closes early, so only the wrapper's lines tell where the
article ends; a call for members stands after it, inside the same page."""

from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import BYLINE, DATELINE, EDITOR, REPRINT

MEMBERSHIP = '<p style="margin-bottom:{}px;">\n  <hr style="border-top: 1px dashed'

DIALECT = BANNED2._replace(
    name="banned2/sc",
    host="secretchina.com/",
    asides={MEMBERSHIP.format(12): "membership", MEMBERSHIP.format(10): "membership"},
    publisher="看中国",
    publishers={"zh-Hant": "看中國", "en": "Vision Times"},
    dateline=DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
)
