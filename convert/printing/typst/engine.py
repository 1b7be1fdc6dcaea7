"""typst: markup whose text is all string literals → pages, in this process.

A sheet becomes calls of the functions of book.typ.  Text is never markup: it stands in string literals only; names of
functions and numbers are this package's own.  So nothing in a text can import, read or run anything.  Pictures are
handed over as files that are in memory alone.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import accumulate
from typing import Any

import typst as typesetter

from convert.errors import DrawingError
from convert.printing.fonts.chain import chain, for_typst
from convert.printing.model import Chunk
from convert.printing.pages import PAGES
from convert.printing.tree import Sheet, characters
from convert.printing.typst.sections import Translator
from convert.printing.typst.text import literal, place
from convert.printing.variants import VARIANTS

compiled: Any = typesetter.compile_with_warnings
"""Its types do not know that it takes files by name."""
MAIN = "main.typ"
ITALIC = "Libertinus Serif"
"""A family with italics, which comes with typst; fonts of Chinese have none."""
_LINE = re.compile(rf"{re.escape(MAIN)}:(\d+):")
_CHARACTER = re.compile(r'`"(?:\\u\{([0-9a-f]+)\}|(.))')


def draw(sheets: Sequence[Sheet], chunk: Chunk) -> tuple[bytes, tuple[str, ...]]:
    """The sheets as PDF, and what typst had to say.

    Raises:
        ConvertError: typst cannot draw them; the message names the article, where it is known.
    """
    book, families = for_typst(chain(chunk.language).needed(characters(sheets)))
    start = prelude(chunk, {**families, "slanted": (ITALIC, *families["serif"])})
    unread: set[bytes] = set()
    while True:
        translator = Translator(chunk, unread)
        parts = [start, *map(translator.leaf, sheets), "}"]
        try:
            pdf, warnings = compiled(
                {MAIN: "\n".join(parts).encode(), **as_files(translator.pictures)},
                format="pdf",
                font_paths=book,
                pdf_standards=standards(chunk.design.variant, translator.first),
                timestamp=0,
            )
        except typesetter.TypstError as error:
            if found := unreadable(translator.pictures, book):
                unread |= found
                continue
            starts = list(accumulate((part.count("\n") + 1 for part in parts), initial=1))[1:-2]
            raise explained(error, sheets, starts) from error
        told = dict.fromkeys([*translator.warnings, *(warning.message for warning in warnings)])
        return pdf, tuple(told)


def prelude(chunk: Chunk, families: Mapping[str, Sequence[str]]) -> str:
    """What stands before the leaves: the design as values, the fonts, and the functions of book.typ."""
    design, page = chunk.design, PAGES[chunk.design.page]
    language, region = place(chunk.language)
    values = {
        "title": literal(chunk.title or "—"),
        "date": "datetime(year:1970,month:1,day:1)" if VARIANTS[design.variant].part else "none",
        "lang": literal(language or "en"),
        "region": literal(region) if region else "none",
        **{name: f"{getattr(page, name)}mm" for name in ("width", "height", "top", "bottom", "side")},
        "size": f"{page.size}pt",
        "leading": str(page.leading),
        "indent": str(design.style == "indent").lower(),
        "alone": str(chunk.alone).lower(),
    }
    lines = [f"#let design=({','.join(f'{name}:{value}' for name, value in values.items())})"]
    for style, names in families.items():
        lines.append(f"#let {style}=({''.join(literal(name) + ',' for name in names)})")
    return "\n".join([*lines, (files("convert.printing.typst") / "book.typ").read_text(encoding="utf-8"), "#{"])


def standards(variant: str, first: int) -> list[str]:
    """What typst is to keep to and to check; it knows no document whose first heading is not of the first level, as it
    is in a chunk that goes on with a section."""
    return [each for each in VARIANTS[variant].typst if each != "ua-1" or first < 2]


# --- errors -----------------------------------------------------------------------------------------------------------


def as_files(pictures: dict[str, bytes]) -> dict[str, bytes]:
    """The pictures as typst takes them in memory, where a file must be UTF-8: their bytes as numbers, in JSON."""
    return {name: f"[{','.join(map(str, data))}]".encode() for name, data in pictures.items()}


def unreadable(pictures: dict[str, bytes], book: Any) -> set[bytes]:
    """The pictures that typst cannot read."""
    bad = set()
    for name, data in pictures.items():
        try:
            source = f'#image(bytes(json("{name}")))'.encode()
            compiled({MAIN: source, **as_files({name: data})}, format="svg", font_paths=book)
        except typesetter.TypstError:
            bad.add(data)
    return bad


def explained(error: typesetter.TypstError, sheets: Sequence[Sheet], lines: Sequence[int]) -> DrawingError:
    """An error of typst in words, with the article where it is known; `lines` are those on which the leaves begin."""
    label = ""
    if (found := _LINE.search(error.diagnostic)) and (at := bisect_right(lines, int(found[1]))):
        label = sheets[at - 1].leaf.label
    elif found := _CHARACTER.search(error.message):
        char = chr(int(found[1], 16)) if found[1] else found[2]
        label = next(
            (sheet.leaf.label for sheet in sheets if any(char in text for text in sheet.element.itertext())), ""
        )
    hints = "".join(f"; {hint}" for hint in error.hints)
    failed = DrawingError("typst-refusal", words=f"{error.message}{hints}")
    failed.label = label
    return failed
