"""A heading in Markdown without a link inside the article, or the mirror's call to pass the page on."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from operator import itemgetter

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Article, Place, Reading
from convert.rules.body import mirror_text, place_in
from convert.rules.rule import Rule
from convert.text import squeeze

# Lines of articles are indented, so the text of no article is matched (of 123,259 real pages, none).
_LINE = late_pattern(r"^ ?(?:#{1,6} |手机上长按并复制).*", re.M)
_PREFORMATTED = late_pattern(r"<pre\b.*?</pre>", re.S)


def check_document(reading: Reading, article: Article) -> Iterator[tuple[Message, Place]]:
    html = reading.html if mirror_text(reading) else ""
    if "长按并复制" not in html and not any(before.endswith(("\n", "\n ")) for before in html.split("#")[:-1]):
        return
    # only up to the last end tag: for each start without an end, the search would read all the rest
    preformatted = [match.span() for match in _PREFORMATTED.finditer(html, 0, html.rfind("</pre>") + len("</pre>"))]
    for match in _LINE.finditer(html):
        before = bisect_right(preformatted, match.start(), key=itemgetter(0))
        if not before or match.start() >= preformatted[before - 1][1]:
            place = place_in(reading, html, match.start())
            line = squeeze(match[0], 40)
            if "#" in line[:2]:
                yield message("mirror-heading", line=line), place
            else:
                yield message("mirror-line", line=line), place


RULE = Rule("NAV006", "mirror-line", "warning", check_document=check_document)
