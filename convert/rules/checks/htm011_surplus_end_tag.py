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
    if reading.regular:
        return
    text = mirror_text(reading)
    if "<!--" in text and _matter(text):
        text = _COMMENT.sub(lambda comment: _NOT_LINE_END.sub(" ", comment[0]), text)
    tags = _TAGS.findall(text)
    if _are_pairs([tag for tag in tags if tag[-1] == "p"]) and not _surplus([tag for tag in tags if tag[-1] != "p"]):
        return
    if surplus := _surplus(tags):
        match = next(match for number, match in enumerate(_TAGS.finditer(text)) if number == surplus[0])
        problem = message("surplus-end-tag", count=len(surplus), tag=match[1])
        yield problem, place_in(reading, reading.text, match.start())


def _matter(text: str) -> bool:
    """Return True if comments hold tags, or end one that is before them."""
    return "p<!--" in text or "v<!--" in text or any("<" in comment[1:] for comment in _COMMENT.findall(text))


def _are_pairs(paragraphs: list[str]) -> bool:
    """Return True if an end tag follows each start tag, as on most pages."""
    starts, ends = paragraphs[::2], paragraphs[1::2]
    return starts.count("p") == len(starts) and ends.count("/p") == len(ends)


def _surplus(tags: list[str]) -> list[int]:
    """Return the numbers of the tags that end nothing."""
    inside, divisions, surplus = False, 0, list[int]()
    for number, tag in enumerate(tags):
        if tag == "p":
            inside = True
        elif tag == "div":
            divisions += 1
        elif tag == "/p" and inside:
            inside = False
        elif tag == "/div" and divisions:
            divisions -= 1
        else:
            surplus.append(number)
    return surplus


RULE = Rule("HTM011", "surplus-end-tag", "info", check_document=check_document, fixed_by_reader=True)
