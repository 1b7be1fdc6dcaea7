"""Leaves and their blocks → calls of the functions of book.typ."""

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from convert.printing.pages import of_table, shortened
from convert.printing.tables import Slot, columns, grid
from convert.printing.tree import HEADINGS, Sheet
from convert.printing.typst.text import BLOCKS, EMPTY, Content, Inlines, boolean, joined, literal

SHORT = 300
"""Of the last paragraph's markup, which then stays with the address below it."""
LARGEST = 2
"""Of a heading, the size of the type."""
MAX_BOXES = 10
"""Boxes in boxes that are drawn; typst draws some 30, and the model has 8."""
NARROW = 8.0
"""Ems of a cell in which no table has room."""


class Translator(Inlines):
    """The sheets of a chunk, one after the other."""

    # --- leaves ---

    def leaf(self, sheet: Sheet) -> Content:
        """A leaf, which begins a page."""
        leaf = sheet.leaf
        self.leaf_label = leaf.label
        self.language = sheet.element.get("lang") or self.chunk.language
        self.own = {each.get("id", "") for each in sheet.element.iter()} - {""}
        draw = {"cover": self._cover, "contents": self._contents}.get(leaf.kind, self._article)
        plain = leaf.kind in ("cover", "contents")
        heads = ("", "") if plain else tuple(shortened(each, self.running) for each in (leaf.section, leaf.title))
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
                out.append(f'head("front",1,true,{self._label(sheet.anchor)},{self._line(each)})')
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
            shown = sheet.leaf.heading
            whole = boolean(len(shown) <= self.most * self.width / LARGEST)
            out.append(f"section({whole},{self._label(sheet.leaf.heading_anchor)},{literal(shown)})")
        if all(each.tag not in HEADINGS for each in sheet.element.iter()):
            out += self._anchor(sheet.anchor)
        self.anchor = sheet.anchor
        return (out + self.flow(sheet.element)) or [EMPTY]

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
        whole = self._whole(element, self.width / LARGEST)
        return [f"head({literal(look)},{level},{whole},{self._label(name)},{inside})"]

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
        return [f"fig({self._whole(element)},{joined(parts)})"] if parts else []

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
            return self._boxed(element, f"boxed({self._whole(element)},")
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
        room = around or self.width
        size, side = of_table(table.width, room)
        widths = columns(table, room / size, 2 * side / size)
        # What is of one piece has no columns that anything could be at the head of.
        kind = "table" if table.first < len(table.rows) else "grid"
        cells: list[list[Content]] = []
        for row in table.rows:
            rooms = [sum(widths[slot.column : slot.column + slot.width]) for slot in row]
            # A cell that is not broken keeps its whole row together, and one over several rows all of these.
            whole = all(
                slot.height == 1 and (slot.element is None or self._fits(slot.element, room))
                for slot, room in zip(row, rooms, strict=True)
            )
            cells.append([])
            for slot, room in zip(row, rooms, strict=True):
                self.cell = room
                cells[-1].append(self._cell(slot, kind, whole))
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
        look = f"{kind},{size:.3f},{side / size:.3f}em"
        return [*captions, f"tabular({look},({shares}),{','.join(calls)})"] if widths else captions

    def _cell(self, slot: Slot, kind: str, whole: bool) -> Content:
        element, _, width, height = slot
        spans = (f"colspan:{width}," if width > 1 else "") + (f"rowspan:{height}," if height > 1 else "")
        if element is None:
            return f"{kind}.cell({spans}[])"
        inside = self._tongue(element, joined(self._tight(element) or [EMPTY]), self.language)
        short = "breakable:false," if whole else ""
        if element.tag == "th":
            return f'{kind}.cell({spans}{short}fill:rgb("#f0f0f0"),th({inside}))'
        return f"{kind}.cell({spans}{short}{inside})"


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
