"""Lines that WeasyPrint draws for us: bold without a bold face, and Chinese that ends where the measure ends."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from convert.printing.weasy.engine import engine

STYLE = "<style>@page { size: 200px 400px; margin: 0 } p { font-size: 10px; text-align: justify; margin: 0 }</style>"

pytestmark = pytest.mark.slow


def lines(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        if type(child).__name__ == "LineBox":
            yield child
        else:
            yield from lines(child)


def drawn(body: str) -> Any:
    return engine().HTML(string=f'<html lang="zh-Hans">{STYLE}<body style="margin: 0">{body}</body></html>').render()


def widths(text: str) -> list[float]:
    return [round(each.width, 1) for each in lines(drawn(f"<p>{text}</p>").pages[0]._page_box)]


def test_lines_of_chinese_end_where_the_measure_ends() -> None:
    measure = widths("，".join(["纸放进水里会散开"] * 14))
    assert len(measure) > 2
    assert all(abs(each - 200) < 1 for each in measure[:-1]), measure


def test_a_line_with_spaces_ends_where_it_ends() -> None:
    first, *_ = widths("纸的历史写在 a very long book 里" + "纸" * 30)
    plain = drawn(f"<p style='text-align: left'>纸的历史写在 a very long book 里{'纸' * 30}</p>").pages[0]._page_box
    assert first == round(next(lines(plain)).width, 1)


@pytest.mark.parametrize(("body", "is_bold"), [("<p><b>纸</b></p>", True), ("<p>纸</p>", False)])
def test_bold_text_has_a_stroke(body: str, *, is_bold: bool) -> None:
    data = drawn(body).write_pdf(uncompressed_pdf=True)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        modes = [
            int(each.operands[0]) for each in pikepdf.parse_content_stream(pdf.pages[0]) if str(each.operator) == "Tr"
        ]
    assert modes == ([2, 0] if is_bold else [])
