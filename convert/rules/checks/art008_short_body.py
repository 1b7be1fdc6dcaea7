"""A text of fewer than 60 Han characters, or twice as many letters of an alphabet, besides its dateline."""

from collections.abc import Iterator

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Break, Embed, Image, Paragraph, Place, Reading, texts, walk
from convert.rules.body import OWN, beginning, letters, short_text, weight
from convert.rules.checks.art005_nearly_empty_body import ENOUGH
from convert.rules.rule import Rule
from convert.text import squeeze

SHORT = 60
"""Fewest Han characters: 96 of 123,259 real articles have fewer, poems and videos among them."""
LINE = 20
"""Maximum length of a line of a poem, in characters."""

_CREDIT = late_pattern(r"责任编辑|責任編輯")


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    text = short_text(article, 5 * SHORT)
    if not text or len(letters(text)) < ENOUGH:
        return
    dated = f"【{article.dateline}】" if article.dateline else ""
    text = text.replace(dated, "", 1)
    if (count := weight(letters(text))) >= SHORT:
        return
    if any(isinstance(node, Image | Embed) for node in walk(article.body, OWN)) or _is_poem(article, dated):
        return
    words, address = squeeze(text, 30), article.source.address
    if address:
        yield message("short-body", count=count, text=words, address=address), beginning(reading)
    else:
        yield message("short-body-alone", count=count, text=words), beginning(reading)


def _is_poem(article: Article, dated: str) -> bool:
    lines = [line for line in _lines(article, dated) if letters(line) and not _CREDIT.search(line)]
    return len(lines) > 1 and max(map(len, lines)) <= LINE


def _lines(article: Article, dated: str) -> Iterator[str]:
    for block in article.body:
        line = ""
        for child in block.children if isinstance(block, Paragraph) else (block,):
            if isinstance(child, Break):
                yield line
                line = ""
            else:
                line += "".join(texts((child,)))
        yield line.removeprefix(dated)


RULE = Rule("ART008", "short-body", "warning", check_document=check_document)
