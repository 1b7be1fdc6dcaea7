"""The handler for tables."""

from turbohtml import Element

from convert.model import MAX_DEPTH, Block, Cell, Inline, Paragraph, Table
from convert.readers.flow import Flow
from convert.readers.html.boxes import flatten
from convert.readers.html.builder import Builder


def table(builder: Builder, element: Element, flow: Flow, level: int) -> None:
    """Add a table with its caption; what cannot be part of a caption is above the table."""
    if flow.depth >= MAX_DEPTH - 1:
        flatten(builder, element, flow, level)
        return
    rows: list[tuple[Cell, ...]] = []
    caption: tuple[Inline, ...] = ()
    above: list[Block] = []
    parts = [part for part in element.children if type(part) is Element]
    for part in sorted(parts, key=lambda part: part.tag == "tfoot"):  # the foot is shown last
        if part.tag == "caption" and not caption:
            caption, above = builder.lines(part, flow, level)
        elif part.tag == "caption":
            builder.container(part, flow, level)
        else:
            _rows(builder, part, rows, flow, level)
    flow.flush()
    flow.blocks += above
    alone = bool(caption and not rows)
    builder.emit(Paragraph(caption) if alone else Table(tuple(rows), caption), element, flow)


def _rows(builder: Builder, part: Element, rows: list[tuple[Cell, ...]], flow: Flow, level: int) -> None:
    """Add the rows of a part of a table; one without cells counts only if cells above it span it."""
    lines = [row for row in part.children if type(row) is Element and row.tag == "tr"]
    until = 0  # the row of this part up to which cells of the rows so far span
    for number, row in enumerate(lines):
        cells = tuple(
            Cell(
                builder.cell(cell, flow, level),
                header=cell.tag == "th" or part.tag == "thead",
                colspan=span(cell.attr("colspan"), 1000),
                rowspan=span(cell.attr("rowspan"), 65534, rest=len(lines) - number),
            )
            for cell in row.children
            if type(cell) is Element and cell.tag in ("td", "th")
        )
        if cells or number < until:
            rows.append(cells)
            until = max([until, *(number + cell.rowspan for cell in cells)])


def span(value: str | None, limit: int, rest: int = 1) -> int:
    """Return the number of columns or rows of a cell, 1 if the value is missing or invalid (HTML Standard, 4.9.11).

    0 means the `rest` of the rows.
    """
    digits = (value or "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 8):
        return 1
    return min(int(digits) or rest, limit)
