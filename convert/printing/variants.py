"""The table of PDF variants, VARIANTS: the ISO standards that a PDF follows; a new one is one row."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Variant(NamedTuple):
    """Standard that a PDF follows besides PDF/UA-1 (ISO 14289-1), which all follow."""

    about: str
    weasyprint: str
    """Name in WeasyPrint."""
    typst: tuple[str, ...]
    """Names in typst."""
    part: int = 0
    """Part of ISO 19005 (PDF/A); 0 if none."""
    conformance: str = ""
    """Level of PDF/A: `A` tagged, `U` with text that can be copied, `B` appearance only."""
    attaches: bool = False
    """True if the articles' JSON is attached."""


VARIANTS: Mapping[str, Variant] = MappingProxyType({
    "pdf/ua-1": Variant("for everyone's reading", "pdf/ua-1", ("ua-1",)),
    "pdf/a-2a": Variant("for keeping, tagged", "pdf/a-2a", ("a-2a", "ua-1"), 2, "A"),
    "pdf/a-2u": Variant("for keeping", "pdf/a-2u", ("a-2u", "ua-1"), 2, "U"),
    "pdf/a-3a": Variant("for keeping, tagged, with the articles' JSON", "pdf/a-3a", ("a-3a", "ua-1"), 3, "A", True),
    "pdf/a-3u": Variant("for keeping, with the articles' JSON", "pdf/a-3u", ("a-3u", "ua-1"), 3, "U", True),
})  # fmt: skip
