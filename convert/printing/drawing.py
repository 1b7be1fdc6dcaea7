"""Chunk → PDF, here and now: what a sealed process does, and what reading back one's own work asks for."""

from convert.printing.engines import ENGINES
from convert.printing.fonts import chain
from convert.printing.glyphs import spell_out
from convert.printing.model import Chunk, Drawn
from convert.printing.tree import characters, headings, read


def draw(chunk: Chunk) -> Drawn:
    """A chunk as PDF.

    Raises:
        MissingError: the system lacks what the engine needs.
        ConvertError: the engine cannot take a leaf.
    """
    sheets = [read(leaf, chunk) for leaf in chunk.leaves]
    missing = chain(chunk.language).missing("".join(characters(sheets)))
    for sheet in sheets:
        spell_out(sheet.element, missing)
    outline = tuple(each for sheet in sheets for each in headings(sheet)) if chunk.alone else ()
    pdf, warnings = ENGINES[chunk.design.engine].draw()(sheets, chunk)
    return Drawn(pdf, outline, warnings)
