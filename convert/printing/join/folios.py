"""Page numbers, added to finished pages when the length of the book is known.

They are shapes of a font's digits, marked as artifacts, which reading aloud and copying skip (ISO 32000-2, section
14.8.2.2).
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf

from convert.printing.fonts.chain import characters
from convert.printing.fonts.system import Face
from convert.printing.pages import MM, PageSize

GREY = 0.35
CHARACTERS = "0123456789ivxlcdm"
SCALE = 0.81
"""Size of page numbers, as a part of the text's size."""


class Folios:
    """Page numbers in one font."""

    def __init__(self, pdf: Pdf, face: Face) -> None:
        self._pdf = pdf
        self._shapes, self._unit = shapes(face)
        self._drawn: dict[str, Object] = {}
        self._save = pdf.make_stream(b"q")
        """Operator before the content of each page that saves the graphics state."""

    def put(self, page: Page, label: str, size: PageSize) -> None:
        """Draw a label in the middle of a page's foot."""
        points = size.size * SCALE
        scale = points / self._unit
        left = (float(page.mediabox[2]) - sum(self._shapes[char].width for char in label) * scale) / 2
        bottom = size.bottom * MM / 2 - points / 2
        parts = [f"Q /Artifact <</Type /Pagination /Subtype /Footer>> BDC q {GREY} g"]
        resources = page.obj.Resources
        if "/XObject" not in resources:
            resources.XObject = Dictionary()
        for char in label:
            resources.XObject[f"/Folio{char}"] = self._form(char)
            parts.append(f"q {scale:.5f} 0 0 {scale:.5f} {left:.3f} {bottom:.3f} cm /Folio{char} Do Q")
            left += self._shapes[char].width * scale
        page.contents_add(self._save, prepend=True)
        page.contents_add(self._pdf.make_stream(" ".join([*parts, "Q EMC"]).encode()))

    def _form(self, char: str) -> Object:
        """Return the shape of a digit or letter as a form that all pages share (section 8.10)."""
        if char not in self._drawn:
            box = Array([-self._unit, -self._unit, 2 * self._unit, 2 * self._unit])
            self._drawn[char] = self._pdf.make_stream(
                self._shapes[char].path,
                Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=Dictionary(),
            )  # fmt: skip
        return self._drawn[char]


class Shape(NamedTuple):
    """Outline of a character."""

    path: bytes
    """Operators that fill it, in the font's units."""
    width: float
    """Distance to the next character, in the same units."""


def face_for(faces: Iterable[Face]) -> Face:
    """Return the first of the faces that has all characters of page numbers."""
    wanted = set(map(ord, CHARACTERS))
    return next(face for face in faces if wanted <= characters(face.path, face.number))


@cache
def shapes(face: Face) -> tuple[dict[str, Shape], int]:
    """Return the outlines of all characters of page numbers, and the font's units per em."""
    outlines = {}
    with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
        glyphs, names = font.getGlyphSet(), font.getBestCmap()
        for char in CHARACTERS:
            glyph = glyphs[names[ord(char)]]
            pen = _Pen(glyphs)
            glyph.draw(pen)
            outlines[char] = Shape(" ".join([*pen.parts, "f"]).encode(), glyph.width)
        return outlines, font["head"].unitsPerEm


class _Pen(BasePen):  # type: ignore[misc]
    """Pen that records outlines as path operators (ISO 32000-2, section 8.5.2); quadratic curves become cubic."""

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
    """Return a number in lower-case Roman numerals, as viewers show page labels of style `r`.

    >>> roman(1), roman(14), roman(1990)
    ('i', 'xiv', 'mcmxc')
    """
    parts = []
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        parts.append(letters * count)
    return "".join(parts)
