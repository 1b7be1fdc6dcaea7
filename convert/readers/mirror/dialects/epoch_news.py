"""What the five epoch-news dialects share: pages of the mirror `epoch-news` and its copies."""

import re

from convert.readers.mirror.dialect import Dialect

NAV = "\n#### [首页]("
SISTER = "/epoch-comment?"
LABEL = "\n原文链接（需翻墙）："
OLD_LABEL = "\n原文链接："
PIXEL = "\n<img src='http://gfw-breaker.win/epoch-news/pages/"
HEAD_PIXEL = "\n<img src='http://gfw-breaker.win/epoch-news/../pages/"
PROMOTION = "\n#### [ "

# 【大纪元2023年09月12日讯】（大纪元记者徐简综合报导）, （英文大纪元记者Tom Ozimek报导／陈霆编译）, （中央社台北12日电）
DATELINE = re.compile(
    r"【(?P<dateline>(?:大[纪紀]元|新唐人|希望之[声聲]|看中[国國])(?:北京[时時][间間])?\d{4}年\d{1,2}月\d{1,2}日[讯訊电電]?)】"
)
KIND = (
    "(?:综合|綜合|采访|採訪|编译|編譯|整理|专题|專題|图片|圖片)?"
    "(?:报导|报道|報導|報道|编译|編譯|撰文|翻译|翻譯|整理|采访|採訪)"
)
AGENCY = "中央社|美[国國]之音|自由[亚亞]洲[电電][台臺]|法新社|路透社|美联社|美聯社|[^（）／]{0,6}通[讯訊]社"
BYLINE = re.compile(
    r"（(?:"
    r"(?P<agency>" + AGENCY + r")(?P<reporter>记者|記者)?"
    r"(?P<agency_names>[^（）／]*?)?(?:\d{1,2}日)?(?P<agency_kind>[^（）／\d]{0,4}[电電]|" + KIND + r"|)"
    r"|(?P<names>[^（）／]*?)(?P<kind>" + KIND + r")"
    r")(?:／(?P<second>[^（）]*?)(?P<second_kind>" + KIND + r"))?）"
)
EDITOR = re.compile(r"(?:责任编辑|責任編輯)\s*[：:]\s*(?P<editor>[^\s#＃◇@（）()]+)")

EPOCH_NEWS = Dialect(
    name="epoch-news/plain",
    recognise=(SISTER, NAV),
    nav=NAV,
    label=LABEL,
    end="\n---\n",
    lead="img.wp-post-image",
    end_marker="<!-- article content end -->",
    publisher="大纪元",
    publishers={"zh-Hant": "大紀元", "en": "The Epoch Times"},
    dateline=DATELINE,
    byline=BYLINE,
    editor=EDITOR,
)
