"""Tables → XHTML: heads with their scope, columns of numbers, and a box in which a wide table scrolls."""

from typing import Protocol

from msgspec.structs import replace

from convert.model import Block, Cell, Inline, Table
from convert.model.tables import is_empty, numeric_columns
from convert.words import Words
from convert.writers.book.escapes import attribute

FITTING = 5
"""Most columns that the screen of a phone holds; a wider table scrolls in a box of its own."""


class Renderer(Protocol):
    """Renderer of nodes, as far as it matters here."""

    pictures: bool
    """True for HTML inside Markdown, which has no attributes for looks."""
    label: Words

    @property
    def scrolls(self) -> bool:
        """Return True if the page is one on a screen that scrolls."""
        ...

    def run(self, tag: str, children: tuple[Inline, ...], further: str = "") -> str:
        """Return an element with a run of inlines and their language."""
        ...

    def tight(self, tag: str, further: str, nodes: tuple[Block, ...]) -> str:
        """Return a cell with further attributes."""
        ...


def table(renderer: Renderer, node: Table) -> str:
    """Return a table; rows of header cells at its top become `<thead>`."""
    if not renderer.pictures:
        node = narrowed(node)
    heads = _heads(node)
    numbers = frozenset[int]() if renderer.pictures else numeric_columns(node.rows[heads:])
    rows = [_row(renderer, row, numbers) for row in node.rows]
    head = f"<thead>\n{''.join(rows[:heads])}</thead>\n" if heads else ""
    caption = f"{renderer.run('caption', node.caption)}\n" if node.caption else ""
    html = f"<table>\n{caption}{head}<tbody>\n{''.join(rows[heads:])}</tbody>\n</table>\n"
    if renderer.scrolls and max((sum(cell.colspan for cell in row) for row in node.rows), default=0) > FITTING:
        return scrolling("\n" + html, renderer.label["table"], "div") + "\n"
    return html


def scrolling(html: str, name: str, tag: str) -> str:
    """Return a box in which what is wider than a screen scrolls; keys reach it (WCAG 2.2, 1.4.10, 2.1.1)."""
    return f'<{tag} class="wide" role="group" aria-label="{attribute(name)}" tabindex="0">{html}</{tag}>'


def _row(renderer: Renderer, row: tuple[Cell, ...], numbers: frozenset[int]) -> str:
    scope = "col" if all(cell.header for cell in row) else "row"
    cells = (_cell(renderer, cell, scope, end=column in numbers) for column, cell in enumerate(row))
    return f"<tr>{''.join(cells)}</tr>\n"


def _cell(renderer: Renderer, cell: Cell, scope: str, *, end: bool) -> str:
    further = f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    further += f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    header = cell.header and (renderer.pictures or not is_empty(cell))  # an empty corner heads nothing
    if header and not renderer.pictures:
        further += f' scope="{scope}"'
    if end:
        further += ' class="number"'
    return renderer.tight("th" if header else "td", further, cell.children)


def narrowed(node: Table) -> Table:
    """Return a table whose cells span no column in which no cell begins, which HTML forbids (section 4.9.12.1)."""
    if not any(cell.colspan > 1 for row in node.rows for cell in row):
        return node
    begun, taken = set[int](), dict[int, int]()  # taken: column → for how many rows, from this one on
    places: list[list[int]] = []
    for row in node.rows:
        at, columns = 0, []
        for cell in row:
            while at in taken:
                at += 1
            columns.append(at)
            taken |= dict.fromkeys(range(at, at + cell.colspan), cell.rowspan)
            at += cell.colspan
        begun.update(columns)
        places.append(columns)
        taken = {column: left - 1 for column, left in taken.items() if left > 1}
    rows = tuple(
        tuple(
            replace(cell, colspan=len(begun.intersection(range(at, at + cell.colspan))))
            for at, cell in zip(columns, row, strict=True)
        )
        for columns, row in zip(places, node.rows, strict=True)
    )
    return replace(node, rows=rows)


def _heads(node: Table) -> int:
    """Return the number of rows at the top of a table that are its head; no cell spans from it into the body."""
    heads = spanned = 0
    for number, row in enumerate(node.rows[:-1], start=1):
        if not all(cell.header for cell in row):
            break
        spanned = max([spanned, *(number - 1 + cell.rowspan for cell in row)])
        if spanned <= number:
            heads = number
    return heads
