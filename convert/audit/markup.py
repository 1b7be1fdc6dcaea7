"""Tags, comments and definitions of a document, as different programs read it: by HTML's rules, and by those of XML.

Names are in lower case; those of XML have the prefixes that the vocabulary gives to namespaces.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

from convert.audit.vocabulary import NAMESPACES


class Tag(NamedTuple):
    """Start of an element, with its text if that is a style or a script."""

    name: str
    attributes: list[tuple[str, str]]
    line: int = 0
    column: int = 0
    text: str = ""


class Aside(NamedTuple):
    """Comment, instruction or definition: `kind` is `comment`, `pi`, `doctype` or `entity`."""

    kind: str
    name: str
    text: str
    line: int = 0
    column: int = 0


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

    def __init__(self) -> None:
        self.events: list[Tag | Aside] = []
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.ProcessingInstructionHandler = self.instruction
        parser.CommentHandler = self.comment
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = self.entity
        parser.AttlistDeclHandler = self.default
        self._open: list[Tag] = []
        self._text: list[str] = []

    def start(self, name: str, attributes: list[str]) -> None:
        pairs = [(_plain(attributes[at]), attributes[at + 1]) for at in range(0, len(attributes), 2)]
        tag = Tag(_plain(name), pairs, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)
        if tag.name in WITH_TEXT:
            self._open.append(tag)
            self._text.clear()
        self.events.append(tag)

    def end(self, name: str) -> None:
        if self._open and _plain(name) == self._open[-1].name:
            tag = self._open.pop()
            self.events.append(tag._replace(attributes=[*tag.attributes, _TEXT], text="".join(self._text)))

    def characters(self, text: str) -> None:
        if self._open:
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
        self._aside("entity", name, (rest[1] if value is None else value) or "")

    def default(self, element: str, attribute: str, *rest: object) -> None:
        self._aside("entity", element, attribute)


_TEXT = ("", "")
"""Mark of a tag that comes a second time, at its end, with its text."""
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


def xml_tags(data: bytes) -> Iterator[Tag | Aside]:
    """Yield what a parser of XML reads; external definitions are never loaded.

    Raises:
        BrokenError: it is not well-formed.
    """
    events = _Events()
    try:
        for start in range(0, len(data), _PIECE):
            events.parser.Parse(data[start : start + _PIECE], False)
            yield from _settled(events)
        events.parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from _settled(events)
        raise BrokenError(expat.ErrorString(error.code), error.lineno, error.offset + 1) from None
    except (ValueError, LookupError) as error:  # an encoding that is not known
        raise BrokenError(type(error).__name__) from None
    yield from _settled(events)


_PIECE = 1 << 16


def _settled(events: _Events) -> Iterator[Tag | Aside]:
    """Yield and forget what was read so far: a style or a script once, with its text."""
    for each in events.events:
        if isinstance(each, Aside) or each.name not in WITH_TEXT:
            yield each
        elif each.attributes and each.attributes[-1] is _TEXT:
            yield each._replace(attributes=each.attributes[:-1])
    events.events.clear()
