"""Metadata of saved web pages: titles, authors and dates in the head, in JSON-LD and in the text around the title."""

import pytest
from helpers.growth import grows_with_it
from helpers.soak import some

from convert import api, readers
from convert.model import Article, texts

LINE = (
    "The vatman dips the mould into the pulp, lifts it level and shakes it, so that the fibres knit together evenly. "
)
TEXT = "".join(f"<p>{LINE * 2}</p>" for _ in range(4))
ADDRESS = '<link rel="canonical" href="https://press.example.com/paper">'


def page(
    head: str = "", above: str = "", heading: str = "<h1>How paper is made</h1>", title: str = "How paper is made"
) -> str:
    below = f"<article>{heading}{above}{TEXT}</article>"
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{ADDRESS}{head}</head><body>{below}</body></html>'
    )


def read(text: str | bytes) -> Article:
    document = api.parse(text, path="a.html")
    assert document.article is not None, document.findings
    return document.article


def linked(values: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {values}}}</script>'


def same_in_the_first_look(text: str, article: Article) -> None:
    entry = readers.peek(text.encode(), "a.html")
    assert entry is not None
    assert (entry.title, entry.published) == (article.title, article.published)


TITLES: dict[str, tuple[str, str, str, str]] = {
    "of the site in both": (
        '<meta property="og:title" content="How paper is made - Example Press">',
        "How paper is made - Example Press",
        "<h1>How paper is made</h1>",
        "How paper is made",
    ),
    "of the site in both, between other marks": (
        '<meta property="og:title" content="How paper is made - Example Press">',
        "How paper is made | Example Press",
        "<h1>How paper is made</h1>",
        "How paper is made",
    ),
    "of the site in the metadata alone": (
        '<meta property="og:title" content="How paper is made_Press">',
        "How paper is made",
        "<h1>How paper is made</h1>",
        "How paper is made",
    ),
    "of the site before it": (
        '<meta property="og:title" content="Example Press: How paper is made">',
        "How paper is made - Example Press",
        "<h1>How paper is made</h1>",
        "How paper is made",
    ),
    "nothing but the site in the metadata": (
        '<meta property="og:title" content="Press"><meta property="og:site_name" content="Press">',
        "How paper is made | Press",
        "",
        "How paper is made",
    ),
    "cut at a quotation mark": (
        '<meta property="og:title" content="What the "vatman" says">',
        'What the "vatman" says_Press',
        '<h1>What the "vatman" says</h1>',
        'What the "vatman" says',
    ),
    "cut for length": (
        '<meta property="og:title" content="What the vatman says about…">',
        "What the vatman says about paper",
        "<h1>What the vatman says about paper</h1>",
        "What the vatman says about paper",
    ),
    "Dublin Core before Open Graph": (
        '<meta property="x:title dc:title" content="Of paper"><meta property="og:title" content="You never guess">',
        "Paper",
        "",
        "Of paper",
    ),
    "of the site and a channel, longer than the title": (
        '<meta property="og:title" content="Of paper | Example Press | Crafts"><meta property="og:site_name" '
        'content="Example Press">',
        "Of paper | Example Press | Crafts",
        "<h1>Of paper</h1>",
        "Of paper",
    ),
    "of the site before it, in no metadata": (
        '<meta property="og:site_name" content="Example Press">',
        "Example Press | How paper is made",
        "<h1>How paper is made</h1>",
        "How paper is made",
    ),
    "the site's name in place of the title": (
        '<meta property="og:title" content="Example Press - latest news">',
        "How paper is made | Example Press",
        "<h1>How paper is made</h1>",
        "How paper is made",
    ),
    "another wording in the metadata": (
        '<meta property="og:title" content="How paper was made">',
        "How paper is made | Example Press",
        "<h1>How paper is made</h1>",
        "How paper was made",
    ),
    "the author behind a bar": (
        '<meta property="og:title" content="How paper is made | Ann Vatman">',
        "How paper is made | Ann Vatman | Example Press",
        "<h1>How paper is made</h1>",
        "How paper is made | Ann Vatman",
    ),
    "no heading, a site behind a dash": ("", "How paper is made today – My Press", "", "How paper is made today"),
    "no heading, prose behind a dash": (
        "",
        "How paper is made today - a short history",
        "",
        "How paper is made today - a short history",
    ),
    "no heading, a short title": ("", "Paper - My Press", "", "Paper - My Press"),
    "a site in Chinese without a space": ("", "抄纸工的一天是怎么过的-例报网", "", "抄纸工的一天是怎么过的"),
    "a channel and a site, no heading": ("", "抄纸工的一天_手艺_例报", "", "抄纸工的一天_手艺_例报"),
    "a channel and a site, a heading": ("", "抄纸工的一天_手艺_例报", "<h1>抄纸工的一天</h1>", "抄纸工的一天"),
    "tags in the metadata": (linked('"headline": "Of <em>paper</em>"'), "Paper - Press", "", "Of paper"),
    "JSON-LD before all": (linked('"headline": "Of paper"'), "Paper - Press", "<h1>Of paper</h1>", "Of paper"),
}


@pytest.mark.parametrize(("head", "title", "heading", "wanted"), TITLES.values(), ids=TITLES)
def test_title_is_the_headline_without_the_site(head: str, title: str, heading: str, wanted: str) -> None:
    text = page(head, heading=heading, title=title)
    article = read(text)
    assert article.title == wanted
    same_in_the_first_look(text, article)


@pytest.mark.parametrize("title", ["", "<title> </title>", "<title></title><h1> </h1>"])
def test_page_without_a_title_gets_its_first_words(title: str) -> None:
    document = api.parse(f"<html><head>{title}{ADDRESS}</head><body><article>{TEXT}</article></body></html>")
    assert document.article is not None
    assert document.article.title == "The vatman dips the mould int …"
    assert [(each.code, each.fixed) for each in document.findings if each.code[:3] == "ART"] == [("ART001", True)]


DATES: dict[str, tuple[str, str, str]] = {
    "year 1": (
        linked('"datePublished": "0001-01-01T00:00:00Z"') + '<meta name="date" content="2023-03-14">',
        "",
        "2023-03-14",
    ),
    "year 1 in a meta": (
        '<meta property="article:published_time" content="0001-01-01T00:00:00Z"><meta name=date content=2023-03-14>',
        "",
        "2023-03-14",
    ),
    "epoch": ('<meta name="date" content="1970-01-01T00:00:00Z">', '<time datetime="2023-03-14">', "2023-03-14"),
    "epoch elsewhere": ('<meta name="date" content="1969-12-31T16:00:00-08:00">', "", ""),
    "year 0000": ('<meta name="date" content="0000-00-00">', "<p>14 March 2023</p>", "2023-03-14"),
    "month 13": ('<meta name="date" content="2023-13-01">', "<p>14 March 2023</p>", "2023-03-14"),
    "in the far future": ('<meta name="date" content="9999-12-31">', "", ""),
    "seconds": ('<meta name="date" content="1678786200">', "", "2023-03-14T09:30:00+00:00"),
    "milliseconds": ('<meta name="date" content="1678786200123">', "", "2023-03-14T09:30:00+00:00"),
    "day before month": ('<meta name="date" content="14/03/2023 08:30">', "", "2023-03-14"),
    "zone of no place": ('<meta name="date" content="2023-03-14T08:30:00+99:99">', "", "2023-03-14"),
    "second that no clock shows": ('<meta name="date" content="2023-03-14T23:59:60Z">', "", "2023-03-14"),
    "zone of hours": ('<meta name="date" content="2023-03-14 08:30:00+08">', "", "2023-03-14T08:30:00+08:00"),
    "as Go prints it": ('<meta name="date" content="2023-03-14 08:30:00 +0800 CST">', "", "2023-03-14T08:30:00+08:00"),
    "as Java prints it": ('<meta name="date" content="Tue Mar 14 08:30:00 CST 2023">', "", "2023-03-14"),
    "digits alone": ('<meta name="date" content="20230314083000">', "", "2023-03-14"),
    "day or month": ('<meta name="date" content="03/04/2023">', "", ""),
    "words": ("", '<p class="date">March 14th, 2023</p>', "2023-03-14"),
    "French words": ("", "<p>Publié le 1er août 2023 à 8h30</p>", "2023-08-01"),
    "Chinese line": ("", "<div>来源：例报　作者：纸鸢　2019-09-07 13:43</div>", "2019-09-07"),
    "Minguo": ("", "<span>民國112年3月14日</span>", "2023-03-14"),
    "numbers in the order of the USA": ("", "<span>3/14/2023</span>", "2023-03-14"),
    "Chinese characters": ("", "<span>2019年 9月 7日 13:43</span>", "2019-09-07"),
    "the first of two times": (
        "",
        '<p><time datetime="2023-03-14T08:00:00Z">Tue</time> <time datetime="2023-03-20T08:00:00Z">updated</time></p>',
        "2023-03-14T08:00:00Z",
    ),
    "changed before published": (
        "",
        '<p><time datetime="2023-03-20">Updated on Monday</time> <time datetime="2023-03-14">Tuesday</time></p>',
        "2023-03-14",
    ),
    "microdata": ("", '<p><span itemprop="datePublished" content="2023-03-14">yesterday</span></p>', "2023-03-14"),
    "hAtom": (
        "",
        '<abbr class="published" title="2023-03-14T08:05:41-07:00">Tuesday</abbr>',
        "2023-03-14T08:05:41-07:00",
    ),
    "Chinese numerals": ("", "<p>二〇二三年三月十四日</p>", "2023-03-14"),
    "Reiwa": ("", "<p>令和5年3月14日（火）</p>", "2023-03-14"),
    "Heisei": ("", "<p>平成30年3月14日</p>", "2018-03-14"),
    "Japanese": ("", "<p>2023年3月14日(火) 8時30分</p>", "2023-03-14"),
    "Korean": ("", "<p>2023년 3월 14일</p>", "2023-03-14"),
    "Korean, entered and changed": ("", "<p>입력 2023.03.14. 오전 8:30 수정 2023.03.20.</p>", "2023-03-14"),
    "German": ("", "<p>Veröffentlicht am 14. März 2023, 08:30 Uhr</p>", "2023-03-14"),
    "German numbers": ("", "<p>Stand: 14.03.2023 08:30 Uhr</p>", "2023-03-14"),
    "Spanish": ("", "<p>Martes, 14 de marzo del 2023</p>", "2023-03-14"),
    "Portuguese": ("", "<p>14 de março de 2023 às 8h30</p>", "2023-03-14"),
    "Russian": ("", "<p>14 марта 2023, 8:30</p>", "2023-03-14"),
    "Dutch": ("", "<p>14 maart 2023</p>", "2023-03-14"),
    "Italian": ("", "<p>14 marzo 2023</p>", "2023-03-14"),
    "French numbers": ("", "<p>Le 14/03/2023 à 08:30</p>", "2023-03-14"),
    "English with of": ("", "<p>14th of March, 2023</p>", "2023-03-14"),
    "English with a weekday": ("", "<p>Tue 14 Mar 2023 08.30 GMT</p>", "2023-03-14"),
    "changed and published in a line": ("", "<p>Updated: March 20, 2023 | Published: March 14, 2023</p>", "2023-03-14"),
    "in the title of another article": (
        "",
        "<p>上一篇：<a href=/1>今日纸价分析 2019年8月19日</a></p><p>发布时间：2023-03-14</p>",
        "2023-03-14",
    ),
    "a date that is a link": ("", "<p><a href=/2023/03>March 14, 2023 8:30 am</a></p>", "2023-03-14"),
    "Cxense": ('<meta name="cXenseParse:recs:publishtime" content="2023-03-14">', "", "2023-03-14"),
    "in the text": ("", f"<p>{LINE * 2}</p><p>{LINE * 2}</p><p>On 14 March 2023 it rained.</p>", ""),
    "of another article": ("", '<aside class="related"><p>14 March 2023</p></aside>', ""),
    "of the page itself": (
        '<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2023-03-14"}</script>',
        "",
        "2023-03-14",
    ),
    "the publisher's clock": (
        linked('"datePublished": "2017-02-24T01:18:13Z"')
        + '<meta property="article:published_time" content="2017-02-23T17:18:13-08:00">',
        "",
        "2017-02-23T17:18:13-08:00",
    ),
}


@pytest.mark.parametrize(("head", "above", "published"), DATES.values(), ids=DATES)
def test_date_is_the_first_possible_one(head: str, above: str, published: str) -> None:
    text = page(head, above)
    article = read(text)
    assert article.published == published
    same_in_the_first_look(text, article)


AUTHORS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "rel": ("", '<p class="byline">By <a rel="author" href="/ann">Ann Writer</a>, 14 March 2023</p>', ("Ann Writer",)),
    "byline": ("", '<p class="byline">By Ann Vatman<span>22 Dec 2016</span></p>', ("Ann Vatman",)),
    "byline of two": (
        "",
        '<div class="author">Par Ann Vatman et Éloïse de la Cuve</div>',
        ("Ann Vatman", "Éloïse de la Cuve"),
    ),
    "parts of a byline": (
        "",
        '<span class="article-author"><em>By</em> <b>ANN VATMAN</b> and <b>BO FELT</b></span>',
        ("ANN VATMAN", "BO FELT"),
    ),
    "no class": ("", "<p>By Ann Vatman</p>", ("Ann Vatman",)),
    "microdata": (
        "",
        '<p itemprop="author" itemscope><span itemprop="name">Ann Vatman</span>, <i itemprop="jobTitle">Editor</i></p>',
        ("Ann Vatman",),
    ),
    "a user": ("", '<p><a rel="author" href="/u">papermaker</a></p>', ("papermaker",)),
    "with an office": ("", '<p class="byline">By Ann Vatman, Example Press Writer</p>', ("Ann Vatman",)),
    "Chinese label": ("", "<div>来源：例报　作者：纸鸢　2019-09-07 13:43</div>", ("纸鸢",)),
    "Chinese label with a bar": ("", "<p>文｜方胶泥</p>", ("方胶泥",)),
    "two in Chinese": ("", "<p>记者：方胶泥、宋活版</p>", ("方胶泥", "宋活版")),
    "Chinese byline": ("", '<span class="author">方胶泥</span>', ("方胶泥",)),
    "reporters": ("", "<p>本报记者 方胶泥 宋活版</p>", ("方胶泥", "宋活版")),
    "reporter and verb": ("", "<p>例报记者方胶泥报道</p>", ("方胶泥",)),
    "reporter in prose": ("", "<p>记者了解到，纸是这样做的</p>", ()),
    "reporters and trainees": ("", "<p>（记者 方胶泥 实习记者 宋活版）</p>", ("方胶泥", "宋活版")),
    "reporter and correspondent": ("", "<p>（本报记者方胶泥 通讯员宋活版）</p>", ("方胶泥", "宋活版")),
    "two with a slash": ("", "<div>来源：例报　作者：方胶泥/宋活版　责编：顾帘</div>", ("方胶泥", "宋活版")),
    "label without a colon": ("", "<div>发表于2023-03-14 08:30| 来源例报| 作者方胶泥</div>", ("方胶泥",)),
    "sent from": ("", "<div>例报记者 方胶泥 发自北京</div>", ("方胶泥",)),
    "reporter and place": ("", "<div>【記者方膠泥／台北報導】</div>", ("方膠泥",)),
    "reporter without brackets": ("", "<div>記者方膠泥／綜合報導</div>", ("方膠泥",)),
    "translator": ("", "<div>編譯：方膠泥</div>", ("方膠泥",)),
    "text and pictures": ("", "<div>文/方胶泥 图/宋活版</div>", ("方胶泥",)),
    "Japanese": ("", "<p>取材・文／紙屋漉子</p>", ("紙屋漉子",)),
    "Korean with an address": ("", "<p>김철수 기자 kim@press.example</p>", ("김철수",)),
    "Russian": ("", "<p>Автор: Анна Ватман</p>", ("Анна Ватман",)),
    "German": ("", "<p>Von Anna Bütten und Bo Filz, Berlin</p>", ("Anna Bütten", "Bo Filz")),
    "German report": ("", "<p>Ein Bericht von Anna Bütten</p>", ("Anna Bütten",)),
    "German text and pictures": ("", "<p>Text: Anna Bütten, Fotos: Bo Filz</p>", ("Anna Bütten",)),
    "Spanish": ("", "<p>Por: Ana Cuba | 14 de marzo de 2023</p>", ("Ana Cuba",)),
    "Spanish of two": ("", "<p>Escrito por Ana Cuba y Luis Fieltro</p>", ("Ana Cuba", "Luis Fieltro")),
    "Portuguese in a line": ("", "<p>14.03.2023 - Publicado por: Ana Cuba - Categoria: Papel</p>", ("Ana Cuba",)),
    "French": ("", "<p>Publié par Anne Cuve le 14 mars 2023</p>", ("Anne Cuve",)),
    "French interview": ("", "<p>Propos recueillis par Anne Cuve</p>", ("Anne Cuve",)),
    "Italian": ("", "<p>Di Anna Tina</p>", ("Anna Tina",)),
    "of Drupal": ("", "<div>Submitted by <b>Ann Vatman</b> on Tue, 03/14/2023 - 08:30</div>", ("Ann Vatman",)),
    "date before the name": ("", "<p>March 14, 2023 by Ann Vatman</p>", ("Ann Vatman",)),
    "date behind the name": ("", "<p>Posted by Ann Vatman on March 14, 2023</p>", ("Ann Vatman",)),
    "written": ("", "<p>Written by: Ann Vatman</p>", ("Ann Vatman",)),
    "three": ("", "<p>By Ann Vatman, Bo Felt and Cy O'Paper</p>", ("Ann Vatman", "Bo Felt", "Cy O'Paper")),
    "microdata in meta": (
        "",
        '<p itemprop="author" itemscope><meta itemprop="name" content="Ann Vatman"></p>',
        ("Ann Vatman",),
    ),
    "words about reporters": ("", "<p>纸坊的记者站和通讯员很多</p>", ()),
    "by in prose": ("", "<p>In 1903 by hand, later by machine.</p>", ()),
    "given name and family name": (
        linked('"author": {"givenName": "Ann", "familyName": "Vatman"}'),
        "",
        ("Ann Vatman",),
    ),
    "creator": (linked('"creator": ["Ann Vatman"]'), "", ("Ann Vatman",)),
    "creator's handle, and a byline": (linked('"creator": "CC7567"'), "<p>By Ann Vatman</p>", ("Ann Vatman",)),
    "no value": ('<meta name="author" content="[object Object]"><meta name="byl" content="N/A">', "", ()),
    "Facebook": (
        '<meta property="article:author" content="//facebook.com/ann">',
        "<p>By Ann Vatman</p>",
        ("Ann Vatman",),
    ),
    "Parsely": (
        '<meta name="parsely-author" content="Ann Vatman"><meta name="parsely-author" content="Bo Felt">',
        "",
        ("Ann Vatman", "Bo Felt"),
    ),
    "Sailthru": ('<meta name="sailthru.author" content="Ann Vatman, Bo Felt">', "", ("Ann Vatman", "Bo Felt")),
    "editor": ("", "<p>责任编辑：方胶泥</p>", ()),
    "label in an element of its own": ("", "<p><span>作者：</span><span>纸鸢</span></p>", ("纸鸢",)),
    "Cyrillic": ("", '<p class="author">Анна Ватман</p>', ("Анна Ватман",)),
    "Korean": ("", '<p class="author">김철수 기자</p>', ("김철수",)),
    "after the date": (
        "",
        '<p>Posted on <time datetime="2023-03-14">x</time> by <a class="fn" href="/a">Ann Vatman</a></p>',
        ("Ann Vatman",),
    ),
    "Chinese desk": ("", "<p>作者：本站编辑</p>", ()),
    "not a name": ("", '<div class="author-box">Share this story</div>', ()),
    "prose": ("", "<p>By hand it takes three days.</p>", ()),
    "teaser": ("", '<div class="related"><span class="author">By Cy Felt</span></div>', ()),
    "comment": ("", '<div id="comments"><a rel="author" href="/cy">Cy Felt</a></div>', ()),
    "below the text": ("", f"<p>{LINE * 2}</p><p>{LINE * 2}</p><p>By Cy Felt</p>", ()),
    "e-mail": ('<meta name="author" content="ann@press.example.com">', "", ()),
    "name and e-mail": ('<meta name="author" content="Ann Vatman &lt;ann@press.example.com&gt;">', "", ("Ann Vatman",)),
    "e-mail and name": ('<meta name="author" content="ann@press.example.com (Ann Vatman)">', "", ("Ann Vatman",)),
    "address": ('<meta name="author" content="https://press.example.com/ann">', "", ()),
    "name and address": ('<meta name="author" content="Ann Vatman (http://press.example.com/)">', "", ("Ann Vatman",)),
    "number": ('<meta name="author" content="1042">', "", ()),
    "handle": ('<meta name="author" content="@annvatman">', "", ()),
    "office": ('<meta name="author" content="Web Desk"><meta name="author" content="admin">', "", ()),
    "department": ('<meta name="author" content="Communications Department">', "", ()),
    "host": ('<meta name="author" content="press.example.com">', "", ()),
    "telephone": ('<meta name="author" content="+1 555 0100">', "", ()),
    "title and degree": ('<meta name="author" content="Dr. Ann Vatman, PhD">', "", ("Dr. Ann Vatman",)),
    "office in Chinese": ('<meta name="author" content="例报编辑部">', "", ()),
    "office, and a byline": ('<meta name="author" content="admin">', "<p>By Ann Vatman</p>", ("Ann Vatman",)),
    "the site": (
        '<meta name="author" content="Example Press"><meta property="og:site_name" content="Example Press">',
        "",
        (),
    ),
    "label in the value": ('<meta name="byl" content="By Ann Vatman and Bo Felt">', "", ("Ann Vatman", "Bo Felt")),
    "surname first": ('<meta name="author" content="Vatman, Ann">', "", ("Vatman, Ann",)),
    "surnames first": (
        '<meta name="citation_authors" content="Vatman, Ann; Felt, Bo">',
        "",
        ("Vatman, Ann", "Felt, Bo"),
    ),
    "agency": ('<meta name="author" content="Reuters">', "", ("Reuters",)),
    "by reference": (
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "author": [{"@id": "#1"}]},'
        '{"@type": "Person", "@id": "#1", "name": "Ann Vatman"}]}</script>',
        "",
        ("Ann Vatman",),
    ),
    "Dublin Core before the rest": (
        '<meta name="author" content="Cy Felt"><meta property="dc:creator x:y" content="Ann Vatman">',
        "",
        ("Ann Vatman",),
    ),
}


@pytest.mark.parametrize(("head", "above", "authors"), AUTHORS.values(), ids=AUTHORS)
def test_authors_are_names_of_people(head: str, above: str, authors: tuple[str, ...]) -> None:
    assert read(page(head, above)).authors == authors


def test_byline_is_found_where_no_heading_shows_the_title() -> None:
    above = '<p class="byline">By Ann Vatman</p><p>14 March 2023</p>'
    article = read(page(above=above, heading=""))
    assert (article.authors, article.published) == (("Ann Vatman",), "2023-03-14")
    teasers = f"<article>{above}<p>Of ink</p></article>" * 2
    assert read(page(above=teasers, heading="")).authors == ()


BLOCK = '{"@type": "NewsArticle", "headline": "Of paper", "author": {"name": "Ann Vatman"}}'
WRAPPED = {
    "CDATA": f"\n<![CDATA[\n{BLOCK}\n]]>\n",
    "CDATA in comments of scripts": f"//<![CDATA[\n{BLOCK}\n//]]>",
    "CDATA in comments of styles": f"/*<![CDATA[*/{BLOCK}/*]]>*/",
    "comment": f"<!--{BLOCK}-->",
    "line break in a text": BLOCK.replace("Of paper", "Of\npaper"),
    "comma before a bracket": BLOCK.replace("}}", "},}"),
    "semicolon": f"{BLOCK};",
    "byte order mark": f"\ufeff{BLOCK}",
    "another block behind it": f'{BLOCK}\n{{"@type": "BreadcrumbList"}}',
    "backslash that escapes nothing": BLOCK.replace('"author"', '"alternativeHeadline": "The vatman\\\'s", "author"'),
    "escaped quotation marks": BLOCK.replace('"', "&quot;"),
    "an article that the page leads to": (
        f'[{{"@type": "NewsArticle", "headline": "Of ink", "author": "Bo Felt"}}, {BLOCK}]'
    ),
    "the same with addresses": '[{"@type": "NewsArticle", "headline": "Of ink", "url": "https://press.example.com/i"}, '
    '{"@type": "NewsArticle", "mainEntityOfPage": {"@id": "https://press.example.com/paper"}, "headline": "Of paper", '
    '"author": "Ann Vatman"}]',
}


@pytest.mark.parametrize("block", WRAPPED.values(), ids=WRAPPED)
def test_linked_data_is_read_whatever_is_around_it(block: str) -> None:
    text = page(f'<script type="application/ld+json">{block}</script>', heading="", title="Of paper - Press")
    document = api.parse(text)
    assert document.article is not None
    assert (document.article.title, document.article.authors) == ("Of paper", ("Ann Vatman",))
    assert "SRC018" not in [each.code for each in document.findings]


def test_lead_is_the_picture_of_linked_data_by_either_address() -> None:
    picture = '"image": {"@type": "ImageObject", "contentUrl": "https://press.example.com/vat.jpg"}'
    lead = read(page(linked(picture))).lead
    assert lead is not None
    assert lead.images[0].address == "https://press.example.com/vat.jpg"


def test_canonical_link_is_resolved_by_the_base_of_the_page() -> None:
    base = '<base href="https://press.example.com/2023/"><link rel="canonical" href="/paper">'
    assert read(page().replace(ADDRESS, base)).source.address == "https://press.example.com/paper"


def test_language_in_a_header_counts() -> None:
    text = page('<meta http-equiv="Content-Language" content="en-GB">').replace(' lang="en"', "")
    assert read(text).language == "en-GB"


@pytest.mark.rule("SRC018")
def test_linked_data_that_cannot_be_parsed_is_reported_and_the_rest_is_read() -> None:
    broken = BLOCK.replace("Of paper", 'Of "paper"')
    text = page(f'\n<script type="application/ld+json">{broken}</script><meta name="author" content="Bo Felt">')
    document = api.parse(text)
    assert document.article is not None
    assert (document.article.title, document.article.authors) == ("How paper is made", ("Bo Felt",))
    assert [(each.level, each.line) for each in document.findings if each.code == "SRC018"] == [("warning", 2)]
    deep = page(f'<script type="application/ld+json">{"[" * 5000}</script>')
    assert "SRC018" in [each.code for each in api.parse(deep).findings]


HAN = "抄纸工早晨第一件事是看水，水浑，纸就灰；水里有铁，纸放几年会起黄斑，所以作坊都建在上游。"


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ("gb2312", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("big5", "utf-8"),
        ("utf-8", "gbk"),
        ("utf-8", "big5"),
        ("gb2312", "gbk"),
    ],
)
def test_charset_that_the_bytes_disprove_does_not_count(declared: str, actual: str) -> None:
    text = HAN if actual != "big5" else "抄紙工早晨第一件事是看水，水渾，紙就灰，紙放幾年會起黃斑。"
    head = f'<head><meta charset="{declared}"><title>{text[:8]}</title></head>'
    whole = f"<html>{head}<body><p>{text}</p><p>{text}</p></body></html>"
    article = read(whole.encode(actual))
    assert article.title == text[:8]
    assert text in "".join(texts(article.body))


def test_charset_with_one_wrong_byte_stays() -> None:
    whole = f'<html><head><meta charset="utf-8"><title>纸</title></head><body><p>{HAN}</p></body></html>'.encode()
    document = api.parse(whole.replace("灰".encode(), b"\xff"))
    assert "SRC005" in [each.code for each in document.findings]


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", some(["<div class=author>By x y</div>", "<h1>x</h1>", "<p class=title>By Ann Vatman</p>", "<b>"], 2)
)
def test_time_for_what_is_around_the_title_grows_with_it(piece: str) -> None:
    assert grows_with_it(lambda data: api.parse(data), lambda size: page(above=piece * size).encode(), 2_500)


@pytest.mark.parametrize("names", ["no-sidebar", "newsletter-post", "related"])
def test_byline_counts_in_a_box_that_holds_the_title_too(names: str) -> None:
    text = page(above='<div class="byline">By Ann Vatman</div><div>March 14, 2023</div>')
    article = read(text.replace("<article>", f'<div class="{names}"><article>'))
    assert (article.authors, article.published) == (("Ann Vatman",), "2023-03-14")
