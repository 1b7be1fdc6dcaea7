"""Tables: rows that show nothing, heads that are not marked, columns of numbers."""

import pytest
from msgspec.structs import replace

from convert.model import Anchor, Cell, Emphasis, Image, Paragraph, Strong, Table, Text, texts, walk
from convert.model.tables import has_unmarked_head, numeric_columns, with_head, without_empty_rows


def cell(text: str) -> Cell:
    """Return a cell; `*…*` is bold."""
    if text.startswith("*"):
        return Cell((Paragraph((Strong((Text(text.strip("*")),)),)),))
    return Cell((Paragraph((Text(text),)),) if text else ())


def table(*rows: str) -> Table:
    return Table(tuple(tuple(map(cell, row.split("|"))) for row in rows))


@pytest.mark.parametrize(
    ("rows", "is_head"),
    [
        (("*年份*|*地方*", "1298|旌德"), True),
        (("|*地方*", "1298|旌德"), True),
        (("*年份*|地方", "1298|旌德"), False),
        (("*一*|*二*", "*三*|*四*"), False),
        (("*一*",), False),
        (("*一题*", "二"), False),
        (("年份|数目", "1298|60,000"), True),
        (("地方|数目", "旌德|60,000"), False),
        (("地方|数目", "旌德|60,000", "清州|3.5%"), True),
        (("|地方|数目", "1|旌德|60,000", "2|清州|—", "3|宣州|¥12"), True),
        (("地方|旌德", "数目|60"), False),
        (("1298|旌德", "1377|清州"), False),
        (("2022年|2023年", "1|2", "3|4"), False),
        (("一个长得不像表头、倒像一整句话的格子写在这里|数目", "旌德|1", "清州|2"), False),
        (("地方|数目", "旌德|约 12 万", "清州|3 亿"), True),
    ],
)
def test_a_head_is_known_by_its_looks(rows: tuple[str, ...], *, is_head: bool) -> None:
    given = table(*rows)
    assert has_unmarked_head(given) is is_head
    if is_head:
        made = with_head(given)
        assert [each.header for each in made.rows[0]] == [True] * len(made.rows[0])
        assert not has_unmarked_head(made)
        assert texts((made,)) == texts((given,))
        assert not any(isinstance(each, Strong) for each in walk((replace(made, rows=made.rows[:1]),)))


def test_a_marked_head_is_left_alone() -> None:
    given = table("年份|数目", "1298|60,000")
    marked = Table((tuple(Cell(each.children, header=True) for each in given.rows[0]), given.rows[1]))
    assert not has_unmarked_head(marked)


def test_rows_that_show_nothing_are_removed() -> None:
    blank = Cell((Paragraph((Emphasis((Text("\u200b\u3000"),)),)),))
    given = Table((*table("|", "年份|数目").rows, (blank, blank), *table("1298|60").rows))
    assert without_empty_rows(given) == table("年份|数目", "1298|60")


@pytest.mark.parametrize("shown", [Image("https://paper.example/a.png"), Anchor("a"), Text("—")])
def test_a_row_that_shows_anything_stays(shown: Image | Anchor | Text) -> None:
    given = Table(((Cell((Paragraph((shown,)),)), Cell(())),))
    assert without_empty_rows(given) is given


def test_a_row_that_cells_of_others_reach_into_stays() -> None:
    tall = Cell((Paragraph((Text("纸"),)),), rowspan=2)
    given = Table(((tall, cell("一")), (Cell(()),), (Cell(()), Cell(()))))
    assert without_empty_rows(given).rows == given.rows[:2]


def test_columns_of_numbers() -> None:
    assert numeric_columns(table("1298|60,000|12%|旌德", "1377|—|3.5％|2", "1455||+4|3").rows) == {0, 2}
    assert numeric_columns(table("1298|旌德").rows) == frozenset(), "one number is no column"
