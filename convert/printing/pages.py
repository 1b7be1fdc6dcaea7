"""The PAGES table: sizes and margins of printed pages; a new one is one row."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.text import one_line

MM = 72 / 25.4
"""Points of a millimetre."""


class PageSize(NamedTuple):
    """A page, in millimetres and points."""

    about: str
    width: float
    """In mm, as all that follow but the size of the type."""
    height: float
    top: float
    bottom: float
    side: float
    size: float
    """Of the type, in points."""
    leading: float
    """The distance of lines, as a multiple of the type's size."""
    running: int
    """Characters of Chinese that fit at the head of a page, in one half of it."""

    @property
    def room(self) -> float:
        """The width of the text, in ems."""
        return (self.width - 2 * self.side) * MM / self.size

    @property
    def kept(self) -> float:
        """Lines that are kept together, at most: a third of a page, of which a picture may take another half."""
        return (self.height - self.top - self.bottom) * MM / (self.size * self.leading) / 3


PAGES: Mapping[str, PageSize] = MappingProxyType({
    "a4": PageSize("A4, 210 × 297 mm", 210, 297, 26, 24, 25, 10.5, 1.75, 26),
    "a5": PageSize("A5, 148 × 210 mm", 148, 210, 20, 18, 16, 9.5, 1.7, 18),
    "phone": PageSize("for the screen of a phone, 75 × 160 mm", 75, 160, 11, 10, 5, 9.5, 1.65, 10),
})  # fmt: skip

NARROW = re.compile("[ !-?\\[-`a-ln-vx-~]")
"""Characters that are no wider than"""
SHARE = 0.62
"""of one of Chinese."""


def shortened(text: str, width: float) -> str:
    """`text` on one line, no wider than so many characters of Chinese.

    >>> shortened("One page, many copies", 14), shortened("纸的历史和将来", 5)
    ('One page, many copies', '纸的历史 …')
    """
    line = one_line(text)
    used, cut = 0.0, 0
    for number, char in enumerate(line):
        used += SHARE if NARROW.match(char) else 1
        if used <= width - 1:
            cut = number + 1
        elif used > width:
            return line[:cut].rstrip() + " …"
    return line


TABLE, SIDE, LEAST = 0.88, 0.55, 0.13
"""Of a table, in ems of the text: its type; the space at both sides of what is in a cell, and the least of it."""


def of_table(columns: int, room: float) -> tuple[float, float]:
    """The size of the type, and the space at each side of a cell, of a table of so many columns where there is so much
    room, all in ems: of many columns both are smaller, so that two characters of each stand on the page.

    >>> of_table(3, 40), of_table(12, 20)[0] < 0.88
    ((0.88, 0.55), True)
    """
    each = room / max(columns, 1)
    scale = min(1.0, each / (2 * TABLE + 2 * LEAST))
    return TABLE * scale, max(min(SIDE, each / 2 - TABLE), LEAST * scale)
