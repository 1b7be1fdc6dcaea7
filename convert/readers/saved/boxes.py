"""The visible part of a page, as boxes inside boxes, each with the size of its text, of its links and of its prose."""

import re
from collections.abc import Iterator

from turbohtml import Element, Text

from convert.readers.html.styles import is_hidden

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

_COMMAS = re.compile(r"[,.;:!?，、。；：！？…”」]")
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
    def flat(self) -> str:
        """The letters and digits alone."""
        return flat("".join(self.parts))


class Box:
    """A block-level element and what is in it."""

    __slots__ = (
        *("chars", "children", "doubtful", "element", "first", "last", "linked", "links", "longest", "names", "parent"),
        *("pictures", "prose", "runs", "score", "sure", "tag"),
    )

    def __init__(self, element: Element, parent: "Box | None") -> None:
        self.element, self.parent, self.tag = element, parent, element.tag
        identifier, classes = element.attr("id"), element.attr("class")
        self.names = f"{identifier or ''} {classes or ''}" if identifier or classes else ""
        self.children: list[Box] = []
        self.runs: list[Run] = []
        self.chars = self.linked = self.links = self.pictures = self.first = self.last = 0
        self.doubtful = False
        self.longest = self.prose = self.score = self.sure = 0.0

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
    order, runs = [root], []
    stack: list[tuple[Iterator[object], Box, bool]] = [(iter(body.children), root, False)]
    run: Run | None = None
    broken = False
    while stack:
        nodes, box, link = stack[-1]
        for node in nodes:
            if type(node) is Text:
                data = node.data
                if data.isspace():
                    continue
                size = len("".join(data.split()))
                if run is None:
                    run = Run(box)
                    box.runs.append(run)
                    runs.append(run)
                broken = False
                run.parts.append(data)
                run.chars += size
                if link:
                    run.linked += size
                elif size > 8:
                    run.marks += len(_COMMAS.findall(data))
            elif type(node) is Element:
                tag = node.tag
                if tag in UNSEEN or is_hidden(node):
                    continue
                if tag not in INLINE:
                    inner = Box(node, box)
                    inner.first = len(runs)
                    box.children.append(inner)
                    order.append(inner)
                    run, broken = None, False
                    stack.append((iter(node.children), inner, link))
                    break
                if tag == "br":
                    run = None if broken else run
                    broken = True
                elif tag == "img":
                    box.pictures += 1
                else:
                    if tag == "a":
                        box.links += 1
                    stack.append((iter(node.children), box, link or tag == "a"))
                    break
        else:
            stack.pop()
            if stack and stack[-1][1] is not box:
                run, broken = None, False
                box.last = len(runs)
    root.last = len(runs)
    _add_up(order)
    return root, order, runs


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
            outer.pictures += box.pictures
