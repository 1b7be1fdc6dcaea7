"""Fonts that WeasyPrint embeds: which glyph a number in the text means is the same for every viewer."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from fontTools import subset
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from helpers.pdf import article, drawn

from convert.printing.fonts import chain as fonts
from convert.printing.weasy.embedded_fonts import by_number

pytestmark = pytest.mark.slow

HAN = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))


def glyphs(program: bytes) -> tuple[list[str], list[Any]]:
    """The identifiers of a CFF font's glyphs, and what each draws, in the order of their numbers."""
    found = CFFFontSet()
    found.decompile(io.BytesIO(program), None)
    top = found.topDictIndex[0]
    drawings = []
    for number in range(len(top.charset)):
        pen, glyph = RecordingPen(), top.CharStrings.charStringsIndex[number]
        glyph.private = top.FDArray[top.FDSelect[number]].Private
        glyph.draw(pen)
        drawings.append(pen.value)
    return top.charset, drawings


def bundled() -> Path:
    """A font of Chinese whose glyphs have identifiers that are not their numbers."""
    return next(Path(face.path) for face in fonts.bundled() if face.family == "Noto Sans SC")


@pytest.mark.parametrize("text", ["", "纸", "纸上", "纸上得来终觉浅", HAN])
def test_the_identifiers_of_glyphs_become_their_numbers(text: str) -> None:
    options = subset.Options(notdef_outline=True, glyph_names=True)
    with TTFont(bundled()) as font:
        worker = subset.Subsetter(options)
        worker.populate(text=text)
        worker.subset(font)
        before = font.getTableData("CFF ")
    after = by_number(before)
    assert after is not None
    (_, shapes), (identifiers, same) = glyphs(before), glyphs(after)
    assert identifiers == [".notdef", *(f"cid{number:05}" for number in range(1, len(identifiers)))]
    assert len(identifiers) == len(set(text)) + 1
    assert same == shapes


def test_a_font_without_identifiers_stays_as_it_is() -> None:
    for path in (Path(face.path) for face in fonts.chain("zh-Hans").faces["serif"]):
        if path.suffix == ".otf":
            with TTFont(path, lazy=True) as font:
                program = font.reader["CFF "]
                assert (by_number(program) is None) == ("ROS" not in font["CFF "].cff.topDictIndex[0].rawDict)


def test_the_numbers_in_the_text_are_those_of_the_font() -> None:
    """ISO 32000-2, section 9.7.4.2."""
    with pikepdf.open(io.BytesIO(drawn(article("n0", more=f"<p>{HAN}</p>")))) as pdf:
        embedded = [
            each
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Subtype") == "/CIDFontType0"
        ]
        for font in embedded:
            program = font.FontDescriptor.FontFile3
            assert program.Subtype == "/CIDFontType0C"
            assert "/CIDToGIDMap" not in font
            identifiers, _ = glyphs(program.read_bytes())
            assert identifiers[1:] == [f"cid{number:05}" for number in range(1, len(identifiers))]
        assert embedded or not any(
            Path(face.path).suffix == ".otf" for face in fonts.chain("zh-Hans").faces["serif"][:1]
        )
