"""Tables for engines: a full grid of cells, and column widths computed from their content."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

MAX_SPAN = 1000
"""Most columns that a cell of HTML may span (HTML, section 4.9.11)."""
PADDING = 0.1
"""Extra width that typst may need for a cell, in ems."""
FEW = 3.0
"""Width up to which a cell's text stays on one line, in ems, if there is room."""
UNBROKEN = 6.0
"""Width up to which a word is not broken, in ems."""
MOST = 40.0
"""Width in ems above which a longer text gets no wider column."""
CHARACTER = 0.55
"""Width of a narrow character, in ems."""
_WIDE = "\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\uffe6\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_WIDE}]|[^\\s{_WIDE}]+")
_WIDE_ONE = re.compile(f"[{_WIDE}]")


class Slot(NamedTuple):
    """Cell at its position in the grid; without an element, filler of a row that is too short."""

    element: Element | None
    column: int
    width: int
    height: int


class Grid(NamedTuple):
    """Table in which every position belongs to one cell."""

    rows: list[list[Slot]]
    heads: int
    """Number of rows that the source marks as its head."""
    first: int
    """Number of rows that are drawn as its head: by default the first and those that its cells span, because PDF/UA-1
    requires a head in every table (ISO 14289-1, 7.5)."""
    width: int
    """Number of columns."""


def grid(table: Element) -> Grid:
    """Return the grid of a table.

    A cell goes to the first free position in its row, and its spans end at taken positions and at the table's end
    (unlike HTML, section 4.9.12, where cells may overlap).  A column in which no cell begins is removed.
    """
    heads = sum(len(part.findall("tr")) for part in table if part.tag == "thead")
    elements = _rows(table)
    taken: dict[int, int] = {}  # column → for how many rows, from this one on
    rows: list[list[Slot]] = []
    for number, element in enumerate(elements):
        last, at = heads if number < heads else len(elements), 0
        row: list[Slot] = []
        for cell in element:
            while at in taken:
                at += 1
            width, wanted = 1, _span(cell, "colspan")
            while width < wanted and at + width not in taken:
                width += 1
            row.append(Slot(cell, at, width, min(_span(cell, "rowspan"), last - number)))
            for column in range(at, at + width):
                taken[column] = row[-1].height
            at += width
        rows.append(row)
        taken = {column: left - 1 for column, left in taken.items() if left > 1}
    return _filled(_narrowed(rows), heads)


def fill(table: Element, cells: Grid) -> None:
    """Write its grid into a table: add cells to rows that are too short, and correct the spans."""
    for element, row in zip(_rows(table), cells.rows, strict=True):
        for position, slot in enumerate(row):
            cell = slot.element
            if cell is None:
                cell = Element("td")
                element.insert(position, cell)
            for name, span in (("colspan", slot.width), ("rowspan", slot.height)):
                if span > 1:
                    cell.set(name, str(span))
                else:
                    cell.attrib.pop(name, None)


def columns(table: Grid, room: float, sides: float) -> list[float]:
    """Return the width of each column, in ems; together they fill `room`.

    `sides` is the space at both sides of a cell's content.  Columns with wider content get more, as in CSS's automatic
    table layout (CSS 2.2, section 17.5.2.2).
    """
    sides += PADDING
    least, most = [sides + 1] * table.width, [sides + 1] * table.width
    for row in table.rows:
        for slot in row:
            if slot.element is not None and slot.width == 1:
                text = "".join(slot.element.itertext())
                natural = _width(text)
                word = min(_width(max(_WORD.findall(text), key=len, default="")), UNBROKEN)
                least[slot.column] = max(least[slot.column], sides + max(word, min(natural, FEW)))
                most[slot.column] = max(most[slot.column], sides + min(natural, MOST))
    spare, wanted = room - sum(least), sum(most) - sum(least)
    if spare <= 0:
        padding = min(sides, room / table.width)
        share = (room - padding * table.width) / (sum(least) - sides * table.width)
        return [padding + (width - sides) * share for width in least]
    if wanted <= spare:
        return [width * room / sum(most) for width in most]
    return [low + (high - low) * spare / wanted for low, high in zip(least, most, strict=True)]


def _rows(table: Element) -> list[Element]:
    parts = (part if part.tag in ("thead", "tbody", "tfoot") else (part,) for part in table)
    return [row for part in parts for row in part if row.tag == "tr"]


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1")
    return max(1, min(int(value), MAX_SPAN)) if value.isdecimal() and len(value) < 9 else 1


def _width(text: str) -> float:
    text = text.strip()
    wide = len(_WIDE_ONE.findall(text))
    return wide + (len(text) - wide) * CHARACTER


def _narrowed(rows: Sequence[Sequence[Slot]]) -> list[list[Slot]]:
    """Return the rows without columns in which no cell begins."""
    begun = {slot.column for row in rows for slot in row}
    end = max((slot.column + slot.width for row in rows for slot in row), default=0)
    index, left = [], 0
    for column in range(end + 1):
        index.append(left)
        left += column in begun
    return [
        [
            slot._replace(column=index[slot.column], width=index[slot.column + slot.width] - index[slot.column])
            for slot in row
        ]
        for row in rows
    ]


def _filled(rows: list[list[Slot]], heads: int) -> Grid:
    """Return the rows as a grid, with empty cells at positions that have none."""
    count = max((slot.column + slot.width for row in rows for slot in row), default=0)
    free = [0] * count  # the row from which on each column is free
    full = []
    for number, row in enumerate(rows):
        for slot in row:
            for column in range(slot.column, slot.column + slot.width):
                free[column] = number + slot.height
        gaps, column = [], 0
        while column < count:
            start = column
            while column < count and free[column] <= number:
                column += 1
            if column > start:
                gaps.append(Slot(None, start, column - start, 1))
            column += 1
        full.append(sorted([*row, *gaps], key=lambda slot: slot.column) if gaps else row)
    first = heads or 1
    if not heads:
        while first < len(full) and any(
            slot.height > first - at for at, row in enumerate(full[:first]) for slot in row
        ):
            first += 1
    return Grid(full, heads, first, count)
