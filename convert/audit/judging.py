"""The judging of a file, in the sealed process: what kind it is, and the judge of that kind."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from convert.audit import css, epub, json_, markdown, mhtml, package, page, picture, text
from convert.audit.found import QUOTED, Found, Judged, Scope
from convert.audit.kinds import kind_of, kind_of_type, kinds_of, kinds_of_text
from convert.audit.markup import BrokenError, html_tags, other_tags, reads_alike, xml_tags
from convert.audit.vector import TRACKING, vectors
from convert.search.programs import is_own

LARGEST = 1 << 26
"""Most bytes of a document that is judged as a whole."""
MOST = 5_000
"""Most findings of a file, and most links in it that are listed."""


def judged(
    path: str, entry: str, files: frozenset[str] | None, name: str = "", own: frozenset[str] = frozenset()
) -> Judged:
    """Return the kind of a file, and what is found in it; never an exception.  It may be judged by another name.

    `own` are those of the `files` around it that are scripts of our own search.
    """
    loads: set[str] = set()
    scope = Scope(entry, files, judge=judge_inside, own=own, loads=loads)
    kind, found = "", []
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
        kinds = sorted(kinds_of(head, name or path))
        if name and kinds == [""]:
            kinds = sorted(kinds_of_text(head))
        kind = kind_of(head, name or path) or kinds[-1]
        links, table, tracked = 0, vectors(), set()
        for each in chain.from_iterable(judge_file(path, each, scope) for each in kinds):
            if table[each.vector].code[3] == "4":
                links += 1
                if links > MOST and (each.vector not in TRACKING or each.vector in tracked):
                    continue
                tracked.add(each.vector)
            found.append(each)
            if len(found) - min(links, MOST) >= MOST:
                found.append(Found("over-limits", f"{MOST}", entry=entry))
                break
        if links > MOST:
            found.append(Found("more-links", str(links - MOST), entry=entry))
    except MemoryError:
        found = [Found("over-limits", "memory", entry=entry)]
    except Exception as error:  # whatever a judge did not expect, the file is not sealed
        found.append(Found("broken-document", type(error).__name__, entry=entry))
    return Judged(kind, [_short(each) for each in dict.fromkeys(found)], sorted(loads))


def _short(found: Found) -> Found:
    quote = found.quote if len(found.quote) <= QUOTED else f"{found.quote[: QUOTED - 1]}…"
    quote = quote.encode("utf-8", "backslashreplace").decode()
    return Found(found.vector, quote, found.line, found.column, found.entry, found.object)


def judge_file(path: str, kind: str, scope: Scope) -> Iterator[Found]:
    """Yield what is found in a file of a kind."""
    if kind in CONTAINERS:
        yield from CONTAINERS[kind](path, scope)
        return
    if os.path.getsize(path) > LARGEST and kind not in INERT:
        yield Found("over-limits", f"{LARGEST >> 20} MB", entry=scope.entry)
        return
    with open(path, "rb") as file:
        yield from judge_bytes(file.read(), kind, scope)


def judge_bytes(data: bytes, kind: str, scope: Scope) -> Iterator[Found]:
    """Yield what is found in a document of a kind."""
    if kind in JUDGES:
        yield from JUDGES[kind](data, scope)
    elif kind not in INERT:
        yield Found("unknown-kind", "", entry=scope.entry)


def judge_inside(data: bytes, media_type: str, scope: Scope) -> Iterable[Found]:
    """Judge a document inside another, such as one in an address."""
    return judge_bytes(data, kind_of_type(media_type, data[:4096]), scope)


# --- markup and styles ------------------------------------------------------------------------------------------------


def _html(data: bytes, scope: Scope) -> Iterator[Found]:
    """Judge a page as a browser reads it, with and without scripts, and as another parser does: all must agree."""
    first = list(page.judge(html_tags(data), scope))
    yield from first
    yield from _escapes(data, scope)
    if b"<noscript" in data.lower() or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield from page.judge(html_tags(data, scripting=True), scope)
    seen = {(each.vector, each.quote) for each in first}
    for each in page.judge(other_tags(data), scope):
        if (each.vector, each.quote) not in seen:
            yield each
    if data.lstrip()[:5] == b"<?xml":
        yield from _as_xml(data, scope, seen)


def _escapes(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield signs by which programs read other markup: those of ISO-2022, and NUL, which some of them leave out."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"))
    for sign, quote in ((b"\x1b", "ISO-2022?"), (b"\0", "NUL")):
        at = data.find(sign)
        if at >= 0 and not (marked and quote == "NUL"):
            yield Found("broken-document", quote, data.count(b"\n", 0, at) + 1, 0, scope.entry)


def _as_xml(data: bytes, scope: Scope, seen: set[tuple[str, str]]) -> Iterator[Found]:
    try:
        for each in page.judge(xml_tags(data), scope, xml=True):
            if (each.vector, each.quote) not in seen:
                yield each
    except BrokenError:  # then no program reads it as XML
        return


def _xml(data: bytes, scope: Scope) -> Iterator[Found]:
    """Judge a page of XML, and as programs do that read it by the rules of HTML."""
    seen = set()
    try:
        for each in page.judge(xml_tags(data, page.silencer(scope)), scope, xml=True):
            seen.add((each.vector, each.quote))
            yield each
        if reads_alike(data):
            return
    except BrokenError as error:
        yield Found("broken-document", str(error), error.line, error.column, scope.entry)
    yield from _escapes(data, scope)
    for each in page.judge(html_tags(data), scope):
        if (each.vector, each.quote) not in seen and each.vector != "unknown-element":
            yield each


def _svg(data: bytes, scope: Scope) -> Iterator[Found]:
    try:
        yield from page.judge(xml_tags(data), scope, xml=True)
    except BrokenError as error:
        yield Found("broken-document", str(error), error.line, error.column, scope.entry)


def _css(data: bytes, scope: Scope) -> Iterator[Found]:
    """Judge a style sheet; one that is not ASCII in each encoding in which a sign may swallow a backslash after it."""
    yield from css.judge(text.decoded(data), scope)
    if b"\\" in data and not data.isascii():
        for encoding in ("gb18030", "big5", "shift_jis"):
            yield from css.judge(data.decode(encoding, "replace"), scope)


def _script(data: bytes, scope: Scope) -> Iterator[Found]:
    if not is_own(data):
        yield Found("script-file", scope.entry, entry=scope.entry)


def _pdf(data: bytes, scope: Scope) -> Iterator[Found]:
    from convert.audit import pdf  # pikepdf costs more to load than most files take

    yield from pdf.judge(data, scope)


def _web(form: str) -> Callable[[str, Scope], Iterator[Found]]:
    def judge(path: str, scope: Scope) -> Iterator[Found]:
        from convert.audit import web  # readers of web archives, which few files need

        yield from getattr(web, form)(path, scope)

    return judge


def _zip(path: str, scope: Scope) -> Iterator[Found]:
    yield from epub.judge(path, scope, judge_bytes)


JUDGES = {
    "html": _html,
    "xhtml": _xml,
    "svg": _svg,
    "css": _css,
    "xml": package.judge,
    "script": _script,
    "pdf": _pdf,
    "markdown": markdown.judge,
    "json": json_.judge,
    "text": text.judge,
    "picture": picture.judge,
    "mhtml": mhtml.judge,
}
"""Judges of documents by kind."""
CONTAINERS: dict[str, Callable[[str, Scope], Iterator[Found]]] = {
    "zip": _zip,
    **{form: _web(form) for form in ("warc", "wacz", "zim")},
}
"""Judges of files that hold others, by kind; they take a path."""
INERT = frozenset({"inert", "font", "recording"})
"""Kinds in which nothing can load or run by itself."""
