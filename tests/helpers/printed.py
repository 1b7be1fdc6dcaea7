"""Content of printed pages, read back: characters and their positions by PDFium, tags and links by pikepdf."""

import base64
import io
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from ctypes import c_double
from html import escape
from typing import Any, NamedTuple

import pikepdf
from pypdfium2 import PdfDocument, PdfPage, raw

from convert.printing.model import PrintSection
from convert.printing.weasy.tags import elements as structure, listed

LINE = 5.0
"""Points between two lines, at least; what is raised stands less above its line."""


class Box(NamedTuple):
    """Visible area, in points from the left and the bottom of the page."""

    left: float
    bottom: float
    right: float
    top: float


class Glyph(NamedTuple):
    """A character that is seen."""

    char: str
    box: Box
    start: float
    """Beginning of its advance in the line, and `end`, in points from the left of the page."""
    end: float
    base: float
    """Baseline, in points from the bottom of the page."""

    @property
    def size(self) -> float:
        """Of its font, in points, if it is a character of Chinese."""
        return self.end - self.start


class Page(NamedTuple):
    """A page: its size, its text, and what of it is drawn."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    """In the order of the text."""
    pictures: tuple[Box, ...]
    strokes: tuple[Box, ...]
    """Lines, frames and grounds."""

    @property
    def text(self) -> str:
        """Without white space."""
        return "".join(each.char for each in self.glyphs)

    def find(self, text: str) -> tuple[Glyph, ...]:
        """The glyphs of a text that is there once."""
        assert self.text.count(text) == 1, f"{text} in {self.text}"
        at = self.text.index(text)
        return self.glyphs[at : at + len(text)]

    def lines(self, bottom: float = 0, top: float = 10_000) -> list[str]:
        """The text that stands between two heights, line by line from the top, each from the left."""
        rows: list[list[Glyph]] = []
        for glyph in sorted(self.glyphs, key=lambda each: -each.base):
            if not bottom <= glyph.base <= top:
                continue
            if rows and rows[-1][0].base - glyph.base < LINE:
                rows[-1].append(glyph)
            else:
                rows.append([glyph])
        return ["".join(each.char for each in sorted(row, key=lambda each: each.start)) for row in rows]


def pages(data: bytes) -> list[Page]:
    """The pages of a PDF."""
    with PdfDocument(data) as pdf:
        return [_page(page) for page in pdf]


def texts(data: bytes) -> list[str]:
    """The text of each page without white space."""
    return [page.text for page in pages(data)]


def _page(page: PdfPage) -> Page:
    text = page.get_textpage()
    glyphs = []
    for at in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, at))
        if char in "\x02\ufffe":  # a hyphen at the end of a line
            char = "-"
        if not char.isspace():
            start, _, end, _ = text.get_charbox(at, loose=True)
            x, base = c_double(), c_double()
            raw.FPDFText_GetCharOrigin(text, at, x, base)
            glyphs.append(Glyph(char, Box(*text.get_charbox(at)), start, end, base.value))
    drawn: dict[int, list[Box]] = {}
    for each in page.get_objects():
        drawn.setdefault(each.type, []).append(Box(*each.get_bounds()))
    pictures, strokes = (tuple(drawn.get(kind, ())) for kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH))
    width, height = page.get_size()
    return Page(width, height, tuple(glyphs), pictures, strokes)


# --- tags and links ---------------------------------------------------------------------------------------------------


def elements(data: bytes) -> Iterator[tuple[str, str, str]]:
    """The structure elements: type, language, alternative text."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        waiting = [pdf.Root.StructTreeRoot]
        while waiting:
            kids: Any = waiting.pop().get("/K", [])
            for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                    yield str(kid.S)[1:], str(kid.get("/Lang", "")), str(kid.get("/Alt", ""))
                    waiting.append(kid)


def languages(data: bytes) -> set[str]:
    """Return the languages of structure elements and of marked content (ISO 32000-2, section 14.9.2)."""
    found = {language for _, language, _ in elements(data)}
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            for each in pikepdf.parse_content_stream(page):
                if str(each.operator) == "BDC" and isinstance(each.operands[1], pikepdf.Dictionary):
                    found.add(str(each.operands[1].get("/Lang", "")))
    return found - {""}


def tags(data: bytes) -> Counter[str]:
    """Return the number of structure elements of each type."""
    return Counter(tag for tag, _, _ in elements(data))


def grids(data: bytes) -> Iterator[tuple[Counter[tuple[int, int]], int, int]]:
    """Of each table how many cells are at each place, how many rows there are and how many columns.

    veraPDF asks of PDF/UA-1 (ISO 14289-1, 7.2) that each place of a table be one cell's.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for table in (each for each in structure(pdf.Root.StructTreeRoot) if each.S == "/Table"):
            rows = [each for each in structure(table) if each.S == "/TR"]
            taken: Counter[tuple[int, int]] = Counter()
            for number, row in enumerate(rows):
                column = 0
                for cell in (each for each in listed(row.get("/K")) if each.S in ("/TD", "/TH")):
                    while taken[number, column]:
                        column += 1
                    width, height = (_span(cell, name) for name in ("/ColSpan", "/RowSpan"))
                    taken.update((number + down, column + right) for down in range(height) for right in range(width))
                    column += width
            taken = +taken
            yield taken, len(rows), len({column for _, column in taken})


def _span(cell: Any, name: str) -> int:
    told = (each for each in listed(cell.get("/A")) if isinstance(each, pikepdf.Dictionary))
    return int(next((each[name] for each in told if name in each), 1))


def addresses(data: bytes) -> list[str]:
    """Return the addresses of the links that leave the document, one for each area of a link on a page."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        notes = (note for page in pdf.pages for note in page.get("/Annots", ()))
        return [str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A]


# --- what is given to be printed --------------------------------------------------------------------------------------


def article(body: str, anchor: str = "a", shown: str = "题", **fields: str) -> PrintSection:
    """Return a section with an article in simplified Chinese; `fields` are those of `PrintSection`."""
    html = f'<article id="{anchor}" lang="zh-Hans"><h1>{escape(shown)}</h1>{body}</article>'
    return PrintSection("article", anchor, html.encode(), label=f"{anchor}.md", **fields)


def picture(width: int, height: int) -> str:
    """A grey PNG as a data: address."""

    def piece(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", head) + piece(b"IDAT", rows) + piece(b"IEND", b"")
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def called(text: str) -> str:
    """A footnote, after the two characters that call it."""
    return f'<p>甲乙<a href="#n" role="doc-noteref">[1]</a></p><aside class="footnote" id="n"><p>{text}</p></aside>'


def figure(image: str, caption: str) -> str:
    return f'<figure><p class="picture"><img src="{image}" alt="灰"/></p><figcaption>{caption}</figcaption></figure>'


def table(head: str, *rows: str) -> str:
    """A table of two columns, the second of which is all but empty."""
    cells = "".join(f"<tr><td>{row}</td><td></td></tr>" for row in rows)
    return f"<table><thead><tr><th>{head}</th><th>乙</th></tr></thead><tbody>{cells}</tbody></table>"


LOOKS = (
    "<p>段</p><h2>甲</h2><p>乙</p><h3>丙</h3><p>丁</p><blockquote><p>引</p></blockquote><p><code>码</code></p>"
    f"{figure(picture(90, 90), '图')}{table('头', '格')}<blockquote><blockquote><p>深</p></blockquote></blockquote>"
    f'<blockquote class="embed tweet"><p>嵌</p></blockquote><ul><li>表</li></ul>{called("注")}'
    '<footer><p class="byline keywords">标</p></footer>'
)
"""Article with every element that has a look of its own."""
