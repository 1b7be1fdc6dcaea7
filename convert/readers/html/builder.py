"""The walk over a parsed page: its loop, and a fast path for the plain lines that most of a page consists of."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from turbohtml import Element, Node, Text as TextNode, parse_fragment, unescape

from convert.bounds import MAX_NODES, repeats_too_much, too_complex
from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import Anchor, Block, Break, Footnote, Inline, Link, Note, Paragraph, Places, Text
from convert.readers.flow import Flow, Maker, merge, trim
from convert.readers.html import prepare, targets
from convert.readers.html.elements import HEADINGS, MARKS
from convert.readers.markup import COMMON, Markup
from convert.text import EDGE_SPACE, HTML_SPACE, collapse, is_ragged, is_spaced, one_line
from convert.urls import written

_ITEM = late_pattern(r"""\sdata-(?:[\w\-]+-)?item-src\s*=\s*["']([^"'<>]*)["']""")

MAX_TREE_DEPTH = 120
"""Deepest nesting that is walked; deeper elements give only their text.  The deepest of 123,259 documents has 25."""


class Builder:
    """Walk that turns a parsed region of a page into blocks, and collects their positions and the notes.

    `handlers` has a function for each known element, `other` is the one for all others; `line` is the number of lines
    of the source above the region.
    """

    def __init__(
        self, handlers: Mapping[str, "Handler"], other: "Handler", markup: Markup = COMMON, line: int = 0
    ) -> None:
        self._handler, self._other = handlers.get, other
        self.markup = markup
        self.places = Places(line)
        self.notes: list[Note] = []
        self.levels: dict[str, int] = {}
        self.targets: set[str] = set()
        self.root: Element | None = None
        self._links: Counter[tuple[int, int] | None] | None = None
        self.too_deep = False
        self.exact = False
        """True if white space around inline elements is that of the article, and not that of a program."""
        self.gallery: frozenset[str] = frozenset()
        """Addresses of the pictures that are only in attributes, for a script that would show them."""
        self.in_gallery: set[str] = set()

    def parse(self, html: str) -> Element:
        """Return the tree of a fragment of HTML, and make it the region to walk.

        Raises:
            DocumentError: SRC014 if the tree could have too many parts.
        """
        if repeats_too_much(html):
            raise too_complex(message("too-many-parts", limit=MAX_NODES))
        if "item-src" in html:
            self.gallery = frozenset(unescape(each).strip(HTML_SPACE) for each in _ITEM.findall(html))
        root = parse_fragment(html)
        prepare.prepare(root, self.note, self.markup.shown, tex="\\" in html or "$" in html)
        targets.join(root)
        self.adopt(root)
        return root

    def prepare(self, root: Element, page: Element | None = None) -> None:
        """Open shadow roots, make formulas one and take out hidden elements; `parse` does it itself.

        The style sheets are those of `page`, or of the region if it is not given.
        """
        prepare.prepare(root, self.note, self.markup.shown, page)

    def adopt(self, root: Element) -> None:
        """Make an element of a tree that the caller parsed, and prepared, the region to walk."""
        self.root, self._links = root, None
        present = {each.tag for each in root.iter_elements(HEADINGS) if each.text.strip(EDGE_SPACE)}
        self.levels = {tag: min(rank, 6) for rank, tag in enumerate(sorted(present), start=2)}

    def links_at(self, element: Element) -> int:
        """Return how many links of the region begin where `element` does: more than one if the parser continued it."""
        if self._links is None:
            self._links = Counter(each.position for each in self.root.iter_elements("a")) if self.root else Counter()
        return self._links[element.position]

    def note(self, code: str, problem: Message, element: Element, removed: str = "") -> None:
        """Add a note about an element; `removed` is the text that it loses."""
        self.notes.append(Note(code, problem, self.places.place(element.position), one_line(removed)))

    def blocks(self, element: Element, depth: int = 0) -> list[Block]:
        """Return the blocks inside `element`; `depth` is the number of blocks around them."""
        flow = Flow(depth, element.position, self.places, exact=self.exact)
        self.walk(element, flow, 0)
        flow.flush()
        return flow.blocks

    def space(self, left: str, right: str) -> bool:
        """Return True if white space from markup between two texts is a space to the reader."""
        return self.exact or is_spaced(left, right)

    def inside(self, element: Element, flow: Flow, level: int, *, whole: bool = False) -> list[Block]:
        """Return the blocks inside an element that is itself a block; `whole` means with what the element means."""
        inner = Flow(flow.depth + 1, element.position, self.places, exact=self.exact)
        for maker, _ in flow.frames:  # links and marks around a block apply to the text in it
            inner.open(maker)
        if whole:
            self._handler(element.tag, self._other)(self, element, inner, level + 1)
        else:
            self.walk(element, inner, level + 1)
        for _ in flow.frames:
            inner.close()
        inner.flush()
        return inner.blocks

    def emit(self, block: Block, element: Element, flow: Flow) -> None:
        """End the paragraph and add a block after it."""
        flow.flush()
        flow.blocks.append(block)
        self.places.put((block, element.position))

    def walk(self, parent: Element, flow: Flow, level: int) -> None:
        """Add everything inside `parent` to `flow`; `level` is the number of elements around it."""
        if level > MAX_TREE_DEPTH:
            if not self.too_deep:
                self.too_deep = True
                self.note("HTM003", message("elements-too-deep", limit=MAX_TREE_DEPTH), parent)
            flow.text(parent.text)
            return
        handler, other = self._handler, self._other
        for child in parent.children:
            if type(child) is Element:
                handler(child.tag, other)(self, child, flow, level)
            elif type(child) is TextNode:
                data = child.data
                if data.isspace() and not flow.items and not flow.frames:
                    continue  # between blocks
                if flow.place is None:  # text nodes have no position: take that of the element before
                    before = child.previous_sibling
                    flow.place = before.position if before is not None else (1, 0)
                flow.text(data)

    def container(self, element: Element, flow: Flow, level: int) -> None:
        """Walk a block-level element that is no block of the model: it only ends paragraphs."""
        flow.flush()
        outer, flow.place = flow.place, element.position
        self.walk(element, flow, level + 1)
        flow.flush()
        flow.place = outer

    def line(self, nodes: Sequence[Node]) -> tuple[Inline, ...] | None:  # noqa: C901 -- more calls would cost time
        """Return the trimmed inlines of nodes that are text, line breaks, or links and marks of plain text; else None.

        This is the fast path for most of a page: it has the same result as Flow, in half the time.
        """
        if len(nodes) == 1 and type(only := nodes[0]) is TextNode:
            core = only.data.strip(EDGE_SPACE)
            return (Text(collapse(core) if is_ragged(core) else core),) if core else ()
        out: list[Inline] = []
        text = last = ""
        spaced = False
        for node in nodes:
            if type(node) is TextNode:
                data = node.data
                core = data.strip(HTML_SPACE)
                if not core:
                    spaced = True
                    continue
                if last and (spaced or data[0] in HTML_SPACE) and self.space(last, core):
                    text += " "
                text += collapse(core) if is_ragged(core) else core
                last, spaced = core, data[-1] in HTML_SPACE
                continue
            if type(node) is not Element:
                continue
            if len(children := node.children) != 1 or type(inner := children[0]) is not TextNode:
                if node.tag == "wbr":
                    continue
                if node.tag != "br" or (not text and out and type(out[-1]) is Break):
                    return None  # two line breaks end a paragraph
                if text:
                    out.append(Text(text))
                    text = ""
                out.append(Break())
                last, spaced = "", False
                continue
            if (mark := _simple_mark(node)) is None:
                return None
            target, maker = mark
            data = inner.data
            core = data.strip(HTML_SPACE)
            if not core:
                return None
            if last and (spaced or data[0] in HTML_SPACE) and self.space(last, core):
                text += " "
            last, spaced = core, data[-1] in HTML_SPACE
            if not target and not maker:
                text += collapse(core) if is_ragged(core) else core
                continue
            if text:
                out.append(Text(text))
                text = ""
            content = (Text(collapse(core) if is_ragged(core) else core),)
            made = maker(content) if maker else Link(written(target), content)
            self.places.put((made, node.position))
            out.append(made)
        if text:
            out.append(Text(text))
        return trim(tuple(out))

    def lines(
        self, element: Element, flow: Flow, level: int, *, headings: bool = False
    ) -> tuple[tuple[Inline, ...], list[Block]]:
        """Return the content of an element as one run of inlines, and the blocks that cannot be part of it.

        With `headings`, those can be.
        """
        if not flow.frames and (children := self.line(element.children)) is not None:
            return children, []
        return merge(self.inside(element, flow, level), headings=headings)

    def cell(self, element: Element, flow: Flow, level: int) -> tuple[Block, ...]:
        """Return the blocks inside a list item or a cell; most hold one line."""
        if flow.frames or (children := self.line(element.children)) is None:
            return tuple(self.inside(element, flow, level))
        if not children:
            return ()
        block = Paragraph(children)
        self.places.put((block, element.position))
        return (block,)

    def footnotes(self, blocks: list[Block]) -> tuple[Block, ...]:
        """Return `blocks` with footnotes in place of paragraphs that are one.

        Such a paragraph begins with an anchor that the text links to, and a link back; if it holds nothing else, the
        next one is the note's too.
        """
        if not self.targets:
            return tuple(blocks)
        out: list[Block] = []
        for block in blocks:
            if isinstance(block, Paragraph):
                last = out[-1] if out else None
                if name := self._name_of_note(block):
                    rest = Paragraph(block.children[1:])
                    self.places.inherit(rest, block)
                    out.append(Footnote(name, (rest,)))
                    self.places.inherit(out[-1], block)
                    continue
                if isinstance(last, Footnote) and _is_link(last.children):  # on a line of its own
                    out[-1] = Footnote(last.id, (*last.children, block))
                    self.places.inherit(out[-1], last)
                    continue
            out.append(block)
        return tuple(out)

    def _name_of_note(self, block: Paragraph) -> str:
        """Return the name of the note that a paragraph begins with, "" if it is none."""
        match block.children:
            case (Anchor(name), Link(target), *_) if name in self.targets and target.startswith("#"):
                return name
        return ""


def _is_link(blocks: tuple[Block, ...]) -> bool:
    return len(blocks) == 1 and isinstance(blocks[0], Paragraph) and len(blocks[0].children) == 1


def _simple_mark(node: Element) -> tuple[str | None, Maker | None] | None:
    """Return the target and the maker of an element as a link or a mark; None if it needs more than `Builder.line`."""
    if node.tag == "a":
        target = node.attr("href")
        if not target or target[0] == "#" or node.attr("name") or node.attr("id") or node.attr("style"):
            return None
        return target, None
    if node.tag == "span":  # in some mirrors a link
        target = node.attr("href")
        if node.attr("class") or node.attr("style"):
            return None
        if target and (target[0] == "#" or node.attr("name") or node.attr("id")):
            return None
        return target, None
    maker = MARKS.get(node.tag)
    return None if maker is None or node.attr("style") else (None, maker)


Handler = Callable[[Builder, Element, Flow, int], None]
"""Function that adds an element, which is inside `level` others, to a flow."""
