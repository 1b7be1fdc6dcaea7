"""banned2/sc.  Articles of 看中国.  The container of the body closes early, so only the wrapper's lines show where the
article ends; a call for members comes after it, inside the same page, or in it."""

from types import MappingProxyType

from convert.late import late_pattern
from convert.readers.mirror.dialects.banned2 import BANNED2
from convert.readers.mirror.dialects.lines import ADDRESS, BYLINE, DATELINE, EDITOR, REPRINT, SIGNS

# 【诚征荣誉会员】 behind a dashed rule, mostly at the end: 3,959 of 4,491 pages.
_CALL = (
    r"(?:\s|&nbsp;|<(?:br|p|div|center|span|strong|b|font)\b[^>]{0,200}>)*【?\s*[诚誠][征徵][荣榮][誉譽][会會][员員]"
)
_DASHED = r"<hr\b[^>]{0,200}\bdashed\b[^>]{0,200}"
MEMBERSHIP = late_pattern(rf"(?:<p\b[^>]{{0,200}}(?=>\s*<hr\b)|{_DASHED})(?=(?:>\s*{_DASHED})?>(?P<call>{_CALL}))")
# 荣誉会员招募中：https://…
RECRUITING = late_pattern(
    r"(?:《?看中[国國]》?)?[荣榮][誉譽][会會][员員]招募中[：:]" + ADDRESS
    + r"|[（(][^（）()]*成[为為]《看中[国國]》[荣榮][誉譽][会會][员員]，[^（）()]*[）)]"
)  # fmt: skip

DIALECT = BANNED2._replace(
    name="banned2/sc",
    host="secretchina.com/",
    asides=MappingProxyType({MEMBERSHIP: "membership"}),
    notices=MappingProxyType({RECRUITING: "membership"}),
    publisher="看中国",
    publishers={"zh-Hant": "看中國", "en": "Vision Times"},
    dateline=DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
    credit_signs=SIGNS,
)
