"""Tags, comments and definitions of a document, as different programs read it: by HTML's rules, and by those of XML.

Names are in lower case; those of XML have the prefixes that the vocabulary gives to namespaces.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

from convert.audit.vocabulary import NAMESPACES
from convert.text import is_utf8


class Tag(NamedTuple):
    """Start of an element, with its text if that is a style or a script."""

    name: str
    attributes: list[tuple[str, str]]
    line: int = 0
    column: int = 0
    text: str = ""


class Aside(NamedTuple):
    """Comment, instruction or definition: `kind` is `comment`, `pi`, `doctype`, `entity`, `parameter` or `encoding`."""

    kind: str
    name: str
    text: str
    line: int = 0
    column: int = 0


Silent = Callable[[str, list[str]], bool]
"""Function from the name of an element, and a list of names and values of attributes, to True if it can do nothing."""


class BrokenError(Exception):
    """Error for a document that a parser cannot read, with the position."""

    def __init__(self, reason: str, line: int = 0, column: int = 0) -> None:
        super().__init__(reason)
        self.line, self.column = line, column


WITH_TEXT = frozenset({"style", "script", "handler"})
"""Elements whose text is judged."""


def html_tags(data: bytes | str, *, scripting: bool = False) -> Iterator[Tag | Aside]:
    """Yield what a browser's parser reads (turbohtml), with or without scripts: `<noscript>` differs."""
    from turbohtml import Comment, Doctype, Element, parse

    document = parse(data, scripting=scripting, allow_declarative_shadow_roots=False)
    if document.encoding == "replacement":  # of encodings that browsers refuse, and other programs may read
        yield Aside("encoding", "replacement", "")
    line, column, comments = 1, 1, _Comments(data, document.encoding or "utf-8")
    for node in document.descendants:
        if isinstance(node, Element):
            line, column = node.source_line or line, (node.source_col or 0) + 1 if node.source_line else column
            name = node.tag.lower()
            pairs = [(key.lower(), _joined(value)) for key, value in node.attrs.items()]
            yield Tag(name, pairs, line, column, node.text if name in WITH_TEXT else "")
        elif isinstance(node, Comment):
            yield Aside("comment", "", node.data, *comments.place(node.data, line, column))
        elif isinstance(node, Doctype):
            yield Aside("doctype", node.public_id or "", node.system_id or "", 1, 1)


class _Comments:
    """Places of comments, for which the parser has none: each is looked for after the last one."""

    def __init__(self, data: bytes | str, encoding: str) -> None:
        self._data, self._encoding = data, encoding
        self._text = ""
        self._at = self._line = self._start = 0

    def place(self, comment: str, line: int, column: int) -> tuple[int, int]:
        """Return line and column of a comment, or those given if it is not as it is in the source."""
        if not self._text:
            text = self._data if isinstance(self._data, str) else self._data.decode(self._encoding, "replace")
            self._text = text or " "
        at = self._text.find(comment[:40].partition("\n")[0], self._at)
        if at < 0:
            return line, column
        self._line += self._text.count("\n", self._at, at)
        self._start = self._text.rfind("\n", 0, at) + 1
        self._at = at
        return self._line + 1, max(at - self._start - 3, 1)


def _joined(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else " ".join(value)


def other_tags(data: bytes) -> Iterator[Tag | Aside]:
    """Yield what another parser of HTML reads, which is not that of any browser (lxml, with libxml2)."""
    from lxml import etree

    parser = etree.HTMLParser(no_network=True, huge_tree=False, recover=True)
    try:
        root: Any = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    if root is None:
        return
    for node in root.iter():
        if isinstance(node.tag, str):
            name = node.tag.lower()
            pairs = [(str(key).lower(), str(value)) for key, value in node.attrib.items()]
            yield Tag(name, pairs, node.sourceline or 0, 0, "".join(node.itertext()) if name in WITH_TEXT else "")


class _Events:
    """Handlers of expat, which collect what it reads."""

    def __init__(self, silent: Silent) -> None:
        self.events: list[Tag | Aside] = []
        self._silent = silent
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.ProcessingInstructionHandler = self.instruction
        parser.CommentHandler = self.comment
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = self.entity
        parser.AttlistDeclHandler = self.default
        self._open: list[Tag] = []
        self._text: list[str] = []

    def start(self, name: str, attributes: list[str]) -> None:
        name = _names.get(name) or _plain(name)
        if self._silent(name, attributes):
            return
        pairs = [(_plain(attributes[at]), attributes[at + 1]) for at in range(0, len(attributes), 2)]
        tag = Tag(name, pairs, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)
        if name in WITH_TEXT:
            self._open.append(tag)
            self._text.clear()
            self.parser.EndElementHandler, self.parser.CharacterDataHandler = self.end, self.characters
        else:
            self.events.append(tag)

    def end(self, name: str) -> None:
        if self._open and _plain(name) == self._open[-1].name:
            tag = self._open.pop()
            self.events.append(tag._replace(text="".join(self._text)))
            if not self._open:
                self.parser.EndElementHandler = self.parser.CharacterDataHandler = None

    def characters(self, text: str) -> None:
        self._text.append(text)

    def _aside(self, kind: str, name: str, text: str) -> None:
        self.events.append(Aside(kind, name, text, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1))

    def instruction(self, name: str, text: str) -> None:
        self._aside("pi", name, text)

    def comment(self, text: str) -> None:
        self._aside("comment", "", text)

    def doctype(self, name: str, system: str | None, public: str | None, subset: bool) -> None:
        self._aside("doctype", public or "", system or "")

    def entity(self, name: str, parameter: bool, value: str | None, *rest: str | None) -> None:
        kind = "parameter" if parameter else "entity"
        self._aside(kind, name, (rest[1] if value is None else value) or "")

    def default(self, element: str, attribute: str, *rest: object) -> None:
        self._aside("entity", element, attribute)


_names: dict[str, str] = {}


def _plain(name: str) -> str:
    """Return a name with the prefix of its namespace in the vocabulary; `?:` where that does not know it."""
    known = _names.get(name)
    if known is None:
        parts = name.split(" ")
        space, local = (parts[0], parts[1]) if len(parts) > 1 else ("", name)
        known = NAMESPACES.get(space, "?:") + local.lower()
        if len(_names) < 10_000:
            _names[name] = known
    return known


def _none(name: str, attributes: list[str]) -> bool:
    return False


def xml_tags(data: bytes, silent: Silent = _none) -> Iterator[Tag | Aside]:
    """Yield what a parser of XML reads, without elements that are `silent`; external definitions are never loaded.

    A style or a script comes at its end, with its text.

    Raises:
        BrokenError: it is not well-formed.
    """
    events = _Events(silent)
    try:
        for start in range(0, len(data), _PIECE):
            events.parser.Parse(data[start : start + _PIECE], False)
            yield from events.events
            events.events.clear()
        events.parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from events.events
        raise BrokenError(expat.ErrorString(error.code), error.lineno, error.offset + 1) from None
    except (ValueError, LookupError) as error:  # an encoding that is not known
        raise BrokenError(type(error).__name__) from None
    yield from events.events


_PIECE = 1 << 16


_APART = re.compile(
    rb"<!--?-?>|<!\[|<!DOCTYPE[^>]*\[|<\?(?!xml[\s?])|"
    rb"<(?:[a-z]+:)?(?:style|script|textarea|noscript|iframe|xmp|plaintext|noembed|noframes|select|svg|math|template)\b",
    re.I,
)


def reads_alike(data: bytes) -> bool:
    """Return True if a parser of HTML finds nothing in a well-formed page that one of XML does not find.

    They differ in raw text, marked sections, instructions, short comments and encodings.
    """
    head = data[:200]
    declared = re.search(rb"encoding\s*=\s*[\"']([^\"']*)", head)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        return False
    return is_utf8(data) and b"\0" not in data and not _APART.search(data)
