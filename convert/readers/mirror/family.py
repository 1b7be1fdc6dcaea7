"""The lines that mirrors of the family share, found in a page that no dialect describes.

Such a page has its title in the first line, a bar of links, the article, lines for sharing the page with a picture of
its QR code, and a line with the original address, in whatever language its labels are.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.dialects import DIALECTS
from convert.readers.mirror.dialects.lines import ANY_DATELINE, BYLINE, EDITOR, NOTICES, REPRINT

UNKNOWN = Dialect(
    name="unknown",
    nav="\n#### [",
    label="",
    end="",
    trim=True,
    dated=ANY_DATELINE,
    dateline=ANY_DATELINE,
    byline=BYLINE,
    credits=(EDITOR, REPRINT),
    notices=NOTICES,
)
"""Dialect of pages that match no other."""

TOP = 12
"""Number of lines below the title among which the bar of links is."""
EDGE = 60
"""Number of lines at each end of an article that may be the mirror's."""
LONGEST = 600
"""Number of characters from which on a line is text, whatever is in it."""
_SHORT = 80

_URL = r"(?:https?://[^\s<>\"']{4,400})"
_SEPARATORS = r"(?:\s|&nbsp;|[|｜·•*_>#\-/]|</?(?:b|strong|span|font|center|p)\b[^<>]{0,80}>|<br\s*/?>)*+"
_ANCHOR = r"(?:!?\[[^\]\n]{1,60}\]\([^)\s]{1,300}\)|<a\b[^<>]{1,400}>[^<>]{1,60}</a>)"
_BAR = re.compile(rf"{_SEPARATORS}{_ANCHOR}(?:{_SEPARATORS}{_ANCHOR})++{_SEPARATORS}")
_HEADED_BAR = re.compile(r"#{1,6} *\[[^\]\n]{1,60}\]\(")
_NEUTRAL = re.compile(r"(?:-{3,}|={3,}|\*{3,}|_{3,}|<hr\b[^<>]{0,80}>|<br\s*/?>|</?center>|&nbsp;|\s)*")
_RULE = re.compile(r"(?:-{3,}|={3,}|\*{3,}|_{3,}|<hr\b[^<>]{0,80}>)\s*")
_TAG = re.compile(r"<[^<>]{0,400}>")
_PICTURE = re.compile(
    r"(?:<(?:a|p|div|center|br)\b[^<>]{0,400}>|\[|\s)*"
    r"(?:<img\b[^<>]{0,600}>|!\[[^\]\n]{0,80}\]\([^)\n]{1,400}\))"
    r"(?:</(?:a|p|div|center)>|<br\s*/?>|\]\([^)\s]{1,400}\)|\s)*"
)
_CODE = re.compile(r"\.md\.png|qr|erweima|二[维維][码碼]|barcode", re.I)
"""Sign of a picture of a QR code, in its address or its alternative text."""
_COUNTING = re.compile(r"<img\b[^<>]{0,600}?\b(?:width|height)\s*[=:]\s*['\"]?[01](?:px)?\b")
_ADDRESS_ALONE = re.compile(
    rf"(?:<(?:br\s*/?|p|center)>|\s)*(?:<a\b[^<>]{{1,400}}>)?<?{_URL}>?(?:</a>|</p>|</center>|<br\s*/?>|\s)*"
)
_OWN = re.compile(r"/(?:blob|raw|tree|-/blob)/|\.md\b")
"""Sign of an address in a repository: that of the page in its mirror."""
_SHARING = re.compile(
    r"分享|二[维維][码碼]|[长長]按|[扫掃][码碼描一]|[复複][制製]|[转轉][发發]|共有|シェア|공유|chia sẻ|поделит|скопир"
    r"|\b(?:share|qr|scan|copy|forward|partage[rz]?|teilen|compart\w{1,6}|condivid\w{1,4}|delen)\b",
    re.I,
)
_BLOCK = re.compile(r"</?(?:p|div|section|article|table|ul|ol|li|h[1-6]|blockquote|figure|pre)\b|#{1,6} ", re.I)

_ORIGINAL = (
    "原文|原[始帖]|来源|來源|出处|出處|源地址|源[链鏈鍊連]接|出典|元記事|원문|출처"
    r"|\b(?:source|original\w{0,2}|origin|link|url|quelle|fuente|fonte|bron|lien|enlace)\b|nguồn|источник|оригинал|مصدر"
)
_BEFORE = r"(?:[ \t>*_|\-]|<(?!a\b)[^<>\n]{1,80}>){0,8}+"
_GIVEN = (
    rf"(?:<?{_URL}>?|\[[^\]\n]{{0,400}}\]\({_URL}\)"
    rf"|<a\b[^<>\n]{{0,200}}?\bhref\s*=\s*['\"]?{_URL}[^<>\n]{{0,200}}>[^<>\n]{{0,400}}</a>)"
)
_SOURCE = re.compile(
    rf"^(?P<link>[ \t>*_]{{0,4}}+\[[^\n:：<>\[\]]{{0,40}}?(?:{_ORIGINAL})[^\n:：<>\[\]]{{0,30}}+)\]\({_URL}\)[ \t*_]*$"
    rf"|^(?P<label>{_BEFORE}[^\n:：<>\[\]]{{0,40}}?(?:{_ORIGINAL})[^\n:：<>\[\]]{{0,30}}+(?:</(?:b|strong|span|font)>)?[:：]"
    rf"(?:[ \t*_]|</(?:b|strong|span)>){{0,4}}+){_GIVEN}(?:[ \t*_]|<br\s*/?>|</\w{{1,8}}>)*$",
    re.I | re.M,
)
"""Line with the original address, in a page whose label no dialect has."""
_IN_LINE = re.compile(r"https?://[^\s<>()\[\]\"']{4,400}")
_LINKED = re.compile(
    r"\]\((?P<target>https?://[^\s<>]+)\)|<(?P<angled>https?://[^<>\s]+)>"
    r"|<a\b[^<>]*?\bhref\s*=\s*['\"]?(?P<href>https?://[^\s<>'\"]+)"
)


def source_line(text: str) -> tuple[str, int]:
    """Return the label of the last line that gives an original address, with what is before it, and its position.

    Without such a line, or without a bar of links at the top of the page, return "" and -1.
    """
    if not bar(text):
        return "", -1
    last = None
    for match in _SOURCE.finditer(text):
        if not _OWN.search(match[0]):
            last = match
    return (f"\n{last[last.lastgroup or 0]}", last.start() - 1) if last and last.start() else ("", -1)


def address(rest: str) -> str:
    """Return the address in the rest of a source line, which may be a link or have tags around it.

    >>> address(" [paper](https://example.org/a_(b))"), address("<https://example.org/b><br/>"), address(" none ")
    ('https://example.org/a_(b)', 'https://example.org/b', 'none')
    """
    if found := _LINKED.search(rest):
        return found[found.lastgroup or 0]
    return _TAG.sub("", rest).strip(" \t*_")


def bar(text: str) -> str:
    """Return the beginning of the line with the mirror's own links, which is near the top; "" if there is none."""
    start = text.find("\n")
    for _ in range(TOP):
        if start < 0:
            break
        end = text.find("\n", start + 1)
        line = text[start + 1 : end if end >= 0 else len(text)]
        if len(line) <= 4 * LONGEST and "](" in line and (_HEADED_BAR.match(line) or _BAR.fullmatch(line)):
            return "\n" + line[: line.index("[") + 1]
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
    return base._replace(nav=bar(text) or UNKNOWN.nav, label=label)


@cache
def is_sharing(line: str) -> bool:
    """Return True if a line invites to share the page."""
    return _SHARING.search(line) is not None


class _Line(NamedTuple):
    """Line of a page at an edge of its article."""

    start: int
    end: int
    text: str
    kind: str
    """`mirror` if surely the mirror's; `address`; `label` or `sharing` if it may introduce one; `neutral`; `text`."""


def trimmed(text: str, head: int, tail: int) -> tuple[int, int]:
    """Return the start and end of the article between two positions, without the mirror's lines at its edges."""
    first = [_line(text, *each) for each in _lines(text, head, tail, EDGE)]
    for number in _mirrors(first):
        head = max(head, first[number].end)
    last = [_line(text, *each) for each in _lines_from_end(text, head, tail, EDGE)]
    last.reverse()
    if cut := _mirrors(last[::-1], upwards=True):
        tail = last[len(last) - 1 - max(cut)].start
    return head, tail


def _lines(text: str, head: int, tail: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of the first lines between two positions; a line begins after its line break."""
    start = head + text.startswith("\n", head)
    while start < tail and most:
        end = text.find("\n", start, tail)
        end = tail if end < 0 else end
        yield start, end
        start, most = end + 1, most - 1


def _lines_from_end(text: str, head: int, tail: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of the last lines between two positions, the last one first."""
    end = tail
    while end > head and most:
        start = text.rfind("\n", head, end) + 1 or head
        yield start, end
        end, most = start - 1, most - 1


def _line(text: str, start: int, end: int) -> _Line:
    line = text[start:end]
    return _Line(start, end, line, _kind(line))


def _kind(line: str) -> str:
    """Return the kind of a line, which what is beside it may change."""
    if len(line) > LONGEST * 4:
        return "text"
    if _RULE.fullmatch(line):
        return "mirror"
    if _NEUTRAL.fullmatch(line) or (_COUNTING.search(line) and _PICTURE.fullmatch(line)):
        return "neutral"
    if line[0] in " \t":
        return "text"
    if _BAR.fullmatch(line) or (line.startswith("#") and "](" in line):
        return "mirror"
    if _PICTURE.fullmatch(line):
        return "mirror" if _CODE.search(line) or _is_doubled(line) else "text"
    if _ADDRESS_ALONE.fullmatch(line):
        return "mirror" if _OWN.search(line) else "address"
    words = _TAG.sub("", line).strip()
    if len(words) > _SHORT or _BLOCK.match(line):
        return "text"
    if (own := _IN_LINE.search(line)) and _OWN.search(own[0]):
        return "mirror"
    if _SHARING.search(words) and words[-1:] in ":：":
        return "sharing"
    return "label" if words[-1:] in ":：" or _SHARING.search(words) else "text"


def _is_doubled(line: str) -> bool:
    """Return True if a picture's address is that of its link with a suffix."""
    found = _IN_LINE.findall(line)
    return len(found) > 1 and any(one != other and other.startswith(one) for one in found for other in found)


def _mirrors(lines: Sequence[_Line], *, upwards: bool = False) -> list[int]:
    """Return the numbers of the lines at the beginning that are the mirror's, up to the first that is not."""
    down = -1 if upwards else 1
    found: list[int] = []
    for number, line in enumerate(lines):
        above, below = _beside(lines, number, -down), _beside(lines, number, down)
        if line.kind == "mirror":
            is_mirrors = True
        elif line.kind == "address":
            is_mirrors = above in ("label", "sharing")
        elif line.kind in ("label", "sharing"):
            is_mirrors = below in ("mirror", "address")
        elif line.kind == "neutral":
            continue
        else:
            break
        if not is_mirrors:
            break
        found.append(number)
    return found


def _beside(lines: Sequence[_Line], number: int, step: int) -> str:
    """Return the kind of the next line in a direction that is not neutral."""
    number += step
    while 0 <= number < len(lines) and lines[number].kind == "neutral":
        number += step
    return lines[number].kind if 0 <= number < len(lines) else ""
