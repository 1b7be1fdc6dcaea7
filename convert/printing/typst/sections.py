"""Sections and their blocks → calls of the functions of book.typ."""

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from convert.printing.numerals import labels_of
from convert.printing.pages import PAGES, of_table, shortened
from convert.printing.tables import Slot, columns, grid
from convert.printing.tree import HEADINGS, ParsedSection
from convert.printing.typst.text import BLOCKS, EMPTY, Content, Inlines, boolean, joined, literal

SHORT = 300
"""Most characters of the last paragraph's markup for which it stays on one page with the source below it."""
LARGEST = 2
"""Size of the largest heading, as a multiple of the text's."""
TITLE, CHANNEL, HEADING = 2.5, 1.8, 1.6
"""The same of the book's title, of a channel's heading and of the largest other one, as in book.typ."""
MAX_START = 2**31 - 1
"""Largest first number of a list, as in browsers; typst's numbers end at 2**63."""
CAPTION = 3
"""Most lines of a caption that the page of a phone does not divide."""
MAX_BOXES = 10
"""Most levels of nested boxes that are drawn; typst draws some 30, and the model has 8."""
NARROW = 8.0
"""Width of a cell, in ems, below which no table fits in it."""


class Translator(Inlines):
    """Translator of the sections of a chunk, called for one after the other."""

    # --- sections ---

    def section(self, parsed: ParsedSection) -> Content:
        """Return a section, which begins a page."""
        section = parsed.section
        self.section_label = section.label
        self.language = parsed.element.get("lang") or self.chunk.language
        self.start = "right" if parsed.element.get("dir") == "rtl" else "left"
        self.own = {each.get("id", "") for each in parsed.element.iter()} - {""}
        draw = {"cover": self._cover, "contents": self._contents}.get(section.kind, self._article)
        plain = section.kind in ("cover", "contents")
        heads = (
            ("", "")
            if plain
            else tuple(shortened(text, self.running) for text in (section.section_title, section.title))
        )
        inside = joined(draw(parsed))
        if section.kind == "contents":  # its numbers are at the right, whatever the language
            inside = f"dir(ltr,{inside})"
        body = self._in_language(parsed.element, inside, self.chunk.language)
        return f"leaf({literal(heads[0])},{literal(heads[1])},{body})"

    def _cover(self, parsed: ParsedSection) -> list[Content]:
        title = parsed.element.find("h1")
        lines = [self._line(each) for each in parsed.element.iter("p")]
        self._level_of(1)
        heading = self._line(title, TITLE) if title is not None else EMPTY
        return [f"cover({','.join([self._label(parsed.anchor), heading, *lines])})"]

    def _contents(self, parsed: ParsedSection) -> list[Content]:
        out = [] if parsed.element.find("h1") is not None else self._anchor(parsed.anchor)
        for each in parsed.element:
            if each.tag == "h1":
                self._level_of(1)
                out.append(f'head("front",1,true,{self._label(parsed.anchor)},{self._line(each, HEADING)})')
            elif each.tag == "ol":
                out.append(self._entries(each, 0))
            else:
                out += self.block(each)
        return out or [EMPTY]

    def _entries(self, element: Element, depth: int) -> Content:
        items = []
        parted = boolean(element.find("li/ol") is not None)
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
        """Return a line of contents: its target, page number and text."""
        address, number = "none", "none"
        for link in item.iter("a"):
            address = literal(link.get("href") or "#")
            link.tag = "span"
            for folio in link.findall("span[@class='folio']"):
                number = literal("".join(folio.itertext()))
                link.remove(folio)
        return f"entry({depth},{address},{number},{self._line(item)})"

    def _article(self, parsed: ParsedSection) -> list[Content]:
        out = []
        if parsed.section.heading:
            self._level_of(1)
            heading = Element("h1")
            heading.text = parsed.section.heading
            inside = self._line(heading, CHANNEL)
            out.append(
                f"section({self._whole(heading, self.width / LARGEST)},"
                f"{self._label(parsed.section.heading_anchor)},{inside})"
            )
        if all(each.tag not in HEADINGS for each in parsed.element.iter()):
            out += self._anchor(parsed.anchor)
        self.anchor = parsed.anchor
        return (out + self.flow(parsed.element)) or [EMPTY]

    # --- blocks ---

    def flow(self, element: Element) -> list[Content]:
        """Return the content of an element that holds blocks; text between them becomes paragraphs."""
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
        """Return a block, with the blocks in it."""
        around = self.language
        self.language = element.get("lang") or around
        draw = DRAW.get(element.tag, Translator._plain)
        name = element.get("id", "") if element.tag not in HEADINGS and element.get("id") != self.anchor else ""
        out = [*self._anchor(name), *draw(self, element)]
        if element.get("lang", around) != around and out:
            out = [self._in_language(element, joined(out), around)]
        self.language = around
        return out

    def _plain(self, element: Element) -> list[Content]:
        return self.flow(element)

    def _boxed(self, element: Element, call: str) -> list[Content]:
        """Return the content of an element in a box, or without one if it is nested too deeply."""
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
        if kind in ("byline", "source"):
            return [f"{kind}({inside})"]
        if kind.startswith("byline "):  # the summary and the keywords, below the source
            return [f"fact({inside})"]
        if kind == "term":
            return [f"term({inside})"]
        indented = self.indents and self.indent and self.language.startswith("zh")
        call = f"{'i' if indented else 'p'}({inside})"
        return [f"stick({call})" if kind == "lead-in" else call]

    def _heading(self, element: Element) -> list[Content]:
        inside = self._line(element, HEADING)
        if inside == EMPTY:
            return self._anchor(element.get("id", ""))
        look = element.get("class") or f"l{element.tag[1]}"
        name = element.get("id") or self.anchor
        level = self._level_of(int(element.tag[1]))
        whole = self._whole(element, self.width / LARGEST)
        return [f"head({literal(look)},{level},{whole},{self._label(name)},{inside})"]

    def _figure(self, element: Element) -> list[Content]:
        parts = []
        caption = " ".join("".join("".join(each.itertext()) for each in element.iter("figcaption")).split())
        before, self.caption = self.caption, caption
        around, self.framed = self.framed, True
        for each in element:
            if each.tag == "figcaption":
                parts.append(f"cap({self._in_language(each, self._line(each), self.language)})")
            elif each.tag == "p":
                parts.append(f"shot({self._line(each)})")
            elif each.tag in BLOCKS:
                parts += self.block(each)
        self.caption, self.framed = before, around
        divided = PAGES[self.chunk.design.page].divides_captions and len(caption) > CAPTION * self.width
        return [f"fig({boolean(not divided and self._fits(element, self.width))},{joined(parts)})"] if parts else []

    def _list(self, element: Element) -> list[Content]:
        if self.boxes >= MAX_BOXES:
            return [part for item in element for part in self.flow(item)]
        self.boxes += 1
        items = [self._in_language(item, joined(self._tight(item) or [EMPTY]), self.language) for item in element]
        self.boxes -= 1
        if not items:
            return []
        if element.get("class") == "pictures":
            return [f"shots({','.join(_in_lines(element, items))})"]
        if element.tag == "ul":
            return [f"bullets({','.join(items)})"]
        if labels := labels_of(element):
            return [f"counted(({''.join(f'{literal(each)},' for each in labels)}),{','.join(items)})"]
        start = element.get("start", "1")
        number = min(int(start), MAX_START) if start.isdecimal() else 1
        return [f"numbers({','.join([str(number), *items])})"]

    def _tight(self, element: Element) -> list[Content]:
        """Return the content of an item or a cell: blocks, or a line of text."""
        anchor = self._anchor(element.get("id", ""))
        if any(each.tag in BLOCKS for each in element):
            return anchor + self.flow(element)
        inside = self._line(element)
        return anchor if inside == EMPTY else [*anchor, inside]

    def _quote(self, element: Element) -> list[Content]:
        if "embed" in element.get("class", "").split():
            return self._boxed(element, f"boxed({self._whole(element)},")
        return self._boxed(element, f"bar({self.start},")

    def _division(self, element: Element) -> list[Content]:
        return (
            self._boxed(element, f"shifted({self.start},")
            if element.get("class") == "description"
            else self.flow(element)
        )

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
        around = self.cell, self.sides
        table = grid(element)
        room = self.cell or self.width
        size, side = of_table(table.width, room)
        self.sides = 2 * side / size
        widths = columns(table, room / size, self.sides)
        # A table whose rows all belong to the head has no body, so typst draws it as a grid.
        kind = "table" if table.first < len(table.rows) else "grid"
        cells: list[list[Content]] = []
        for row in table.rows:
            rooms = [sum(widths[slot.column : slot.column + slot.width]) for slot in row]
            # An unbreakable cell makes its row unbreakable, and all its rows if it spans several.
            whole = all(
                slot.height == 1 and (slot.element is None or self._fits(slot.element, room))
                for slot, room in zip(row, rooms, strict=True)
            )
            cells.append([])
            for slot, room in zip(row, rooms, strict=True):
                self.cell = room
                cells[-1].append(self._cell(slot, kind, whole))
        self.cell, self.sides = around
        self.boxes -= 2
        head = [call for row in cells[: table.first] for call in row]
        calls = [call for row in cells[table.first :] for call in row]
        if kind == "grid":
            calls = head
        else:
            calls.insert(0, f"table.header(repeat:{'true' if table.heads else 'false'},{','.join(head)})")
        shares = "".join(f"{width:.2f}fr," for width in widths)
        captions = [f"p({self._line(each)})" for each in element.findall("caption")]
        look = f"{kind},{size:.3f},{side / size:.3f}em"
        return [*captions, f"tabular({look},({shares}),{','.join(calls)})"] if widths else captions

    def _cell(self, slot: Slot, kind: str, whole: bool) -> Content:
        element, _, width, height = slot
        spans = (f"colspan:{width}," if width > 1 else "") + (f"rowspan:{height}," if height > 1 else "")
        if element is None:
            return f"{kind}.cell({spans}[])"
        inside = self._in_language(element, joined(self._tight(element) or [EMPTY]), self.language)
        short = "breakable:false," if whole else ""
        short += "align:end+top," if element.get("class") == "number" else ""
        if element.tag == "th":
            return f'{kind}.cell({spans}{short}fill:rgb("#f0f0f0"),th({inside}))'
        return f"{kind}.cell({spans}{short}{inside})"


def _in_lines(pictures: Element, items: list[Content]) -> list[Content]:
    """Return the items of a list of pictures, those that are only numbers together in one."""
    lines: list[list[Content]] = []
    together = False
    for each, item in zip(pictures, items, strict=True):
        bare = each.get("class") == "bare"
        if together and bare:
            lines[-1] += [literal(" "), item]
        else:
            lines.append([item])
        together = bare
    return [joined(line) for line in lines]


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
    "div": Translator._division,
    "nav": Translator._nav,
}
