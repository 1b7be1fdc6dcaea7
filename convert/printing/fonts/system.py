"""The system's fonts: those that fontconfig lists or, without that library, those that typst finds.

Pango uses fontconfig (freedesktop.org), so WeasyPrint can draw with the fonts that it lists.  Its library is called,
not its programs, which are in a package of their own and often not installed.
"""

import ctypes
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from convert.errors import MissingError

LIBRARIES = ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll", "fontconfig")
NO_LIST = (
    "the system's fonts cannot be listed: the library fontconfig is not installed (Debian and Ubuntu: apt-get install "
    "libfontconfig1); on systems without it, pip install 'archive-convert[typst]'"
)
SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
"""Suffixes of the fonts that both engines can draw with and embed."""

MATCH, SYSTEM, REGULAR, NORMAL_WIDTH = 0, 0, 80, 100
"""FcResultMatch and FcMatchPattern; FcSetSystem; FC_WEIGHT_REGULAR; FC_WIDTH_NORMAL."""


class Face(NamedTuple):
    """Upright, regular font of a family, in a file."""

    family: str
    """Name in fontconfig, the English one if there is one."""
    path: str
    number: int
    """Index in a collection (OpenType, `ttcf`), else 0."""
    bundled: bool = False
    """True if it is in a Python package, where no engine finds it by itself."""


@cache
def installed() -> tuple[Face, ...]:
    """Return one face of each family that the system has, in the order of their names."""
    best: dict[str, tuple[tuple[int, int, int, str, int], Face]] = {}
    for distance, face in _listed():
        rank = (*distance, face.path, face.number)
        if Path(face.path).suffix.lower() in SUFFIXES and (face.family not in best or rank < best[face.family][0]):
            best[face.family] = rank, face
    return tuple(face for _, (_, face) in sorted(best.items()))


def preferred(generic: str, language: str) -> tuple[str, int] | None:
    """Return the file and index of the font that this system prefers for a generic family and a language.

    None without fontconfig, which always chooses something, even a font without the language's characters.
    """
    library = _library()
    if library is None:
        return None
    pattern = ctypes.c_void_p(library.FcPatternCreate())
    match = ctypes.c_void_p()
    try:
        library.FcPatternAddString(pattern, b"family", generic.encode())
        library.FcPatternAddString(pattern, b"lang", language.encode())
        library.FcConfigSubstitute(None, pattern, MATCH)
        library.FcDefaultSubstitute(pattern)
        match = ctypes.c_void_p(library.FcFontMatch(None, pattern, ctypes.byref(ctypes.c_int())))
        path = _string(library, match, b"file", 0) if match else None
        return (path, _number(library, match, b"index", 0) & 0xFFFF) if path else None
    finally:
        library.FcPatternDestroy(pattern)
        if match:
            library.FcPatternDestroy(match)


def _listed() -> Iterator[tuple[tuple[int, int, int], Face]]:
    """Yield all faces of the system, each with its distances from upright, normal width and regular weight."""
    library = _library()
    if library is None:
        fonts = _typst().Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[])
        for font in fonts.fonts():
            distance = (int(font.style != "normal"), round(abs(font.stretch - 1) * 100), abs(font.weight - 400))
            yield distance, Face(font.family, font.path, font.index)
        return
    fonts = library.FcConfigGetFonts(None, SYSTEM)
    for number in range(fonts.contents.count if fonts else 0):
        pattern = ctypes.c_void_p(fonts.contents.fonts[number])
        family, path = _family(library, pattern), _string(library, pattern, b"file", 0)
        if family and path:
            slant = _number(library, pattern, b"slant", 0)
            width = abs(_number(library, pattern, b"width", NORMAL_WIDTH) - NORMAL_WIDTH)
            weight = abs(_number(library, pattern, b"weight", REGULAR) - REGULAR)
            index = (
                _number(library, pattern, b"index", 0) & 0xFFFF
            )  # the bits above are the instance of a variable font
            yield (slant, width, weight), Face(family, path, index)


def _typst() -> Any:
    try:
        return import_module("typst")
    except ImportError as error:
        raise MissingError(NO_LIST) from error


class _FontSet(ctypes.Structure):
    """The C structure FcFontSet."""

    _fields_ = (("count", ctypes.c_int), ("room", ctypes.c_int), ("fonts", ctypes.POINTER(ctypes.c_void_p)))


@cache
def _library() -> Any:
    """Return fontconfig's library, initialised; None if it is missing."""
    for name in LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
        for function, result, arguments in (
            ("FcConfigGetFonts", ctypes.POINTER(_FontSet), (pointer, number)),
            ("FcConfigSubstitute", number, (pointer, pointer, number)),
            ("FcDefaultSubstitute", None, (pointer,)),
            ("FcFontMatch", pointer, (pointer, pointer, ctypes.POINTER(number))),
            ("FcPatternAddString", number, (pointer, text, text)),
            ("FcPatternCreate", pointer, ()),
            ("FcPatternDestroy", None, (pointer,)),
            ("FcPatternGetInteger", number, (pointer, text, number, ctypes.POINTER(number))),
            ("FcPatternGetString", number, (pointer, text, number, ctypes.POINTER(text))),
        ):
            declared = getattr(library, function)
            declared.restype, declared.argtypes = result, arguments
        return library if library.FcInit() else None
    return None


def _family(library: Any, pattern: ctypes.c_void_p) -> str | None:
    """Return the first English name of the family, else its first name."""
    number = 0
    while (language := _string(library, pattern, b"familylang", number)) is not None:
        if language == "en":
            return _string(library, pattern, b"family", number)
        number += 1
    return _string(library, pattern, b"family", 0)


def _string(library: Any, pattern: ctypes.c_void_p, key: bytes, number: int) -> str | None:
    text = ctypes.c_char_p()
    if library.FcPatternGetString(pattern, key, number, ctypes.byref(text)) != MATCH or text.value is None:
        return None
    return text.value.decode("utf-8", "surrogateescape")


def _number(library: Any, pattern: ctypes.c_void_p, key: bytes, default: int) -> int:
    number = ctypes.c_int()
    return number.value if library.FcPatternGetInteger(pattern, key, 0, ctypes.byref(number)) == MATCH else default
