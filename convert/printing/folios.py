"""Page numbers, which only the whole book knows, on pages that are drawn: shapes of a font's digits, as artifacts that
neither reading aloud nor copied text meets (ISO 32000-2, section 14.8.2.2)."""

from typing import Any

from fontTools.pens.basePen import BasePen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf

from convert.printing.pages import MM, PageSize

GREY = 0.35
SCALE = 0.81
"""Of the text's size."""


class Folios:
    """Page numbers in one font."""

    def __init__(self, pdf: Pdf, path: str, index: int = 0) -> None:
        self._pdf = pdf
        self._font = TTFont(path, fontNumber=index, lazy=True)
        self._glyphs = self._font.getGlyphSet()
        self._names = self._font.getBestCmap()
        self._unit = self._font["head"].unitsPerEm
        self._drawn: dict[str, tuple[Object, float]] = {}

    def put(self, page: Page, label: str, size: PageSize) -> None:
        """Puts a label in the middle of a page's foot."""
        points = size.size * SCALE
        scale = points / self._unit
        shapes = [self._shape(char) for char in label]
        left = (float(page.mediabox[2]) - sum(width for _, width in shapes) * scale) / 2
        bottom = size.bottom * MM / 2 - points / 2
        parts = [f"Q /Artifact <</Type /Pagination /Subtype /Footer>> BDC q {GREY} g"]
        resources = page.obj.Resources
        if "/XObject" not in resources:
            resources.XObject = Dictionary()
        for char, (shape, width) in zip(label, shapes, strict=True):
            resources.XObject[f"/Folio{char}"] = shape
            parts.append(f"q {scale:.5f} 0 0 {scale:.5f} {left:.3f} {bottom:.3f} cm /Folio{char} Do Q")
            left += width * scale
        page.contents_add(self._pdf.make_stream(b"q"), prepend=True)
        page.contents_add(self._pdf.make_stream(" ".join([*parts, "Q EMC"]).encode()))

    def _shape(self, char: str) -> tuple[Object, float]:
        """The shape of a digit or letter, and how far the next one stands, in the font's units."""
        if char not in self._drawn:
            glyph = self._glyphs[self._names[ord(char)]]
            pen = _Pen(self._glyphs)
            glyph.draw(pen)
            box = Array([-self._unit, -self._unit, 2 * self._unit, 2 * self._unit])
            form = self._pdf.make_stream(
                " ".join([*pen.parts, "f"]).encode(),
                Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=Dictionary(),
            )  # fmt: skip
            self._drawn[char] = (form, glyph.width)
        return self._drawn[char]


class _Pen(BasePen):  # type: ignore[misc]
    """Outlines as operators of paths (ISO 32000-2, section 8.5.2); quadratic curves become cubic ones."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.parts: list[str] = []

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        self.parts.append(" ".join(f"{x:.1f} {y:.1f}" for x, y in points) + f" {operator}")

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", point)

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add("c", *points)

    def _closePath(self) -> None:  # noqa: N802
        self.parts.append("h")


ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def roman(number: int) -> str:
    """A number in lower-case Roman numerals, as page labels of style `r` are shown.

    >>> roman(1), roman(14), roman(1990)
    ('i', 'xiv', 'mcmxc')
    """
    parts = []
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        parts.append(letters * count)
    return "".join(parts)
