"""Conversion of the parser's tokens, and HTML tags among them, to the inlines of a paragraph, heading or cell."""

import re
from collections.abc import Mapping, Sequence

from markdown_it.token import Token

from convert.model import (
    Anchor,
    Block,
    Break,
    Deleted,
    Emphasis,
    Formula,
    Image,
    Inline,
    InlineCode,
    Link,
    Strong,
    texts,
)
from convert.readers import ruby
from convert.readers.flow import Maker, Several, settle, trim
from convert.readers.html.elements import MARKS
from convert.readers.html.handlers import Builder
from convert.readers.html.inlines import picture
from convert.text import HTML_SPACE, collapse, first_edge, last_edge, space_between

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_CODE = ("code", "samp", "kbd", "tt")
_IN_RUBY: Mapping[str, Maker | Several] = {"rt": ruby.annotation, "rp": ruby.parenthesis}
_FILE = re.compile(r"(?!/|[A-Za-z][A-Za-z0-9+.\-]*:)(?:.*/)?[0-9a-f]{64}\.[a-z]{3,4}\Z")
"""Reference of the file of a picture that this program wrote."""
_OF_PICTURE = re.compile(r"https?://|sha256:")
_RELATIVE = re.compile(r"(?!#|[A-Za-z][A-Za-z0-9+.\-]*:)")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_SOLID = "a"
"""Character that code and pictures count as beside a line end: a letter of a word."""


class Inlines:
    """Builder of one run of inlines.  Blocks that cannot be part of it, such as a player, are collected in `after`."""

    def __init__(self, builder: Builder, line: int, *, own: bool = False) -> None:
        self.builder = builder
        self.line = line
        self.own = own
        self.items: list[str | Inline] = []
        # Open inline elements: the name that ends each, its maker, and the items before it.
        self.frames: list[tuple[str, Maker | Several, list[str | Inline]]] = []
        self.last = ""
        self.after: list[Block] = []

    def read(self, tokens: Sequence[Token]) -> tuple[Inline, ...]:
        """Return the inlines of `tokens`, trimmed."""
        tokens = formulas(tokens)
        right, until = "", 0  # the next visible character, and the token that has it
        for number, token in enumerate(tokens):
            kind = token.type
            if kind in ("text", "text_special"):
                self._text(token.content)
            elif kind == "softbreak":
                self.line += 1
                if number >= until:
                    right, until = _first(tokens, number + 1)
                if self.last and right and space_between(self.last, right):
                    self.items.append(" ")
            elif kind == "hardbreak":
                self.line += 1
                self._put(Break(), "")
            elif kind == FORMULA:
                self._put(Formula(token.content), _SOLID)
            elif kind == "code_inline":
                self._put(InlineCode(token.content), _SOLID)
            elif kind == "image":
                self._put(self._image(token), _SOLID)
            elif kind == "link_open":
                self._link("*link", original(token) if self.own else str(token.attrs["href"]))
            elif kind in _OPENS:
                self._open(*_OPENS[kind])
            elif kind in _CLOSES:
                self._close(_CLOSES[kind])
            elif kind == "html_inline":
                self._html(token.content)
        while self.frames:
            self._pop()
        return trim(settle(self.items))

    def _image(self, token: Token) -> Image:
        """Return a picture; one beside our own Markdown has its address at the start of its title."""
        alt, title = collapse(plain(token.children or ())).strip(HTML_SPACE), str(token.attrs.get("title", ""))
        address, title = str(token.attrs["src"]), collapse(title).strip(HTML_SPACE)
        if self.own and _FILE.match(address) and _OF_PICTURE.match(title):
            address, _, title = title.partition(" ")
        return Image(address, alt, title)

    def _text(self, text: str) -> None:
        if text:
            self.items.append(text)
            self.last = last_edge(text)

    def _put(self, inline: Inline, last: str) -> None:
        self.items.append(inline)
        self.builder.places.put((inline, (self.line, 0)))
        self.last = last

    def _open(self, end: str, maker: Maker | Several) -> None:
        self.frames.append((end, maker, self.items))
        self.items = []

    def _close(self, end: str) -> None:
        """End the innermost open element of a name, and those inside it; do nothing if none is open."""
        if any(each[0] == end for each in self.frames):
            while self._pop() != end:
                pass

    def _pop(self) -> str:
        """End the innermost open element, and return the name that ends it."""
        inside = self.items
        end, maker, self.items = self.frames.pop()
        if inside or end in ("*link", "a", "rt"):
            made = maker(settle(inside))
            if isinstance(made, tuple):
                self.items += made
            elif not (isinstance(made, InlineCode) and not made.text):
                self.items.append(made)
        return end

    def _link(self, end: str, target: str) -> None:
        position = (self.line, 0)
        if target.startswith("#"):
            self.builder.targets.add(target[1:])

        def maker(children: tuple[Inline, ...]) -> Link:
            made = Link(target, children)
            self.builder.places.put((made, position))
            return made

        self._open(end, maker)

    def _html(self, source: str) -> None:
        """Add an HTML tag; comments and the like are dropped."""
        if (match := _TAG.match(source)) is None:
            return
        name = match[2].lower()
        if name == "q":  # with the marks that most languages have
            self._text("”" if match[1] else "“")
        elif match[1]:
            self._close(name)
        elif maker := MARKS.get(name):
            self._open(name, maker)
        elif name in _CODE:
            self._open(name, _code)
        elif name == "br":
            self._put(Break(), "")
        elif name == "ruby":
            self._open(name, ruby.pairs)
        elif name in _IN_RUBY:
            if self.frames and self.frames[-1][0] in _IN_RUBY:  # an end tag that was omitted
                self._pop()
            if self.frames and self.frames[-1][0] == "ruby":
                self._open(name, _IN_RUBY[name])
        elif name in ("a", "img"):
            self._element(name, source)
        else:  # a player, a rule: the blocks of the tag alone
            lone = Builder(self.builder.markup, self.line)
            self.after += lone.blocks(lone.parse(source))
            self.builder.notes += lone.notes

    def _element(self, name: str, source: str) -> None:
        lone = Builder(self.builder.markup, self.line)
        element = lone.parse(source).find(name)
        if element is None:
            return
        if name == "img":
            if image := picture(lone, element):
                self._put(image, _SOLID)
            self.builder.notes += lone.notes
            return
        if anchor := element.attr("id") or element.attr("name"):
            self.items.append(Anchor(anchor))
        if (target := element.attr("href")) is not None:
            self._link("a", target.strip(HTML_SPACE))


def _code(children: tuple[Inline, ...]) -> InlineCode:
    return InlineCode("".join(texts(children)))


_OPENS: dict[str, tuple[str, Maker]] = {
    "em_open": ("*em", Emphasis),
    "strong_open": ("*strong", Strong),
    "s_open": ("*s", Deleted),
}
_CLOSES = {"em_close": "*em", "strong_close": "*strong", "s_close": "*s", "link_close": "*link"}


FORMULA = "formula"


def formulas(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return tokens in which code between dollar signs, GitHub's form of a formula, is a token of its own kind."""
    if not any(token.type == "code_inline" for token in tokens):
        return tokens
    out = [token.copy() for token in tokens]
    for before, code, after in zip(out, out[1:], out[2:], strict=False):
        if (
            (before.type, code.type, after.type) == ("text", "code_inline", "text")
            and before.content.endswith("$")
            and after.content.startswith("$")
            and code.content.strip()
        ):
            before.content, after.content = before.content[:-1], after.content[1:]
            code.type, code.content = FORMULA, code.content.strip()
    return out


def original(link: Token) -> str:
    """Return the original address of a link in our own Markdown: a link to a file of the same build has it as title."""
    href, title = str(link.attrs["href"]), str(link.attrs.get("title", ""))
    return title if _ABSOLUTE.match(title) and _RELATIVE.match(href) else href


def plain(tokens: Sequence[Token]) -> str:
    """Return the text of tokens, without marks."""
    parts = []
    for token in tokens:
        if token.type in ("text", "text_special", "code_inline"):
            parts.append(token.content)
        elif token.type == "image":
            parts.append(plain(token.children or ()))
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
    return "".join(parts)


def _first(tokens: Sequence[Token], start: int) -> tuple[str, int]:
    """Return the first visible character from a token on, "" at a line break, and the number of its token."""
    for number in range(start, len(tokens)):
        token = tokens[number]
        if token.type in ("text", "text_special") and token.content:
            return first_edge(token.content), number
        if token.type in ("code_inline", "image"):
            return _SOLID, number
        if token.type == "hardbreak":
            return "", number
    return "", len(tokens)
