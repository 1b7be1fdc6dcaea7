"""Chunk → PDF, here and now: what a sealed process does, and what reading back one's own work asks for."""

from msgspec.structs import replace

from convert.printing.engines import ENGINES
from convert.printing.fonts.chain import chain
from convert.printing.fonts.glyphs import PRIVATE, replace as spelt, spell_out
from convert.printing.model import Chunk, Drawn
from convert.printing.tidy import tidy
from convert.printing.tree import Sheet, characters, headings, read
from convert.printing.variants import VARIANTS


def without_glyph(text: str, language: str, variant: str) -> set[str]:
    """The characters of a text that stand as their code points in a book in a language: those that no font has, and
    where every character must have a meaning, those for private use (ISO 19005-2, 6.2.11.7.3).

    Raises:
        MissingError: no font has Chinese characters.
    """
    missing = chain(language).missing(text)
    if VARIANTS[variant].conformance == "A":
        missing |= set(PRIVATE.findall(text))
    return missing


def drawable(chunk: Chunk) -> list[Sheet]:
    """The leaves of a chunk as trees in which every character can be drawn.

    Raises:
        MissingError: no font has Chinese characters.
        ConvertError: a leaf is no XML.
    """
    sheets = [read(leaf, chunk) for leaf in chunk.leaves]
    missing = without_glyph("".join(characters(sheets)), chunk.language, chunk.design.variant)
    for number, sheet in enumerate(sheets):
        spell_out(sheet.element, missing)
        title, section, heading = (
            spelt(each, missing) for each in (sheet.leaf.title, sheet.leaf.section, sheet.leaf.heading)
        )
        sheets[number] = sheet._replace(leaf=replace(sheet.leaf, title=title, section=section, heading=heading))
    return sheets


def draw(chunk: Chunk) -> Drawn:
    """A chunk as PDF.

    Raises:
        MissingError: the system lacks what the engine needs.
        ConvertError: the engine cannot take a leaf.
    """
    sheets = drawable(chunk)
    outline = tuple(each for sheet in sheets for each in headings(sheet)) if chunk.alone else ()
    engine = ENGINES[chunk.design.engine]
    pdf, warnings = engine.draw()(sheets, chunk)
    wanted = [leaf.anchor for leaf in chunk.leaves]
    wanted += [leaf.heading_anchor for leaf in chunk.leaves if leaf.heading_anchor]
    thorough = engine.untidy or chunk.leaves[0].kind != "article"  # the tags of long contents are many
    data, pages, spots = tidy(pdf, [*wanted, *(each.anchor for each in outline)], thorough=thorough)
    return Drawn(data, pages, spots, outline, warnings)
