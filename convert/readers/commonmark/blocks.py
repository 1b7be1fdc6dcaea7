"""Conversion of the Markdown parser's tree to blocks."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from markdown_it.tree import SyntaxTreeNode
from msgspec.structs import replace

from convert.errors import DocumentError
from convert.messages import message
from convert.model import (
    CHILDREN,
    MAX_DEPTH,
    Block,
    Break,
    Cell,
    Code,
    Details,
    Embed,
    EmbedKind,
    Figure,
    Formula,
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
from convert.readers.commonmark.parser import MAX_NESTING, tokens
from convert.readers.flow import is_blank, picture
from convert.readers.html.elements import HEADINGS
from convert.readers.html.handlers import Builder
from convert.words import WORDS

_INSIDE = re.compile(r'<a href="(?!#|[A-Za-z][A-Za-z0-9+.\-]*:)[^"]*" title="(?=[A-Za-z][A-Za-z0-9+.\-]*:)')
"""Beginning of a link to a file of the same build, up to its original address, in HTML tables of our own Markdown."""

_BESIDE = re.compile(r'<img src="[^"]*[0-9a-f]{64}\.[a-z]{3,4}" data-address="(?=https?:|sha256:)')
"""Beginning of a picture that lies beside our own Markdown, up to its original address, in HTML."""


def parse(
    text: str, sections: Mapping[int, int] | None = None, above: int = 0, *, formulas: bool = False
) -> list[SyntaxTreeNode]:
    """Return the top-level nodes of `text`.

    `sections` has beginnings and ends of lines that are HTML, whatever is in them; `above` is the number of lines above
    the parsed part of the document.  With `formulas`, TeX between dollar signs is one.

    Raises:
        DocumentError: SRC014 if blocks or inlines are nested too deeply, or the document takes too much work.
    """
    found = tokens(text, sections, formulas=formulas)
    line = 1
    for token in found:
        line = token.map[0] + 1 if token.map else line
        if token.level >= MAX_NESTING - 1:
            raise DocumentError("SRC014", message("markdown-too-deep", limit=MAX_NESTING // 2), above + line, 1)
        if token.children and max(child.level for child in token.children) > MAX_NESTING:  # emphasis in emphasis
            raise DocumentError("SRC014", message("emphasis-too-deep", limit=MAX_NESTING), above + line, 1)
    return SyntaxTreeNode(found).children


def levels(nodes: Sequence[SyntaxTreeNode]) -> dict[int, int]:
    """Return the article's level for each level of heading in the document: ranks, as in every reader, from 2."""
    present = sorted({int(each.tag[1]) for node in nodes for each in node.walk() if each.type == "heading"})
    return {level: min(rank, 6) for rank, level in enumerate(present, start=2)}


class Document:
    """Converter of the parser's nodes to blocks; its builder collects positions and notes.

    `above` is the number of lines above the parsed part of the document; `levels` maps levels of headings to those of
    the article.  `own` is True for Markdown that this program wrote: links to other files of the same build have their
    original address as title.
    """

    def __init__(self, above: int = 0, levels: dict[int, int] | None = None, *, own: bool = False) -> None:
        self.above = above
        self.levels = levels or {}
        self.own = own
        self.builder = Builder(line=above)
        self.too_deep = False

    @property
    def places(self) -> Places:
        """Return the positions of the blocks and inlines."""
        return self.builder.places

    def blocks(self, nodes: Sequence[SyntaxTreeNode], depth: int = 0) -> list[Block]:
        """Return the blocks of `nodes`; `depth` is the number of blocks around them."""
        out: list[Block] = []
        at = 0
        while at < len(nodes):
            node = nodes[at]
            line = node.map[0] + 1 if node.map else 1
            end = closing(nodes, at) if node.type == "html_block" and depth < MAX_DEPTH - 1 else 0
            made = [self._details(nodes[at:end], depth, line)] if end else self._block(node, depth, line)
            at = end + 1 if end else at + 1
            for block in made:
                if not self.places.near(block):
                    self.places.put((block, (line, 0)))
                out.append(block)
        return out

    def inlines(self, node: SyntaxTreeNode, line: int) -> tuple[tuple[Inline, ...], list[Block]]:
        """Return the inlines of a paragraph, heading or cell that begins in `line`, and blocks from HTML tags in it."""
        content = node.children[0] if node.children else None
        reader = Inlines(self.builder, line, own=self.own)
        tokens = (content.token.children or ()) if content is not None and content.token else ()
        return reader.read(tokens), reader.after

    def _block(self, node: SyntaxTreeNode, depth: int, line: int) -> list[Block]:
        kind = node.type
        if kind == "paragraph":
            children, after = self.inlines(node, line)
            return [*([figure(children, self.places)] if children else []), *after]
        if kind == "heading":
            children, after = self.inlines(node, line)
            level = int(node.tag[1])
            return [Heading(self.levels.get(level, max(level, 2)), children), *after]
        if kind == "fence" and node.info.strip() == "math" and (tex := node.content.strip()):
            return [Paragraph((Formula(tex, display=True),))]
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

    def _details(self, nodes: Sequence[SyntaxTreeNode], depth: int, line: int) -> Details:
        """Return details that begin in the HTML block `nodes[0]` and hold the other nodes."""
        first = self._html(f"{nodes[0].content}</details>", depth, line)
        begun = first[0] if first and isinstance(first[0], Details) else Details(children=tuple(first))
        return Details(begun.summary, (*begun.children, *self.blocks(nodes[1:], depth + 1)))

    def _flatten(self, node: SyntaxTreeNode, depth: int, line: int) -> list[Block]:
        """Return the blocks inside a block that is nested too deeply to be one itself."""
        if not self.too_deep:
            self.too_deep = True
            problem = message("blocks-too-deep", limit=MAX_DEPTH)
            self.builder.notes.append(Note("HTM003", problem, self.places.place((line, 0))))
        if node.type == "table":
            cells = [cell for row in self._table(node, line).rows for cell in row]
            return [block for cell in cells for block in cell.children]
        if node.type == "blockquote":
            return self.blocks(node.children, depth)
        return [block for item in node.children for block in self.blocks(item.children, depth)]

    def _table(self, node: SyntaxTreeNode, line: int) -> Table:
        """Return a table; a header row without any text is dropped, because GitHub's syntax requires one."""
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
        """Return the blocks of an HTML block; their position is that of its beginning."""
        lone = Builder(self.builder.markup, self.above + line - 1)
        if self.own:
            source = _BESIDE.sub('<img src="', _INSIDE.sub('<a href="', source))
        root = lone.parse(source)
        lone.levels = {tag: self.levels.get(rank, max(rank, 2)) for rank, tag in enumerate(HEADINGS, start=1)}
        made = lone.blocks(root, depth)
        self.builder.notes += lone.notes
        self.builder.targets |= lone.targets
        return [with_embeds(block) for block in made]


def figure(children: tuple[Inline, ...], places: Places) -> Figure | Paragraph:
    """Return the paragraph of `children`, or a figure if its first lines hold only pictures.

    The other lines of a figure are its caption.
    """
    images: list[Image] = []
    rest, start = 0, 0
    while start < len(children):
        end = next((at for at in range(start, len(children)) if isinstance(children[at], Break)), len(children))
        line = [child for child in children[start:end] if not is_blank(child)]
        pictures = [image for child in line if (image := picture(child, places)) is not None]
        if not pictures or len(pictures) < len(line):
            break
        images += pictures
        rest = start = end + 1
    return Figure(tuple(images), children[rest:]) if images else Paragraph(children)


_OPENS_DETAILS = re.compile(r"\s*<details[\s>]", re.I)
_CLOSES_DETAILS = re.compile(r"\s*</details\s*>\s*\Z", re.I)
MAX_DETAILS = 1000
"""Most nodes inside details whose end is looked for."""


def closing(nodes: Sequence[SyntaxTreeNode], at: int) -> int:
    """Return the number of the HTML block that ends the details which the one at `at` begins; 0 if there is none."""
    if not _OPENS_DETAILS.match(nodes[at].content) or "</details" in nodes[at].content.lower():
        return 0
    depth = 0
    for number in range(at, min(len(nodes), at + MAX_DETAILS)):
        if nodes[number].type == "html_block":
            content = nodes[number].content
            depth += bool(_OPENS_DETAILS.match(content) and "</details" not in content.lower())
            depth -= bool(_CLOSES_DETAILS.match(content))
            if not depth:
                return number
    return 0


_KINDS: dict[str, EmbedKind] = {words[kind]: kind for words in WORDS.values() for kind in get_args(EmbedKind)}
_MISSING: dict[str, EmbedKind] = {
    words["missing"].format(words[kind]): kind for words in WORDS.values() for kind in get_args(EmbedKind)
}


def embed(children: tuple[Block, ...]) -> Quote | Embed:
    """Return the quote of `children`, or an embed if its last line names a kind of embedded content."""
    if children and isinstance(last := children[-1], Paragraph) and len(last.children) == 1:
        (only,) = last.children
        if isinstance(only, Link) and len(only.children) == 1 and isinstance(label := only.children[0], Text):
            if kind := _KINDS.get(label.text):
                return Embed(kind, only.target, children[:-1])
        elif isinstance(only, Text) and (kind := _MISSING.get(only.text)):
            before = children[:-1]
            if not before or (kind == "video" and all(isinstance(each, Figure) for each in before)):
                return Embed(kind, "", before)
    return Quote(children)


def with_embeds(node: Any) -> Any:
    """Return a block of HTML in which quotes that are embeds are embeds, as in the rest of the document."""
    if isinstance(node, tuple):
        return tuple(map(with_embeds, node))
    if isinstance(node, Quote):
        return embed(with_embeds(node.children))
    fields = CHILDREN.get(type(node), ()) if not isinstance(node, Inline) else ()
    changes = {field: with_embeds(getattr(node, field)) for field in fields}
    return replace(node, **changes) if changes else node
