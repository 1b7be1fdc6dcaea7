"""Words that outputs add, in the article's language; the readers of our own formats recognise some of them."""

from collections.abc import Mapping
from types import MappingProxyType

from convert.languages import is_traditional

Words = Mapping[str, str]

NO_ARTICLE = "<!-- archive-convert: no article -->"
"""First line of Markdown that this program writes without an article: indexes, and notices of articles left out."""

WORDS: Mapping[str, Words] = MappingProxyType({
    "zh-Hans": {
        "search_found": "找到{}篇文章",
        "search_most": "最多{}篇文章",
        "search_none": "没有文章有这些字。试试较少的词，或者在词之间加空格。",
        "search_searching": "正在搜索……",
        "search_failed": "索引打不开：网站的文件夹里缺少文件。",
        "search_old": "这个浏览器太旧，不能搜索；目录里有所有文章。",
        "search_more": "更多结果",
        "search_script": "搜索需要 JavaScript。没有它，目录里也有所有文章。",
        "search_help": "空格分开的词都要有；“引号”里的字要连在一起；-词 排除有它的文章。简体和繁体、"
        "大写和小写都一样。按 / 到这里，用上下箭头选择。",
        "by_keyword": "按标签", "about_site": "关于本站", "newest": "最新文章", "related": "相关文章",
        "search": "搜索", "feed": "订阅", "lists": "列表", "around": "前后文章", "around_list": "前后各页",
        "licence_note_site": "文章和图片的版权归各自的作者和发布者所有。本站由 archive-convert（AGPL-3.0-"
        "or-later）整理，打开网页时只读取本站自己的文件；点击文中通往别处的链接才会离开本站。",
        "source": "原文：", "contents": "目录", "previous": "上一篇", "next": "下一篇", "picture": "〔图片〕",
        "by": "、", "left_out": "这篇文章未能转换：", "missing": "〔{}：镜像没有保留〕", "articles": "篇文章",
        "tweet": "推文", "instagram": "Instagram 贴文", "facebook": "脸书贴文", "video": "视频", "audio": "音频",
        "document": "文件", "other": "嵌入内容", "year": "{year}年", "month": "{year}年{month}月",
        "day": "{month}月{day}日", "undated": "日期不详",
        "months": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", "other_section": "其他",
        "volume": "（见《{}》）", "week": "{year}年第{week}周", "part": "第{}册",
        "many_sections": "{first}等{count}个栏目", "cover": "封面", "title_page": "书名页", "about": "关于本书",
        "by_date": "按日期", "by_author": "按作者", "period": "时间", "number": "篇数", "sections": "栏目",
        "publishers": "来源", "removed": "清除的内容",
        "removed_note": "下列内容在转换时清除，正文一字未删；逐条清单见转换时的记录。",
        "nothing_removed": "没有清除任何内容。", "left_out_count": "未能转换", "times": "{}处",
        "articles_of": "{name}：{count}篇", "licence": "版权",
        "licence_note": "文章和图片的版权归各自的作者和发布者所有。本书由 archive-convert（AGPL-3.0-or-later）整理，"
        "打开时不会从网络读取任何内容；点击文中的链接才会上网。",
        "input": "原始文件的 SHA-256", "unknown_publisher": "其他来源", "in_section": "〔见“{}”〕", "colon": "：",
        "keywords": "标签：", "description": "摘要：",
        "picture_name": "图片", "picture_number": "图 {}／{}", "brackets": "〔{}〕", "gap": "",
        "not-stored": "没有收入", "not-found": "原网站已经没有", "refused": "原网站拒绝提供",
        "robots": "原网站不许程序读取", "not-allowed": "地址不可读取", "unreachable": "连接不上原网站",
        "server": "原网站出错",
        "too-slow": "原网站没有及时回应", "too-large": "文件太大", "no-picture": "不是图片", "broken": "文件已损坏",
        "dropped": "为控制文件大小而略去", "reduced": "缩小的图片",
        "reduced_note": "为使本书不超过{limit:,}字节，图片已经缩小。",
        "reduced_colour": "{of}幅图片中的{count}幅：最长边{edge}像素，JPEG 质量{quality}；其余的更大或更清晰。",
        "reduced_grey": "{of}幅图片中的{count}幅：灰度，最长边{edge}像素，JPEG 质量{quality}；其余的更大或更清晰。",
        "reduced_left_out": "{of}幅图片中略去{count}幅。",
        "missing_article": "这里没有收入这篇文章：{}。", "read_there": "它也许还在原来的网址，见下面的链接。",
        "why_title": "保存下来的网页没有标题", "why_text": "保存下来的网页里没有正文",
        "why_pages": "它的版面无法印成书页", "why_damaged": "保存下来的文件已经损坏，读不出来",
        "why_large": "保存下来的文件太大，或者结构太复杂", "why_source": "保存下来的文件没有记下它的出处",
        "why_other": "保存下来的网页无法变成书页",
        "between": "目录和前后文章", "site": "原网站的链接", "skip": "跳到正文", "table": "表格", "formula": "公式",
        "no_authors": "没有文章署名。", "minutes": "约{}分钟",
        "hans": "全书文字一律为简体：繁体由 OpenCC 转换。",
        "hant": "全书文字一律为繁体：简体由 OpenCC 转换。",
        "books": "{}本书", "channels": "{}个栏目", "newest_books": "最新", "all_books": "全部",
        "skip_books": "跳到书目", "subscribe": "订阅",
        "subscribe_opds": "在阅读软件的书库（OPDS）里添加", "subscribe_feed": "新书出来时得到通知（Atom）",
        "additions": "增补",
        "additions_note": "本书是增补：只有上一版之后新增或修改的文章，不是全部。请与先前的书一起保存。",
    },
    "zh-Hant": {
        "search_found": "找到{}篇文章",
        "search_most": "最多{}篇文章",
        "search_none": "沒有文章有這些字。試試較少的詞，或者在詞之間加空格。",
        "search_searching": "正在搜尋……",
        "search_failed": "索引打不開：網站的資料夾裡缺少檔案。",
        "search_old": "這個瀏覽器太舊，不能搜尋；目錄裡有所有文章。",
        "search_more": "更多結果",
        "search_script": "搜尋需要 JavaScript。沒有它，目錄裡也有所有文章。",
        "search_help": "空格分開的詞都要有；「引號」裡的字要連在一起；-詞 排除有它的文章。簡體和繁體、"
        "大寫和小寫都一樣。按 / 到這裡，用上下箭頭選擇。",
        "by_keyword": "按標籤", "about_site": "關於本站", "newest": "最新文章", "related": "相關文章",
        "search": "搜尋", "feed": "訂閱", "lists": "列表", "around": "前後文章", "around_list": "前後各頁",
        "licence_note_site": "文章和圖片的版權歸各自的作者和發布者所有。本站由 archive-convert（AGPL-3.0-"
        "or-later）整理，打開網頁時只讀取本站自己的檔案；點擊文中通往別處的連結才會離開本站。",
        "source": "原文：", "contents": "目錄", "previous": "上一篇", "next": "下一篇", "picture": "〔圖片〕",
        "by": "、", "left_out": "這篇文章未能轉換：", "missing": "〔{}：鏡像沒有保留〕", "articles": "篇文章",
        "tweet": "推文", "instagram": "Instagram 貼文", "facebook": "臉書貼文", "video": "影片", "audio": "音訊",
        "document": "文件", "other": "嵌入內容", "year": "{year}年", "month": "{year}年{month}月",
        "day": "{month}月{day}日", "undated": "日期不詳",
        "months": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月", "other_section": "其他",
        "volume": "（見《{}》）", "week": "{year}年第{week}週", "part": "第{}冊",
        "many_sections": "{first}等{count}個欄目", "cover": "封面", "title_page": "書名頁", "about": "關於本書",
        "by_date": "按日期", "by_author": "按作者", "period": "時間", "number": "篇數", "sections": "欄目",
        "publishers": "來源", "removed": "清除的內容",
        "removed_note": "下列內容在轉換時清除，正文一字未刪；逐條清單見轉換時的記錄。",
        "nothing_removed": "沒有清除任何內容。", "left_out_count": "未能轉換", "times": "{}處",
        "articles_of": "{name}：{count}篇", "licence": "版權",
        "licence_note": "文章和圖片的版權歸各自的作者和發布者所有。本書由 archive-convert（AGPL-3.0-or-later）整理，"
        "打開時不會從網路讀取任何內容；點擊文中的連結才會上網。",
        "input": "原始檔案的 SHA-256", "unknown_publisher": "其他來源", "in_section": "〔見「{}」〕", "colon": "：",
        "keywords": "標籤：", "description": "摘要：",
        "picture_name": "圖片", "picture_number": "圖 {}／{}", "brackets": "〔{}〕", "gap": "",
        "not-stored": "沒有收入", "not-found": "原網站已經沒有", "refused": "原網站拒絕提供",
        "robots": "原網站不許程式讀取", "not-allowed": "位址不可讀取", "unreachable": "連接不上原網站",
        "server": "原網站出錯",
        "too-slow": "原網站沒有及時回應", "too-large": "檔案太大", "no-picture": "不是圖片", "broken": "檔案已損壞",
        "dropped": "為控制檔案大小而略去", "reduced": "縮小的圖片",
        "reduced_note": "為使本書不超過{limit:,}位元組，圖片已經縮小。",
        "reduced_colour": "{of}幅圖片中的{count}幅：最長邊{edge}像素，JPEG 品質{quality}；其餘的更大或更清晰。",
        "reduced_grey": "{of}幅圖片中的{count}幅：灰階，最長邊{edge}像素，JPEG 品質{quality}；其餘的更大或更清晰。",
        "reduced_left_out": "{of}幅圖片中略去{count}幅。",
        "missing_article": "這裡沒有收入這篇文章：{}。", "read_there": "它也許還在原來的網址，見下面的連結。",
        "why_title": "保存下來的網頁沒有標題", "why_text": "保存下來的網頁裡沒有正文",
        "why_pages": "它的版面無法印成書頁", "why_damaged": "保存下來的檔案已經損壞，讀不出來",
        "why_large": "保存下來的檔案太大，或者結構太複雜", "why_source": "保存下來的檔案沒有記下它的出處",
        "why_other": "保存下來的網頁無法變成書頁",
        "between": "目錄和前後文章", "site": "原網站的連結", "skip": "跳到正文", "table": "表格", "formula": "公式",
        "no_authors": "沒有文章署名。", "minutes": "約{}分鐘",
        "hans": "全書文字一律為簡體：繁體由 OpenCC 轉換。",
        "hant": "全書文字一律為繁體：簡體由 OpenCC 轉換。",
        "books": "{}本書", "channels": "{}個欄目", "newest_books": "最新", "all_books": "全部",
        "skip_books": "跳到書目", "subscribe": "訂閱",
        "subscribe_opds": "在閱讀軟體的書庫（OPDS）裡添加", "subscribe_feed": "新書出來時得到通知（Atom）",
        "additions": "增補",
        "additions_note": "本書是增補：只有上一版之後新增或修改的文章，不是全部。請與先前的書一起保存。",
    },
    "en": {
        "search_found": "{} articles",
        "search_most": "{} articles at most",
        "search_none": "No article has these words. Try fewer of them, or put spaces between them.",
        "search_searching": "Searching…",
        "search_failed": "The index cannot be opened: a file is missing in the folder of the site.",
        "search_old": "This browser is too old to search; the lists have all articles.",
        "search_more": "More results",
        "search_script": "The search needs JavaScript. The lists have all articles without it.",
        "search_help": "Articles have all words that spaces separate; those in “quotation marks” side by side; "
        "-word leaves out articles with it. Simplified and traditional characters, capital and "
        "small letters are the same. Press / to come here, and choose with the arrow keys.",
        "by_keyword": "By tag", "about_site": "About", "newest": "Newest articles",
        "related": "Related articles", "search": "Search", "feed": "Feed", "lists": "Lists",
        "around": "Articles before and after", "around_list": "Pages before and after",
        "licence_note_site": "Articles and pictures belong to their authors and publishers.  This site was put "
        "together by archive-convert (AGPL-3.0-or-later).  Its pages load no files but its own; following a link to "
        "another place leaves it.",
        "source": "Source: ", "contents": "Contents", "previous": "Previous", "next": "Next", "picture": "[Picture]",
        "by": ", ", "left_out": "This article could not be converted: ", "missing": "[{}: not kept by the mirror]",
        "articles": "articles", "tweet": "Tweet", "instagram": "Instagram post", "facebook": "Facebook post",
        "video": "Video", "audio": "Audio", "document": "Document", "other": "Embedded matter", "year": "{year}",
        "month": "{name} {year}", "day": "{day} {name} {year}", "undated": "Undated",
        "months": "January February March April May June July August September October November December",
        "other_section": "Other", "volume": " (see “{}”)", "week": "{year}, week {week}", "part": "Part {}",
        "many_sections": "{first} and others ({count} sections)", "cover": "Cover", "title_page": "Title page",
        "about": "About this book", "by_date": "By date", "by_author": "By author", "period": "Period",
        "number": "Articles", "sections": "Sections", "publishers": "Sources", "removed": "What was taken out",
        "removed_note": "Taken out by the conversion, and no word of an article with it; the conversion's ledger lists "
        "each.",
        "nothing_removed": "Nothing was taken out.", "left_out_count": "Could not be converted", "times": "{} times",
        "articles_of": "{name}: {count}", "licence": "Rights",
        "licence_note": "Articles and pictures belong to their authors and publishers.  This book was put together by "
        "archive-convert (AGPL-3.0-or-later).  Opening it loads nothing from the network; following "
        "a link does.",
        "input": "SHA-256 of the sources", "unknown_publisher": "Other sources", "in_section": "[see “{}”]",
        "colon": ": ", "keywords": "Tags: ", "description": "Summary: ",
        "picture_name": "Picture", "picture_number": "Picture {} of {}", "brackets": "[{}]", "gap": " ",
        "not-stored": "not stored", "not-found": "gone from its site", "refused": "refused by its site",
        "robots": "its site asks programs not to read it", "not-allowed": "its address may not be read",
        "unreachable": "its site could not be reached", "server": "its site had a fault",
        "too-slow": "its site took too long", "too-large": "its file is too large", "no-picture": "it is no picture",
        "broken": "its file is broken",
        "dropped": "left out to keep the book small", "reduced": "Pictures made smaller",
        "reduced_note": "The pictures were reduced so that this book takes no more than {limit:,} bytes.",
        "reduced_colour": "{count} of {of} pictures: at most {edge} pixels, JPEG of quality {quality}; the others are "
        "larger or clearer.",
        "reduced_grey": "{count} of {of} pictures: grey, at most {edge} pixels, JPEG of quality {quality}; the others "
        "are larger or clearer.",
        "reduced_left_out": "{count} of {of} pictures were left out.",
        "missing_article": "This article is missing here: {}.",
        "read_there": " It may still be at its original address; see the link below.",
        "why_title": "the page that was saved has no title", "why_text": "the page that was saved has no text",
        "why_pages": "it could not be laid out as pages", "why_damaged": "the file that was saved is damaged",
        "why_large": "the file that was saved is too large or too complex",
        "why_source": "the file that was saved does not say where it is from",
        "why_other": "the page that was saved could not be made a page of a book",
        "between": "Contents and articles before and after", "site": "Links of the original site",
        "skip": "Skip to the articles", "table": "Table", "formula": "Formula",
        "no_authors": "No article names its author.", "minutes": "{} min",
        "hans": "Chinese is in simplified characters throughout; OpenCC converted the traditional ones.",
        "hant": "Chinese is in traditional characters throughout; OpenCC converted the simplified ones.",
        "books": "Books: {}", "channels": "Sections: {}", "newest_books": "Newest", "all_books": "All books",
        "skip_books": "Skip to the books", "subscribe": "Subscribe",
        "subscribe_opds": "In a reading app, add this catalogue (OPDS)",
        "subscribe_feed": "To hear of new books, follow this feed (Atom)", "additions": "additions",
        "additions_note": "This book is an addition: it has only what is new or changed since an earlier one, and is "
        "not the whole.  Keep it together with the earlier one.",
    },
})  # fmt: skip


def words(language: str) -> Words:
    """Return the words in a language; in English if there are none."""
    if language not in WORDS and language.startswith("zh"):
        language = "zh-Hant" if is_traditional(language) else "zh-Hans"
    return WORDS.get(language) or WORDS["en"]
