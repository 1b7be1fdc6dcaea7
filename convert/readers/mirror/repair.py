"""Mends what the mirror broke, before parsing; each repair is noted.

Every repair of markup keeps each line's length, so that places stay exact.  Repairs of characters may shorten a line:
there the columns after them do not count what was taken away.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from operator import itemgetter
from typing import NamedTuple

from convert.messages import Message, message
from convert.model import Note, Place
from convert.readers.mirror.dialect import Dialect
from convert.text import one_line, recompose

_RARE = re.compile(r"<(?:a |/(?:br|img|input)>)")
_LINK_END = re.compile(r"</a *>")
_LINK = re.compile(r"<a\s[^>]*+(?:>[^<]*+(?P<crossed></span>)?)?")
"""A link up to the next tag.  One match takes all that has no end of its own: none is tried again from the middle."""
_STRAY = re.compile(r"</(?:br|img|input)>")
_BREAK = re.compile(r"(?P<tag><br(?:[\s/][^<>]*)?>)(?P<at_once>\s*</br>)?|</br>")
_NO_TEXT = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?P<raw>script|style|template|textarea)\b.*?(?:</(?P=raw)\b|\Z)"
    r"|<(?:(?P<picture>img)\b|[A-Za-z/!?])(?:\"[^\"]*\"|'[^']*'|[^'\">])*+(?:>|['\"]|\Z)",
    re.I | re.S,
)
"""Comments, elements whose text nobody sees, tags."""
_ATTRIBUTE = re.compile(r"(?P<name>[^\s=/>\"']+)(?:\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s>\"']+))?")
_HEADING = re.compile(r"#{1,6} ([^\n]*)")
_PREFORMATTED = re.compile(r"<pre\b.*?</pre>", re.S)
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s]*)\)")
_ESCAPED_TAG = re.compile(
    r"&(?:amp;)?lt;(?P<tag>/?(?:a|article|aside|audio|b|big|blockquote|br|button|center|div|em|fig(?:caption|ure)|footer"
    r"|form|h[1-6r]|header|i|iframe|img|input|label|li|main|nav|ol|p|path|picture|script|section|small|source|span"
    r"|strong|style|su[bp]|svg|table|tbody|td|th|time|tr|u|ul|use|video))"
    r"(?P<rest>(?:\s(?:(?!&(?:amp;)?[lg]t;)[^<>]){0,4000})?/?)&(?:amp;)?gt;"
)
_ESCAPED_LINK = re.compile(r"&(?:amp;)?lt;a\s[^<>]{0,200}?href=[^<>\s]{0,10}?https?://")
"""Only a page with one of these had its markup escaped by mistake; others write of tags (docs/decisions/reading.md)."""

_ESCAPED_ENTITY = re.compile(
    r"&amp;(#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|nbsp|e[nm]sp|middot|bull|[lr][sd]quo|hellip|[nm]dash);"
)
"""Spaces and punctuation, which editors' programs write; who writes of a character names another."""

_ESCAPED = re.compile(r"&(?:lt;a\s|amp;(?:lt;a\s|#|[A-Za-z]{2,8};))")
_LATIN1 = re.compile(r"[\u0080-\u00ff]{2,}")
MOJIBAKE = 30
"""A page with as many of these in runs was written in another encoding than it was read in."""


PLAIN = Dialect(name="", nav="", label="", end="")


class Repaired(NamedTuple):
    """Mended HTML, and a note for each kind of repair."""

    html: str
    notes: list[Note]


def repair(content: str, dialect: Dialect = PLAIN, above: int = 0, *, composed: bool = False) -> Repaired:
    """Mends a page's content, above which stand `above` lines; `composed`: its characters are known to be usual."""
    notes: list[Note] = []

    def note(code: str, said: Message, at: int) -> None:
        line, column = content.count("\n", 0, at), at - content.rfind("\n", 0, at)
        notes.append(Note(code, said, Place(above + 1 + line, column)))

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
            start, end = match.span()
            content = content[:start] + f"<mirror-{kind}".ljust(end - start) + content[end:]
    if "#" in content:
        content = _unpromoted(content, notes, above)
    return Repaired(content, notes)


Tell = Callable[[str, Message, int], None]


def _misread(content: str, note: Tell) -> str:
    """UTF-8 that was read as Latin-1, read again: 21 pages of the real archive."""
    places = list(misread(content))
    if places:
        first = _LATIN1.search(content)
        assert first
        note("TXT004", message("misread-text", count=len(places)), first.start())
    out: list[str] = []
    last = 0
    for start, end, text in places:
        out += (content[last:start], text)
        last = end
    return "".join([*out, content[last:]])


def misread(content: str) -> Iterator[tuple[int, int, str]]:
    """The runs of UTF-8 that was read as Latin-1, each with its text read again; none on a page with only a few."""
    runs = list(_LATIN1.finditer(content))
    if sum(len(run[0]) for run in runs) >= MOJIBAKE:
        for run in runs:
            with suppress(UnicodeDecodeError):
                yield run.start(), run.end(), run[0].encode("latin-1").decode("utf-8")


def _normal(content: str, note: Tell) -> str:
    """Text in normal form C, its Han radicals and compatibility ideographs as the ideographs that they stand for.
    Addresses, names and scripts stay: written otherwise they are others."""
    if recompose(content)[0] == content:
        return content
    out: list[str] = []
    total = first = last = 0
    for start, end in _runs(content):
        mended, changed, at = recompose(content[start:end])
        if changed and not total:
            first = start + at
        total += changed
        out += (content[last:start], mended)
        last = end
    if total:
        code = ord(content[first])
        note("TXT005", message("compatibility-character", count=total, character=f"U+{code:04X}"), first)
    return "".join([*out, content[last:]])


def _runs(content: str) -> Iterator[tuple[int, int]]:
    """Where text stands that a reader sees, alternative texts of pictures too."""
    last = 0
    for match in _NO_TEXT.finditer(content):
        yield last, match.start()
        if match["picture"]:
            for attribute in _ATTRIBUTE.finditer(content, *match.span()):
                if attribute["value"] and attribute["name"].lower() in ("alt", "title"):
                    yield attribute.span("value")
        last = match.end()
    yield last, len(content)


def _escaped(content: str, note: Tell) -> str:
    """Markup that was escaped once more than it should be, and would be read out as text; preformatted text shows
    markup on purpose."""
    if _ESCAPED_LINK.search(_without(preformatted(content), content)):
        content, count, first = _outside(_ESCAPED_TAG, _unescaped, content)
        if first:
            note("HTM007", message("escaped-tag", count=count, tag=first[0][:40]), first.start())
    mended, count, first = _outside(_ESCAPED_ENTITY, lambda match: f"&{match[1]};", content)
    if first:
        note("HTM007", message("escaped-reference", count=count, reference=first[0]), first.start())
    return mended


def preformatted(content: str) -> list[tuple[int, int]]:
    """Where preformatted text stands, in order; without an end there is none."""
    if "<pre" not in content:
        return []
    end = content.rfind("</pre>") + len("</pre>")  # a search beyond would go through the rest for every start
    return [match.span() for match in _PREFORMATTED.finditer(content, 0, end)]


def within(spans: list[tuple[int, int]], at: int) -> bool:
    """Whether a place is inside one of `spans`, which are in order."""
    before = bisect_right(spans, at, key=itemgetter(0))
    return before > 0 and at < spans[before - 1][1]


def _without(spans: list[tuple[int, int]], content: str) -> str:
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(content)]
    return "".join(content[start:end] for start, end in zip(starts, ends, strict=True)) if spans else content


def _outside(
    pattern: re.Pattern[str], mend: Callable[[re.Match[str]], str], content: str
) -> tuple[str, int, re.Match[str] | None]:
    """`content` with each match outside preformatted text mended, how many there were, and the first."""
    kept = preformatted(content)
    found: list[re.Match[str]] = []

    def mended(match: re.Match[str]) -> str:
        if within(kept, match.start()):
            return match[0]
        found.append(match)
        return mend(match)

    content = pattern.sub(mended, content)
    return content, len(found), found[0] if found else None


def _unescaped(match: re.Match[str]) -> str:
    rest = html.unescape(match["rest"]).translate(_QUOTES)
    tag = f"<{match['tag']}{rest}"
    return f"{tag:{len(match[0]) - 1}}>"


_QUOTES = str.maketrans("“”″", '"""')


def _ends(content: str, note: Tell) -> str:
    """End tags put right.

    The mirror renamed the links of the article, `<a>` to `<ok>`, but not all of them, and their ends always.  Named
    `<a>` again they are what the HTML parser knows: a link goes on inside a figure, and ends where it should.
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
        # The parser passes over the others.  What stands here instead has the same length.
        content = _replaced(content, ended_breaks(content), "</br>", "<!-->").replace("</br>", "<br >")
    return content


def _replaced(content: str, places: list[int], old: str, new: str) -> str:
    """`content` with `new` for the `old` at each of `places`, which are in order."""
    out, last = [], 0
    for at in places:
        out.append(content[last:at])
        last = at + len(old)
    return new.join([*out, content[last:]])


def crossed_links(content: str, *where: int) -> Iterator[int]:
    """Where each `</span>` stands that ends a link; `where` to look, from and to, as in `re.Pattern.finditer`."""
    for match in _LINK.finditer(content, *where):
        if match["crossed"]:
            yield match.start("crossed")


def ended_breaks(content: str) -> list[int]:
    """Where each `</br>` stands that ends a `<br>`, as a program writes it that takes that for an element with content:
    it is nothing of its own.  Any other is a line break, as in browsers."""
    found: list[int] = []
    opened = 0
    for match in _BREAK.finditer(content):
        if match["at_once"]:
            found.append(match.end() - len("</br>"))
        elif match["tag"]:
            opened += not match["tag"].endswith("/>")
        elif opened:
            found.append(match.start())
            opened -= 1
    return found


def _unpromoted(content: str, notes: list[Note], above: int) -> str:
    """The content without the lines of the mirror's own Markdown, which leave blank ones of their length.

    They have links; all 47,601 such lines of the real archive are the mirror's.  A rule above them is no text.  A line
    without a link stays: an editor wrote it, and NAV006 tells it.
    """
    kept = preformatted(content)
    out: list[str] = []
    last = line = 0
    at = content.find("#")
    while at >= 0:
        start = at - (content[at - 1 : at] == " ")
        match = _HEADING.match(content, at) if content[start - 1 : start] == "\n" else None
        if match is None or within(kept, at):
            at = content.find("#", at + 1)
            continue
        told, end = match[1], match.end()
        if "](" in told:
            before = content[last:start]
            line += before.count("\n")
            text = before.rstrip("\n")
            if text.endswith("\n---"):
                before = text[:-3] + "   " + before[len(text) :]
            removed = one_line(_MARKDOWN_LINK.sub(r"\1 <\2>", html.unescape(told)))
            notes.append(Note("NAV004", message("promotion-inside"), Place(above + 1 + line, at - start + 1), removed))
            out += (before, " " * (end - start))
            last = end
        at = content.find("#", end)
    return "".join([*out, content[last:]])
