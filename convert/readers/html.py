"""HTML → blocks.  The one adapter to the HTML parser, shared by every reader whose source holds HTML.

Parsing follows the HTML Standard (turbohtml); one walk over the tree makes the blocks.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace
from turbohtml import Element, Node, parse_fragment
from turbohtml import Text as TextNode

from convert.model import (
    MAX_DEPTH,
    Anchor,
    Aside,
    Block,
    Break,
    Cell,
    Code,
    Embed,
    EmbedKind,
    Emphasis,
    Figure,
    Footnote,
    Heading,
    Image,
    Inline,
    InlineCode,
    Item,
    Link,
    List,
    Note,
    Paragraph,
    Places,
    Quote,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
    ThematicBreak,
    Underline,
)
from convert.readers.flow import Flow, Maker, merge, trim
from convert.readers.markup import COMMON, Markup
from convert.text import EDGE_SPACE, HTML_SPACE, collapse, space_between, squeeze

MAX_TREE_DEPTH = 120
"""Elements nest 25 deep in the deepest of 123,259 real documents; beyond this only their text is kept."""

MARKS: Mapping[str, Maker] = MappingProxyType({
    "b": Strong, "strong": Strong,
    "cite": Emphasis, "dfn": Emphasis, "em": Emphasis, "i": Emphasis,
    "ins": Underline, "u": Underline,
    "sub": Subscript, "sup": Superscript,
})  # fmt: skip
CONTAINERS = frozenset({
    "address", "article", "aside", "body", "center", "cetner", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "footer", "form", "header", "hgroup", "legend", "li", "main", "menu", "nav", "p",
    "section", "summary",
})  # fmt: skip
UNSEEN = frozenset({
    "col", "colgroup", "datalist", "head", "link", "meta", "param", "script", "source", "style", "template", "title",
    "track",
})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_DIMENSION = re.compile(r"\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*\Z", re.I)
_STYLE_DIMENSION = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*(?:;|!|$)", re.I)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def dimensions(element: Element) -> tuple[int | None, int | None]:
    """Declared width and height in CSS pixels; a style's declaration is stronger than an attribute, as in browsers."""
    style = element.attr("style")
    if not style and element.attr("width") is None and element.attr("height") is None:
        return None, None
    found: dict[str, int | None] = {}
    for name in ("width", "height"):
        match = _DIMENSION.match(element.attr(name) or "")
        found[name] = int(match[1]) if match else None
    for name, value in _STYLE_DIMENSION.findall(style or ""):
        found[name.lower()] = int(value)
    return found["width"], found["height"]


class Builder:
    """Makes blocks of a parsed region of a page; gathers places and notes on the way.

    `line` is the number of lines of the source above the region.
    """

    def __init__(self, markup: Markup = COMMON, line: int = 0) -> None:
        self.markup = markup
        self.places = Places(line)
        self.notes: list[Note] = []
        self.levels: dict[str, int] = {}
        self.targets: set[str] = set()
        self.root: Element | None = None
        self.watch_hidden = False
        self.too_deep = False

    def parse(self, html: str) -> Element:
        """The tree of a fragment of HTML."""
        root = self.root = parse_fragment(html)
        self.watch_hidden = "isplay" in html or "ISPLAY" in html
        present = {each.tag for each in root.iter_elements(_HEADINGS) if each.text.strip(EDGE_SPACE)}
        self.levels = {tag: min(rank, 6) for rank, tag in enumerate(sorted(present), start=2)}
        return root

    def note(self, code: str, message: str, element: Element, removed: str = "") -> None:
        """Something noticed at an element."""
        self.places.put(element, element.position)
        self.notes.append(Note(code, message, self.places.of(element), squeeze(removed, 500)))

    def blocks(self, element: Element, depth: int = 0) -> list[Block]:
        """The blocks of what is inside `element`; `depth` counts the blocks around them."""
        flow = Flow(depth, element.position, self.places)
        self._walk(element, flow, 0)
        flow.flush()
        return flow.blocks

    def _inside(self, element: Element, flow: Flow, level: int) -> list[Block]:
        """The blocks inside an element that is a block of its own."""
        inner = Flow(flow.depth + 1, element.position, self.places)
        self._walk(element, inner, level + 1)
        inner.flush()
        return inner.blocks

    def _emit(self, block: Block, element: Element, flow: Flow) -> None:
        flow.flush()
        flow.blocks.append(block)
        self.places.put(block, element.position)

    def _walk(self, parent: Element, flow: Flow, level: int) -> None:
        if level > MAX_TREE_DEPTH:
            if not self.too_deep:
                self.too_deep = True
                self.note("HTM003", f"elements nest more than {MAX_TREE_DEPTH} deep here; their text is kept", parent)
            flow.text(parent.text)
            return
        handle, unknown = HANDLERS.get, Builder._inline
        for child in parent.children:
            if type(child) is TextNode:
                data = child.data
                if not flow.frames[-1][1] and not data.strip(HTML_SPACE) and len(flow.frames) == 1:
                    continue  # between blocks
                if flow.place is None:  # the parser tells no place of text: that of the element before it
                    before = child.previous_sibling
                    flow.place = before.position if before is not None else (1, 0)
                flow.text(data)
            elif type(child) is Element:
                handle(child.tag, unknown)(self, child, flow, level)

    def _paragraph(self, element: Element, flow: Flow, level: int) -> None:
        """A paragraph; most hold nothing but text and links, and those need no Flow: that halves the time."""
        nodes = element.children
        if len(flow.frames) > 1 or (children := self._plain(nodes)) is None:
            self._container(element, flow, level)
            return
        if flow.frames[0][1]:
            flow.flush()
        if children := trim(children):
            block = Paragraph(children)
            self.places.put(block, element.position)
            flow.blocks.append(block)

    def _plain(self, nodes: Sequence[Node]) -> tuple[Inline, ...] | None:
        """Inlines of nodes that are text, links and marks with nothing but text inside; None where they are more."""
        if len(nodes) == 1 and isinstance(only := nodes[0], TextNode):
            core = only.data.strip(HTML_SPACE)
            return (Text(collapse(core) if "\n" in core or "  " in core or "\t" in core else core),) if core else ()
        out: list[Inline] = []
        text = last = ""
        spaced = False
        for node in nodes:
            inner: Node = node
            maker: Maker | None = None
            target = None
            if type(node) is Element:
                tag = node.tag
                children = node.children
                if len(children) != 1 or type(inner := children[0]) is not TextNode:
                    return None
                if tag == "a":
                    target = node.attr("href")
                    if not target or target[:1] == "#" or node.attr("name") or node.attr("id"):
                        return None
                elif (maker := MARKS.get(tag)) is None:
                    return None
            elif type(node) is not TextNode:
                return None
            data: str = inner.data  # type: ignore[attr-defined]  # a TextNode on every way to here
            core = data.strip(HTML_SPACE)
            if not core:
                if node is not inner:
                    return None
                spaced = True
                continue
            if last and (spaced or data[0] in HTML_SPACE) and space_between(last, core[0]):
                text += " "
            last, spaced = core[-1], data[-1] in HTML_SPACE
            if "\n" in core or "  " in core or "\t" in core or "\r" in core:
                core = collapse(core)
            if node is inner:
                text += core
                continue
            if text:
                out.append(Text(text))
                text = ""
            inline = maker((Text(core),)) if maker else Link((target or "").strip(HTML_SPACE), (Text(core),))
            self.places.put(inline, node.position)
            out.append(inline)
        if text:
            out.append(Text(text))
        return tuple(out)

    def _container(self, element: Element, flow: Flow, level: int) -> None:
        flow.flush()
        outer, flow.place = flow.place, element.position
        self._walk(element, flow, level + 1)
        flow.flush()
        flow.place = outer

    def _box(self, element: Element, flow: Flow, level: int) -> None:
        """A container that may be something else: its identifier and classes tell."""
        if self.watch_hidden and self._hidden(element):
            return
        classes, identifier = element.attr("class"), element.attr("id")
        if not classes and not identifier:
            self._container(element, flow, level)
            return
        markup = self.markup
        names = [f".{name}" for name in (classes or "").split()]
        if identifier:
            names.append(f"#{identifier}")
        for name in names:
            if name in markup.captions:
                self._caption(element, flow, level)
                return
            if name in markup.embeds and flow.depth < MAX_DEPTH:
                self._embed(element, markup.embeds[name], flow, level)
                return
            if name in markup.asides and flow.depth < MAX_DEPTH:
                if inside := self._inside(element, flow, level):
                    self._emit(Aside(markup.asides[name], tuple(inside)), element, flow)
                return
        self._container(element, flow, level)

    def _inline(self, element: Element, flow: Flow, level: int) -> None:
        """An element without a meaning of its own, known or unknown: what is inside counts."""
        if not (self.watch_hidden and self._hidden(element)):
            self._walk(element, flow, level + 1)

    def _hidden(self, element: Element) -> bool:
        """Whether nobody sees the element; what it holds is noted as taken out."""
        if not _HIDDEN.search(element.attr("style") or ""):
            return False
        if f"#{element.attr('id')}" in self.markup.shown:
            return False
        if text := element.text.strip(EDGE_SPACE):
            self.note("HTM002", "hidden text was taken out", element, text)
        return True

    def _mark(self, element: Element, flow: Flow, level: int) -> None:
        maker = MARKS[element.tag]
        if flow.within(maker):
            self._inline(element, flow, level)
            return
        flow.open(maker)
        self._walk(element, flow, level + 1)
        flow.close()

    def _link(self, element: Element, flow: Flow, level: int) -> None:
        target = (element.attr("href") or "").strip(HTML_SPACE)
        name = element.attr("name") or element.attr("id")
        if name:
            flow.put(Anchor(name))
        if element.attr("href") is None:
            self._walk(element, flow, level + 1)
            return
        if not target:
            self.note("LNK002", "link without an address", element)
        if target.startswith("#"):
            self.targets.add(target[1:])
        place = element.position

        def maker(children: tuple[Inline, ...]) -> Link:
            link = Link(target, children)
            self.places.put(link, place)
            return link

        flow.open(maker)
        self._walk(element, flow, level + 1)
        flow.close(keep_empty=not name and self._is_empty_link(element))

    def _is_empty_link(self, element: Element) -> bool:
        """Whether nothing of a link can be seen, and the parser did not go on with it in the next block."""
        if element.text.strip(HTML_SPACE) or element.find("img") is not None or self.root is None:
            return False
        return sum(each.position == element.position for each in self.root.iter_elements("a")) == 1

    def _image(self, element: Element, flow: Flow, level: int) -> None:
        if image := self._picture(element):
            flow.put(image)

    def _picture(self, element: Element) -> Image | None:
        """The image of an `<img>`; none where nothing of it could ever be seen."""
        width, height = dimensions(element)
        address = (element.attr("src") or "").strip(HTML_SPACE)
        alt = collapse(element.attr("alt") or "").strip()
        if not address:
            self.note("IMG003", "picture without an address", element, alt)
            if not alt:
                return None
        image = Image(address, alt, collapse(element.attr("title") or "").strip(), width, height)
        self.places.put(image, element.position)
        return image

    def _break(self, element: Element, flow: Flow, level: int) -> None:
        flow.line_break()

    def _inline_code(self, element: Element, flow: Flow, level: int) -> None:
        if text := collapse(element.text).strip(HTML_SPACE):
            flow.put(InlineCode(text))

    def _line(self, element: Element, flow: Flow, level: int) -> tuple[tuple[Inline, ...], list[Block]]:
        """What is inside an element as one run of inlines, and blocks that do not fit into it."""
        if (children := self._plain(element.children)) is not None:
            return trim(children), []
        return merge(self._inside(element, flow, level))

    def _heading(self, element: Element, flow: Flow, level: int) -> None:
        inlines, others = self._line(element, flow, level)
        self._emit(Heading(self.levels.get(element.tag, 2), inlines), element, flow)
        flow.blocks += others

    def _figure(self, element: Element, flow: Flow, level: int) -> None:
        """Pictures and caption; what else stands in a figure follows it."""
        if figure := self._plain_figure(element):
            self._emit(figure, element, flow)
            return
        images: list[Image] = []
        caption: tuple[Inline, ...] = ()
        others: list[Block] = []
        for block in self._inside(element, flow, level):
            if isinstance(block, Figure):
                images += block.images
                caption += (Break(), *block.caption) if caption and block.caption else block.caption
            elif isinstance(block, Paragraph) and images:
                caption += (Break(), *block.children) if caption else block.children
            else:
                others.append(block)
        full = {image.full_size for image in images}
        if len(caption) == 1 and isinstance(caption[0], Link) and caption[0].target in full:
            caption = caption[0].children  # the link around the picture ran on over its caption
        if images or not others:
            self._emit(Figure(tuple(images), caption), element, flow)
        flow.flush()
        flow.blocks += others

    def _plain_figure(self, element: Element) -> Figure | None:
        """The figure that is one picture, mostly in a link to its full size, and its caption; None where it is more."""
        picture: Element | None = None
        target = ""
        caption: tuple[Inline, ...] | None = None
        for node in element.children:
            if not isinstance(node, Element):
                if isinstance(node, TextNode) and node.data.strip(HTML_SPACE):
                    return None
                continue
            tag = node.tag
            if tag == "figcaption" and picture is not None and caption is None:
                caption = self._plain(node.children)
                if caption is None:
                    return None
            elif tag == "a" and picture is None and not node.attr("name") and not node.attr("id"):
                inner = [each for each in node.children if isinstance(each, Element) or each.text.strip(HTML_SPACE)]
                if len(inner) != 1 or not isinstance(inner[0], Element) or inner[0].tag != "img":
                    return None
                picture, target = inner[0], (node.attr("href") or "").strip(HTML_SPACE)
            elif tag == "img" and picture is None:
                picture = node
            elif tag != "br":
                return None
        if picture is None or (image := self._picture(picture)) is None:
            return None
        if target:
            full = replace(image, full_size=target)
            self.places.inherit(full, image)
            image = full
        return Figure((image,), trim(caption or ()))

    def _caption(self, element: Element, flow: Flow, level: int) -> None:
        """The text under a picture: of the figure that stands before it, else a paragraph."""
        flow.flush()
        inlines, others = self._line(element, flow, level)
        before = flow.blocks[-1] if flow.blocks else None
        if isinstance(before, Figure) and not before.caption and inlines:
            flow.blocks[-1] = replace(before, caption=inlines)
            self.places.inherit(flow.blocks[-1], before)
        elif inlines:
            self._emit(Paragraph(inlines), element, flow)
        flow.blocks += others

    def _list(self, element: Element, flow: Flow, level: int) -> None:
        if flow.depth >= MAX_DEPTH - 1:
            self._flatten(element, flow, level)
            return
        items = []
        for child in element.children:
            if type(child) is Element and child.tag not in UNSEEN:
                if inside := tuple(self._inside(child, flow, level)):
                    items.append(Item(inside))
            elif type(child) is TextNode and (text := collapse(child.data).strip(EDGE_SPACE)):
                items.append(Item((Paragraph((Text(text),)),)))
        start = element.attr("start") or ""
        first = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1
        ordered = element.tag == "ol"
        self._emit(List(tuple(items), ordered=ordered, start=first if ordered else 1), element, flow)

    def _table(self, element: Element, flow: Flow, level: int) -> None:
        if flow.depth >= MAX_DEPTH - 1:
            self._flatten(element, flow, level)
            return
        rows: list[tuple[Cell, ...]] = []
        for part in element.children:
            if not isinstance(part, Element):
                continue
            if part.tag == "caption":
                self._container(part, flow, level)
                continue
            for row in part.children:
                if not isinstance(row, Element) or row.tag != "tr":
                    continue
                cells = [
                    Cell(
                        tuple(self._inside(cell, flow, level)),
                        header=cell.tag == "th" or part.tag == "thead",
                        colspan=span(cell.attr("colspan"), 1000),
                        rowspan=span(cell.attr("rowspan"), 65534),
                    )
                    for cell in row.children
                    if isinstance(cell, Element) and cell.tag in ("td", "th")
                ]
                if cells:
                    rows.append(tuple(cells))
        self._emit(Table(tuple(rows)), element, flow)

    def _flatten(self, element: Element, flow: Flow, level: int) -> None:
        if not self.too_deep:
            self.too_deep = True
            self.note("HTM003", f"blocks nest more than {MAX_DEPTH} deep here; the inner ones are unwrapped", element)
        self._container(element, flow, level)

    def _quote(self, element: Element, flow: Flow, level: int) -> None:
        for name in (element.attr("class") or "").split():
            if kind := self.markup.embeds.get(f".{name}"):
                self._embed(element, kind, flow, level)
                return
        if flow.depth >= MAX_DEPTH - 1:
            self._flatten(element, flow, level)
            return
        self._emit(Quote(tuple(self._inside(element, flow, level))), element, flow)

    def _embed(self, element: Element, kind: EmbedKind, flow: Flow, level: int) -> None:
        if flow.depth >= MAX_DEPTH - 1:
            self._flatten(element, flow, level)
            return
        inside = tuple(self._inside(element, flow, level))
        if len(inside) == 1 and isinstance(inside[0], Embed):
            self._emit(inside[0], element, flow)
            return
        address = element.attr("data-instgrm-permalink") or element.attr("data-href") or element.attr("cite") or ""
        if not address:
            links = [link.attr("href") or "" for link in element.iter_elements("a")]
            posts = [
                link for link in links if "/status/" in link or "instagram.com/" in link or "facebook.com/" in link
            ]
            address = (posts or [""])[-1]
        self._emit(Embed(kind, address, inside), element, flow)

    def _media(self, element: Element, flow: Flow, level: int) -> None:
        """Audio, video and frames: their address is kept, nothing of them is ever loaded."""
        kind: EmbedKind = "audio" if element.tag == "audio" else "video"
        address = element.attr("src") or ""
        if not address and (source := element.find("source")) is not None:
            address = source.attr("src") or ""
        if element.tag in ("iframe", "embed", "object"):
            address = address or element.attr("data") or ""
            kind = "video" if re.search(r"youtu|video|vimeo|bilibili|player", address) else "other"
            inside: tuple[Block, ...] = ()
        else:
            inside = tuple(self._inside(element, flow, level))
            if not (address or inside) and element.parent is not None and element.parent.find("noscript") is not None:
                return  # the list for browsers without scripts, beside it, holds the addresses
        self._emit(Embed(kind, address, inside), element, flow)

    def _preformatted(self, element: Element, flow: Flow, level: int) -> None:
        self._emit(Code(element.text.strip("\n")), element, flow)

    def _rule(self, element: Element, flow: Flow, level: int) -> None:
        self._emit(ThematicBreak(), element, flow)

    def _promotion(self, element: Element, flow: Flow, level: int) -> None:
        if inside := self._inside(element, flow, level):
            self._emit(Aside("promotion", tuple(inside)), element, flow)

    def footnotes(self, blocks: list[Block]) -> tuple[Block, ...]:
        """`blocks` with the paragraphs that notes of the text point at as footnotes: an anchor that the text links to,
        then a link back."""
        if not self.targets:
            return tuple(blocks)
        out: list[Block] = []
        for block in blocks:
            if isinstance(block, Paragraph) and len(block.children) > 1:
                anchor, back = block.children[:2]
                if (
                    isinstance(anchor, Anchor)
                    and anchor.id in self.targets
                    and isinstance(back, Link)
                    and back.target.startswith("#")
                ):
                    rest = Paragraph(block.children[1:])
                    note = Footnote(anchor.id, (rest,))
                    self.places.inherit(note, block)
                    self.places.inherit(rest, block)
                    block = note
            out.append(block)
        return tuple(out)


def span(value: str | None, limit: int) -> int:
    """The number of columns or rows that a cell takes; what is no number, or none, is one (HTML Standard, 4.9.11)."""
    digits = (value or "").strip()
    return max(1, min(int(digits), limit)) if digits.isascii() and digits.isdigit() and len(digits) < 8 else 1


Handler = Callable[[Builder, Element, Flow, int], None]


def _nothing(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """What nobody sees."""


HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys(UNSEEN, _nothing),
    **dict.fromkeys(CONTAINERS, Builder._box),
    **dict.fromkeys(MARKS, Builder._mark),
    "p": Builder._paragraph,
    "a": Builder._link,
    "img": Builder._image,
    "br": Builder._break,
    "code": Builder._inline_code, "samp": Builder._inline_code, "kbd": Builder._inline_code, "tt": Builder._inline_code,
    **dict.fromkeys(_HEADINGS, Builder._heading),
    "figure": Builder._figure,
    "figcaption": Builder._caption,
    "ul": Builder._list, "ol": Builder._list,
    "table": Builder._table,
    "blockquote": Builder._quote,
    "pre": Builder._preformatted,
    "hr": Builder._rule,
    "audio": Builder._media, "video": Builder._media, "iframe": Builder._media,
    "embed": Builder._media, "object": Builder._media,
    "mirror-promotion": Builder._promotion,
}  # fmt: skip
