"""Patterns of datelines, bylines and credits of Chinese publishers, which several dialects share."""

import re

# 【大纪元2023年09月12日讯】（大纪元记者徐简综合报导）, （作者：徐简）,
# （英文大纪元记者Tom Ozimek报导／陈霆编译）, （中央社台北12日电）
DATELINE = re.compile(
    r"【(?P<dateline>(?:大[纪紀]元|新唐人|希望之[声聲]|看中[国國])(?:北京[时時][间間])?(?:\d{4}年)?\d{1,2}月\d{1,2}日[讯訊电電]?)】"
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
    r"|(?:作者|撰文|文)[：:](?P<writers>[^（）／]{2,30})"
    r")(?:／(?P<second>[^（）]*?)(?P<second_kind>" + KIND + r"))?）"
)
EDITOR = re.compile(r"(?:责任编辑|責任編輯)\s*[：:]\s*(?P<editor>[^\s#＃◇@（）()]+)")
# （转自自由亚洲电台）
REPRINT = re.compile(
    r"(?:[转轉]自|[转轉][载載](?:自|[：:]))\s*[《“「]?(?P<agency>[^（）()／/，。；|》”」【\s]{2,16})"
    r"|^（(?P<agency_alone>" + AGENCY + r")）$"
)
# （记者李韵报导/责任编辑：李泉）
CREDIT = re.compile(
    r"（(?:[记記]者)?(?P<names>[^（）／/：:]{2,30}?)(?P<kind>" + KIND + r")\s*[/／]\s*(?:责任编辑|責任編輯)\s*[：:]\s*"
    r"(?P<editor>[^\s#＃◇@（）()]+)）"
)
