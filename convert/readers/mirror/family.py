"""The lines that mirrors of the family share, found in a page that no dialect describes.

Such a page has its title in the first line, a bar of links, the article, lines for sharing the page with a picture of
its QR code, and a line with the original address, in whatever language its labels are.
"""

import html
import re
from types import MappingProxyType

from convert.late import late_pattern
from convert.readers.mirror import edges
from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.dialects import DIALECTS
from convert.readers.mirror.dialects.banned2_sc import MEMBERSHIP
from convert.readers.mirror.dialects.lines import (
    ANY_DATELINE,
    BYLINE,
    COPYRIGHT,
    CREDIT,
    DESK,
    EDITOR,
    NOTICES,
    REPRINT,
)
from convert.readers.mirror.edges import BAR, LONGEST, OWN, RULE

UNKNOWN = Dialect(
    name="unknown",
    nav="\n#### [",
    label="",
    end="",
    lead="img",
    trim=True,
    dated=ANY_DATELINE,
    dateline=ANY_DATELINE,
    byline=BYLINE,
    credits=(CREDIT, EDITOR, *DESK, REPRINT),
    asides=MappingProxyType({MEMBERSHIP: "membership"}),
    notices=MappingProxyType({**NOTICES, COPYRIGHT: "furniture"}),
)
"""Dialect of pages that match no other."""

PARAGRAPHS = 2
"""Number of paragraphs from which on a page without a source line is an article."""
HEAD = 20_000
"""Number of characters in which they are."""
TOP = 12
"""Number of lines below the title among which the bar of links is."""

_URL = r"(?:https?://[^\s<>\"']{4,400})"
_TAG = late_pattern(r"<[^<>]{0,400}>")
_PARAGRAPH = late_pattern(r"<p[ >]")
_HEADED_BAR = late_pattern(r"#{1,6} *\[[^\]\n]{1,60}\]\(")

_ORIGINAL = (
    "原文|原[始帖网網]|来源|來源|出处|出處|源地址|[转轉][载載]?自|本文(?:[网網]址|[链鏈鍊連连][接結结]|地址)|出典|元記事|원문|출처"
    r"|\b(?:source|original\w{0,2}|origin|link|url|quelle|fuente|fonte|bron|lien|enlace)\b|nguồn|источник|оригинал|مصدر"
)
_ADDRESS = "[链鏈鍊連连][接結结]|[网網]址|地址"
"""Words for any address, which count in a page that has none of `_ORIGINAL`."""
_BEFORE = r"(?:[ \t>*_|\-]|<(?!a\b)[^<>\n]{1,80}>){0,8}+"
_GIVEN = (
    rf"(?:<?{_URL}>?|\[[^\]\n]{{0,400}}\]\({_URL}\)"
    rf"|<a\b[^<>\n]{{0,200}}?\bhref\s*=\s*['\"]?{_URL}[^<>\n]{{0,200}}>[^<>\n]{{0,400}}</a>)"
)


def _source(words: str) -> re.Pattern[str]:
    """Return the pattern of a line with an address and one of the words before it."""
    return late_pattern(
        rf"^(?P<link>[ \t>*_]{{0,4}}+\[[^\n:：<>\[\]]{{0,40}}?(?:{words})[^\n:：<>\[\]]{{0,30}}+)\]\({_URL}\)[ \t*_]*$"
        rf"|^(?P<label>{_BEFORE}[^\n:：<>\[\]]{{0,40}}?(?:{words})[^\n:：<>\[\]]{{0,30}}+(?:</(?:b|strong|span|font)>)?"
        rf"[:：](?:[ \t*_]|</(?:b|strong|span)>){{0,4}}+){_GIVEN}(?:[ \t*_]|<br\s*/?>|</\w{{1,8}}>)*$",
        re.I | re.M,
    )


_SOURCES = (_source(_ORIGINAL), _source(_ADDRESS))
"""Lines with the original address, in a page whose label no dialect has."""
_IN_LINE = late_pattern(r"https?://[^\s<>()\[\]\"']{4,400}")
_LINKED = late_pattern(
    r"\]\((?P<target>https?://[^\s<>]+)\)|<(?P<angled>https?://[^<>\s]+)>"
    r"|<a\b[^<>]*?\bhref\s*=\s*['\"]?(?P<href>https?://[^\s<>'\"]+)"
)


def source_line(text: str) -> tuple[str, int]:
    """Return the label of the last line that gives an original address, with what is before it, and its position.

    Return "" and -1 without such a line, and without a bar of links at the top of the page or, if the title is
    underlined, below the source line.
    """
    above = bar(text)
    if not above and not _is_underlined(text):
        return "", -1
    for pattern in _SOURCES:
        last = None
        for match in pattern.finditer(text):
            if match.start() and not OWN.search(match[0]):
                last = match
        if last and (above or _bar(text, last.end())):
            return f"\n{last[last.lastgroup or 0]}", last.start() - 1
    return "", -1


def is_cut_short(text: str) -> bool:
    """Return True for a page of a mirror that ends in its article: a frame that only begins, and prose in paragraphs.

    Lists and READMEs of mirrors have no paragraphs in HTML.
    """
    starts = [match.start() for match in _PARAGRAPH.finditer(text, 0, HEAD)]
    return (
        len(starts) >= PARAGRAPHS
        and bool(bar(text) or _is_underlined(text))
        and any(edges.goes_on(text[:HEAD], start) for start in (starts[0], starts[-1]))
    )


def _is_underlined(text: str) -> bool:
    """Return True if a rule is the first line below the title."""
    below = text.find("\n") + 1
    while text.startswith("\n", below):
        below += 1
    end = text.find("\n", below)
    return bool(below and end > 0 and end - below < LONGEST and RULE.fullmatch(text, below, end))


def address(rest: str) -> str:
    """Return the address in the rest of a source line, which may be a link or have tags around it.

    >>> address(" [paper](https://example.org/a_(b))"), address("<https://example.org/b><br/>"), address(" none ")
    ('https://example.org/a_(b)', 'https://example.org/b', 'none')
    """
    if found := _LINKED.search(rest):
        return html.unescape(found["href"]) if found["href"] else found[found.lastgroup or 0]
    return _TAG.sub("", rest).strip(" \t*_")


def bar(text: str) -> str:
    """Return the beginning of the line with the mirror's own links, which is near the top; "" if there is none.

    >>> bar("### a\\n\\n#### [Home](x.md) | [Talk](y.md)\\n")
    '\\n#### [Home]('
    >>> bar("### a\\n<p><a href='x'>b</a> | <a href='y'>c</a></p>\\n")
    "\\n<p><a href='x'>"
    """
    return _bar(text, 0)


def _bar(text: str, start: int) -> str:
    """Return the beginning of the first bar of links in the lines below a position; "" if there is none."""
    start = text.find("\n", start)
    for _ in range(TOP):
        if start < 0:
            break
        end = text.find("\n", start + 1)
        line = text[start + 1 : end if end >= 0 else len(text)]
        if len(line) <= 4 * LONGEST and (_HEADED_BAR.match(line) or BAR.fullmatch(line)):
            return "\n" + line[: line.index("](") + 2 if "](" in line else line.index(">", line.index("<a ")) + 1]
        start = end
    return ""


def described(text: str, label: str, where: str) -> Dialect:
    """Return the dialect of a page that matches none: what its lines show, and what is known of its publisher.

    `label` begins its source line, `where` is the original address.
    """
    known = next((each for each in DIALECTS.values() if each.host and each.host in where), None)
    base = UNKNOWN
    if known:
        base = known._replace(name=UNKNOWN.name, start="", end="", trim=True, end_marker="", expects=())
    nav = bar(text) or (label and _bar(text, text.rfind(label) + 1)) or UNKNOWN.nav
    return base._replace(nav=nav, label=label)
