"""Fonts that WeasyPrint embeds → fonts of which every viewer draws the same glyphs.

WeasyPrint writes numbers of glyphs into the text.  Where a font of the CFF kind has identifiers of its own for its
glyphs (CID-keyed, as fonts of Chinese are), the standard has viewers look these up (ISO 32000-2, section 9.7.4.2):
Acrobat, Apple's viewers and pdf.js do, PDFium and Poppler do not where the font is wrapped as OpenType.  With the bare
font, and identifiers that are the numbers, all draw the same.
"""

import io
import re
import struct

from fontTools.cffLib import CFFFontSet  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pikepdf import Dictionary, Name, Object, Pdf

PREDEFINED = 2
"""The greatest offset of a charset that is none (Adobe Technical Note 5176, table 22)."""


NOTHING = re.compile(rb"(<[0-9a-fA-F]{2,4}>) <>")
"""A glyph of a ToUnicode map without characters."""


def mend(pdf: Pdf) -> None:
    """Makes the fonts of a PDF draw, and say, the same in every viewer."""
    for font in pdf.objects:
        if isinstance(font, Dictionary) and font.get("/Type") == Name.Font:
            if font.get("/Subtype") == Name.CIDFontType0:
                _unwrap(font)
            if "/ToUnicode" in font:
                _characters(font.ToUnicode)


def _unwrap(font: Object) -> None:
    """Makes a bare font of one that is CID-keyed, with identifiers that are the numbers of the glyphs."""
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
    """Gives glyphs that are a part of a character, such as its dots, a character that is not seen (section 9.10.3):
    WeasyPrint gives the character to one of its glyphs and nothing to the others, of which readers then make something
    of their own."""
    before = mapping.read_bytes()
    if (after := NOTHING.sub(b"\\1 <2060>", before)) != before:
        mapping.write(after)


def by_number(program: bytes) -> bytes | None:
    """A CFF font whose glyphs have their numbers as identifiers; nothing if it is not CID-keyed.

    Its charset (Technical Note 5176, section 13) becomes one range, which is never longer than what it replaces.
    """
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(program), None)
    top = fonts.topDictIndex[0].rawDict
    at = top.get("charset", 0)
    if "ROS" not in top or at <= PREDEFINED:
        return None
    (glyphs,) = struct.unpack_from(">H", program, top["CharStrings"])
    rest = glyphs - 2  # without the first, which has no identifier, and that of which the range begins
    if rest < 0:
        return program
    if rest == 0:
        charset = struct.pack(">BH", 0, 1)
    elif rest <= 0xFF:
        charset = struct.pack(">BHB", 1, 1, rest)
    else:
        charset = struct.pack(">BHH", 2, 1, rest)
    return program[:at] + charset + program[at + len(charset) :]
