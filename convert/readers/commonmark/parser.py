"""The parser of CommonMark and tables, whose work is counted: some documents of a few kilobytes take it hours."""

import html
import re
from collections.abc import Mapping
from functools import cache, partial
from types import SimpleNamespace
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline, entity
from markdown_it.token import Token

from convert.bounds import MAX_EXPANDED, MAX_NODES, MAX_STEPS, too_complex
from convert.errors import DocumentError
from convert.messages import message
from convert.readers.commonmark import tex

MAX_NESTING = 100
"""Deepest nesting that the parser, which is recursive, accepts; it drops what is deeper."""
_PARENTHESES = 32
"""Most parentheses in a destination, for the parser."""
_SCANNED = 64
"""Characters that are looked through in about the time of a step."""


class _Work:
    """Work on one document so far."""

    def __init__(self) -> None:
        self.nodes = self.steps = self.expanded = self.depth = 0

    def node(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise too_complex(message("too-many-parts", limit=MAX_NODES))

    def step(self, characters: int = 0) -> None:
        self.steps += 1 + characters // _SCANNED
        if self.steps > MAX_STEPS:
            raise too_complex(message("too-many-steps", limit=MAX_STEPS))

    def expand(self, characters: int) -> None:
        self.expanded += characters
        if self.expanded > MAX_EXPANDED:
            raise too_complex(message("too-many-characters", limit=MAX_EXPANDED))


class _References(dict[str, dict[str, Any]]):
    """Definitions of links by label, which count the characters that they are replaced by."""

    def __init__(self, work: _Work) -> None:
        super().__init__()
        self._work = work

    def get(self, label: str, default: Any = None) -> Any:
        found = super().get(label)
        if found:
            self._work.expand(len(found["href"]) + len(found["title"]))
        return found or default


class _StateInline(StateInline):
    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        self.env["work"].node()
        return super().push(ttype, tag, nesting)


class _StateBlock(StateBlock):
    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        self.env["work"].node()
        return super().push(ttype, tag, nesting)


class _Inline(ParserInline):
    def skipToken(self, state: StateInline) -> None:  # noqa: N802 -- the parser's name
        state.env["work"].step()
        super().skipToken(state)

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        work: _Work = env["work"]
        work.step(len(src))
        if work.depth >= MAX_NESTING // 2:  # pictures in texts of pictures, each of which begins a parse of its own
            raise DocumentError("SRC014", message("markdown-too-deep", limit=MAX_NESTING // 2), 1, 1)
        work.depth += 1
        state = _StateInline(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        work.depth -= 1
        return state.tokens


class _Block(ParserBlock):
    def parse(self, src: str, md: MarkdownIt, env: Any, outTokens: list[Token]) -> list[Token] | None:  # noqa: N803
        if not src:
            return None
        state = _StateBlock(src, md, env, outTokens)
        self.tokenize(state, state.line, state.lineMax)
        return state.tokens


def _destination(work: _Work, text: str, start: int, end: int) -> Any:
    """Return the destination of a link; where there is none, the parser looked up to one parenthesis too many."""
    found = parseLinkDestination(text, start, end)
    at = found.pos
    if not found.ok:
        at = start - 1
        for _ in range(_PARENTHESES + 1):
            at = text.find("(", at + 1, end)
            if at < 0:
                at = end
                break
    work.step(_SCANNED // 8 * (at - start))  # character by character
    return found


class _Parser(MarkdownIt):
    """Parser that leaves addresses unchanged, because the rules resolve and check them."""

    def __init__(self, extended: bool, formulas: bool) -> None:
        super().__init__("commonmark", {"maxNesting": MAX_NESTING})
        self.inline, self.block = _Inline(), _Block()
        self.configure("commonmark", {"maxNesting": MAX_NESTING})
        self.enable("table")
        self.block.ruler.before("table", "section", _section, {"alt": ["paragraph"]})
        if extended:
            self.enable("strikethrough")
            self.block.ruler.before("reference", "footnote", _footnote, {"alt": ["paragraph", "reference"]})
        if formulas:
            self.block.ruler.before("fence", "formula", tex.block, {"alt": ["paragraph", "blockquote", "list"]})
            self.inline.ruler.before("escape", "formula", tex.inline)
        self.inline.ruler.at("entity", _reference)
        self.disable("text_join")  # escaped characters stay separate tokens: markdown._nav needs them

    def normalizeLink(self, url: str) -> str:  # noqa: N802 -- the parser's name
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return True


def _section(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803 -- the parser's names
    """Read lines that the caller knows to be HTML."""
    end = state.env["sections"].get(startLine)
    if end is None or state.level:
        return False
    if not silent:
        token = state.push("html_block", "", 0)
        token.map = [startLine, end]
        token.content = state.getLines(startLine, end, 0, True)
        state.line = end
    return True


_INDENT = 4
"""Columns by which blocks of a footnote are indented."""
_NOTE = re.compile(r"\[\^([^\]\s]{1,80})\]:[ \t]*(.*)")


def _footnote(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803 -- the parser's names
    """Read a footnote, `[^1]: text`, as a paragraph with its place and a link back, and its further blocks."""
    note = _NOTE.match(_line(state, startLine))
    if note is None:
        return False
    if silent:
        return True
    lines, end = [note[2]], startLine + 1
    while end < endLine and not state.isEmpty(end) and not _NOTE.match(line := _line(state, end)):
        lines.append(line)
        end += 1
    name = html.escape(note[1])
    opening, inline = state.push("paragraph_open", "p", 1), state.push("inline", "", 0)
    state.push("paragraph_close", "p", -1)
    opening.map = inline.map = [startLine, end]
    inline.content = f'<a id="fn-{name}"></a><a href="#fnref-{name}">[{name}]</a> ' + "\n".join(lines)
    inline.children = []
    state.line = end
    _read_indented(state, end, endLine)
    return True


def _read_indented(state: StateBlock, start: int, end: int) -> None:
    """Read further blocks of a footnote, which are indented by four columns, as kramdown and Pandoc do."""
    last = start
    for line in range(start, end):
        if state.isEmpty(line):
            continue
        if state.sCount[line] - state.blkIndent < _INDENT:
            break
        last = line + 1
    if last > start:
        state.blkIndent += _INDENT
        state.md.block.tokenize(state, start, last)
        state.blkIndent -= _INDENT
        state.line = last


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _reference(state: StateInline, silent: bool) -> bool:
    """Read a character reference as HTML does: `&#146;` is an apostrophe, not U+FFFD."""
    found = entity(state, silent)
    if found and not silent and (token := state.tokens[-1]).content == "\ufffd":
        token.content = html.unescape(token.markup) or token.content
    return found


_parser = cache(_Parser)


def tokens(text: str, sections: Mapping[int, int] | None = None, *, formulas: bool = False) -> list[Token]:
    """Return the tokens of a document; `sections` has beginnings and ends of lines that are HTML.

    With `sections`, even empty ones, text that is struck out and footnotes are read too, as every site's program does;
    with `formulas` also TeX between dollar signs.

    Raises:
        DocumentError: SRC014 if it takes too much work, SRC004 if it is nested too deeply.
    """
    formulas = formulas and ("$" in text or "\\\\" in text)  # rules take time at each character
    work, parser = _Work(), _parser(sections is not None, formulas)
    parser.helpers = SimpleNamespace(  # type: ignore[assignment]  # declared as a module
        parseLinkLabel=parseLinkLabel,
        parseLinkDestination=partial(_destination, work),
        parseLinkTitle=parseLinkTitle,
    )
    return parser.parse(text, {"work": work, "references": _References(work), "sections": sections or {}})
