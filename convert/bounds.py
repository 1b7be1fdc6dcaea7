"""Bounds on the work of reading one document, counted and never timed, so that they are the same on every machine.

Time catches only what is no work of reading: see `convert/runner/watch.py`.
"""

import re
from collections import Counter

from convert.errors import DocumentError
from convert.late import late_pattern
from convert.messages import Message, message

MAX_JSON_DEPTH = 400
"""Deepest nesting of lists and objects in JSON; the deepest article that a reader makes has 290."""
MAX_NODES = 500_000
"""Most parts of a document: tags of HTML, objects of JSON, blocks and inlines of Markdown; the largest real page has a
tenth."""
MAX_EXPLAINED = 20_000
"""Most objects of JSON for which a violation of the schema is explained by the slow validator."""
MAX_STEPS = 4_000_000
"""Most steps of the Markdown parser, which goes back to the same characters again and again."""
MAX_EXPANDED = 1_000_000
"""Most characters that the link references of a document may add to its text."""

MAX_REPEATED = 2_000_000
"""Most parts that the HTML parser may make by repeating marks left open; the real page with the most has a sixtieth."""

_ROUNDS = 24
_OTHERS = bytes(set(range(256)) - set(b'[]{}"'))
_STRING = late_pattern(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_TOKEN = late_pattern(rb"%b|[\[\]{}]" % _STRING.pattern, re.DOTALL)
_ATTRIBUTES = r"(?:\s+[^\s<>\"'=/]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"'=]+))?)*+\s*+"
_MARK = late_pattern(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)"
    rf"(?:(?P<plain>{_ATTRIBUTES})>(?P<closed>[^<>]*+</\1>)?|[\s/>])",
    re.IGNORECASE,
)
"""Start tag that the HTML parser repeats in each paragraph until it is closed, with its end if that follows at once."""
_ALIKE = 3
"""Most marks of the same name and attributes that the HTML parser repeats."""


def json_too_deep(data: bytes) -> int:
    """Return the offset of the first list or object that is nested too deeply, -1 if there is none.

    >>> json_too_deep(b"[" * 400), json_too_deep(b"[" * 401), json_too_deep(b'{"a": "' + b"[" * 500 + b'"}')
    (-1, 400, -1)
    """
    if data.count(b"[") + data.count(b"{") <= MAX_JSON_DEPTH:  # as of most articles
        return -1
    brackets = data.translate(None, _OTHERS).replace(b'""', b"")
    if b'"' in brackets or b'\\"' in data:  # there may be brackets in strings, which count for nothing
        brackets = _STRING.sub(b"", data).translate(None, _OTHERS)
    for _ in range(_ROUNDS):  # the innermost pairs go, which costs less than looking at each bracket
        if len(brackets) <= MAX_JSON_DEPTH:
            return -1
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    depth = 0
    for token in _TOKEN.finditer(data):
        if token[0] in (b"[", b"{"):
            depth += 1
            if depth > MAX_JSON_DEPTH:
                return token.start()
        elif token[0] in (b"]", b"}"):
            depth -= 1
    return -1


def has_too_many_parts(data: bytes, mark: bytes) -> bool:
    """Return whether a document has more parts than a parser may make; `mark` begins each of them, if not empty."""
    return bool(mark) and len(data) > MAX_NODES and data.count(mark) > MAX_NODES


def repeats_too_much(html: str) -> bool:
    """Return whether the HTML parser might make too many parts by repeating marks left open.

    >>> marks = "".join(f"<b id={number}>" for number in range(1000))
    >>> repeats_too_much("<p>" + marks + "<p>t" * 2000), repeats_too_much("<p><b>" + "<p>t" * 2000)
    (True, False)
    """
    tags = html.count("<")
    if tags * tags <= MAX_REPEATED:
        return False
    alike: Counter[str] = Counter()
    others = 0
    for mark in _MARK.finditer(html):
        if mark["plain"] is None:
            others += 1
        elif not mark["closed"]:
            alike[mark[0].lower()] += 1
    return tags * (others + sum(min(_ALIKE, count) for count in alike.values())) > MAX_REPEATED


def too_complex(why: Message) -> DocumentError:
    """Return the error for a document that takes more work than any article."""
    return DocumentError("SRC014", why, 1, 1)


def check_json_depth(text: str) -> None:
    """Refuse JSON that is nested too deeply for the functions that walk it.

    Raises:
        DocumentError: SRC007, with the position.
    """
    data = text.encode("utf-8", "surrogatepass")
    if (at := json_too_deep(data)) >= 0:
        before = data[:at].decode("utf-8", "surrogatepass")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise DocumentError("SRC007", message("json-too-deep", limit=MAX_JSON_DEPTH), line, column)
