"""A `</p>` or `</div>` where no such element is open."""

import re
from collections.abc import Iterator

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.rules.body import mirror_text, place_in
from convert.rules.rule import Rule

_COMMENT = late_pattern(r"<!--.*?--!?>", re.S)
_NOT_LINE_END = late_pattern(r"[^\n]")
_TAGS = late_pattern(r"<(/?(?:p|div))[\s>]")


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    text = mirror_text(reading)
    if "<!--" in text:
        text = _COMMENT.sub(lambda comment: _NOT_LINE_END.sub(" ", comment[0]), text)
    inside, divisions, surplus = False, 0, 0
    for number, tag in enumerate(_TAGS.findall(text)):
        if tag == "p":
            inside = True
        elif tag == "div":
            divisions += 1
        elif tag == "/p" and inside:
            inside = False
        elif tag == "/div" and divisions:
            divisions -= 1
        else:
            surplus += 1
            if surplus == 1:
                first = number
    if surplus:
        match = next(match for number, match in enumerate(_TAGS.finditer(text)) if number == first)
        yield message("surplus-end-tag", count=surplus, tag=match[1]), place_in(reading, reading.text, match.start())


RULE = Rule("HTM011", "surplus-end-tag", "info", check_document=check_document, fixed_by_reader=True)
