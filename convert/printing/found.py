"""What drawing a PDF needs of the system: WeasyPrint's libraries, and a font that has Chinese characters.

The system's own Chinese font is taken where fontconfig knows one, else the two of pylopdf-fonts-zh-cn (Noto Serif SC
and Noto Sans SC, SIL Open Font License, 20 MB).  Without either each character would be an empty box: an error.
"""

import contextlib
import io
import logging
import warnings
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from convert.errors import MissingError

LOG = logging.getLogger(__name__)
LOG.addHandler(logging.NullHandler())

SAMPLE = "纸张历史发现问题，紙張歷史發現問題。「」（）—…"
"""Characters that a font for both Chinese scripts has."""

NO_LIBRARY = (
    "PDF needs Pango and HarfBuzz, which this system lacks ({}); "
    "on Debian or Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
    "(other systems: doc.courtbouillon.org/weasyprint, First steps)"
)
NO_PACKAGE = 'PDF needs WeasyPrint, which is not installed ({}); pip install "weasyprint>=70"'
NO_FONT = (
    "PDF needs a font with Chinese characters, and there is none; "
    'pip install "archive-convert[fonts]" or apt-get install fonts-noto-cjk'
)


class Fonts(NamedTuple):
    """The families of text and headings, the style sheet that declares them, the files that it names by address."""

    serif: str
    sans: str
    css: str
    files: dict[str, Path]


@cache
def engine() -> Any:
    """The module `weasyprint`, imported only when a PDF is wanted.

    Raises ConvertError with the next step where it or a library of the system is missing.
    """
    try:
        # It prints its advice on standard output, and warns of a library that it will need one day.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module("weasyprint")
    except ImportError as error:
        raise MissingError(NO_PACKAGE.format(error)) from error
    except OSError as error:
        raise MissingError(NO_LIBRARY.format(str(error).partition(":")[0])) from error


@cache
def fonts() -> Fonts:
    """The fonts that will draw the text.  Raises ConvertError where no font has Chinese characters."""
    engine()
    serif, sans = system_font("serif"), system_font("sans-serif")
    if serif or sans:
        return Fonts(serif or sans, sans or serif, "", {})
    try:
        bundled = import_module("pylopdf_fonts_zh_cn")
    except ImportError as error:
        raise MissingError(NO_FONT) from error
    files = {"font:serif": bundled.serif_path(), "font:sans": bundled.sans_path()}
    css = "".join(
        f'@font-face {{ font-family: "{family}"; src: url("{address}") }}\n'
        for family, address in (("Book Serif", "font:serif"), ("Book Sans", "font:sans"))
    )
    return Fonts("Book Serif", "Book Sans", css, files)


def system_font(generic: str) -> str:
    """The family that fontconfig chooses for Chinese text in a generic family; empty where it has none.

    fontconfig always chooses something, so the font's own table of characters (OpenType, cmap) has the last word.
    """
    from weasyprint.text.ffi import ffi, fontconfig  # type: ignore[import-untyped]

    pattern = ffi.gc(fontconfig.FcPatternCreate(), fontconfig.FcPatternDestroy)
    fontconfig.FcPatternAddString(pattern, b"family", generic.encode())
    fontconfig.FcPatternAddString(pattern, b"lang", b"zh-cn")
    fontconfig.FcConfigSubstitute(ffi.NULL, pattern, fontconfig.FcMatchPattern)
    fontconfig.FcDefaultSubstitute(pattern)
    match = fontconfig.FcFontMatch(ffi.NULL, pattern, ffi.new("FcResult *"))
    if match == ffi.NULL:
        return ""
    match = ffi.gc(match, fontconfig.FcPatternDestroy)
    found = ffi.new("FcChar8 **")
    values = []
    for key in (b"family", b"file"):
        if fontconfig.FcPatternGetString(match, key, 0, found) != fontconfig.FcResultMatch:
            return ""
        values.append(ffi.string(found[0]).decode())
    family, path = values
    return family if covers(Path(path), SAMPLE) else ""


def covers(path: Path, text: str) -> bool:
    """Whether the font file has all characters of `text`; no where it cannot be read."""
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return {ord(char) for char in text} <= set(font.getBestCmap() or ())
    except (OSError, TTLibError):
        return False
