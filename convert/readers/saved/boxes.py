"""The visible part of a page, as boxes inside boxes, each with the size of its text, of its links and of its prose."""

import re
from collections.abc import Iterator

from turbohtml import Element, Node, Text

from convert.readers.html.styles import MAY_BE_HIDDEN, is_hidden

UNSEEN = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "head", "title", "iframe", "object", "select", "textarea",
    "button", "canvas", "option", "link", "meta", "source", "track", "datalist", "map",
})  # fmt: skip
"""Elements whose text is none of the page's text."""

INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "input", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
"""Elements that are part of a line."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

PARAGRAPHS = frozenset({"p", "pre", "blockquote", "td", "li", "dd", "dt", "figcaption", *HEADINGS})
"""Elements that are a part of a text, never its region."""

MARKS = (",", ".", ";", ":", "!", "?")
FULL_MARKS = (",", ".", "，", "、", "。", "；", "：", "！", "？", "”", "」")
"""Punctuation marks, by which prose is known: in ASCII, and in other texts."""

SHORT = 8
"""Characters of texts whose punctuation does not count."""

_NO_WORD = re.compile(r"[\W_]+")


def flat(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return _NO_WORD.sub("", text).lower()


class Run:
    """A line of text in a box: its characters without spaces, how many of them are links, and its punctuation marks."""

    __slots__ = ("box", "chars", "linked", "marks", "parts")

    def __init__(self, box: "Box") -> None:
        self.box = box
        self.parts: list[str] = []
        self.chars = self.linked = self.marks = 0

    @property
    def key(self) -> str:
        """The text without white space."""
        return "".join("".join(self.parts).split())

    @property
    def flat(self) -> str:
        """The letters and digits alone."""
        return flat("".join(self.parts))


class Box:
    """A block-level element and what is in it: the sizes count what is in the boxes in it too."""

    chars = linked = links = 0
    """Characters, characters of links, links."""
    first = last = 0
    """The numbers of its first line and of the one after its last."""
    prose = sure = longest = 0.0
    """The worth of its prose, and of that which its names do not make doubtful; the length of its longest line."""
    score = 0.0
    """Its score as a candidate for the article."""
    doubtful = False
    """True if its names, or those of a box around it, say that it belongs to the site."""

    def __init__(self, element: Element, parent: "Box | None") -> None:
        self.element, self.parent, self.tag = element, parent, element.tag
        identifier, classes = element.attr("id"), element.attr("class")
        self.names = f"{identifier or ''} {classes or ''}" if identifier or classes else ""
        self.children: list[Box] = []
        self.runs: list[Run] = []

    @property
    def classes(self) -> frozenset[str]:
        """The names of the element's classes."""
        return frozenset((self.element.attr("class") or "").split())

    @property
    def density(self) -> float:
        """The share of links in the text."""
        return self.linked / self.chars if self.chars else 0.0

    def walk(self) -> Iterator["Box"]:
        """Yield the boxes in this one, itself first, in the order of the page."""
        stack = [self]
        while stack:
            box = stack.pop()
            yield box
            stack += reversed(box.children)

    def above(self) -> Iterator["Box"]:
        """Yield the boxes around this one, the nearest first."""
        box = self.parent
        while box is not None:
            yield box
            box = box.parent


def survey(body: Element) -> tuple[Box, list[Box], list[Run]]:
    """Return the outermost box of a page, all its boxes and all its lines, without text that nobody sees."""
    root = Box(body, None)
    boxes, lines = [root], list[Run]()
    hidden = {each for each in body.select(MAY_BE_HIDDEN) if is_hidden(each)}
    stack: list[tuple[Iterator[Node], Box, bool]] = [(iter(body.children), root, False)]
    line: Run | None = None  # to which the next text belongs
    broken = False
    while stack:
        nodes, box, link = stack[-1]
        for node in nodes:
            if type(node) is Text:
                if not (data := node.data).isspace():
                    if line is None:
                        line = Run(box)
                        box.runs.append(line)
                        lines.append(line)
                    broken = False
                    _add(line, data, link)
            elif type(node) is Element and (tag := node.tag) not in UNSEEN and not (hidden and node in hidden):
                if tag == "br":
                    line, broken = (None if broken else line), True
                elif tag not in INLINE:
                    inner = Box(node, box)
                    inner.first = len(lines)
                    box.children.append(inner)
                    boxes.append(inner)
                    line, broken = None, False
                    stack.append((iter(node.children), inner, link))
                    break
                elif children := node.children:
                    box.links += tag == "a"
                    stack.append((iter(children), box, link or tag == "a"))
                    break
        else:
            stack.pop()
            if stack and stack[-1][1] is not box:
                line, broken = None, False
                box.last = len(lines)
    root.last = len(lines)
    _add_up(boxes)
    return root, boxes, lines


def _add(line: Run, data: str, link: bool) -> None:
    """Add text to a line."""
    size = len(data) - data.count(" ") - data.count("\n") - data.count("\t")
    line.parts.append(data)
    line.chars += size
    if link:
        line.linked += size
    elif size > SHORT:
        line.marks += sum(map(data.count, MARKS if data.isascii() else FULL_MARKS))


def _add_up(order: list[Box]) -> None:
    """Give each box the sizes of its lines and of the boxes in it; `order` has the outermost first."""
    for box in reversed(order):
        for each in box.runs:
            box.chars += each.chars
            box.linked += each.linked
        if (outer := box.parent) is not None:
            outer.chars += box.chars
            outer.linked += box.linked
            outer.links += box.links
