"""Chunk → PDF, in this process.  Sealed processes call it, and the fidelity meter to know what a page must show."""

from collections.abc import Collection
from xml.etree.ElementTree import Element

from msgspec.structs import replace

from convert.printing.engines import ENGINES
from convert.printing.fonts.chain import chain
from convert.printing.fonts.glyphs import PRIVATE, replace as spelt, written
from convert.printing.labels import needs_labels
from convert.printing.model import Chunk, Drawn
from convert.printing.tidy import tidy
from convert.printing.tree import ParsedSection, characters, headings, read
from convert.printing.variants import VARIANTS


def without_glyph(text: str, language: str, variant: str) -> set[str]:
    """Return the characters of a text that a book in a language shows as their code points.

    These are the characters that no font has and, for level A of PDF/A, where every character must have a meaning,
    those for private use (ISO 19005-2, 6.2.11.7.3).

    Raises:
        MissingError: no font has Chinese characters.
    """
    missing = chain(language).missing(text)
    if VARIANTS[variant].conformance == "A":
        missing |= set(PRIVATE.findall(text))
    return missing


def drawable(chunk: Chunk) -> list[ParsedSection]:
    """Return the sections of a chunk as trees in which every character can be drawn.

    Raises:
        MissingError: no font has Chinese characters.
        ConvertError: a section is not well-formed XML.
    """
    sections = [read(section, chunk) for section in chunk.sections]
    missing = without_glyph("".join(characters(sections)), chunk.language, chunk.design.variant)
    for number, parsed in enumerate(sections):
        spell_out(parsed.element, missing)
        section = parsed.section
        title, section_title, heading = (
            spelt(text, missing) for text in (section.title, section.section_title, section.heading)
        )
        section = replace(section, title=title, section_title=section_title, heading=heading)
        sections[number] = parsed._replace(section=section)
    return sections


def draw(chunk: Chunk) -> Drawn:
    """Return a chunk as PDF.

    Raises:
        MissingError: the system lacks what the engine needs.
        ConvertError: the engine refuses a section.
    """
    sections = drawable(chunk)
    outline = tuple(each for parsed in sections for each in headings(parsed)) if chunk.alone else ()
    engine = ENGINES[chunk.design.engine]
    pdf, warnings = engine.draw()(sections, chunk)
    wanted = [section.anchor for section in chunk.sections]
    wanted += [section.heading_anchor for section in chunk.sections if section.heading_anchor]
    thorough = engine.untidy or chunk.sections[0].kind != "article"  # the tags of long contents are many
    wanted += [each.anchor for each in outline]
    data, pages, spots = tidy(pdf, wanted, thorough=thorough, labels=needs_labels(sections))
    return Drawn(data, pages, spots, outline, warnings)


def spell_out(element: Element, missing: Collection[str]) -> None:
    """Apply `replace` to the text of a tree and the alternative texts of its pictures."""
    if not missing:
        return
    table = {ord(char): written(char) for char in missing}
    for each in element.iter():
        if each.text:
            each.text = each.text.translate(table)
        if each.tail:
            each.tail = each.tail.translate(table)
        if alt := each.get("alt"):
            each.set("alt", alt.translate(table))
