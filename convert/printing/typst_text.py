"""XHTML of a sheet → calls of the functions of book.typ, in which every text is a string literal."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Set
from xml.etree.ElementTree import Element

from convert.printing.glyphs import replace
from convert.printing.model import Chunk
from convert.printing.pages import PAGES
from convert.printing.tree import HEADINGS, Sheet
from convert.printing.typst_tables import Slot, columns, grid
from convert.text import squeeze
from convert.words import words

SPACE = re.compile("[ \t\n\r\f]+")
"""What HTML takes for one space."""

LONG = 24
"""Characters without a place to break at that fit on any page; more break anywhere."""
LONG_IN_CELL = 10

_UNBROKEN = "[^\\s\u0590-\u1fff\u2e80-\u2fdf\u3005-\u3007\u3021-\ufaff\U00010000-\U0010ffff]{%d,}"
LONGS = {size: re.compile(_UNBROKEN % size) for size in (LONG, LONG_IN_CELL)}
WHOLE = 500
"""Characters of a box that is kept on one page; a longer one might not fit on any."""
SHORT = 300
"""Of the last paragraph's markup, which then stays with the address below it."""
MAX_BOXES = 10
"""Boxes in boxes that are drawn; typst draws some 30, and the model has 8."""
NARROW = 8.0
"""Ems of a cell in which no table has room."""
MAX_MARKS = 16
"""Emphasis in emphasis, and the like, that is drawn."""
SMALL = 0.88
"""Of tables, the size of the type."""
MAX_ADDRESS = 8000
"""Bytes of an address that typst takes."""

BLOCKS = frozenset({
    "article", "aside", "blockquote", "div", "figcaption", "figure", "footer", "header", "hr", "nav", "ol", "p", "pre",
    "section", "table", "ul", *HEADINGS,
})  # fmt: skip
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}))?(?:-|\Z)")
REGIONS = {"Hans": "cn", "Hant": "tw"}
"""The region by which typst tells the two Chinese scripts apart."""

Content = str
"""An expression of typst: a string literal, a call, or a block of them in braces."""
EMPTY = '""'


def literal(text: str) -> Content:
    r"""The text as a string literal of typst.  PDF/UA-1 has no place for U+FEFF (ISO 14289-1, 7.21.8); what it says is
    now said by U+2060 (Unicode, section 23.2).

    >>> print(literal('#"\n\\'))
    "#\"\n\\"
    """
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\ufeff", "\u2060")
    return '"' + text.replace("\n", "\\n").replace("\r", "\\r") + '"'


def place(tag: str) -> tuple[str, str]:
    """The language and the region of a BCP 47 tag, as typst takes them; empty what there is not.

    >>> place("zh-Hant"), place("en"), place("pt-BR"), place("x-private")
    (('zh', 'tw'), ('en', ''), ('pt', 'br'), ('', ''))
    """
    if not (found := _LANGUAGE.match(tag)):
        return "", ""
    language, script, region = found.groups()
    return language, (region or REGIONS.get(script, "")).lower()


def joined(parts: list[Content]) -> Content:
    """Expressions, one after the other, as one."""
    return parts[0] if len(parts) == 1 else "{" + ";".join(parts) + "}"


class Translator:
    """The sheets of a chunk, one after the other."""

    def __init__(self, chunk: Chunk, unread: Set[bytes] = frozenset(), missing: Set[str] = frozenset()) -> None:
        self.chunk = chunk
        self.missing = missing
        """Characters that cannot be drawn, and are spelled out in the elements already."""
        self.unread = unread
        """Pictures that typst cannot read."""
        self.warnings: list[str] = []
        self.leaf_label = ""
        page = PAGES[chunk.design.page]
        self.width = (page.width - 2 * page.side) / 25.4 * 72 / page.size
        """Of the text, in ems."""
        self.running = page.running
        self.indent = chunk.design.style == "indent"
        self.pictures: dict[str, bytes] = {}
        """The pictures, by the names of the files that hand them over."""
        self.labels: set[str] = set()
        self.first = 0
        """The level of the first heading; 0 while there is none."""
        self.level = 0
        self.language = chunk.language
        self.spaced = True
        """Whether a space now would be one too many."""
        self.anchor = ""
        """Of the leaf; its first heading has it."""
        self.caption = ""
        """Of the figure around, if any."""
        self.indents = False
        """Whether paragraphs are indented in the block around."""
        self.boxes = 0
        self.marks = 0
        self.cell = 0.0
        """The width of the table's column, in ems; 0 outside tables."""

    # --- leaves ---

    def leaf(self, sheet: Sheet) -> Content:
        """A leaf, which begins a page."""
        leaf = sheet.leaf
        self.leaf_label = leaf.label
        self.language = sheet.element.get("lang") or self.chunk.language
        self.own = {each.get("id", "") for each in sheet.element.iter()} - {""}
        draw = {"cover": self._cover, "contents": self._contents}.get(leaf.kind, self._article)
        plain = leaf.kind in ("cover", "contents")
        heads = (
            ("", "")
            if plain
            else tuple(squeeze(self._shown(each), self.running) for each in (leaf.section, leaf.title))
        )
        body = self._tongue(sheet.element, joined(draw(sheet)), self.chunk.language)
        return f"leaf({literal(heads[0])},{literal(heads[1])},{body})"

    def _cover(self, sheet: Sheet) -> list[Content]:
        title = sheet.element.find("h1")
        lines = [self._line(each) for each in sheet.element.iter("p")]
        self._leveled(1)
        shown = self._line(title) if title is not None else EMPTY
        return [f"cover({','.join([self._label(sheet.anchor), shown, *lines])})"]

    def _contents(self, sheet: Sheet) -> list[Content]:
        out = [] if sheet.element.find("h1") is not None else self._anchor(sheet.anchor)
        for each in sheet.element:
            if each.tag == "h1":
                self._leveled(1)
                out.append(f'head("front",1,{self._label(sheet.anchor)},{self._line(each)})')
            elif each.tag == "ol":
                out.append(self._entries(each, 0))
            else:
                out += self.block(each)
        return out or [EMPTY]

    def _entries(self, element: Element, depth: int) -> Content:
        items = []
        parted = str(depth == 0 and element.find("li/ol") is not None).lower()
        for item in element.findall("li"):
            lists = item.findall("ol")
            for each in lists:
                item.remove(each)
            parts = [self._entry(item, depth)]
            if depth < MAX_BOXES:
                parts += [self._entries(each, depth + 1) for each in lists]
            items.append(joined(parts))
        return f"entries({','.join([str(depth), parted, *items])})"

    def _entry(self, item: Element, depth: int) -> Content:
        """A line of contents: where it leads, on which page that is, what it says."""
        address, number = "none", "none"
        for link in item.iter("a"):
            address = literal(link.get("href") or "#")
            link.tag = "span"
            for folio in link.findall("span[@class='folio']"):
                number = literal("".join(folio.itertext()))
                link.remove(folio)
        return f"entry({depth},{address},{number},{self._line(item)})"

    def _article(self, sheet: Sheet) -> list[Content]:
        out = []
        if sheet.leaf.heading:
            self._leveled(1)
            out.append(f"section({self._label(sheet.leaf.heading_anchor)},{literal(self._shown(sheet.leaf.heading))})")
        if all(each.tag not in HEADINGS for each in sheet.element.iter()):
            out += self._anchor(sheet.anchor)
        self.anchor = sheet.anchor
        return (out + self.flow(sheet.element)) or [EMPTY]

    # --- what all have ---

    def _shown(self, text: str) -> str:
        return replace(text, self.missing)

    def _label(self, name: str) -> Content:
        """The name of a place, once; nothing for a place named before."""
        if not name or name in self.labels:
            return "none"
        self.labels.add(name)
        return literal(name)

    def _anchor(self, name: str) -> list[Content]:
        return [f"at({label})"] if (label := self._label(name)) != "none" else []

    def _leveled(self, level: int) -> int:
        """The level at which a heading stands: none is left out on the way down (ISO 14289-1, 7.4)."""
        if not self.first:
            self.first = self.level = level if self.chunk.alone else min(level, 2)
        self.level = min(level, self.level + 1)
        return self.level

    def _tongue(self, element: Element, content: Content, around: str) -> Content:
        language = element.get("lang", "")
        if language and language != around and (found := place(language))[0]:
            content = f"tongue({literal(found[0])},{literal(found[1]) if found[1] else 'none'},{content})"
        return content

    # --- blocks ---

    def flow(self, element: Element) -> list[Content]:
        """What is inside an element that holds blocks; text between them becomes paragraphs."""
        out: list[Content] = []
        run: list[Content] = []
        self.spaced = True
        self._text(element.text, run)
        indents = element.tag in ("article", "blockquote") and not element.get("class", "").startswith(
            ("embed", "left-out")
        )
        for each in element:
            if each.tag in BLOCKS:
                self.indents = indents
                if run:
                    out.append(f"p({joined(run)})")
                run = []
                if each.tag == "footer" and out and out[-1][:2] in ("p(", "i(") and len(out[-1]) < SHORT:
                    out[-1] = f"stick({out[-1]})"
                out += self.block(each)
                self.spaced = True
            else:
                self._inline(each, run)
            self._text(each.tail, run)
        if run:
            out.append(f"p({joined(run)})")
        return out

    def block(self, element: Element) -> list[Content]:
        """A block, with the blocks in it."""
        around = self.language
        self.language = element.get("lang") or around
        draw = DRAW.get(element.tag, Translator._plain)
        named = element.get("id", "") if element.tag not in HEADINGS and element.get("id") != self.anchor else ""
        out = [*self._anchor(named), *draw(self, element)]
        if element.get("lang", around) != around and out:
            out = [self._tongue(element, joined(out), around)]
        self.language = around
        return out

    def _plain(self, element: Element) -> list[Content]:
        return self.flow(element)

    def _boxed(self, element: Element, call: str) -> list[Content]:
        """What is inside, in a box; beyond the boxes that typst draws, without one."""
        if self.boxes >= MAX_BOXES:
            return self.flow(element)
        self.boxes += 1
        inside = self.flow(element)
        self.boxes -= 1
        return [f"{call}{joined(inside)})"] if inside else []

    def _paragraph(self, element: Element) -> list[Content]:
        inside = self._line(element)
        kind = element.get("class", "")
        if inside == EMPTY:
            return []
        if kind == "byline" or kind == "source":
            return [f"{kind}({inside})"]
        indented = self.indents and self.indent and self.language.startswith("zh")
        call = f"{'i' if indented else 'p'}({inside})"
        return [f"stick({call})" if kind == "lead-in" else call]

    def _heading(self, element: Element) -> list[Content]:
        inside = self._line(element)
        if inside == EMPTY:
            return self._anchor(element.get("id", ""))
        look = element.get("class") or f"l{element.tag[1]}"
        name = element.get("id") or self.anchor
        level = self._leveled(int(element.tag[1]))
        return [f"head({literal(look)},{level},{self._label(name)},{inside})"]

    def _figure(self, element: Element) -> list[Content]:
        parts = []
        caption = " ".join("".join("".join(each.itertext()) for each in element.iter("figcaption")).split())
        before, self.caption = self.caption, caption
        for each in element:
            if each.tag == "figcaption":
                parts.append(f"cap({self._tongue(each, self._line(each), self.language)})")
            elif each.tag == "p":
                parts.append(f"shot({self._line(each)})")
            elif each.tag in BLOCKS:
                parts += self.block(each)
        self.caption = before
        return [f"fig({whole(element)},{joined(parts)})"] if parts else []

    def _list(self, element: Element) -> list[Content]:
        if self.boxes >= MAX_BOXES:
            return [part for item in element for part in self.flow(item)]
        self.boxes += 1
        items = [self._tongue(item, joined(self._tight(item) or [EMPTY]), self.language) for item in element]
        self.boxes -= 1
        if not items:
            return []
        if element.tag == "ul":
            return [f"bullets({','.join(items)})"]
        start = element.get("start", "1")
        return [f"numbers({','.join([str(int(start) if start.isdecimal() else 1), *items])})"]

    def _tight(self, element: Element) -> list[Content]:
        """An item or a cell: blocks, or its text alone."""
        anchor = self._anchor(element.get("id", ""))
        if any(each.tag in BLOCKS for each in element):
            return anchor + self.flow(element)
        inside = self._line(element)
        return anchor if inside == EMPTY else [*anchor, inside]

    def _quote(self, element: Element) -> list[Content]:
        if "embed" in element.get("class", "").split():
            return self._boxed(element, f"boxed({whole(element)},")
        return self._boxed(element, "bar(")

    def _aside(self, element: Element) -> list[Content]:
        return self._boxed(element, "beside(")

    def _nav(self, element: Element) -> list[Content]:
        return self._boxed(element, "nav(")

    def _preformatted(self, element: Element) -> list[Content]:
        text = "".join(element.itertext())
        return [f"code({literal(text.rstrip(chr(10)))})"] if text.strip() else []

    def _rule(self, element: Element) -> list[Content]:
        return ["rule()"]

    def _table(self, element: Element) -> list[Content]:
        if self.boxes >= MAX_BOXES or 0 < self.cell < NARROW:
            slots = (slot for row in grid(element).rows for slot in row)
            return [part for slot in slots if slot.element is not None for part in self.flow(slot.element)]
        self.boxes += 2
        around = self.cell
        table = grid(element)
        widths = columns(table, (around or self.width) / SMALL)
        # What is of one piece has no columns that anything could be at the head of.
        kind = "table" if table.first < len(table.rows) else "grid"
        cells: list[list[Content]] = []
        for row in table.rows:
            cells.append([])
            for slot in row:
                self.cell = sum(widths[slot.column : slot.column + slot.width])
                cells[-1].append(self._cell(slot, kind))
        self.cell = around
        self.boxes -= 2
        head = [call for row in cells[: table.first] for call in row]
        calls = [call for row in cells[table.first :] for call in row]
        if kind == "grid":
            calls = head
        else:
            calls.insert(0, f"table.header(repeat:{'true' if table.heads else 'false'},{','.join(head)})")
        shares = "".join(f"{width:.2f}fr," for width in widths)
        captions = [f"p({self._line(each)})" for each in element.findall("caption")]
        return [*captions, f"tabular({kind},({shares}),{','.join(calls)})"] if widths else captions

    def _cell(self, slot: Slot, kind: str) -> Content:
        element, _, width, height = slot
        spans = (f"colspan:{width}," if width > 1 else "") + (f"rowspan:{height}," if height > 1 else "")
        if element is None:
            return f"{kind}.cell({spans}[])"
        inside = self._tongue(element, joined(self._tight(element) or [EMPTY]), self.language)
        short = "" if len("".join(element.itertext())) > self.cell * 10 else "breakable:false,"
        if element.tag == "th":
            return f'{kind}.cell({spans}{short}fill:rgb("#f0f0f0"),th({inside}))'
        return f"{kind}.cell({spans}{short}{inside})"

    # --- inlines ---

    def _line(self, element: Element) -> Content:
        """What is inside an element that holds text."""
        self.spaced = True
        parts: list[Content] = []
        self._inside(element, parts)
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
        size = LONG_IN_CELL if self.cell else LONG
        at = 0
        for run in LONGS[size].finditer(text):
            if at < run.start():
                out.append(literal(text[at : run.start()]))
            out.append(f"long({literal(run[0])})")
            at = run.end()
        if at < len(text):
            out.append(literal(text[at:]))

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
            out.append(self._tongue(element, joined(parts), around) if element.get("lang") else joined(parts))
        self.language = around

    def _marked(self, element: Element, inside: Content) -> Content:
        tag, kind = element.tag, element.get("class", "")
        if tag == "a":
            return self._link(element, inside)
        if tag in ("em", "i", "cite"):
            chinese = self.language.startswith("zh") and kind != "latin"
            return f"{'em' if chinese else 'it'}({inside})"
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
        around, self.cell = self.cell, 0.0
        parts = self._anchor(element.get("id", ""))
        for number, each in enumerate(element.iter("span")):
            if each.get("class") == "p":
                parts += (["parbreak()"] if number > 1 else []) + [self._line(each)]
        self.cell, self.spaced = around, False
        return f"note({joined(parts) if parts else EMPTY})"

    def _picture(self, element: Element) -> Content:
        """A picture that the page holds; its alternative text, or its caption, where it cannot be read."""
        label = words(self.language)["picture"]
        alt = " ".join(element.get("alt", "").split()) or squeeze(self.caption, 200) or label
        found = _DATA.match(element.get("src", ""))
        try:
            data = base64.b64decode(element.get("src", "")[found.end() :]) if found else b""
        except binascii.Error:
            data = b""
        if not data or data in self.unread:
            self.warnings.append(f"{self.leaf_label}: a picture that cannot be read; its text stands for it")
            return literal(element.get("alt", "") or label)
        name = f"{len(self.pictures)}.json"
        self.pictures[name] = data
        most = (self.cell or self.width) - (2 if self.cell else 0)
        return f"picture({literal(name)},{literal(alt)},{max(most, 1):.1f}em)"


def whole(element: Element) -> Content:
    """Whether a box is so short that it is kept on one page."""
    return "true" if sum(map(len, element.itertext())) <= WHOLE else "false"


MARKS: Mapping[str, str] = {
    "strong": "st",
    "b": "st",
    "u": "un",
    "sup": "su",
    "sub": "sb",
    "code": "co",
    "rt": "rt",
}
"""The functions of book.typ by elements."""

DRAW: Mapping[str, Callable[[Translator, Element], list[Content]]] = {
    "p": Translator._paragraph,
    **dict.fromkeys(HEADINGS, Translator._heading),
    "figure": Translator._figure,
    "ul": Translator._list,
    "ol": Translator._list,
    "blockquote": Translator._quote,
    "pre": Translator._preformatted,
    "hr": Translator._rule,
    "table": Translator._table,
    "aside": Translator._aside,
    "nav": Translator._nav,
}
