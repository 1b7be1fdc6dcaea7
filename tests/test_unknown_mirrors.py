"""Pages of mirrors that nobody has described: what surrounds the article is cut off, all of it listed, and no more."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from convert.document import read_and_clean
from convert.model import Article, Finding, Image, texts, walk
from convert.readers.mirror.dialects import DIALECTS
from convert.sources import Source

HERE = Path(__file__).parent
FRAMES = sorted((HERE / "frames").glob("*.md"))
SEEDS = sorted((HERE.parent / "seeds" / "pages").rglob("*.md"))
ADDRESS = "https://paper.example/2021/3/5/n123.html"

HTML = """<div class="text">
 <p>
  【纸坊网2021年3月5日讯】（纸坊网记者方胶泥综合报导）纸从竹子里来，要在水里泡一百天。
 </p>
 <h3>
  打浆
 </h3>
 <p>
  <img alt="石碓" src="https://paper.example/mortar.jpg"/>
 </p>
 <p>
  原文：这两个字在正文里。分享是一种美德。
 </p>
 <p>
  责任编辑：方正一
 </p>
</div>"""
MARKDOWN = """【纸坊网2021年3月5日讯】（纸坊网记者方胶泥综合报导）纸从竹子里来，要在水里泡一百天。

## 打浆

![石碓](https://paper.example/mortar.jpg)

原文：这两个字在正文里。分享是一种美德。

责任编辑：方正一"""
TEXT = [
    "【纸坊网2021年3月5日讯】（纸坊网记者方胶泥综合报导）纸从竹子里来，要在水里泡一百天。",
    "打浆",
    "原文：这两个字在正文里。分享是一种美德。",
    "责任编辑：方正一",
]


def read(text: str, path: str = "pages/b/n123.md") -> tuple[Article, list[Finding]]:
    cleaned = read_and_clean(Source("", path, text.encode()))
    assert cleaned.article
    return cleaned.article, [*cleaned.findings]


def lines(article: Article) -> list[str]:
    blocks = (article.lead, *article.body) if article.lead else article.body
    found = (re.sub(r"\s+", "", line) for block in blocks for line in "".join(texts((block,))).split("\n"))
    return [line for line in found if line]


def pictures(article: Article) -> list[str]:
    blocks = (article.lead, *article.body) if article.lead else article.body
    return [each.address for each in walk(blocks) if isinstance(each, Image)]


def words(text: str) -> Iterator[str]:
    """Yield the words of a frame that a reader sees, and the addresses of its pictures."""
    yield from re.findall(r"[\u3400-\u9fff]{2,}|\b[A-Z][a-z]{3,}\b", re.sub(r"<[^>]*>|\{\w+\}|\([^)\s]*\)", " ", text))


@pytest.mark.parametrize("body", [HTML, MARKDOWN], ids=["html", "markdown"])
@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.stem)
def test_frame_of_an_unknown_mirror_is_cut_off_and_listed(frame: Path, body: str) -> None:
    written = frame.read_text("utf-8")
    page = written.replace("{title}", "竹纸怎样做").replace("{body}", body).replace("{address}", ADDRESS)
    article, findings = read(page)
    assert article.source.dialect == "unknown"
    assert (article.title, article.source.address, article.published) == ("竹纸怎样做", ADDRESS, "2021-03-05")
    assert (article.publisher, article.authors, article.editor) == ("纸坊网", ("方胶泥",), "方正一")
    assert lines(article) == TEXT
    assert pictures(article) == ["https://paper.example/mortar.jpg"]
    assert len(article.nav) > 1
    # The label of the source line becomes the address; everything else that is seen is a link of the mirror, or listed.
    around = re.sub(r"^.*\{(?:address|title)\}.*$", "", written, flags=re.M)
    listed = "\n".join([*(each.removed or "" for each in findings), *(link.label for link in article.nav)])
    assert [word for word in words(around) if word not in listed] == []
    assert all(each.line for each in findings)


NAMES = {
    **{each.publisher: "纸坊网" for each in DIALECTS.values() if len(each.publisher) > 2},
    **{name: "紙坊網" for each in DIALECTS.values() for tag, name in each.publishers.items() if tag == "zh-Hant"},
    **{each.host: f"{'abcdefghijklmnop'[at]}.paper.example/" for at, each in enumerate(DIALECTS.values()) if each.host},
    "gfw-breaker": "ink-mill",
    "epoch-comment": "ink-talk",
    "epoch-news": "ink-news",
    "banned-news": "ink-papers",
}
LABEL = re.compile(r"^(?:<br/>)?(?:原文链接（需翻墙）|原文链接|原文地址（需翻墙访问）)：(?=http\S+$)", re.M)
HIDDEN = [
    ("来源网址：", "用手机扫描二维码，把本文转发给朋友：", "回目录"),
    ("本文链接：", "轉發本文：", "首頁"),
    ("**Source:** ", "Scan the QR code to share this page:", "Home"),
]


def renamed(text: str) -> str:
    for name, other in NAMES.items():
        text = text.replace(name, other)
    return text


@pytest.mark.parametrize(("label", "share", "home"), HIDDEN)
def test_page_of_a_known_dialect_under_other_names_gives_the_same_text(label: str, share: str, home: str) -> None:
    for seed in SEEDS:
        text = seed.read_text("utf-8")
        place = seed.relative_to(HERE.parent / "seeds").as_posix()
        known, _ = read(text, place)
        hidden = LABEL.sub(label, renamed(text)).replace("手机上长按并复制下列链接或二维码分享本文章：", share)
        hidden = re.sub(r"^#### \[(?:首页|禁闻聚合首页)\]", f"#### [{home}]", hidden, flags=re.M)
        unknown, _ = read(hidden, place)
        assert unknown.source.dialect == "unknown", place
        assert lines(unknown) == [renamed(line) for line in lines(known)], place
        assert pictures(unknown) == [renamed(address) for address in pictures(known)], place
        assert [link.label for link in unknown.nav][1:] == [link.label for link in known.nav][1:], place


PAGE = """### 竹纸怎样做

#### [首页](https://git.example/ink/night) | [目录](https://git.example/ink/night/list.md)

{body}

---

来源：https://paper.example/2021/3/5/n123.html
"""

OURS = [
    "一百天。\n\n他把链接转发给了朋友。",
    "一百天。\n\n他分享了三样东西",
    "一百天。\n\n![](https://paper.example/2021/aqr7x.jpg)",
    "一百天。\n\n<img src='https://paper.example/mirqr/a.jpg' width='400'/>",
    "一百天。\n\n[石碓的照片](https://paper.example/mortar)",
    "一百天。\n\n视频：https://video.example/watch?v=1",
    "他说：",
    "## [第一章](https://paper.example/one)\n\n一百天。",
    "一百天。\n\n| 料 | 天 |\n|---|---|\n| 竹 | 100 |",
    "<div>\n <p>一百天。</p>\n <p>请扫描二维码，分享给朋友</p>\n <p>还有一句。</p>\n</div>",
    "<p>一百天。</p>\n<p>他把网址转发给了朋友</p>",
    "资料来源：https://paper.example/data\n\n" + "竹子在水里泡一百天，然后才轮到石灰和石碓。" * 12,
    "> 扫地的人说：竹子在水里泡一百天。",
]


@pytest.mark.parametrize("body", OURS)
def test_line_of_the_article_that_resembles_one_of_a_mirror_stays(body: str) -> None:
    article, findings = read(PAGE.format(body=body))
    kept = "".join([*lines(article), *pictures(article)])
    seen = re.sub(r"<img src='([^']*)'[^>]*>", r"\1", body)
    seen = re.sub(
        r"^[#>|\-\s]+|!?\[([^\]]*)\]\(([^)]*)\)|<[^>]*>|[|\-]", r"\1", re.sub(r"!\[\]\(", "](", seen), flags=re.M
    )
    for line in seen.split("\n"):
        for part in re.findall(r"[\u3400-\u9fff，。：]{3,}", line):
            assert part in kept, findings
    for address in re.findall(r"(?:!\[\]\(|<img src=')([^)']*)", body):
        assert address in kept


def test_article_goes_on_below_a_source_line_in_it() -> None:
    prose = "竹子在水里泡一百天，然后才轮到石灰和石碓。" * 12
    bar = "[首页](a.md) | [目录](b.md)"
    page = f"### 竹纸\n\n{bar}\n\n开头一句。\n\n来源：{ADDRESS}\n\n{prose}\n\n---\n\n{bar}\n"
    article, _ = read(page)
    assert article.source.address == ADDRESS
    assert lines(article) == ["开头一句。", f"来源：{ADDRESS}", prose]


def test_article_that_is_markdown_has_its_blocks() -> None:
    body = (
        "一百天。\n\n## 打浆\n\n* 竹\n* 麻\n\n> 引文\n\n| 料 | 天 |\n|---|---|\n| 竹 | 100 |\n\n<p>还有 **HTML**。</p>"
    )
    article, _ = read(PAGE.format(body=body))
    assert [type(block).__name__ for block in article.body] == [
        "Paragraph",
        "Heading",
        "List",
        "Quote",
        "Table",
        "Paragraph",
    ]


PROSE = "竹子在水里泡一百天，捞起来洗净，和石灰一起蒸煮，再放进石臼里舂成浆。" * 6
BAR = "#### [首页](https://git.example/ink/night) | [目录](https://git.example/ink/night/list.md)"


@pytest.mark.parametrize(
    "page",
    [
        f"### 竹纸\n\n---\n\n{BAR}\n\n<div>\n <p>\n  {PROSE}\n </p>\n <p>\n  {PROSE[:40]}",
        f"### 竹纸\n------------------------\n\n<p>开头。</p>\n<p style='x'>{PROSE}</p>\n<p>{PROSE[:9]}",
    ],
    ids=["bar above", "rule above"],
)
def test_page_that_ends_in_its_article_is_an_error_and_not_passed_over(page: str) -> None:
    cleaned = read_and_clean(Source("", "pages/b/n123.md", page.encode()))
    assert [each.code for each in cleaned.findings if each.level == "error"] == ["SRC008"]


@pytest.mark.parametrize(
    "page",
    [
        f"### 禁书\n\n{BAR}\n\n{PROSE}\n\n#### [竹纸](pages/1.md)\n\n#### [墨](pages/2.md)\n",
        f"### 禁书\n\n{BAR}\n\n<p>{PROSE[:40]}</p>\n<p>{PROSE[:40]}</p>\n",
        f"### 说明\n\n<p>{PROSE}</p>\n<p>{PROSE}</p>\n",
    ],
    ids=["no paragraphs", "little text", "no frame"],
)
def test_list_of_a_mirror_is_no_article_that_was_cut_short(page: str) -> None:
    assert read_and_clean(Source("", "README.md", page.encode())).article is None
