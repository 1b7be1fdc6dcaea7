"""The builder of block sequences: text, inlines and line breaks go in, paragraphs and figures come out.

White space that prettified HTML added around inline elements is removed here (text.space_between), so that no writer
has to deal with it.
"""

from collections.abc import Callable, Iterator
from itertools import groupby

from msgspec.structs import replace

from convert.model import (
    Anchor,
    Block,
    Break,
    Figure,
    Formula,
    Heading,
    Image,
    Inline,
    InlineCode,
    Link,
    Paragraph,
    Places,
    Position,
    Text,
    texts,
)
from convert.text import EDGE_SPACE, HTML_SPACE, collapse, first_edge, is_ragged, is_unspaced, last_edge, space_between

MAX_CAPTION = 300
"""Longest caption, in characters: longer text under a picture in the same paragraph becomes a paragraph."""

Maker = Callable[[tuple[Inline, ...]], Inline]
"""Function from the children of an inline element to one inline."""
Several = Callable[[tuple[Inline, ...]], tuple[str | Inline, ...]]
"""Function from the children of an inline element to any number of inlines."""
Frame = tuple[Maker | Several, list[str | Inline]]
"""An open inline element: the function that makes its inline, and the items before it."""


class Flow:
    """Builder of a sequence of blocks, with the paragraph that is being filled.

    White space is not added when it is met: `pending` records the outermost frame that it was met in, and the next
    visible character decides whether it is a space.
    """

    __slots__ = ("blocks", "depth", "exact", "floating", "frames", "items", "last", "pending", "place", "places")

    def __init__(self, depth: int, place: Position, places: Places, *, exact: bool = False) -> None:
        self.exact = exact  # all white space is a space, because no program added any
        self.blocks: list[Block] = []
        self.depth = depth
        self.place = place
        self.floating = place is None  # no element: a paragraph's position is that of its text
        self.places = places
        self.items: list[str | Inline] = []  # of the innermost open inline element, or of the paragraph
        self.frames: list[Frame] = []  # the open inline elements, outermost first
        self.last = ""  # the last text of the paragraph, for space_between
        self.pending: int | None = None  # the outermost frame with white space after `last`

    def text(self, data: str) -> None:
        """Add text of the source, and decide which white space around it is a space."""
        core = data.strip(HTML_SPACE)
        top = len(self.frames)
        if not core:
            if data:
                self.pending = top if self.pending is None else min(self.pending, top)
            return
        if data[0] in HTML_SPACE:
            self.pending = top if self.pending is None else min(self.pending, top)
        if self.pending is not None:
            self._space(first_edge(core))
        self.items.append(collapse(core) if is_ragged(core) else core)
        self.last = core
        if data[-1] in HTML_SPACE:
            self.pending = top

    def _space(self, right: str) -> None:
        """Add the pending white space if it is a space between the last visible character and `right`."""
        if self.pending is not None and self.last and (self.exact or space_between(last_edge(self.last), right)):
            (self.items if self.pending == len(self.frames) else self.frames[self.pending][1]).append(" ")
        self.pending = None

    def put(self, inline: Inline) -> None:
        """Add an inline other than text."""
        self.items.append(inline)
        self.last, self.pending = "", None

    def put_picture(self, inline: Image) -> None:
        """Add a picture, which is a word of its line."""
        self._space("x")
        self.items.append(inline)
        self.last = "x"

    def put_anchor(self, name: str) -> None:
        """Add an anchor, which nobody sees, so that it has no effect on the white space around it."""
        self.items.append(Anchor(name))

    def put_word(self, inline: InlineCode | Formula) -> None:
        """Add code or a formula, which is a word of its line, whatever marks it begins and ends with."""
        left, right = (char if is_unspaced(char) else "x" for char in (inline.text[0], inline.text[-1]))
        self._space(left)
        self.items.append(inline)
        self.last = right

    def mark(self, mark: str, beside: str = "") -> None:
        """Add a quotation mark that the source does not contain, without effect on the white space of its line.

        White space before it is a space if it would be one before `beside`, the first character of the quotation.
        """
        if beside:
            self._space(beside)
        self.pending = None
        self.items.append(mark)
        self.last = "" if beside else self.last

    def line_break(self) -> None:
        """Add a line break; a second one in a row ends the paragraph, even if an inline element begins between them."""
        items = self.items
        for _, around in reversed(self.frames):
            if items:
                break
            items = around
        if items and isinstance(items[-1], Break):
            items.pop()
            self.flush()
        else:
            self.put(Break())

    def open(self, maker: Maker | Several) -> None:
        """Begin an inline element."""
        self.frames.append((maker, self.items))
        self.items = []

    def close(self) -> None:
        """End the innermost inline element.

        An empty element is dropped; line breaks at its ends move out of it.
        """
        inside = self.items
        maker, self.items = self.frames.pop()
        if self.pending is not None:
            self.pending = min(self.pending, len(self.frames))
        if not inside:
            return
        if type(inside[0]) is Break:
            self.items.append(inside.pop(0))
        broken = inside and type(inside[-1]) is Break and inside.pop()
        if inside:
            made = maker(settle(inside))
            if isinstance(made, tuple):
                self.items += made
            else:
                self.items += apart(made) if isinstance(made, Link) else (made,)
        if broken:
            self.line_break()

    def within(self, maker: Maker) -> bool:
        """Return True if an inline element of this kind is open."""
        return any(each is maker for each, _ in self.frames)

    def flush(self) -> None:
        """End the paragraph; open inline elements continue in the next one."""
        self.last, self.pending = "", None
        if self.frames:
            makers = [maker for maker, _ in self.frames]
            for _ in makers:
                self.close()
            self._end()
            for maker in makers:
                self.open(maker)
        elif self.items:
            self._end()
        if self.floating:
            self.place = None

    def _end(self) -> None:
        items, self.items = self.items, []
        if children := trim(settle(items)):
            plain = type(children[0]) is Text
            for block in (Paragraph(children),) if plain else paragraph(children, self.places):
                self.places.put((block, self.place))
                self.blocks.append(block)


def apart(link: Link) -> Iterator[Inline]:
    """Yield a link that contains other links as a row of links, because links cannot be nested."""
    if not any(isinstance(child, Link) for child in link.children):
        yield link
        return
    for inner, children in groupby(link.children, key=lambda child: isinstance(child, Link)):
        held = tuple(children)
        yield from held if inner else (replace(link, children=held),)


def settle(items: list[str | Inline]) -> tuple[Inline, ...]:
    """Return the items as inlines, each run of strings joined into one Text."""
    out: list[Inline] = []
    run: list[str] = []
    for item in items:
        if isinstance(item, str):
            run.append(item)
            continue
        if run:
            out.append(Text(run[0] if len(run) == 1 else "".join(run)))
            run = []
        out.append(item)
    if run:
        out.append(Text(run[0] if len(run) == 1 else "".join(run)))
    return tuple(out)


def trim(children: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Return `children` without line breaks and invisible space at both ends."""
    if not children:
        return ()
    head, tail = children[0], children[-1]
    if (
        isinstance(head, Text)
        and isinstance(tail, Text)
        and head.text[0] not in EDGE_SPACE
        and tail.text[-1] not in EDGE_SPACE
    ):
        return children
    first, last = 0, len(children)
    while first < last and is_blank(children[first]):
        first += 1
    while last > first and is_blank(children[last - 1]):
        last -= 1
    if last - first < len(children):
        children = children[first:last]
    if not children:
        return ()
    head = children[0]
    if isinstance(head, Text) and head.text[0] in EDGE_SPACE:
        children = (Text(head.text.lstrip(EDGE_SPACE)), *children[1:])
    tail = children[-1]
    if isinstance(tail, Text) and tail.text[-1] in EDGE_SPACE:
        children = (*children[:-1], Text(tail.text.rstrip(EDGE_SPACE)))
    return children


def is_blank(inline: Inline) -> bool:
    """Return True if the inline is invisible at the edge of a block."""
    if isinstance(inline, Text):
        return not inline.text.strip(EDGE_SPACE)
    return isinstance(inline, Break)


def picture(inline: Inline, places: Places) -> Image | None:
    """Return the image if the inline is one, or is a link to its full size with nothing else in it; else None."""
    if isinstance(inline, Image):
        return inline
    if isinstance(inline, Link) and len(children := trim(inline.children)) == 1:
        (child,) = children
        if isinstance(child, Image):
            image = replace(child, full_size=inline.target)
            places.inherit(image, child)
            return image
    return None


def paragraph(children: tuple[Inline, ...], places: Places) -> Iterator[Block]:
    """Yield the paragraph of `children`; pictures at its start become a figure, with a short text below as caption."""
    images: list[Image] = []
    rest = 0
    for child in children:
        if (image := picture(child, places)) is not None:
            images.append(image)
        elif not (images and (isinstance(child, Break) or (isinstance(child, Text) and not child.text.strip()))):
            break
        rest += 1
    below = children[rest:]
    if not images or (below and not isinstance(children[rest - 1], Break)):
        yield Paragraph(children)
    elif any(picture(child, places) for child in below) or visible_length(below) > MAX_CAPTION:
        yield Figure(tuple(images))
        yield Paragraph(below)
    else:
        yield Figure(tuple(images), below)


def visible_length(children: tuple[Inline, ...]) -> int:
    """Return the number of visible characters in `children`."""
    return sum(map(len, texts(children)))


def merge(blocks: list[Block], *, headings: bool = False) -> tuple[tuple[Inline, ...], list[Block]]:
    """Return the paragraphs of `blocks` as one run of inlines with line breaks between them, and the other blocks.

    With `headings`, those belong to the line too.
    """
    inlines: list[Inline] = []
    others: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph) or (headings and isinstance(block, Heading)):
            inlines += [Break(), *block.children] if inlines else block.children
        else:
            others.append(block)
    return tuple(inlines), others
