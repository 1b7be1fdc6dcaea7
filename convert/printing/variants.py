"""The VARIANTS table: which parts of ISO's standards a PDF keeps to; a new one is one row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Variant(NamedTuple):
    """What a PDF keeps to besides PDF/UA-1 (ISO 14289-1), to which all keep."""

    about: str
    weasyprint: str
    """What WeasyPrint calls it."""
    typst: tuple[str, ...]
    """What typst calls it."""
    part: int = 0
    """The part of ISO 19005 (PDF/A); 0: none."""
    conformance: str = ""
    """Its level: `A` tagged, `U` with text that can be copied, `B` looks."""
    attaches: bool = False
    """Whether the articles' JSON is attached."""


VARIANTS: Mapping[str, Variant] = MappingProxyType({
    "pdf/ua-1": Variant("for everyone's reading", "pdf/ua-1", ("ua-1",)),
    "pdf/a-2a": Variant("for keeping, tagged", "pdf/a-2a", ("a-2a", "ua-1"), 2, "A"),
    "pdf/a-2u": Variant("for keeping", "pdf/a-2u", ("a-2u", "ua-1"), 2, "U"),
    "pdf/a-3a": Variant("for keeping, tagged, with the articles' JSON", "pdf/a-3a", ("a-3a", "ua-1"), 3, "A", True),
    "pdf/a-3u": Variant("for keeping, with the articles' JSON", "pdf/a-3u", ("a-3u", "ua-1"), 3, "U", True),
})  # fmt: skip
