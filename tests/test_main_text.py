"""The main text of a page: which paragraphs are the article, for each way that sites build their pages.

A case is the body of a page.  `{1}` to `{9}` are paragraphs of an article, which must all be in it, in their order;
`{a}` to `{e}` are sentences of the site, which must not be.  Texts that are `gone` must not be in it, those that are
`kept` must, and a text that is there `once`.  All text of the page must be in the article or in the ledger.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from convert import fidelity, readers
from convert.model import Article, Reading, texts
from convert.rules.engine import clean
from convert.rules.rule import Context


class Words(NamedTuple):
    """Sentences of one language: `{}` stands for the number of a paragraph."""

    title: str
    paragraph: str
    site: str
    link: str
    more: str
    by: str


LANGUAGES = {
    "en": Words(
        "How paper is made",
        "Part {0} of the work begins at the vat: the mould is dipped, lifted level and shaken, so that the fibres of "
        "sheet {0} knit together before the water has drained, and the felt takes the sheet off.",
        "Notice {0} of the site: all our readers may write to us, and we answer each letter within a week, at no cost.",
        "Another story of the day, number {0}",
        "You may also like",
        "By Ann Vatman",
    ),
    "zh": Words(
        "竹帘上的纸",
        "第{0}步：抄纸的人先把树皮泡软，再捣成浆，用竹帘一张一张抄起来，贴在墙上烘干，第{0}张纸要等到水汽散尽，才从墙上揭下来。",
        "本站第{0}号启事：读者来信，我们一周之内回复，不收费用，欢迎各界朋友来信来电，提出宝贵意见。",
        "今天的另一篇报道，第{0}号",
        "相关阅读：",
        "来源：示例报 作者：方胶泥 2023-03-14 08:30",
    ),
}

MENU = "<nav><a href=/>{link}</a> <a href=/x>{link}</a> <a href=/y>{link}</a></nav>"
FOOT = "<footer><p>{e}</p></footer>"
LINKS = "<ul><li><a href=/1>{link}</a></li><li><a href=/2>{link}</a></li><li><a href=/3>{link}</a></li></ul>"

CASES: dict[str, dict[str, Any]] = {
    each["name"]: each for each in tomllib.loads((Path(__file__).parent / "main_text.toml").read_text("utf-8"))["case"]
}


def filled(text: str, language: str) -> str:
    """A text with the words of a language for the names in it."""
    told = LANGUAGES[language]
    text = (
        text.replace("{links}", LINKS).replace("{t}", told.title).replace("{more}", told.more).replace("{by}", told.by)
    )
    text = re.sub(r"\{([1-9])\}", lambda match: told.paragraph.format(match[1]), text)
    text = re.sub(r"\{([a-e])\}", lambda match: told.site.format(match[1]), text)
    return re.sub(r"\{link\}", lambda match: told.link.format(match.start()), text)


def page(case: dict[str, Any], language: str) -> str:
    address = '<meta charset=utf-8><link rel=canonical href="https://press.example.org/2023/03/14/paper">'
    head = address + filled("<title>{t}</title>" + case.get("head", ""), language)
    body = filled(MENU + case["body"] + FOOT, language)
    return f"<!doctype html><html lang={language}><head>{head}</head><body>{body}</body></html>"


def read(text: str) -> tuple[Reading, Article, list[str]]:
    reading = readers.read(text.encode(), "page.html", "")
    article, findings = clean(reading, Context(reading.article.source.address), "page.html")
    assert fidelity.measure(reading, article, findings).missing == ()
    return reading, article, [each.code for each in findings]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_main_text(name: str, language: str) -> None:
    case, told = CASES[name], LANGUAGES[language]
    _, article, codes = read(page(case, language))
    shown = "".join(texts(article.body))
    numbers = sorted(set(re.findall(r"\{([1-9])\}", case["body"])))
    places = [shown.find(told.paragraph.format(number)) for number in numbers]
    assert -1 not in places
    assert places == sorted(places)
    assert "SRC006" not in codes
    assert [each for each in "abcde" if told.site.format(each) in shown] == []
    for text in case.get("gone", ()):
        assert filled(text, language) not in shown
    for text in case.get("kept", ()):
        assert filled(text, language) in shown
    if "once" in case:
        assert shown.count(filled(case["once"], language)) == 1
    assert told.more not in shown
    assert told.by not in shown
