"""Which way of finding the main text keeps most of it and least of the site around it: python -m benchmarks.main_text

The seeds stand in sites of nine shapes.  `kept` is the share of the articles' text that is found, `noise` the share of
the site's own text that is taken for theirs, `lossy` the pages that lose anything.
"""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from turbohtml import parse

from convert.document import read_and_clean
from convert.model import Article, texts
from convert.readers.saved.main import find
from convert.sources import Source
from convert.writers.book.escapes import text
from convert.writers.book.xhtml import Renderer

ROOT = Path(__file__).parent.parent


class Site(NamedTuple):
    """The words of a site around its article."""

    name: str
    menu: tuple[str, ...]
    popular: str
    others: tuple[str, ...]
    comments: tuple[str, ...]
    cookies: str
    foot: str
    share: str
    byline: str


CHINESE = Site(
    "示例新闻网",
    ("首页", "国际", "财经", "科技", "文化", "体育", "视频", "专题"),
    "热门文章",
    ("汉字激光照排的故事：从铅与火到光与电", "图书馆里的一天，读者从早到晚排队", "一张纸的前世今生，博物馆新展开幕"),
    ("写得真好，学习了，希望多写一些这样的文章，谢谢作者。", "我爷爷以前就在印刷厂工作，看了很感动，想起了往事。"),
    "本网站使用 Cookie 来改善您的浏览体验，继续使用即表示您同意我们的隐私政策。",
    "版权所有 示例新闻网，未经授权不得转载。联系我们，关于我们，广告服务，法律声明。",
    "分享到：微博 微信 推特 脸书",
    "记者 方胶泥 2023-03-14 08:30 发表",
)
ENGLISH = Site(
    "Example Daily",
    ("Home", "World", "Business", "Science", "Culture", "Sport", "Video", "Opinion"),
    "Most read",
    ("The last typesetter of the old town closes shop", "A day in the reading room, from first light to closing"),
    ("Wonderful piece, thank you, and please write more like this one.", "My grandfather was a printer, so I cried."),
    "We use cookies to improve your experience; by going on you agree to our privacy policy.",
    "Copyright Example Daily, all rights reserved. Contact, About, Advertise, Legal.",
    "Share: Mail, Mastodon, Print",
    "By Ann Vatman, 14 March 2023, 08:30",
)


SHORTEST = 30
"""Characters: what is less than a line is not looked for, since it could be anything on a page."""


def seeds() -> Iterator[Article]:
    """The articles of the seeds and of the cases of the tests, which are very short."""
    for path in sorted([*ROOT.glob("seeds/pages/*/*.md"), *ROOT.glob("tests/cases/*/source.md")]):
        article, *_ = read_and_clean(Source("", path.name, path.read_bytes()))
        if article is not None and sum(map(len, texts(article.body))) >= SHORTEST:
            yield article


def pages(article: Article) -> dict[str, tuple[str, Site]]:
    """The article in a site of each shape."""
    site = ENGLISH if article.language == "en" else CHINESE
    renderer = Renderer(article=article, pictures=True)
    title = text(article.title)
    body = (renderer.figure(article.lead) if article.lead else "") + renderer.blocks(article.body)
    breaks = re.sub(r"</p>\s*<p>", "<br/><br/>　　", body)
    boxes = re.sub(r"<p>(.*?)</p>", r"<div>\1</div>", body, flags=re.DOTALL)
    parts = re.sub(r"</p>\n(?=<p>)", '</p>\n</section><section class="s">', body)
    menu = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in site.menu)
    menu = f'<div class="top"><a href="/">{site.name}</a><ul class="menu">{menu}</ul></div>'
    side = "".join(f'<li><a href="/{len(name)}">{name}</a></li>' for name in site.others)
    side = f"<h3>{site.popular}</h3><ul>{side}</ul>"
    comments = "".join(f'<div class="comment"><p>{each}</p></div>' for each in site.comments)
    cookies = f'<div class="cookie-banner"><p>{site.cookies}</p><button>OK</button></div>'
    foot, byline = f'<div class="foot"><p>{site.foot}</p></div>', f'<p class="meta">{site.byline}</p>'
    share = f'<div class="share">{site.share}</div>'
    shapes = {
        "article": f"<header>{menu}</header><main><article><h1>{title}</h1>{byline}{share}{body}</article>"
        f"<aside>{side}</aside></main><section id=comments>{comments}</section>{cookies}<footer>{foot}</footer>",
        "article, others inside": f"<header>{menu}</header><article><header><h1>{title}</h1>{byline}</header>"
        f'<div class="entry-content">{body}</div>{share}<div class="related-posts">{side}</div></article>'
        f'<div class="comments">{comments}</div>{cookies}<footer>{foot}</footer>',
        "div.post-content": f"<div id=header>{menu}</div><div id=main><h1>{title}</h1>{byline}"
        f'<div class="post-content">{body}</div>{share}<div class="related">{side}</div>'
        f"<div id=comments>{comments}</div></div><div id=sidebar>{side}</div>{cookies}{foot}",
        "itemprop, boxes": f'<div class="nav">{menu}</div><div class="left"><h1>{title}</h1>{byline}'
        f'<div itemprop="articleBody">{boxes}</div>{share}</div><div class="right">{side}</div>{comments}{foot}',
        "table": f"<table><tr><td colspan=2>{menu}</td></tr><tr><td>{side}</td><td><font size=5><b>{title}</b></font>"
        f"<br>{byline}{body}{share}</td></tr><tr><td colspan=2>{foot}</td></tr></table>",
        "table, line breaks": f"<table><tr><td colspan=2>{menu}</td></tr><tr><td>{side}</td><td><font size=5>"
        f"<b>{title}</b></font><br>{breaks}{share}</td></tr><tr><td colspan=2>{foot}</td></tr></table>",
        "nothing around": f"{menu}<h1>{title}</h1>{byline}{body}{share}{side}{comments}{foot}",
        "nameless boxes": f"<div><div>{menu}</div><div><div><h1>{title}</h1></div><div>{byline}</div><div>{body}</div>"
        f"<div>{share}</div></div><div>{side}</div><div>{comments}</div><div>{foot}</div></div>",
        "sections": f"<header>{menu}</header><main><h1>{title}</h1>{byline}<section class=s>{parts}</section></main>"
        f'{cookies}<div class="comments">{comments}</div><footer>{foot}</footer>',
    }
    head = f"<!DOCTYPE html><html><head><title>{title} - {site.name}</title></head><body>"
    return {name: (head + shape, site) for name, shape in shapes.items()}


def visible(value: str) -> str:
    """`value` without white space."""
    return "".join(value.split())


def score(article: Article, site: Site, found: str) -> tuple[float, float]:
    """Share of the article's text in `found`, and share of the site's."""
    got = visible(found)
    wanted = [visible(each) for each in texts(article.body)]
    noise = [visible(each) for each in (*site.others, *site.comments, site.popular, site.cookies, site.foot)]
    return (
        sum(len(each) for each in wanted if each in got) / max(1, sum(map(len, wanted))),
        sum(len(each) for each in noise if each in got) / sum(map(len, noise)),
    )


def ours(page: str) -> str | None:
    """What the reader walks; None where it takes the whole page, and says so."""
    found = find(parse(page))
    for each in found.dropped if found else ():
        each.decompose()
    return found.region.text if found else None


def bare(page: str) -> str | None:
    """turbohtml's choice by itself."""
    found = parse(page).main_content()
    return found.text if found else None


def trafilatura(page: str) -> str | None:
    """trafilatura's text, set to keep rather than to drop."""
    from trafilatura import extract

    found: str | None = extract(page, include_comments=False, include_tables=True, favor_recall=True)
    return found


WAYS: dict[str, Callable[[str], str | None]] = {"ours": ours, "turbohtml": bare, "trafilatura": trafilatura}


def main() -> None:
    """Prints a table for each way."""
    articles = list(seeds())
    for name, way in WAYS.items():
        scores: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        unsure = 0
        started = time.perf_counter()
        for article in articles:
            for shape, (page, site) in pages(article).items():
                found = way(page)
                unsure += found is None
                if found is None and name == "ours" and (body := parse(page).select_one("body")) is not None:
                    found = body.text
                scores[shape].append(score(article, site, found or ""))
        took = (time.perf_counter() - started) / sum(map(len, scores.values())) * 1000
        print(f"{name}: {took:.2f} ms a page, {unsure} of {sum(map(len, scores.values()))} without a main text")
        scores["all"] = [each for told in scores.values() for each in told]
        for shape, told in scores.items():
            kept, noise = (sum(column) / len(told) for column in zip(*told, strict=True))
            lossy = sum(each < 1 for each, _ in told)
            print(f"  {shape:24} kept {kept:.3f}  noise {noise:.3f}  lossy {lossy}")


if __name__ == "__main__":
    main()
