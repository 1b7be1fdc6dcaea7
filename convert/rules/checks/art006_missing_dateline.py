"""An article without a dateline, in a dialect in which at least 95 in 100 articles begin with one."""

from collections.abc import Iterator

from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.rules.body import beginning, expects_credits
from convert.rules.rule import Rule


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    if article.dateline or "dateline" not in reading.expects or not expects_credits(article):
        return
    year, month, day = article.published[:10].split("-") if article.published else ("YYYY", "MM", "DD")
    dateline = f"【{article.publisher}{year}年{month}月{day}日讯】"
    yield message("missing-dateline", dateline=dateline), beginning(reading)


RULE = Rule("ART006", "missing-dateline", "warning", check_document=check_document)
