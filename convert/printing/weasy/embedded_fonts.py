"""Correction of the fonts that WeasyPrint embeds, so that every viewer draws the same glyphs.

WeasyPrint writes glyph numbers into the text.  If a CFF font has identifiers of its own for its glyphs (CID-keyed, as
Chinese fonts are), viewers must look these up (ISO 32000-2, section 9.7.4.2).  Acrobat, Apple's viewers and pdf.js do;
PDFium and Poppler do not if the font is wrapped as OpenType.  With the bare font, and identifiers equal to the numbers,
all draw the same.
"""

import io
import re
import struct

from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Name, Object, Pdf

PREDEFINED = 2
"""Greatest value of `charset` that names a predefined one and is no offset (Adobe Technical Note 5176, table 22)."""


NOTHING = re.compile(rb"(<[0-9a-fA-F]{2,4}>) <>")
"""Glyph without characters in a ToUnicode map."""


def fix_fonts(pdf: Pdf) -> None:
    """Change the fonts of a PDF so that every viewer draws the same glyphs and extracts the same text."""
    for font in pdf.objects:
        if isinstance(font, Dictionary) and font.get("/Type") == Name.Font:
            if font.get("/Subtype") == Name.CIDFontType0:
                _unwrap(font)
            if "/ToUnicode" in font:
                _characters(font.ToUnicode)


def _unwrap(font: Object) -> None:
    """Replace a wrapped CID-keyed font by the bare one, with glyph numbers as identifiers."""
    program = font.FontDescriptor.get("/FontFile3")
    if program is None:
        return
    if program.get("/Subtype") == Name.OpenType:  # fonts may share one
        with TTFont(io.BytesIO(program.read_bytes()), lazy=True) as whole:
            bare = whole.reader["CFF "]
        if numbered := by_number(bare):
            program.write(numbered)
            program.Subtype = Name.CIDFontType0C
    if "/CIDToGIDMap" in font:  # which only other kinds of fonts may have (table 115)
        del font["/CIDToGIDMap"]


def _characters(mapping: Object) -> None:
    """Map glyphs that are parts of a character, such as its dots, to an invisible character (section 9.10.3).

    WeasyPrint maps one glyph to the character and the others to nothing, for which readers then extract arbitrary text.
    """
    before = mapping.read_bytes()
    if (after := NOTHING.sub(b"\\1 <2060>", before)) != before:
        mapping.write(after)


def by_number(program: bytes) -> bytes | None:
    """Return a CFF font with glyph numbers as identifiers, None if it is not CID-keyed.

    Its charset (Technical Note 5176, section 13) becomes one range, which is never longer than the original.
    """
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(program), None)
    top = fonts.topDictIndex[0].rawDict
    at = top.get("charset", 0)
    if "ROS" not in top or at <= PREDEFINED:
        return None
    (glyphs,) = struct.unpack_from(">H", program, top["CharStrings"])
    rest = glyphs - 2  # without the first, which has no identifier, and the one at which the range begins
    if rest < 0:
        return program
    if rest == 0:
        charset = struct.pack(">BH", 0, 1)
    elif rest <= 0xFF:
        charset = struct.pack(">BHB", 1, 1, rest)
    else:
        charset = struct.pack(">BHH", 2, 1, rest)
    return program[:at] + charset + program[at + len(charset) :]
