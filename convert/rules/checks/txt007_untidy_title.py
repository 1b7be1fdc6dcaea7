"""A title with white space or characters without width at its ends, or with a character reference such as `&nbsp;`."""

from collections.abc import Iterator

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.rules.body import mirror_text
from convert.rules.rule import Rule
from convert.text import EDGE_SPACE, INVISIBLE

TITLE = "### "
_REFERENCE = late_pattern(r"&(?:#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z]+\d*);")


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    text = mirror_text(reading)
    raw = text[len(TITLE) : text.find("\n")] if text else ""
    if not raw.strip(EDGE_SPACE) or raw == article.title:
        return
    start, end = (raw[:1] if raw[:1] in EDGE_SPACE else ""), (raw[-1:] if raw[-1:] in EDGE_SPACE else "")
    place, title = Place(1, len(TITLE) + 1), article.title
    if reference := _REFERENCE.search(raw):
        yield message("title-reference", reference=reference[0], title=title), place
    elif hidden := INVISIBLE.search(start + end):
        yield message("title-invisible", character=f"U+{ord(hidden[0]):04X}", title=title), place
    elif start:
        yield message("title-leading-space", title=title), place
    elif end:
        yield message("title-trailing-space", title=title), place


RULE = Rule("TXT007", "untidy-title", "info", check_document=check_document, fixed_by_reader=True)
