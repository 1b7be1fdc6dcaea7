"""Repairs of what the mirror broke, made before parsing; each kind is reported in a note.

Repairs of markup do not change the length of a line, so that positions stay exact.  Repairs of characters may shorten
a line: columns after them count from the shortened line.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from operator import itemgetter
from typing import NamedTuple

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import AsideKind, Note, Place
from convert.readers.mirror.dialect import Dialect
from convert.text import one_line, recompose

_PARAGRAPH_TAG = late_pattern(r"<(?P<close>/)?p\b[^>]{0,400}>")
_TEXT_PARAGRAPH = late_pattern(r"<p\b[^>]{0,400}>\s{0,400}[^<\s]")
_RARE = late_pattern(r"<(?:a |/(?:br|img|input)>)")
_LINK_END = late_pattern(r"</a *>")
_LINK = late_pattern(r"<a\s[^>]*+(?:>[^<]*+(?P<crossed></span>)?)?")
"""Link up to the next tag.  It matches without an end too, so that an unclosed tag is scanned only once."""
_STRAY = late_pattern(r"</(?:br|img|input)>")
_BREAK = late_pattern(r"<(?:(?P<tag>br(?:[\s/][^<>]*)?>)(?P<at_once>\s*</br>)?|/br>)")
_NO_TEXT = late_pattern(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?P<raw>script|style|template|textarea)\b.*?(?:</(?P=raw)\b|\Z)"
    r"|<(?:(?P<picture>img)\b|[A-Za-z/!?])[^'\">]*+(?:(?:\"[^\"]*+\"|'[^']*+')[^'\">]*+)*+(?:>|['\"]|\Z)",
    re.I | re.S,
)
"""Comments, elements whose text is invisible, and tags."""
_ATTRIBUTE = late_pattern(r"(?P<name>[^\s=/>\"']+)(?:\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s>\"']+))?")
_HEADING = late_pattern(r"#{1,6} ([^\n]*)")
_LINKED = late_pattern(r"\]\(")
_NUMBERED = late_pattern(r"\]\(\s*(?:https?://)?\d{1,3}(?:\.\d{1,3}){3}\b")
"""Link to a host that is a number."""
_PREFORMATTED = late_pattern(r"<pre\b.*?</pre>", re.S)
_MARKDOWN_LINK = late_pattern(r"\[([^\]\n]*)\]\(([^)\s]*)\)")
_ESCAPED_TAG = late_pattern(
    r"&(?P<twice>amp;)?lt;(?P<tag>/?(?:a|article|aside|audio|b|big|blockquote|body|br|button|center|div|em|fig(?:caption|ure)|footer"
    r"|form|h[1-6r]|header|html|i|iframe|img|input|label|li|main|nav|ol|p|path|picture|script|section|small|source|span"
    r"|strong|style|su[bp]|svg|table|tbody|td|th|time|tr|u|ul|use|video))"
    r"(?P<rest>(?:\s(?:(?(twice)(?!&(?:amp;)?[lg]t;)|(?!&[lg]t;))[^<>]){0,4000})?/?)&(?(twice)amp;)gt;"
)
"""Tag that was escaped once or twice too often; an attribute of one that was escaped once may hold others."""
_ESCAPED_COMMENT = late_pattern(r"&lt;!--((?:(?!--)[^<>]){0,2000})--&gt;")
_ESCAPED_LINK = late_pattern(
    r"&(?:amp;)?lt;(?:a\s[^<>]{0,200}?href|div\s[^<>]{0,200}?data-[\w\-]*src)=[^<>\s]{0,10}?https?://"
)
"""Sign that markup was escaped by mistake; pages without it write about tags (docs/decisions/reading.md)."""

_ESCAPED_ENTITY = late_pattern(
    r"&amp;(#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|nbsp|e[nm]sp|middot|bull|[lr][sd]quo|hellip|[nm]dash);"
)
"""Spaces and punctuation, which editing programs write; a text about references uses others."""

_ESCAPED = late_pattern(r"&(?:lt;(?:a|div)\s|amp;(?:lt;(?:a|div)\s|#|[A-Za-z]{2,8};))")
_LATIN1 = late_pattern(r"[\u0080-\u00ff]{2,}")
MOJIBAKE = 30
"""Number of Latin-1 characters in runs from which on a page counts as decoded with the wrong encoding."""


PLAIN = Dialect(name="", nav="", label="", end="")


class Repaired(NamedTuple):
    """Repaired HTML, and a note for each kind of repair."""

    html: str
    notes: list[Note]


def repair(
    content: str, dialect: Dialect = PLAIN, above: int = 0, *, composed: bool = False, markdown: bool = False
) -> Repaired:
    """Return the repaired content of a page, which has `above` lines above it.

    `composed` is True if `text.is_usual` holds for the page: its characters need no repair.  `markdown` is True if the
    content is Markdown, in which headings are the article's unless they lead to a host that is a number.
    """
    notes: list[Note] = []

    def note(code: str, problem: Message, at: int) -> None:
        line, column = content.count("\n", 0, at), at - content.rfind("\n", 0, at)
        notes.append(Note(code, problem, Place(above + 1 + line, column)))

    if "\u00e4" in content or "\u00e5" in content or "\u00e6" in content:
        content = _misread(content, note)
    if not composed:
        content = _normal(content, note)
    if _ESCAPED.search(content):
        content = _escaped(content, note)
    if _RARE.search(content):
        content = _ends(content, note)
    if "<ok " in content or "</ok>" in content:
        content = content.replace("<ok ", "<a  ").replace("</ok>", "</a >")
    for tag, kind in dialect.asides.items():
        if match := tag.search(content):
            content = _aside(content, match, kind)
    for line in dialect.drop:
        content = _dropped(content, line, notes, above)
    if "#" in content:
        content = _unpromoted(content, notes, above, _NUMBERED if markdown else _LINKED)
    return Repaired(content, notes)


def _aside(content: str, match: re.Match[str], kind: AsideKind) -> str:
    """Return the content with an aside that begins with the start tag of `match`.

    It ends with the paragraph of its `call` if paragraphs with text follow, else with the content: end tags after it
    are often surplus.  Its end tag is written at the end of a line if possible, so that no position changes.
    """
    start, end = match.span()
    last = match.end("call")
    opened = sum(-1 if tag["close"] else 1 for tag in _PARAGRAPH_TAG.finditer(content, start, last))
    for tag in _PARAGRAPH_TAG.finditer(content, last) if opened else ():
        opened += -1 if tag["close"] else 1
        last = tag.end()
        if opened == 0:
            break
    if following := _TEXT_PARAGRAPH.search(content, last):
        at = max(last, content.rfind("\n", 0, following.start()))
        content = f"{content[:at]}</mirror-{kind}>{content[at:]}"
    return content[:start] + f"<mirror-{kind}".ljust(end - start) + content[end:]


AddNote = Callable[[str, Message, int], None]
"""Function that adds a note with a rule's code, a message and a position in the content."""


def _misread(content: str, note: AddNote) -> str:
    """Return the content with UTF-8 that was decoded as Latin-1 corrected: 21 pages of the real archive have some."""
    runs = list(misread(content))
    if runs:
        first = _LATIN1.search(content)
        assert first
        note("TXT004", message("misread-text", count=len(runs)), first.start())
    out: list[str] = []
    last = 0
    for start, end, text in runs:
        out += (content[last:start], text)
        last = end
    return "".join([*out, content[last:]])


def misread(content: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and correct text of each run of UTF-8 decoded as Latin-1, if a page has enough of them."""
    runs = list(_LATIN1.finditer(content))
    if sum(len(run[0]) for run in runs) >= MOJIBAKE:
        for run in runs:
            with suppress(UnicodeDecodeError):
                yield run.start(), run.end(), run[0].encode("latin-1").decode("utf-8")


def _normal(content: str, note: AddNote) -> str:
    """Return the content with its text recomposed (`text.recompose`).

    Addresses, attribute names and scripts are not changed, because that would change their meaning.
    """
    if recompose(content)[0] == content:
        return content
    out: list[str] = []
    total = first = last = 0
    for start, end in _runs(content):
        text, changed, at = recompose(content[start:end])
        if changed and not total:
            first = start + at
        total += changed
        out += (content[last:start], text)
        last = end
    if total:
        code = ord(content[first])
        note("TXT005", message("compatibility-character", count=total, character=f"U+{code:04X}"), first)
    return "".join([*out, content[last:]])


def _runs(content: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each run of visible text, including alternative texts and titles of pictures."""
    last = 0
    for match in _NO_TEXT.finditer(content):
        yield last, match.start()
        if match["picture"]:
            for attribute in _ATTRIBUTE.finditer(content, *match.span()):
                if attribute["value"] and attribute["name"].lower() in ("alt", "title"):
                    yield attribute.span("value")
        last = match.end()
    yield last, len(content)


def _escaped(content: str, note: AddNote) -> str:
    """Return the content with markup unescaped that was escaped once too often, and would show as text.

    Preformatted text is not changed: it shows markup on purpose.
    """
    if _ESCAPED_LINK.search(_without(preformatted(content), content)):
        content = _outside(_ESCAPED_COMMENT, lambda match: f"<!--{match[1]}      -->", content)[0]
        content, count, first = _outside(_ESCAPED_TAG, _unescaped, content)
        if first:
            note("HTM007", message("escaped-tag", count=count, tag=first[0][:40]), first.start())
    content, count, first = _outside(_ESCAPED_ENTITY, lambda match: f"&{match[1]};", content)
    if first:
        note("HTM007", message("escaped-reference", count=count, reference=first[0]), first.start())
    return content


def preformatted(content: str) -> list[tuple[int, int]]:
    """Return start and end of each `<pre>` element, in order; one without an end tag is ignored."""
    if "<pre" not in content:
        return []
    end = content.rfind("</pre>") + len("</pre>")  # without this limit, each unclosed <pre> would scan the rest
    return [match.span() for match in _PREFORMATTED.finditer(content, 0, end)]


def within(spans: list[tuple[int, int]], at: int) -> bool:
    """Return True if a position is inside one of `spans`, which are in order."""
    before = bisect_right(spans, at, key=itemgetter(0))
    return before > 0 and at < spans[before - 1][1]


def _without(spans: list[tuple[int, int]], content: str) -> str:
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(content)]
    return "".join(content[start:end] for start, end in zip(starts, ends, strict=True)) if spans else content


def _outside(
    pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], content: str
) -> tuple[str, int, re.Match[str] | None]:
    """Return `content` with each match outside preformatted text replaced, their number, and the first match."""
    spans = preformatted(content)
    matches: list[re.Match[str]] = []

    def replace(match: re.Match[str]) -> str:
        if within(spans, match.start()):
            return match[0]
        matches.append(match)
        return replacement(match)

    content = pattern.sub(replace, content)
    return content, len(matches), matches[0] if matches else None


def _unescaped(match: re.Match[str]) -> str:
    rest = _CURLY.sub(r'="\1"', html.unescape(match["rest"]))
    tag = f"<{match['tag']}{rest}"
    return f"{tag:{len(match[0]) - 1}}>"


_CURLY = late_pattern('=\\s*[“”″]([^“”″"]*)[“”″]')
"""Value between curly quotation marks, which an editing program wrote for straight ones."""


def _ends(content: str, note: AddNote) -> str:
    """Return the content with its end tags repaired.

    The mirror renamed `<a>` to `<ok>` in some links of the article, and changed the end tags of all of them.  With
    `<a>` and `</a>` again, the HTML parser continues a link inside a figure and ends it in the right place.
    """
    crossed = content.count("<a ") - len(_LINK_END.findall(content))
    if crossed > 0:
        ended = [*crossed_links(content)]
        content = _replaced(content, ended, "</span>", "</a   >")
    if crossed > 0 and (ended or "</ok>" in content):
        note("HTM001", message("crossed-markup", count=crossed), content.find("<a "))
    if stray := _STRAY.search(content):
        count = len(_STRAY.findall(content))
        note("HTM006", message("stray-end-tag", count=count, tag=stray[0]), stray.start())
        # The parser ignores the other stray end tags.  Each replacement has the length of what it replaces.
        content = _replaced(content, ended_breaks(content), "</br>", "<!-->").replace("</br>", "<br >")
    return content


def _replaced(content: str, positions: list[int], old: str, new: str) -> str:
    """Return `content` with `new` instead of `old` at each of `positions`, which are in order."""
    out, last = [], 0
    for at in positions:
        out.append(content[last:at])
        last = at + len(old)
    return new.join([*out, content[last:]])


def crossed_links(content: str, *where: int) -> Iterator[int]:
    """Yield the position of each `</span>` that ends a link; `where` is the range, as in `re.Pattern.finditer`."""
    for match in _LINK.finditer(content, *where):
        if match["crossed"]:
            yield match.start("crossed")


def ended_breaks(content: str) -> list[int]:
    """Return the position of each `</br>` that closes a `<br>`, and so is no line break itself.

    Programs that take `<br>` for an element with content write it.  Any other `</br>` is a line break, as in browsers.
    """
    positions: list[int] = []
    opened = 0
    for match in _BREAK.finditer(content):
        if match["at_once"]:
            positions.append(match.end() - len("</br>"))
        elif match["tag"]:
            opened += not match["tag"].endswith("/>")
        elif opened:
            positions.append(match.start())
            opened -= 1
    return positions


def _dropped(content: str, line: re.Pattern[str], notes: list[Note], above: int) -> str:
    """Return the content with the lines that match replaced by spaces; `line` matches after the white space of one."""

    def blank(match: re.Match[str]) -> str:
        if not line.match(content, match.end("space"), match.end()):
            return match[0]
        place = Place(above + 1 + content.count("\n", 0, match.start()), len(match["space"]) + 1)
        problem = message("page-furniture", kind=message("aside-furniture"))
        notes.append(Note("NAV005", problem, place, one_line(html.unescape(match[0]))))
        return " " * len(match[0])

    return _LINE.sub(blank, content)


_LINE = late_pattern(r"^(?P<space>[ \t]*)\S[^\n]*$", re.M)


def _unpromoted(content: str, notes: list[Note], above: int, promoted: re.Pattern[str]) -> str:
    """Return the content with the mirror's own Markdown headings, and a rule above them, replaced by spaces.

    These headings have links, which `promoted` finds: all 47,601 such lines of the real archive are the mirror's.  A
    heading without a link is not changed, because an editor wrote it; NAV006 reports it.
    """
    spans = preformatted(content)
    out: list[str] = []
    last = line = 0
    at = content.find("#")
    while at >= 0:
        start = at - (content[at - 1 : at] == " ")
        match = _HEADING.match(content, at) if content[start - 1 : start] == "\n" else None
        if match is None or within(spans, at):
            at = content.find("#", at + 1)
            continue
        heading, end = match[1], match.end()
        if promoted.search(heading):
            before = content[last:start]
            line += before.count("\n")
            text = before.rstrip("\n")
            if text.endswith("\n---"):
                before = text[:-3] + "   " + before[len(text) :]
            removed = one_line(_MARKDOWN_LINK.sub(r"\1 <\2>", html.unescape(heading)))
            notes.append(Note("NAV004", message("promotion-inside"), Place(above + 1 + line, at - start + 1), removed))
            out += (before, " " * (end - start))
            last = end
        at = content.find("#", end)
    return "".join([*out, content[last:]])
