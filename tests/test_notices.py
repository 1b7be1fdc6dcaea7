"""What a publisher adds to its articles: calls for members, notices of copyright, where to subscribe."""

from pathlib import Path

import pytest

from convert.document import read_and_clean
from convert.model import Article, Break, Finding, Paragraph, Places, Text, texts
from convert.readers.mirror import notices
from convert.readers.mirror.dialects import DIALECTS
from convert.sources import Source

CASE = (Path(__file__).parent / "cases/sc-membership/source.md").read_text("utf-8")
BEFORE, AFTER = CASE.split("<center>", 1)[0], CASE[CASE.index("</div>\n\n<hr/>\n手机上长按") :]
RULE = '<hr style="border-top: 1px dashed  ;" width="100%"/>'
CALL = """【诚征荣誉会员】一张纸可以成一本书。请成为
  <span href="/kzgd/subscribe.html" target="_blank">
   荣誉会员
  </span>
  。"""
BLOCKS = {
    "as on most pages": f' <p style="margin-bottom:12px;">\n  {RULE}\n  <br/>\n  {CALL}\n </p>\n',
    "other margin": f' <p style="margin-bottom:8px;">\n  {RULE}\n  <br/>\n  {CALL}\n </p>\n',
    "no style": f" <p>\n  {RULE}\n  <br/>\n  {CALL}\n </p>\n",
    "margin without semicolon": f' <p style="margin-bottom: 10px">\n  {RULE}\n  {CALL}\n </p>\n',
    "rule in short": f' <p>\n  <hr style="border-top:1px dashed #ccc"/>\n  <br/>\n  <br/>\n  {CALL}\n </p>\n',
    "rule alone": f" {RULE}\n <br/>\n {CALL}\n",
    "rule above the paragraph": f" {RULE}\n <p>\n  {CALL}\n </p>\n",
    "call in bold": f" <p>\n  {RULE}\n  <br/>\n  <strong>\n   {CALL}\n  </strong>\n </p>\n",
    "in a container": f" <div>\n  <p>\n   {RULE}\n   <br/>\n   {CALL}\n  </p>\n </div>\n",
    "traditional": f" <p>\n  {RULE}\n  <br/>\n  {CALL}\n </p>\n".replace("诚征荣誉会员", "誠徵榮譽會員"),
    "with a picture": f' <p>\n  {RULE}\n  {CALL}\n  <center>\n   <img src="/kzgd/ad/a.jpg"/>\n  </center>\n </p>\n',
    "on one line": f" <p>{RULE}<br/>{CALL}</p>",
}


def cleaned(page: str) -> tuple[Article, list[Finding]]:
    article, findings, *_ = read_and_clean(Source("", "pages/p91/91100109.md", page.encode()), thorough=True)
    assert article
    return article, findings


@pytest.mark.parametrize("where", ["last", "inside"])
@pytest.mark.parametrize("form", BLOCKS)
def test_call_for_members_behind_a_dashed_rule_is_removed(form: str, where: str) -> None:
    rest = " <p>\n  文章在后面还有一段。\n </p>\n <p>\n  这才是最后一段。\n </p>\n" if where == "inside" else ""
    article, findings = cleaned(BEFORE + BLOCKS[form] + rest + AFTER)
    words = "".join(texts(article.body))
    assert words == "【看中国2020年6月12日讯】文章到这里为止。" + (
        "文章在后面还有一段。这才是最后一段。" if rest else ""
    )
    removed = [each.removed for each in findings if each.code == "NAV005" and "一张纸可以成一本书" in each.removed]
    assert len(removed) == 1
    assert "<https://www.secretchina.com/kzgd/subscribe.html>" in removed[0] or "/kzgd/subscribe.html" in removed[0]


def test_dashed_rule_without_a_call_stays() -> None:
    article, _ = cleaned(f"{BEFORE} <p>\n  {RULE}\n  <br/>\n  征文的人说，纸是新的。\n </p>\n{AFTER}")
    assert "征文的人说，纸是新的。" in "".join(texts(article.body))


LINES = {
    "banned2/soh": (
        "希望之声版权所有，未经希望之声书面允许，不得转载，违者必究。",
        "希望之聲版權所有，未經希望之聲書面允許，不得轉載，違者必究。",
        "本文章或节目经希望之声编辑制作，转载请注明希望之声并包含原文标题及链接。",
        "本文章或節目經希望之聲編輯製作，轉載請註明希望之聲並包含原文標題及鏈接。",
        "（本篇文章和图片经希望之声编辑制作，转载请注明希望之声并包含原文标题及链接。）",
    ),
    "epoch-news/plain": (
        "欢迎订阅YouTube频道：https://www.youtube.com/channel/UC-seed",
        "欢迎订阅＋按小铃铛：bit.ly/Seed",
        "加入会员观察独家：https://ept.ms/seed",
        "纸坊会员网站：http://press.example",
        "支持纸坊：https://www.press.example/about",
        "【支持】为真相护航 为沉默发声，就在今天，支持大纪元https://donate.example",
    ),
    "banned2/ntd": ("纸坊点击订阅：http://bit.ly/seed", "支持“纸坊”：https://donorbox.example/seed"),
    "banned2/sc": ("《看中国》荣誉会员招募中：https：//www.secretchina.com/kzgd/subscribe.html",),
}
PROSE = (
    "如果您喜欢纸坊，请别忘记点赞、订阅，同时帮我们把这个频道转发出去。",
    "推特重新推出订阅服务，苹果手机用户价更高。",
    "他说：“支持纸坊：https://press.example 是一个网站。”",
    "他们支持印工：一张纸五元。",
    "网络收看方式：https://press.example",
    "（本文未经许可不得转载或建立镜像网站）",
    "（本栏目文章选自各大新闻媒体，内容不代表希望之声的观点或立场。）",
    "希望之声版权所有者是谁？",
)


def kinds(dialect: str, *lines: str) -> list[str]:
    """Return the kind of each aside among the blocks of a paragraph with these lines, "" for a paragraph."""
    inlines = [part for line in lines for part in (Break(), Text(line))][1:]
    blocks = notices.set_apart((Paragraph(tuple(inlines)),), DIALECTS[dialect].notices, Places(0))
    assert texts(blocks) == list(lines)
    return [getattr(block, "kind", "") for block in blocks]


@pytest.mark.parametrize("dialect", LINES)
def test_notices_are_set_apart_at_both_ends_of_a_paragraph(dialect: str) -> None:
    for line in LINES[dialect]:
        assert kinds(dialect, line)[0], line
        assert [bool(kind) for kind in kinds(dialect, "纸价没有动。", line)] == [False, True], line
        assert [bool(kind) for kind in kinds(dialect, line, "纸价没有动。", line)] == [True, False, True], line
        assert [bool(kind) for kind in kinds(dialect, "纸价没有动。", line, "墨价也没有动。")] == [False]
    assert len(kinds(dialect, *LINES[dialect])) == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sentences_about_subscribing_are_no_notices(dialect: str) -> None:
    for line in PROSE:
        assert kinds(dialect, line) == [""], line
