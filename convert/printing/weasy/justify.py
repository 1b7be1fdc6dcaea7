"""Justified lines of Chinese: WeasyPrint widens spaces, of which Chinese has none; here each character gets a share."""

import re
from functools import cache
from importlib import import_module
from typing import Any

JUSTIFY = "justify_line"
WIDEST = 0.06
"""Widest share of a character, in ems; a line that needs more ends where it ends."""
_HAN = re.compile("[\u2e80-\u2fdf\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")


@cache
def justify_chinese() -> None:
    """Make WeasyPrint justify lines of Chinese in this process.

    A line with spaces ends where it ends: read back, its words would be apart.

    A wrapper replaces the function that justifies a line; if a later WeasyPrint has no function of that name, lines of
    Chinese end where they end.
    """
    inline: Any = import_module("weasyprint.layout.inline")
    plain = getattr(inline, JUSTIFY, None)
    if plain is None:
        return

    def justified(context: Any, line: Any, extra: float) -> None:
        text = "".join(box.text for box in _texts(inline, line))
        count = len(text)
        if not _HAN.search(text):
            plain(context, line, extra)
        elif " " not in text and count > 1 and 0 < extra / (count - 1) <= WIDEST * line.style["font_size"]:
            _spread(inline, context, line, extra / (count - 1), 0.0)

    setattr(inline, JUSTIFY, justified)


def _texts(inline: Any, box: Any) -> Any:
    """Yield the boxes of text in a line that are in its flow."""
    if isinstance(box, inline.boxes.TextBox):
        yield box
    elif isinstance(box, inline.boxes.LineBox | inline.boxes.InlineBox):
        for child in box.children:
            if child.is_in_normal_flow():
                yield from _texts(inline, child)


def _spread(inline: Any, context: Any, box: Any, share: float, moved: float) -> float:
    """Widen the characters of a box, move it by what was added before it, and return what is added up to its end."""
    if isinstance(box, inline.boxes.TextBox):
        box.position_x += moved
        style = box.style.copy()
        style["letter_spacing"] = share + (0 if style["letter_spacing"] == "normal" else style["letter_spacing"])
        layout = inline.create_layout(box.text, style, context, max_width=None, justification_spacing=0)
        layout.deactivate()
        gain = share * len(box.text)
        box.style, box.pango_layout = style, layout
        box.width += gain
        return moved + gain
    if isinstance(box, inline.boxes.LineBox | inline.boxes.InlineBox):
        box.position_x += moved
        end = moved
        for child in box.children:
            if child.is_in_normal_flow():
                end = _spread(inline, context, child, share, end)
        box.width += end - moved
        return end
    box.translate(moved, 0)
    return moved
