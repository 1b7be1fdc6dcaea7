"""The main text of a page: which paragraphs are the article, for each way that sites build their pages.

A case is the body of a page.  `{1}` to `{9}` are paragraphs of an article, which must all be in it, in their order;
`{a}` to `{e}` are sentences of the site, which must not be.  All text of the page must be in the article or in the
ledger.
"""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

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


LANGUAGES = {
    "en": Words(
        "How paper is made",
        "Part {0} of the work begins at the vat: the mould is dipped, lifted level and shaken, so that the fibres of "
        "sheet {0} knit together before the water has drained, and the felt takes the sheet off.",
        "Notice {0} of the site: all our readers may write to us, and we answer each letter within a week, at no cost.",
        "Another story of the day, number {0}",
    ),
    "zh": Words(
        "竹帘上的纸",
        "第{0}步：抄纸的人先把树皮泡软，再捣成浆，用竹帘一张一张抄起来，贴在墙上烘干，第{0}张纸要等到水汽散尽，才从墙上揭下来。",
        "本站第{0}号启事：读者来信，我们一周之内回复，不收费用，欢迎各界朋友来信来电，提出宝贵意见。",
        "今天的另一篇报道，第{0}号",
    ),
}

MENU = "<nav><a href=/>{link}</a> <a href=/x>{link}</a> <a href=/y>{link}</a></nav>"
FOOT = "<footer><p>{e}</p></footer>"
LINKS = "<ul><li><a href=/1>{link}</a></li><li><a href=/2>{link}</a></li><li><a href=/3>{link}</a></li></ul>"

CASES = {
    each["name"]: each["body"]
    for each in tomllib.loads((Path(__file__).parent / "main_text.toml").read_text("utf-8"))["case"]
}


def words(language: str, body: str) -> str:
    """The page of a case in a language."""
    told = LANGUAGES[language]
    body = body.replace("{links}", LINKS)
    body = re.sub(r"\{([1-9])\}", lambda match: told.paragraph.format(match[1]), body)
    body = re.sub(r"\{([a-e])\}", lambda match: told.site.format(match[1]), body)
    body = re.sub(r"\{link\}", lambda match: told.link.format(match.start()), body).replace("{t}", told.title)
    head = f'<title>{told.title}</title><link rel=canonical href="https://press.example.org/2023/03/14/paper">'
    return f"<!doctype html><html lang={language}><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def read(page: str) -> tuple[Reading, Article, list[str]]:
    reading = readers.read(page.encode(), "page.html", "")
    article, findings = clean(reading, Context(reading.article.source.address), "page.html")
    assert fidelity.measure(reading, article, findings).missing == ()
    return reading, article, [each.code for each in findings]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_main_text(name: str, language: str) -> None:
    body = MENU + CASES[name] + FOOT
    told = LANGUAGES[language]
    _, article, codes = read(words(language, body))
    shown = "".join(texts(article.body))
    wanted = [told.paragraph.format(number) for number in sorted(set(re.findall(r"\{([1-9])\}", body)))]
    assert [each for each in wanted if each in shown] == wanted
    assert [shown.find(each) for each in wanted] == sorted(shown.find(each) for each in wanted)
    assert "SRC006" not in codes
    assert [each for each in "abcde" if told.site.format(each) in shown] == []
