"""Bold text, for which the fonts at hand have no face: a stroke around each glyph."""

from functools import cache
from importlib import import_module
from typing import Any

DRAW = "draw_first_line"
BOLD = 600
"""Least weight that is drawn bold."""
STROKE = 0.03
"""Width of the stroke, as a share of the size of the type."""
FILL, FILL_AND_STROKE = 0, 2
"""Text rendering modes (ISO 32000-2, table 104)."""


@cache
def embolden() -> None:
    """Make WeasyPrint draw bold text with a stroke in this process, in the colour of the text.

    It has only the upright face of a font for it.  A wrapper replaces the function that draws a line; if a later
    WeasyPrint has no function of that name, bold text is not bold.
    """
    module: Any = import_module("weasyprint.draw.text")
    draw = getattr(module, DRAW, None)
    if draw is None:
        return

    def draw_bold(stream: Any, textbox: Any, *others: Any) -> Any:
        style = textbox.style
        if style["font_weight"] < BOLD:
            return draw(stream, textbox, *others)
        stream.set_color(style["color"], stroke=True)
        stream.set_line_width(style["font_size"] * STROKE)
        stream.set_text_rendering(FILL_AND_STROKE)
        drawn = draw(stream, textbox, *others)
        stream.set_text_rendering(FILL)
        return drawn

    setattr(module, DRAW, draw_bold)
