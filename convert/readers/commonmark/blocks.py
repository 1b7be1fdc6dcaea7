"""The blocks of a document, from the parser's tree."""

import re
from collections.abc import Sequence
from functools import cache
from typing import get_args

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from convert.errors import DocumentError
from convert.messages import message
from convert.model import (
    MAX_DEPTH,
    Block,
    Break,
    Cell,
    Code,
    Embed,
    EmbedKind,
    Figure,
    Heading,
    Image,
    Inline,
    Item,
    Link,
    List,
    Note,
    Paragraph,
    Places,
    Quote,
    Table,
    Text,
    ThematicBreak,
)
from convert.readers.commonmark.inlines import Inlines
from convert.readers.flow import is_blank, picture
from convert.readers.html import Builder
from convert.readers.html.elements import HEADINGS
from convert.words import WORDS

_INSIDE = re.compile(r'<a href="(?!#|[A-Za-z][A-Za-z0-9+.\-]*:)[^"]*" title="(?=[A-Za-z][A-Za-z0-9+.\-]*:)')
"""What stands in our own tables of HTML before the original address of a link to another file of the build."""

MAX_NESTING = 100
"""Of the parser, which leaves out what is deeper and recurses into everything else."""


class _Parser(MarkdownIt):
    """CommonMark and tables, with addresses as they are written: resolving and judging them is the rules' business."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"maxNesting": MAX_NESTING})
        self.enable("table")
        self.disable("text_join")  # what was escaped stays apart: see the navigation line

    def normalizeLink(self, url: str) -> str:  # noqa: N802 -- the parser's name
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return True


_parser = cache(_Parser)


def parse(text: str) -> list[SyntaxTreeNode]:
    """The blocks of `text` as the parser tells them.

    Raises:
        DocumentError: SRC004, they nest deeper than any document does.
    """
    tokens = _parser().parse(text)
    for token in tokens:
        if token.level >= MAX_NESTING - 1:
            line = token.map[0] + 1 if token.map else 1
            raise DocumentError("SRC004", message("markdown-too-deep", limit=MAX_NESTING // 2), line, 1)
    return SyntaxTreeNode(tokens).children


class Document:
    """Makes blocks of the parser's; gathers places and notes in its builder.

    `above` is the number of lines over the part of the document that was parsed; `levels` says what becomes of the
    levels of headings; in our `own` Markdown, links to other files of its build have their original address as title.
    """

    def __init__(self, above: int = 0, levels: dict[int, int] | None = None, *, own: bool = False) -> None:
        self.above = above
        self.levels = levels or {}
        self.own = own
        self.builder = Builder(line=above)
        self.too_deep = False

    @property
    def places(self) -> Places:
        """Where the blocks stand."""
        return self.builder.places

    def blocks(self, nodes: Sequence[SyntaxTreeNode], depth: int = 0) -> list[Block]:
        """The blocks of `nodes`; `depth` counts the blocks around them."""
        out: list[Block] = []
        for node in nodes:
            line = node.map[0] + 1 if node.map else 1
            for block in self._block(node, depth, line):
                if not self.places.near(block):
                    self.places.put((block, (line, 0)))
                out.append(block)
        return out

    def inlines(self, node: SyntaxTreeNode, line: int) -> tuple[tuple[Inline, ...], list[Block]]:
        """The inlines of a paragraph, heading or cell that begins in `line`, and blocks that tags in it amount to."""
        held = node.children[0] if node.children else None
        made = Inlines(self.builder, line, own=self.own)
        tokens = (held.token.children or ()) if held is not None and held.token else ()
        return made.read(tokens), made.after

    def _block(self, node: SyntaxTreeNode, depth: int, line: int) -> list[Block]:
        kind = node.type
        if kind == "paragraph":
            children, after = self.inlines(node, line)
            return [*([figure(children, self.places)] if children else []), *after]
        if kind == "heading":
            children, after = self.inlines(node, line)
            level = int(node.tag[1])
            return [Heading(self.levels.get(level, max(level, 2)), children), *after]
        if kind in ("fence", "code_block"):
            return [Code(node.content.removesuffix("\n"))]
        if kind == "hr":
            return [ThematicBreak()]
        if kind == "html_block":
            return self._html(node.content, depth, line)
        if depth >= MAX_DEPTH - 1:
            return self._flatten(node, depth, line)
        if kind == "blockquote":
            return [embed(tuple(self.blocks(node.children, depth + 1)))]
        if kind == "table":
            return [self._table(node, line)]
        items = tuple(Item(tuple(self.blocks(item.children, depth + 1))) for item in node.children)
        if kind == "ordered_list":
            return [List(items, ordered=True, start=int(node.attrs.get("start", 1)))]
        return [List(items)]

    def _flatten(self, node: SyntaxTreeNode, depth: int, line: int) -> list[Block]:
        """What is inside a block that is too deep to be one."""
        if not self.too_deep:
            self.too_deep = True
            said = message("blocks-too-deep", limit=MAX_DEPTH)
            self.builder.notes.append(Note("HTM003", said, self.places.place((line, 0))))
        if node.type == "table":
            cells = [cell for row in self._table(node, line).rows for cell in row]
            return [block for cell in cells for block in cell.children]
        if node.type == "blockquote":
            return self.blocks(node.children, depth)
        return [block for item in node.children for block in self.blocks(item.children, depth)]

    def _table(self, node: SyntaxTreeNode, line: int) -> Table:
        """A table; a head without any text is there only because GitHub's form asks for one."""
        head, *rest = [row for part in node.children for row in part.children]
        rows = [tuple(self._cell(cell, line, header=True) for cell in head.children)]
        if not any(cell.children for cell in rows[0]):
            rows.clear()
        rows += [tuple(self._cell(cell, line + at) for cell in row.children) for at, row in enumerate(rest, start=2)]
        return Table(tuple(rows))

    def _cell(self, node: SyntaxTreeNode, line: int, *, header: bool = False) -> Cell:
        children, after = self.inlines(node, line)
        return Cell((*((Paragraph(children),) if children else ()), *after), header=header)

    def _html(self, source: str, depth: int, line: int) -> list[Block]:
        """A block of HTML; its parts stand where it begins."""
        lone = Builder(self.builder.markup, self.above + line - 1)
        root = lone.parse(_INSIDE.sub('<a href="', source) if self.own else source)
        lone.levels = {tag: self.levels.get(rank, max(rank, 2)) for rank, tag in enumerate(HEADINGS, start=1)}
        made = lone.blocks(root, depth)
        self.builder.notes += lone.notes
        self.builder.targets |= lone.targets
        return [_with_embeds(block) for block in made]


def figure(children: tuple[Inline, ...], places: Places) -> Figure | Paragraph:
    """The paragraph of `children`; where its first lines hold pictures and nothing else it is a figure, and the other
    lines are the caption."""
    images: list[Image] = []
    rest, start = 0, 0
    while start < len(children):
        end = next((at for at in range(start, len(children)) if isinstance(children[at], Break)), len(children))
        line = [child for child in children[start:end] if not is_blank(child)]
        found = [image for child in line if (image := picture(child, places)) is not None]
        if not found or len(found) < len(line):
            break
        images += found
        rest = start = end + 1
    return Figure(tuple(images), children[rest:]) if images else Paragraph(children)


_KINDS: dict[str, EmbedKind] = {words[kind]: kind for words in WORDS.values() for kind in get_args(EmbedKind)}
_MISSING: dict[str, EmbedKind] = {
    words["missing"].format(words[kind]): kind for words in WORDS.values() for kind in get_args(EmbedKind)
}


def embed(children: tuple[Block, ...]) -> Quote | Embed:
    """The quote of `children`; one whose last line says what it was on another site is an embed."""
    if children and isinstance(last := children[-1], Paragraph) and len(last.children) == 1:
        (only,) = last.children
        if isinstance(only, Link) and len(only.children) == 1 and isinstance(told := only.children[0], Text):
            if kind := _KINDS.get(told.text):
                return Embed(kind, only.target, children[:-1])
        elif isinstance(only, Text) and len(children) == 1 and (kind := _MISSING.get(only.text)):
            return Embed(kind)
    return Quote(children)


def _with_embeds(block: Block) -> Block:
    """A block of HTML with the quotes inside as they are read elsewhere."""
    if isinstance(block, Quote):
        return embed(tuple(map(_with_embeds, block.children)))
    if isinstance(block, List):
        items = tuple(Item(tuple(map(_with_embeds, item.children))) for item in block.items)
        return List(items, ordered=block.ordered, start=block.start)
    if isinstance(block, Table):
        return Table(
            tuple(
                tuple(
                    Cell(tuple(map(_with_embeds, cell.children)), cell.header, cell.colspan, cell.rowspan)
                    for cell in row
                )
                for row in block.rows
            )
        )
    return block
