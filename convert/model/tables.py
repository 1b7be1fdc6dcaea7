"""Questions about tables: which rows are empty, which row is the head, which columns hold numbers."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from convert.late import late_pattern
from convert.model.nodes import Block, Break, Cell, Emphasis, Inline, Link, Paragraph, Strong, Table, Text, Underline
from convert.model.walk import texts, walk
from convert.text import shows

Row = tuple[Cell, ...]

LEAST_NUMBERS = 2
"""Fewest numbers that make a column one of numbers."""
LEAST_WORDS = 2
"""Fewest words of a head that they alone give away."""
LEAST_ROWS = 3
"""Fewest cells of a column that say by most of them that the word above is its head."""
NUMBER = late_pattern(
    r"[-+−±<>≈~约約]?\s?(?:[$¥￥€£]|[A-Z]{2,3}\$?)?\s?\d[\d.,，．]*\s?(?:[%％‰°]|[万萬亿億千百]{1,2})?"
)
"""Number as a table may hold it: with a sign, a currency, a percentage or a power of ten."""
NOTHING = frozenset({"", "-", "–", "—", "－", "——", "…", "*", "N/A", "n/a", "无", "無"})
"""Contents of a cell that has no number to show."""
HEAD_LENGTH = 20
"""Most characters of a cell of a head that its words alone give away."""
_WORDS = (Paragraph, Text, Break, Strong, Emphasis, Underline)
_MARKS = late_pattern(r"\W+")
_DIGIT = late_pattern(r"\d")


def content(cell: Cell) -> str:
    """Return the text of a cell on one line."""
    return " ".join("".join(texts(cell.children)).split())


def is_empty(cell: Cell) -> bool:
    """Return True if a cell shows nothing; a picture, an anchor or a formula shows something."""
    return all(isinstance(each, _WORDS) for each in walk(cell.children)) and not shows("".join(texts(cell.children)))


def without_empty_rows(table: Table) -> Table:
    """Return a table without rows whose cells are all empty, but for those that cells of other rows span.

    If nothing but a caption would be left, the table stays as it is.
    """
    rows, until = [], 0
    for number, row in enumerate(table.rows):
        spanned = number < until or any(cell.rowspan > 1 for cell in row)
        if spanned or not row or not all(map(is_empty, row)):
            rows.append(row)
        until = max([until, *(number + cell.rowspan for cell in row)])
    same = len(rows) == len(table.rows) or (not rows and table.caption)
    return table if same else replace(table, rows=tuple(rows))


def has_unmarked_head(table: Table) -> bool:
    """Return True if the first row is a head by its looks and is not marked as one: bold, or words over figures."""
    if len(table.rows) < 2 or len(table.rows[0]) < 2 or any(cell.header for row in table.rows for cell in row):
        return False
    first, rest = table.rows[0], table.rows[1:]
    if any(cell.rowspan > 1 for cell in first) or all(map(is_empty, first)):
        return False
    if all(is_empty(cell) or _is_bold(cell) for cell in first):
        return not all(_is_bold(cell) for row in rest for cell in row if not is_empty(cell))
    return _is_mostly_bold(first, rest) or _over_numbers(first, rest) or _over_amounts(first, rest)


def with_head(table: Table) -> Table:
    """Return a table whose first row is marked as its head, and is no longer bold besides."""
    head = tuple(replace(cell, children=_plain(cell.children), header=True) for cell in table.rows[0])
    return replace(table, rows=(head, *table.rows[1:]))


def numeric_columns(rows: tuple[Row, ...]) -> frozenset[int]:
    """Return the columns of which all cells are numbers, at least two; none if a cell spans others."""
    if any(cell.colspan > 1 or cell.rowspan > 1 for row in rows for cell in row):
        return frozenset()
    width = max(map(len, rows), default=0)
    return frozenset(column for column in range(width) if len(_numbers(rows, column)) >= LEAST_NUMBERS)


def _numbers(rows: tuple[Row, ...], column: int) -> list[str]:
    """Return the numbers of a column, none if it holds anything else."""
    found = [value for row in rows if column < len(row) if (value := content(row[column])) not in NOTHING]
    return found if all(map(NUMBER.fullmatch, found)) else []


def _is_mostly_bold(first: Row, rest: tuple[Row, ...]) -> bool:
    """Return True if most cells of the first row are bold, none has a digit, and below only first cells are bold."""
    shown = [cell for cell in first if not is_empty(cell)]
    bold = sum(map(_is_bold, shown))
    inner = (cell for row in rest for cell in row[1:])
    digits = any(_DIGIT.search(content(cell)) for cell in shown)
    return 2 * bold > len(shown) and not digits and not any(map(_is_bold, inner))


def _over_numbers(first: Row, rest: tuple[Row, ...]) -> bool:
    """Return True if a word is over a column of numbers, or all cells are words over one row of nothing else.

    The other cells of the first row are words too, but for a few that count something: "names (50)".
    """
    words = {column for column, cell in enumerate(first) if _is_word(cell)}
    others = [content(cell) for column, cell in enumerate(first) if column not in words and not is_empty(cell)]
    if len(words) < max(LEAST_WORDS, len(others) + 1) or not all(map(_is_counted, others)) or not _is_even(first, rest):
        return False
    if len(rest) == 1:
        return not others and all(NUMBER.fullmatch(content(rest[0][column])) for column in words)
    return not words.isdisjoint(numeric_columns(rest))


def _over_amounts(first: Row, rest: tuple[Row, ...]) -> bool:
    """Return True if words are over three columns or more, in one of which most cells begin with a digit, as dates do.

    Of two columns, the first may hold names of facts, and the first row a fact like the others.
    """
    if len(first) <= LEAST_WORDS or not _is_even(first, rest) or any(_DIGIT.search(content(each)) for each in first):
        return False
    columns = ([content(row[column]) for row in rest] for column in range(len(first)) if content(first[column]))
    filled = ([value for value in column if value not in NOTHING] for column in columns)
    return any(
        len(found) >= LEAST_ROWS and 3 * sum(map(_begins_with_digit, found)) >= 2 * len(found) for found in filled
    )


def _is_even(first: Row, rest: tuple[Row, ...]) -> bool:
    """Return True if all rows have as many cells as the first, none of whose cells spans columns."""
    return not any(cell.colspan > 1 for cell in first) and all(len(row) == len(first) for row in rest)


def _is_counted(value: str) -> bool:
    """Return True if a cell is a word with a count behind it, and neither a figure nor a long text."""
    return 0 < len(value) <= HEAD_LENGTH and not NUMBER.match(value)


def _begins_with_digit(value: str) -> bool:
    return bool(_DIGIT.match(value))


def _is_word(cell: Cell) -> bool:
    """Return True if a cell may be part of a head by its words: a few, without digits."""
    value = content(cell)
    return 0 < len(value) <= HEAD_LENGTH and not _DIGIT.search(value)


def _is_bold(cell: Cell) -> bool:
    """Return True if all words that a cell shows are bold; marks around them need not be."""
    if not all(isinstance(child, Paragraph) for child in cell.children):
        return False
    bold = "".join("".join(texts((each,))) for each in _strong(cell.children))
    return shows(bold) and _MARKS.sub("", bold) == _MARKS.sub("", "".join(texts(cell.children)))


def _strong(nodes: Iterable[Block | Inline]) -> Iterator[Strong]:
    """Yield what is bold in nodes, not that inside of it again."""
    for node in nodes:
        if isinstance(node, Strong):
            yield node
        elif isinstance(node, Paragraph | Emphasis | Underline | Link):
            yield from _strong(node.children)


def _plain(nodes: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return blocks whose paragraphs are not bold."""
    return tuple(
        replace(node, children=tuple(_unwrapped(node.children))) if isinstance(node, Paragraph) else node
        for node in nodes
    )


def _unwrapped(children: tuple[Inline, ...]) -> Iterator[Inline]:
    for child in children:
        if isinstance(child, Strong):
            yield from child.children
        elif isinstance(child, Emphasis | Underline | Link):
            yield replace(child, children=tuple(_unwrapped(child.children)))
        else:
            yield child
