"""The meaning of the names of elements for a box of a page: weak evidence, which the text in it may outweigh."""

import re
from functools import lru_cache

from convert.readers.saved.boxes import HEADINGS, Box

FRAMES = frozenset({"aside", "dialog", "footer", "form", "header", "menu", "nav"})
"""Elements that mostly hold what belongs to the site."""

_SITE = frozenset({
    "ad", "ads", "banner", "bio", "bottom", "breadcrumb", "breadcrumbs", "byline", "combx", "comment", "comments",
    "consent", "cookie", "cookies", "copyright", "disqus", "drawer", "foot", "footer", "gdpr", "header", "lightbox",
    "link", "links", "masthead", "menu", "meta", "modal", "nav", "navbar", "navigation", "newsletter", "outbrain",
    "overlay", "pager", "pagination", "popular", "popup", "respond", "sharing", "shoutbox", "side",
    "sidebar", "signup", "social", "subscribe", "subscription", "taboola", "tag", "tags", "teaser", "teasers",
    "toolbar", "tools", "trending", "widget", "widgets",
    # in one word, and in other languages
    "bookmarks", "commentform", "commentlist", "footnav", "nextpost", "pagenav", "postnav", "prevnext", "readmore",
    "readnext", "sidenav", "sitemap", "sociallinks", "subnav", "tagcloud", "toplinks", "comentarios", "commentaires",
    "commenti", "kommentare", "reacties", "daohang", "fenxiang", "guanggao", "pinglun", "tuijian", "xiangguan",
})  # fmt: skip
_COLUMN = frozenset({"rail", "rightrail", "side", "sidebar", "sidenav"})
_SITE_BEGINS = ("advert", "promo", "recirc", "recommend", "related", "share", "sponsor")
_COMMENTS = re.compile(
    r"(?:^|[-_\s])(?:comments?(?:list|form|area)?|disqus|respond|comentarios|commentaires|commenti|kommentare|reacties"
    r"|pinglun)(?=$|[-_\s])",
    re.I,
)
_ANNOUNCES = re.compile(
    r"\W*(?:(?:(?:more|popular|latest|recommended|related|trending)(?=\W*\Z|\s?[:：]|"
    r" (?:from|on|in|about|like|to|for|now|posts?|stor(?:y|ies)|articles?|news|read(?:ing)?s?|links?|content|videos?"
    r"|topics|coverage|headlines|updates|(?:\w+ ){1,4}(?:posts?|stories|articles?|news|coverage)))"
    r"|most read|read (?:also|more|next)|see also|also (?:read|on)|you (?:may|might|could) also|don.t miss|what to read"
    r"|mehr zum thema|lesen sie auch|auch interessant|das könnte sie|meistgelesen|ähnliche (?:artikel|beiträge)"
    r"|[àa] lire (?:aussi|[ée]galement)|lire aussi|voir aussi|sur le même (?:sujet|thème)|articles? (?:similaires|liés)"
    r"|les plus lus|l[ée]a tamb(?:i[ée]n|ém)|leia (?:mais|também)|lea (?:más|también)|v[ée]a (?:más|tamb(?:i[ée]n|ém))"
    r"|te puede interesar|más (?:leídas?|noticias)|mais lidas|(?:noticias|notícias|artículos|artigos) relacionad\w*"
    r"|leggi anche|potrebbe interessarti|articoli correlati|lees ook"
    r"|читайте также|смотрите также|похожие|(?:самые )?популярные|другие (?:новости|статьи|материалы)|ещ[её] по теме"
    r")\b|相[关關](?!的)|推[荐薦]|延伸|更多|热门|熱門|猜你喜|上一篇|下一篇|精彩|関連記事|関連リンク|あわせて読みたい|人気記事|関連ニュース"
    r"|관련 ?기사|많이 본)",
    re.I,
)
_REFERS = re.compile(rf"\W*(?:{_ANNOUNCES.pattern}|(?:previous|next)\b)[^:：]{{0,24}}[:：]", re.I)
_BYLINE = re.compile(
    r"\W*(?:(?:来源|來源|作者|时间|時間|日期|发布|發布|发表于|编辑|編輯|责任编辑|記者|记者)[^：:]{0,6}[：:]|(?:发表|发布|發表|發布)[于於]\s?\d{4}"
    r"|(?:[Ll]ast )?(?:[Pp]osted|[Pp]ublished|[Uu]pdated|[Ww]ritten)\b|(?:By|BY) [A-Z]"
    r"|\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\w+day, \w+ \d)"
)
_CONTROLS = frozenset({
    "ad", "advert", "advertisement", "advertising", "storycontinuesbelowadvertisement", "continuereadingbelow",
    "sponsored", "articlecontinuesbelow", "caption", "close", "backtogallery", "showcaption",
    "hidecaption", "sharethis", "sharethisarticle", "loading", "print", "email",
    "tweet", "share", "comments", "广告", "廣告", "分享", "打印", "字号",
    "关闭", "点击加载图片", "推广", "分享到", "sponsoredlinks", "sponsoredcontent", "sharingiscaring", "sharethisstory",
    "tweetthis", "thisslideshowrequiresjavascript", "anzeige", "werbung", "publicidad", "publicidade", "publicité",
    "реклама", "広告",
})  # fmt: skip
_APART = re.compile(
    r"\W*(?:about the authors?|about (?:me|us)|über (?:den|die) autor(?:in|en)?|[àa] propos de l.auteure?"
    r"|sobre (?:el|la|o|a) autora?|l.autore|об авторе|关于作者|作者简介|作者簡介|關於作者|著者プロフィール"
    r"|\d*\s?(?:comments?|kommentare?|commentaires?|comentarios|comentários|commenti|reacties|комментари[ий])"
    r"(?:\s?\(?\d+\)?)?|(?:leave|post|add) a (?:comment|reply)"
    r"|(?:网友|網友|最新|热门)?(?:评论|評論|留言)(?:\s?[（(]?\d+[）)]?)?|コメント)\W*\Z",
    re.I,
)
_SOURCES = re.compile(
    r"\W*(?:references|sources?|notes|footnotes|endnotes|bibliography|works cited|citations|external links"
    r"|literature|quellen|literatur|einzelnachweise|weblinks|références|bibliographie|liens externes"
    r"|notes et références|referencias|bibliografía|fuentes|referências|bibliografia|fontes|fonti|note|источники"
    r"|литература|примечания|ссылки|参考(?:资料|資料|文献|文獻)|參考(?:資料|文獻)|注释|註釋|注釋|引用(?:来源|來源)?|资料来源|資料來源|外部链接|外部連結|脚注|参照)\W*\Z",
    re.I,
)
_COUNT = re.compile(
    r"\W*(?:(?:estimated )?(?:reading|read) time\W*\d.{0,12}"
    r"|\d[\d.,]*\s?k?\s?(?:min(?:ute)?s?\.?\s?read|views?|reads?|shares?|comments?)"
    r"|(?:lesezeit|temps de lecture|tempo de leitura|tempo di lettura|tiempo de lectura|время чтения)\W*\d.{0,12}"
    r"|(?:阅读|閱讀|浏览|瀏覽|点击|點擊|人气)(?:量|数|數|次数|次數)?\W*\d[\d,]*\s?次?)\W*\Z",
    re.I,
)
_CALLS = re.compile(
    r"\W*(?:follow .{1,24} on .{0,60}\b(?:twitter|facebook|instagram|youtube)\b"
    r"|(?:subscribe|sign up|get|join) .{1,90}\b(?:newsletters?|inbox|on youtube)\b"
    r"|share (?:this )?(?:\w+ )?(?:on|via|with) \w+\W*\Z"
    r"|(?:write to|e-?mail|contact|reach) .{1,60} (?:at|on) (?:\S+@|https?:)\S+"
    r"|(?:have|got) a (?:tip|story)\?.{0,80}\S+@\S+|get access to .{0,80}subscri|our standards:\s?the thomson reuters)",
    re.I,
)
_CALLED = ("inbox", "cookies", "关注")
_CALLS_WITHIN = re.compile(
    r"\W*(?:.{0,24}\bmeet your inbox\b|.{0,80}\b(?:we|site) uses? cookies\b"
    r"|.{0,80}\b(?:wir verwenden|nous utilisons des|utilizamos|usamos) cookies\b"
    r"|.{0,40}(?:扫描|掃描|扫一扫|长按).{0,12}(?:二维码|二維碼).{0,12}关注)",
    re.I,
)
"""Calls that do not show by their first words; each has one of the words above."""
_PATH = re.compile(r"[^»›>＞→]\s*[»›>＞→][^»›>＞→]+[»›>＞→]|(?:当前位置|當前位置|您的位置|you are here)", re.I)
_LEAD = re.compile(
    r"stand-?first|intro|summary|(?:^|[-_\s])(?:dek|lead|lede|deck|abstract|excerpt|sub-?title|sub-?head)(?=$|[-_\s])",
    re.I,
)
_AUTHOR = re.compile(
    r"(?:^|[-_\s])(?:(?:about|post|entry)[-_]?(?:the[-_])?authors?|bio(?:graphy)?"
    r"|(?:authors?|writers?)[-_]?(?:box|bio|info|card|content|desc(?:ription)?|profile|details))(?=$|[-_\s])",
    re.I,
)
_PICTURE = re.compile(r"caption|gallery|slide|photo|image|carousel", re.I)
_TEXT = re.compile(r"article|body|content|entry|main|page|post|text|blog|story|zhengwen|detail|news", re.I)


@lru_cache(8192)
def of_site(names: str) -> bool:
    """Return True if an identifier or a class says that a box belongs to the site.

    >>> of_site("story related-links"), of_site("sidebarred"), of_site("")
    (True, False, False)
    """
    words = names.lower().replace("_", "-").replace(" ", "-").split("-")
    return not _SITE.isdisjoint(words) or any(word.startswith(_SITE_BEGINS) for word in words)


def announces(line: str) -> bool:
    """Return True if a line announces other articles.

    >>> announces("More from the museum"), announces("相关阅读："), announces("More paper"), announces("更正")
    (True, True, False, False)
    """
    return bool(_ANNOUNCES.match(line))


def refers(line: str) -> int:
    """Return the length of the label that a line begins with, if it announces another article behind it, else 0.

    >>> refers("Related: Ink of the year"), refers("[Read more about ink: A"), refers("Related to ink")
    (8, 21, 0)
    """
    match = _REFERS.match(line)
    return match.end() if match else 0


def is_control(line: str) -> bool:
    """Return True if a line, without white space and marks, is a label of an advertisement or a control of the page.

    >>> is_control("advertisement"), is_control("advertisements")
    (True, False)
    """
    return line in _CONTROLS


def is_call(line: str) -> bool:
    """Return True if a line calls for followers or subscribers.

    >>> is_call("Follow the museum on Twitter and Facebook."), is_call("Follow the river.")
    (True, False)
    """
    if _CALLS.match(line):
        return True
    return any(word in line for word in _CALLED) and bool(_CALLS_WITHIN.match(line))


def heads_apart(line: str) -> bool:
    """Return True if a line is the heading of comments, or of what is said about the author.

    >>> heads_apart("3 Comments"), heads_apart("关于作者："), heads_apart("About the author of it")
    (True, True, False)
    """
    return bool(_APART.match(line))


def heads_sources(line: str) -> bool:
    """Return True if a line is the heading of references.

    >>> heads_sources("References"), heads_sources("参考文献："), heads_sources("References to ink")
    (True, True, False)
    """
    return bool(_SOURCES.match(line))


def is_count(line: str) -> bool:
    """Return True if a line says how often an article was read, or how long that takes.

    >>> is_count("5 min read"), is_count("阅读 1,234"), is_count("5 minutes")
    (True, True, False)
    """
    return bool(_COUNT.match(line))


def is_path(line: str) -> bool:
    """Return True if a line shows the way from the site's front page to an article.

    >>> is_path("Home » Paper » How paper is made"), is_path("当前位置：首页 > 纸 >"), is_path("Paper >")
    (True, True, False)
    """
    return bool(_PATH.search(line))


def is_byline(line: str) -> bool:
    """Return True if a short line above a text says who wrote it, where it is from, or when.

    >>> is_byline("来源：示例网 作者：方胶泥"), is_byline("By Ann Vatman"), is_byline("2023-03-14"), is_byline("By six")
    (True, True, True, False)
    """
    return bool(_BYLINE.match(line))


@lru_cache(8192)
def of_comments(names: str) -> bool:
    """Return True if an identifier or a class says that a box holds what readers wrote."""
    return bool(names and _COMMENTS.search(names))


@lru_cache(8192)
def of_author(names: str) -> bool:
    """Return True if an identifier or a class says that a box is about the author.

    >>> of_author("post-author"), of_author("author-box"), of_author("authority")
    (True, True, False)
    """
    return bool(names and _AUTHOR.search(names))


@lru_cache(8192)
def of_lead(names: str) -> bool:
    """Return True if an identifier or a class says that a box holds the first lines of an article."""
    return bool(names and _LEAD.search(names))


@lru_cache(8192)
def of_picture(names: str) -> bool:
    """Return True if an identifier or a class says that a box belongs to pictures."""
    return bool(names and _PICTURE.search(names))


@lru_cache(8192)
def of_text(names: str) -> bool:
    """Return True if an identifier or a class says that a box holds an article.

    >>> of_text("entry-content"), of_text("wrap")
    (True, False)
    """
    return bool(names and _TEXT.search(names))


def is_doubtful(box: Box) -> bool:
    """Return True if the names of a box say that it belongs to the site."""
    return box.tag in FRAMES or of_site(box.names)


def is_column(box: Box) -> bool:
    """Return True if a box, or its names, say that it is the column beside the text."""
    return box.tag == "aside" or not _COLUMN.isdisjoint(
        box.names.lower().replace("_", "-").replace(" ", "-").split("-")
    )


def is_headed_by_site(box: Box) -> bool:
    """Return True if the names of the heading that a box begins with say that it belongs to the site."""
    first = box.children[0] if box.children else None
    return first is not None and first.tag in HEADINGS and first.tag != "h1" and of_site(first.names)
