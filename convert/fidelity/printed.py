"""The visible content of a PDF, as PDFium extracts it."""

import atexit
import ctypes
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, partial

import pypdfium2
from pypdfium2 import raw

from convert.errors import ConvertError
from convert.fidelity.visible import VisibleContent, visible
from convert.model import Volume
from convert.printing.fonts.chain import Chain, chain
from convert.printing.fonts.glyphs import replace
from convert.printing.model import Design
from convert.printing.pages import PAGES, shortened
from convert.printing.process.pool import DrawingProcess, FailedError, Limits
from convert.writers.pdf import sole

_ALIKE = {"⋯": "…", **dict.fromkeys("•‧∙⋅・", "·"), **dict.fromkeys("⁄∕", "/"), "―": "—"}
_UNDRAWN = dict.fromkeys(["\u200d", "\u2060", "\u2010", "\u2011", *map(chr, range(0xFE00, 0xFE10))], "")
_SAME = str.maketrans(_ALIKE | _UNDRAWN)


_CODE = re.compile("〔U\\+([0-9A-F]{4,6})〕")


def _character(fonts: Chain, code: re.Match[str]) -> str:
    """Return the character that is printed as its code point because no font has it.

    A code point that the article itself writes like that is returned as it is.
    """
    char = chr(int(code[1], 16))
    return char if fonts.missing(char) else code[0]


def same(text: str) -> str:
    """Return text without the differences that a PDF loses.

    A font draws 一 and ⼀, … and ⋯ with one glyph, for which the PDF has one of the two characters; joiners and
    variation selectors only choose a glyph; whether U+2010 and U+2011 are extracted depends on the font.
    """
    return unicodedata.normalize("NFKC", text.translate(_SAME))


@cache
def _drawing() -> DrawingProcess:
    """Return a sealed process that draws until this one ends: an engine may do what a document may not."""
    process = DrawingProcess(Limits())
    atexit.register(process.close)
    return process


def read(chapter: bytes, volume: Volume) -> VisibleContent:
    """Return the visible content of the PDF of a volume of one article, without running heads.

    Raises:
        ConvertError: the volume cannot be drawn, or no PDF can on this system.
    """
    chunk = sole(volume, chapter, Design())
    try:
        drawn = _drawing().draw(chunk)
    except FailedError as error:
        raise ConvertError(error.reason) from None
    fonts, title = chain(volume.language), chunk.sections[0].title
    running = visible(shortened(replace(title, fonts.missing(title)), PAGES[chunk.design.page].running))
    seen = VisibleContent()
    with pypdfium2.PdfDocument(drawn.pdf) as document:
        for page in document:
            # PDFium extracts margins last, and a hyphen at the end of a line as U+FFFE.
            text = visible(page.get_textpage().get_text_range().replace("\ufffe", "-"))
            seen.texts.append(_CODE.sub(partial(_character, fonts), text.removesuffix(running)))
            seen.drawn += sum(1 for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))
            seen.links.update(targets(document, page))
    return seen


def targets(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[str]:
    """Yield the addresses of a page's links (ISO 32000-2, 12.6.4.8)."""
    at, link = ctypes.c_int(0), raw.FPDF_LINK()
    while raw.FPDFLink_Enumerate(page, at, link):
        action = raw.FPDFLink_GetAction(link)
        if size := raw.FPDFAction_GetURIPath(document, action, None, 0):
            buffer = ctypes.create_string_buffer(size)
            raw.FPDFAction_GetURIPath(document, action, buffer, size)
            yield buffer.value.decode("utf-8", "replace")
