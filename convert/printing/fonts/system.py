"""The system's fonts: what fontconfig lists, or, where that library is missing, what typst finds.

fontconfig (freedesktop.org) is what Pango asks, so its list says what WeasyPrint can use.  Its library is called, not
its programs, which are a package of their own and often not there.
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
"""Of the fonts that both engines can draw with and embed."""

MATCH, SYSTEM, REGULAR, NORMAL_WIDTH = 0, 0, 80, 100
"""FcResultMatch and FcMatchPattern; FcSetSystem; FC_WEIGHT_REGULAR; FC_WIDTH_NORMAL."""


class Face(NamedTuple):
    """One font of a file: the upright, regular one of its family."""

    family: str
    """As fontconfig calls it, in English if it has a name in that."""
    path: str
    number: int
    """In a collection (OpenType, `ttcf`), else 0."""
    bundled: bool = False
    """Whether it comes from a Python package, so that no engine knows of it unless told."""


@cache
def installed() -> tuple[Face, ...]:
    """One face of each family that the system has, in the order of their names."""
    found: dict[str, tuple[tuple[int, int, int, str, int], Face]] = {}
    for distance, face in _listed():
        rank = (*distance, face.path, face.number)
        if Path(face.path).suffix.lower() in SUFFIXES and (face.family not in found or rank < found[face.family][0]):
            found[face.family] = rank, face
    return tuple(face for _, (_, face) in sorted(found.items()))


def preferred(generic: str, language: str) -> tuple[str, int] | None:
    """The file, and the index in it, of the font that this system prefers for a generic family and a language.

    fontconfig always chooses something: whether the font has the characters is another question.
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
    """All faces of the system, each with how far it is from upright, normal and regular."""
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
            index = _number(library, pattern, b"index", 0) & 0xFFFF  # above them is the instance of a variable font
            yield (slant, width, weight), Face(family, path, index)


def _typst() -> Any:
    try:
        return import_module("typst")
    except ImportError as error:
        raise MissingError(NO_LIST) from error


class _FontSet(ctypes.Structure):
    """FcFontSet."""

    _fields_ = (("count", ctypes.c_int), ("room", ctypes.c_int), ("fonts", ctypes.POINTER(ctypes.c_void_p)))


@cache
def _library() -> Any:
    """fontconfig, ready to be asked; None where it is missing."""
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
            called = getattr(library, function)
            called.restype, called.argtypes = result, arguments
        return library if library.FcInit() else None
    return None


def _family(library: Any, pattern: ctypes.c_void_p) -> str | None:
    """The first name of the family that is English, else the first."""
    number = 0
    while (language := _string(library, pattern, b"familylang", number)) is not None:
        if language == "en":
            return _string(library, pattern, b"family", number)
        number += 1
    return _string(library, pattern, b"family", 0)


def _string(library: Any, pattern: ctypes.c_void_p, key: bytes, number: int) -> str | None:
    found = ctypes.c_char_p()
    if library.FcPatternGetString(pattern, key, number, ctypes.byref(found)) != MATCH or found.value is None:
        return None
    return found.value.decode("utf-8", "surrogateescape")


def _number(library: Any, pattern: ctypes.c_void_p, key: bytes, default: int) -> int:
    found = ctypes.c_int()
    return found.value if library.FcPatternGetInteger(pattern, key, 0, ctypes.byref(found)) == MATCH else default
