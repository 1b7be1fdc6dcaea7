"""Splitting of a mirror's page by the text lines of its wrapper.

The HTML container of the body is not used, because its end tag is often in the wrong place.  The wrapper's lines were
right for all 123,259 articles of the real archive (docs/decisions/reading.md).
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from convert.late import late_pattern
from convert.model import NavLink
from convert.readers.mirror import edges, family
from convert.readers.mirror.dialect import Dialect
from convert.readers.mirror.dialects import DIALECTS
from convert.readers.mirror.family import UNKNOWN as UNKNOWN

TITLE = "### "
LABELS = tuple(dict.fromkeys(dialect.label for dialect in DIALECTS.values()))
LEAST = 40
"""Number of characters below which an article may be empty."""
TOP = 40
"""Number of lines among which the title is, in a dialect that a user describes."""
TAIL = 2000
"""Number of characters at the end of a page that are searched for the source line before the whole page is."""

BODIES = ('id="artbody"', "\n#### [首页](../../../..")

_LINK = late_pattern(
    r"\[\[?(?P<label>[^\[\]\n]*)\]?\]\((?P<target>[^)\s]*)\)"
    r"|<a\b[^<>\n]*?\bhref\s*=\s*(?P<quote>['\"]?)(?P<href>[^'\"<>\s]*)(?P=quote)[^<>\n]*>(?P<words>[^<\n]*)</a>"
)
"""Link of the mirror's own, in Markdown or HTML."""
_MARKDOWN_LINK = late_pattern(r"\[\[?([^\[\]\n]*)\]?\]\(([^)\s]*)\)")


class Page(NamedTuple):
    """Parts of a mirror's page; lines count from 1."""

    dialect: Dialect
    title: str
    title_span: tuple[int, int]
    """Start and end of the title in the text."""
    above: str
    """Text between the title and the content."""
    nav: tuple[tuple[NavLink, tuple[int, int]], ...]
    """Mirror's own links with their lines and columns, counted from the beginning of the content."""
    content: str
    content_start: int
    """Position of the content in the text."""
    content_line: int
    """Number of lines above the content."""
    address: str
    address_line: int
    share: str
    """Text between the article and the source line: the mirror's own lines for sharing the page."""
    tail: str
    """Text after the source line."""
    tail_line: int
    """Line in which the tail begins."""


def sniff(text: str) -> tuple[str, str] | None:
    """Return title and original address of a mirror's article without parsing it; None if the text is not one."""
    if not text.startswith(TITLE):
        return None
    title = text.partition("\n")[0].removeprefix(TITLE)
    label, at = last_label(text)
    if not label:
        label, at = family.source_line(text)
    if label:
        return title, family.address(text[at + len(label) :].partition("\n")[0])
    # A page that has a body but lost its source line is still an article.
    return (title, "") if any(mark in text for mark in BODIES) or family.is_cut_short(text) else None


def last_label(text: str) -> tuple[str, int]:
    """Return the label of the source line, which is the last line that begins with one, and its position.

    Without such a line, return "" and -1.
    """
    for start in (max(0, len(text) - TAIL), 0):
        best, at = "", -1
        for label in LABELS:
            if (position := text.rfind(label, start)) > at:
                best, at = label, position
        if best:
            break
    return best, at


def recognise(text: str) -> Dialect | None:
    """Return the dialect of `text`, by the lines that identify it; None if it is unknown."""
    label, at = last_label(text)
    address = text[at + len(label) :].partition("\n")[0] if label else ""
    for dialect in DIALECTS.values():
        if (dialect.label == label or not label) and dialect.host in address and _holds(text, dialect.recognise):
            return dialect
    return None


def _holds(text: str, marks: tuple[str, ...]) -> bool:
    """Return True if a text contains each of `marks`."""
    for mark in marks:  # noqa: SIM110 -- `all` would cost a generator for each dialect
        if mark not in text:
            return False
    return True


class _Frame(NamedTuple):
    """Positions of a page's parts in its text."""

    dialect: Dialect
    """Dialect of the page; an unknown one with what the page shows of it."""
    nav: int
    """Position of the mirror's own links, or -1."""
    head: int
    end: int
    """Start and end of the content."""
    source: int
    """Position before the source line; end of the text if there is none."""
    tail: int
    """End of the mirror's lines between the content and the source line."""
    after: int
    """Start of what is below the source line."""
    address: str


def fits(text: str, dialect: Dialect) -> bool:
    """Return True if a page is of a dialect that a user describes."""
    return not lacking(text, dialect)


def lacking(text: str, dialect: Dialect) -> tuple[str, str] | None:
    """Return what a page must have to be of a dialect that a user describes, by key and text; None if it has all."""
    label = text.rfind(dialect.label)
    if label < 0:
        return "source", dialect.label[1:]
    if dialect.host not in text[label + len(dialect.label) :].partition("\n")[0]:
        return "host", dialect.host
    if dialect.nav and _find_links(text, dialect.nav, 0, len(text)) < 0:
        return "links", dialect.nav[1:]
    if dialect.start not in text:
        return "start", dialect.start[1:]
    if other := next((mark for mark in dialect.recognise if mark not in text), ""):
        return "contains", other
    return ("title", dialect.title[0]) if _title(text, dialect) is None else None


def _title(text: str, dialect: Dialect) -> tuple[int, int] | None:
    """Return the start and end of the line with the title; None if there is none."""
    before, after = dialect.title
    if before == TITLE and text.startswith(TITLE):
        return 0, len(text.partition("\n")[0])
    start = 0
    for _ in range(TOP):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text.startswith(before, start) and text[start:end].rstrip().endswith(after):
            return start, end
        if end == len(text):
            break
        start = end + 1
    return None


def split_page(text: str, dialect: Dialect) -> Page:
    """Return the parts of a page; a part that is missing is empty."""
    first, last = _title(text, dialect) or (0, len(text.partition("\n")[0]))
    dialect, start, head, end, source, tail, after, address = _frame(text, dialect)
    above = text.count("\n", 0, head)
    below = above + text.count("\n", head, tail) + 1
    nav = _links(text, dialect.nav, 0, head, above) if start >= 0 else []
    if after < len(text):
        above_content = {link for link, _ in nav}
        nav += [each for each in _links(text, dialect.nav, after, len(text), above) if each[0] not in above_content]
    before, behind = dialect.title
    title = text[first:last].removeprefix(before).removesuffix(behind)
    begins = first + len(before) if text.startswith(before, first) else first
    return Page(
        dialect=dialect,
        title=title,
        title_span=(begins, begins + len(title)),
        above=text[:first] + text[last:head],
        nav=tuple(nav),
        content=text[head:end],
        content_start=head,
        content_line=above,
        address=address,
        address_line=(below if source == tail else text.count("\n", 0, source) + 1) + 1 if address else 0,
        share=text[end:tail],
        tail=text[after:],
        tail_line=below + text.count("\n", tail, after),
    )


def _frame(text: str, dialect: Dialect) -> _Frame:
    """Return where the parts of a page are."""
    label, source = (dialect.label, text.rfind(dialect.label)) if dialect.label else last_label(text)
    if source < 0 and dialect is UNKNOWN:
        label, source = family.source_line(text)
    after, address = len(text), ""
    if source < 0:
        source = len(text)
    else:
        after = text.find("\n", source + len(label))
        after = len(text) if after < 0 else after
        address = _address(text[source + len(label) : after].strip(), dialect)
    if dialect is UNKNOWN:
        dialect = family.described(text, label, address)
    start, head, end = _content(text, dialect, source)
    if end - head < LEAST and not text[head:end].strip() and text[after:].strip():
        head = after  # the source line is above the article
    elif dialect.name != UNKNOWN.name or not edges.goes_on(text, after):
        return _Frame(dialect, start, head, end, source, source, after, address)
    head, end = edges.trimmed(text, head, len(text), _mirror(text, dialect, start))
    return _Frame(dialect, start, head, end, source, end, end, address)


def _address(rest: str, dialect: Dialect) -> str:
    """Return the address in what follows the label of a source line."""
    if dialect.label_end:
        whole = rest.removesuffix(dialect.label_end)
        rest = whole if whole != rest else rest.partition(dialect.label_end)[0]
    if dialect.name in DIALECTS:
        return rest.strip()
    rest = rest.strip() if rest.startswith("http") and dialect is not UNKNOWN else family.address(rest)
    return html.unescape(rest) if "href" in dialect.label else rest


def _content(text: str, dialect: Dialect, tail: int) -> tuple[int, int, int]:
    """Return the position of the line before the content, or -1, and the start and end of the content."""
    start = _find_links(text, dialect.nav, 0, tail)
    head = text.find("\n", start + 1) if start >= 0 else text.find("\n") + 1
    if not (dialect.title[0] == TITLE and text.startswith(TITLE)) and (title := _title(text, dialect)):
        head = max(head, title[1])
    if dialect.trim and not dialect.start:
        return start, *edges.trimmed(text, head if head > 0 else tail, tail, _mirror(text, dialect, start))
    if dialect.start and (start := text.find(dialect.start, 0, tail)) >= 0:
        head = text.find("\n", start + 1, tail)
        head = tail if head < 0 else head
    end = text.rfind(dialect.end, head, tail + 1)
    end = tail if end < 0 else min(tail, end + 1)
    if dialect.trim or (edges.is_sharing(dialect.end) and _repeats(text, dialect.end, head, end)):
        head, end = edges.trimmed(text, head, end, _mirror(text, dialect, start))
    return start, head, end


def _mirror(text: str, dialect: Dialect, start: int) -> edges.Mirror:
    """Return the signs of the mirror's own links: those in the line that begins at `start`, or else in the last one."""
    at = start if start >= 0 else text.rfind(dialect.nav) if dialect.nav else -1
    return edges.mirror_of(text[at + 1 :].partition("\n")[0] if at >= 0 else "", text)


def _repeats(text: str, mark: str, head: int, end: int) -> bool:
    """Return True if a line is also near an edge of the content, where looking for it costs little."""
    return text.find(mark, head, min(end, head + TAIL)) >= 0 or text.find(mark, max(head, end - TAIL), end) >= 0


def content(text: str, dialect: Dialect) -> str:
    """Return only the content of a page, without the mirror's promotion."""
    frame = _frame(text, dialect)
    article = text[frame.head : frame.end]
    return _PROMOTION.sub("", article) if "\n#" in article or "\n #" in article else article


_PROMOTION = late_pattern(r"^ ?#{1,6} .*$", re.MULTILINE)


def _find_links(text: str, nav: str, start: int, end: int) -> int:
    """Return the position before the first line of the mirror's own links, or -1; they may be in the first line."""
    if not nav:
        return -1
    return 0 if not start and text.startswith(nav[1:]) else text.find(nav, start, end)


def _links(text: str, nav: str, start: int, end: int, above: int) -> list[tuple[NavLink, tuple[int, int]]]:
    """Return the links, with their positions, in the first line of the mirror's own links between `start` and `end`."""
    start = _find_links(text, nav, start, end)
    if start < 0:
        return []
    stop = text.find("\n", start + 1)
    begins = start + text.startswith("\n", start)
    line = text.count("\n", 0, begins) + 1 - above
    return [
        (NavLink(label, html.unescape(target) if text[at - 1] in "'\"=" else target), (line, begun - begins))
        for begun, label, target, at in own_links(text, start, len(text) if stop < 0 else stop)
    ]


def own_links(text: str, start: int, end: int) -> Iterator[tuple[int, str, str, int]]:
    """Yield the position, label and target of each link between two positions, and the position of its target."""
    if text.find("<a", start, end) < 0:  # as on most pages; this pattern begins with a literal, which is found faster
        for match in _MARKDOWN_LINK.finditer(text, start, end):
            label, target = match.groups()
            if label := label.strip():
                yield match.start(), label, target, match.start(2)
        return
    for match in _LINK.finditer(text, start, end):
        name, label = ("href", html.unescape(match["words"])) if match["label"] is None else ("target", match["label"])
        if label.strip():
            yield match.start(), label.strip(), match[name], match.start(name)
