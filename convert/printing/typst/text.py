"""Inline content of XHTML → calls of the functions of book.typ, with every text as a string literal."""

import base64
import binascii
import re
from collections.abc import Mapping, Set
from xml.etree.ElementTree import Element

from convert.late import late_pattern
from convert.printing.model import Chunk
from convert.printing.pages import PAGES
from convert.printing.tables import CHARACTER
from convert.printing.tree import HEADINGS
from convert.text import squeeze
from convert.words import words

SPACE = re.compile("[ \t\n\r\f]+")
"""White space that HTML collapses into one space."""

LONG = 24
"""Most characters without a break that fit on any page; longer runs may break anywhere."""
LONG_IN_CELL = 10
"""The same for a cell of a table, if it has room for them."""
LEAST = 2
"""Least characters of a run that may break anywhere; so many fit in each cell."""

BOX = 2.5
"""Most width that a list or a quotation takes from what is in it, in ems."""

_UNBROKEN = "[^\\s\u0590-\u1fff\u2e80-\u2fdf\u3005-\u3007\u3021-\ufaff\U00010000-\U0010ffff]{%d,}"
LONGS = {size: late_pattern(_UNBROKEN % size) for size in range(LEAST, LONG + 1)}
ADDRESS = re.compile("[^:]{0,9}https?://[!-~]*\\Z")
UNIFORMS = {size: late_pattern(f"[A-Za-z]{{{size},}}|[0-9]{{{size},}}|[^A-Za-z0-9]{{8,}}") for size in LONGS}
"""Runs in an address that typst would not break; it breaks addresses itself where letters, digits and marks meet, while
divided text would become several links."""
MAX_MARKS = 16
"""Most levels of nested emphasis and other marks that are drawn."""
MAX_ADDRESS = 8000
"""Most bytes of an address that typst accepts."""

BLOCKS = frozenset({
    "article", "aside", "blockquote", "div", "figcaption", "figure", "footer", "header", "hr", "nav", "ol", "p", "pre",
    "section", "table", "ul", *HEADINGS,
})  # fmt: skip
LINES = BLOCKS | {"br", "li", "tr"}
"""Elements that begin a line."""

SMALL = 0.84
"""Size of small type, as a multiple of the text's."""
LOOKS = ("full", "small", "tall")
"""Classes of pictures that decide their size."""
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}))?(?:-|\Z)")
REGIONS = {"Hans": "cn", "Hant": "tw"}
"""Regions by which typst distinguishes the two Chinese scripts."""

Content = str
"""Expression of typst: a string literal, a call, or a block of them in braces."""
EMPTY = '""'


def literal(text: str) -> Content:
    r"""Return the text as a string literal of typst.

    U+2060 replaces U+FEFF, which PDF/UA-1 forbids (ISO 14289-1, 7.21.8) and which has the same meaning (Unicode,
    section 23.2).

    >>> print(literal('#"\n\\'))
    "#\"\n\\"
    """
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\ufeff", "\u2060")
    return '"' + text.replace("\n", "\\n").replace("\r", "\\r") + '"'


def place(tag: str) -> tuple[str, str]:
    """Return the language and the region of a BCP 47 tag for typst, "" for each that it lacks.

    >>> place("zh-Hant"), place("en"), place("pt-BR"), place("x-private")
    (('zh', 'tw'), ('en', ''), ('pt', 'br'), ('', ''))
    """
    if not (match := _LANGUAGE.match(tag)):
        return "", ""
    language, script, region = match.groups()
    return language, (region or REGIONS.get(script, "")).lower()


def boolean(value: bool) -> Content:
    """Return a boolean in typst's syntax."""
    return "true" if value else "false"


def joined(parts: list[Content]) -> Content:
    """Return several expressions as one."""
    return parts[0] if len(parts) == 1 else "{" + ";".join(parts) + "}"


class Inlines:
    """Translator of inline content, and the state that all sections of a chunk share."""

    def __init__(self, chunk: Chunk, unread: Set[bytes] = frozenset()) -> None:
        self.chunk = chunk
        self.unread = unread
        """Pictures that typst cannot read."""
        self.warnings: list[str] = []
        self.section_label = ""
        self.start = "left"
        """Side on which lines begin."""
        page = PAGES[chunk.design.page]
        self.width = page.room
        """Width of the text, in ems."""
        self.unbroken_lines = page.unbroken_lines
        self.running = page.running
        self.indent = chunk.design.style == "indent"
        self.pictures: dict[str, bytes] = {}
        """Pictures by the names of their files in memory."""
        self.names: dict[bytes, str] = {}
        """Names of pictures, each of which is one file."""
        self.labels: set[str] = set()
        self.own: set[str] = set()
        """Identifiers in the current section."""
        self.first = 0
        """Level of the first heading; 0 before it."""
        self.level = 0
        self.language = chunk.language
        self.spaced = True
        """True if a space at this point would be collapsed."""
        self.anchor = ""
        """Anchor of the section, which its first heading gets."""
        self.caption = ""
        """Caption of the enclosing figure, if any."""
        self.framed = False
        """True in a figure, whose type is small, so that its ems are."""
        self.indents = False
        """True if paragraphs of the enclosing block are indented."""
        self.boxes = 0
        self.marks = 0
        self.cell = 0.0
        """Width of the enclosing cell, in ems; 0 outside tables."""
        self.sides = 0.0
        """Space at both sides of the content of that cell, in ems."""
        self.size = 1.0
        """Size of the type, as a multiple of the text's or, in a cell, of its table's."""

    def _label(self, name: str) -> Content:
        """Return a name as a label, or none if it was used before."""
        if not name or name in self.labels:
            return "none"
        self.labels.add(name)
        return literal(name)

    def _anchor(self, name: str) -> list[Content]:
        return [f"at({label})"] if (label := self._label(name)) != "none" else []

    def _level_of(self, level: int) -> int:
        """Return the level for a heading, without gaps between levels (ISO 14289-1, 7.4)."""
        if not self.first:
            self.first = self.level = level if self.chunk.alone else min(level, 2)
        self.level = min(level, self.level + 1)
        return self.level

    def _in_language(self, element: Element, content: Content, around: str) -> Content:
        language = element.get("lang", "")
        if language and language != around and (parts := place(language))[0]:
            content = f"tongue({literal(parts[0])},{literal(parts[1]) if parts[1] else 'none'},{content})"
            if way := element.get("dir"):  # typst knows that of a dozen languages
                content = f"dir({way},{content})"
        return content

    def _fits(self, element: Element, width: float) -> bool:
        """Return True if an element is so short, in lines of `width` ems, that no page break may divide it."""
        lines = sum(map(len, element.itertext())) / width
        pictures = 0
        for each in element.iter():
            lines += each.tag in LINES
            pictures += each.tag == "img"
            if each.tag == "pre":
                lines += sum(text.count("\n") for text in each.itertext())
        return lines <= self.unbroken_lines and pictures <= 1

    def _whole(self, element: Element, width: float = 0) -> Content:
        return boolean(self._fits(element, width or self.cell or self.width))

    def _line(self, element: Element, size: float = 1) -> Content:
        """Return the content of an element that holds text, `size` times as large as the text around it."""
        self.spaced, self.size = True, size
        parts: list[Content] = []
        self._inside(element, parts)
        self.size = 1
        return joined(parts) if parts else EMPTY

    def _inside(self, element: Element, out: list[Content]) -> None:
        self._text(element.text, out)
        for each in element:
            self._inline(each, out)
            self._text(each.tail, out)

    def _text(self, text: str | None, out: list[Content]) -> None:
        if not text:
            return
        text = SPACE.sub(" ", text)
        if self.spaced and text[0] == " ":
            text = text[1:]
        if not text:
            return
        self.spaced = text[-1] == " "
        size = self._longest()
        at = 0
        for run in LONGS[size].finditer(text):
            if at < run.start():
                out.append(literal(text[at : run.start()]))
            address = ADDRESS.match(run[0]) and not UNIFORMS[size].search(run[0])
            out.append(literal(run[0]) if address else f"long({literal(run[0])})")
            at = run.end()
        if at < len(text):
            out.append(literal(text[at:]))

    def _longest(self) -> int:
        """Return the number of characters from which on a run without a break may break anywhere."""
        room = self.cell - self.sides if self.cell else self.width - BOX * self.boxes
        return max(LEAST, min(int(room / self.size / CHARACTER) + 1, LONG_IN_CELL if self.cell else LONG))

    def _inline(self, element: Element, out: list[Content]) -> None:
        around = self.language
        self.language = element.get("lang") or around
        tag = element.tag
        parts = self._anchor(element.get("id", "")) if tag != "span" or element.get("class") != "note" else []
        if tag == "br":
            parts.append("linebreak()")
            self.spaced = True
        elif tag == "img":
            parts.append(self._picture(element))
            self.spaced = False
        elif element.get("class") == "note":
            parts.append(self._note(element))
        else:
            inside: list[Content] = []
            deep = self.marks >= MAX_MARKS
            self.marks += 1
            self._inside(element, inside)
            self.marks -= 1
            if inside and not deep:
                inside = [self._marked(element, joined(inside))]
            parts += inside
        if parts:
            out.append(self._in_language(element, joined(parts), around) if element.get("lang") else joined(parts))
        self.language = around

    def _marked(self, element: Element, inside: Content) -> Content:
        tag, kind = element.tag, element.get("class", "")
        if tag == "a":
            return self._link(element, inside)
        if tag in ("em", "i", "cite"):
            chinese = self.language.startswith("zh") and kind != "latin"
            return f"{'em' if chinese else 'it'}({inside})"
        if tag == "time" and element.get("dir"):  # a box has its own order of characters
            inside = f"box({inside})"
        if kind in ("publisher", "author", "section") or tag == "time":
            return f"by({inside})"
        return f"{MARKS[tag]}({inside})" if tag in MARKS else inside

    def _link(self, element: Element, inside: Content) -> Content:
        href = element.get("href", "")
        if href.startswith("#"):
            return f"goto({literal(href[1:])},{inside})" if href[1:] in self.own else inside
        if not href or len(href.encode()) > MAX_ADDRESS:
            return inside
        call = f"to({literal(href)},{inside})"
        return f"by({call})" if element.get("class") == "section" else call

    def _note(self, element: Element) -> Content:
        around, self.cell, size = self.cell, 0.0, self.size
        parts = self._anchor(element.get("id", ""))
        for number, each in enumerate(element.iter("span")):
            if each.get("class") == "p":
                parts += (["parbreak()"] if number > 1 else []) + [self._line(each)]
        self.cell, self.size, self.spaced = around, size, False
        return f"note({joined(parts) if parts else EMPTY})"

    def _picture(self, element: Element) -> Content:
        """Return an embedded picture, or its alternative text if it cannot be read."""
        label = words(self.language)["picture"]
        alt = " ".join(element.get("alt", "").split()) or squeeze(self.caption, 200) or label
        match = _DATA.match(element.get("src", ""))
        try:
            data = base64.b64decode(element.get("src", "")[match.end() :]) if match else b""
        except binascii.Error:
            data = b""
        if not data or data in self.unread:
            self.warnings.append(f"{self.section_label}: a picture that cannot be read; its text stands for it")
            return literal(element.get("alt", "") or label)
        name = self.names.setdefault(data, f"{len(self.pictures)}.json")
        self.pictures[name] = data
        look = element.get("class", "")
        most = (self.cell or self.width) - 2 * (self.boxes - bool(self.cell) + (self.indents and not self.framed))
        most /= SMALL if self.framed else 1
        look = literal(look) if look in LOOKS else "none"
        return f"picture({literal(name)},{literal(alt)},{max(most, 1):.1f}em,{look})"


MARKS: Mapping[str, str] = {
    "strong": "st",
    "b": "st",
    "u": "un",
    "ins": "un",
    "del": "de",
    "sup": "su",
    "sub": "sb",
    "code": "co",
    "rt": "rt",
}
"""Functions of book.typ by element."""
