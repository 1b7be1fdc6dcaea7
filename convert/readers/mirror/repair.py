"""Mends what the mirror broke, before parsing.  Every repair keeps each line's length, so that places stay exact."""

import html
import re
from typing import NamedTuple

_PROMOTION = re.compile(r"^ ?#{1,6} (.*)$", re.M)
_RARE = re.compile(r"<a |</br>")
_PREFORMATTED = re.compile(r"(<pre\b.*?</pre>)", re.S)
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]*)\)")


class Repaired(NamedTuple):
    """Mended HTML."""

    html: str
    crossed_links: int
    """How many links were closed by the end tag of another element."""
    crossed_at: int
    """Where the first of them begins in the content."""


def repair(content: str) -> Repaired:
    """Mends a page's content.

    The mirror renamed the links of the article, `<a>` to `<ok>`, but not all of them, and their ends always.  Named
    `<a>` again they are what the HTML parser knows: a link goes on inside a figure, and ends where it should.
    """
    first, crossed = -1, 0
    if _RARE.search(content):
        first = content.find("<a ")
        crossed = content.count("<a ") - content.count("</a>") if first >= 0 else 0
        content = content.replace("</br>", "<!-->")  # which the parser takes for <br>; a comment of the same length
    content = content.replace("<ok ", "<a  ").replace("</ok>", "</a >")
    if "#" in content and ("\n#" in content or "\n #" in content):
        parts = _PREFORMATTED.split(content) if "<pre" in content else [content]
        content = "".join(part if part.startswith("<pre") else _PROMOTION.sub(_promotion, part) for part in parts)
    return Repaired(content, max(0, crossed), first)


def _promotion(match: re.Match[str]) -> str:
    """A line of the mirror's own Markdown inside the page, as an element that says so.

    No line of any article begins with `#`: all 47,601 such lines of the real archive are the mirror's.
    """
    parts: list[str] = []
    last = 0
    line = html.unescape(match[1])
    for link in _MARKDOWN_LINK.finditer(line):
        parts.append(html.escape(line[last : link.start()]))
        parts.append(f'<a href="{html.escape(link[2])}">{html.escape(link[1])}</a>')
        last = link.end()
    parts.append(html.escape(line[last:]))
    return f"<mirror-promotion>{''.join(parts)}</mirror-promotion>"
