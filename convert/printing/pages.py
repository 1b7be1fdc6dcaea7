"""The table of page sizes and margins, PAGES; a new one is one row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.late import late_pattern
from convert.text import one_line

MM = 72 / 25.4
"""Points in a millimetre."""


class PageSize(NamedTuple):
    """Size and margins of a page, and its type."""

    about: str
    width: float
    """Width of the page in mm, as are all lengths below but `size`."""
    height: float
    top: float
    bottom: float
    side: float
    size: float
    """Size of the type, in points."""
    leading: float
    """Distance of lines, as a multiple of the type's size."""
    running: int
    """Chinese characters that fit in one half of a page's head."""

    @property
    def room(self) -> float:
        """Return the width of the text, in ems."""
        return (self.width - 2 * self.side) * MM / self.size

    @property
    def unbroken_lines(self) -> float:
        """Return the most lines of a block that no page break may divide: a third of a page."""
        return (self.height - self.top - self.bottom) * MM / (self.size * self.leading) / 3

    @property
    def divides_captions(self) -> bool:
        """Return True if a caption of more than a few lines may go on on the next page, as on that of a phone."""
        return self.room < 25


PAGES: Mapping[str, PageSize] = MappingProxyType({
    "a4": PageSize("A4, 210 × 297 mm", 210, 297, 26, 24, 25, 10.5, 1.75, 26),
    "a5": PageSize("A5, 148 × 210 mm", 148, 210, 20, 18, 16, 9.5, 1.7, 18),
    "phone": PageSize("for the screen of a phone, 75 × 160 mm", 75, 160, 11, 10, 5, 9.5, 1.65, 10),
})  # fmt: skip

NARROW = late_pattern("[ !-?\\[-`a-ln-vx-~]")
"""Characters that are at most `SHARE` as wide as a Chinese one."""
SHARE = 0.62
"""Width of a narrow character, as a part of a Chinese one's."""


def shortened(text: str, width: float) -> str:
    """Return `text` on one line, shortened to the width of `width` Chinese characters.

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
"""Size of the type in tables, and the usual and the least space at each side of a cell, in ems of the text."""


def of_table(columns: int, room: float) -> tuple[float, float]:
    """Return the size of the type in a table and the space at each side of a cell, for its columns and room, in ems.

    Both are smaller in a table of many columns, so that at least two characters fit in each.

    >>> of_table(3, 40), of_table(12, 20)[0] < 0.88
    ((0.88, 0.55), True)
    """
    each = room / max(columns, 1)
    scale = min(1.0, each / (2 * TABLE + 2 * LEAST))
    return TABLE * scale, max(min(SIDE, each / 2 - TABLE), LEAST * scale)
