"""Made-up pages of the commonest shape, with as many blocks, links and pictures a page as real ones have.

python -m benchmarks.shaped PAGES FOLDER    writes FOLDER/pages

The seeds are varied on purpose, and so harder than the archive: nine of ten real pages are paragraphs with links to
keywords.  The shares are those of 106,362 pages of epoch-news: 19.8 paragraphs and 6.9 links a page, a lead picture on
78 of 100, half as many pictures in the text as pages, headings on a third, a median of 1,245 characters.
"""

import random
import sys
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

FIRST_DAY = date(2020, 1, 1)


def _words(text: str) -> list[str]:
    return text.split()


_THINGS = _words(
    "造纸 印刷 活字 木版 油墨 竹帘 纸浆 树皮 麻布 渔网 书坊 刻工 抄本 卷轴 册页 封面 "
    "书脊 书院 学者 工匠 商人 船队 港口 驿站 运河 桥梁 城墙 集市 药材 茶叶 丝绸 瓷器 "
    "铜镜 铁器 水车 磨坊 田地 稻谷 小麦 棉花 桑树 蚕丝 染料 织机 木船 风帆 罗盘 星图 "
    "历法 算盘 天文台 图书馆 博物馆 档案馆 报社 编辑 记者 读者 作者 校对 排版 字体 标点 "
    "目录 注释 插图 地图 照片 底片 信件 日记 账簿 契约 法令 学校"
)
_DOING = _words(
    "发明 改良 保存 运送 抄写 印制 装订 修补 收藏 展出 研究 记录 翻译 出版 传到 流入 "
    "使用 学习 教授 交换 买卖 制造 设计 试验 发现 讨论"
)
_JOINING = _words(
    "因此 后来 当时 其中 据说 同时 不久 此外 最初 通常 往往 一直 逐渐 终于 仍然 并且 而且 不过 尽管如此 从那以后"
)
_PLACES = _words(
    "洛阳 长安 杭州 泉州 扬州 成都 苏州 福州 广州 敦煌 开封 南京 北京 台北 首尔 京都 巴格达 撒马尔罕 威尼斯 美因茨"
)
_NAMES = _words("纸鸢 墨香 竹帘 砚田 林简 沈册 白卷 方匠")
_TAG = "https://www.epochtimes.com/gb/tag/{name}.html"


def pages(number: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return paths and texts of so many pages, the same for each seed."""
    return [_page(random.Random(f"{seed}-{each}"), each) for each in range(number)]


def write(folder: Path, number: int, seed: int = 1) -> Path:
    """Write so many pages, and return the folder."""
    for path, text in pages(number, seed):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
    return folder


def _page(dice: random.Random, number: int) -> tuple[str, str]:
    name, channel = f"n96{number:06}", f"nf960000{number % 8 + 1}"
    day = FIRST_DAY + timedelta(number % 1200)
    picture = f"https://i.epochtimes.com/assets/uploads/{day:%Y/%m}/{name}"
    paragraphs = max(3, min(round(dice.lognormvariate(2.75, 0.62)), 110))
    blocks = [_dateline(dice, day), *(_block(dice, number, picture) for _ in range(paragraphs)), _last(dice)]
    if dice.random() < 0.37:
        for place in sorted(dice.sample(range(1, len(blocks)), min(4, len(blocks) - 1)), reverse=True):
            blocks.insert(place, f" <h4>\n  {_phrase(dice)}\n </h4>\n")
    lead = _lead(dice, picture) if dice.random() < 0.78 else ""
    title = f"{dice.choice(_PLACES)}{_phrase(dice)} {_phrase(dice)}"
    head = f"### {title}\n\n---\n\n{_navigation(name)}\n\n\n{lead}"
    body = (
        '<div class="post_content" id="artbody" itemprop="articleBody">\n <!-- article content begin -->\n'
        f'{"".join(blocks)} <!-- article content end -->\n <div id="below_article_ad">\n </div>\n</div>\n\n\n'
    )
    tracker = ""
    if dice.random() < 0.37:
        tracker = f"<img src='http://gfw-breaker.win/epoch-news/pages/{channel}/{name}.md' width='0px' height='0px'/>"
    address = f"https://www.epochtimes.com/gb/{day.year % 100}/{day.month}/{day.day}/{name}.htm"
    return f"pages/{channel}/{name}.md", f"{head}{body}{tracker}\n---\n\n原文链接（需翻墙）：{address}"


def _navigation(name: str) -> str:
    links = "".join(
        f" &nbsp;|&nbsp; [{text}](../../../../../{to}?{name})"
        for text, to in (
            ("评论", "epoch-comment"),
            ("专题", "epoch-special"),
            ("禁闻", "epoch-news"),
            ("禁书", "books"),
        )
    )
    away = f"[翻墙](https://github.com/gfw-breaker/nogfw/blob/master/README.md?{name})"
    return f"#### [首页](../../../..?{name}){links} &nbsp;|&nbsp; {away}"


def _lead(dice: random.Random, picture: str) -> str:
    return (
        '<div><img alt="" class="attachment-djy_600_400 size-djy_600_400 wp-post-image" '
        f'src="{picture}-600x400.jpg"/>\n<div class="caption">\n {_phrase(dice)}。（示意图）\n</div></div><hr/>'
    )


def _dateline(dice: random.Random, day: date) -> str:
    reporter = f"（大纪元记者{dice.choice(_NAMES)}综合报导）" if dice.random() < 0.76 else ""
    return f" <p>\n  【大纪元{day:%Y年%m月%d日}讯】{reporter}{_sentences(dice)}\n </p>\n"


def _last(dice: random.Random) -> str:
    return (
        f" <p>\n  责任编辑：{dice.choice(_NAMES)}{dice.choice(['#', '#', '', '＃'])}\n </p>\n"
        if dice.random() < 0.99
        else ""
    )


def _block(dice: random.Random, number: int, picture: str) -> str:
    drawn = dice.random()
    if drawn < 0.027:
        return _figure(dice, f"{picture}-{dice.randrange(1000)}")
    if drawn < 0.029:
        return ' <div class="video_fit_container">\n </div>\n'
    if drawn < 0.07:
        return f" <p>\n  <strong>\n   {_phrase(dice)}\n  </strong>\n </p>\n"
    text = _sentences(dice)
    for _ in range(dice.choices((0, 1, 2), (70, 22, 8))[0]):
        text = _linked(dice, number, text)
    return f" <p>\n  {text}\n </p>\n"


def _linked(dice: random.Random, number: int, text: str) -> str:
    """Return a text in which one of its things is a link, as `prettify` of BeautifulSoup lays it out."""
    found = [each for each in _THINGS if each in text and f"   {each}\n" not in text]
    if not found:
        return text
    name, drawn = dice.choice(found), dice.random()
    if drawn < 0.9:
        to = _TAG.format(name=quote(name).lower())
    elif drawn < 0.93:
        to = f"https://www.epochtimes.com/gb/20/3/4/n96{dice.randrange(number + 9):06}.htm"
    else:
        to = f"https://press.example/{dice.randrange(999)}"
    before, _, after = text.partition(name)
    return f'{before}\n  <ok href="{to}">\n   {name}\n  </ok>\n  {after}'


def _figure(dice: random.Random, picture: str) -> str:
    return (
        f' <figure class="wp-caption aligncenter" id="attachment_{dice.randrange(10**8)}" style="width: 600px">\n'
        f'  <ok href="{picture}.jpg">\n   <img alt="{_phrase(dice)}" class="size-medium" '
        f'src="{picture}-600x400.jpg"/>\n  </ok>\n'
        f'  <figcaption class="wp-caption-text">\n   {_phrase(dice)}。（示意图）\n  </figcaption>\n </figure>\n'
    )


def _phrase(dice: random.Random) -> str:
    return f"{dice.choice(_THINGS)}{dice.choice(_DOING)}{dice.choice(_THINGS)}"


def _sentences(dice: random.Random) -> str:
    """Return a paragraph of some 70 characters, one in ten with a quotation, a number or a word in Latin letters."""
    text = ""
    for _ in range(dice.choices((1, 2, 3, 4), (25, 40, 25, 10))[0]):
        text += (
            f"{dice.choice(_JOINING)}，{dice.choice(_PLACES)}的{_phrase(dice)}，{_phrase(dice)}的人{_phrase(dice)}。"
        )
    drawn = dice.random()
    if drawn < 0.04:
        return f"“{text}”{dice.choice(_NAMES)}说。"
    if drawn < 0.08:
        return f"{text}共有{dice.randrange(2, 9999)}种，占{dice.randrange(1, 99)}%。"
    if drawn < 0.1:
        return f"{text}英文称之为 movable type。"
    return text


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
