"""Patterns of datelines, bylines and credits of Chinese publishers, which several dialects share."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from convert.late import late_pattern
from convert.model import AsideKind
from convert.numerals import SHORT, YEAR
from convert.readers.mirror.byline import AGENCY, KIND

# 【大纪元2023年09月12日讯】（大纪元记者徐简综合报导）, （作者：徐简）,
# （英文大纪元记者Ann Writer报导／方胶泥编译）, （中央社台北12日电）
DATELINE = late_pattern(
    r"【(?P<dateline>(?:大[纪紀]元|新唐人|希望之[声聲]|看中[国國])(?:北京[时時][间間])?(?:\d{4}年)?\d{1,2}月\d{1,2}日[讯訊电電]?)】"
)
# 【明慧网二零二一年一月二十三日】, 【纸坊网2020年11月7日讯】
ANY_DATELINE = late_pattern(
    rf"【(?P<dateline>[^【】\n]{{0,14}}?(?P<year>{YEAR})年(?P<month>{SHORT})月(?P<day>{SHORT})[日号號][^【】\n]{{0,6}})】"
)
_NAMED = r"(?:[^（）()【】\n]|[（(][^（）()\n]{1,40}[）)])"
BYLINE = late_pattern(
    rf"[（(]\s*(?P<byline>{_NAMED}{{2,90}}?)\s*[）)】]"
    r"|【(?P<heading>[^【】\n]{0,12}(?:记者|記者)[^【】\n]{2,30})】"
    r"|(?P<line>(?:作者|撰文|文[／/]?[图圖]?)\s*[：:／/]\s*[^\s：:／/，。]{2,20})\s*(?:\n|\Z)"
)
EDITOR = late_pattern(
    r"(?:^(?P<byline>(?:图文|圖文|文字)?(?:整理|编译|編譯|翻译|翻譯|撰文)[：:][^，,：:\n]{2,20})[，,／/\s]+)?"
    r"(?:责任编辑|責任編輯)\s*[：:]\s*(?P<editor>[^\s#＃◇@（）()]+)"
)
# （转自自由亚洲电台）
REPRINT = late_pattern(
    r"(?:[转轉]自|[转轉][载載](?:自|[：:]))\s*[《“「]?(?P<agency>[^（）()／/，。；|》”」【\s]{2,16})"
    r"|^（(?P<agency_alone>" + AGENCY + r")）$"
)
SIGNS = late_pattern("[责責转轉（]")
"""Characters of which every line that EDITOR or REPRINT matches has one, and few others."""
# （记者李韵报导/责任编辑：李泉）
CREDIT = late_pattern(
    r"[（(]\s*(?P<byline>[^（）()\n]{2,60}?)\s*[/／，,；;\s]\s*(?:责任编辑|責任編輯|责编|責編)\s*[：:]\s*"
    r"(?P<editor>[^\s#＃◇@（）()]+)\s*[）)]"
)
# 记者：李韵 责编：李泉, 责编：李泉
DESK = (
    late_pattern(
        r"^[（(]?\s*(?P<byline>[^：:（）()，。“”\n]{0,14}?(?:记者|記者)\s*[：:]?\s*[^：:（）()。，“”\n]{2,60}?)"
        r"\s*(?:[/／\s]\s*(?:责编|责任编辑|编辑|責編)\s*[：:]?\s*(?P<editor>[^\s：:）)]+)|[）)]\s*\Z)"
    ),
    late_pattern(r"责编\s*[：:]\s*(?P<editor>[^\s）)]+)"),
)
# 新唐人记者方胶泥、宋活版采访报导
STAFF = late_pattern(
    r"^(?P<byline>(?:新唐人|大[纪紀]元|希望之[声聲]|自由[亚亞]洲|本[台臺])(?:[电電][视視][台臺])?[^，。：:；“”\n]{0,6}(?:记者|記者)"
    rf"[^，。：:；“”\n]{{2,40}}?{KIND})\s*\Z"
)
ADDRESS = r"\s*(?:https?[:：]//)?[\w.]{1,80}\.[\w./?=&%#:+~\-]{1,300}"
# 欢迎订阅YouTube频道：https://…, 支持“纸坊”：https://…, 纸坊会员网站：https://…
SUBSCRIPTION = late_pattern(
    r"(?:[欢歡]迎|[请請]|[点點][击擊])?(?:[订訂][阅閱]|加入[会會][员員]|支持|[赞贊]助|捐款)[^：:。，！？]{0,24}[：:]"
    + ADDRESS
    + r"|[^：:。，！？\s]{1,10}(?:[会會][员員][网網]站|[点點][击擊][订訂][阅閱])[：:]" + ADDRESS
    + r"|【支持】[为為]真相[护護]航.*"
)  # fmt: skip
# 纸坊网版权所有，未经许可不得转载。 （本篇文章经纸坊网编辑制作，转载请注明。）
COPYRIGHT = late_pattern(
    r"[（(]?[^。，！？（）()\s]{2,14}版[权權]所有[^。]{0,40}?[转轉][载載][^。]{0,40}。?[）)]?"
    r"|[（(]?本篇?(?:文章|[节節]目)[^。]{0,12}[经經][^。，]{2,14}[编編][辑輯][制製]作[，,]\s*[转轉][载載][请請][^。]{0,60}。?[）)]?"
)
NOTICES: Mapping[re.Pattern[str], AsideKind] = MappingProxyType({SUBSCRIPTION: "membership"})
