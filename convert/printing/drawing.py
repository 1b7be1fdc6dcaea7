"""Chunk → PDF, here and now: what a sealed process does, and what reading back one's own work asks for."""

from msgspec.structs import replace

from convert.printing.engines import ENGINES
from convert.printing.fonts import chain
from convert.printing.glyphs import replace as spelt
from convert.printing.glyphs import spell_out
from convert.printing.model import Chunk, Drawn
from convert.printing.tidy import tidy
from convert.printing.tree import characters, headings, read


def draw(chunk: Chunk) -> Drawn:
    """A chunk as PDF.

    Raises:
        MissingError: the system lacks what the engine needs.
        ConvertError: the engine cannot take a leaf.
    """
    sheets = [read(leaf, chunk) for leaf in chunk.leaves]
    missing = chain(chunk.language).missing("".join(characters(sheets)))
    for number, sheet in enumerate(sheets):
        spell_out(sheet.element, missing)
        title, section, heading = (
            spelt(each, missing) for each in (sheet.leaf.title, sheet.leaf.section, sheet.leaf.heading)
        )
        sheets[number] = sheet._replace(leaf=replace(sheet.leaf, title=title, section=section, heading=heading))
    outline = tuple(each for sheet in sheets for each in headings(sheet)) if chunk.alone else ()
    engine = ENGINES[chunk.design.engine]
    pdf, warnings = engine.draw()(sheets, chunk)
    wanted = [leaf.anchor for leaf in chunk.leaves]
    wanted += [leaf.heading_anchor for leaf in chunk.leaves if leaf.heading_anchor]
    data, pages, spots = tidy(pdf, [*wanted, *(each.anchor for each in outline)], structure=engine.untidy)
    return Drawn(data, pages, spots, outline, warnings)
