"""Posts with front matter, as the common generators and people write them: what is read of each."""

import io
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from helpers.program import run
from msgspec.structs import replace

from convert import readers, sources
from convert.bundle.deduplicate import deduplicate
from convert.bundle.index import Index
from convert.document import read_and_clean
from convert.model import Article, Deleted, Finding, Formula, Image, Link, Paragraph, Text, texts, walk
from convert.sources import Ref, Source, sites
from convert.sources.addresses import Origin
from convert.sources.sites import Address
from convert.words import WORDS
from convert.writers.alone import file_of
from convert.writers.options import Options

TEXT = "Paper begins as a slurry of fibres in water, and the mould is dipped into the vat and lifted level."
ADDRESS = "https://press.example.org/2023/03/14/paper"


class Row(NamedTuple):
    """A post and the fields of its article; a row of `read` names only those that matter in it."""

    name: str
    path: str
    text: str
    fields: dict[str, Any]


def post(front: str, body: str = TEXT, fence: str = "---") -> str:
    return f"{fence}\n{front.strip(chr(10))}\n{fence}\n\n{body}\n"


def read(text: str, path: str = "_posts/2023-03-14-paper.md") -> tuple[Article, list[Finding]]:
    article, findings, *_ = read_and_clean(Source("", path, text.encode()), "")
    assert article is not None, findings
    entry = readers.peek(text.encode(), path)
    assert entry is not None
    assert (entry.id, entry.title, entry.address) == (article.id, article.title, article.source.address)
    assert (entry.published, entry.section) == (article.published, article.section)
    return article, findings


def shown(article: Article) -> str:
    return re.sub(r"\s+", " ", "".join(texts(article.body))).strip()


GENERATORS = [
    Row(
        "jekyll",
        "_posts/2023-03-14-paper.md",
        post(
            'layout: post\ntitle:  "How paper is made"\ndate:   2023-03-14 08:30:00 +0800\n'
            f"categories: craft paper\ntags: [ vat, mould ]\nauthor: Ann Writer\nsource: {ADDRESS}\ncomments: true"
        ),
        {
            "title": "How paper is made",
            "published": "2023-03-14T08:30:00+08:00",
            "section": "craft",
            "keywords": ("vat", "mould", "paper"),
            "authors": ("Ann Writer",),
            "address": ADDRESS,
        },
    ),
    Row(
        "hugo in TOML",
        "content/posts/paper/index.md",
        post(
            'title = "How paper is made"\ndate = 2023-03-14T08:30:00+08:00\nlastmod = 2023-03-15\ndraft = false\n'
            f'tags = ["vat", "mould"]\ncategories = ["craft"]\nauthors = ["Ann Writer", "Bob Setter"]\n'
            f'canonicalURL = "{ADDRESS}"\ndescription = "About paper"',
            fence="+++",
        ),
        {
            "id": "paper",
            "published": "2023-03-14T08:30:00+08:00",
            "modified": "2023-03-15",
            "section": "craft",
            "keywords": ("vat", "mould"),
            "authors": ("Ann Writer", "Bob Setter"),
            "description": "About paper",
        },
    ),
    Row(
        "zola",
        "content/blog/paper.md",
        post(
            'title = "How paper is made"\ndate = 2023-03-14\n\n[taxonomies]\ntags = ["vat"]\ncategories = ["craft"]\n\n'
            f'[extra]\nauthor = "Ann Writer"\nlink = "{ADDRESS}"',
            fence="+++",
        ),
        {
            "published": "2023-03-14",
            "section": "craft",
            "keywords": ("vat",),
            "authors": ("Ann Writer",),
            "address": ADDRESS,
        },
    ),
    Row(
        "hexo without the first fence",
        "source/_posts/paper.md",
        "title: 纸的历史\ndate: 2023-03-14 08:30:00\ntags:\n- 造纸\n- 洛阳\ncategories:\n- 手艺\n"
        f"link: {ADDRESS}\n---\n\n{TEXT}\n",
        {"title": "纸的历史", "published": "2023-03-14", "section": "手艺", "keywords": ("造纸", "洛阳")},
    ),
    Row(
        "pelican",
        "content/paper.md",
        f"Title: How paper is made\nDate: 2023-03-14 08:30\nCategory: Craft\nTags: vat, mould\nSlug: paper\n"
        f"Authors: Ann Writer, Bob Setter\nSummary: About paper\nSource: {ADDRESS}\n\n{TEXT}\n",
        {
            "published": "2023-03-14",
            "section": "Craft",
            "keywords": ("vat", "mould"),
            "authors": ("Ann Writer", "Bob Setter"),
            "description": "About paper",
        },
    ),
    Row(
        "hugo in JSON",
        "content/paper.md",
        f'{{\n  "title": "How paper is made",\n  "date": "2023-03-14",\n  "tags": ["vat"]\n}}\n\n{TEXT}\n',
        {"title": "How paper is made", "published": "2023-03-14", "keywords": ("vat",)},
    ),
    Row(
        "docusaurus",
        "blog/2023-03-14-paper/index.md",
        post("slug: paper\ntitle: How paper is made\nauthors: [ann]"),
        {"published": "2023-03-14", "authors": ("ann",)},
    ),
    Row(
        "obsidian",
        "Clippings/How paper is made.md",
        post(
            f'title: "How paper is made"\nsource: "{ADDRESS}"\nauthor:\n  - "[[Ann Writer]]"\npublished: 2023-03-14\n'
            'created: 2023-03-15\ndescription: "About paper"\ntags:\n  - "clippings"'
        ),
        {
            "title": "How paper is made",
            "published": "2023-03-14",
            "authors": ("Ann Writer",),
            "keywords": ("clippings",),
            "address": ADDRESS,
        },
    ),
]


@pytest.mark.parametrize("row", GENERATORS, ids=lambda row: row.name)
def test_a_post_of_each_generator_is_read(row: Row) -> None:
    article, _ = read(row.text, row.path)
    fields = {**row.fields}
    if address := fields.pop("address", None):
        assert article.source.address == address
    assert {name: getattr(article, name) for name in fields} == fields
    assert shown(article) == TEXT


FRONT = [
    ("title: Paper: a history\ndate: 2023-03-14", {"title": "Paper: a history"}),
    ('title: "Paper" and its makers\ndate: 2023-03-14', {"title": '"Paper" and its makers'}),
    ("title: [Video] Paper\ndate: 2023-03-14", {"title": "[Video] Paper"}),
    ("title: 'It''s paper'\ndate: 2023-03-14", {"title": "It's paper"}),
    ("title: >\n  How paper\n  is made\ndate: 2023-03-14", {"title": "How paper is made"}),
    ("title: A &amp; B\ndate: 14 Mar 2023", {"title": "A & B", "published": "2023-03-14"}),
    ("\n\ntitle: 纸\n\ndate: 2023/3/14\n", {"title": "纸", "published": "2023-03-14"}),
    (" title: 纸\n date: 2023-03-14", {"title": "纸", "published": "2023-03-14"}),
    ("title: 纸\ndate: 0001-01-01T00:00:00Z\npubDate: March 14, 2023", {"published": "2023-03-14"}),
    ("title: 纸\ndate: 2023-02-31\ntags: a", {"published": "2023-03-14"}),
    ("title: 纸\ntags: a", {"published": "2023-03-14"}),
    ("title: 纸\nauthor: {name: Ann Writer, email: ann@example.org}", {"authors": ("Ann Writer",)}),
    (
        "title: 纸\nauthors:\n  - name: Ann Writer\n    url: https://example.org/ann\n  - name: Bob Setter",
        {"authors": ("Ann Writer", "Bob Setter")},
    ),
    ("title: 纸\nauthor: Ann Writer <ann@example.org>", {"authors": ("Ann Writer",)}),
    ("title: 纸\nauthor: 方胶泥、宋活版", {"authors": ("方胶泥", "宋活版")}),
    ("title: 纸\ntags: 造纸，洛阳", {"keywords": ("造纸", "洛阳")}),
    ('title: 纸\ntags: ["#vat", "big mould"]', {"keywords": ("vat", "big mould")}),
    ("title: 纸\nlayout: post\nlang: en\npublished: true", {"language": "en", "published": "2023-03-14"}),
    (f"title: 纸\nsource:\n  name: The Press\n  url: {ADDRESS}", {"publisher": "The Press", "authors": ()}),
    ("title: 纸\ndate: 2023-03-14\nsource: The Press", {"publisher": "The Press"}),
    (f"title: 纸\ndate: 2023-03-14\nsource: '[The Press]({ADDRESS})'", {"publisher": "The Press"}),
    ("date: 2023-03-14\ntags: [a]", {"title": "paper"}),
    ("title: !important thing\ndate: 2023-03-14", {"title": "!important thing"}),
    ("title: 纸\ndate: 2023-03-14\nfrom: 微信公众号「造纸社」", {"publisher": "造纸社"}),
    ("title: 纸\ndate: Tue, 14 Mar 2023 08:30:00 GMT", {"published": "2023-03-14T08:30:00+00:00"}),
    ("title: 纸\ndate: 2023-03-14 3:04 PM", {"published": "2023-03-14"}),
    (
        "标题: 纸\n日期: 2023-03-14\n作者: 方胶泥\n标签: [造纸]",
        {"title": "纸", "authors": ("方胶泥",), "keywords": ("造纸",)},
    ),
    ("Title: 纸\nDate: 2023-03-14\nTags: a, b", {"title": "纸", "keywords": ("a", "b")}),
    ("title: 纸\nauthor: Bobby Writer", {"authors": ("Bobby Writer",)}),
    ("title: 纸\nauthor: 王文/方胶泥", {"authors": ("王文", "方胶泥")}),
    ("title: 纸\nauthor: 方胶泥 宋活版", {"authors": ("方胶泥", "宋活版")}),
    ("title: 纸\nauthor: 记者 方胶泥", {"authors": ("记者 方胶泥",)}),
    (
        "title: 纸\nauthor: Ann Writer, Bob Setter, and Cyd Binder",
        {"authors": ("Ann Writer", "Bob Setter", "Cyd Binder")},
    ),
    ("title: 纸\nauthor: Writer, Ann; Setter, Bob", {"authors": ("Writer, Ann", "Setter, Bob")}),
    ("title: 纸\nauthor: <a href='https://example.org/ann'>Ann Writer</a>", {"authors": ("Ann Writer",)}),
    (
        "title: 纸\nauthors:\n  - name: Ann Writer\n    title: Master of the vat\n    url: https://example.org/ann",
        {"authors": ("Ann Writer",)},
    ),
    ("title: How <em>paper</em><br>is made\ndate: 2023-03-14", {"title": "How paper is made"}),
    ("title:纸\ndate:2023-03-12\nauthor：方胶泥", {"title": "纸", "published": "2023-03-12", "authors": ("方胶泥",)}),
    ("title: 纸\ndate: 2023-03-12 24:00:00", {"published": "2023-03-12"}),
    ("title: 纸\ndate: 2023-03-12\ntags: '#造纸 #洛阳'", {"keywords": ("造纸", "洛阳")}),
    ("title: 纸\ndate: 2023-03-12\ntags: [造纸, 洛阳", {"keywords": ("造纸", "洛阳")}),
    ("title: 纸\ntags: vat mould", {"keywords": ("vat", "mould")}),
    ("title: &t 纸\ndate: 2023-03-12\ndescription: *t", {"title": "纸", "description": "纸"}),
    ("title: &t 纸\ndate: 2023-03-12\ndescription: *no", {"description": "*no"}),
    ("title: 纸\nextra:\n  author: Ann Writer", {"authors": ("Ann Writer",)}),
    ("tags: [vat]\ncreated: 2023-03-12", {"title": "paper", "published": "2023-03-14"}),
]

SHORT = ["title: How paper is made", "layout: post", "tags: vat"]


@pytest.mark.parametrize("front", SHORT)
def test_the_name_of_a_post_may_be_all_that_shows_it(front: str) -> None:
    article, _ = read(post(front), "_posts/2023-03-14-how-paper-is-made.md")
    assert (article.title.lower(), article.published) == ("how paper is made", "2023-03-14")


FENCES = [
    "<!-- ours -->\n" + post("title: 纸\ndate: 2023-03-12"),
    post("title: 纸\ndate: 2023-03-12").replace("---", "---yaml", 1),
    post('title = "纸"\ndate = 2023-03-12').replace("---", "---toml", 1),
    post('{"title": "纸", "date": "2023-03-12"}').replace("---", "--- json", 1),
    f'"title": "纸",\n"date": "2023-03-12"\n;;;\n{TEXT}\n',
    f';;;\n{{"title": "纸", "date": "2023-03-12"}}\n;;;\n{TEXT}\n',
    f';;;\n"title": "纸",\n"date": "2023-03-12"\n;;;\n{TEXT}\n',
    post("title: 纸\ndate: 2023-03-12").replace("---", "-----"),
    post("标题：纸\n日期:2023-03-12"),
    post("layout: post\ndate: 2023-03-12").replace(TEXT, f"纸\n==\n\n{TEXT}"),
]


@pytest.mark.parametrize("text", FENCES)
def test_front_matter_is_found_between_other_marks(text: str) -> None:
    article, _ = read(text)
    assert (article.title, article.published, shown(article)) == ("纸", "2023-03-12", TEXT)


def test_an_address_alone_is_taken_whole() -> None:
    article, _ = read(post("title: 纸\nsource: https://press.example.org/it's_纸，墨"))
    assert article.source.address == "https://press.example.org/it's_纸，墨"


@pytest.mark.parametrize(("front", "fields"), FRONT, ids=[front for front, _ in FRONT])
def test_values_of_front_matter(front: str, fields: dict[str, Any]) -> None:
    article, _ = read(post(front))
    assert {name: getattr(article, name) for name in fields} == fields
    if ADDRESS in front:
        assert article.source.address == ADDRESS
    assert shown(article) == TEXT


NO_POSTS = [
    ("README.md", post("title: Paper\ndate: 2023-03-14")),
    ("content/_index.md", post("title: Posts\ndate: 2023-03-14")),
    ("index.md", post("layout: home\ntitle: Paper")),
    ("archive.md", post("layout: page\ntitle: Archive", "{% for post in site.posts %}{{ post.title }}{% endfor %}")),
    ("tags.md", post("title: Tags\ntype: tags\nlayout: tags")),
    ("docs/intro.md", post("title: Paper\nsidebar_position: 1")),
    ("a.md", "---\n\n- Title: a list\n"),
    ("package.json", '{\n  "name": "paper",\n  "author": "Ann",\n  "keywords": ["vat"]\n}\n'),
    ("a.json", '{\n  "title": "Paper",\n  "date": "2023-03-14"\n}\n'),
    ("a.md", "Title: a book of paper\n\nThe text of a letter.\n"),
    ("archetypes/default.md", post('title: "{{ replace .Name "-" " " }}"\ndate: {{ .Date }}\ndraft: true', TEXT)),
    ("layouts/_default/single.html", "<html><body><h1>{{ .Title }}</h1>{{ .Content }}</body></html>"),
    ("paper.md", post("title: Paper")),
    ("2023-03-14.md", post("title: Paper")),
    ("scaffolds/post.md", post("title: {{ title }}\ndate: {{ date }}\ntags:", TEXT)),
    ("source/tags/index.md", post("title: 标签\ndate: 2023-03-14\ntype: tags")),
]


@pytest.mark.parametrize(("path", "text"), NO_POSTS)
def test_other_documents_are_passed_over(path: str, text: str) -> None:
    assert readers.peek(text.encode(), path) is None


FIRST_LINES = [
    (f"原文链接：~~[纸的历史]({ADDRESS})~~\n\n---", {"address": ADDRESS}),
    (
        f"> 文章来源：微信订阅号「造纸社」：~~[纸的历史]({ADDRESS})~~\n>\n> 作者：方胶泥，编辑：宋活版",
        {"address": ADDRESS, "publisher": "造纸社", "authors": ("方胶泥",), "editor": "宋活版"},
    ),
    (f"原文来自订阅号「造纸社」：[纸的历史]({ADDRESS})\n\n时间：2023-03-12\n\n---", {"publisher": "造纸社"}),
    (f"2023年03月12日 19:59 来源于 [造纸网]({ADDRESS})", {"address": ADDRESS, "publisher": "造纸网"}),
    (f"（原载于公众号“造纸社”）\n\n<{ADDRESS}>\n\n---", {"publisher": "造纸社"}),
    (f"文 \\| 造纸周刊记者 方胶泥 宋活版\n\n责任编辑 \\| 王墨\n\n来源：{ADDRESS}", {"authors": ("方胶泥", "宋活版")}),
    (f"[纸的历史]({ADDRESS})\n------", {"address": ADDRESS}),
    (f"作者 方胶泥\n\n原文来自[造纸网]({ADDRESS})\n\n---", {"authors": ("方胶泥",), "address": ADDRESS}),
    (f"~~[原文链接]({ADDRESS})~~\n\n---", {"address": ADDRESS}),
    (f"存档：<{ADDRESS}>\n\n---", {"address": ADDRESS}),
    (f"原文已被删除：[纸的历史]({ADDRESS})\n\n---", {"address": ADDRESS}),
    (f"原文链接（已失效）：<{ADDRESS}>\n\n---", {"address": ADDRESS}),
    ("- 首发：造纸社\n- 作者：方胶泥\n\n---", {"publisher": "造纸社", "authors": ("方胶泥",)}),
    ("*By Ann Writer and Bob Setter*\n\n---", {"authors": ("Ann Writer", "Bob Setter")}),
    (f"Source: [The Press]({ADDRESS})\n\nBy: Ann Writer", {"authors": ("Ann Writer",), "publisher": "The Press"}),
    ("造纸周刊记者 方胶泥\n\n造纸周刊实习生 宋活版", {"authors": ("方胶泥", "宋活版")}),
    ("记者/ 方胶泥  March 12, 2023\n编辑/宋活版", {"authors": ("方胶泥",), "editor": "宋活版"}),
    ("原创 方胶泥 [造纸社](javascript:void(0);) *昨天*", {"authors": ("方胶泥",), "publisher": "造纸社"}),
    ("作者：方 胶泥", {"authors": ("方胶泥",)}),
    ("【作者：方胶泥】", {"authors": ("方胶泥",)}),
    ("记者：方胶泥、宋活版", {"authors": ("方胶泥", "宋活版")}),
    ("图、文：方胶泥", {"authors": ("方胶泥",)}),
    ("作者：方胶泥  来源：造纸社  2023-03-12", {"authors": ("方胶泥",), "publisher": "造纸社"}),
    (f"原创： 方胶泥  [造纸社]({ADDRESS})  *2023-03-12*", {"authors": ("方胶泥",), "publisher": "造纸社"}),
    ("采访/方胶泥\n\n撰文/宋活版", {"authors": ("方胶泥", "宋活版")}),
    (f"原标题：纸的历史\n作者：方胶泥\n链接：{ADDRESS}", {"authors": ("方胶泥",), "address": ADDRESS}),
    (
        f'<p>来源：<a href="{ADDRESS}">造纸社</a></p><p>作者：方胶泥</p>',
        {"publisher": "造纸社", "authors": ("方胶泥",)},
    ),
]


@pytest.mark.parametrize(("lines", "fields"), FIRST_LINES)
def test_first_lines_are_metadata(lines: str, fields: dict[str, Any]) -> None:
    article, findings = read(post("title: 纸的历史\ndate: 2023-03-14\nlayout: post", f"{lines}\n\n{TEXT}"))
    found = {"address": article.source.address, **{name: getattr(article, name, None) for name in fields}}
    found["address"] = article.source.address
    assert {name: found[name] for name in fields} == fields
    assert article.published == "2023-03-14"
    stay = any(words in lines for words in ("原载于", "存档", "已被删除", "~~[原文链接]"))
    assert shown(article).endswith(TEXT) if stay else shown(article) == TEXT
    listed = " ".join(each.removed for each in findings if each.code == "NAV005")
    assert all(value in listed + shown(article) for value in re.findall(r"[\u4e00-\u9fff]{2,}", lines))


ALSO_TEXT = [
    ("【造纸网】（记者 方胶泥 实习记者 宋活版）3月12日，纸价上涨。", ("方胶泥", "宋活版")),
    ("本报记者 方胶泥 发自洛阳", ("方胶泥",)),
    ("采写：方胶泥 摄影：王墨", ("方胶泥",)),
    ("译者：王墨\n\n作者：方胶泥", ("方胶泥",)),
]


@pytest.mark.parametrize(("lines", "authors"), ALSO_TEXT)
def test_first_lines_that_say_more_stay_in_the_text(lines: str, authors: tuple[str, ...]) -> None:
    article, _ = read(post("title: 纸的历史\ndate: 2023-03-14\nlayout: post", f"{lines}\n\n{TEXT}"))
    assert article.authors == authors
    assert lines.partition("\n")[0] in shown(article)


LOOKS = [
    "来自北京的消息说，纸的价格又涨了，作坊里的人都在谈论这件事情。",
    "The source of this is on [a page](https://example.org/code), as everybody knows.\n\n---",
    "By the time the paper came, the printers of the town were gone.",
    "| 作者 | 方胶泥 |\n|---|---|\n| 来源 | 造纸社 |",
    "记者：您好，谢谢您接受采访\n\n王先生：不客气。",
    "记者：怎么看纸价上涨\n\n答：没有看法。",
    "记者 来到 现场",
    "文/图 方胶泥",
    "原创的纸和仿造的纸，哪一种更白？人们说不清楚。\n\n---",
]


@pytest.mark.parametrize("lines", LOOKS)
def test_text_that_only_looks_like_a_first_line_stays(lines: str) -> None:
    article, findings = read(post("title: 纸的历史\ndate: 2023-03-14\nlayout: post", f"{lines}\n\n{TEXT}"))
    assert (article.publisher, article.authors, article.source.address) == ("", (), "")
    assert [each for each in findings if each.code == "NAV005"] == []


def test_a_text_that_is_its_title_stays() -> None:
    article, _ = read(post("title: Felt\ndate: 2023-03-15", "Felt."))
    assert shown(article) == "Felt."


def test_fields_without_a_place_are_listed() -> None:
    _, findings = read(post("title: 纸\ndate: 2023-03-14\nlayout: post\nweight: 3\ncomments: true\nempty:"))
    (only,) = [each for each in findings if each.code == "SRC015"]
    assert only.removed == "layout: post; weight: 3; comments: true"


def test_html_after_empty_lines_is_no_code() -> None:
    html = (
        "<article>\n <div>\n\n     <p>\n      One.\n     </p>\n\n     <p>\n      Two.\n     </p>\n </div>\n</article>"
    )
    article, _ = read(post("title: 纸\ndate: 2023-03-14", f"First.\n\n{html}\n\n*Last.*"))
    assert [type(each).__name__ for each in article.body] == ["Paragraph"] * 4
    assert shown(article) == "First.One.Two.Last."


def test_markdown_inside_html_is_markdown() -> None:
    article, _ = read(post("title: 纸\ndate: 2023-03-14", "<div>\n\n*One* and **two**.\n\n- three\n\n</div>"))
    assert [type(each).__name__ for each in article.body] == ["Paragraph", "List"]


FRAME = """<article class="post-1 post" id="post-1">
 <header class="entry-header">
  <h1 class="entry-title">
   纸的历史
  </h1>
 </header>
 <div class="entry-meta"><a href="https://press.example.org/author/ann" rel="author">Ann</a></div>
 <img src="https://press.example.org/vat.jpg" alt="The vat"/>
 <p class="abstract">The standfirst.</p>
 <div class="entry-content">
  <p>
   {text}
  </p>

  <div class="sharedaddy">Share this</div>
 </div>
 <footer>Tagged paper</footer>
 <div id="comments"><p>First comment.</p></div>
</article>"""


def test_the_frame_of_a_site_goes_and_is_listed() -> None:
    article, findings = read(post("title: 纸的历史\ndate: 2023-03-14", FRAME.format(text=TEXT)))
    assert shown(article) == f"The standfirst.{TEXT}"
    assert article.lead is not None
    assert article.lead.images[0].address == "https://press.example.org/vat.jpg"
    removed = " ".join(each.removed for each in findings if each.code == "NAV005")
    assert all(text in removed for text in ("纸的历史", "Ann", "Share this", "Tagged paper", "First comment."))


TEMPLATES = [
    ("[list]({{ site.baseurl }}/list)", "list"),
    ("{% highlight ruby %}\nputs 1\n{% endhighlight %}", "puts 1"),
    ("`{{ page.title }}` is code", "{{ page.title }} is code"),
    ("```\n{% include a.html %}\n```", "{% include a.html %}"),
    ("As [[Notes/Vat|the vat]] shows.", "As the vat shows."),
    ("{: .lead}\nText.", "Text."),
    ("Text. %%a note to myself%%", "Text."),
    ("From 50%% to 60%% of it.", "From 50%% to 60%% of it."),
    ("A [[1]](https://example.org/1) and [[2]](#two).", "A [1] and [2]."),
    ("Before.\n\n* Contents\n{:toc}\n\nAfter.", "Before.After."),
    ("[TOC]\n\nText.", "Text."),
    ("{% blockquote 沈括 %}\nPaper.\n{% endblockquote %}", "Paper.— 沈括"),
    (":::tip About felt\n\nIt is *wool*.\n\n:::\n\nAfter.", "About feltIt is wool.After."),
    ("::: warning\nWet.\n:::", "WarningWet."),
    ("> [!note]- About felt\n> It is wool.", "About feltIt is wool."),
    ("{{< gist ann 1234 >}}", "https://gist.github.com/ann/1234"),
    ('{{< x user="ann" id="12" >}}', "https://x.com/ann/status/12"),
    ('{{< figure src="https://example.org/a.png" caption="The *vat*" >}}', "The vat"),
    ('[caption id="a" width="300"]![](https://example.org/a.jpg) The vat[/caption]', "The vat"),
    ('{{ youtube(id="a1b2c3") }}', ""),
    ("```\n:::tip\nA.\n:::\n```", ":::tip A. :::"),
    (":::tip\nIt has no end.", ":::tip It has no end."),
    ("## Vat {#vat}\n\n### Felt {: .wet #felt }", "VatFelt"),
    ('[a](https://example.org/){:target="_blank"} b', "a b"),
    ('![a](https://example.org/a.png){: width="300" }{:.center} b ![c](https://example.org/c.png){width=30 .x}', "b"),
    ("{% comment %}\nfor us\n{% endcomment %}\n\nText.", "Text."),
    ('{{< details summary="More" >}}\nInside.\n{{< /details >}}', "MoreInside."),
    ("{/* for us */}\n\nText.", "Text."),
    ("The ==wet== sheet, 这是==重点==内容.", "The wet sheet, 这是重点内容."),
    ("a == b == c and a==b or c==d, ====", "a == b == c and a==b or c==d, ===="),
    ("Braces {a} and (b){c d} stay.", "Braces {a} and (b){c d} stay."),
]


@pytest.mark.parametrize(("code", "text"), TEMPLATES)
def test_known_template_code_is_read(code: str, text: str) -> None:
    article, findings = read(post("title: 纸\ndate: 2023-03-14", code))
    assert shown(article) == text
    assert [each for each in findings if each.code == "SRC016"] == []


def test_the_heading_may_lack_the_site_behind_the_title() -> None:
    article, _ = read(post("title: How paper is made - The Press\ndate: 2023-03-14", f"# How paper is made\n\n{TEXT}"))
    assert (article.title, shown(article)) == ("How paper is made - The Press", TEXT)


def test_code_of_mdx_goes_and_is_reported() -> None:
    code = 'import X from "../X.astro";\nimport { Y } from "y";\nexport const a = 1;'
    body = f"{code}\n\n{TEXT}\n\n<X a={{1}} />\n\n<Y>Inside.</Y>"
    article, findings = read(post("title: 纸\npubDate: 2023-03-14", body), "src/content/blog/paper.mdx")
    assert shown(article) == f"{TEXT}Inside."
    assert [each.line for each in findings if each.code == "SRC016"] == [6, 7, 8]
    article, findings = read(post("title: 纸\ndate: 2023-03-14", "import paper from the mill.\n\nexport it."), "a.mdx")
    assert shown(article) == "import paper from the mill.export it."


def test_unknown_template_code_stays_and_is_reported() -> None:
    article, findings = read(post("title: 纸\ndate: 2023-03-14", "Before.\n\n{% include note.html %}"))
    assert shown(article) == "Before.{% include note.html %}"
    assert [(each.code, each.line) for each in findings if each.code == "SRC016"] == [("SRC016", 8)]


@pytest.mark.parametrize("language", WORDS)
def test_tags_and_summary_are_in_each_format_and_come_back(language: str) -> None:
    front = f"title: 纸的历史\ndate: 2023-03-14\nlink: {ADDRESS}\ntags: [造纸, 洛阳]\ndescription: 纸从洛阳来。"
    article = replace(read(post(front))[0], language=language)
    for form in ("json", "markdown", "html"):
        again = readers.read(file_of(article, form, Options()), "a", "0" * 64).article
        assert (again.keywords, again.description) == (("造纸", "洛阳"), "纸从洛阳来。"), form


def test_each_language_has_all_words() -> None:
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS["en"])}


def test_a_book_of_one_article_has_its_metadata() -> None:
    front = "title: 纸\nauthors: [Ann, Bob, Cyd]\nsource: The Press\ntags: [vat, a < b]\nsummary: On paper"
    article, _ = read(post(front))
    with zipfile.ZipFile(io.BytesIO(file_of(article, "epub", Options()))) as book:
        package = book.read("EPUB/content.opf").decode()
    found = re.findall(r"<dc:(creator|publisher|subject|description)>(.*?)</dc:", package)
    assert found == [
        *(("creator", "Ann"), ("creator", "Bob"), ("creator", "Cyd"), ("publisher", "The Press")),
        *(("subject", "vat"), ("subject", "a &lt; b"), ("description", "On paper")),
    ]


@pytest.mark.slow
def test_a_book_of_several_channels_has_them_as_subjects(tmp_path: Path) -> None:
    front = "title: {0}\ndate: 2023-03-14\ncategory: {0}\ntags: [vat]"
    files = {f"_posts/{name}.md": post(front.format(name), f"{name} {TEXT}") for name in ("craft", "trade")}
    with zipfile.ZipFile(converted(tmp_path, files, "epub")) as book:
        package = book.read("EPUB/content.opf").decode()
    assert re.findall(r"<dc:(?:subject|creator)>(.*?)</dc:", package) == ["craft", "trade"]


def test_links_to_others_at_the_end_of_a_page_go() -> None:
    related = (
        "<section><header><span>Related</span></header><ul><li><a href='https://press.example.org/b'><h2>Ink</h2></a>"
        "</li></ul></section>"
    )
    html = FRAME.format(text=TEXT).replace('  <div class="sharedaddy">', f'  {related}\n  <div class="sharedaddy">')
    article, _ = read(post("title: 纸的历史\ndate: 2023-03-14", html))
    assert "Ink" not in shown(article)


CARDS = """<div class="entry-content"><p>{text}</p><h2>The end</h2><p>It ends.</p>{above}
<section><div><span>MORE</span></div>
<div><h2><a href="https://press.example.org/one">The Press of the Town</a></h2><button>View</button></div>
<div><h2><a href="https://press.example.org/two">The Mill</a></h2><h4><b>Published since 1843</b></h4></div>{prose}
</section></div>"""


@pytest.mark.parametrize(
    ("above", "prose", "stays"),
    [
        ("<div><h3>No more.</h3><img src='https://press.example.org/a.png'/></div>", "", ""),
        ("", "<p>This is prose.</p>", "MORE"),
    ],
)
def test_cards_at_the_end_of_a_page_go(above: str, prose: str, stays: str) -> None:
    html = CARDS.format(text=TEXT, above=above, prose=prose)
    article, findings = read(post("title: 纸\ndate: 2023-03-14", html))
    assert shown(article).startswith(f"{TEXT}The endIt ends.{stays}")
    assert bool(stays) or shown(article).endswith("It ends.")
    removed = " ".join(each.removed for each in findings if each.code == "NAV005")
    assert ("No more." in removed and "The Mill" in removed) != bool(stays)


SITE = {
    "_config.yml": 'title: "Paper and print"  # ours\nurl: "https://press.example.org"\nbaseurl: /paper\n',
    "_posts/2023-03-14-vat.md": post(
        "layout: post\ntitle: The vat\ndate: 2023-03-14\ncategories: craft",
        f"{TEXT}\n\n[a]({{{{ site.baseurl }}}}{{% post_url 2023-03-15-felt %}}), "
        "[b]({{ site.url }}{{ site.baseurl }}/ink/), "
        "[c]({{ '/craft/2023/03/15/felt.html' | relative_url }}), [d]({{ site.baseurl }}/list.html)",
    ),
    "_posts/2023-03-15-felt.md": post("layout: post\ntitle: The felt\ndate: 2023-03-15\ncategories: craft"),
    "_posts/2023-03-16-ink.md": post(f"layout: post\ntitle: Ink\nlink: {ADDRESS}\npermalink: /ink/"),
}


def converted(folder: Path, files: dict[str, str], to: str = "markdown") -> Path:
    for name, text in files.items():
        file = folder / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    out = folder / ("out.epub" if to == "epub" else "out")
    made = run("--to", to, folder / "site", "-o", out)
    assert made.returncode == 0, made.stderr
    return out


@pytest.mark.slow
def test_the_settings_of_a_site_give_addresses_and_links(tmp_path: Path) -> None:
    out = converted(tmp_path, SITE) / "_posts"
    vat, ink = ((out / f"2023-03-{name}.md").read_text("utf-8") for name in ("14-vat", "16-ink"))
    assert 'source: "https://press.example.org/paper/craft/2023/03/14/vat.html"' in vat
    assert 'publisher: "Paper and print"' in vat
    assert re.findall(r"\[(.)\]\((\S+?)[ )]", vat) == [
        ("a", "2023-03-15-felt.md"),
        ("b", "2023-03-16-ink.md"),
        ("c", "2023-03-15-felt.md"),
        ("d", "https://press.example.org/paper/list.html"),
    ]
    assert f'source: "{ADDRESS}"' in ink
    assert "publisher" not in ink


@pytest.mark.slow
def test_the_name_of_a_site_is_the_title_of_its_book(tmp_path: Path) -> None:
    with zipfile.ZipFile(converted(tmp_path, SITE, "epub")) as book:
        assert ">Paper and print</dc:title>" in book.read("EPUB/content.opf").decode()


LINKS = [
    "{% post_url 2023-03-15-felt %}",
    "{% post_url craft/2023-03-15-felt %}",
    "{{ site.baseurl }}{% link _posts/2023-03-15-felt.md %}",
    '{{< ref "felt.md" >}}',
    '{{< relref "/posts/felt#wool" >}}',
    "@/blog/felt.md#wool",
    "{filename}../felt.md",
    "|filename|/felt.md",
    "../posts/felt.md",
    "<2023-03-15-felt.md>",
]


@pytest.mark.slow
def test_links_between_posts_have_the_address_of_the_other(tmp_path: Path) -> None:
    links = [*(f"[a]({link})" for link in LINKS), "[[felt|a]]", "{% post_link felt a %}"]
    links += ["[no]({% post_url 2023-01-01-gone %})", "[[gone|no]]", "[no]({tag}wool)"]
    files = {"_posts/vat.md": post("title: The vat\ndate: 2023-03-14", "\n\n".join(links))}
    felt = post(f"title: The felt\ndate: 2023-03-15\nsource: {ADDRESS}")
    for other, to in ((felt, ADDRESS), (felt.replace("source:", "x:"), None)):
        out = converted(tmp_path, {**files, "_posts/2023-03-15-felt.md": other}, "json")
        found = msgspec.json.decode((out / "_posts" / "vat.json").read_bytes(), type=Article)
        targets = [each.target for each in walk(found.body) if isinstance(each, Link)]
        assert targets == ([to] * (len(links) - 3) if to else [])
        assert shown(found) == "a" * (len(links) - 3) + "no" * 3
        text = (converted(tmp_path, {}) / "_posts" / "vat.md").read_text("utf-8")
        href = f'2023-03-15-felt.md "{to}"' if to else "2023-03-15-felt.md"
        assert text.count(f"[a]({href})") == len(links) - 3
        assert "site.invalid" not in text
        shutil.rmtree(tmp_path / "out")


@pytest.mark.slow
def test_links_between_posts_follow_what_becomes_of_the_other(tmp_path: Path) -> None:
    site, out, felt = tmp_path / "site", tmp_path / "out", tmp_path / "site" / "2023-03-15-felt.md"
    site.mkdir()
    (site / "vat.md").write_text(post("title: Vat\ndate: 2023-03-14", "[a]({% post_url 2023-03-15-felt %})"), "utf-8")
    other = "title: Felt\ndate: 2023-03-15\nsource: https://press.example.org/"
    for text, target in ((None, None), (post(f"{other}1", ""), "1"), (post(f"{other}2"), "2"), (None, None)):
        felt.unlink(missing_ok=True)
        if text:
            felt.write_text(text, "utf-8")
        made = run("--to", "json", site, "-o", out, "--update")
        assert "damaged" not in made.stderr.decode()
        found = re.findall(r'"target": "(.*)"', (out / "vat.json").read_text("utf-8"))
        assert found == ([f"https://press.example.org/{target}"] if target else [])


@pytest.mark.slow
def test_links_to_posts_that_are_not_there_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "vat.md"
    file.write_text(post("title: Vat\ndate: 2023-03-14", "[a]({% post_url 2023-01-01-gone %}), [[other]]"), "utf-8")
    made = run("--to", "json", file, "-o", "-")
    stderr = made.stderr.decode()
    assert "LNK002 unusable-link: link to the post gone" in stderr
    assert "other" not in stderr
    assert "site.invalid" not in made.stdout.decode() + stderr


def test_links_between_posts_need_no_settings(tmp_path: Path) -> None:
    files = {name: text for name, text in SITE.items() if name != "_config.yml"}
    vat = (converted(tmp_path, files) / "_posts" / "2023-03-14-vat.md").read_text("utf-8")
    assert "[a](2023-03-15-felt.md)" in vat


@pytest.mark.slow
def test_other_settings_are_another_cache_key(tmp_path: Path) -> None:
    out = converted(tmp_path, SITE)
    for url in ("https://press.example.org", "https://other.example.org"):
        (tmp_path / "site" / "_config.yml").write_text(f"title: Paper\nurl: {url}\n", "utf-8")
        assert run("--to", "markdown", tmp_path / "site", "-o", out, "--update").returncode == 0
        text = (out / "_posts" / "2023-03-14-vat.md").read_text("utf-8")
        assert f'source: "{url}/craft/2023/03/14/vat.html"' in text


JEKYLL = "title: P\nurl: https://example.org\n"
HEXO = "title: 纸坊\nurl: https://example.org\nroot: /\nauthor: 方胶泥\n"
HUGO = 'baseURL = "https://example.org/"\nlanguageCode = "en"\n'
PELICAN = "SITENAME = 'P'\nSITEURL = 'https://example.org'\n"
ADDRESSES = [
    ("_config.yml", JEKYLL, "_posts/2023-03-14-a.md", "craft/paper/2023/03/14/a.html"),
    ("_config.yml", JEKYLL, "about.md", "about.html"),
    ("_config.yml", f"{JEKYLL}permalink: pretty", "docs/about.md", "docs/about/"),
    ("_config.yml", JEKYLL, "_essays/rags.md", "essays/rags.html"),
    ("_config.yml", JEKYLL, "_drafts/later.md", "later.html"),
    ("_config.yml", HEXO, "source/_posts/paper.md", "2023/03/14/paper/"),
    ("_config.yml", HEXO, "source/about/index.md", "about/"),
    ("_config.yml", HEXO, "source/notes/ink.md", "notes/ink.html"),
    ("_config.yml", f"{HEXO}permalink: :category/:title.html", "source/_posts/paper.md", "craft/paper/paper.html"),
    ("_config.yml", f"{HEXO}permalink: :hash/", "source/_posts/paper.md", None),
    ("hugo.toml", HUGO, "content/posts/Big Paper.md", "posts/big-paper/"),
    ("hugo.toml", HUGO, "content/posts/paper/index.md", "posts/paper/"),
    ("hugo.toml", HUGO, "content/posts/paper.zh.md", "zh/posts/paper/"),
    ("hugo.toml", HUGO, "content/posts/paper.en.md", "posts/paper/"),
    ("config/_default/hugo.toml", HUGO, "content/posts/paper.md", "posts/paper/"),
    ("hugo.toml", f'{HUGO}[permalinks]\n  posts = "/:year/:slug/"\n', "content/posts/a.md", "2023/a-title/"),
    ("hugo.toml", f'{HUGO}[permalinks.page]\nposts = "/:section/:filename/"\n[x]\n', "content/posts/a.md", "posts/a/"),
    (
        "hugo.yaml",
        "baseURL: https://example.org/\npermalinks:\n  page:\n    posts: /:year/:month/:title/\nx:\n  posts: a:b\n",
        "content/posts/a.md",
        "2023/03/a-title/",
    ),
    ("config.toml", 'base_url = "https://example.org"', "content/blog/2023-03-14-felt.md", "blog/felt/"),
    ("pelicanconf.py", PELICAN, "content/sub/paper.md", "a-title.html"),
    ("pelicanconf.py", f"{PELICAN}ARTICLE_URL = 'p/{{date:%Y}}/{{slug}}/'", "content/a.md", "p/2023/a-title/"),
]


@pytest.mark.parametrize(("name", "text", "path", "address"), ADDRESSES)
def test_addresses_of_posts_on_their_site(name: str, text: str, path: str, address: str | None) -> None:
    site = sites.parse(name, text)
    assert site is not None
    found = site.post(Address(path, "", ("Craft", "Paper"), "2023-03-14", "A title"))
    assert found == (f"https://example.org/{address}" if address is not None else "")


def test_an_author_in_the_settings_counts_for_the_posts_of_the_site() -> None:
    defaults = "defaults:\n  - scope:\n      type: posts\n    values:\n      author: Ann Writer\nother: 1\n"
    for name, text, author in (
        ("_config.yml", f"{JEKYLL}{defaults}", "Ann Writer"),
        ("pelicanconf.py", f"AUTHOR = 'Ann Writer'\n{PELICAN}", "Ann Writer"),
        ("_config.yml", HEXO, ""),
    ):
        site = sites.parse(name, text)
        assert site is not None
        assert site.author == author
        for source, authors in (("", (author,) if author else ()), (f"source: {ADDRESS}", ())):
            data = post(f"title: Paper\ndate: 2023-03-14\nslug: a\n{source}").encode()
            reading = readers.read(data, "_posts/2023-03-14-a.md", "0" * 64, origin=Origin(site=site))
            assert reading.article.authors == authors


def test_relative_addresses_in_markdown_are_those_of_the_own_site() -> None:
    body = "![vat](vat.png) ![felt](/felt.png) [list](../list/) `[x](y)` [z](https://example.org/z)"
    body += "\n\n<img src='/ink.png'/>"
    site = sites.parse("hugo.toml", HUGO)
    assert site is not None
    data = post(f"title: Paper\ndate: 2023-03-14\nsource: {ADDRESS}", body).encode()
    article = read_and_clean(Source("", "content/posts/a.md", data, site=tuple(site))).article
    assert article is not None
    nodes = walk(article.body)
    assert [each.address for each in nodes if isinstance(each, Image)] == [
        "https://example.org/posts/a/vat.png",
        "https://example.org/felt.png",
        "https://press.example.org/ink.png",
    ]
    assert [each.target for each in nodes if isinstance(each, Link)] == [
        "https://example.org/posts/list/",
        "https://example.org/z",
    ]


@pytest.mark.parametrize("form", ["zip", "tar", "gztar"])
def test_settings_in_an_archive_count(tmp_path: Path, form: str) -> None:
    for name, text in SITE.items():
        file = tmp_path / "site" / "blog" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    archive = shutil.make_archive(str(tmp_path / "posts"), form, tmp_path / "site")
    refs = [ref for ref in sources.walk([archive]) if isinstance(ref, Ref)]
    with sources.Reader() as reader:
        read_all = [read_and_clean(reader.read(ref)).article for ref in refs]
    found = {each.title: (each.publisher, each.source.address) for each in read_all if each}
    assert found["The vat"] == ("Paper and print", "https://press.example.org/paper/craft/2023/03/14/vat.html")
    assert found["Ink"] == ("", ADDRESS)


CONFIGS = [
    ("_config.yml", "title: P\nurl: https://example.org\npermalink: pretty", "https://example.org/c/2023/03/14/a/"),
    ("_config.yml", "title: P\nurl: https://example.org\npermalink: /:year/:title", "https://example.org/2023/a"),
    ("_config.yml", "url: https://example.org\nsource_dir: source", "https://example.org/2023/03/14/a/"),
    ("config.toml", 'base_url = "https://example.org/"', "https://example.org/a/"),
    ("pelicanconf.py", "SITENAME = 'P'\nSITEURL = 'https://example.org'", "https://example.org/a.html"),
]


@pytest.mark.parametrize(("name", "text", "address"), CONFIGS)
def test_addresses_by_the_settings_of_each_generator(name: str, text: str, address: str) -> None:
    site = sites.parse(name, text)
    assert site is not None
    assert site.post(Address("_posts/2023-03-14-a.md", categories=("c",), title="A")) == address


ODD = [
    "---\n-x: 1\n---\n\nA.\n",
    "---\ntitle\n---\n\nA.\n",
    "---\n'a' b: 1\ndate: 2023\n---\nA.\n",
    post("title: 纸\ndate: 2023-03-14", "来源：\x017\x01 [a](https://example.org/)"),
    post("title: 纸\ndate: 2023-03-14", "作者：\x010\x01"),
    post("title: &a 纸\ndate: *a\ntags: {a: [*a], b: {c: d}}\nauthor: !!binary eA=="),
    post("title = ", fence="+++"),
    post("title: 纸\ndate: 2023-03-14", "<div>\n\n<p>"),
    post("title: 纸\ndate: 2023-03-14", "<div>\n\n<!-- "),
    post("title: 纸\ndate: 2023-03-14", "<p <b\n\nx"),
    post("title: 纸\ndate: 2023-03-14", ""),
    post("title: 纸\nlayout: post\ntags: [a", "{% post_url %} {{< ref >}} [[ ]] ![[|]] %%%%"),
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("path", ["_posts/2023-03-14-paper.md", "paper.html", "content/paper/index.md", "a"])
def test_odd_posts_are_read_or_refused(text: str, path: str) -> None:
    entry = readers.peek(text.encode(), path)
    _, findings, *_ = read_and_clean(Source("", path, text.encode()), "")
    assert "SRC009" not in [each.code for each in findings]
    assert (entry is None) == any(each.code == "SRC004" for each in findings)


PROSE = "The wet sheet is couched on felt, pressed, and hung to dry in a loft with shutters, as every printer noted. "


@pytest.mark.parametrize(
    ("front", "path", "expected"),
    [
        ("title: Search\ndate: 2023-03-14\nauthor: Ann Writer", "_posts/2023-03-14-search.md", True),
        ("title: Paper\ntags: [a]", "content/posts/paper/index.md", True),
        ("title: Paper\nlayout: default", "index.md", False),
        ("title: Posts by tag\nlayout: tags\ndate: 2023-03-14", "tags.md", False),
    ],
)
def test_lists_are_told_from_posts(front: str, path: str, *, expected: bool) -> None:
    assert (readers.peek(post(front, PROSE).encode(), path) is not None) == expected


def test_footnotes_are_notes_that_link_back() -> None:
    body = "One.[^1] Two.[^note] `[^1]` and [^gone]\n\n[^1]: First *note*,\n    which goes on.\n[^note]: https://example.org/a"
    article, _ = read(post("title: 纸\ndate: 2023-03-14", body))
    assert [type(each).__name__ for each in article.body] == ["Paragraph", "Footnote", "Footnote"]
    assert shown(article) == (
        "One.[1] Two.[note] [^1] and [^gone][1] First note, which goes on.[note] https://example.org/a"
    )
    again = readers.read(file_of(article, "markdown", Options()), "a", "0" * 64).article
    assert again.body == article.body


def test_text_that_is_struck_out_is_deleted_text() -> None:
    article, _ = read(post("title: 纸\ndate: 2023-03-14", "The price is ~~three~~ four."))
    assert article.body == (Paragraph((Text("The price is "), Deleted((Text("three"),)), Text(" four."))),)


SOUP = """<div class="page"><div class="top"><a href="/">Home</a> <a href="/news">News</a></div>
<div class="box">

<div class="txt">{paragraphs}</div>
</div>

<div class="more">{links}</div><div class="low">All rights reserved by the press of the town.</div></div>"""


def test_a_page_whose_text_has_no_name_is_judged_as_a_saved_one() -> None:
    paragraphs = [f"Sheet {number}: {PROSE * 3}" for number in range(8)]
    links = "".join(
        f'<p><a href="/{number}">The story of sheet {number}, and of its makers</a></p>' for number in range(60)
    )
    html = SOUP.format(paragraphs="".join(f"<p>{each}</p>" for each in paragraphs), links=links)
    article, findings = read(post("title: 纸\ndate: 2023-03-14", html))
    assert shown(article) == "".join(each.strip() for each in paragraphs)
    assert any("story of sheet 59" in each.removed for each in findings)


def test_html_without_a_frame_stays_whole() -> None:
    parts = ["One short line.", PROSE * 4, "Another short line.", PROSE * 5, "The end."]
    article, _ = read(
        post("title: 纸\ndate: 2023-03-14", f"<div>\n{''.join(f'<p>{each}</p>' for each in parts)}\n</div>")
    )
    assert shown(article) == "".join(each.strip() for each in parts)


def test_links_to_posts_that_are_not_there_are_text_in_books() -> None:
    article, _ = read(post("title: 纸\ndate: 2023-03-14", "See [the felt]({% post_url 2023-03-15-felt %})."))
    page = file_of(article, "html", Options()).decode()
    assert "See the felt." in page
    assert "site.invalid" not in page


@pytest.mark.parametrize(("address", "count"), [("http://press.example.org/", 2), ("http://press.example.org/a", 1)])
def test_posts_that_name_only_a_front_page_are_no_copies(address: str, count: int) -> None:
    index = Index()
    for number in (1, 2):
        text = post(f"title: Sheet {number}\ndate: 2023-03-14\nsource: {address}\nlayout: post", PROSE * number)
        entry = readers.peek(text.encode(), f"_posts/{number}.md")
        assert entry is not None
        index.add(entry)
    kept, _ = deduplicate(index.entries, {})
    assert len(kept) == count


FORMULAS = [
    ("$$\na_1 * b_2 * c\n$$", [("a_1 * b_2 * c", True)]),
    ("let $$a*b=c*d$$ be \\\\(x_1*y\\\\), and $E=mc^2$.", [("a*b=c*d", False), ("x_1*y", False), ("E=mc^2", False)]),
    ("\\\\[\na^2_{ij}\n\\\\]", [("a^2_{ij}", True)]),
    ("```tex\n$$\na=b\n$$\n```\n\n`$$a=b$$`, $5 and $6, $HOME_X and $PATH_Y, $$, \\$a_1$", []),
    ("$$\na=b\n\n$$", []),
    ("1. one\n   $$\n   a=b\n   $$\n\n> $$\n> c_1\n> $$", [("a=b", True), ("c_1", True)]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "formulas"), FORMULAS)
def test_formula_in_a_post_is_its_tex(body: str, formulas: list[tuple[str, bool]]) -> None:
    article, _ = read(post(f"title: Paper\nlink: {ADDRESS}", f"{TEXT}\n\n{body}\n\n{TEXT}"))
    assert [(node.text, node.display) for node in walk(article.body) if isinstance(node, Formula)] == formulas


@pytest.mark.parametrize(
    "body",
    [
        "    echo $x_1$ and \\\\(a_1\\\\)",
        "    $$\n    a_1\n    $$",
        "<pre>\n$x_1$\n</pre>",
        "<p>a $x_1$ b</p>",
        "- item\n\n      $x_1$",
        "> ```\n> $x_1$\n> ```",
        "a `b\n$x_1$ c` d",
        "[a](https://example.org/$x_1$/b)",
        '<img src="https://example.org/$x_1$.png" alt="$y_1$">',
    ],
)
def test_dollars_in_code_html_and_addresses_stay(body: str) -> None:
    article, _ = read(post(f"title: Paper\nlink: {ADDRESS}", f"{TEXT}\n\n{body}\n\n{TEXT}"))
    assert not any(isinstance(node, Formula) for node in walk(article.body))
    assert "`" not in repr(article.body)


def test_indented_blocks_of_a_footnote_are_no_code() -> None:
    body = f"{TEXT}[^1]\n\n[^1]: One.\n\n    Two.\n\n    - Three.\n\n[^2]: Four.\n\n{TEXT}\n\n    code"
    article, _ = read(post(f"title: Paper\nlink: {ADDRESS}", body))
    kinds = [type(each).__name__ for each in article.body]
    assert kinds == ["Paragraph", "Footnote", "Paragraph", "List", "Paragraph", "Paragraph", "Code"]
