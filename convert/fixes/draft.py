"""The state of a document that is being fixed: its text, and the positions of the article and its elements in it.

Positions are offsets into the text that the readers get: no byte order mark, and lines that end in U+000A alone.
"""

import html
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from turbohtml import Element, SourceSpan, TokenType, parse, parse_fragment, tokenize

from convert import readers
from convert.readers.mirror import cut, page
from convert.readers.mirror.own.file import dialects_of
from convert.readers.options import ReadOptions
from convert.readers.saved import main, metadata, own
from convert.rules.rule import Context
from convert.text import EDGE_SPACE

BOM = "\ufeff"
RAW = frozenset({"script", "style", "template", "textarea"})
"""Elements whose text does not belong to the article."""


class Edit(NamedTuple):
    """Replacement of the text between two offsets."""

    start: int
    end: int
    text: str = ""


class Tag(NamedTuple):
    """Tag of the source, or a run of text between two tags."""

    type: TokenType
    name: str
    start: int
    end: int


_START_OF, _END_OF = attrgetter("start"), attrgetter("end")


class Draft:
    """State of a document that is being fixed.  `data` is UTF-8; `how` names its reader."""

    def __init__(self, data: bytes, how: ReadOptions, context: Context) -> None:
        self.raw = data.decode("utf-8")
        self.text = readers.normal(self.raw)
        self.source_format = how.source_format
        self.context = context
        self.page = (
            cut.split_page(self.text, page.dialect_of(self.text, dialects_of(how.dialects)) or cut.UNKNOWN)
            if how.source_format == "mirror"
            else None
        )

    @cached_property
    def title(self) -> tuple[int, int]:
        """The offsets of the title of a mirror's page."""
        return self.page.title_span if self.page else (len(cut.TITLE), len(self.text.partition("\n")[0]))

    @cached_property
    def content(self) -> tuple[int, int]:
        """The offsets of the article without its title."""
        if self.page:
            return self.page.content_start, self.page.content_start + len(self.page.content)
        if self.source_format != "html":
            return 0, len(self.text)
        where = self._root.source_location if self._root is not None else None
        if where is None:
            return 0, 0
        return where.start_tag.start_offset, where.end_tag.start_offset if where.end_tag else len(self.text)

    @cached_property
    def _root(self) -> Element | None:
        if self.page:  # of the same length, so that the offsets are those of the source
            content = self.page.content.replace("<ok ", "<a  ").replace("</ok>", "</a >")
            return parse_fragment(content, source_locations=True)
        if self.source_format != "html":
            return None
        document = parse(self.text, source_locations=True)
        if own.is_own(document):
            return None
        meta = metadata.read(document, self.text)
        choice = main.find(document, meta.title, meta.text)
        return choice.region if choice else document.select_one("body")

    def elements(self, *tags: str) -> Iterator[Element]:
        """Yield the article's elements that are written in the source, in its order; the parser adds others."""
        if self._root is not None:
            yield from (each for each in self._root.iter_elements(tags) if each.source_location is not None)

    def span(self, where: SourceSpan) -> tuple[int, int]:
        """Return the offsets of a span that the parser gives."""
        start = self.content[0] if self.page else 0
        return start + where.start_offset, start + where.end_offset

    def attribute(self, element: Element, name: str) -> tuple[int, int] | None:
        """Return the offsets of an attribute, name and value, or None if the element does not have it."""
        where = element.source_location
        return self.span(where.attrs[name]) if where and name in where.attrs else None

    def write(self, element: Element, name: str, value: str) -> Iterator[Edit]:
        """Yield the edit that gives an attribute another value, in the quotation marks that it has."""
        where = element.source_location
        if where is None:
            return
        if (place := self.attribute(element, name)) is None:
            at = self.span(where.start_tag)[0] + 1 + len(element.tag)
            yield Edit(at, at, f' {name}="{html.escape(value)}"')
            return
        written, sign, before = self.text[slice(*place)].partition("=")
        mark = "'" if before.strip().startswith("'") else '"'
        edit = Edit(*place, f"{written.strip()}={mark}{html.escape(value)}{mark}")
        if sign and edit.text != self.text[slice(*place)]:
            yield edit

    def without(self, start: int, end: int) -> Edit:
        """Return the edit that removes the text between two offsets, or their whole lines if nothing else is there."""
        text = self.text
        first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        last = len(text) if last < 0 else last
        if text[first:start].strip() or text[end:last].strip():
            return Edit(start, end)
        return Edit(first, last + 1) if last < len(text) else Edit(max(0, first - 1), last)

    @cached_property
    def tags(self) -> list[Tag]:
        """The tags of the article and the runs of text between them, from the HTML Standard's tokenizer.

        For a saved web page, those of the whole page.
        """
        start, end = self.content if self.page else (0, len(self.text))
        part = self.text[start:end]
        lines = [0]
        while (line := part.find("\n", lines[-1]) + 1) > 0:
            lines.append(line)
        tokens = [
            (token.type, token.tag or "", start + lines[token.line - 1] + token.col)
            for token in tokenize(part, resolve_references=False, capture_attributes=False)
        ]
        ends = [at for _, _, at in tokens[1:]]
        out: list[Tag] = []
        for (kind, name, at), stop in zip(tokens, [*ends, end], strict=True):
            if kind is TokenType.CHARACTER_REFERENCE:
                kind = TokenType.TEXT
            if kind is TokenType.TEXT and out and out[-1].type is kind:
                out[-1] = out[-1]._replace(end=stop)
            else:
                out.append(Tag(kind, name, at, stop))
        return out

    def runs(self) -> Iterator[tuple[int, int]]:
        """Yield the runs of text that a reader sees: the title, the article's text, alternative texts of pictures."""
        if self.source_format == "markdown":
            yield 0, len(self.text)
        if self.page:
            yield self.title
        if self.source_format in ("mirror", "html"):
            first, last = self.content
            before = ""
            for tag in self.tags:
                if tag.type is TokenType.START_TAG:
                    before = tag.name
                elif tag.type is TokenType.END_TAG:
                    before = ""
                elif tag.type is not TokenType.TEXT or before in RAW:
                    continue
                elif before in ("title", "h1") or (first <= tag.start and tag.end <= last):
                    yield tag.start, tag.end
            for image in self.elements("img"):
                yield from (place for name in ("alt", "title") if (place := self.attribute(image, name)))

    def blank(self, start: int, end: int) -> bool:
        """Return True if a reader sees nothing of the text between two offsets; tags do not count."""
        first = bisect_right(self.tags, start, key=_END_OF)
        last = bisect_left(self.tags, end, key=_START_OF)
        text = "".join(
            self.text[max(each.start, start) : min(each.end, end)]
            for each in self.tags[first:last]
            if each.type is TokenType.TEXT
        )
        return not html.unescape(text).strip(EDGE_SPACE)

    def apply(self, edits: Iterable[Edit]) -> bytes:
        """Return the document with the edits made, and everything else byte for byte.

        Of several edits at one position, the first is made; edits inside another edit are not.
        """
        out: list[str] = []
        last = 0
        for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, -edit.end)):
            start, end = self._in_raw(edit.start), self._in_raw(edit.end)
            if start < last:
                continue  # inside an edit that is already made
            out += (self.raw[last:start], edit.text)
            last = end
        return "".join([*out, self.raw[last:]]).encode()

    def _in_raw(self, offset: int) -> int:
        return offset + self.raw.startswith(BOM) + bisect_left(self._returns, offset)

    @cached_property
    def _returns(self) -> list[int]:
        """The offsets in the text of the line ends that are U+000D U+000A in the source."""
        offsets: list[int] = []
        raw = self.raw.removeprefix(BOM)
        at = raw.find("\r\n")
        while at >= 0:
            offsets.append(at - len(offsets))
            at = raw.find("\r\n", at + 2)
        return offsets
