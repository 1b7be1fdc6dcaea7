"""Words for removed content, in the language of a book, for readers who know no rules; by language and code."""

from collections.abc import Mapping
from types import MappingProxyType

from convert.messages import Language
from convert.rules import RULES

REMOVALS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "zh-Hans": {
        "HTM002": "网页上本来就看不见的内容",
        "HTM004": "没有内容的段落和方框",
        "HTM008": "混在网页代码里的文字",
        "IMG001": "看不见的跟踪图片",
        "IMG003": "没有地址、无法显示的图片",
        "IMG004": "已经损坏的图片",
        "IMG005": "代替图片的空白占位图",
        "LNK002": "无处可去的链接（链接上的文字保留）",
        "LNK005": "链接里跟踪读者的部分",
        "NAV001": "导航链接里跟踪读者的部分",
        "NAV003": "无处可去的导航链接",
        "NAV004": "镜像网站夹在文章里的推广",
        "NAV005": "网页附带的相关文章、分享按钮和广告",
        "SRC015": "帖子开头的设置里，书中没有位置的项",
    },
    "zh-Hant": {
        "HTM002": "網頁上本來就看不見的內容",
        "HTM004": "沒有內容的段落和方框",
        "HTM008": "混在網頁程式碼裡的文字",
        "IMG001": "看不見的追蹤圖片",
        "IMG003": "沒有位址、無法顯示的圖片",
        "IMG004": "已經損壞的圖片",
        "IMG005": "代替圖片的空白佔位圖",
        "LNK002": "無處可去的連結（連結上的文字保留）",
        "LNK005": "連結裡追蹤讀者的部分",
        "NAV001": "導覽連結裡追蹤讀者的部分",
        "NAV003": "無處可去的導覽連結",
        "NAV004": "鏡像網站夾在文章裡的推廣",
        "NAV005": "網頁附帶的相關文章、分享按鈕和廣告",
        "SRC015": "貼文開頭的設定裡，書中沒有位置的項",
    },
    "en": {
        "HTM002": "Matter that the web page itself never showed",
        "HTM004": "Paragraphs and boxes without content",
        "HTM008": "Words among the code of the web page",
        "IMG001": "Invisible pictures that track readers",
        "IMG003": "Pictures without an address, which nothing can show",
        "IMG004": "Broken pictures",
        "IMG005": "Blank pictures in the place of real ones",
        "LNK002": "Links that lead nowhere (their words stay)",
        "LNK005": "Parts of links that track readers",
        "NAV001": "Parts of the page's own links that track readers",
        "NAV003": "Links of the page itself that lead nowhere",
        "NAV004": "The mirror's advertisements inside articles",
        "NAV005": "Related articles, share buttons and advertising around the article",
        "SRC015": "Settings at the head of a post for which a book has no place",
    },
})  # fmt: skip


def removal(code: str, language: str) -> str:
    """Return the words for what a rule removes, in the language of a book, or the title of the rule."""
    known = REMOVALS.get(language) or REMOVALS["en"]
    spoken: Language = "zh" if language.startswith("zh") else "en"
    return known.get(code) or RULES[code].title_in(spoken)
