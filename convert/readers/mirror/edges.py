"""The lines at the edges of an article that are its mirror's, in a page whose dialect does not describe them.

Each line, and each element that has lines of its own, has a kind.  A line is taken off if its kind, or its kind and
that of its neighbours, is never found in an article.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from convert.late import late_pattern

EDGE = 60
"""Number of lines at each end of an article that may be the mirror's."""
LONGEST = 600
"""Number of characters from which on a line is text, whatever is in it."""
_SHORT = 80
_PROSE = 200
"""Number of characters of text below the source line from which on the article goes on there."""
_BOX = 3000
_BOX_LINES = 30
"""Characters and lines of the largest element that may be the mirror's as a whole."""

_SEPARATORS = r"(?:\s|&nbsp;|[|｜·•*_>#\-/+]|</?(?:b|strong|span|font|center|p|div)\b[^<>]{0,80}>|<br\s*/?>)*+"
_ANCHOR = r"(?:!?\[\[?[^\[\]\n]{1,60}\]?\]\([^)\s]{1,300}\)|<a\b[^<>]{1,400}>[^<>]{1,60}</a>)"
BAR = late_pattern(rf"{_SEPARATORS}{_ANCHOR}(?:{_SEPARATORS}{_ANCHOR})++{_SEPARATORS}")
"""Line of links."""
_ONE_LINK = late_pattern(rf"{_SEPARATORS}{_ANCHOR}{_SEPARATORS}")
_NEUTRAL = late_pattern(r"(?:<br\s*/?>|</?center>|&nbsp;|\s)*")
RULE = late_pattern(r"(?:[ \t]*(?:-{3,}|={3,}|\*{3,}|_{3,}|<hr\b[^<>]{0,80}>))+\s*")
_TAG = late_pattern(r"<[^<>]{0,400}>")
_PICTURE = late_pattern(
    r"(?:<(?:a|p|div|center|br|td|span)\b[^<>]{0,400}>|\[|\s)*"
    r"(?:<img\b[^<>]{0,600}>|!\[[^\]\n]{0,80}\]\([^)\n]{1,400}\))"
    r"(?:</(?:a|p|div|center|td|span)>|<br\s*/?>|\]\([^)\s]{1,400}\)|\s)*"
)
_CODE = late_pattern(r"\.md\.png|(?<![a-z0-9])qr(?![a-z0-9])|qr-?code|erweima|二[維维][码碼]|barcode", re.I)
"""Sign of a picture of a QR code, in its address or its alternative text."""
_SIGNS = (".md.png", "qr", "erweima", "二維", "二维", "barcode")
"""Parts of these signs, one of which each has."""
_COUNTING = late_pattern(r"<img\b[^<>]{0,600}?\b(?:width|height)\s*[=:]\s*['\"]?[01](?:px)?\b")
_URL = r"(?:https?://[^\s<>\"']{4,400})"
_ADDRESS_ALONE = late_pattern(
    rf"(?:<(?:br\s*/?|p|center)>|\s)*(?:<a\b[^<>]{{1,400}}>)?<?{_URL}>?(?:</a>|</p>|</center>|<br\s*/?>|\s)*"
)
OWN = late_pattern(r"/(?:blob|raw|tree|-/blob)/|\.md\b")
"""Sign of an address in a repository: that of the page in its mirror."""
_SHARING = late_pattern(
    r"分享|二[維维][码碼]|[长長]按|[扫掃][码碼描一]|[複复][制製]|[转轉][发發]|共有|シェア|공유|chia sẻ|поделит|скопир"
    r"|\b(?:share|qr|scan|copy|forward|partage[rz]?|teilen|compart\w{1,6}|condivid\w{1,4}|delen)\b",
    re.I,
)
_TELLS = late_pattern(r"[。.！!？?][\s”」』\"*_]*\Z")
"""End of a sentence, which may be one of an article."""
_BLOCK = late_pattern(r"</?(?:p|div|section|article|table|ul|ol|li|h[1-6]|blockquote|figure|pre)\b", re.I)
_OPENS = late_pattern(r"<(div|center|table|section|aside|p|figure|blockquote)\b", re.I)
_CLOSES = late_pattern(r"</(div|center|table|section|aside|p|figure|blockquote)>\s*\Z", re.I)
_BREAK = late_pattern(
    r"</?(?:p|div|td|tr|th|li|ul|ol|h[1-6]|section|center|table|figure|figcaption)\b[^<>]{0,400}>|<br\s*/?>"
)
_QUOTED = late_pattern(r"(?:> ?)+")
_IN_LINE = late_pattern(r"https?://[^\s<>()\[\]\"']{4,400}")
_NUMERIC = late_pattern(r"https?://\d{1,3}(?:\.\d{1,3}){3}\b")
_OWNER = late_pattern(r"https?://[^/\s?#]{4,80}/[^/\s?#()<>\[\]\"']{1,80}")
_SENTENCE = late_pattern(r"[。！？；，]|[.!?,;](?:\s|$)")

_PARTS = frozenset(("rule", "bar", "code", "address", "label", "sharing", "inviting", "picture", "neutral"))
"""Kinds of which an element that is the mirror's as a whole is made."""


@cache
def is_sharing(line: str) -> bool:
    """Return True if a line invites to share the page."""
    return _SHARING.search(line) is not None


def shows_code(line: str) -> bool:
    """Return True if a picture in a line is that of a QR code."""
    low = line.lower()
    return any(sign in low for sign in _SIGNS) and _CODE.search(line) is not None


class Mirror(NamedTuple):
    """Signs of a mirror's own links."""

    owners: frozenset[str] = frozenset()
    """Hosts, with the first part of the path, to which its bar of links leads."""
    headings: bool = False
    """True if all headings with links are the mirror's, because the article is HTML."""


def mirror_of(bar: str, text: str) -> Mirror:
    """Return the signs of the mirror with a bar of links in the text of a page.

    >>> mirror_of("[Home](https://git.example/ink/night/list.md) | [Talk](https://git.example/ink)", "<p>Paper.</p>")
    Mirror(owners=frozenset({'https://git.example/ink'}), headings=True)
    """
    return Mirror(frozenset(_OWNER.findall(bar)), "<p" in text or "<div" in text)


def trimmed(text: str, head: int, tail: int, mirror: Mirror) -> tuple[int, int]:
    """Return the start and end of the article between two positions, without the mirror's lines at its edges."""
    first = _joined([_line(text, start, end, mirror) for start, end in _lines(text, head, tail, EDGE)], text, mirror)
    for number in _taken(first):
        head = max(head, first[number].end)
    lines = [_line(text, start, end, mirror) for start, end in _lines_from_end(text, head, tail, EDGE)]
    last = _joined(lines[::-1], text, mirror)[::-1]
    if cut := _taken(last, upwards=True):
        tail = last[max(cut)].start
    return head, tail


_PLAIN = Mirror()


def goes_on(text: str, start: int) -> bool:
    """Return True if what is below the source line, up to the next bar of links, is text of an article."""
    length = 0
    for line in text[start:].split("\n"):
        piece = _line(line, 0, len(line), _PLAIN)
        if piece.kind == "bar" or length >= _PROSE:
            break
        words = _TAG.sub("", line).strip()
        if piece.kind == "text" and _SENTENCE.search(words):
            length += len(words)
    return length >= _PROSE


class _Line(NamedTuple):
    """Line of a page at an edge of its article, or an element in lines of its own."""

    start: int
    end: int
    kind: str
    """`heading`, `text`, or a member of `_PARTS`."""


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


def _line(text: str, start: int, end: int, mirror: Mirror) -> _Line:
    return _Line(start, end, _kind(text[start:end], mirror))


def _kind(line: str, mirror: Mirror) -> str:
    """Return the kind of a line, whatever is beside it."""
    if len(line) > LONGEST * 4:
        return "text"
    if quoted := _QUOTED.match(line):
        line = line[quoted.end() :]
    if RULE.fullmatch(line):
        return "rule"
    if _NEUTRAL.fullmatch(line) or (_COUNTING.search(line) and _PICTURE.fullmatch(line)):
        return "neutral"
    if line[0] in " \t":
        return "text"
    if _is_bar(line, mirror):
        return "bar"
    if _PICTURE.fullmatch(line):
        return "code" if _CODE.search(line) or _is_doubled(line) else "picture"
    if _ADDRESS_ALONE.fullmatch(line):
        return "code" if OWN.search(line) else "address"
    words = _TAG.sub("", line).strip()
    if len(words) > _SHORT or _BLOCK.match(line):
        return "text"
    if line.startswith("#"):
        return "heading"
    if (own := _IN_LINE.search(line)) and OWN.search(own[0]):
        return "code"
    return _by_words(words)


def _is_bar(line: str, mirror: Mirror) -> bool:
    """Return True for a line of links, a heading with one, or one link to the mirror itself or to a bare number."""
    if BAR.fullmatch(line) or (mirror.headings and line.startswith("#") and "](" in line):
        return True
    if not _ONE_LINK.fullmatch(line):
        return False
    return any(
        _NUMERIC.match(each) or ((owner := _OWNER.match(each)) and owner[0] in mirror.owners)
        for each in _IN_LINE.findall(line)
    )


def _by_words(words: str) -> str:
    ends = words.rstrip("*_ ")[-1:] in (":", "：")
    if not _SHARING.search(words):
        return "label" if ends else "text"
    return "sharing" if ends else "text" if _TELLS.search(words) else "inviting"


def _is_doubled(line: str) -> bool:
    """Return True if a picture's address is that of its link with a suffix."""
    found = _IN_LINE.findall(line)
    return len(found) > 1 and any(one != other and other.startswith(one) for one in found for other in found)


# --- elements in lines of their own -----------------------------------------------------------------------------------


def _joined(lines: Sequence[_Line], text: str, mirror: Mirror) -> list[_Line]:
    """Return the lines, with those of each element that is the mirror's as a whole as one."""
    out: list[_Line] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        last = _end_of_box(lines, at, text) if line.kind in ("text", "neutral") else -1
        kind = _kind_of_box(text[line.start : lines[last].end], mirror) if last >= 0 else "text"
        if kind != "text":
            out.append(_Line(line.start, lines[last].end, kind))
            at = last + 1
        else:
            out.append(line)
            at += 1
    return out


def _end_of_box(lines: Sequence[_Line], at: int, text: str) -> int:
    """Return the number of the line with the end of the element that a line begins with, or -1."""
    opening = _OPENS.match(text, lines[at].start, lines[at].end)
    if not opening:
        return -1
    tag = re.compile(rf"<(/?){opening[1]}\b", re.I)
    depth = 0
    for number in range(at, min(len(lines), at + _BOX_LINES)):
        if lines[number].end - lines[at].start > _BOX:
            break
        for each in tag.finditer(text, lines[number].start, lines[number].end):
            depth += -1 if each[1] else 1
        if depth <= 0:
            return number if _CLOSES.search(text[lines[number].start : lines[number].end]) else -1
    return -1


def _kind_of_box(box: str, mirror: Mirror) -> str:
    """Return the kind of an element: that of its only line, or "code" if it is for sharing the page as a whole."""
    kinds = [_kind(line.strip(), mirror) for line in _BREAK.sub("\n", box).split("\n") if line.strip()]
    kinds = [kind for kind in kinds if kind != "neutral"]
    if len(kinds) == 1:
        return "text" if kinds[0] in ("label", "address", "picture", "heading") else kinds[0]
    invites = "sharing" in kinds or "inviting" in kinds
    shows = "code" in kinds or ("picture" in kinds and "sharing" in kinds)
    if invites and shows and kinds.count("picture") < 2 and _PARTS.issuperset(kinds):
        return "code"
    return "bar" if kinds and set(kinds) == {"bar"} else "text"


# --- what is taken off ------------------------------------------------------------------------------------------------


def _taken(lines: Sequence[_Line], *, upwards: bool = False) -> list[int]:
    """Return the numbers of the lines at the beginning that are the mirror's, up to the first that is not."""
    down = -1 if upwards else 1
    found: list[int] = []
    for number, line in enumerate(lines):
        if line.kind == "neutral":
            continue
        above, below = _beside(lines, number, -down), _beside(lines, number, down)
        if not _is_mirrors(line.kind, above, below, at_end=upwards):
            break
        found.append(number)
    return found


def _is_mirrors(kind: str, above: str, below: str, *, at_end: bool) -> bool:
    """Return True if a line of a kind between two others is the mirror's."""
    if kind == "address":
        return above in ("label", "sharing")
    if kind == "label":
        return below in ("code", "address", "bar")
    if kind == "sharing":
        return below in ("code", "rule", "bar", "address", "picture", "")
    if kind == "inviting":
        return "code" in (above, below)
    if kind == "picture":
        return at_end and above in ("sharing", "code")
    if kind == "heading":
        return at_end
    return kind in ("rule", "bar", "code")


def _beside(lines: Sequence[_Line], number: int, step: int) -> str:
    """Return the kind of the next line in a direction that is not neutral."""
    number += step
    while 0 <= number < len(lines) and lines[number].kind == "neutral":
        number += step
    return lines[number].kind if 0 <= number < len(lines) else ""
