"""Drawing with typst: markup in which all text is string literals → pages, in this process.

A section becomes calls of the functions of book.typ.  Text is never markup: it is always in string literals, and this
package alone writes names of functions and numbers.  So no text can import, read or run anything.  Pictures are passed
as files in memory.
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
from convert.printing.tree import ParsedSection, characters
from convert.printing.typst.sections import Translator
from convert.printing.typst.text import literal, place
from convert.printing.variants import VARIANTS

compiled: Any = typesetter.compile_with_warnings
"""typst's compiler, untyped because its annotations lack files by name."""
MAIN = "main.typ"
ITALIC = "Libertinus Serif"
"""Family with italics that typst bundles; Chinese fonts have none."""
_LINE = re.compile(rf"{re.escape(MAIN)}:(\d+):")
_CHARACTER = re.compile(r'`"(?:\\u\{([0-9a-f]+)\}|(.))')


def draw(sections: Sequence[ParsedSection], chunk: Chunk) -> tuple[bytes, tuple[str, ...]]:
    """Return the sections as PDF, and the warnings.

    Raises:
        ConvertError: typst cannot draw them; the error names the article, if it is known.
    """
    book, families = for_typst(chain(chunk.language).needed(characters(sections)))
    start = prelude(chunk, {**families, "slanted": (ITALIC, *families["serif"])})
    unread: set[bytes] = set()
    while True:
        translator = Translator(chunk, unread)
        parts = [start, *map(translator.section, sections), "}"]
        try:
            pdf, warnings = compiled(
                {MAIN: "\n".join(parts).encode(), **as_files(translator.pictures)},
                format="pdf",
                font_paths=book,
                pdf_standards=standards(chunk.design.variant, translator.first),
                timestamp=0,
            )
        except typesetter.TypstError as error:
            if pictures := unreadable(translator.pictures, book):
                unread |= pictures
                continue
            starts = list(accumulate((part.count("\n") + 1 for part in parts), initial=1))[1:-2]
            raise explained(error, sections, starts) from error
        unique = dict.fromkeys([*translator.warnings, *(warning.message for warning in warnings)])
        return pdf, tuple(unique)


def prelude(chunk: Chunk, families: Mapping[str, Sequence[str]]) -> str:
    """Return the markup before the sections: the design as values, the fonts, and the functions of book.typ."""
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
    """Return the standards that typst applies and checks.

    PDF/UA-1 is left out for a chunk whose first heading, of the level `first`, is not of the first level, because typst
    refuses such documents.
    """
    return [name for name in VARIANTS[variant].typst if name != "ua-1" or first < 2]


# --- errors -----------------------------------------------------------------------------------------------------------


def as_files(pictures: dict[str, bytes]) -> dict[str, bytes]:
    """Return pictures as files in memory, which typst requires to be UTF-8: their bytes as numbers, in JSON."""
    return {name: f"[{','.join(map(str, data))}]".encode() for name, data in pictures.items()}


def unreadable(pictures: dict[str, bytes], book: Any) -> set[bytes]:
    """Return the pictures that typst cannot read."""
    bad = set()
    for name, data in pictures.items():
        try:
            source = f'#image(bytes(json("{name}")))'.encode()
            compiled({MAIN: source, **as_files({name: data})}, format="svg", font_paths=book)
        except typesetter.TypstError:
            bad.add(data)
    return bad


def explained(error: typesetter.TypstError, sections: Sequence[ParsedSection], lines: Sequence[int]) -> DrawingError:
    """Return an error of typst with the article, if it is known; `lines` are the first lines of the sections."""
    label = ""
    if (match := _LINE.search(error.diagnostic)) and (number := bisect_right(lines, int(match[1]))):
        label = sections[number - 1].section.label
    elif match := _CHARACTER.search(error.message):
        char = chr(int(match[1], 16)) if match[1] else match[2]
        label = next(
            (parsed.section.label for parsed in sections if any(char in text for text in parsed.element.itertext())), ""
        )
    hints = "".join(f"; {hint}" for hint in error.hints)
    failed = DrawingError("typst-refusal", words=f"{error.message}{hints}")
    failed.label = label
    return failed
