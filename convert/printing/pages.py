"""The PAGES table: sizes and margins of printed pages; a new one is one row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

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
    """Characters of a title that fit at the head of a page, in one half of it."""


PAGES: Mapping[str, PageSize] = MappingProxyType({
    "a4": PageSize("A4, 210 × 297 mm", 210, 297, 26, 24, 25, 10.5, 1.75, 26),
    "a5": PageSize("A5, 148 × 210 mm", 148, 210, 20, 18, 16, 9.5, 1.7, 18),
    "phone": PageSize("for the screen of a phone, 75 × 160 mm", 75, 160, 11, 10, 5, 9.5, 1.65, 10),
})  # fmt: skip
