"""An article of 大纪元 that names no editor at its end, as 99 in 100 of its articles do."""

from collections.abc import Iterator

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Paragraph, Place, Reading, texts
from convert.rules.body import expects_credits
from convert.rules.rule import Rule
from convert.text import squeeze

LAST = 8
"""Number of paragraphs at the end of an article among which the editor is named."""

_NAMED = late_pattern(r"责任编辑|責任編輯")
_SIGNED = late_pattern(r"编辑部|編輯部")
_MISWRITTEN = late_pattern(r"(?:^|[（(])责\w{0,3}\s?[：:]\s*(?P<name>[^\s#＃◇@（）()]{2,12})")


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    if article.editor or "editor" not in reading.expects or not expects_credits(article):
        return
    if _NAMED.search(reading.text) or any(note.code == "ART003" for note in reading.notes):
        return
    ends = [block for block in reading.article.body if isinstance(block, Paragraph)][-LAST:]
    last_lines = ["".join(texts(block.children)) for block in ends]
    if not ends or any(map(_SIGNED.search, last_lines)):
        return
    for block, text in zip(ends, last_lines, strict=True):
        if match := _MISWRITTEN.search(text):
            yield message("editor-line", line=squeeze(text, 40), name=match["name"]), reading.places.of(block)
            return
    yield message("missing-editor"), reading.places.of(ends[-1])


RULE = Rule("ART007", "missing-editor", "warning", check_document=check_document)
