"""A title with white space or characters without width at its ends, or with a character reference such as `&nbsp;`."""

import re
from collections.abc import Iterator

from convert.model import Article, Place, Reading
from convert.rules.body import source
from convert.rules.rule import Rule
from convert.text import EDGE_SPACE, INVISIBLE

TITLE = "### "
_REFERENCE = re.compile(r"&(?:#\d+|#[xX][0-9A-Fa-f]+|[A-Za-z]+\d*);")


def look(reading: Reading, article: Article) -> Iterator[tuple[str, Place]]:
    text = source(reading)
    raw = text[len(TITLE) : text.find("\n")] if text else ""
    if not raw.strip(EDGE_SPACE) or raw == article.title:
        return
    start, end = (raw[:1] if raw[:1] in EDGE_SPACE else ""), (raw[-1:] if raw[-1:] in EDGE_SPACE else "")
    place, wanted = Place(1, len(TITLE) + 1), f"the first line should read ### {article.title}"
    if found := _REFERENCE.search(raw):
        yield f"the title holds {found[0]}; {wanted}", place
    elif hidden := INVISIBLE.search(start + end):
        yield f"the title begins or ends with U+{ord(hidden[0]):04X}, which nobody sees; {wanted}", place
    elif start:
        yield f"the title begins with white space; {wanted}", place
    elif end:
        yield f"the title ends with white space; {wanted}", place


RULE = Rule("TXT007", "untidy-title", "info", look=look, fixed_by_reader=True)
